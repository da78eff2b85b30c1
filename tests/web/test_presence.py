"""Who was there, on the hearing's page: for the mediator while it goes on, for everybody after the end."""

from __future__ import annotations

from datetime import timedelta

from app.factory import Application
from app.services import conduct, sessions
from models import Job
from models.rules.hearing import Outcome
from models.rules.people import Viewer
from tests.conftest import START
from tests.factories.hearings import HOUSE, Table, make_table
from tests.services.signing import freeze, sign
from tests.web.browser import Browser


async def browser_of(application: Application, viewer: Viewer) -> Browser:
    """Somebody's browser."""
    browser = Browser(application.quart)
    token = await sessions.start(viewer.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    return browser


async def page(application: Application, table: Table, viewer: Viewer) -> str:
    """The hearing's page as somebody sees it."""
    browser = await browser_of(application, viewer)
    return await (await browser.get(f"/audiencias/{table.id}")).get_data(as_text=True)


async def test_the_page_says_and_draws_who_was_there(application: Application) -> None:
    begins = START - timedelta(minutes=20)
    table = await make_table(starts_at=begins)
    await table.come(table.mediator, at=begins)
    await table.come(table.consumer, at=begins + timedelta(minutes=1))

    html = await page(application, table, table.mediator)
    assert "Presença medida até agora" in html
    assert "Empresa: não compareceu" in html
    assert 'class="presence-waiting"' in html
    assert "Presença medida até agora" not in await page(application, table, table.consumer)

    await sign(table, table.mediator, await freeze(table, Outcome.COMPANY_ABSENT))
    await conduct.close(table.id, table.mediator, HOUSE, now=START)
    for viewer in (table.consumer, table.agent, table.mediator):
        assert "Quem esteve na audiência" in await page(application, table, viewer)


async def test_a_certificate_is_asked_for_on_the_page(application: Application) -> None:
    table = await make_table(starts_at=START)
    browser = await browser_of(application, table.consumer)
    await browser.get("/privacidade")
    answer = await browser.post(f"/audiencias/{table.id}/presenca", {})
    assert answer.status_code == 303
    assert await Job.filter(kind="seal_presence").count() == 1
