"""The printed notice: made once, for all sides, without the consumer's private data, and verifiable."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.documents import Letterhead
from app.adapters.pdf import FakePdfMaker
from app.adapters.seal import FakeSeal, SealReport
from app.adapters.storage import FolderStorage
from app.services import cases, notice_paper, notices, verification
from app.services.notices import Choice
from app.services.press import Press
from app.services.verification import Verdict
from models import CaseEvent, Document, DocumentKind, Notice, User
from models.rules.case_machine import State
from tests.factories.people import NOW
from tests.services.parties import ANSWER_TERM, Parties, make_parties

pytestmark = pytest.mark.usefixtures("database")


class PlainSeal(FakeSeal):
    """A seal that marks the file's end, so that what was sealed can be told."""

    async def sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        """The file with the mark."""
        return pdf + b"SEALED"

    async def verify(self, pdf: bytes) -> SealReport:
        """Sealed by the agency, changed or not, when the mark is there."""
        return SealReport(sealed=b"SEALED" in pdf, intact=False, trusted=b"SEALED" in pdf)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A press that prints on a fake and keeps in the test's folder."""
    agency = Letterhead(
        name="Procon",
        legal_name="Procon de Teste",
        address="Rua A",
        phone="48",
        email="p@exemplo.com",
        opening_hours="8h",
        timezone="America/Sao_Paulo",
    )
    storage = FolderStorage(tmp_path / "files", b"k" * 32)
    return Press(agency, "https://procon.exemplo.com", FakePdfMaker(), PlainSeal(), storage)


async def _made(press: Press) -> tuple[Parties, Document, bytes]:
    people = await make_parties(State.UNDER_ANALYSIS)
    await User.filter(id=people.consumer.user_id).update(cpf="52998224725")
    await notices.notify(
        people.case.id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM
    )
    notice = await Notice.get()
    for _ in range(2):
        await notice_paper.make_notice(notice.id, press, now=NOW)
    document = await Document.get(code=notice.code)
    content = b"".join([piece async for piece in press.storage.read(document.storage_key)])
    return people, document, content


async def test_it_is_in_the_case_once_and_the_consumers_paper_lets_nobody_in(press: Press) -> None:
    people, document, content = await _made(press)
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    own = await Document.get(kind=DocumentKind.NOTICE, sides="consumer,staff")
    for viewer, there in (
        (people.consumer, {own.id}),
        (people.agent, {document.id}),
        (people.attendant, {own.id, document.id}),
    ):
        page = await cases.page(people.case.id, viewer)
        assert {file.id for file in page.documents} == there
        assert page.timeline[-1].name == "document_ready"
    assert await CaseEvent.filter(name="document_ready").count() == 2
    bare = b"".join([piece async for piece in press.storage.read(own.storage_key)])
    assert b"geladeira" in bare
    assert document.code is not None
    assert document.code.encode() in content
    assert document.code.encode() not in bare, "with it and the CNPJ the consumer would speak for the company"
    assert b"geladeira" in content
    assert b"52998224725" not in content
    assert b"Rua Secreta" not in content


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    yield data[:7]
    yield data[7:]


async def test_anybody_can_verify_it_and_a_changed_byte_is_told(press: Press) -> None:
    people, document, content = await _made(press)
    assert document.code is not None
    issued = await verification.by_code(document.code.lower())
    assert issued is not None
    assert (issued.protocol, issued.kind) == (people.case.protocol, DocumentKind.NOTICE)
    assert people.consumer.name not in repr(issued)

    async def verdict(data: bytes, code: str = "") -> Verdict:
        return (
            await verification.check_file(_chunks(data), code, seal=press.seal, storage=press.storage)
        ).verdict

    changed = content.replace(b"geladeira", b"geladeiro")
    assert await verdict(content) is Verdict.AUTHENTIC
    assert await verdict(content, document.code) is Verdict.AUTHENTIC
    assert await verdict(changed, document.code) is Verdict.CHANGED
    assert await verdict(changed) is Verdict.CHANGED  # it bears our seal
    assert await verdict(b"%PDF-1.7 something else") is Verdict.UNKNOWN
    assert await verdict(b"%PDF-1.7 something else", document.code) is Verdict.CHANGED


async def test_what_people_uploaded_cannot_be_probed_for(press: Press) -> None:
    people = await make_parties(State.NOTIFIED)
    await Document.create(
        case=people.case,
        owner_id=people.consumer.user_id,
        kind=DocumentKind.IDENTITY,
        sides="consumer,staff",
        filename="rg.pdf",
        media_type="application/pdf",
        size=4,
        sha256=hashlib.sha256(b"%PDF").hexdigest(),
        storage_key="k",
        at=NOW,
        attached_at=NOW,
    )
    check = await verification.check_file(_chunks(b"%PDF"), "", seal=press.seal, storage=press.storage)
    assert (check.verdict, check.issued) == (Verdict.UNKNOWN, None)
