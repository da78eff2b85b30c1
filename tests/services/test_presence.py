"""Presence from the record of a hearing: absences are weighed, failures noted, the certificate made once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.adapters.pdf import FakePdfMaker
from app.adapters.seal import FakeSeal
from app.adapters.storage import FolderStorage
from app.services import conduct, outages, presence_paper, seat_quality, seats
from app.services.press import Press
from app.services.seat_quality import Span
from models import CaseEvent, Document, Job
from models.rules.connection_quality import Stretch
from models.rules.errors import NotFound, Refused
from models.rules.hearing import Outcome
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.signing import freeze, sign
from tests.services.test_sealing import AGENCY

pytestmark = pytest.mark.usefixtures("database")

START = NOW - timedelta(minutes=20)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """What a certificate is printed, sealed and kept with."""
    storage = FolderStorage(tmp_path / "files", b"k" * 32)
    return Press(AGENCY, "https://procon.exemplo", FakePdfMaker(), FakeSeal(), storage)


async def certified(table: Table, press: Press, until: datetime | None = None) -> dict[str, Any]:
    """Make the certificate; what was printed."""
    await presence_paper.seal_presence(table.id, press, tolerance_minutes=15, until=until, now=NOW)
    document = await Document.filter(kind="presence").order_by("-at").first()
    assert document is not None
    paper = b"".join([piece async for piece in press.storage.read(document.storage_key)])
    assert (await press.seal.verify(paper)).authentic
    words: dict[str, Any] = orjson.loads(paper.partition(b"\n")[2].rpartition(FakeSeal.MARK)[0])
    return words


async def test_a_no_show_is_closed_as_such_and_certified_once(press: Press) -> None:
    table = await make_table(starts_at=START)
    await table.come(table.mediator, at=START)
    await table.come(table.consumer, at=START + timedelta(minutes=2))
    await sign(table, table.mediator, await freeze(table, Outcome.COMPANY_ABSENT))
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)

    words, *_ = await asyncio.gather(*(certified(table, press) for _ in range(2)))

    assert await Job.filter(kind=presence_paper.PRESENCE_JOB).count() == 1
    assert await Document.filter(kind="presence").count() == 1
    event = await CaseEvent.get(name="presence_certified")
    assert (event.facts["consumer"], event.facts["company"]) == ("present", "no_show")
    document = await Document.get(kind="presence")
    assert (document.sides, document.code) == ("consumer,company,staff", event.facts["code"])
    assert words["conclusions"][0].startswith("Consumidor: presente.")
    assert "não compareceu" in words["conclusions"][1]
    assert "20 min 00 s" in words["conclusions"][1]
    assert [line["name"] for line in words["lines"]] == ["Ana Souza", table.agent.name, "Rita Melo"]
    assert words["lines"][1]["came"] == "—"
    last = await CaseEvent.get(case_id=table.case.id, seq=words["last_seq"])
    assert (last.name, last.hash) == ("hearing_closed", words["last_hash"])


async def test_who_was_cut_off_cannot_be_called_absent() -> None:
    table = await make_table(starts_at=START)
    await table.come(table.mediator, at=START)
    entry = await table.come(table.agent, at=START + timedelta(minutes=1))
    await seats.leave(entry.seat, entry.generation, now=START + timedelta(minutes=5))
    with pytest.raises(Refused, match="failure_measured"):
        await freeze(table, Outcome.COMPANY_ABSENT)
    await freeze(table, Outcome.TECHNICAL_FAILURE)


async def test_who_chose_to_go_may_be_called_absent() -> None:
    table = await make_table(starts_at=START)
    await table.come(table.mediator, at=START)
    entry = await table.come(table.agent, at=START + timedelta(minutes=1))
    await seats.leave(entry.seat, entry.generation, now=START + timedelta(minutes=5), by_choice=True)
    await freeze(table, Outcome.COMPANY_ABSENT)


async def test_our_failure_is_recorded_once_and_takes_nothing_from_the_tolerance(press: Press) -> None:
    table = await make_table(starts_at=START)
    await table.come(table.mediator, at=START)
    for minute in (2, 2, 12):
        await outages.note(table.id, "media_lost", now=START + timedelta(minutes=minute))
    with pytest.raises(Refused, match="tolerance_running"):
        await freeze(table, Outcome.BOTH_ABSENT)
    for minute in (10, 11):
        await outages.note(table.id, "media_restored", now=START + timedelta(minutes=minute))
    assert await CaseEvent.filter(name__in=["media_lost", "media_restored"]).count() == 2
    with pytest.raises(Refused, match="tolerance_running"):
        await freeze(table, Outcome.BOTH_ABSENT)
    words = await certified(table, press, until=NOW)
    assert "falha técnica do Procon" in words["conclusions"][0]
    assert "interrompido das" in words["interruptions"][0]
    await freeze(table, Outcome.BOTH_ABSENT, at=timedelta(minutes=3))


async def test_a_service_that_was_never_lost_is_not_restored() -> None:
    table = await make_table()
    assert not await outages.note(table.id, "media_restored", now=NOW)
    assert not await outages.note(10**6, "media_lost", now=NOW)


async def test_the_measured_sound_and_picture_are_in_it(press: Press) -> None:
    table = await (await make_table(starts_at=START)).in_session()
    seat = await table.seat(table.consumer)
    whole = Stretch(60, 50, 60, 512.0, 1480.0, 0.004, 0.012, 8.0, 42.0, 0, 0)
    await seat_quality.write([Span(table.id, seat.id, NOW, whole, 60)])
    words = await certified(table, press, until=NOW + timedelta(minutes=1))
    line = next(line for line in words["lines"] if line["name"] == "Ana Souza")
    assert (line["heard"], line["seen"], line["loss"]) == ("50 s", "1 min 00 s", "0,4 % / 1,2 %")
    assert not words["closed"]


async def test_who_has_a_place_may_ask_and_others_may_not() -> None:
    table = await make_table(starts_at=START)
    for viewer in (table.consumer, table.agent, table.mediator, table.consumer):
        await presence_paper.ask(table.id, viewer, opens_minutes=30, now=NOW)
    jobs = await Job.filter(kind=presence_paper.PRESENCE_JOB)
    assert [job.payload["until"] for job in jobs] == [NOW.isoformat()]
    for hearing, viewer in ((table.id, viewer_of(await make_user())), (10**6, table.consumer)):
        with pytest.raises(NotFound):
            await presence_paper.ask(hearing, viewer, opens_minutes=30, now=NOW)
    early = await make_table(starts_at=NOW + timedelta(hours=2))
    with pytest.raises(Refused, match="door_closed"):
        await presence_paper.ask(early.id, early.consumer, opens_minutes=30, now=NOW)
