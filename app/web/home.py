"""The public pages: what this is and how it works, accessibility, privacy."""

from __future__ import annotations

import orjson
from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from app.web.access import PUBLIC, requires
from app.web.parts import parts
from app.web.render import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(PUBLIC)
async def index() -> str:
    """The front page."""
    return render("home/index.html")


@blueprint.get("/aplicativo.webmanifest")
@requires(PUBLIC)
async def manifest() -> ResponseReturnValue:
    """What puts the site on a home screen; an iPhone shows the pushes of such sites alone."""
    agency, path = parts().profile.agency, "img/logo.svg"
    shown = {
        "name": agency.name,
        "short_name": agency.name,
        "lang": "pt-BR",
        "start_url": "/painel",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#071d41",
        "background_color": "#ffffff",
        "icons": [{"src": f"/static/{path}", "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(orjson.dumps(shown), content_type="application/manifest+json")


@blueprint.get("/acessibilidade")
@requires(PUBLIC)
async def accessibility() -> str:
    """What is done so that everybody can use the site, and whom to tell when it fails (LBI art. 63)."""
    return render("home/accessibility.html")


@blueprint.get("/privacidade")
@requires(PUBLIC)
async def privacy() -> str:
    """What is kept of whom, why, for how long, and which rights there are (LGPD arts. 9, 18, 23)."""
    return render("home/privacy.html")
