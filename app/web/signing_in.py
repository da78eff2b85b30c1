"""From a proven person to a session: at once, or after the second factor of the account, if it has one.

Between the two steps the browser keeps a signed note of who it is, good for five minutes and for nothing but
the second step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from itsdangerous import BadSignature, URLSafeTimedSerializer
from quart import Response, redirect, request, url_for

from app.services import second_factor, sessions
from app.web import access, cookies, devices
from app.web.forms import safe_path
from app.web.parts import parts

COOKIE = "procon-second"
SECONDS = 300


@dataclass(frozen=True)
class Proven:
    """Who has passed the first step, and the page to go to afterwards."""

    user_id: int
    path: str


async def first_step(user_id: int, path: str) -> Response:
    """The answer to somebody whose password, code or personal link was right."""
    if not await second_factor.enrolled(user_id):
        return await session_begins(user_id, path)
    response = cast(Response, redirect(url_for("second_factor.ask"), 303))
    note = _serializer().dumps([user_id, path])
    cookies.put(response, COOKIE, note, path="/entrar", seconds=SECONDS)
    return response


def proven() -> Proven | None:
    """Who waits for the second step in this browser; None when nobody does, or for too long."""
    try:
        user_id, path = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=SECONDS)
    except (BadSignature, TypeError, ValueError):
        return None
    return Proven(int(user_id), safe_path(str(path), "/painel"))


async def session_begins(user_id: int, path: str) -> Response:
    """A new session in place of the browser's old one, so that no token outlives a sign-in."""
    if old := access.session_token():
        await sessions.end(old)
    token = await sessions.start(
        user_id,
        now=parts().clock.now(),
        address=request.remote_addr or "",
        device=devices.label(request.headers.get("User-Agent", "")),
    )
    response = cast(Response, redirect(path, 303))
    access.give_cookie(response, token)
    cookies.drop(response, COOKIE, path="/entrar")
    return response


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().secret_key, salt="second-factor")
