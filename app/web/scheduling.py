"""Setting, moving and cancelling hearings: the forms of a case's page and of a hearing's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import cases, diary, scheduling
from app.services.booking import Booking
from app.services.diary import Hours
from app.services.scheduling import Why
from app.services.scheduling_words import CAUSES, cause_label
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.errors import field_sentences, sentence, status_of
from app.web.failures import wants_json
from app.web.forms import form, query, safe_path
from app.web.parts import parts
from app.web.render import render
from app.web.today import calendar, now, today, typed_day
from models import Case, Hearing
from models.rules.case_machine import Action
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role
from models.rules.rescheduling import Cause
from models.rules.slots import Slot, spread

blueprint = Blueprint("scheduling", __name__)

CONDUCT = (Role.MEDIATOR, Role.COORDINATOR)
SHOWN = 12
"""Free slots beside the fields for any other time."""


async def hours() -> Hours:
    """When hearings are held here."""
    return parts().hours(await calendar())


@blueprint.get("/casos/<int:case_id>/audiencia")
@requires(*CONDUCT)
async def choose(case_id: int) -> ResponseReturnValue:
    """The form of a new hearing."""
    page = await cases.page(case_id, viewer())
    if not page.may(Action.SCHEDULE_HEARING):
        return back(case_id)
    rules = await hours()
    typed = {
        "date": diary.earliest(today(), rules).isoformat(),
        "time": f"{rules.opens:%H:%M}",
        "minutes": str(rules.minutes),
        "mediator": str(viewer().user_id),
    }
    return await _form_page(page, typed, {})


@blueprint.post("/casos/<int:case_id>/audiencia")
@requires(*CONDUCT)
async def schedule(case_id: int) -> ResponseReturnValue:
    """Set the hearing and invite everybody."""
    typed = await form()
    try:
        booking = _booking(typed)
        await scheduling.schedule(
            case_id, viewer(), booking, now=now(), hours=await hours(), invite=parts().invite
        )
    except (Invalid, Refused) as error:
        if error.code == "not_now":
            raise  # somebody was quicker: the case as it is now says more than this form
        page = await cases.page(case_id, viewer())
        return await _form_page(page, typed, _errors(error)), status_of(error)
    return back(case_id)


@blueprint.get("/audiencias/<int:hearing_id>/remarcar")
@requires(*CONDUCT)
async def move_page(hearing_id: int) -> ResponseReturnValue:
    """The form that moves a hearing: free slots, or any other time, and why."""
    hearing = await _hearing(hearing_id)
    page = await cases.page(hearing.case_id, viewer())
    if not page.may(Action.RESCHEDULE_HEARING):
        return back(hearing.case_id)
    starts = hearing.starts_at.astimezone(parts().profile.agency.zone)
    typed = {
        "date": starts.date().isoformat(),
        "time": f"{starts:%H:%M}",
        "minutes": str(hearing.minutes),
        "mediator": str(hearing.mediator_id),
        "cause": query("motivo"),
        "back": query("de"),
    }
    return await _form_page(page, typed, {}, hearing)


@blueprint.post("/audiencias/<int:hearing_id>/remarcar")
@requires(*CONDUCT)
async def move(hearing_id: int) -> ResponseReturnValue:
    """Move a hearing; the calendar asks the same as a script."""
    typed = await form()
    hearing = await _hearing(hearing_id)
    try:
        booking = _booking({"minutes": str(hearing.minutes), "mediator": str(hearing.mediator_id), **typed})
        case_id = await scheduling.move(
            hearing_id,
            viewer(),
            booking,
            Why(_cause(typed.get("cause", "")), typed.get("reason", "")),
            now=now(),
            hours=await hours(),
            invite=parts().invite,
        )
    except (Invalid, Refused) as error:
        if wants_json():
            raise
        page = await cases.page(hearing.case_id, viewer())
        return await _form_page(page, typed, _errors(error), hearing), status_of(error)
    return redirect(safe_path(typed.get("back"), url_for("cases.show", case_id=case_id)), 303)


@blueprint.post("/audiencias/<int:hearing_id>/cancelar")
@requires(*CONDUCT)
async def cancel(hearing_id: int) -> ResponseReturnValue:
    """Cancel a hearing that has not begun."""
    typed = await form()
    try:
        case_id = await scheduling.cancel(
            hearing_id,
            viewer(),
            typed.get("cancel_reason", ""),
            now=now(),
            invite=parts().invite,
            cause=_cause(typed.get("cancel_cause", "")),
        )
    except Invalid as error:
        hearing = await _hearing(hearing_id)
        return await refused(hearing.case_id, "cancel", typed, error, {"reason": "cancel_reason"})
    return back(case_id)


def causes() -> list[tuple[str, str]]:
    """Why a hearing may be moved or cancelled, as the choices of a form."""
    return [(cause.value, cause_label(cause)) for cause in CAUSES]


def number(typed: str) -> int:
    """A number as typed; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def slot_key(slot: Slot) -> str:
    """A slot as the value of a choice: start on the agency's clock and mediator."""
    return f"{slot.starts_at:%Y-%m-%dT%H:%M}~{slot.mediator}"


