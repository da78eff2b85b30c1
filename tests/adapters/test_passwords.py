"""argon2id off the loop, bounded, and silent about who exists."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from app.adapters.errors import Busy
from app.adapters.passwords import Argon2Passwords, FakePasswords, Passwords


@pytest.fixture
def argon() -> Iterator[Argon2Passwords]:
    passwords = Argon2Passwords(at_once=2, waiting=3)
    yield passwords
    passwords.close()


async def test_hash_and_verify(argon: Argon2Passwords) -> None:
    stored = await argon.hash("Pão-de-açúcar 1912")
    assert stored.startswith("$argon2id$")
    assert await argon.verify("Pão-de-açúcar 1912", stored)
    assert not await argon.verify("pão-de-açúcar 1912", stored)
    assert await argon.hash("Pão-de-açúcar 1912") != stored  # salted
    assert not argon.needs_rehash(stored)
    assert argon.needs_rehash(stored.replace("m=65536", "m=8192"))
    assert argon.needs_rehash("$2b$12$old")


async def test_the_same_letters_typed_on_another_keyboard_are_the_same(argon: Argon2Passwords) -> None:
    assert await argon.verify("ac\u0327o", await argon.hash("a\u00e7o"))


async def test_someone_unknown_costs_the_same_and_is_refused(argon: Argon2Passwords) -> None:
    stored = await argon.hash("x" * 12)
    await argon.verify("warm", None)

    async def cost(hash_: str | None) -> float:
        start = time.perf_counter()
        assert not await argon.verify("wrong", hash_)
        return time.perf_counter() - start

    known = min([await cost(stored) for _ in range(3)])
    unknown = min([await cost(None) for _ in range(3)])
    assert 0.4 < unknown / known < 2.5
    assert not await argon.verify("wrong", "not a hash")


async def test_the_loop_keeps_running_and_the_queue_has_an_end(argon: Argon2Passwords) -> None:
    await argon.verify("warm", None)
    work = [asyncio.create_task(argon.hash("x")) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await argon.hash("one too many")
    beats = 0
    while not all(task.done() for task in work):
        await asyncio.sleep(0.005)
        beats += 1
    assert beats > 10
    assert await argon.verify("x", work[0].result())  # places are free again


async def test_a_cancelled_caller_gives_its_place_back_when_the_thread_is_done(
    argon: Argon2Passwords,
) -> None:
    await argon.verify("warm", None)
    for _ in range(3):
        work = [asyncio.create_task(argon.hash("x")) for _ in range(5)]
        await asyncio.sleep(0.01)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await asyncio.sleep(1)
    assert (await argon.hash("x")).startswith("$argon2id$")


async def test_the_fake_keeps_the_contract() -> None:
    fake: Passwords = FakePasswords()
    assert await fake.verify("a", await fake.hash("a"))
    assert not await fake.verify("b", await fake.hash("a"))
    assert not await fake.verify("a", None)
