"""A personal link over HTTP: its page uses nothing up, its button begins a session and opens the hearing."""

from __future__ import annotations

from datetime import timedelta

from app.factory import Application
from app.services import seat_links, sessions
from tests.conftest import START
from tests.factories.hearings import make_table
from tests.web.browser import Browser


async def test_from_the_letter_to_the_hearing_without_a_password(application: Application) -> None:
    table = await make_table(starts_at=START + timedelta(minutes=5))
    path = f"/audiencias/entrada/{await seat_links.issue(await table.now(), table.consumer.user_id)}"
    browser = Browser(application.quart)
    for _ in range(2):
        page = await browser.get(path)
        assert page.status_code == 200
        assert "Ana Souza" in await page.get_data(as_text=True)
    assert sessions.cookie_name(secure=False) not in browser.cookies()
    went = await browser.post(path)
    assert (went.status_code, went.headers["Location"]) == (303, f"/audiencias/{table.id}")
    room = await browser.get(f"/audiencias/{table.id}")
    assert room.status_code == 200

    signed_in = Browser(application.quart)
    token = await sessions.start(table.consumer.user_id, now=START, address="", device="")
    signed_in.keep(sessions.cookie_name(secure=False), token)
    truths = [
        await (await one.get(f"/audiencias/{table.id}/estado")).get_json() for one in (browser, signed_in)
    ]
    assert truths[0]["me"]["seat"] == truths[1]["me"]["seat"], "both ways lead to the same seat"

    again = await browser.get(path)
    assert again.status_code == 303, "who is signed in as that person goes on to the hearing"

    stranger = Browser(application.quart)
    used = await stranger.get(path)
    assert used.status_code == 410
    assert f"continuar=/audiencias/{table.id}" in await used.get_data(as_text=True)
    assert (await stranger.post(path)).status_code == 410
    assert (await stranger.get(f"/audiencias/{table.id}")).status_code == 303
