"""The check of a dropped file: what it is, what was changed in it, and that nothing of it is kept."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.adapters.pdf import TypstPdfMaker
from app.adapters.seal import Seal, self_made
from app.adapters.storage import FolderStorage
from app.services import verification
from app.services.press import Paper, Press
from app.services.verification import Check, Reason, Verdict
from models import DocumentKind
from models.rules.case_machine import State
from tests.adapters import agreement_papers, papers
from tests.adapters.test_pdf import TEMPLATES
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user

CODE = papers.CHECK.code


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    """A real press: what it seals is checked in the cage."""
    self_made(tmp_path / "selo.p12", "senha", "Procon", datetime.now(UTC))
    pdf, seal = TypstPdfMaker(TEMPLATES), Seal(tmp_path / "selo.p12", "senha")
    yield Press(
        papers.AGENCY, "https://procon.exemplo", pdf, seal, FolderStorage(tmp_path / "files", b"k" * 32)
    )
    pdf.close()
    seal.close()


async def issued(press: Press) -> bytes:
    """The bytes of a sealed document that is in a case."""
    case = await make_case(State.FULFILMENT, await make_user(), protocol="2026.000123")
    kept: list[Paper] = []

    async def enter(paper: Paper) -> object:
        kept.append(paper)
        document = await paper.enter(case.id, DocumentKind.MINUTES, "termo.pdf", code=CODE, now=NOW)
        return document.id

    await press.issue(agreement_papers.minutes(2), "Termo", enter)  # type: ignore[arg-type]  # an id is an id
    return b"".join([piece async for piece in press.storage.read(kept[0].storage_key)])


async def check(press: Press, data: bytes, code: str = "") -> Check:
    """What is said of a file."""

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 4096):
            yield data[at : at + 4096]

    return await verification.check_file(chunks(), code, seal=press.seal, storage=press.storage)


@pytest.mark.usefixtures("database")
async def test_what_was_changed_is_told(press: Press, tmp_path: Path) -> None:
    whole = await issued(press)
    files = on_disk(tmp_path)

    same = await check(press, whole)
    assert (same.verdict, same.reason, same.issued and same.issued.code) == (
        Verdict.AUTHENTIC,
        Reason.SAME,
        CODE,
    )

    place = whole.index(b"/Font") + 2  # not in a page's text
    one = await check(press, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert one.verdict is Verdict.CHANGED  # its code stands in it: nobody typed one
    assert one.issued is not None
    assert one.issued.code == CODE
    assert one.difference is not None
    assert (one.difference.count, one.difference.first, one.difference.longer) == (1, place + 1, 0)

    more = await check(press, whole + b"\n% mais")
    assert more.difference is not None
    assert (more.difference.count, more.difference.first, more.difference.longer) == (0, len(whole) + 1, 7)

    blank = await check(press, emptied(whole))
    assert (blank.verdict, blank.reason) == (Verdict.CHANGED, Reason.APPENDED)
    assert blank.difference is not None
    assert blank.difference.pages == (1,)
    again = await press.pdf.render(agreement_papers.minutes(2))
    assert (await check(press, again)).reason is Reason.DIFFERENT  # the same words, never sealed
    assert on_disk(tmp_path) == files  # nothing of them is kept


@pytest.mark.usefixtures("database")
async def test_files_of_others_are_told_apart(press: Press, tmp_path: Path) -> None:
    self_made(tmp_path / "outro.p12", "x", "Procon", datetime.now(UTC))
    other = Seal(tmp_path / "outro.p12", "x")
    paper = await press.pdf.render(agreement_papers.settlement())
    foreign = await check(press, await other.sign(paper, "Termo", "Criciúma/SC", "Procon"))
    assert (foreign.verdict, foreign.reason) == (Verdict.UNKNOWN, Reason.FOREIGN)
    ours = await check(press, await press.seal.sign(paper, "Termo", "Criciúma/SC", "Procon"))
    assert (ours.verdict, ours.reason) == (Verdict.CHANGED, Reason.UNREGISTERED)
    for data in (paper, b"", b"um texto"):
        assert (await check(press, data)).reason is Reason.UNSEALED
    other.close()


def on_disk(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def emptied(pdf: bytes) -> bytes:
    """The first page without its text, appended to the file as editors do."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write(out)
    return out.getvalue()
