"""Files of a case: whole or nothing, seen by who may, each opening logged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.adapters.errors import BadFile
from app.adapters.inspect import FakeInspector, SandboxInspector
from app.adapters.scan import FakeScanner
from app.adapters.storage import Damaged, FolderStorage
from app.services import documents
from app.services.documents import File, Intake, Limits
from models import Case, Document, DocumentAccess, DocumentKind
from models.rules.case_machine import State
from models.rules.errors import DomainError, NotFound, Refused
from models.rules.people import Role, Side, Viewer
from tests.adapters.files import encrypted_pdf, pdf, photo
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

PDF = b"%PDF-1.7 conta de luz"
RESIDENCE, EXHIBIT = DocumentKind.RESIDENCE, DocumentKind.EXHIBIT


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def intake(files: Path) -> Intake:
    return Intake(FolderStorage(files, bytes(32)), FakeInspector(), FakeScanner(), Limits(1000, 3))


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 7):
        yield data[at : at + 7]


def kept(files: Path) -> list[Path]:
    """Every file that the storage holds, temporary ones included."""
    return [path for path in files.rglob("*") if path.is_file()]


async def upload(
    case: Case, viewer: Viewer, intake: Intake, kind: DocumentKind = RESIDENCE, data: bytes = PDF
) -> File:
    return await documents.receive(case.id, viewer, kind, "Conta.PDF", chunks(data), intake=intake, now=NOW)


async def drafting() -> tuple[Case, Viewer]:
    consumer = await make_user()
    return await make_case(State.DRAFT, consumer), viewer_of(consumer)


async def test_an_upload_is_what_its_content_is(intake: Intake) -> None:
    case, viewer = await drafting()

    file = await documents.receive(
        case.id, viewer, RESIDENCE, "minha foto.exe", chunks(b"\xff\xd8\xff..."), intake=intake, now=NOW
    )

    assert (file.filename, file.media_type, file.size) == ("minha foto.jpg", "image/jpeg", 6)
    assert file.attached_at is None
    assert b"".join([piece async for piece in intake.storage.read(file.storage_key)]) == b"\xff\xd8\xff..."
    assert await documents.of_case(case.id, Side.CONSUMER, viewer) == [file]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90 a program", "wrong_type"),
        (b"", "empty"),
        (PDF + b"x" * 1000, "too_large"),
        (PDF + b" infected", "infected"),
    ],
)
async def test_a_refused_upload_leaves_nothing_behind(
    intake: Intake, files: Path, data: bytes, code: str
) -> None:
    case, viewer = await drafting()
    good = await upload(case, viewer, intake)

    with pytest.raises(DomainError) as caught:
        await upload(case, viewer, intake, data=data)

    assert caught.value.code == code
    assert await documents.of_case(case.id, Side.CONSUMER, viewer) == [good]
    assert len(kept(files)) == 1


async def test_real_files_are_told_apart_by_the_real_inspector(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files", bytes(32))
    intake = Intake(storage, SandboxInspector(), FakeScanner(), Limits(10**6, 9))
    case, viewer = await drafting()

    two_pages = await upload(case, viewer, intake, data=pdf(2))
    heic = await upload(case, viewer, intake, data=photo("HEIF"))
    with pytest.raises(BadFile) as caught:
        await upload(case, viewer, intake, data=encrypted_pdf("senha"))

    assert (two_pages.pages, heic.media_type) == (2, "image/heic")
    assert caught.value.code == "pdf_encrypted"
    for file, page in ((two_pages, 2), (heic, 1)):
        drawn = await documents.picture(file, page, 60, storage=storage, inspector=intake.inspector)
        assert drawn.startswith(b"RIFF")
    with pytest.raises(NotFound):
        await documents.picture(heic, 2, 60, storage=storage, inspector=intake.inspector)


async def test_a_scanner_that_does_not_answer_lets_nothing_in(intake: Intake, files: Path) -> None:
    case, viewer = await drafting()
    assert isinstance(intake.scanner, FakeScanner)
    intake.scanner.available = False

    with pytest.raises(Refused) as caught:
        await upload(case, viewer, intake)

    assert caught.value.code == "scan_unavailable"
    assert kept(files) == []


async def test_the_same_file_sent_again_after_a_lost_answer_is_one_document(
    intake: Intake, files: Path
) -> None:
    case, viewer = await drafting()
    first = await upload(case, viewer, intake)

    assert await upload(case, viewer, intake) == first
    assert len(kept(files)) == 1
    assert (await upload(case, viewer, intake, kind=DocumentKind.IDENTITY)).id != first.id


async def test_a_case_takes_so_many_files(intake: Intake, files: Path) -> None:
    case, viewer = await drafting()
    for n in range(3):
        await upload(case, viewer, intake, data=PDF + bytes([n]))

    with pytest.raises(Refused) as caught:
        await upload(case, viewer, intake, data=PDF + b"!")

    assert caught.value.code == "too_many_files"
    assert len(kept(files)) == 3


async def test_each_form_takes_its_kinds_from_its_side_only(intake: Intake) -> None:
    case, consumer = await drafting()
    attendant = viewer_of(await make_user(Role.ATTENDANT, cpf=None))
    submitted = await make_case(State.SUBMITTED, await make_user())

    with pytest.raises(Refused):
        await upload(case, consumer, intake, kind=EXHIBIT)
    for kind in (DocumentKind.ANSWER, DocumentKind.RECEIPT, DocumentKind.MINUTES):
        with pytest.raises(NotFound):
            await upload(case, consumer, intake, kind=kind)
    with pytest.raises(Refused):  # the counter scans once there is a complaint
        await upload(submitted, attendant, intake)
    with pytest.raises(NotFound):
        await upload(submitted, consumer, intake)


async def test_an_upload_is_its_uploaders_alone_until_it_is_attached(intake: Intake) -> None:
    company = await make_company()
    agent = viewer_of(await make_agent(company), company)
    attendant = viewer_of(await make_user(Role.ATTENDANT, cpf=None))
    owner = await make_user()
    consumer = viewer_of(owner)
    case = await make_case(State.ACCEPTED, owner, company=company)
    exhibit = await upload(case, consumer, intake, kind=EXHIBIT)

    with pytest.raises(NotFound):
        await documents.opened(exhibit.id, attendant, address="", now=NOW)

    attached = await documents.attach(case, consumer, {EXHIBIT}, company_too=True, now=NOW)
    assert attached == {exhibit.id: exhibit.sha256}
    await documents.opened(exhibit.id, attendant, address="", now=NOW)
    with pytest.raises(NotFound):
        await documents.opened(exhibit.id, agent, address="", now=NOW)

    case.notified_at = NOW
    await case.save()
    await documents.opened(exhibit.id, agent, address="", now=NOW)


async def test_the_company_never_sees_identity_or_residence(intake: Intake) -> None:
    company = await make_company()
    agent = viewer_of(await make_agent(company), company)
    owner = await make_user()
    case = await make_case(State.DRAFT, owner)
    proof = await upload(case, viewer_of(owner), intake)
    await documents.attach(case, viewer_of(owner), {RESIDENCE}, now=NOW)
    await Case.filter(id=case.id).update(state=State.NOTIFIED, company_id=company.id, notified_at=NOW)

    assert await documents.of_case(case.id, Side.COMPANY, agent) == []
    with pytest.raises(NotFound):
        await documents.opened(proof.id, agent, address="", now=NOW)


async def test_each_opening_is_logged_once(intake: Intake) -> None:
    case, viewer = await drafting()
    file = await upload(case, viewer, intake)

    for seconds in (0, 5, 300, 3600):
        await documents.opened(file.id, viewer, address="192.0.2.1", now=NOW + timedelta(seconds=seconds))

    log = await DocumentAccess.filter(document_id=file.id).order_by("at").values("at", "user_id", "address")
    assert log == [
        {"at": NOW, "user_id": viewer.user_id, "address": "192.0.2.1"},
        {"at": NOW + timedelta(hours=1), "user_id": viewer.user_id, "address": "192.0.2.1"},
    ]


async def test_an_upload_can_be_taken_back_until_it_is_sent(intake: Intake) -> None:
    case, viewer = await drafting()
    stranger = viewer_of(await make_user())
    file = await upload(case, viewer, intake)
    other = await upload(case, viewer, intake, kind=DocumentKind.IDENTITY)

    with pytest.raises(NotFound):
        await documents.take_back(file.id, stranger, storage=intake.storage)
    await documents.take_back(file.id, viewer, storage=intake.storage)
    await documents.attach(case, viewer, {DocumentKind.IDENTITY}, now=NOW)
    with pytest.raises(Refused) as caught:
        await documents.take_back(other.id, viewer, storage=intake.storage)

    assert caught.value.code == "document_attached"
    assert not await Document.filter(id=file.id).exists()
    with pytest.raises(Damaged):
        await intake.storage.size(file.storage_key)
    with pytest.raises(NotFound):
        await documents.take_back(file.id, viewer, storage=intake.storage)
