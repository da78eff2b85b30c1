"""How the person who accepts an offer confirms it, and the evidence that is kept of both sides.

As in the hearing room (ADR 0060): with the account's second factor, or with a code sent to its e-mail for
exactly this text. It is a simple electronic signature with its own evidence (Lei 14.063/2020, art. 4, I).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.adapters.vault import Vault
from app.db import transaction
from app.services import codes, letters, second_factor, signatures
from app.services.rooms import side_role
from app.services.signatures import Evidence
from models import Case, Offer, OfferSignature, User
from models.rules.errors import Refused
from models.rules.news import News
from models.rules.people import Viewer


@dataclass(frozen=True)
class Confirmed:
    """How a person confirmed an act, and from where."""

    method: str
    evidence: Evidence


async def ask_code(offer: Offer, viewer: Viewer, *, secret: str, now: datetime) -> None:
    """Send the code that accepts this text; Refused("factor_instead") for who has a second factor."""
    async with transaction():
        if await second_factor.enrolled(viewer.user_id):
            raise Refused("factor_instead")
        purpose = codes.accept_purpose(offer.id, offer.text_hash)
        code = await codes.issue(viewer.user_id, purpose, secret=secret, now=now)
        case = await Case.get(id=offer.case_id)
        values = {"protocol": case.protocol or "", **codes.values(code)}
        text = await letters.standard("code_to_accept", values, news=News.ACCOUNT)
        person = await User.get(id=viewer.user_id)
        await letters.write([person], f"accept:{offer.id}:{now.isoformat()}", text, now=now)


async def confirm(
    offer_id: int,
    viewer: Viewer,
    *,
    code: str,
    shown_hash: str,
    evidence: Evidence,
    secret: str,
    vault: Vault,
    now: datetime,
) -> Confirmed:
    """Use up the code by which the viewer accepts the text with ``shown_hash``; Refused when it is wrong.

    To be called before the accepting transaction, so that a wrong try is counted all the same.
    """
    purpose = codes.accept_purpose(offer_id, shown_hash)
    method = await signatures.proved(viewer, purpose, code, secret=secret, vault=vault, now=now)
    return Confirmed(method, evidence)


async def keep(offer: Offer, viewer: Viewer, confirmed: Confirmed, *, now: datetime) -> str:
    """Keep a person's evidence inside the caller's transaction; its hash, which the record binds."""
    signed = await OfferSignature.create(
        offer_id=offer.id,
        user_id=viewer.user_id,
        role=side_role(viewer.role),
        text_hash=offer.text_hash,
        method=confirmed.method,
        address=confirmed.evidence.address[:45],
        device=confirmed.evidence.device[:200],
        at=now,
    )
    return signatures.signature_evidence(signed)
