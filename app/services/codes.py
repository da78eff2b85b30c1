"""Six-digit codes sent by e-mail: they prove an address, allow a new password, confirm a signature.

A purpose has one living code per person. It lasts 15 minutes and 5 tries and works once. The table keeps
an HMAC, so whoever reads it cannot tell the code without the installation's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.expressions import F

from app.i18n import ngettext
from models import Code
from models.rules.errors import Refused

LASTS = timedelta(minutes=15)
TRIES = 5
CONFIRM_EMAIL = "confirm_email"
NEW_PASSWORD = "new_password"  # noqa: S105  a purpose


def sign_purpose(hearing_id: int, text_hash: str) -> str:
    """The purpose of a code that confirms a signature under exactly this text."""
    return f"sign:{hearing_id}:{text_hash}"


def accept_purpose(offer_id: int, text_hash: str) -> str:
    """The purpose of a code that accepts an offer with exactly this text."""
    return f"accept:{offer_id}:{text_hash}"


def values(code: str) -> dict[str, str]:
    """What a letter with a code says of it, by the names of the standard texts."""
    minutes = LASTS // timedelta(minutes=1)
    lasts = ngettext("%(num)s minuto", "%(num)s minutos", minutes) % {"num": minutes}
    return {"digits": code, "lasts": lasts}


async def issue(user_id: int, purpose: str, *, secret: str, now: datetime) -> str:
    """A new code, in place of any earlier one of that purpose. Inside the caller's transaction.

    The caller writes the letter: the code is returned here and is nowhere else.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    await Code.filter(user_id=user_id, purpose=purpose).delete()
    await Code.create(
        user_id=user_id,
        purpose=purpose,
        code_hash=_hash(secret, user_id, purpose, code),
        expires_at=now + LASTS,
    )
    return code


async def check(user_id: int, purpose: str, code: str, *, secret: str, now: datetime) -> None:
    """Use up the code; Refused("code_wrong") when it is not the one, is over, or was tried too often.

    To be called before the caller's transaction, never in it: a failed try must be counted even though
    the act fails. Two requests with the right code: one is refused.
    """
    if isinstance(connections.get("default"), TransactionalDBClient):
        raise RuntimeError("codes.check inside a transaction would forget the failed try")
    living = Code.filter(user_id=user_id, purpose=purpose, used_at__isnull=True, expires_at__gt=now)
    counted = await living.filter(attempts__lt=TRIES).update(attempts=F("attempts") + 1)
    expected = _hash(secret, user_id, purpose, "".join(code.split()))
    if not counted or not await living.filter(code_hash=expected).update(used_at=now):
        raise Refused("code_wrong")


def _hash(secret: str, user_id: int, purpose: str, code: str) -> str:
    text = f"code:{user_id}:{purpose}:{code}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
