"""The second factor of an account: an authenticator app (TOTP, RFC 6238), and recovery codes for its loss.

Offered to everybody, never forced. Who has one is asked for it when they sign in and when they sign a
hearing's text (ADR 0060). A code works once; after five wrong ones it rests for a quarter of an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.expressions import F, Q

from app.adapters.vault import Vault
from app.db import transaction
from app.services import letters
from models import RecoveryCode, SecondFactor, User
from models.rules.errors import Refused
from models.rules.news import News

TOTP = "totp"
RECOVERY_CODE = "recovery_code"
TRIES = 5
HELD = timedelta(minutes=15)
STEP_SECONDS = 30
CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without letters and digits that are mistaken for each other."""


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app is given: the secret as it is typed, and as the QR code holds it."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Standing:
    """What the account page shows: whether there is one, since when, and how many recovery codes are left."""

    since: datetime | None
    codes_left: int


async def enrolled(user_id: int) -> bool:
    """Whether the account has a second factor in use."""
    return await SecondFactor.exists(user_id=user_id, confirmed_at__isnull=False)


async def standing(user_id: int) -> Standing:
    """The account's second factor, for its page."""
    factor = await SecondFactor.get_or_none(user_id=user_id, confirmed_at__isnull=False)
    left = await RecoveryCode.filter(user_id=user_id, used_at__isnull=True).count() if factor else 0
    return Standing(factor.confirmed_at if factor else None, left)


async def begin(user_id: int, *, vault: Vault) -> None:
    """Make a secret, in place of one that was never confirmed; Refused("factor_exists")."""
    secret = pyotp.random_base32()
    async with transaction():
        user = await User.filter(id=user_id).select_for_update().get()
        if await enrolled(user_id):
            raise Refused("factor_exists")
        await SecondFactor.filter(user_id=user_id).delete()
        await SecondFactor.create(user_id=user.id, secret=vault.seal(secret.encode(), _place(user_id)))


async def pending(user_id: int, *, vault: Vault, issuer: str) -> Enrolment | None:
    """What is to be given to the app, while the first code from it is awaited; ``issuer`` is the agency."""
    factor = await SecondFactor.get_or_none(user_id=user_id, confirmed_at=None)
    if factor is None:
        return None
    secret = _secret(factor, vault)
    email = (await User.get(id=user_id)).email
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


async def confirm(user_id: int, code: str, *, vault: Vault, secret: str, now: datetime) -> tuple[str, ...]:
    """Take the app into use by its first code, and give the recovery codes, which are shown once.

    Refused("factor_not_begun"), Refused("factor_wrong").
    """
    factor = await SecondFactor.get_or_none(user_id=user_id, confirmed_at=None)
    if factor is None:
        raise Refused("factor_not_begun")
    step = _step(factor, code, vault, now)
    if step is None:
        raise Refused("factor_wrong")
    async with transaction():
        changed = await SecondFactor.filter(id=factor.id, confirmed_at=None).update(
            confirmed_at=now, last_step=step, failures=0
        )
        if not changed:
            raise Refused("factor_not_begun")
        found = await _new_codes(user_id, secret)
        await _tell(user_id, "second_factor_on", now)
    return found


async def renew_codes(
    user_id: int, code: str, *, vault: Vault, secret: str, now: datetime
) -> tuple[str, ...]:
    """Other recovery codes in place of those that are left; refused as ``check``."""
    await check(user_id, code, vault=vault, secret=secret, now=now)
    async with transaction():
        return await _new_codes(user_id, secret)


async def remove(user_id: int, code: str, *, vault: Vault, secret: str, now: datetime) -> None:
    """Go without a second factor again; refused as ``check``."""
    await check(user_id, code, vault=vault, secret=secret, now=now)
    async with transaction():
        await SecondFactor.filter(user_id=user_id).delete()
        await RecoveryCode.filter(user_id=user_id).delete()
        await _tell(user_id, "second_factor_off", now)


async def check(user_id: int, code: str, *, vault: Vault, secret: str, now: datetime) -> str:
    """Use up a code of the app, or a recovery code, and say which it was (TOTP, RECOVERY_CODE).

    Refused("factor_wrong"), or Refused("factor_held") after too many of them. Like ``codes.check`` outside a
    transaction, so that a failed try is counted even though the act fails.
    """
    if isinstance(connections.get("default"), TransactionalDBClient):
        raise RuntimeError("second_factor.check inside a transaction would forget the failed try")
    living = SecondFactor.filter(user_id=user_id, confirmed_at__isnull=False)
    free = living.filter(Q(held_until__isnull=True) | Q(held_until__lte=now))
    if not await free.update(failures=F("failures") + 1):
        raise Refused("factor_held" if await enrolled(user_id) else "factor_wrong")
    factor = await living.get()
    typed = "".join(code.split()).replace("-", "").upper()
    step = _step(factor, typed, vault, now)
    if step is not None and await living.filter(last_step__lt=step).update(last_step=step, failures=0):
        return TOTP
    unused = RecoveryCode.filter(
        user_id=user_id, used_at__isnull=True, code_hash=_hash(secret, user_id, typed)
    )
    if await unused.update(used_at=now):
        await living.update(failures=0)
        return RECOVERY_CODE
    if factor.failures >= TRIES:
        await living.update(failures=0, held_until=now + HELD)
        raise Refused("factor_held")
    raise Refused("factor_wrong")


def _step(factor: SecondFactor, code: str, vault: Vault, now: datetime) -> int | None:
    """The time step whose code this is: the present one, or one beside it for clocks that differ."""
    totp = pyotp.TOTP(_secret(factor, vault))
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), "".join(code.split()).encode()):
            return step
    return None


def _secret(factor: SecondFactor, vault: Vault) -> str:
    return vault.open(factor.secret, _place(factor.user_id)).decode()


def _place(user_id: int) -> str:
    return f"second_factor:{user_id}"


async def _new_codes(user_id: int, secret: str) -> tuple[str, ...]:
    made = ["".join(secrets.choice(_ALPHABET) for _i in range(10)) for _n in range(CODES)]
    await RecoveryCode.filter(user_id=user_id).delete()
    await RecoveryCode.bulk_create(
        [RecoveryCode(user_id=user_id, code_hash=_hash(secret, user_id, code)) for code in made]
    )
    return tuple(f"{code[:5]}-{code[5:]}" for code in made)


def _hash(secret: str, user_id: int, code: str) -> str:
    return hmac.new(secret.encode(), f"recovery:{user_id}:{code}".encode(), hashlib.sha256).hexdigest()


async def _tell(user_id: int, kind: str, now: datetime) -> None:
    text = await letters.standard(kind, {}, path="/conta", news=News.ACCOUNT)
    await letters.write([await User.get(id=user_id)], f"second-factor:{now.isoformat()}", text, now=now)
