"""The documents that the agency issues: what each one needs, and how it reaches its Typst template.

Values come typed; here they are put into Portuguese words in the agency's time zone. Texts of persons
travel as JSON and are only ever shown by the template, never evaluated.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from app.adapters.document_words import (
    day_words,
    hour_words,
    moment_words,
    second_words,
    size_words,
    template_data,
)
from app.adapters.qr import qr_svg
from models.rules.agreement import money
from models.rules.identity import written_cnpj


class Document(Protocol):
    """What can be printed: ``template`` names its Typst file, ``issued_at`` (aware) becomes its date."""

    template: ClassVar[str]

    @property
    def issued_at(self) -> datetime:
        """When it was issued, aware."""
        ...

    def to_json(self) -> bytes:
        """The template's data."""
        ...


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """The agency as documents show it; ``timezone`` is an IANA name, ``logo`` an SVG picture or empty."""

    name: str
    legal_name: str
    address: str
    phone: str
    email: str
    opening_hours: str
    timezone: str
    logo: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, kw_only=True)
class Check:
    """Where anybody verifies the document: ``site`` as it is typed, ``url`` with the code in it."""

    code: str
    site: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """An attached file; size in bytes, SHA-256 in hex."""

    filename: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who complains and of whom; documents as they may be shown (CPF masked), empty if unknown."""

    consumer_name: str
    consumer_document: str
    company_name: str
    company_document: str

    def shown(self) -> dict[str, str]:
        """The fields as the templates name them, the CNPJ as people write it."""
        return asdict(self) | {"company_document": written_cnpj(self.company_document)}


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What the complaint says; ``amount_cents`` in centavos."""

    area: str
    subject: str
    problem: str
    occurred_on: date | None
    amount_cents: int | None
    facts: str
    request: str

    def shown(self) -> dict[str, Any]:
        """The fields as the templates name them."""
        return asdict(self) | {
            "occurred_on": f"{self.occurred_on:%d/%m/%Y}" if self.occurred_on else "",
            "amount": money(self.amount_cents) if self.amount_cents is not None else "",
        }


