"""The sealed term of an agreement made without a hearing: one side offered, the other accepted.

Printed from the offer as it was accepted, by the ``seal_settlement`` job; who proposed and who accepted are
in it with the times, and the agency's seal covers every byte.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.adapters.documents import SettlementData, SignatureLine
from app.db import transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.services import casefile, clauses, letters
from app.services.press import Paper, Press
from app.services.sealing import clause_lines, parties_of
from app.services.wording import seat_role_label, side_label
from models import Case, CaseEvent, Document, DocumentKind, Offer, OfferSignature
from models.rules.offers import PARTY_SIDES
from models.rules.people import Side
from models.rules.public_code import new_code

SEAL_SETTLEMENT_JOB = "seal_settlement"


async def seal_settlement(offer_id: int, press: Press, *, now: datetime) -> None:
    """Print and seal the term of an accepted offer, for all sides; the second time does nothing.

    Open pages are told by the event "settlement_sealed"; both parties get the PDF by letter.
    """
    offer = await Offer.get(id=offer_id).select_related("author", "case", "case__company", "case__consumer")
    if await _is_sealed(offer):
        return
    code = new_code()

    async def enter(paper: Paper) -> UUID | None:
        return await _enter(offer, paper, code, now)

    await press.issue(await _printed(offer, press, code, now), _("Termo de acordo"), enter)


async def _is_sealed(offer: Offer) -> bool:
    events = await CaseEvent.filter(case_id=offer.case_id, name="settlement_sealed").values("facts")
    return any(event["facts"].get("offer") == offer.id for event in events)


async def _enter(offer: Offer, paper: Paper, code: str, now: datetime) -> UUID | None:
    async with transaction():
        file = await casefile.opened(offer.case_id, None)
        if await _is_sealed(offer):
            return None
        name = f"acordo-{file.case.protocol}-{offer.id}.pdf"
        document = await paper.enter(file.case.id, DocumentKind.SETTLEMENT, name, code=code, now=now)
        facts = {"offer": offer.id, "document": str(document.id), "code": code, "sha256": paper.sha256}
        await casefile.record(file, "settlement_sealed", now=now, facts=facts)
        await _send(file.case, offer, document, now)
    return document.id


async def _send(case: Case, offer: Offer, document: Document, now: datetime) -> None:
    text = await letters.standard(
        "settlement_sealed",
        {"protocol": case.protocol or "", "seal": document.code or ""},
        path=f"/casos/{case.id}",
        case=case.id,
        documents=(str(document.id),),
    )
    people = await casefile.people_of(case)
    for side in (Side.CONSUMER, Side.COMPANY):
        await letters.write(people.get(side, []), f"settlement:{offer.id}:{side}", text, now=now)


async def _printed(offer: Offer, press: Press, code: str, now: datetime) -> SettlementData:
    case = offer.case
    accepted = await CaseEvent.filter(case_id=case.id, name="offer_accepted").order_by("-seq").first()
    assert accepted is not None  # noqa: S101  the job follows it
    return SettlementData(
        agency=press.agency,
        protocol=case.protocol or "",
        issued_at=now,
        parties=parties_of(case),
        proposed_by=side_label(offer.side),
        version=offer.version,
        note=offer.text,
        clauses=tuple(clause_lines(await clauses.of_offer(offer.id))),
        agreed_at=accepted.at,
        signatures=await signature_lines(offer.id),
        text_sha256=offer.text_hash,
        check=press.check(code),
    )


async def signature_lines(offer_id: int) -> tuple[SignatureLine, ...]:
    """Who proposed and who accepted, with the evidence of each."""
    found = await OfferSignature.filter(offer_id=offer_id).order_by("id").select_related("user", "offer")
    return tuple(
        SignatureLine(
            name=one.user.name,
            role=_(PROPOSED if one.role is PARTY_SIDES[one.offer.side] else ACCEPTED)
            % {"side": seat_role_label(one.role)},
            signed_at=one.at,
            method=_(METHODS[one.method]),
            address=one.address,
            device=one.device,
        )
        for one in found
    )


PROPOSED, ACCEPTED = N_("%(side)s, propôs"), N_("%(side)s, aceitou")
METHODS = {
    "session": N_("proposta feita na página do caso, com a conta da pessoa"),
    "email_code": N_("código enviado ao e-mail da conta e digitado na página da proposta"),
    "totp": N_("segundo fator da conta (aplicativo autenticador), digitado na página da proposta"),
    "recovery_code": N_("segundo fator da conta (código de recuperação), digitado na página da proposta"),
}
"""How a side stood by an offer, in words."""
