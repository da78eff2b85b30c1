"""The second factor: taking it into use, codes that work once, tries that are counted, recovery codes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
import pytest

from app.services import second_factor
from app.services.second_factor import RECOVERY_CODE, TOTP, TRIES
from models import Job, RecoveryCode, SecondFactor, Signature, User
from models.rules.errors import Refused
from tests.factories.hearings import make_table
from tests.factories.people import NOW, make_user
from tests.services.signing import SECRET, VAULT, code_for, freeze, sign

pytestmark = pytest.mark.usefixtures("database")

STEP = timedelta(seconds=30)
TOOLS = {"vault": VAULT, "secret": SECRET}


async def enrol(user_id: int) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """An account takes an app into use; gives the app and the recovery codes."""
    await second_factor.begin(user_id, vault=VAULT)
    pending = await second_factor.pending(user_id, vault=VAULT, issuer="Procon")
    assert pending is not None
    app = pyotp.TOTP(pending.secret)
    codes = await second_factor.confirm(user_id, app.at(NOW - 10 * STEP), now=NOW - 10 * STEP, **TOOLS)  # type: ignore[arg-type]
    return app, codes


async def tried(user: User, code: str, at: timedelta = timedelta()) -> str:
    return await second_factor.check(user.id, code, now=NOW + at, **TOOLS)  # type: ignore[arg-type]


async def test_it_counts_from_the_first_code_on_and_the_owner_is_told() -> None:
    user = await make_user()
    await second_factor.begin(user.id, vault=VAULT)
    assert not await second_factor.enrolled(user.id)
    with pytest.raises(Refused, match="factor_wrong"):
        await second_factor.confirm(user.id, "000000", now=NOW, vault=VAULT, secret=SECRET)

    _, codes = await enrol(user.id)

    assert await second_factor.enrolled(user.id)
    assert (await second_factor.standing(user.id)).codes_left == len(codes) == 10
    assert await second_factor.pending(user.id, vault=VAULT, issuer="Procon") is None
    with pytest.raises(Refused, match="factor_exists"):
        await second_factor.begin(user.id, vault=VAULT)
    assert "segundo fator" in (await Job.filter(kind="letter").order_by("-id").first()).payload["subject"]  # type: ignore[union-attr]


async def test_what_is_kept_tells_neither_the_secret_nor_a_code() -> None:
    user = await make_user()
    app, codes = await enrol(user.id)
    kept = (await SecondFactor.get(user_id=user.id)).secret
    assert app.secret.encode() not in kept
    hashes = set(await RecoveryCode.all().values_list("code_hash", flat=True))
    assert not hashes & {code.replace("-", "") for code in codes}


async def test_a_code_works_once_and_beside_its_half_minute_but_no_further() -> None:
    user = await make_user()
    app, _ = await enrol(user.id)
    assert await tried(user, app.at(NOW - STEP)) == TOTP
    with pytest.raises(Refused, match="factor_wrong"):
        await tried(user, app.at(NOW - STEP))
    assert await tried(user, f" {app.at(NOW)[:3]} {app.at(NOW)[3:]} ") == TOTP
    with pytest.raises(Refused, match="factor_wrong"):
        await tried(user, app.at(NOW + 5 * STEP))

    code, later = app.at(NOW + 20 * STEP), 20 * STEP
    done = await asyncio.gather(tried(user, code, later), tried(user, code, later), return_exceptions=True)
    assert sorted(isinstance(one, Refused) for one in done) == [False, True]


async def test_a_recovery_code_works_once_as_it_was_written_down() -> None:
    user = await make_user()
    _, codes = await enrol(user.id)
    assert await tried(user, codes[0].lower()) == RECOVERY_CODE
    with pytest.raises(Refused, match="factor_wrong"):
        await tried(user, codes[0])
    assert await tried(user, codes[1].replace("-", " ")) == RECOVERY_CODE
    newer = await second_factor.renew_codes(user.id, codes[2], now=NOW, vault=VAULT, secret=SECRET)
    with pytest.raises(Refused, match="factor_wrong"):
        await tried(user, codes[3])
    await second_factor.remove(user.id, newer[0], now=NOW, vault=VAULT, secret=SECRET)
    assert not await second_factor.enrolled(user.id)
    with pytest.raises(Refused, match="factor_wrong"):
        await tried(user, newer[1])


async def test_after_five_wrong_codes_even_the_right_one_waits_a_quarter_of_an_hour() -> None:
    user = await make_user()
    app, _ = await enrol(user.id)
    for number in range(TRIES):
        with pytest.raises(Refused, match="factor_held" if number == TRIES - 1 else "factor_wrong"):
            await tried(user, "000000" if app.at(NOW) != "000000" else "111111")
    with pytest.raises(Refused, match="factor_held"):
        await tried(user, app.at(NOW))
    later = timedelta(minutes=15)
    assert await tried(user, app.at(NOW + later), later) == TOTP


async def test_a_text_is_signed_with_it_and_no_letter_goes_out() -> None:
    table = await (await make_table()).agreed()
    app, codes = await enrol(table.consumer.user_id)
    shown = await freeze(table)
    with pytest.raises(Refused, match="factor_instead"):
        await code_for(table, table.consumer)
    with pytest.raises(Refused, match="factor_wrong"):
        await sign(table, table.consumer, shown, "000000" if app.at(NOW) != "000000" else "111111")
    assert not await Signature.exists()

    await sign(table, table.consumer, shown, app.at(NOW))

    kept = await Signature.get(user_id=table.consumer.user_id)
    assert (kept.method, kept.text_hash) == (TOTP, shown)
    await sign(table, table.agent, shown)
    await enrol(table.mediator.user_id)
    assert codes
    assert {one.method for one in await Signature.all()} == {TOTP, "email_code"}
