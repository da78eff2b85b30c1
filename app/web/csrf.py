"""Only our own pages may change something: token and origin, for every unsafe method (but ``keyed``).

The token is an HMAC of the session's secret (or, before signing in, of an anonymous cookie), so there is
nothing to store and it dies with the session. It comes in the form field ``csrf_token`` or in the header
``X-CSRF-Token``; the header alone for bodies that are not forms, which are never read here. The origin is
checked as well, because it needs no secret (ADR 0030).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from quart import Response, current_app, g, request

from app.services.sessions import cookie_name
from app.web import cookies
from app.web.parts import parts
from models.rules.errors import Refused

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


View = TypeVar("View", bound=Callable[..., Any])
_KEYED = "procon_keyed"


def keyed(view: View) -> View:
    """Mark a view whose address holds the key to what it does: a mail program asks for it, without a page.

    The one exception; tests/walks has the list of those views.
    """
    setattr(view, _KEYED, True)
    return view


def token() -> str:
    """The token for the forms of the page being answered; a visitor without a cookie gets one."""
    secret = _secret()
    if secret is None:
        secret = g.csrf_visitor = secrets.token_urlsafe(32)
    return _sign(secret)


async def check() -> None:
    """Raise Refused("csrf") unless the request is safe or comes from a page of ours with its token.

    ``ours`` of the error: the page is ours and only its token is of another session, such as one that ended.
    """
    if request.method in SAFE or hasattr(current_app.view_functions.get(request.endpoint or ""), _KEYED):
        return
    if not _from_here():
        raise Refused("csrf", ours=False)
    secret, given = _secret(), await _given()
    if secret is None or given is None:
        raise Refused("csrf", ours=True)
    if not hmac.compare_digest(given.encode(), _sign(secret).encode()):
        raise Refused("csrf", ours=True)


def keep(response: Response) -> None:
    """Set the anonymous cookie when this request's page made a token for a new visitor."""
    if visitor := g.get("csrf_visitor"):
        cookies.put(response, _visitor_cookie(), visitor)


def _secret() -> str | None:
    """What the token is bound to: the session's token, else the visitor's cookie."""
    sent = request.cookies
    made: str | None = g.get("csrf_visitor")
    return sent.get(cookie_name(parts().secure)) or sent.get(_visitor_cookie()) or made


def _visitor_cookie() -> str:
    return f"{cookie_name(parts().secure)}-visita"


def _sign(secret: str) -> str:
    return hmac.new(parts().secret_key.encode(), f"csrf:{secret}".encode(), hashlib.sha256).hexdigest()


async def _given() -> str | None:
    """The token that the request carries, if any."""
    if header := request.headers.get(HEADER):
        return header
    if request.mimetype not in FORMS:
        return None
    return (await request.form).get(FIELD)


def _from_here() -> bool:
    """Whether the browser says that a page of this site sent the request.

    ``Sec-Fetch-Site`` cannot be forged by a page. ``Origin`` comes with every unsafe request of today's
    browsers, ``Referer`` with those of older ones; without any of them it is no browser of a person.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin") or _origin_of(request.headers.get("Referer", ""))
    return origin in (_origin_of(parts().public_url), f"{request.scheme}://{request.host}")


def _origin_of(address: str) -> str:
    split = urlsplit(address)
    return f"{split.scheme}://{split.netloc}"
