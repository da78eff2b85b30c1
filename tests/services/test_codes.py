"""Codes: one use, five tries, fifteen minutes, and nothing readable in the table."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.db import transaction
from app.services import codes
from models import Code
from models.rules.errors import Refused
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.usefixtures("database")

SECRET = "s" * 64
PURPOSE = codes.CONFIRM_EMAIL


async def issued(purpose: str = PURPOSE) -> tuple[int, str]:
    user = await make_user()
    return user.id, await codes.issue(user.id, purpose, secret=SECRET, now=NOW)


async def opens(user_id: int, code: str, *, purpose: str = PURPOSE, after: timedelta = timedelta(0)) -> bool:
    try:
        await codes.check(user_id, purpose, code, secret=SECRET, now=NOW + after)
    except Refused as error:
        return error.code != "code_wrong"
    return True


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_it_works_once_also_typed_with_a_space() -> None:
    user_id, code = await issued()
    assert len(code) == 6
    assert code.isdigit()
    assert await opens(user_id, f" {code[:3]} {code[3:]}")
    assert not await opens(user_id, code)


async def test_two_at_once_are_one() -> None:
    user_id, code = await issued()
    assert sorted(await asyncio.gather(*(opens(user_id, code) for _ in range(3)))) == [False, False, True]


async def test_it_is_over_after_fifteen_minutes() -> None:
    user_id, code = await issued()
    assert not await opens(user_id, code, after=codes.LASTS)
    assert await opens(user_id, code, after=codes.LASTS - timedelta(seconds=1))


async def test_five_wrong_tries_spoil_it() -> None:
    user_id, code = await issued()
    for _ in range(codes.TRIES):
        assert not await opens(user_id, another(code))
    assert not await opens(user_id, code)


async def test_the_fifth_try_may_still_be_right() -> None:
    user_id, code = await issued()
    for _ in range(codes.TRIES - 1):
        assert not await opens(user_id, another(code))
    assert await opens(user_id, code)


async def test_a_new_one_replaces_the_old_one_of_its_purpose_only() -> None:
    user_id, first = await issued()
    signing = codes.sign_purpose(7, "ab" * 32)
    to_sign = await codes.issue(user_id, signing, secret=SECRET, now=NOW)
    second = await codes.issue(user_id, PURPOSE, secret=SECRET, now=NOW)
    assert first == second or not await opens(user_id, first)
    assert await opens(user_id, second)
    assert await opens(user_id, to_sign, purpose=signing)


async def test_it_is_bound_to_person_purpose_and_secret() -> None:
    user_id, code = await issued()
    other_id, _ = await issued()
    assert not await opens(user_id, code, purpose=codes.NEW_PASSWORD)
    await Code.filter(user_id=other_id).update(code_hash=(await Code.get(user_id=user_id)).code_hash)
    assert not await opens(other_id, code)
    with pytest.raises(Refused):
        await codes.check(user_id, PURPOSE, code, secret="another", now=NOW)


async def test_checking_in_a_transaction_is_a_mistake_of_the_caller() -> None:
    user_id, code = await issued()
    async with transaction():
        with pytest.raises(RuntimeError):
            await codes.check(user_id, PURPOSE, code, secret=SECRET, now=NOW)
