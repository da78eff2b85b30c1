"""The quality report: everybody's to the agency, one's own to the parties; as a table and as columns."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest

from app.factory import Application
from app.services import seat_quality, sessions
from app.services.seat_quality import Span
from models.rules.connection_quality import BOUNDS, Heard, Stretch
from models.rules.people import Viewer
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.web.browser import Browser

GOOD = Stretch(10, 10, 10, 512.0, 1480.0, 0.001, 0.002, 8.0, 42.0, 0, 0, 10, 3.0)
BAD = Stretch(5, 4, 2, 90.0, 300.0, 0.31, 0.02, 80.0, 1250.0, 3, 4200, 5, 1.0)


@pytest.fixture
async def table(application: Application) -> Table:
    """A hearing with everybody in it."""
    return await (await make_table(starts_at=START + timedelta(minutes=5))).in_session()


async def get(application: Application, viewer: Viewer, path: str) -> str:
    """A page as somebody sees it."""
    browser = Browser(application.quart)
    token = await sessions.start(viewer.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    response = await browser.get(path)
    assert response.status_code == 200
    return await response.get_data(as_text=True)


async def measured(table: Table, viewer: Viewer, *spans: Stretch | None) -> int:
    """What was measured of somebody, ten seconds after ten seconds; None is away. Their seat."""
    seat = (await table.seat(viewer)).id
    at: datetime = START
    for stretch in spans:
        if stretch is not None:
            await seat_quality.write([Span(table.id, seat, at, stretch)])
        at += timedelta(seconds=10)
    return seat


async def test_a_page_has_a_place_for_those_whose_figures_it_is_told(
    application: Application, table: Table
) -> None:
    seats = {name: (await table.seat(getattr(table, name))).id for name in ("consumer", "agent", "mediator")}

    def places(html: str) -> set[int]:
        return {int(seat) for seat in re.findall(r'data-quality="(\d+)"', html)}

    html = await get(application, table.mediator, f"/audiencias/{table.id}")
    assert places(html) == set(seats.values())
    assert places(await get(application, table.consumer, f"/audiencias/{table.id}")) == {seats["consumer"]}
    found = re.search(r'data-quality-bounds="([^"]+)"', html)
    assert found is not None
    assert json.loads(unescape(found.group(1))) == {name: list(pair) for name, pair in BOUNDS.items()}


async def test_the_agency_sees_how_each_was_connected(application: Application, table: Table) -> None:
    await measured(table, table.consumer, GOOD, BAD, None, GOOD)
    await measured(table, table.mediator, GOOD)

    html = await get(application, table.mediator, f"/audiencias/{table.id}/qualidade")

    rows = dict(re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', html, re.DOTALL))
    cells = {label: re.findall(r'<td data-label="(.*?)">(.*?)</td>', row) for label, row in rows.items()}
    ana, rita = table.consumer.name, table.mediator.name
    for label, fact in (
        ("Conectada", "25\u00a0s"),
        ("Ouvida", "24\u00a0s"),
        ("Vista", "22\u00a0s"),
        ("Imagens recebidas", "alta"),
        ("Ida e volta", "até 1.250\u00a0ms"),
        ("Imagem parada", "3× · 4,2\u00a0s"),
    ):
        assert cells[label][0] == (ana, fact)
    assert [(name, "ruim" in cell, "boa" in cell) for name, cell in cells["Conexão"]] == [
        (ana, True, False),
        (rita, False, True),
    ]
    assert "1 minuto com conexão ruim." in html
    assert len(re.findall(r"data-plots=", html)) == 2


async def test_the_columns_have_holes_where_somebody_was_away(application: Application, table: Table) -> None:
    seat = await measured(table, table.consumer, GOOD, BAD, None, GOOD)
    path = f"/audiencias/{table.id}/qualidade/dados"

    found = json.loads(await get(application, table.mediator, path))

    columns: dict[str, list[Any]] = found["seats"][str(seat)]
    begins = START.timestamp()
    assert columns["at"] == [begins, begins + 10, begins + 20, begins + 30]
    assert columns["loss_in"] == [0.1, 31.0, None, 0.1]
    assert columns["kbps_out"] == [1480.0, 300.0, None, 1480.0]
    assert columns["layer"] == [3.0, 1.0, None, 3.0]
    assert columns["frozen"] == [0, 4.2, None, 0]
    assert not found["over"]
    later = json.loads(await get(application, table.mediator, f"{path}?desde={round(begins) + 30}"))
    assert later["seats"][str(seat)]["at"] == [begins + 30]


async def test_who_heard_whom_counts_the_time_away(application: Application, table: Table) -> None:
    ana = (await table.seat(table.consumer)).id
    heard = Stretch(**{**vars(GOOD), "hears": {ana: Heard(9, 10, 500, 480)}})
    for viewer in (table.mediator, table.agent):
        await measured(table, viewer, heard, None if viewer == table.mediator else heard, heard)
    await measured(table, table.consumer, GOOD, GOOD, GOOD)

    html = await get(application, table.mediator, f"/audiencias/{table.id}/qualidade")

    matrix = html[html.index("Quem ouviu quem") :]
    row = re.search(rf'data-label="Quem ouve">{table.mediator.name}</th>(.*?)</tr>', matrix, re.DOTALL)
    assert row is not None
    assert "60\u00a0%" in row.group(1)  # 18 of 30 seconds: ten of them away
    assert "96\u00a0% dos pacotes" in row.group(1)


async def test_a_party_sees_its_own_alone(application: Application, table: Table) -> None:
    ana, firm = await measured(table, table.consumer, GOOD), await measured(table, table.agent, BAD)
    html = await get(application, table.consumer, f"/audiencias/{table.id}/qualidade")
    assert re.findall(r'data-plots="(\d+)"', html) == [str(ana)]
    assert "Você vê a sua própria conexão" in html
    found = json.loads(await get(application, table.consumer, f"/audiencias/{table.id}/qualidade/dados"))
    assert set(found["seats"]) == {str(ana)}
    assert str(firm) not in found["seats"]


async def test_people_are_told_what_is_kept(application: Application) -> None:
    html = await (await Browser(application.quart).get("/privacidade")).get_data(as_text=True)
    assert "em números a cada dez segundos" in html
    assert "por 1.825\u00a0dias (5\u00a0anos) e depois é apagado" in html
    assert "Não faz parte do registro da audiência: fica guardado por 30\u00a0dias" in html
