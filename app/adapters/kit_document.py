"""The execution kit as its Typst template needs it (execucao.typ)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from app.adapters.document_words import day_words, second_words, template_data
from app.adapters.documents import (
    Check,
    ClauseLine,
    Letterhead,
    Parties,
    SignatureLine,
    clause_shown,
    signature_shown,
)
from app.adapters.qr import qr_svg
from models.rules.agreement import money


@dataclass(frozen=True, kw_only=True)
class ObligationLine:
    """An obligation as it stands: ``state`` in words, ``said_at`` when its creditor said so."""

    text: str
    due_on: date | None
    amount_cents: int | None
    state: str
    said_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True)
class PaymentLine:
    """A payment that is due, in centavos; ``accelerated``: only because another one was not made."""

    text: str
    since: date
    cents: int
    factor: Decimal
    corrected_cents: int
    interest_cents: int
    total_cents: int
    accelerated: bool


@dataclass(frozen=True, kw_only=True)
class FineLine:
    """An agreed fine, in centavos."""

    text: str
    cents: int


@dataclass(frozen=True, kw_only=True)
class ChainLine:
    """An event of the case's record, with its hash."""

    seq: int
    at: datetime
    text: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class KitData:
    """All that is needed to claim an agreement that was not kept.

    ``origin`` says where it was made, ``sealed_code`` and ``sealed_sha256`` name its sealed document;
    ``text_sha256`` is the hash of the text that was signed or accepted. ``months`` are the indices used.
    """

    template: ClassVar[str] = "execucao.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    parties: Parties
    creditor: str
    debtor: str
    origin: str
    agreed_at: datetime
    sealed_code: str
    sealed_sha256: str
    clauses: tuple[ClauseLine, ...]
    signatures: tuple[SignatureLine, ...]
    text_sha256: str
    obligations: tuple[ObligationLine, ...]
    deeds: tuple[str, ...]
    until: date
    method: tuple[str, ...]
    payments: tuple[PaymentLine, ...]
    fines: tuple[FineLine, ...]
    total_cents: int
    chain: tuple[ChainLine, ...]
    last_seq: int
    last_hash: str
    check: Check

    def to_json(self) -> bytes:
        """See Document.to_json."""
        zone = self.agency.zone
        names = ("creditor", "debtor", "origin", "sealed_code", "sealed_sha256", "text_sha256")
        return template_data(
            self,
            self.parties.shown()
            | {name: getattr(self, name) for name in (*names, "deeds", "method", "last_seq", "last_hash")}
            | {
                "title": "Documentos para a cobrança do acordo",
                "description": "Acordo não cumprido: acordo, assinaturas, registro e cálculo",
                "kind": "Acordo não cumprido",
                "agreed_at": second_words(self.agreed_at, zone),
                "clauses": [clause_shown(clause) for clause in self.clauses],
                "signatures": [signature_shown(line, zone) for line in self.signatures],
                "obligations": [self._obligation(line) for line in self.obligations],
                "until": day_words(self.until),
                "payments": [_payment(line) for line in self.payments],
                "fines": [{"text": fine.text, "amount": money(fine.cents)} for fine in self.fines],
                "total": money(self.total_cents),
                "chain": [
                    {
                        "seq": str(one.seq),
                        "at": second_words(one.at, zone),
                        "text": one.text,
                        "hash": one.hash,
                    }
                    for one in self.chain
                ],
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )

    def _obligation(self, line: ObligationLine) -> dict[str, Any]:
        return {
            "text": line.text,
            "due_on": f"{line.due_on:%d/%m/%Y}" if line.due_on else "sem data",
            "amount": money(line.amount_cents) if line.amount_cents is not None else "",
            "state": line.state,
            "said_at": second_words(line.said_at, self.agency.zone) if line.said_at else "",
            "note": line.note,
        }


def _payment(line: PaymentLine) -> dict[str, str]:
    return {
        "text": line.text + (" (vencimento antecipado)" if line.accelerated else ""),
        "since": f"{line.since:%d/%m/%Y}",
        "amount": money(line.cents),
        "factor": str(line.factor.quantize(Decimal("1.000000"))).replace(".", ","),
        "corrected": money(line.corrected_cents),
        "interest": money(line.interest_cents),
        "total": money(line.total_cents),
    }
