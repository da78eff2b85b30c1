"""The application's templates under Starlette's Jinja2Templates, with the globals that they need."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.i18n import gettext, ngettext
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.web import filters
from app.web.navigation import navigation
from app.web.render import STATIC, TEMPLATES
from app.web.static_files import StaticFiles
from models.rules.people import Viewer

_request: ContextVar[Request] = ContextVar("request")
"""The request being answered: imported macros see the environment's globals, not a page's context."""


def make_templates(csrf_token: Callable[[Request], str]) -> Jinja2Templates:
    """The templates; ``viewer``, ``nav`` and ``path`` come with each request."""
    profile = load_profile(PROFILES / "criciuma.toml")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(filters.for_zone(profile.agency.zone))
    environment.globals.update(
        static=StaticFiles.read(STATIC).url,
        profile=profile,
        agency=profile.agency,
        csrf_token=lambda: csrf_token(_request.get()),
    )

    def request_context(request: Request) -> dict[str, Any]:
        _request.set(request)
        user = getattr(request.state, "user", None)
        viewer = Viewer(user.id, user.role, user.name, user.email) if user else None
        return {
            "viewer": viewer,
            "path": request.url.path,
            "nav": navigation(viewer),
        }

    return Jinja2Templates(env=environment, context_processors=[request_context])
