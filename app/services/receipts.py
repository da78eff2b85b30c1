"""The receipt of a complaint: printed and put into its case by the ``receipt`` job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.adapters.documents import Complaint, Exhibit, Parties, ReceiptData
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile
from app.services.press import Paper, Press
from models import Case, Document, DocumentKind
from models.rules.identity import masked_cpf
from models.rules.people import Side
from models.rules.public_code import new_code

_SIDES = (Side.CONSUMER, Side.STAFF)


async def make_receipt(case_id: int, press: Press, *, now: datetime) -> None:
    """Print and seal the receipt of a complaint for its citizen and the Procon; a second time does nothing.

    Open pages are told by the event "document_ready".
    """
    if await _is_made(case_id):
        return
    case = await Case.get(id=case_id).select_related("consumer", "problem")
    code = new_code()

    async def enter(paper: Paper) -> UUID | None:
        return await _enter(case_id, paper, code, now)

    await press.issue(await _printed(case, press, code), _("Comprovante de reclamação"), enter)


async def _is_made(case_id: int) -> bool:
    return await Document.exists(case_id=case_id, kind=DocumentKind.RECEIPT)


async def _enter(case_id: int, paper: Paper, code: str, now: datetime) -> UUID | None:
    async with transaction():
        file = await casefile.opened(case_id, None)
        if await _is_made(case_id):
            return None
        name = f"comprovante-{file.case.protocol}.pdf"
        document = await paper.enter(case_id, DocumentKind.RECEIPT, name, code=code, now=now, sides=_SIDES)
        facts = {"document": str(document.id), "kind": document.kind, "sha256": paper.sha256}
        await casefile.record(file, "document_ready", now=now, facts=facts)
    return document.id


async def _printed(case: Case, press: Press, code: str) -> ReceiptData:
    """The receipt's words, from the case as it was sent; its date is the sending's."""
    assert case.sent_at is not None  # noqa: S101  the job is queued when the complaint is sent
    exhibits = (
        await Document.filter(case_id=case.id, kind=DocumentKind.EXHIBIT, attached_at=case.sent_at)
        .order_by("at")
        .values("filename", "size", "sha256")
    )
    return ReceiptData(
        agency=press.agency,
        protocol=case.protocol or "",
        issued_at=case.sent_at,
        sent_at=case.sent_at,
        parties=Parties(
            consumer_name=case.consumer.name,
            consumer_document=masked_cpf(case.consumer.cpf) if case.consumer.cpf else "",
            company_name=case.company_name,
            company_document=case.company_cnpj,
        ),
        complaint=Complaint(
            area=case.problem.area if case.problem else "",
            subject=case.problem.subject if case.problem else "",
            problem=case.problem.label if case.problem else "",
            occurred_on=case.occurred_on,
            amount_cents=case.amount_cents,
            facts=case.facts,
            request=case.request,
        ),
        exhibits=tuple(Exhibit(**exhibit) for exhibit in exhibits),
        next_steps=(
            _("O Procon analisa a reclamação e notifica a empresa."),
            _("A empresa responde no prazo da notificação e pode fazer uma proposta."),
            _("Sem acordo, o Procon marca uma audiência de conciliação por vídeo."),
            _("Cada passo é avisado por e-mail e aparece na página do caso."),
        ),
        case_url=f"{press.site}/casos/{case.id}",
        check=press.check(code),
    )
