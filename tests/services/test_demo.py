"""The demonstration: its cases are told by the services that people use, and move with their rules."""

from __future__ import annotations

from collections import Counter

import pytest

from app.demo.people import make_cast
from app.demo.story import Narrator
from app.parts import Parts
from app.services import taxonomy
from models import Case, Hearing, Notice
from models.rules.case_machine import State


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
