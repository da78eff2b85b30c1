"""A hearing held on a real server, and the browsers of its people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import psutil
from playwright.async_api import expect

from app import db
from app.adapters.clock import SystemClock
from app.services import sessions
from models.rules.people import Viewer
from tests import servers
from tests.browser.people import Person, Stage, stage
from tests.factories.hearings import Table, colleague, make_table

WAIT_MS = 30_000
"""Three browsers encode and decode in software: on a busy machine each step takes its time."""


@dataclass
class Room:
    """A hearing, the server it is held on, and the ways into it."""

    table: Table
    server: servers.Server
    site: Stage
    tokens: dict[int, str]
    lawyer: Viewer | None = None
    read: set[Path] = field(default_factory=set)
    """The letters with codes that were used."""

    async def person(
        self, viewer: Viewer, viewport: dict[str, int], script: str = "", *allowed: str
    ) -> Person:
        """Somebody's browser, signed in, with the room's page open; ``script`` runs in each page first.

        ``allowed`` are permissions beside those for camera and microphone.
        """
        person = await self.site.person(viewer.name, viewport)
        if allowed:
            await person.page.context.grant_permissions(["camera", "microphone", *allowed])
        if script:
            await person.page.context.add_init_script(script)
        cookie = {
            "name": sessions.cookie_name(secure=False),
            "value": self.tokens[viewer.user_id],
            "url": self.server.url,
        }
        await person.page.context.add_cookies([cookie])  # type: ignore[list-item]
        await person.page.goto(f"/audiencias/{self.table.id}")
        return person

    async def invited(self, link: str, name: str, viewport: dict[str, int]) -> Person:
        """A guest's browser, signed in nowhere, with the page behind their personal link open."""
        person = await self.site.person(name, viewport)
        await person.page.goto(link)
        return person

    def letters_to(self, address: str) -> list[str]:
        """The texts of the letters to an address, the newest last."""
        files = sorted((self.server.data_dir / "outbox").glob("*.eml"))
        found = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [str(one.get_body(("plain",)).get_content()) for one in found if address in str(one["To"])]  # type: ignore[union-attr]

    async def sits(self, viewer: Viewer, viewport: dict[str, int], script: str = "", *allowed: str) -> Person:
        """The same, having entered."""
        person = await self.person(viewer, viewport, script, *allowed)
        await person.page.locator("[data-enter]").click()
        await in_phase(person, "inside" if viewer == self.table.mediator else "waiting")
        return person

    def media_process(self) -> int:
        """The id of the server's media process: the one that has a port, beside one that waits."""
        return self._media().pid

    def media_port(self) -> int:
        """Its UDP port on the loopback."""
        return next(int(one.laddr.port) for one in self._media().net_connections("udp"))

    def _media(self) -> psutil.Process:
        children = psutil.Process(self.server.process.pid).children()
        return next(child for child in children if child.net_connections("udp"))


async def in_phase(person: Person, phase: str) -> None:
    """Wait until a person's page is where it should be."""
    await expect(person.page.locator("main")).to_have_attribute("data-phase", phase, timeout=WAIT_MS)


@asynccontextmanager
async def hearing_room(
    url: str,
    *,
    lawyer: bool = False,
    begins: timedelta = timedelta(minutes=5),
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Room]:
    """A hearing that ``begins`` so long from now, on a server of its own over the database of ``sqlite_url``.

    ``lawyer``: the company also has somebody without power to settle, ``Room.lawyer``. ``env``: the server's.
    """
    folder = Path(url.removeprefix("sqlite://")).parent
    await db.connect(url)
    now = SystemClock().now()
    table = await make_table(starts_at=now + begins)
    people = [table.consumer, table.agent, table.mediator]
    if lawyer:
        people.append((await colleague(table, may_settle=False))[1])
    tokens = {
        viewer.user_id: await sessions.start(viewer.user_id, now=now, address="", device="")
        for viewer in people
    }
    await db.close()
    with servers.serving(folder, env=env) as server:
        async with stage(server.url) as site:
            expect.set_options(timeout=WAIT_MS)
            yield Room(table, server, site, tokens, people[-1] if lawyer else None)
            expect.set_options(timeout=None)