async def _hearing(hearing_id: int) -> Hearing:
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        raise NotFound
    return hearing


def _cause(typed: str) -> Cause:
    return Cause(typed) if typed in set(Cause) else Cause.OTHER


def _errors(error: Invalid | Refused) -> dict[str, str]:
    if isinstance(error, Invalid):
        return field_sentences(error)
    return {"": sentence(error.code, error.facts)}


def _booking(typed: Mapping[str, str]) -> Booking:
    """What was chosen or typed: one of the free slots, or a day and an hour."""
    values = {**typed, **_chosen(typed.get("slot", ""))}
    wrong = {}
    day = typed_day(values.get("date", ""))
    if day is None:
        wrong["date"] = "date_invalid"
    try:
        at = time.fromisoformat(values.get("time", ""))
    except ValueError:
        wrong["time"] = "time_invalid"
    if wrong or day is None:
        raise Invalid(wrong)
    return Booking(
        starts_at=datetime.combine(day, at.replace(tzinfo=None), tzinfo=parts().profile.agency.zone),
        minutes=number(values.get("minutes", "")),
        mediator_id=number(values.get("mediator", "")) or viewer().user_id,
        short_notice=bool(values.get("short_notice")),
        out_of_hours=bool(values.get("out_of_hours")),
    )


def _chosen(slot: str) -> dict[str, str]:
    at, _tilde, mediator = slot.partition("~")
    day, _t, hour = at.partition("T")
    return {"date": day, "time": hour, "mediator": mediator} if hour and mediator else {}


async def _form_page(
    page: cases.CasePage,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    hearing: Hearing | None = None,
) -> str:
    mine = viewer().role is Role.MEDIATOR
    rules = await hours()
    return render(
        "scheduling/form.html",
        page=page,
        case=page.case,
        form={"values": typed, "errors": errors},
        hearing=hearing,
        causes=causes(),
        mediators=[] if mine else await diary.mediators(),
        slots=await _suggested(page, rules, hearing, viewer().user_id if mine else None),
        slot_key=slot_key,
        earliest=diary.earliest(today(), rules),
        hours=rules,
        today=today(),
    )


async def _suggested(
    page: cases.CasePage, rules: Hours, hearing: Hearing | None, mediator: int | None
) -> Sequence[Any]:
    """Free slots to choose from, with the mediator's name."""
    case = await Case.get(id=page.case.id)
    found = await diary.free(
        rules,
        parts().profile.agency.zone,
        await diary.party_of(case, today(), hearing.agent_id if hearing else None),
        now=now(),
        mediator=mediator,
        but_hearing=hearing.id if hearing else None,
        but_case=page.case.id,
    )
    names = dict(await diary.mediators())
    return [(slot, names.get(slot.mediator, "")) for slot in spread(found, SHOWN)]
