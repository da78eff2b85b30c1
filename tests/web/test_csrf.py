"""Only our own pages change something: the token, the origin, and what they are bound to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from quart import Quart

from app.services.sessions import cookie_name
from models import User
from tests.factories.people import make_user
from tests.web.browser import ORIGIN, Browser
from tests.web.conftest import MakeSite

SignedIn = Callable[[User], Any]


@pytest.fixture
async def page(browser: Browser) -> Browser:
    """A browser with a page of the site open."""
    await browser.get("/entrar")
    assert browser.token
    return browser


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_the_token_lets_through_and_its_absence_does_not(page: Browser, method: str) -> None:
    headers = {"Origin": ORIGIN}
    assert (await page.raw(method, "/eco", headers=headers)).status_code == 403
    headers["X-CSRF-Token"] = page.token
    assert (await page.raw(method, "/eco", headers=headers)).status_code == 200


async def test_the_token_may_be_a_field_of_the_form(page: Browser) -> None:
    sent = {"csrf_token": page.token, "nome": "  Maria\x00 ", "texto": "a\r\nb", "password": " x "}
    response = await page.post("/eco?q= casa ", sent, **{"X-CSRF-Token": ""})
    assert (await response.get_json()) == {
        "form": {"nome": "Maria", "texto": "a\nb", "password": " x "},
        "tags": [],
        "q": "casa",
    }
    sent["csrf_token"] = "0" * 64
    assert (await page.post("/eco", sent, **{"X-CSRF-Token": ""})).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://mal.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.mal.example"},
        {"Origin": "https://localhost"},
        {"Origin": ""},
        {"Origin": "", "Referer": "https://mal.example/localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-CSRF-Token": "é" * 64},
    ],
)
async def test_another_origin_is_refused_even_with_the_token(page: Browser, headers: dict[str, str]) -> None:
    response = await page.post("/eco", **headers)
    assert response.status_code == 403


async def test_what_was_typed_is_given_back_to_our_own_page_alone(page: Browser) -> None:
    typed = {"texto": "Um texto <b>longo</b> que deu trabalho.", "password": "quatro pontes no rio"}
    late = await page.post("/eco", typed, **{"X-CSRF-Token": "0" * 64})
    html = await late.get_data(as_text=True)
    assert (late.status_code, "longo&lt;/b&gt; que deu trabalho." in html) == (403, True)
    assert "quatro pontes" not in html
    foreign = await page.post("/eco", typed, Origin="https://mal.example")
    assert "que deu trabalho" not in await foreign.get_data(as_text=True)


async def test_an_old_browser_may_say_its_referer(page: Browser) -> None:
    assert (await page.post("/eco", Origin="", Referer="http://localhost/entrar")).status_code == 200


async def test_the_public_address_counts_whatever_the_host_is_called(
    database: str, make_site: MakeSite
) -> None:
    page = Browser(make_site(public_url="https://procon.exemplo.com"))
    await page.get("/entrar")
    assert (await page.post("/eco", Origin="https://procon.exemplo.com")).status_code == 200


async def test_the_token_belongs_to_the_session(page: Browser, site: Quart, signed_in: SignedIn) -> None:
    anonymous = page.token
    mine, theirs = await signed_in(await make_user()), await signed_in(await make_user())
    assert len({anonymous, mine.token, theirs.token}) == 3
    for stolen in (anonymous, theirs.token):
        assert (await mine.post("/eco", **{"X-CSRF-Token": stolen})).status_code == 403
    assert (await mine.post("/eco")).status_code == 200


async def test_without_a_cookie_no_token_is_right(page: Browser, site: Quart) -> None:
    stranger = Browser(site)
    assert (await stranger.post("/eco", **{"X-CSRF-Token": page.token})).status_code == 403


async def test_a_raw_body_is_left_for_its_reader(page: Browser) -> None:
    body = b"\x00" * 300_000
    headers = {"Origin": ORIGIN, "Content-Type": "application/octet-stream"}
    refused = await page.raw("POST", "/cru", headers=headers, data=body)
    assert refused.status_code == 403
    headers["X-CSRF-Token"] = page.token
    response = await page.raw("POST", "/cru", headers=headers, data=body)
    assert (await response.get_json()) == {"size": 300_000}


async def test_the_visitors_cookie_is_made_once(page: Browser) -> None:
    first = page.cookies()
    await page.get("/cadastro")
    assert page.cookies() == first
    assert list(first) == [cookie_name(secure=False) + "-visita"]
