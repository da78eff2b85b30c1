"""The link of a letter that asks whether an agreement was fulfilled: one obligation, one person, no sign-in.

It proves the same as a code sent by e-mail: that who opens it reads that person's mail. It opens a page with
two buttons and nothing else of the case; a mail scanner that follows it changes nothing. The token is an HMAC
under the installation's secret, so nothing is kept for it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from models import Obligation, User
from models.rules.errors import NotFound
from models.rules.people import Role, Viewer

_MAC = 32


@dataclass(frozen=True)
class Asked:
    """Who is asked about which obligation."""

    obligation: Obligation
    viewer: Viewer


def token(obligation_id: int, user_id: int, secret: str) -> str:
    """The token of the link that asks this person about this obligation."""
    return f"{obligation_id}-{user_id}-{_mac(obligation_id, user_id, secret)}"


async def find(typed: str, secret: str) -> Asked:
    """What a token asks whom; NotFound for one that is not ours, or whose person has no account any more."""
    parts = typed.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts[:2]):
        raise NotFound
    obligation_id, user_id = int(parts[0]), int(parts[1])
    if not hmac.compare_digest(parts[2].encode(), _mac(obligation_id, user_id, secret).encode()):
        raise NotFound
    obligation = await Obligation.get_or_none(id=obligation_id).select_related("case")
    user = await User.get_or_none(id=user_id, disabled_at=None, role=Role.CONSUMER)
    if obligation is None or user is None:
        raise NotFound
    return Asked(obligation, Viewer(user.id, user.role, user.name, user.email or ""))


def _mac(obligation_id: int, user_id: int, secret: str) -> str:
    text = f"fulfilment:{obligation_id}:{user_id}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:_MAC]
