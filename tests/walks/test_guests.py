"""A guest of a hearing on every page there is: theirs are the hearing's own and what is open to the world."""

from __future__ import annotations

from quart import Quart
from structlog.testing import capture_logs

from app.web import access
from models.rules.people import Role
from tests.walks.table import TABLE
from tests.walks.test_changes import BODIES, changes, status, tokens
from tests.walks.world import GUEST, PEOPLE, World

THEIRS = {
    "/audiencias/{hearing}",
    "/audiencias/{hearing}/estado",
    "/audiencias/{hearing}/teste",
    "/audiencias/{hearing}/ajuda",
    "/audiencias/{hearing}/qualidade",
    "/audiencias/{hearing}/qualidade/dados",
}
NOBODYS = {
    "/painel",
    "/conta",
    "/conta/segundo-fator",
    "/conta/avisos",
    "/casos",
    "/audiencias/ensaio",
    "/audiencias/ensaio/estado",
    "/empresas/busca?q=empresa",
    "/api/v1/me",
    "/api/v1/cases",
    "/api/v1/companies?q=empresa",
}
"""Open to whoever is signed in; of cases they show a guest none (tests/services/test_cases.py)."""


async def test_a_guest_opens_the_hearing_and_nothing_of_the_case(world: World) -> None:
    visitor = PEOPLE.index("visitor")
    opened = set()
    with capture_logs():
        for address, expected in TABLE:
            got = (await world.browsers[GUEST].get(address.format(**world.names))).status_code
            if got == 200 and expected[visitor] != 200:
                opened.add(address)
    assert opened - NOBODYS == THEIRS


async def test_a_guest_changes_nothing_but_in_the_hearing(whole_site: Quart, world: World) -> None:
    given = await tokens(world)
    with capture_logs():
        for endpoint, method, path in changes(whole_site, world):
            roles = access.permission_of(whole_site, endpoint)
            of_a_case = path.startswith(("/casos/", "/documentos/", "/gravacoes/", "/api/"))
            if not of_a_case or path.startswith("/casos/novo") or roles is None:
                continue
            got = await status(world, GUEST, method, path, given[GUEST], BODIES.get(endpoint))
            assert got == (404 if Role.GUEST in roles else 403), endpoint
