"""Pages from templates: one synchronous Jinja environment for the whole application.

Quart's own environment is asynchronous, which doubles the time of a page, and nothing in a template
awaits: a handler has loaded its data before it calls ``render`` (docs/frontend.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quart import Quart, current_app, g, request, url_for

from app.i18n import gettext, ngettext
from app.profile import Profile
from app.web import filters, static_files
from app.web.navigation import navigation

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent.parent.parent / "static"
EXTENSION = "procon.render"
FIXED_TEXTS = 4096


def install(
    app: Quart,
    *,
    profile: Profile,
    csrf_token: Callable[[], str],
    static_root: Path = STATIC,
    reload: bool = False,
) -> None:
    """Make the environment of ``app`` and serve its static files.

    ``csrf_token`` is called while a page with a form is rendered and gives the token of that request's
    session. With ``reload`` (development) changed templates and static files are read again.
    """
    static = static_files.install(app, static_root, reload=reload)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=reload,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined] # added by the extension
    environment.filters.update(filters.for_zone(profile.agency.zone))
    environment.globals.update(
        _=text,
        url_for=url_for,
        static=static.url,
        csrf_token=csrf_token,
        profile=profile,
        agency=profile.agency,
    )
    app.extensions[EXTENSION] = environment


def render(template: str, /, **context: Any) -> str:
    """The page made from ``app/templates/<template>``; a name that the context lacks raises UndefinedError.

    Every page knows ``viewer`` (the signed-in person, or None), ``path`` and ``nav``, the viewer's menu.
    """
    environment: Environment = current_app.extensions[EXTENSION]
    viewer = getattr(g, "viewer", None)
    known = {"viewer": viewer, "path": request.path, "nav": navigation(viewer)}
    return environment.get_template(template).render(known | context)


def text(message: str, **values: Any) -> Markup:
    """``_("…")`` in a template: the text in the interface's language, its ``%(places)s`` filled and escaped.

    What Jinja's extension does, but a text without places is made once: in a list of fifty rows the
    extension's own was a quarter of the page (docs/performance.md).
    """
    return Markup(gettext(message)) % values if values else _fixed(message)  # noqa: S704  ours, never typed


@lru_cache(FIXED_TEXTS)
def _fixed(message: str) -> Markup:
    return Markup(gettext(message)) % {}  # noqa: S704  the same
