"""The Procon as a running house: a database with its staff and companies, and a server that can fall."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from app import db
from app.adapters.passwords import Argon2Passwords
from app.demo.people import DOMAIN, PASSWORD, make_cast
from app.profile import PROFILES, Profile
from app.profile_reading import load_profile
from app.services import casefile, taxonomy
from models import CaseEvent, Job
from models.rules.chain import first_broken
from tests import servers
from tests.flows.people import Person
from tests.servers import Server

FIRST = PROFILES / "criciuma.toml"
OTHER = Path(__file__).parent.parent / "walks" / "porto_claro.toml"
"""The invented city: every flow runs in each of the two, on one engine each."""

_city: Profile = load_profile(FIRST)


def city() -> Profile:
    """The municipality of the house that was built last."""
    return _city


def residence() -> dict[str, str]:
    """Where somebody of this city lives, as a form takes it."""
    cep = f"{int(city().territory.cep_ranges[0][0]) + 1500:08d}"
    return {
        "cep": f"{cep[:5]}-{cep[5:]}",
        "street": "Rua João Pessoa",
        "number": "120",
        "district": "Centro",
    }


def local_now() -> datetime:
    """The agency's time."""
    return datetime.now(city().agency.zone)


CANCELLED_READER = re.compile(
    r"Exception in callback <function StreamReaderProtocol\.connection_made.*\n.*\nTraceback.*\n(  .*\n)+"
    r"asyncio\.exceptions\.CancelledError\n"
)
"""What asyncio of Python 3.11 says when a server ends that still reads from somebody: it asks a task that was
cancelled for its exception."""


class House:
    """``procon serve`` on a port of its own, which it keeps when it is started again."""

    def __init__(self, data_dir: Path, database_url: str, profile: Path = FIRST, **environment: str) -> None:
        global _city
        _city = load_profile(profile)
        self.profile = profile
        self.data_dir = data_dir
        self.database_url = database_url
        self.environment = environment
        self.port = servers.free_port()
        self.server: Server
        self._running = ExitStack()

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self.port}"

    async def furnish(self) -> None:
        """Make the accounts and companies of the demonstration, and the taxonomy; no case."""
        async with self.database():
            await taxonomy.load(local_now().date())
            await make_cast(await Argon2Passwords().hash(PASSWORD), datetime.now(UTC), city())

    async def start(self) -> None:
        """Serve, until ready."""
        environment = {
            "PROCON_DEMO": "1",
            "DATABASE_URL": self.database_url,
            "PROCON_PROFILE": str(self.profile),
            **self.environment,
        }
        serving = servers.serving(self.data_dir, env=environment, port=self.port)
        self.server = await asyncio.to_thread(self._running.enter_context, serving)

    async def stop(self) -> None:
        """End the server as an operator does."""
        assert await asyncio.to_thread(self.server.stop) == 0
        await self._ended()

    async def kill(self) -> None:
        """End the server without a warning."""
        self.server.kill()
        await self._ended()

    async def _ended(self) -> None:
        await asyncio.to_thread(self._running.close)

    async def close(self) -> None:
        """End the server if it runs."""
        await self._ended()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[None]:
        """Its database, beside the server: models and services work."""
        await db.connect(self.database_url)
        try:
            yield
        finally:
            await db.close()

    async def leases_end(self) -> None:
        """The time passes for which a worker that died had claimed its jobs."""
        async with self.database():
            await Job.filter(done_at=None).update(leased_until=None)

    async def version(self, case: int) -> int:
        """The number of the case's last event; its chain must hold from the first to it."""
        async with self.database():
            links = await casefile.chain(case)
            assert first_broken(links) is None
            assert await CaseEvent.filter(case_id=case).count() == len(links)
        return len(links)

    def faults(self) -> list[str]:
        """What the server's log says of faults of ours."""
        log = CANCELLED_READER.sub("", self.server.log.read_text())
        lines = log.splitlines()
        return [line for line in lines if "Traceback" in line or '"level":"error"' in line.replace(" ", "")]


async def signed_in(person: Person, login: str) -> Person:
    """An account of the demonstration, signed in."""
    await person.signs_in(PASSWORD, f"{login}@{DOMAIN}")
    return person
