"""The sealed term of an accepted offer: printed from what was accepted, once, for both sides."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.adapters.documents import Letterhead, SettlementData
from app.adapters.seal import FakeSeal
from app.adapters.storage import FolderStorage
from app.services import settlements
from app.services.press import Press
from models import CaseEvent, Document, DocumentKind, Job, Offer
from models.rules.case_machine import State
from models.rules.public_code import normal_code
from tests.factories.offers import accepted, deed, offered, refund
from tests.factories.people import NOW
from tests.services.parties import Parties, make_parties
from tests.services.test_sealing import AGENCY

pytestmark = pytest.mark.usefixtures("database")


class KeptPdf:
    """Prints nothing, keeps what it was asked to print."""

    def __init__(self) -> None:
        self.asked: list[SettlementData] = []

    async def render(self, document: Any) -> bytes:
        """The data itself, as bytes."""
        self.asked.append(document)
        return b"%PDF " + document.to_json()


def make_press(folder: Path, agency: Letterhead = AGENCY) -> tuple[KeptPdf, Press]:
    pdf = KeptPdf()
    storage = FolderStorage(folder / "files", b"k" * 32)
    return pdf, Press(agency, "https://procon.exemplo", pdf, FakeSeal(), storage)


async def agreed(people: Parties) -> Offer:
    offer = await offered(people, people.agent, refund(120_000, count=3), deed(), note="Sem admitir culpa.")
    await accepted(people, people.consumer, offer, now=NOW + timedelta(hours=2))
    return offer


async def test_the_term_says_what_was_offered_and_by_whom_it_was_accepted(tmp_path: Path) -> None:
    people = await make_parties(State.ANSWERED)
    offer = await agreed(people)
    job = await Job.get(kind=settlements.SEAL_SETTLEMENT_JOB)
    assert job.payload == {"offer": offer.id}

    pdf, press = make_press(tmp_path)
    await settlements.seal_settlement(offer.id, press, now=NOW + timedelta(hours=3))
    (printed,) = pdf.asked
    assert [len(clause.instalments) for clause in printed.clauses] == [3, 0]
    assert all(clause.text in offer.final_text for clause in printed.clauses)
    assert (printed.note, printed.text_sha256) == ("Sem admitir culpa.", offer.text_hash)
    assert printed.agreed_at == NOW + timedelta(hours=2)
    assert [(line.name, line.role, line.signed_at) for line in printed.signatures] == [
        (people.agent.name, "Empresa, propôs", NOW),
        (people.consumer.name, "Consumidor, aceitou", NOW + timedelta(hours=2)),
    ]
    assert people.consumer.name == printed.parties.consumer_name


async def test_it_is_in_the_case_of_both_and_goes_out_by_letter_once(tmp_path: Path) -> None:
    people = await make_parties(State.ANSWERED)
    offer = await agreed(people)
    _, press = make_press(tmp_path)
    await Job.filter(kind="letter").delete()
    await asyncio.gather(*(settlements.seal_settlement(offer.id, press, now=NOW) for _ in range(3)))

    document = await Document.get(kind=DocumentKind.SETTLEMENT)
    assert document.sides.split(",") == ["consumer", "company", "staff"]
    assert normal_code(document.code or "") == document.code
    event = await CaseEvent.get(name="settlement_sealed")
    assert event.facts["document"] == str(document.id)
    letters = await Job.filter(kind="letter")
    assert {letter.payload["to"] for letter in letters} >= {people.consumer.email, people.agent.email}
    assert all(letter.payload["documents"] == [str(document.id)] for letter in letters)
    stored = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(stored) == 1, "who came second left nothing behind"
