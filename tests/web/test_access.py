"""Permissions: who is let in, who is sent to sign in, and routes that say nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart

from app.adapters.clock import FakeClock
from app.services.sessions import cookie_name
from app.web import access
from app.web.access import PUBLIC, SIGNED_IN, STAFF, NoPermission, requires
from app.web.forms import safe_path
from models import Session, User
from models.rules.people import STAFF as STAFF_ROLES
from models.rules.people import Role
from tests.factories.people import NOW, make_user
from tests.web.browser import Browser
from tests.web.conftest import MakeSite

SignedIn = Callable[[User], Any]


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: Browser) -> None:
    response = await browser.get("/painel?pagina=2&de=a%20b")
    assert response.status_code == 303
    assert response.headers["Location"] == "/entrar?continuar=/painel%3Fpagina%3D2%26de%3Da%2520b"


async def test_a_visitor_who_asks_for_json_is_told_401(browser: Browser) -> None:
    for path in ("/painel", "/api/v1/me"):
        response = await browser.get(path, Accept="application/json")
        assert response.status_code == 401
        assert (await response.get_json())["error"] == "unauthorized"


async def test_an_unsafe_request_returns_to_the_page_it_came_from(browser: Browser) -> None:
    await browser.get("/entrar")
    response = await browser.post("/conta/senha", Referer="http://localhost/conta?x=1")
    assert response.headers["Location"] == "/entrar?continuar=/conta"


@pytest.mark.parametrize("role", list(Role))
async def test_roles_open_their_pages_only(signed_in: SignedIn, role: Role) -> None:
    browser = await signed_in(await make_user(role))
    assert (await browser.get("/painel")).status_code == 200
    assert (await browser.get("/equipe")).status_code == (200 if role in STAFF_ROLES else 403)
    conducts = role in (Role.MEDIATOR, Role.COORDINATOR)
    assert (await browser.get("/conciliacao")).status_code == (200 if conducts else 403)


async def test_a_session_ends_while_the_browser_keeps_its_cookie(
    signed_in: SignedIn, clock: FakeClock
) -> None:
    browser = await signed_in(await make_user())
    clock.advance(timedelta(hours=12))
    assert (await browser.get("/painel")).status_code == 303


async def test_a_disabled_account_is_out(signed_in: SignedIn) -> None:
    user = await make_user()
    browser = await signed_in(user)
    await User.filter(id=user.id).update(disabled_at=NOW)
    assert (await browser.get("/painel")).status_code == 303


async def test_an_invented_token_opens_nothing(browser: Browser) -> None:
    browser.keep(cookie_name(secure=False), "x" * 43)
    assert (await browser.get("/painel")).status_code == 303


async def test_a_route_without_permission_stops_the_start_and_is_closed(make_site: MakeSite) -> None:
    app = make_site()

    @app.get("/esquecida")
    async def forgotten() -> str:
        return "aberta"

    with pytest.raises(NoPermission, match="forgotten"):
        await app.startup()
    assert (await Browser(app).get("/esquecida")).status_code == 500


async def test_the_site_of_these_tests_starts(site: Quart) -> None:
    await site.startup()
    await site.shutdown()
    assert access.permission_of(site, "accounts.sign_in") is None
    assert access.permission_of(site, "pages.staff") == STAFF_ROLES


def test_a_permission_says_one_thing() -> None:
    for wrong in ((), (PUBLIC, SIGNED_IN), (STAFF, Role.CONSUMER)):
        with pytest.raises(TypeError):
            requires(*wrong)

    @requires(PUBLIC)
    def view() -> None:
        """A view."""

    with pytest.raises(TypeError):
        requires(STAFF)(view)


@pytest.mark.parametrize(
    "path",
    ["//mal.example", "/\\mal.example", "https://mal.example", "mal", "", None, "/\t/mal", "/a b", "/a\n"],
)
def test_only_paths_of_this_site_are_returned_to(path: str | None) -> None:
    assert safe_path(path, "/painel") == "/painel"


def test_a_path_with_a_query_is_kept() -> None:
    assert safe_path("/casos/7?aba=provas", "/painel") == "/casos/7?aba=provas"


async def test_whose_session_ended_over_a_form_gets_back_what_they_typed(
    signed_in: SignedIn,
) -> None:
    browser = await signed_in(await make_user())
    await Session.all().delete()
    sent = await browser.post("/conta/contato", {"number": "", "street": "Rua das Palavras Guardadas"})
    assert sent.status_code == 401
    html = await sent.get_data(as_text=True)
    assert "Rua das Palavras Guardadas" in html
    assert 'href="/entrar"' in html
    assert (await browser.post("/conta/contato", {})).status_code == 303
