"""The case list, one case and sign-in, written the usual way for FastAPI, uvicorn and Tortoise ORM.

What is usual here: dependencies for the session and the role, model instances with ``select_related`` and
``prefetch_related``, Jinja2Templates with context processors, a plain ASGI middleware for the headers
(quicker than ``@app.middleware``), Tortoise registered in the lifespan. It serves the application's own
models and templates, so its pages are the same, byte for byte; ``bench.web`` checks that first.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tortoise.contrib.fastapi import RegisterTortoise
from tortoise.transactions import in_transaction

from app.services.wording import attention, state_label, state_tone
from app.web.devices import label
from app.web.headers import every_answer
from bench.peers.fastapi_cases import CaseView, list_cases, load_case
from bench.peers.fastapi_templates import make_templates
from models import Session, User
from models.rules.case_machine import State
from models.rules.people import STAFF, Role

SECRET = os.environ["PROCON_SECRET_KEY"]
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
STEPS = {State.ANSWERED: 4}
PASSWORDS = PasswordHash((Argon2Hasher(),))
PER_ADDRESS = parse("30 per 5 minute")
PER_ACCOUNT = parse("10 per 5 minute")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tortoise, with the pool as large as ours, and the rate limiter."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("postgres"):
        url += "?maxsize=15"
    config = {
        "connections": {"default": url},
        "apps": {"models": {"models": ["models"], "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }
    app.state.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
    async with RegisterTortoise(app, config=config):
        yield


class SecurityHeaders:
    """The same headers on each answer as ours."""

    def __init__(self, app: ASGIApp, headers: tuple[tuple[str, str], ...]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and add the headers to the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


def csrf_token(request: Request) -> str:
    """The token of the forms, bound to the session's cookie or the visitor's."""
    cookies, made = request.cookies, getattr(request.state, "visitor", None)
    cookie = cookies.get("procon") or cookies.get("procon-visita") or made
    if cookie is None:
        cookie = request.state.visitor = secrets.token_urlsafe(32)
    return hmac.new(SECRET.encode(), f"csrf:{cookie}".encode(), hashlib.sha256).hexdigest()


templates = make_templates(csrf_token)
app = FastAPI(lifespan=lifespan, openapi_url=None)
app.add_middleware(SecurityHeaders, headers=every_answer(os.environ["PEER_URL"], secure=False))
templates.env.globals["url_for"] = lambda name, /, **values: address(name, **values)

PATH_PARAMETERS = {"case_id", "offer_id", "hearing_id"}


def address(name: str, **values: Any) -> str:
    """The path of a route, what is not in its path as query, as templates expect of ``url_for``."""
    path = {key: value for key, value in values.items() if key in PATH_PARAMETERS}
    query = {key: value for key, value in values.items() if key not in PATH_PARAMETERS}
    found = app.url_path_for(name, **path)
    return f"{found}?{urlencode(query, safe=':')}" if query else str(found)


async def current_user(request: Request) -> User:
    """The person behind the session's cookie; sent to sign in when there is none."""
    token = request.cookies.get("procon", "")
    now = datetime.now(UTC)
    session = await (
        Session.get_or_none(token_hash=hashlib.sha256(token.encode()).hexdigest()).select_related("user")
        if token
        else _nobody()
    )
    dead = session is None or now >= session.expires_at or now >= session.seen_at + IDLE
    if session is None or dead or session.user.disabled_at is not None:
        raise HTTPException(303, headers={"Location": "/entrar"})
    if now >= session.seen_at + SEEN_EVERY:
        session.seen_at = now
        await session.save(update_fields=["seen_at"])
    request.state.user = session.user
    return session.user


async def _nobody() -> None:
    return None


def role(*admitted: Role) -> Callable[..., Awaitable[User]]:
    """A dependency that admits these roles only."""

    async def check(user: Annotated[User, Depends(current_user)]) -> User:
        if user.role not in admitted:
            raise HTTPException(403)
        return user

    return check


Staff = Annotated[User, Depends(role(*STAFF))]


