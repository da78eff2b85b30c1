"""What every answer forbids the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quart import Quart, Response

from app.web.access import PUBLIC, requires
from models import User
from tests.factories.people import make_user
from tests.web.browser import Browser
from tests.web.conftest import MakeSite

SignedIn = Callable[[User], Any]


def directives(response: Response) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return {name: value for name, _, value in (part.partition(" ") for part in policy.split("; "))}


async def test_pages_run_only_code_of_this_site(browser: Browser) -> None:
    for path in ("/entrar", "/nao-existe", "/erro/outro"):
        response = await browser.get(path)
        policy = directives(response)
        assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["connect-src"] == "'self' ws://localhost"
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in response.headers["Permissions-Policy"]
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in response.headers


async def test_pages_have_no_inline_code(browser: Browser) -> None:
    for path in ("/entrar", "/cadastro", "/cadastro/confirmar", "/senha/recuperar", "/senha/nova"):
        html = await (await browser.get(path)).get_data(as_text=True)
        assert "<script>" not in html
        assert " style=" not in html
        assert " onclick=" not in html


async def test_what_a_signed_in_person_sees_is_not_kept(signed_in: SignedIn, browser: Browser) -> None:
    person = await signed_in(await make_user())
    assert (await person.get("/painel")).headers["Cache-Control"] == "no-store"
    assert (await browser.get("/entrar")).headers["Cache-Control"] == "private, no-cache"


async def test_a_view_keeps_the_headers_it_sets(database: str, site: Quart) -> None:
    @site.get("/documento")
    @requires(PUBLIC)
    async def document() -> Response:
        return Response("x", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "no-cache"})

    response = await Browser(site).get("/documento")
    assert response.headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert response.headers.getlist("Cache-Control") == ["no-cache"]


async def test_over_https_cookies_and_transport_are_bound_to_it(database: str, make_site: MakeSite) -> None:
    page = Browser(make_site(public_url="https://procon.exemplo.com", secure=True))
    response = await page.get("/entrar")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-procon-visita=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert "wss://procon.exemplo.com" in response.headers["Content-Security-Policy"]
