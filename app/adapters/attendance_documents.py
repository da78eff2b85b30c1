"""The papers of attendances: the letter to the citizen, and the receipt of the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.adapters.document_words import moment_words, template_data
from app.adapters.documents import Letterhead
from app.adapters.qr import qr_svg


@dataclass(frozen=True, kw_only=True)
class AttendanceLetter:
    """An attendance as a letter (atendimento.typ); ``body`` is empty when the agency answered itself.

    ``closing`` are the paragraphs it ends with.
    """

    template: ClassVar[str] = "atendimento.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    title: str
    name: str
    asked_at: datetime
    question: str
    answer: str
    body: str
    reach: str
    basis: str
    url: str
    closing: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """See Document.to_json."""
        fields = ("title", "name", "question", "answer", "body", "reach", "basis", "url", "closing")
        values = {name: getattr(self, name) for name in fields}
        asked = moment_words(self.asked_at, self.agency.zone)
        return template_data(
            self,
            {**values, "kind": "Atendimento", "description": "Atendimento ao consumidor", "asked_at": asked},
        )


@dataclass(frozen=True, kw_only=True)
class CounterReceipt:
    """What the citizen takes home from the counter (recibo.typ); ``url`` holds the code."""

    template: ClassVar[str] = "recibo.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    name: str
    code: str
    url: str
    claimed: bool

    def to_json(self) -> bytes:
        """See Document.to_json."""
        values = {name: getattr(self, name) for name in ("name", "code", "url", "claimed")}
        return template_data(
            self,
            {
                **values,
                "title": "Recibo de atendimento",
                "description": "Recibo do balcão",
                "kind": "Reclamação",
                "qr": qr_svg(self.url),
            },
        )
