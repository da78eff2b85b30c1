"""The guided way in, a page per question: links only, so that the browser's own "back" works."""

from __future__ import annotations

from typing import cast

from quart import Blueprint, Response, make_response, request, url_for

from app.services import guidance
from app.web import cookies
from app.web.access import PUBLIC, current_viewer, requires
from app.web.parts import parts
from app.web.render import render
from app.web.today import today
from models.rules.errors import NotFound
from models.rules.people import Role

blueprint = Blueprint("guidance", __name__)

MOST = 12
LONGEST = 16
SEPARATOR = "."
PROBLEM_COOKIE = "procon_orientacao"
REMEMBERED_DAYS = 7


@blueprint.get("/orientacao")
@requires(PUBLIC)
async def guide() -> Response:
    """Where the answers in ``r`` lead: the next question, or what is best to do.

    A visitor's browser remembers the problem found, so that the registration after sign-up begins with it.
    """
    profile = parts().profile
    stand = await guidance.stand(_path(request.args.get("r", "")), today(), profile.territory.links)
    city, rule = profile.agency.city, profile.territory.source
    page = render(
        "guidance/guide.html",
        stand=stand,
        address=address,
        here=address(stand.path),
        written=lambda text: text.replace("{city}", city).replace("{territory}", rule),
        may_begin=_may_begin(),
        days=REMEMBERED_DAYS,
    )
    response = cast(Response, await make_response(page))
    if stand.problem and current_viewer() is None:
        seconds = REMEMBERED_DAYS * 86_400
        cookies.put(response, PROBLEM_COOKIE, stand.problem.code, seconds=seconds)
    return response


def address(path: tuple[str, ...]) -> str:
    """The page of a path."""
    return url_for("guidance.guide", r=SEPARATOR.join(path)) if path else url_for("guidance.guide")


def _path(typed: str) -> list[str]:
    path = typed.split(SEPARATOR) if typed else []
    if len(path) > MOST or not all(code.isalnum() and len(code) <= LONGEST for code in path):
        raise NotFound
    return path


def _may_begin() -> bool:
    who = current_viewer()
    return who is not None and who.role is Role.CONSUMER
