"""The page behind a personal link, and the button on it that uses the link up.

Opening the page changes nothing: programs that look at letters open what they find in them.
"""

from __future__ import annotations

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import guests, seat_links
from app.services.seat_links import LinkState
from app.web import access, signing_in
from app.web.access import PUBLIC, requires
from app.web.limits import limit, limit_address
from app.web.parts import parts
from app.web.render import render
from app.web.today import now

blueprint = Blueprint("seat_links", __name__)


@blueprint.get("/audiencias/entrada/<token>")
@requires(PUBLIC)
async def show(token: str) -> ResponseReturnValue:
    """Whose link this is, and the button that enters."""
    await limit_address("seat_link_address")
    link = await seat_links.find(token, now=now())
    viewer = access.current_viewer()
    if viewer is not None and viewer.user_id == link.user_id:
        return redirect(url_for("hearings.room", hearing_id=link.hearing_id), 303)
    good = link.state is LinkState.GOOD
    return render("hearings/link.html", link=link, token=token, good=good, sent=False), 200 if good else 410


@blueprint.post("/audiencias/entrada/<token>")
@requires(PUBLIC)
async def enter(token: str) -> ResponseReturnValue:
    """Begin a session of the link's person, in place of the browser's own, and go to the hearing.

    An account with a second factor is asked for it here as well: the link proves an e-mail, no more.
    """
    await limit_address("seat_link_address")
    link = await seat_links.use(token, now=now())
    return await signing_in.first_step(link.user_id, url_for("hearings.room", hearing_id=link.hearing_id))


@blueprint.post("/audiencias/entrada/<token>/outro")
@requires(PUBLIC)
async def ask_again(token: str) -> ResponseReturnValue:
    """Send a guest another link, to the address that was invited."""
    await limit_address("seat_link_address")
    link = await seat_links.find(token, now=now())
    await limit("guest_again", link.user_id)
    await guests.ask_again(token, parts().invite, now=now())
    return render("hearings/link.html", link=link, token=token, good=False, sent=True)
