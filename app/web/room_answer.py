"""How an act in the hearing room is answered."""

from __future__ import annotations

from quart import redirect, url_for
from quart.typing import ResponseReturnValue

from app.web.failures import wants_json


def done(hearing_id: int) -> ResponseReturnValue:
    """204 to the room's scripts; without scripts the same forms come back to the room's page (303)."""
    if wants_json():
        return "", 204
    return redirect(url_for("hearings.room", hearing_id=hearing_id), 303)
