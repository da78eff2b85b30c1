"""The page after signing in: what one has to do, by role."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from quart import Blueprint

from app.services import (
    agenda,
    attendance_view,
    blocks,
    calendars,
    case_lists,
    guests,
    reschedule_requests,
    wallet,
    wallet_checks,
)
from app.services.case_lists import Wanted
from app.services.wording import hearing_state_label, seat_role_label, state_label, state_tone
from app.web.access import SIGNED_IN, requires, viewer
from app.web.parts import parts
from app.web.render import render
from app.web.today import here, now, reckoner, today
from models.rules.case_machine import State
from models.rules.people import Role, Side, Viewer

blueprint = Blueprint("panel", __name__)

_ATTENDING = (Role.ATTENDANT, Role.COORDINATOR, Role.LEGAL)


@blueprint.get("/painel")
@requires(SIGNED_IN)
async def show() -> str:
    """One's own cases, those that wait for oneself first; for staff the queues."""
    person = viewer()
    if person.role is Role.CONSUMER:
        return await _party_page(person, Side.CONSUMER)
    if person.role is Role.COMPANY:
        return await _party_page(person, Side.COMPANY)
    if person.is_staff:
        return await _staff_page(person)
    return render("panel/guest.html", invited=await guests.of_person(person), role_label=seat_role_label)


async def _party_page(person: Viewer, side: Side) -> str:
    listing = await case_lists.for_viewer(person)
    duties = await reckoner()
    waiting = [case for case in listing.cases if duties.listed(case, person.role).yours]
    return render(
        "panel/party.html",
        side=side,
        waiting=waiting,
        others=[case for case in listing.cases if case not in waiting],
        more=listing.after,
        blocks=await blocks.upcoming(person, now()) if side is Side.COMPANY else [],
        warned=await wallet.warnings(person, today(), parts().profile.reminders.powers_before),
        duties=duties,
        state_label=state_label,
        state_tone=state_tone,
    )


async def _staff_page(person: Viewer) -> str:
    start = datetime.combine(today(), time(), tzinfo=here().tzinfo)
    mine = await case_lists.for_viewer(person, Wanted(mine=True))
    return render(
        "panel/staff.html",
        asked=await reschedule_requests.waiting(person),
        queues=await case_lists.queues(),
        papers=await wallet_checks.waiting_count(),
        shelves=await attendance_view.counts(person) if person.role in _ATTENDING else None,
        unconfirmed=await calendars.unconfirmed_year(today()) if person.role is Role.COORDINATOR else None,
        State=State,
        hearings=await agenda.agenda(person, start, start + timedelta(days=1)),
        mine=mine.cases[:10],
        duties=await reckoner(),
        state_label=state_label,
        state_tone=state_tone,
        hearing_state_label=hearing_state_label,
        today=today(),
    )
