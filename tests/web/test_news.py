"""The page of the news: choices, devices, a number, and the link that ends optional e-mails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from quart import Quart

from app.adapters.clock import FakeClock
from app.adapters.text_gateway import FakeTextGateway
from app.parts import Parts
from app.services import news_choices
from app.web.parts import EXTENSION
from models import Job, NewsChoice, PushDevice
from models.rules.news import Means, News
from tests.factories.people import make_user, viewer_of
from tests.push_service import Agent
from tests.web.browser import Browser, SignIn

PAGE = "/conta/avisos"


@pytest.fixture
def page_parts(fake_parts: Parts, clock: FakeClock) -> Parts:
    """With a gateway for text messages."""
    return replace(fake_parts, clock=clock, texts=FakeTextGateway())


async def test_choices_are_kept_and_a_wrong_hour_keeps_what_was_ticked(enter: SignIn) -> None:
    person = await make_user()
    browser = await enter(viewer_of(person))
    text = await (await browser.get(PAGE)).get_data(as_text=True)
    assert "a lei manda" in text
    assert 'name="kind_legal" value="email"' not in text, "nobody chooses what the law wants"
    assert text.count(" checked") == 3 * 2 + 2 + 1  # all but the texts of progress and messages

    wanted = {"kind_reminder": "email", "kind_message": "push", "quiet_from": "22:30", "quiet_to": "nada"}
    answer = await browser.post(PAGE, wanted)
    kept = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="22:30"' in kept
    assert kept.count(" checked") == 2
    assert not await NewsChoice.exists()
    assert (await browser.post(PAGE, {**wanted, "quiet_to": "06:00"})).status_code == 303
    known = await news_choices.of_person(person.id)
    ticked = {(n, m) for n in News for m in Means if known.wants(n, m)} - {(News.ACCOUNT, Means.EMAIL)}
    assert ticked == {
        (News.LEGAL, Means.EMAIL),
        (News.REMINDER, Means.EMAIL),
        (News.MESSAGE, Means.PUSH),
    }
    assert (known.quiet_from, known.quiet_to) == ("22:30", "06:00")
    await browser.post(PAGE, {"quiet_from": "", "quiet_to": ""})
    assert not (await news_choices.of_person(person.id)).quiet_from


async def test_a_device_is_entered_tested_and_removed_by_its_owner(pages: Quart, enter: SignIn) -> None:
    person, other = await make_user(), await make_user()
    browser, stranger = await enter(viewer_of(person)), await enter(viewer_of(other))
    await browser.get(PAGE)
    await stranger.get(PAGE)
    given = Agent().subscription("https://push.example/ana")
    agent = "Mozilla/5.0 (Linux; Android 15) Chrome/142.0"
    headers = {"Origin": "http://localhost", "X-CSRF-Token": browser.token, "User-Agent": agent}
    for wrong in ({}, {"endpoint": "http://push.example/ana"}, []):
        answer = await browser.raw("POST", f"{PAGE}/aparelhos", json=wrong, headers=headers)
        assert answer.status_code == 422
    keys = {"endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth}
    answer = await browser.raw("POST", f"{PAGE}/aparelhos", json=keys, headers=headers)
    assert answer.status_code == 201
    device = (await answer.get_json())["device"]

    text = await (await browser.get(PAGE)).get_data(as_text=True)
    assert "Chrome, Android" in text
    for act in ("testar", "remover"):
        assert (await stranger.post(f"{PAGE}/aparelhos/{device}/{act}")).status_code == 404
    answer = await browser.post(f"{PAGE}/aparelhos/{device}/testar")
    assert "está a caminho" in await (await browser.get(answer.location)).get_data(as_text=True)
    assert (await Job.get(kind="push")).payload["news"] == "account"
    await browser.post(f"{PAGE}/aparelhos/{device}/remover")
    assert not await PushDevice.exists()

    await browser.raw("POST", f"{PAGE}/aparelhos", json=keys, headers=headers)
    await browser.post("/conta/aparelhos/sair")
    assert not await PushDevice.exists(), "who signs out everywhere is told nowhere"

    worker = await Browser(pages).get(f"{PAGE}/trabalhador.js")
    assert str(worker.content_type).startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"


async def test_a_number_is_asked_confirmed_and_taken_back(enter: SignIn) -> None:
    person = await make_user()
    browser = await enter(viewer_of(person))
    await browser.get(PAGE)
    answer = await browser.post(f"{PAGE}/numero", {"number": "3445-8500"})
    assert (answer.status_code, "3445-8500" in await answer.get_data(as_text=True)) == (422, True)
    assert (await browser.post(f"{PAGE}/numero", {"number": "(48) 99999-1234"})).status_code == 303
    text = await (await browser.get(PAGE)).get_data(as_text=True)
    assert "Código enviado a +5548999991234" in text
    assert (await browser.post(f"{PAGE}/numero/confirmar", {"code": "000000"})).status_code == 422
    said = (await Job.get(kind="text_message")).payload["text"]
    code = next(word for word in said.split() if word.isdigit())
    assert (await browser.post(f"{PAGE}/numero/confirmar", {"code": code})).status_code == 303
    assert "As mensagens vão para +5548999991234" in await (await browser.get(PAGE)).get_data(as_text=True)
    await browser.post(f"{PAGE}/numero/remover")
    assert (await news_choices.of_person(person.id)).texts_to == ""


async def test_a_telephone_can_keep_the_site_on_its_home_screen(pages: Quart, fake_parts: Parts) -> None:
    answer = await Browser(pages).get("/aplicativo.webmanifest")
    shown = await answer.get_json(force=True)
    assert answer.content_type == "application/manifest+json"
    assert (shown["name"], shown["display"]) == (fake_parts.profile.agency.name, "standalone")
    assert (await Browser(pages).get(shown["icons"][0]["src"])).status_code == 200
    assert 'rel="manifest"' in await (await Browser(pages).get("/")).get_data(as_text=True)


async def test_without_a_gateway_nothing_is_said_of_texts(enter: SignIn, pages: Quart) -> None:
    pages.extensions[EXTENSION] = replace(pages.extensions[EXTENSION], texts=None)
    text = await (await (await enter(viewer_of(await make_user()))).get(PAGE)).get_data(as_text=True)
    assert 'value="text"' not in text
    assert "/numero" not in text


async def test_a_mail_program_unsubscribes_with_one_click(pages: Quart, fake_parts: Parts) -> None:
    person = await make_user()
    token = news_choices.unsubscribe_token(person.id, News.REMINDER, secret=fake_parts.secret_key)
    path = f"/avisos/cancelar/{token}"
    program = Browser(pages)
    assert "Não receber mais" in await (await program.get(path)).get_data(as_text=True)
    assert not await NewsChoice.exists(), "opening the link is no answer: programs open links too"
    answer = await Browser(pages).raw("POST", path, form={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    known = await news_choices.of_person(person.id)
    assert not known.wants(News.REMINDER, Means.EMAIL)
    assert known.wants(News.REMINDER, Means.PUSH)
    assert known.wants(News.MESSAGE, Means.EMAIL)
    assert (await Browser(pages).raw("POST", path + "x")).status_code == 404
