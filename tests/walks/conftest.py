"""The whole site on fake adapters, and a small world of people and cases to walk through it with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from quart import Quart

from app.adapters.clock import FakeClock
from app.adapters.outbox import OutboxMail
from app.factory import create_app
from app.parts import Parts
from app.settings import Settings
from tests.factories.people import NOW
from tests.walks.world import World


@pytest.fixture
def whole_site(settings: Settings, fake_parts: Parts, tmp_path: Path) -> Quart:
    """Every page and the API, as the factory joins them; a demonstration, so that its pages exist too."""
    clock = FakeClock(NOW)
    mail = OutboxMail(tmp_path / "outbox", "procon@exemplo.com", clock)
    parts = replace(fake_parts, demo=True, clock=clock, mail=mail)
    return create_app(settings, parts=parts, jobs=False, media=False).quart


@pytest.fixture
async def world(whole_site: Quart, database: str) -> World:
    """People of every role, and cases of one consumer in every state that has a page of its own."""
    return await World.make(whole_site)
