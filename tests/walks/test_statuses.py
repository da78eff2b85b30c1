"""The table role × address × status: who gets what from every page that can be opened.

A GET route without a row fails, and so does a row of a route that is gone. Within the rows: another role's
page is 403, another person's thing 404, a visitor is sent to sign in (303; 401 by the API), and a page
whose moment has passed leads back to the case (303).
"""

from __future__ import annotations

from quart import Quart
from structlog.testing import capture_logs

from tests.walks.table import TABLE
from tests.walks.world import PEOPLE, World


async def test_every_page_is_in_the_table(whole_site: Quart, world: World) -> None:
    adapter = whole_site.url_map.bind("localhost")
    openable = {
        rule.endpoint
        for rule in whole_site.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    }
    paths = [address.format(**world.names).partition("?")[0] for address, _ in TABLE]
    assert {adapter.match(path, method="GET")[0] for path in paths} == openable


async def test_everybody_gets_what_the_table_says(world: World) -> None:
    wrong = []
    with capture_logs() as logs:
        for address, expected in TABLE:
            path = address.format(**world.names)
            got = tuple([(await world.browsers[person].get(path)).status_code for person in PEOPLE])
            wrong += [
                f"{address} for {person}: {is_now}, expected {should_be}"
                for person, is_now, should_be in zip(PEOPLE, got, expected, strict=True)
                if is_now != should_be
            ]
    faults = {repr(line["exc_info"]) for line in logs if line["event"] == "request_failed"}
    assert not wrong, "\n".join([*wrong, *faults])
