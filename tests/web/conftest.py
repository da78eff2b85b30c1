"""A small site on the real door: its own pages to try it on, the accounts and the API, fake adapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from quart import Blueprint, Quart, request

from app.adapters.clock import FakeClock
from app.adapters.outbox import OutboxMail
from app.parts import Parts
from app.services import sessions
from app.web import accounts, body, csrf, development, door, render, second_factor
from app.web import site as whole
from app.web.access import PUBLIC, SIGNED_IN, STAFF, requires
from app.web.api import document
from app.web.forms import choices, form, query
from models import User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from tests.factories.people import NOW
from tests.web.browser import Browser, SignIn

MakeSite = Callable[..., Quart]


@pytest.fixture
def clock() -> FakeClock:
    """The site's clock, which stands still until a test moves it."""
    return FakeClock(NOW)


@pytest.fixture
def make_site(fake_parts: Parts, clock: FakeClock, tmp_path: Path) -> MakeSite:
    """Makes a site; keywords change its parts."""

    def make(**changes: Any) -> Quart:
        app = _door(tmp_path, replace(fake_parts, **({"clock": clock} | changes)))
        for blueprint in (accounts.blueprint, second_factor.blueprint, development.blueprint, _pages()):
            app.register_blueprint(blueprint)
        document.install(app)
        return app

    return make


def _door(tmp_path: Path, parts: Parts) -> Quart:
    if parts.demo:
        parts = replace(parts, mail=OutboxMail(tmp_path / "outbox", "procon@exemplo.com", parts.clock))
    app = Quart("site", static_folder=None, template_folder=None)
    body.install(app)
    door.install(app, parts, redis_url="")
    render.install(app, profile=parts.profile, csrf_token=csrf.token)
    return app


@pytest.fixture
def page_parts(fake_parts: Parts, clock: FakeClock) -> Parts:
    """What the real pages stand on; a test file chooses other parts by a fixture of this name."""
    return replace(fake_parts, clock=clock)


@pytest.fixture
def pages(database: str, page_parts: Parts, tmp_path: Path) -> Quart:
    """Every real page. Pages link to each other, so a subject is never tried without the others."""
    app = _door(tmp_path, page_parts)
    whole.register(app)
    return app


@pytest.fixture
def enter(pages: Quart, clock: FakeClock) -> SignIn:
    """Opens a browser on the real pages in which a person is signed in."""

    async def open_for(viewer: Viewer) -> Browser:
        browser = Browser(pages)
        token = await sessions.start(viewer.user_id, now=clock.now(), address="", device="")
        browser.keep(sessions.cookie_name(secure=False), token)
        return browser

    return open_for


@pytest.fixture
def site(database: str, make_site: MakeSite) -> Quart:
    """The site on an open database, once on each engine."""
    return make_site()


@pytest.fixture
def browser(site: Quart) -> Browser:
    """A browser without a session."""
    return Browser(site)


@pytest.fixture
def signed_in(site: Quart, clock: FakeClock) -> Callable[[User], Any]:
    """Opens a browser in which an account is signed in."""

    async def open_for(user: User) -> Browser:
        browser = Browser(site)
        token = await sessions.start(user.id, now=clock.now(), address="", device="Firefox, Linux")
        browser.keep(sessions.cookie_name(secure=False), token)
        await browser.get("/painel")
        return browser

    return open_for


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/painel")
    @requires(SIGNED_IN)
    async def panel() -> str:
        return render.render("accounts/recover.html", form={"values": {}, "errors": {}}, demo=False)

    @pages.get("/equipe")
    @requires(STAFF)
    async def staff() -> str:
        return "equipe"

    @pages.get("/conciliacao")
    @requires(Role.MEDIATOR, Role.COORDINATOR)
    async def mediators() -> str:
        return "conciliação"

    @pages.route("/eco", methods=["POST", "PUT", "PATCH", "DELETE"])
    @requires(PUBLIC)
    async def echo() -> dict[str, Any]:
        return {"form": await form(), "tags": await choices("tag"), "q": query("q")}

    @pages.post("/cru")
    @requires(PUBLIC)
    async def raw() -> dict[str, Any]:
        return {"size": sum([len(piece) async for piece in request.body])}

    @pages.route("/erro/<name>", methods=["GET", "POST"])
    @requires(PUBLIC)
    async def fail(name: str) -> str:
        errors = {
            "not_found": NotFound(),
            "refused": Refused("not_now", state="draft"),
            "invalid": Invalid({"cpf": "cpf_invalid"}),
            "too_many": Refused("too_many", retry_seconds=60),
        }
        raise errors.get(name) or RuntimeError("broken")

    return pages
