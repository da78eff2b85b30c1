"""Web push received: from what happens in a case, through a real push service, to a notification on the
phone.

Chromium subscribes with Google's service alone, which tests do not reach. So the page is given a
subscription whose keys are ours, at a push service that runs here: the server encrypts and sends to it as
to any other. What only those keys can read is then handed to the browser's real service worker by the
debugging protocol (``ServiceWorker.deliverPushMessage``), as the browser itself does after decrypting.
Headless Chromium has no place where a notification could be touched, so the worker is told of a touch by an
event made for it, and asked where it leads.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import CDPSession, Page, expect

from app.demo.people import DOMAIN, PASSWORD
from app.services import thread
from models import Company, User
from models.rules.case_machine import State
from tests.browser.people import PHONE, Stage, stage
from tests.factories.cases import make_case
from tests.factories.people import viewer_of
from tests.flows.house import House
from tests.push_service import Agent, PushService, push_service, signer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

GIVEN = """
(() => {
  const given = %s;
  const subscription = { endpoint: given.endpoint, toJSON: () => given };
  PushManager.prototype.subscribe = async (options) => {
    localStorage.serverKey = btoa(String.fromCharCode(...options.applicationServerKey));
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.serverKey ? subscription : null);
})();
"""
SHOWN = """
async () => (await (await navigator.serviceWorker.getRegistration("/conta/avisos/")).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }))
"""
TOUCHED = """
async (tag) => {
  const [notification] = await self.registration.getNotifications({ tag });
  const event = new NotificationEvent("notificationclick", { notification });
  const work = [];
  Object.defineProperty(event, "waitUntil", { value: (promise) => work.push(promise) });
  let led = "";
  self.clients.openWindow = async (url) => { led = url; };
  self.dispatchEvent(event);
  await Promise.all(work);
  return [led, (await self.registration.getNotifications({ tag })).length];
}
"""


async def _registered(page: Page) -> tuple[CDPSession, str]:
    """The debugging protocol, and the worker's registration as it names it."""
    session = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def seen(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"].endswith("/conta/avisos/") and not found.done():
                found.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", seen)
    await session.send("ServiceWorker.enable")
    return session, await asyncio.wait_for(found, 20)


async def _next(service: PushService, agent: Agent, before: int) -> dict[str, Any]:
    """The next message that the service takes, as the browser reads it."""
    async with asyncio.timeout(40):
        while len(service.taken) == before:
            service.arrived.clear()
            await service.arrived.wait()
    headers, body = service.taken[before]
    signer(headers)
    read: dict[str, Any] = json.loads(agent.read(body))
    return read


async def test_web_push_received(sqlite_url: str, tmp_path: Path) -> None:
    agent = Agent()
    async with push_service() as service:
        house = House(tmp_path / "house", sqlite_url, PROCON_PUSH_HOSTS=urlsplit(service.url).netloc)
        await house.furnish()
        await house.start()
        try:
            async with stage(house.url) as at:
                await _told_on_the_phone(house, at, service, agent)
            assert house.faults() == []
        finally:
            await house.close()


async def _told_on_the_phone(house: House, at: Stage, service: PushService, agent: Agent) -> None:
    ana = await at.person("Ana", PHONE)
    page = ana.page
    await page.context.grant_permissions(["notifications"], origin=house.url)
    keys = agent.subscription(f"{service.url}/ana")
    given = {"endpoint": keys.endpoint, "keys": {"p256dh": keys.p256dh, "auth": keys.auth}}
    await page.context.add_init_script(GIVEN % json.dumps(given))
    await ana.sign_in(f"ana@{DOMAIN}", PASSWORD)
    await page.goto("/conta")
    await page.get_by_role("link", name="Escolher os avisos").click()
    await page.get_by_label("Das").fill("")
    await page.get_by_label("Até").fill("")
    await page.get_by_role("button", name="Guardar as escolhas").click()
    await ana.look("avisos")
    await page.get_by_role("button", name="Aceito receber avisos neste aparelho").click()
    await expect(page.get_by_text("este aparelho", exact=True)).to_be_visible(timeout=20_000)
    await expect(page.locator("[data-push-state]")).to_have_text("Este aparelho recebe os avisos.")
    await ana.look("avisos-aparelho")

    session, registration = await _registered(page)
    workers = page.context.service_workers
    (worker,) = [one for one in workers if one.url.endswith("/conta/avisos/trabalhador.js")]

    async def delivered(message: dict[str, Any]) -> list[dict[str, Any]]:
        await session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": house.url, "registrationId": registration, "data": json.dumps(message)},
        )
        for _ in range(100):
            shown: list[dict[str, Any]] = await page.evaluate(SHOWN)
            if any(one["tag"] == message["tag"] for one in shown):
                return shown
            await page.wait_for_timeout(100)
        raise AssertionError("no notification")

    await page.get_by_role("button", name="Mandar um teste").click()
    await expect(page.get_by_text("O aviso de teste está a caminho")).to_be_visible()
    test = await _next(service, agent, 0)
    assert await delivered(test) == [test]
    assert test["title"] == "Procon de Criciúma: aviso de teste"

    case_id = await _somebody_writes(house)
    news = await _next(service, agent, 1)
    assert news["title"] == "Procon de Criciúma: mensagem nova"
    assert "Ana" not in json.dumps(news)
    assert news in await delivered(news)
    led, left = await worker.evaluate(TOUCHED, news["tag"])
    assert (led, left) == (f"{house.url}/casos/{case_id}#conversa", 0)
    await _fits_a_phone(house, page)
    await page.goto(led)
    await expect(page.get_by_text("Pode mandar a nota fiscal?")).to_be_visible()


async def _fits_a_phone(house: House, page: Page) -> None:
    """The newest e-mail beside it, in a window as narrow as a phone: no link makes it wider."""
    newest = max((house.data_dir / "outbox").glob("*.eml"))
    message = message_from_bytes(newest.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.get_body(("html",))
    assert html is not None
    tab = await page.context.new_page()
    await tab.set_content(html.get_content())
    assert await tab.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await tab.close()


async def _somebody_writes(house: House) -> int:
    """The mediator writes to Ana in a case of hers; its id."""
    async with house.database():
        people = {user.email: user for user in await User.all()}
        case = await make_case(
            State.NOTIFIED,
            people[f"ana@{DOMAIN}"],
            protocol="2026.000001-0",
            company=await Company.all().first(),
            notified_at=datetime.now(UTC),
        )
        joao = viewer_of(people[f"joao@{DOMAIN}"])
        await thread.write(case.id, joao, "Pode mandar a nota fiscal?", now=datetime.now(UTC))
    return int(case.id)
