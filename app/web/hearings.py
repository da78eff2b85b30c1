"""The hearing's pages: the room, the device test, and the room's truth as JSON for its scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from app.services import assistance, expectation, identification, obligations, room_view, seats
from app.services.obligations import Due
from app.services.room_view import Person, RoomView
from app.services.seats import CheckResult, DeviceCheck, NetworkFigures
from app.services.wording import (
    hearing_state_label,
    hearing_status,
    outcome_label,
    seat_role_label,
    seat_state_label,
)
from app.web import hearings_words as words
from app.web import presence
from app.web.access import SIGNED_IN, requires, viewer
from app.web.cases import file_url
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, today
from models.rules import house_rules
from models.rules.agreement import money
from models.rules.connection_quality import BOUNDS
from models.rules.errors import Invalid
from models.rules.hearing import HearingState, Outcome, SeatRole, SeatState

blueprint = Blueprint("hearings", __name__)

MOST_FIGURE = 1e7
"""No line has more milliseconds or kbit/s."""


async def _view(hearing_id: int) -> RoomView:
    return await room_view.view(
        hearing_id,
        viewer(),
        opens_minutes=parts().profile.hearing.sign_in_opens_minutes,
        recording=parts().profile.recording,
        sealed_rounds=parts().profile.hearing.sealed_rounds,
        now=now(),
    )


@blueprint.get("/audiencias/<int:hearing_id>")
@requires(SIGNED_IN)
async def room(hearing_id: int) -> str:
    """The room: before the door, waiting, inside, and after its end."""
    return await room_page(hearing_id)


async def room_page(hearing_id: int, invitation: Mapping[str, Any] | None = None) -> str:
    """The room's page; ``invitation`` is a guest's form that was refused: what was typed, what is wrong."""
    view = await _view(hearing_id)
    return render(
        "hearings/room.html",
        **room_context(view, await _status(view))
        | {"dues": await _dues(view), "presence": await presence.part(view), "invitation": invitation},
        helping=await assistance.seen(hearing_id, viewer()),
        papers=await identification.papers(view, viewer()),
    )


def room_context(view: RoomView, door_status: str) -> dict[str, Any]:
    """What the room's templates know of a view."""
    return {
        "view": view,
        "quality_bounds": BOUNDS,
        "captions_offered": parts().captions,
        "hearing": view.hearing,
        "status": hearing_status(view.status),
        "door_status": door_status,
        "rules": parts().profile.house_rules,
        "rules_answer": house_rules.answer,
        "state": hearing_state_label(view.hearing.state),
        "words": words,
        "role_label": seat_role_label,
        "state_label": seat_state_label,
        "outcome_label": outcome_label,
        "file_url": file_url,
        "clause_money": money,
        "today": today(),
        "opens_minutes": parts().profile.hearing.sign_in_opens_minutes,
        "blank": {"values": {"instalments": "1"}, "errors": {}},
        "presence": None,
        "invitation": None,
        "templates": [name for name in Outcome if name in parts().profile.minutes],
        "dues": (),
    }


async def _status(view: RoomView) -> str:
    """The status sentence of the door: who waits is told when the hearing may be expected to begin."""
    status = hearing_status(view.status)
    if view.status != "waiting":
        return status
    zone = parts().profile.agency.zone
    wait = await expectation.of_hearing(view.hearing, zone, now=now())
    return f"{status} {words.expectation(wait)}" if wait else status


async def _dues(view: RoomView) -> tuple[Due, ...]:
    """What the agreement of a closed hearing obliges the sides to."""
    if view.hearing.state is not HearingState.CLOSED:
        return ()
    return await obligations.of_hearing(view.hearing.id)


@blueprint.get("/audiencias/<int:hearing_id>/estado")
@requires(SIGNED_IN)
async def truth(hearing_id: int) -> dict[str, Any]:
    """What the room's scripts obey: who is where, what may be done, whether media flows."""
    view = await _view(hearing_id)
    return room_truth(view, await _status(view))


