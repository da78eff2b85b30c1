"""The petition for the small-claims court, made from a case at the consumer's wish."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from app.adapters.pdf import PdfMaker
from app.adapters.petition_document import Petition
from app.adapters.storage import Storage
from app.db import transaction
from app.i18n import gettext as _
from app.profile import Profile
from app.services import attendances, casefile, parties, standard_texts
from app.services.letterhead import letterhead
from models import Case, Company, Document, DocumentKind, User
from models.rules.attendance import Kind
from models.rules.errors import Invalid, Refused
from models.rules.identity import written_phone
from models.rules.money import typed_cents, written_cents
from models.rules.people import Role, Side, Viewer

WRITERS = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR})
FACTS = (50, 8000)
BASIS_MAX = 4000
REQUESTS_MAX = 20
_EXHIBITS = (DocumentKind.EXHIBIT, DocumentKind.ANSWER, DocumentKind.NOTICE, DocumentKind.CALCULATION)


@dataclass(frozen=True)
class Sheet:
    """The form, filled with what the case says."""

    case_id: int
    protocol: str
    values: dict[str, str]


async def sheet(case_id: int, viewer: Viewer) -> Sheet:
    """The petition of a case as it may begin; Refused for who may not write one."""
    case = await _case(case_id, viewer)
    return Sheet(
        case_id,
        case.protocol or "",
        {
            "facts": case.facts,
            "basis": _("Há relação de consumo (Lei 8.078/1990, arts. 2º e 3º).")
            + " "
            + _("O consumidor tem direito à reparação dos danos (art. 6º, VI).")
            + " "
            + _("A lei facilita a sua defesa, com inversão do ônus da prova (art. 6º, VIII)."),
            "requests": "\n".join(
                (
                    _("A citação da empresa."),
                    case.request,
                    _("A inversão do ônus da prova (CDC, art. 6º, VIII)."),
                )
            ),
            "value": written_cents(case.amount_cents) if case.amount_cents else "",
        },
    )


async def make(
    case_id: int,
    viewer: Viewer,
    typed: Mapping[str, str],
    *,
    profile: Profile,
    pdf: PdfMaker,
    storage: Storage,
    now: datetime,
) -> UUID:
    """Print the petition into the case, for its consumer and the Procon; Invalid names wrong fields."""
    case = await _case(case_id, viewer)
    paper = await pdf.render(await _petition(case, typed, profile, now))
    key = await storage.put(paper)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        document = await Document.create(
            id=uuid4(),
            case_id=case_id,
            owner_id=None,
            kind=DocumentKind.PETITION,
            sides=",".join((Side.CONSUMER, Side.STAFF)),
            filename=f"inicial-jec-{now:%Y%m%d-%H%M}.pdf",
            media_type="application/pdf",
            size=len(paper),
            sha256=hashlib.sha256(paper).hexdigest(),
            storage_key=key,
            at=now,
            attached_at=now,
        )
        await attendances.classify(case_id, Kind.SMALL_CLAIMS)
        told = {"document": str(document.id), "kind": document.kind, "sha256": document.sha256}
        await casefile.record(file, "document_ready", now=now, facts=told)
        return document.id


async def _petition(case: Case, typed: Mapping[str, str], profile: Profile, now: datetime) -> Petition:
    facts, basis = typed.get("facts", "").strip(), typed.get("basis", "").strip()
    requests = tuple(line.strip() for line in typed.get("requests", "").splitlines() if line.strip())
    value = typed_cents(typed["value"]) if typed.get("value") else None
    wrong: dict[str, str] = {}
    if not FACTS[0] <= len(facts) <= FACTS[1]:
        wrong["facts"] = "facts_length"
    if len(basis) > BASIS_MAX:
        wrong["basis"] = "too_long"
    if not 1 <= len(requests) <= REQUESTS_MAX:
        wrong["requests"] = "required" if not requests else "too_long"
    if typed.get("value") and not value:
        wrong["value"] = "amount_invalid"
    if wrong:
        raise Invalid(wrong)
    user = await User.get(id=case.consumer_id)
    company = await Company.get_or_none(id=case.company_id) if case.company_id else None
    own = Document.filter(case_id=case.id, kind__in=_EXHIBITS, sides__contains=Side.CONSUMER.value)
    papers = own.filter(attached_at__not_isnull=True)
    agency, names = profile.agency.name, await parties.of_case(case)
    values = {
        "consumer": user.name,
        "company": names.company_name,
        "protocol": case.protocol or "",
        "agency": agency,
    }
    return Petition(
        agency=letterhead(profile),
        protocol=case.protocol or "",
        issued_at=now,
        city=profile.agency.city,
        author=user.name,
        author_cpf=user.cpf or "",
        author_address=case.address,
        author_contact=" · ".join(
            part for part in (written_phone(user.phone or ""), user.email or "") if part
        ),
        company=company.legal_name if company else case.company_name,
        company_cnpj=company.cnpj if company else case.company_cnpj,
        occurred_on=case.occurred_on,
        facts=facts,
        basis=basis,
        requests=requests,
        value_cents=value,
        documents=tuple([row["filename"] for row in await papers.order_by("at").values("filename")]),
        lead=(await standard_texts.worded("petition_paper", values)).paragraphs,
        closing=(await standard_texts.worded("petition_note", {"agency": agency})).paragraphs,
    )


async def _case(case_id: int, viewer: Viewer) -> Case:
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.STAFF or viewer.role not in WRITERS or case.sent_at is None:
        raise Refused("not_yours" if case.sent_at else "not_now")
    return case
