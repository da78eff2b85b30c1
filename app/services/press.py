"""The press: how every document of the agency is printed, sealed and put into its case."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from app.adapters.documents import Check, Letterhead
from app.adapters.documents import Document as Printable
from app.adapters.pdf import PdfMaker
from app.adapters.seal import Sealer
from app.adapters.storage import Storage
from models import Document, DocumentKind
from models.rules.people import Side

EVERYBODY = (Side.CONSUMER, Side.COMPANY, Side.STAFF)


@dataclass(frozen=True)
class Paper:
    """A sealed document in the storage, not in a case yet; size in bytes."""

    storage_key: str
    size: int
    sha256: str

    async def enter(
        self,
        case_id: int,
        kind: DocumentKind,
        filename: str,
        *,
        code: str,
        now: datetime,
        sides: Iterable[Side] = EVERYBODY,
    ) -> Document:
        """Put it into its case, inside the caller's transaction; ``code`` is what verifies it."""
        return await Document.create(
            id=uuid4(),
            case_id=case_id,
            owner_id=None,
            kind=kind,
            sides=",".join(sides),
            filename=filename,
            media_type="application/pdf",
            size=self.size,
            sha256=self.sha256,
            storage_key=self.storage_key,
            at=now,
            attached_at=now,
            code=code,
        )


Entering = Callable[[Paper], Awaitable[UUID | None]]
"""Enters a paper in a transaction; None when another worker was quicker."""


@dataclass(frozen=True)
class Press:
    """What documents are printed, sealed and kept with; ``site`` is the public address."""

    agency: Letterhead
    site: str
    pdf: PdfMaker
    seal: Sealer
    storage: Storage

    def check(self, code: str) -> Check:
        """How anybody checks the document that has this code."""
        host = self.site.partition("://")[2]
        return Check(code=code, site=f"{host}/verificar", url=f"{self.site}/verificar/{code}")

    async def issue(self, document: Printable, reason: str, enter: Entering) -> None:
        """Print and seal a document for ``reason``, and ``enter`` it; what nobody enters is removed."""
        printed = await self.pdf.render(document)
        sealed = await self.seal.sign(printed, reason, self.agency.address, self.agency.legal_name)
        key = await self.storage.put(sealed)
        if await enter(Paper(key, len(sealed), hashlib.sha256(sealed).hexdigest())) is None:
            await self.storage.delete(key)
