"""The second factor on its pages: taken into use, asked for when signing in, and gone without again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from quart import Quart

from app.adapters.clock import FakeClock
from app.services.sessions import cookie_name
from models import User
from models.rules.people import Role
from tests.factories.people import make_user
from tests.services.test_accounts import TYPED
from tests.web.browser import Browser

EMAIL, PASSWORD = "rita@exemplo.com", TYPED["password"]
PAGE = "/conta/segundo-fator"


async def text(response: Any) -> str:
    return str(await response.get_data(as_text=True))


@pytest.fixture
async def mediator(site: Quart) -> User:
    return await make_user(Role.MEDIATOR, email=EMAIL, password_hash=f"plain:{PASSWORD}")


async def signs_in(browser: Browser) -> str:
    answer = await browser.fill("/entrar", {"email": EMAIL, "password": PASSWORD, "continuar": "/conta"})
    return str(answer.headers["Location"])


async def enrols(browser: Browser, clock: FakeClock) -> tuple[pyotp.TOTP, list[str]]:
    """Through the pages, as a person does it; gives the app and the recovery codes."""
    assert "Configurar o segundo fator" in await text(await browser.get(PAGE))
    await browser.post(f"{PAGE}/iniciar", {})
    page = await text(await browser.get(PAGE))
    assert "<svg" in page
    secret = re.search(r"factor-secret\">([A-Z2-7]{32})<", page)
    assert secret
    app = pyotp.TOTP(secret[1])
    wrong = await browser.post(f"{PAGE}/confirmar", {"code": "000000"})
    assert (wrong.status_code, "Código incorreto" in await text(wrong)) == (422, True)
    shown = await text(await browser.post(f"{PAGE}/confirmar", {"code": app.at(clock.now())}))
    codes = re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", shown)
    assert len(codes) == 10
    return app, codes


async def test_who_has_one_is_asked_for_it_and_enters_only_with_it(
    site: Quart, mediator: User, clock: FakeClock
) -> None:
    browser = Browser(site)
    assert await signs_in(browser) == "/conta"
    app, codes = await enrols(browser, clock)
    assert codes[0] not in await text(await browser.get(PAGE))

    other = Browser(site)
    assert (await other.get("/entrar/codigo")).headers["Location"] == "/entrar"
    assert await signs_in(other) == "/entrar/codigo"
    assert cookie_name(secure=False) not in other.cookies()
    assert (await other.get("/conta")).status_code == 303
    clock.advance(timedelta(seconds=60))
    wrong = await other.fill("/entrar/codigo", {"code": "000000"})
    assert wrong.status_code == 422
    entered = await other.post("/entrar/codigo", {"code": app.at(clock.now())})
    assert entered.headers["Location"] == "/conta"
    assert (await other.get("/conta")).status_code == 200

    third = Browser(site)
    assert await signs_in(third) == "/entrar/codigo"
    await third.get("/entrar/codigo")
    assert (await third.post("/entrar/codigo", {"code": codes[0]})).headers["Location"] == "/conta"
    await third.get(PAGE)
    assert (await third.post(f"{PAGE}/remover", {"code": codes[0]})).status_code == 422
    assert (await third.post(f"{PAGE}/remover", {"code": codes[1]})).status_code == 303
    assert await signs_in(Browser(site)) == "/conta"
