"""Setting and cancelling hearings, and the agenda of those who conduct them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import agenda as agendas
from app.services import cases, diary, scheduling
from app.services.agenda import AgendaEntry
from app.services.diary import Hours
from app.services.scheduling import Booking
from app.services.wording import hearing_state_label
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.errors import SENTENCES, field_sentences, sentence
from app.web.forms import form, query
from app.web.parts import parts
from app.web.render import render
from app.web.today import calendar, here, now, today, typed_day
from models import Hearing
from models.rules.case_machine import Action
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role

blueprint = Blueprint("scheduling", __name__)

_CONDUCT = (Role.MEDIATOR, Role.COORDINATOR)
AGENDA_DAYS = 7


async def hours() -> Hours:
    """When hearings are held here."""
    return parts().hours(await calendar())


@blueprint.get("/casos/<int:case_id>/audiencia")
@requires(*_CONDUCT)
async def choose(case_id: int) -> ResponseReturnValue:
    """The form of a new hearing."""
    page = await cases.page(case_id, viewer())
    if not page.may(Action.SCHEDULE_HEARING):
        return back(case_id)
    rules = await hours()
    typed = {
        "date": diary.earliest(today(), rules).isoformat(),
        "time": f"{rules.opens:%H:%M}",
        "minutes": str(parts().profile.hearing.slot_minutes),
        "mediator": str(viewer().user_id),
    }
    return await _form_page(page, typed, {})


@blueprint.post("/casos/<int:case_id>/audiencia")
@requires(*_CONDUCT)
async def schedule(case_id: int) -> ResponseReturnValue:
    """Set the hearing and invite everybody."""
    typed = await form()
    try:
        booking = _booking(typed)
        await scheduling.schedule(
            case_id, viewer(), booking, now=now(), hours=await hours(), invite=parts().invite
        )
    except Invalid as error:
        return await _form_page(await cases.page(case_id, viewer()), typed, field_sentences(error)), 422
    except Refused as error:
        page = await cases.page(case_id, viewer())
        return await _form_page(page, typed, {"": sentence(error.code, error.facts)}), SENTENCES[error.code][
            0
        ]
    return back(case_id)


@blueprint.post("/audiencias/<int:hearing_id>/cancelar")
@requires(*_CONDUCT)
async def cancel(hearing_id: int) -> ResponseReturnValue:
    """Cancel a hearing that has not begun."""
    typed = await form()
    try:
        case_id = await scheduling.cancel(
            hearing_id, viewer(), typed.get("cancel_reason", ""), now=now(), invite=parts().invite
        )
    except Invalid as error:
        case_id = await _case_of(hearing_id)
        return await refused(case_id, "cancel", typed, error, {"reason": "cancel_reason"})
    return back(case_id)


@blueprint.get("/agenda")
@requires(*_CONDUCT)
async def agenda() -> str:
    """Hearings by day, a week at a time."""
    first = typed_day(query("de")) or today()
    start = datetime.combine(first, time(), tzinfo=here().tzinfo)
    entries = await agendas.agenda(viewer(), start, start + timedelta(days=AGENDA_DAYS))
    return render(
        "scheduling/agenda.html",
        days=_by_day(entries),
        first=first,
        last=first + timedelta(days=AGENDA_DAYS - 1),
        earlier=first - timedelta(days=AGENDA_DAYS),
        later=first + timedelta(days=AGENDA_DAYS),
        today=today(),
        state_label=hearing_state_label,
    )


def _by_day(entries: list[AgendaEntry]) -> list[tuple[date, list[AgendaEntry]]]:
    zone = here().tzinfo

    def day(entry: AgendaEntry) -> date:
        return entry.starts_at.astimezone(zone).date()

    return [(which, list(group)) for which, group in groupby(entries, day)]


async def _case_of(hearing_id: int) -> int:
    row = await Hearing.filter(id=hearing_id).first().values("case_id")
    if row is None:
        raise NotFound
    return int(row["case_id"])


def _booking(typed: Mapping[str, str]) -> Booking:
    wrong = {}
    day = typed_day(typed.get("date", ""))
    if day is None:
        wrong["date"] = "date_invalid"
    try:
        at = time.fromisoformat(typed.get("time", ""))
    except ValueError:
        wrong["time"] = "time_invalid"
    if wrong or day is None:
        raise Invalid(wrong)
    return Booking(
        starts_at=datetime.combine(day, at.replace(tzinfo=None), tzinfo=parts().profile.agency.zone),
        minutes=_number(typed.get("minutes", "")),
        mediator_id=_number(typed.get("mediator", "")) or viewer().user_id,
        short_notice=bool(typed.get("short_notice")),
        out_of_hours=bool(typed.get("out_of_hours")),
    )


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


async def _form_page(page: cases.CasePage, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    mine = viewer().role is Role.MEDIATOR
    rules = await hours()
    return render(
        "scheduling/form.html",
        page=page,
        case=page.case,
        form={"values": typed, "errors": errors},
        mediators=[] if mine else await diary.mediators(),
        earliest=diary.earliest(today(), rules),
        hours=rules,
        today=today(),
    )
