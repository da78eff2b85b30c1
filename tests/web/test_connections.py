"""How each was connected, on the hearing's page: while it goes on for its scripts, later for the agency."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape

import pytest

from app.factory import Application
from app.services import seat_quality, sessions
from app.services.seat_quality import Minute
from models import Hearing
from models.rules.connection_quality import BOUNDS, Stretch
from models.rules.hearing import HearingState, Outcome
from models.rules.people import Viewer
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.web.browser import Browser

GOOD = Stretch(60, 58, 60, 512.0, 1480.0, 0.001, 0.002, 8.0, 42.0, 0, 0)
BAD = Stretch(30, 20, 10, 90.0, 300.0, 0.31, 0.02, 80.0, 1250.0, 3, 4200)


@pytest.fixture
async def table(application: Application) -> Table:
    """A hearing with everybody in it."""
    return await (await make_table(starts_at=START + timedelta(minutes=5))).in_session()


async def page(application: Application, table: Table, viewer: Viewer) -> str:
    """The hearing's page as somebody sees it."""
    browser = Browser(application.quart)
    token = await sessions.start(viewer.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    return await (await browser.get(f"/audiencias/{table.id}")).get_data(as_text=True)


def places(html: str) -> set[int]:
    """The seats for which the page has a place for figures."""
    return {int(seat) for seat in re.findall(r'data-quality="(\d+)"', html)}


async def test_a_page_has_a_place_for_those_whose_figures_it_is_told(
    application: Application, table: Table
) -> None:
    seats = {name: (await table.seat(getattr(table, name))).id for name in ("consumer", "agent", "mediator")}

    html = await page(application, table, table.mediator)
    assert places(html) == set(seats.values())
    assert places(await page(application, table, table.consumer)) == {seats["consumer"]}
    found = re.search(r'data-quality-bounds="([^"]+)"', html)
    assert found is not None
    assert json.loads(unescape(found.group(1))) == {name: list(pair) for name, pair in BOUNDS.items()}


async def minutes(table: Table, viewer: Viewer, *measured: Stretch | None) -> None:
    """What was measured of somebody, minute after minute; None is a minute away."""
    seat = (await table.seat(viewer)).id
    at: datetime = START
    for stretch in measured:
        if stretch is not None:
            await seat_quality.write([Minute(table.id, seat, at, stretch)])
        at += timedelta(minutes=1)


async def test_after_the_end_the_agency_sees_how_each_was_connected(
    application: Application, table: Table
) -> None:
    await minutes(table, table.consumer, GOOD, BAD, None, GOOD)
    await minutes(table, table.mediator, GOOD)
    assert "Como cada pessoa esteve conectada" not in await page(application, table, table.mediator)
    await Hearing.filter(id=table.id).update(
        state=HearingState.CLOSED, outcome=Outcome.NO_AGREEMENT, closed_at=START
    )

    html = await page(application, table, table.mediator)

    assert "Como cada pessoa esteve conectada" in html
    rows = dict(re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', html, re.DOTALL))
    cells = {label: re.findall(r'<td data-label="(.*?)">(.*?)</td>', row) for label, row in rows.items()}
    ana, rita = table.consumer.name, table.mediator.name
    for label, fact in (
        ("Conectada", "2\u00a0min 30\u00a0s"),
        ("Ouvida", "2\u00a0min 16\u00a0s"),
        ("Vista", "2\u00a0min 10\u00a0s"),
        ("Ida e volta", "até 1.250\u00a0ms"),
        ("Imagem parada", "3× · 4,2\u00a0s"),
    ):
        assert cells[label][0] == (ana, fact)
    assert [(name, "ruim" in cell, "boa" in cell) for name, cell in cells["Conexão"]] == [
        (ana, True, False),
        (rita, False, True),
    ]
    (plot, other) = re.findall(r"<svg role=\"img\".*?</svg>", html.partition("conexoes")[2], re.DOTALL)
    assert f"{ana}: 2 minutos com conexão boa, 1 minuto com conexão ruim, 1 minuto fora." in plot
    bars = re.findall(r'class="plot-(\w+)" x="(\d+)" y="(\d+)" width="12" height="(\d+)"', plot)
    assert bars == [("good", "0", "0", "36"), ("bad", "14", "18", "18"), ("good", "42", "0", "36")]
    assert "09:01: 30\u00a0s conectada, conexão ruim" in plot
    assert other.count("<rect") == 1
    assert plot.count('viewBox="0 0 54 36"') == other.count('viewBox="0 0 54 36"') == 1  # the same times


async def test_of_a_very_long_hearing_the_end_is_drawn_and_all_of_it_counted(
    application: Application, table: Table
) -> None:
    await minutes(table, table.consumer, *[GOOD] * 300)
    await Hearing.filter(id=table.id).update(
        state=HearingState.CLOSED, outcome=Outcome.NO_AGREEMENT, closed_at=START
    )
    html = await page(application, table, table.mediator)
    assert html.partition("conexoes")[2].count("<rect") == 240
    assert "300\u00a0min 0\u00a0s" in html


async def test_the_parties_see_nothing_of_it(application: Application, table: Table) -> None:
    await minutes(table, table.consumer, GOOD)
    await Hearing.filter(id=table.id).update(
        state=HearingState.CLOSED, outcome=Outcome.NO_AGREEMENT, closed_at=START
    )
    html = await page(application, table, table.consumer)
    assert "Código de verificação" in html or "sendo selado" in html
    assert "esteve conectada" not in html


async def test_people_are_told_that_it_is_kept(application: Application) -> None:
    html = await (await Browser(application.quart).get("/privacidade")).get_data(as_text=True)
    assert "em números por minuto" in html
    assert "por 1.825\u00a0dias (5\u00a0anos) e depois é apagado" in html