@dataclass(frozen=True, kw_only=True)
class ReceiptData:
    """The receipt of a complaint (comprovante.typ)."""

    template: ClassVar[str] = "comprovante.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    sent_at: datetime
    parties: Parties
    complaint: Complaint
    exhibits: tuple[Exhibit, ...]
    next_steps: tuple[str, ...]
    case_url: str
    check: Check

    def to_json(self) -> bytes:
        """See Document.to_json."""
        exhibits = [asdict(exhibit) | {"size": size_words(exhibit.size)} for exhibit in self.exhibits]
        return template_data(
            self,
            self.parties.shown()
            | self.complaint.shown()
            | {
                "title": "Comprovante de reclamação",
                "description": "Recebimento de reclamação de consumo",
                "kind": "Reclamação",
                "sent_at": moment_words(self.sent_at, self.agency.zone),
                "exhibits": exhibits,
                "next_steps": self.next_steps,
                "case_url": self.case_url,
                "case_qr": qr_svg(self.case_url),
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )


@dataclass(frozen=True, kw_only=True)
class NoticeData:
    """The notice to the company (notificacao.typ).

    ``term_explanation`` is ``models.rules.terms.explain``'s; ``consequences`` says what happens without an
    answer; without ``due_on`` the term begins with awareness; ``mailing`` is the postal address (lines) that
    a window of the envelope shows, ``registered`` says that it goes with AR, and ``receipt`` adds the part
    that who takes it signs; without ``access_code`` it is the consumer's; ``access_url`` holds the code and
    lands on this very case; ``lead`` are the paragraphs it begins with.
    """

    template: ClassVar[str] = "notificacao.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    parties: Parties
    complaint: Complaint
    exhibit_count: int
    due_on: date | None
    term_explanation: str
    consequences: tuple[str, ...]
    access_code: str
    access_url: str
    check: Check
    mailing: str = ""
    registered: bool = False
    receipt: bool = False
    opening: bool = False
    lead: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """See Document.to_json."""
        title = (
            "Carta de abertura de reclamação" if self.opening else "Carta de informações preliminares (CIP)"
        )
        return template_data(
            self,
            self.parties.shown()
            | self.complaint.shown()
            | {
                "title": title,
                "description": "Notificação ao fornecedor, com prazo de resposta",
                "kind": "Reclamação",
                "exhibit_count": self.exhibit_count,
                "due_on": day_words(self.due_on) if self.due_on else "",
                "mailing": self.mailing.splitlines(),
                "registered": self.registered,
                "receipt": self.receipt,
                "lead": self.lead,
                "term_explanation": self.term_explanation,
                "consequences": self.consequences,
                "access_code": self.access_code,
                "access_url": self.access_url,
                "access_qr": qr_svg(self.access_url) if self.access_url else "",
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Who was in the hearing; ``role`` in Portuguese, times aware, ``left_at`` None if until the end."""

    name: str
    role: str
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class InstalmentLine:
    """One payment: number from 1, centavos."""

    number: int
    due_on: date
    amount_cents: int


@dataclass(frozen=True, kw_only=True)
class ClauseLine:
    """A clause: ``text`` is ``models.rules.agreement.clause_text``, the words that were signed."""

    number: int
    text: str
    instalments: tuple[InstalmentLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ParagraphLine:
    """A paragraph of the minutes: who wrote it when, and who else changed it last (empty: nobody)."""

    text: str
    author: str
    written_at: datetime
    editor: str
    edited_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignatureLine:
    """A signature's evidence; ``method`` in words, such as "senha confirmada na sala"; address and device or
    empty, the device as the browser describes itself."""

    name: str
    role: str
    signed_at: datetime
    method: str
    address: str = ""
    device: str = ""


@dataclass(frozen=True, kw_only=True)
class MinutesData:
    """Minutes of a hearing and the agreement, if there is one (termo.typ).

    ``outcome`` is ``models.rules.outcomes.outcome_text``'s, ``follow_up`` what comes after the hearing;
    ``record`` is the text of the minutes as it was signed, ``paragraphs`` the same with who wrote what;
    ``signed_text_sha256`` the hash that each signature is over (hex). Without ``check`` it is a draft: marked
    so on every page, not closed, perhaps not opened, not signed, and nothing that anybody could verify.
    """

    template: ClassVar[str] = "termo.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    parties: Parties
    mediator_name: str
    starts_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: str
    present: tuple[Presence, ...]
    record: str
    paragraphs: tuple[ParagraphLine, ...] = ()
    follow_up: str = ""
    clauses: tuple[ClauseLine, ...]
    signatures: tuple[SignatureLine, ...]
    signed_text_sha256: str
    check: Check | None

    def to_json(self) -> bytes:
        """See Document.to_json."""
        zone = self.agency.zone
        title = "Termo de audiência e acordo" if self.clauses else "Termo de audiência"
        return template_data(
            self,
            self.parties.shown()
            | {
                "title": title if self.check else f"Minuta: {title}",
                "description": "Audiência de conciliação: resultado, ata e assinaturas",
                "kind": "Audiência de conciliação",
                "mediator_name": self.mediator_name,
                "held_on": day_words((self.opened_at or self.starts_at).astimezone(zone).date()),
                "starts_at": moment_words(self.starts_at, zone),
                "session": self._session(),
                "outcome": self.outcome[:1].upper() + self.outcome[1:],
                "present": [_presence(person, zone) for person in self.present],
                "record": self.record,
                "paragraphs": [_paragraph(one, zone) for one in self.paragraphs],
                "follow_up": self.follow_up,
                "clauses": [clause_shown(clause) for clause in self.clauses],
                "signatures": [signature_shown(line, zone) for line in self.signatures],
                "signed_text_sha256": self.signed_text_sha256,
                "check": asdict(self.check) if self.check else None,
                "qr": qr_svg(self.check.url) if self.check else "",
            },
        )

    def _session(self) -> str:
        if self.opened_at is None:
            return "ainda não aberta"
        zone = self.agency.zone
        closed = f" a {hour_words(self.closed_at, zone)}" if self.closed_at else ""
        return hour_words(self.opened_at, zone) + closed


@dataclass(frozen=True, kw_only=True)
class SettlementData:
    """An agreement made by accepting an offer, without a hearing (acordo.typ).

    ``proposed_by`` and ``version`` name the offer, ``note`` is what its author wrote beside the obligations;
    ``text_sha256`` is the hash of ``models.rules.offers.settlement_text`` (hex), which was accepted.
    """

    template: ClassVar[str] = "acordo.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    parties: Parties
    proposed_by: str
    version: int
    note: str
    clauses: tuple[ClauseLine, ...]
    agreed_at: datetime
    signatures: tuple[SignatureLine, ...]
    text_sha256: str
    check: Check

    def to_json(self) -> bytes:
        """See Document.to_json."""
        zone = self.agency.zone
        return template_data(
            self,
            self.parties.shown()
            | {
                "title": "Termo de acordo",
                "description": "Acordo por proposta aceita, sem audiência",
                "kind": "Acordo por aceitação de proposta",
                "proposed_by": self.proposed_by,
                "version": self.version,
                "note": self.note,
                "clauses": [clause_shown(clause) for clause in self.clauses],
                "agreed_at": second_words(self.agreed_at, zone),
                "signatures": [signature_shown(line, zone) for line in self.signatures],
                "text_sha256": self.text_sha256,
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )


def _paragraph(line: ParagraphLine, zone: ZoneInfo) -> dict[str, str]:
    return {
        "text": line.text,
        "author": line.author,
        "written_at": hour_words(line.written_at, zone),
        "editor": line.editor,
        "edited_at": hour_words(line.edited_at, zone),
    }


def signature_shown(line: SignatureLine, zone: ZoneInfo) -> dict[str, Any]:
    """A signature as the templates name its fields."""
    return asdict(line) | {"signed_at": second_words(line.signed_at, zone)}


def _presence(person: Presence, zone: ZoneInfo) -> dict[str, str]:
    return {
        "name": person.name,
        "role": person.role,
        "entered_at": hour_words(person.entered_at, zone),
        "left_at": hour_words(person.left_at, zone) if person.left_at else "até o fim",
    }


def clause_shown(clause: ClauseLine) -> dict[str, Any]:
    """A clause as the templates name its fields."""
    instalments = [
        {"number": part.number, "due_on": f"{part.due_on:%d/%m/%Y}", "amount": money(part.amount_cents)}
        for part in clause.instalments
    ]
    return {"number": clause.number, "text": clause.text, "instalments": instalments}
