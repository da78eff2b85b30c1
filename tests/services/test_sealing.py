"""The sealed term: printed from what was signed, once, in the case of both sides, and sent to all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.adapters.documents import Letterhead, MinutesData
from app.adapters.seal import FakeSeal
from app.adapters.storage import FolderStorage
from app.services import conduct, holding, sealing, seats, signatures
from app.services.press import Press
from models import CaseEvent, Document, Hearing, Job
from models.rules.hearing import Outcome
from models.rules.public_code import normal_code
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW
from tests.services.signing import freeze, sign

pytestmark = pytest.mark.usefixtures("database")

AGENCY = Letterhead(
    name="Procon",
    legal_name="Procon",
    address="Rua",
    phone="",
    email="",
    opening_hours="",
    timezone="America/Sao_Paulo",
)


class KeptPdf:
    """Prints nothing, keeps what it was asked to print."""

    def __init__(self) -> None:
        self.asked: list[MinutesData] = []

    async def render(self, document: Any) -> bytes:
        """The data itself, as bytes."""
        self.asked.append(document)
        return b"%PDF " + document.to_json()


@pytest.fixture
def pdf() -> KeptPdf:
    """A printer."""
    return KeptPdf()


@pytest.fixture
def press(pdf: KeptPdf, tmp_path: Path) -> Press:
    """What a term is printed, sealed and kept with."""
    storage = FolderStorage(tmp_path / "files", b"k" * 32)
    return Press(AGENCY, "https://procon.exemplo", pdf, FakeSeal(), storage)


async def closed() -> Table:
    """A hearing closed with agreement; the consumer was away for a minute."""
    table = await (await make_table()).agreed()
    seat = await table.seat(table.consumer)
    await seats.leave(seat.id, seat.generation, now=NOW + timedelta(minutes=1))
    await table.come(table.consumer, at=NOW + timedelta(minutes=2))
    shown = await freeze(table)
    for viewer in (table.consumer, table.agent, table.mediator):
        await sign(table, viewer, shown)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW + timedelta(minutes=30))
    return table


async def test_the_term_says_what_was_signed_by_whom_and_who_was_there(press: Press, pdf: KeptPdf) -> None:
    table = await closed()

    await sealing.seal_minutes(table.id, press, now=NOW + timedelta(minutes=31))

    data, hearing = pdf.asked[0], await table.now()
    assert data.signed_text_sha256 == hearing.text_hash
    assert data.record in hearing.final_text
    assert all(clause.text in hearing.final_text for clause in data.clauses)
    assert [(line.name, line.role) for line in data.signatures] == [
        ("Ana Souza", "Consumidor"),
        (table.agent.name, "Empresa"),
        ("Rita Melo", "Conciliador"),
    ]
    assert {person.name for person in data.present} == {"Ana Souza", table.agent.name, "Rita Melo"}
    assert all(person.left_at is None for person in data.present)
    assert data.check.url == f"https://procon.exemplo/verificar/{data.check.code}"


async def test_the_sealed_term_is_in_the_case_of_all_and_goes_out_by_letter(press: Press) -> None:
    table = await closed()

    await sealing.seal_minutes(table.id, press, now=NOW)

    document = await Document.get(kind="minutes")
    assert (await Hearing.get(id=table.id)).sealed_id == document.id
    assert document.sides == "consumer,company,staff"
    assert document.code == normal_code(document.code or "")
    kept = b"".join([chunk async for chunk in press.storage.read(document.storage_key)])
    assert (await press.seal.verify(kept)).authentic
    assert len(kept) == document.size
    event = await CaseEvent.get(name="minutes_sealed")
    assert event.facts["document"] == str(document.id)
    letters = await Job.filter(kind="letter", unique_key__startswith="letter:sealed:")
    assert len(letters) == 3
    assert all(letter.payload["documents"] == [str(document.id)] for letter in letters)


async def test_it_is_sealed_once_however_often_the_job_runs(press: Press, tmp_path: Path) -> None:
    table = await closed()

    await asyncio.gather(*(sealing.seal_minutes(table.id, press, now=NOW) for _ in range(3)))
    await sealing.seal_minutes(table.id, press, now=NOW)

    assert await Document.filter(kind="minutes").count() == 1
    assert await CaseEvent.filter(name="minutes_sealed").count() == 1
    document = await Document.get(kind="minutes")
    assert await press.storage.size(document.storage_key) > 0


async def test_who_left_before_the_end_and_who_never_came_are_told_apart(press: Press, pdf: KeptPdf) -> None:
    table = await (await make_table()).in_session()
    seat = await table.seat(table.agent)
    await seats.leave(seat.id, seat.generation, now=NOW + timedelta(minutes=10))
    await holding.release(table.id, table.mediator, "A empresa saiu.", now=NOW + timedelta(minutes=11))
    await sign(table, table.mediator, await freeze(table, Outcome.NO_AGREEMENT, at=timedelta(0)))
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW + timedelta(minutes=30))

    await sealing.seal_minutes(table.id, press, now=NOW)

    left = {person.name: person.left_at for person in pdf.asked[0].present}
    assert left[table.agent.name] == NOW + timedelta(minutes=10)
    assert left["Ana Souza"] is None

    other = await make_table(starts_at=NOW - timedelta(minutes=20))
    await other.come(other.mediator)
    await sign(other, other.mediator, await freeze(other, Outcome.BOTH_ABSENT))
    await conduct.close(other.id, other.mediator, HOUSE, now=NOW)
    await sealing.seal_minutes(other.id, press, now=NOW)
    assert [person.name for person in pdf.asked[1].present] == ["Rita Melo"]
    assert pdf.asked[1].clauses == ()
    assert await signatures.missing(await other.now()) == frozenset()
