"""The receipt of a complaint."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
import pytest

from app.adapters.documents import Letterhead
from app.adapters.pdf import FakePdfMaker
from app.adapters.seal import FakeSeal
from app.adapters.storage import FolderStorage
from app.services import receipts
from app.services.press import Press
from models import CaseEvent, Document, DocumentKind
from models.rules.case_machine import State
from models.rules.public_code import normal_code
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user
from tests.services.test_registrations import make_upload

pytestmark = pytest.mark.usefixtures("database")

AGENCY = Letterhead(
    name="Procon",
    legal_name="Procon",
    address="Rua A",
    phone="48",
    email="a@exemplo.com",
    opening_hours="8h",
    timezone="America/Sao_Paulo",
)


async def test_the_receipt_is_made_once_and_open_pages_are_told(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files", bytes(32))
    user = await make_user(cpf="52998224725")
    case = await make_case(
        State.UNDER_ANALYSIS,
        user,
        protocol="2026.000001-9",
        sent_at=NOW,
        company_name="Lojas do Sul",
        facts="O fogão não chegou.",
        request="Devolução do valor pago",
        occurred_on=date(2026, 10, 1),
    )
    await make_upload(case, user, DocumentKind.EXHIBIT, attached_at=NOW, filename="nota.pdf")
    await make_upload(case, user, DocumentKind.EXHIBIT, filename="esquecido.pdf")

    press = Press(AGENCY, "https://exemplo.com", FakePdfMaker(), FakeSeal(), storage)
    for _ in range(2):
        await receipts.make_receipt(case.id, press, now=NOW)

    receipt = await Document.get(case_id=case.id, kind=DocumentKind.RECEIPT)
    assert (receipt.sides, receipt.filename) == ("consumer,staff", "comprovante-2026.000001-9.pdf")
    paper = b"".join([piece async for piece in storage.read(receipt.storage_key)])
    assert len(paper) == receipt.size
    assert (await press.seal.verify(paper)).authentic
    words = orjson.loads(paper.partition(b"\n")[2].rpartition(FakeSeal.MARK)[0])
    assert words["check"]["code"] == receipt.code == normal_code(receipt.code or "")
    assert words["consumer_document"] == "***.982.247-**"
    assert words["case_url"] == f"https://exemplo.com/casos/{case.id}"
    assert [exhibit["filename"] for exhibit in words["exhibits"]] == ["nota.pdf"]
    assert b"52998224725" not in paper
    (event,) = await CaseEvent.filter(case_id=case.id)
    assert (event.name, event.actor_id) == ("document_ready", None)
    assert event.facts["document"] == str(receipt.id)
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1
