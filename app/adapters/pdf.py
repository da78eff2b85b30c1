"""PDFs from Typst templates: tagged and archival (PDF/A-2a and PDF/UA-1; ADR 0013)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

import typst

from app.adapters.bounds import BoundedThreads
from app.adapters.documents import Document

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
AT_ONCE = 2
WAITING = 32


class PdfError(Exception):
    """A template did not compile: a fault of ours, told with the compiler's words."""


class PdfMaker(Protocol):
    """Prints documents."""

    async def render(self, document: Document) -> bytes:
        """The document as a PDF; raises PdfError, or Busy when too many wait."""
        ...


class TypstPdfMaker:
    """Compiles in two threads, each with a compiler of its own that keeps fonts and parsed templates."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._threads = BoundedThreads("pdf", AT_ONCE, WAITING)
        self._mine = threading.local()

    async def render(self, document: Document) -> bytes:
        """See PdfMaker.render; the same document gives the same bytes."""
        return await self._threads.run(self._compile, document)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _compile(self, document: Document) -> bytes:
        try:
            made = self._compiler().compile(
                input=self._templates / document.template,
                format="pdf",
                sys_inputs={"data": document.to_json().decode()},
                pdf_standards=STANDARDS,
                timestamp=int(document.issued_at.timestamp()),
            )
        except typst.TypstError as error:
            raise PdfError(str(error)) from error
        assert isinstance(made, bytes)  # noqa: S101  pages come in one piece when the format is PDF
        return made

    def _compiler(self) -> typst.Compiler:
        if not hasattr(self._mine, "compiler"):
            self._mine.compiler = typst.Compiler(root=self._templates, ignore_system_fonts=True)
        compiler: typst.Compiler = self._mine.compiler
        return compiler


class FakePdfMaker:
    """Answers the data behind a PDF's first bytes; for tests that are not about paper."""

    async def render(self, document: Document) -> bytes:
        """``%PDF-`` and the JSON."""
        return b"%PDF-1.7\n" + document.to_json()