@app.get("/casos", name="cases.index", response_class=HTMLResponse)
async def index(
    request: Request, user: Staff, situacao: str = "", busca: str = "", meus: str = "", depois: str = ""
) -> Response:
    """The list of cases."""
    state = State(situacao) if situacao in set(State) else None
    listing = await list_cases(user, state, busca[:100], meus == "1", depois)
    given = {"situacao": situacao, "busca": busca, "meus": meus}
    return templates.TemplateResponse(
        request,
        "cases/index.html",
        {
            "listing": listing,
            "wanted": {"state": state, "text": busca, "mine": meus == "1"},
            "filters": {name: value for name, value in given.items() if value},
            "first_page": not depois,
            "states": [(one, state_label(one)) for one in State if one is not State.DRAFT],
            "state_label": state_label,
            "state_tone": state_tone,
        },
    )


@app.get("/casos/{case_id:int}", name="cases.show", response_class=HTMLResponse)
async def show(request: Request, case_id: int, user: Staff) -> Response:
    """The page of a case."""
    page: CaseView | None = await load_case(case_id, user)
    if page is None:
        raise HTTPException(404)
    case = page.case
    return templates.TemplateResponse(
        request,
        "cases/show.html",
        {
            "page": page,
            "case": case,
            "side": page.side,
            "actions": page.actions,
            "forms": {},
            "blank": {"values": {}, "errors": {}},
            "title": f"{case.consumer} × {case.company}",
            "step": STEPS[case.state],
            "sentence": attention(case.state, page.side),
            "state_label": state_label(case.state),
            "state_tone": state_tone(case.state),
            "today": datetime.now(UTC).date(),
            "file_url": lambda document_id: f"/documentos/{document_id}",
        },
    )


@app.get("/entrar", response_class=HTMLResponse)
async def sign_in_page(request: Request) -> Response:
    """The sign-in form."""
    return _sign_in_form(request, {}, {}, 200)


@app.post("/entrar")
async def sign_in(
    request: Request,
    email: Annotated[str, Form()],
    password: Annotated[str, Form()],
    csrf: Annotated[str, Form(alias="csrf_token")],
) -> Response:
    """Check the password and begin a session."""
    origin = request.headers.get("Origin", "")
    if not hmac.compare_digest(csrf, csrf_token(request)) or origin != os.environ["PEER_URL"]:
        raise HTTPException(403)
    host = request.client.host if request.client else ""
    await _limit("address", PER_ADDRESS, host)
    await _limit("account", PER_ACCOUNT, email)
    user = await User.get_or_none(email=email.strip().lower(), disabled_at=None)
    stored = user.password_hash if user else PASSWORDS.hash(secrets.token_hex())
    same = await run_in_threadpool(PASSWORDS.verify, password, stored)
    if not same or user is None or user.email_confirmed_at is None:
        return _sign_in_form(request, {"email": email}, {"": "E-mail ou senha incorretos."}, 422)
    token = await _start(user, host, label(request.headers.get("User-Agent", "")))
    response = RedirectResponse("/painel", 303)
    response.set_cookie("procon", token, path="/", httponly=True, samesite="lax")
    return response


async def _limit(name: str, item: Any, key: str) -> None:
    if not await app.state.limiter.hit(item, name, key):
        raise HTTPException(429)


async def _start(user: User, host: str, device: str) -> str:
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    async with in_transaction():
        await Session.filter(user=user, expires_at__lte=now).delete()
        await Session.create(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            user=user,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=7),
            address=host,
            device=device,
        )
    return token


def _sign_in_form(request: Request, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    context = {"form": {"values": values, "errors": errors}, "password_is_new": False}
    response = templates.TemplateResponse(request, "accounts/sign_in.html", context, status_code=status)
    if visitor := getattr(request.state, "visitor", None):
        response.set_cookie("procon-visita", visitor, path="/", httponly=True, samesite="lax")
    return response


async def other_page() -> None:
    """A page that is not measured; the templates link to it."""
    raise HTTPException(404)


for _name, _path in {
    "cases.add_note": "/casos/{case_id:int}/anotacoes",
    "cases.archive": "/casos/{case_id:int}/arquivar",
    "cases.reopen": "/casos/{case_id:int}/reabrir",
    "notices.choose": "/casos/{case_id:int}/notificar",
    "scheduling.choose": "/casos/{case_id:int}/audiencia",
    "scheduling.cancel": "/audiencias/{hearing_id:int}/cancelar",
    "offers.write": "/casos/{case_id:int}/propostas/nova",
    "offers.show": "/casos/{case_id:int}/propostas/{offer_id:int}",
    "negotiation.answer": "/casos/{case_id:int}/resposta",
}.items():
    app.add_api_route(_path, other_page, name=_name)
