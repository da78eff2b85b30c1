"""The public pages: what this is and how it works, accessibility, privacy."""

from __future__ import annotations

from quart import Blueprint

from app.web.access import PUBLIC, requires
from app.web.render import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(PUBLIC)
async def index() -> str:
    """The front page."""
    return render("home/index.html")


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
