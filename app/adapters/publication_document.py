"""The text of a notice by official publication (edital.typ): who is called, nothing of the complaint."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

from app.adapters.document_words import template_data
from app.adapters.documents import Check, Letterhead
from app.adapters.qr import qr_svg


@dataclass(frozen=True, kw_only=True)
class PublicationData:
    """``paragraphs`` is the text as the gazette prints it, ``signed`` agency and date beneath."""

    template: ClassVar[str] = "edital.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    paragraphs: tuple[str, ...]
    signed: str
    check: Check

    def to_json(self) -> bytes:
        """See Document.to_json."""
        return template_data(
            self,
            {
                "title": "Edital de notificação",
                "description": "Texto para publicação oficial",
                "kind": "Reclamação",
                "paragraphs": self.paragraphs,
                "signed": self.signed,
                "check": asdict(self.check),
                "qr": qr_svg(self.check.url),
            },
        )
