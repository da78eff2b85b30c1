"""The notice on paper: printed, sealed and put into its case by the ``notice`` job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.adapters.documents import Complaint, NoticeData, Parties
from app.adapters.publication_document import PublicationData
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, company_addresses, publication, standard_texts
from app.services.delivery_words import CHANNELS
from app.services.press import Paper, Press
from models import Delivery, DeliveryStep, Document, DocumentKind, Notice, Problem
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.people import Side
from models.rules.public_code import new_code


async def make_notice(notice_id: int, press: Press, *, now: datetime) -> None:
    """Print and seal a notice and put it into its case; the second time does nothing.

    The company's paper has the access code, which is also the document's, so that it verifies it. Who has it
    and the CNPJ takes the case over for the company: the consumer gets a paper of their own, without it.
    """
    notice = await Notice.get(id=notice_id).select_related("case", "case__company", "case__consumer")
    company = notice.case.company
    known = company_addresses.address_of(company) if company else None
    whole = await _printed(notice, press, str(known or ""))
    name = f"notificacao-{notice.case.protocol}-{notice.id}"
    theirs = _Copy(f"{name}.pdf", notice.code, (Side.COMPANY, Side.STAFF))
    await _issue(notice, whole, theirs, press, now)
    own = _Copy(f"{name}-via-do-consumidor.pdf", new_code(), (Side.CONSUMER, Side.STAFF))
    bare = replace(whole, mailing="", access_code="", access_url="", check=press.check(own.code))
    await _issue(notice, bare, own, press, now)


@dataclass(frozen=True)
class _Copy:
    """One paper of a notice: its name in the case, by which code it is checked, and who may open it."""

    filename: str
    code: str
    sides: tuple[Side, ...]


async def _issue(notice: Notice, printed: NoticeData, copy: _Copy, press: Press, now: datetime) -> None:
    there = Document.filter(case_id=notice.case_id, kind=DocumentKind.NOTICE, filename=copy.filename)

    async def enter(paper: Paper) -> UUID | None:
        async with transaction():
            file = await casefile.opened(notice.case_id, None)
            if await there.exists():
                return None
            document = await paper.enter(
                notice.case_id,
                DocumentKind.NOTICE,
                copy.filename,
                code=copy.code,
                now=now,
                sides=copy.sides,
            )
            facts = {"document": str(document.id), "sha256": paper.sha256}
            await casefile.record(file, "document_ready", now=now, facts=facts, sides=copy.sides)
        return document.id

    if not await there.exists():
        await press.issue(printed, _("Notificação"), enter)


async def make_letter(delivery_id: int, press: Press, *, now: datetime) -> None:
    """Print what an attempt needs, for staff: the letter, the copy to sign, the gazette's text; once."""
    delivery = await Delivery.get(id=delivery_id).select_related(
        "notice", "notice__case", "notice__case__company", "notice__case__consumer"
    )
    queued = DeliveryStep.filter(delivery_id=delivery_id, status=DeliveryStatus.QUEUED)
    code = new_code()

    async def enter(paper: Paper) -> UUID | None:
        async with transaction():
            file = await casefile.opened(delivery.notice.case_id, None)
            if await queued.filter(document_id__not_isnull=True).exists():
                return None
            document = await paper.enter(
                file.case.id,
                DocumentKind.NOTICE,
                f"{_NAMES[delivery.channel]}-{file.case.protocol}-{delivery.id}.pdf",
                code=code,
                now=now,
                sides=(Side.STAFF,),
            )
            await queued.update(document_id=document.id)
            facts = {"document": str(document.id), "sha256": paper.sha256}
            await casefile.record(file, "document_ready", now=now, facts=facts, sides=(Side.STAFF,))
        return document.id

    if not await queued.filter(document_id__not_isnull=True).exists():
        reason = _("Notificação: %(means)s") % {"means": _(CHANNELS[delivery.channel])}
        await press.issue(await _for(delivery, press, code, now), reason, enter)


_NAMES = {Channel.LETTER: "carta-ar", Channel.PUBLICATION: "edital", Channel.IN_PERSON: "via-para-assinar"}


async def _for(delivery: Delivery, press: Press, code: str, now: datetime) -> NoticeData | PublicationData:
    """What is printed for an attempt, by its means; ``code`` is the paper's own, by which it is checked."""
    if delivery.channel is Channel.PUBLICATION:
        notice = delivery.notice
        return PublicationData(
            agency=press.agency,
            protocol=notice.case.protocol or "",
            issued_at=now,
            paragraphs=await publication.paragraphs(notice, press.agency),
            signed=publication.signed(press.agency, now),
            check=press.check(code),
        )
    by_hand = delivery.channel is Channel.IN_PERSON
    printed = await _printed(delivery.notice, press, "" if by_hand else delivery.address)
    return replace(printed, receipt=by_hand, registered=not by_hand, check=press.check(code))


async def _printed(notice: Notice, press: Press, mailing: str) -> NoticeData:
    """The notice's words. The consumer's CPF is not among them: the company never sees it."""
    case = notice.case
    company = case.company.legal_name if case.company else ""
    lead = await standard_texts.worded(
        "notice_paper", {"company": company, "consumer": case.consumer.name, "protocol": case.protocol or ""}
    )
    problem = await Problem.get_or_none(id=case.problem_id) if case.problem_id else None
    return NoticeData(
        agency=press.agency,
        protocol=case.protocol or "",
        issued_at=notice.sent_at,
        parties=Parties(
            consumer_name=case.consumer.name,
            consumer_document="",
            company_name=company,
            company_document=case.company.cnpj if case.company else "",
        ),
        complaint=Complaint(
            area=problem.area if problem else "",
            subject=problem.subject if problem else "",
            problem=problem.label if problem else "",
            occurred_on=case.occurred_on,
            amount_cents=case.amount_cents,
            facts=case.facts,
            request=case.request,
        ),
        exhibit_count=await Document.filter(
            case_id=case.id, kind=DocumentKind.EXHIBIT, attached_at__not_isnull=True
        ).count(),
        due_on=notice.due_on,
        mailing=mailing,
        term_explanation=notice.explanation,
        consequences=(
            _("O Procon vai marcar audiência de conciliação por vídeo, com ou sem a resposta.")
            if notice.opening
            else _("Sem resposta no prazo, o Procon marca audiência de conciliação e o caso segue."),
            _("Negar informações ao Procon pode ser desobediência (CDC, art. 55, § 4º)."),
            _("A reclamação fundamentada entra no cadastro público de fornecedores (CDC, art. 44)."),
        ),
        lead=lead.paragraphs,
        opening=notice.opening,
        access_code=notice.code,
        access_url=f"{press.site}/notificacao/{notice.code}",
        check=press.check(notice.code),
    )