def room_truth(view: RoomView, status: str) -> dict[str, Any]:
    """A view as the room's scripts obey it; ``status`` is the sentence of the door."""
    return {
        "version": view.version,
        "state": view.hearing.state,
        "status": status,
        "controls": sorted(view.controls),
        "media": view.media,
        "frozen": view.hearing.frozen_at is not None,
        "record_revision": view.hearing.record_revision,
        "captions": view.hearing.captions,
        "recording": {"capture": view.recording.capture, "failing": bool(view.recording.failure)},
        "private": _private(view),
        "spotlight": str(view.hearing.spotlight or ""),
        "countdown": None if view.counting is None else round(view.counting.total_seconds() * 1000),
        "me": {
            "seat": str(view.me.seat),
            "admitted": view.me.admitted,
            "muted": _silenced(view.me),
            "circle": view.me.circle,
        },
        "people": [
            {
                "seat": str(person.seat),
                "name": person.name,
                "role": seat_role_label(person.role),
                "interpreter": person.role is SeatRole.INTERPRETER,
                "state": person.state,
                "state_label": seat_state_label(person.state),
                "muted": _silenced(person),
                "mine": person.mine,
                "hand": person.hand,
                "apart": person.circle != view.me.circle,
                "inside": _on_stage(view, person),
                "mode": person.mode,
                "mode_label": words.mode_label(person.mode),
            }
            for person in view.people
        ],
    }


def _on_stage(view: RoomView, person: Person) -> bool:
    """Whether somebody has a picture on this person's page; in a private room, only who is in it."""
    there = person.state in (SeatState.IN_HEARING, SeatState.IN_CONSULTATION, SeatState.DISCONNECTED)
    return person.admitted and there and view.me.circle in ("", person.circle)


def _silenced(person: Person) -> bool:
    return person.muted and not person.circle


def _private(view: RoomView) -> dict[str, Any] | None:
    """The private room that concerns this person; the page counts ``seconds`` down."""
    if view.private is None:
        return None
    return {
        "id": view.private.id,
        "part": view.private.part,
        "caller": view.private.caller,
        "names": view.private.names,
        "seconds": view.private.seconds,
    }


@blueprint.get("/audiencias/<int:hearing_id>/teste")
@requires(SIGNED_IN)
async def device_test(hearing_id: int) -> str:
    """Camera, microphone and sound, tried before the hearing."""
    view = await _view(hearing_id)
    return render(
        "hearings/test.html",
        quality_bounds=BOUNDS,
        view=view,
        hearing=view.hearing,
        helping=await assistance.seen(hearing_id, viewer()),
        words=words,
        opens_minutes=parts().profile.hearing.sign_in_opens_minutes,
    )


@blueprint.post("/audiencias/<int:hearing_id>/teste")
@requires(SIGNED_IN)
async def device_tested(hearing_id: int) -> ResponseReturnValue:
    """Keep what the test found, for the mediator."""
    sent = await request.get_json()
    found = sent if isinstance(sent, dict) else {}
    named = {"network": "skipped", **found}  # a page from before knows no network test
    camera, microphone, speaker, network = (_result(named, name) for name in words.DEVICES)
    check = DeviceCheck(camera, microphone, speaker, network, _figures(found.get("figures")))
    await seats.checked(hearing_id, viewer(), check, now=now())
    return "", 204


def _figures(sent: object) -> NetworkFigures | None:
    """What the network test measured; Invalid when it is not numbers."""
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise Invalid({"figures": "choice_invalid"})
    numbers = [_number(sent.get(field.name)) for field in fields(NetworkFigures)]
    return NetworkFigures(*numbers)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_FIGURE:
        raise Invalid({"figures": "choice_invalid"})
    return float(value)


def _result(found: Mapping[str, Any], name: str) -> CheckResult:
    match found.get(name):
        case "ok" | "failed" | "skipped" as result:
            return cast(CheckResult, result)
        case _:
            raise Invalid({name: "choice_invalid"})
