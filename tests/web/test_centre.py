"""The command centre and the request for help, as pages: with and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.factory import Application
from app.services import alerts, assistance, seats, sessions
from models import Alert, HelpMessage
from models.rules.people import Role, Viewer
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.factories.people import make_user, viewer_of
from tests.web.browser import Browser


@pytest.fixture
async def table(application: Application) -> Table:
    """A hearing in session, from which the consumer has dropped."""
    table = await (await make_table(starts_at=START)).in_session()
    seat = await table.seat(table.consumer)
    await seats.leave(seat.id, seat.generation, now=START)
    await alerts.review(table.id, now=START)
    return table


async def browser_of(application: Application, viewer: Viewer) -> Browser:
    """Somebody's browser."""
    browser = Browser(application.quart)
    token = await sessions.start(viewer.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    return browser


async def test_the_day_with_who_is_where_and_what_is_wrong(application: Application, table: Table) -> None:
    marina = viewer_of(await make_user(Role.ATTENDANT, name="Marina Reis"))
    browser = await browser_of(application, marina)
    html = await (await browser.get("/audiencias/central")).get_data(as_text=True)
    seat = await table.seat(table.consumer)
    assert "Caiu da audiência: Ana Souza (consumidor)" in html
    assert f'data-quality="{seat.id}"' in html
    assert f'data-graph="{seat.id}"' in html
    assert "ninguém assumiu" in html
    assert "Abrir a sala" not in html  # an attendant has no place in it

    alert = await Alert.get()
    await browser.post(f"/audiencias/central/tarefas/{alert.id}/assumir", {})
    html = await (await browser.get("/audiencias/central")).get_data(as_text=True)
    assert "com você" in html
    await browser.post(f"/audiencias/central/tarefas/{alert.id}/resolver", {"note": "Voltou pelo celular."})
    html = await (await browser.get("/audiencias/central")).get_data(as_text=True)
    assert "resolvida por Marina Reis: Voltou pelo celular." in html
    assert "Nenhuma tarefa aberta" in html


async def test_an_auditor_only_looks(application: Application, table: Table) -> None:
    auditor = viewer_of(await make_user(Role.AUDITOR))
    html = await (await (await browser_of(application, auditor)).get("/audiencias/central")).get_data(True)
    assert "Caiu da audiência" in html
    assert "/assumir" not in html
    assert "conversa=" not in html


async def test_help_without_scripts(application: Application, table: Table) -> None:
    ana = await browser_of(application, table.consumer)
    path = f"/audiencias/{table.id}/ajuda"
    assert "Não é preciso câmera nem microfone" in await (await ana.get(path)).get_data(as_text=True)
    response = await ana.post(path, {"text": "Não consigo entrar."})
    assert response.status_code == 303
    html = await (await ana.get(path)).get_data(as_text=True)
    assert "O Procon foi avisado" in html
    assert "Não consigo entrar." in html

    seat = await table.seat(table.consumer)
    rita = await browser_of(application, table.mediator)
    await rita.get("/audiencias/central")
    await rita.post(f"/audiencias/central/conversas/{seat.id}", {"text": "Recarregue a página."})
    html = await (await rita.get(f"/audiencias/central?conversa={seat.id}")).get_data(as_text=True)
    assert "Não consigo entrar." in html
    assert "Recarregue a página." in html
    html = await (await ana.get(path)).get_data(as_text=True)
    assert "Uma pessoa do Procon está cuidando do seu pedido." in html
    assert table.mediator.name not in html.split("<main")[1].split("data-live")[1]
    await ana.post(f"{path}/encerrar", {})
    assert "O pedido de ajuda terminou" in await (await ana.get(path)).get_data(as_text=True)


async def test_the_room_and_the_device_test_lead_to_help(application: Application, table: Table) -> None:
    ana = await browser_of(application, table.consumer)
    for path in (f"/audiencias/{table.id}", f"/audiencias/{table.id}/teste"):
        html = await (await ana.get(path)).get_data(as_text=True)
        assert f'href="/audiencias/{table.id}/ajuda"' in html
        assert "data-help" in html


async def test_a_company_does_not_read_what_the_consumer_writes(
    application: Application, table: Table
) -> None:
    await assistance.ask(table.id, table.consumer, "Segredo da consumidora.", now=START + timedelta(0))
    firm = await browser_of(application, table.agent)
    for path in (f"/audiencias/{table.id}/ajuda", f"/audiencias/{table.id}"):
        assert "Segredo" not in await (await firm.get(path)).get_data(as_text=True)
    assert await HelpMessage.all().count() == 1
