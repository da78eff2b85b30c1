"""Who may open what: one permission on every route, and the person behind the request.

``requires`` writes the permission on the view; nothing else is needed, because ``admit`` reads it before
every request. A view without one is an error at start-up, so no page is open by forgetting.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from quart import Quart, Response, current_app, g, redirect, request, url_for
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from app.services import sessions
from app.services.sessions import Current, cookie_name
from app.web import cookies
from app.web.failures import wants_json
from app.web.forms import safe_path, typed_texts
from app.web.parts import parts
from models.rules.errors import Refused
from models.rules.people import STAFF as STAFF_ROLES
from models.rules.people import Role, Viewer

SIGN_IN = "accounts.sign_in_page"
STATIC = "static"
"""The endpoint of style sheets, scripts and pictures: public, and nobody is looked up for it."""


class Audience(Enum):
    """For whom a route is, when it is not for certain roles."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STAFF = "staff"


PUBLIC = Audience.PUBLIC
SIGNED_IN = Audience.SIGNED_IN
STAFF = Audience.STAFF

Permission = frozenset[Role] | None
"""The roles that a route admits; None admits everybody, signed in or not."""

View = TypeVar("View", bound=Callable[..., Any])

_ROLES: dict[Audience, Permission] = {
    PUBLIC: None,
    SIGNED_IN: frozenset(Role),
    STAFF: STAFF_ROLES,
}
_ATTRIBUTE = "procon_permission"


class NoPermission(RuntimeError):
    """Routes whose views say nothing about who may open them."""


def requires(*who: Audience | Role) -> Callable[[View], View]:
    """Say who may open a view: PUBLIC, SIGNED_IN or STAFF alone, or the roles, any of which is enough."""
    if not who or (len(who) > 1 and any(isinstance(one, Audience) for one in who)):
        raise TypeError("requires() takes PUBLIC, SIGNED_IN or STAFF alone, or roles")
    first = who[0]
    if isinstance(first, Audience):
        permission = _ROLES[first]
    else:
        permission = frozenset(role for role in who if isinstance(role, Role))

    def mark(view: View) -> View:
        if hasattr(view, _ATTRIBUTE):
            raise TypeError(f"{view.__name__} has two permissions")
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def permission_of(app: Quart, endpoint: str) -> Permission:
    """Whom the view of ``endpoint`` admits; raises NoPermission when it does not say."""
    if endpoint == STATIC:
        return None
    try:
        permission: Permission = getattr(app.view_functions[endpoint], _ATTRIBUTE)
    except AttributeError:
        raise NoPermission(endpoint) from None
    return permission


def permissions(app: Quart) -> dict[str, Permission]:
    """Every endpoint of the application and whom it admits; raises NoPermission with those that lack one."""
    missing = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != STATIC and not hasattr(view, _ATTRIBUTE)
    ]
    if missing:
        raise NoPermission(", ".join(sorted(missing)))
    return {endpoint: permission_of(app, endpoint) for endpoint in app.view_functions}


def current_viewer() -> Viewer | None:
    """The signed-in person, or None."""
    viewer: Viewer | None = g.get("viewer")
    return viewer


def viewer() -> Viewer:
    """The signed-in person; for views that are not PUBLIC."""
    return current().viewer


def current() -> Current:
    """The session of the signed-in person; Unauthorized when nobody is."""
    found: Current | None = g.get("session")
    if found is None:
        raise Unauthorized
    return found


async def identify() -> None:
    """Look up the person behind the cookie, once per request; one query, two for company users."""
    token = session_token()
    if token and request.endpoint != STATIC:
        found = await sessions.current(token, parts().clock.now())
        if found:
            g.session, g.viewer = found, found.viewer


async def admit() -> ResponseReturnValue | None:
    """Let the request through, send the person to sign in (401 for JSON), or refuse the role (403)."""
    if request.endpoint is None:
        return None  # no such page: the answer is 404 or 405 whoever asks
    allowed = permission_of(current_app, request.endpoint)
    if allowed is None:
        return None
    viewer = current_viewer()
    if viewer is None:
        return await _to_sign_in()
    if viewer.role not in allowed:
        raise Refused("not_for_role")
    return None


def session_token() -> str | None:
    """The value of the session cookie, which says nothing yet about who it is."""
    return request.cookies.get(cookie_name(parts().secure))


def give_cookie(response: Response, token: str) -> None:
    """Put the session's token into the browser, until it closes at the latest."""
    cookies.put(response, cookie_name(parts().secure), token)


def drop_cookie(response: Response) -> None:
    """Take the session's token out of the browser."""
    cookies.drop(response, cookie_name(parts().secure))


async def _to_sign_in() -> ResponseReturnValue:
    if wants_json() or await typed_texts():
        raise Unauthorized  # whose session ended over a form gets back what they typed
    return redirect(f"{url_for(SIGN_IN)}?continuar={quote(_wanted(), safe='/')}", 303)


def _wanted() -> str:
    """The page to return to after signing in: this one, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "replace")
        return safe_path(quote(request.path) + (f"?{query}" if query else ""), "/")
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return safe_path(sent_from.path, "/") if sent_from.netloc == request.host else "/"
