"""The demonstration: its cases are told by the services that people use, and move with their rules."""

from __future__ import annotations

from collections import Counter

import pytest

from app.demo.people import make_cast
from app.demo.story import Narrator
from app.parts import Parts
from app.services import taxonomy
from models import Attendance, Case, CaseEvent, Document, Hearing, Notice, Offer, Statement, Ticket
from models.rules.attendance import Stage
from models.rules.case_machine import State
from models.rules.evidence import offer_name, statement_name


@pytest.mark.usefixtures("database")
async def test_the_demonstration_tells_cases_in_every_stage(fake_parts: Parts) -> None:
    now = fake_parts.clock.now()
    await taxonomy.load(now.date())

    await Narrator(fake_parts, await make_cast("a hash", now, fake_parts.profile), now).tell_all()

    found = Counter(await Case.all().values_list("state", flat=True))
    assert found[State.UNANSWERED] == 2
    assert found[State.HEARING_SCHEDULED] == await Hearing.all().count() == 6
    assert set(found) >= {
        State.SUBMITTED,
        State.WAITING_CONSUMER,
        State.ACCEPTED,
        State.UNDER_ANALYSIS,
        State.ANSWERED,
    }
    assert await Notice.filter(aware_at=None).count() == 0
    stages = {row["stage"] for row in await Attendance.all().values("stage")}
    assert stages == {Stage.WAITING, Stage.ANSWERED, Stage.FORWARDED, Stage.REFERRED, Stage.CLOSED}
    assert await Ticket.all().count() == 5
    await everything_is_bound()


async def everything_is_bound() -> None:
    """No document and no word of a case is there that an event of its chain does not prove (ADR 0069)."""
    bound: set[str] = set()
    for facts in [row["facts"] for row in await CaseEvent.all().values("facts")]:
        bound |= {*facts.get("files", ()), *facts.get("texts", ())}
        bound |= {facts["document"]} if "sha256" in facts and "document" in facts else set()
    wanted = {str(row["id"]) for row in await Document.filter(attached_at__not_isnull=True).values("id")}
    wanted |= {statement_name(row["id"]) for row in await Statement.all().values("id")}
    wanted |= {offer_name(row["id"]) for row in await Offer.all().values("id")}
    assert len(wanted) > 20
    assert wanted <= bound
