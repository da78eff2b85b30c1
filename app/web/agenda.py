"""The calendar of hearings by week and day, working hours and absences, and the board of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import agenda as agendas
from app.services import diary, reschedule_requests, working_hours
from app.services.agenda import AgendaEntry
from app.services.diary import Hours
from app.services.scheduling_words import ABSENCES, absence_label, weekday_label
from app.services.wording import hearing_state_label
from app.web.access import PUBLIC, current_viewer, requires, viewer
from app.web.calendar_grid import Column, grid
from app.web.errors import field_sentences
from app.web.forms import form, query
from app.web.parts import parts
from app.web.render import render
from app.web.scheduling import CONDUCT, causes, hours, number
from app.web.today import here, now, today, typed_day
from models import AbsenceKind
from models.rules.errors import Invalid
from models.rules.hearing import HearingState
from models.rules.people import Role
from models.rules.slots import Shift

blueprint = Blueprint("agenda", __name__)

TURNS = 2
"""Shifts in a day that the form of working hours offers: a morning and an afternoon."""


@blueprint.get("/agenda")
@requires(*CONDUCT)
async def show() -> str:
    """Hearings of a week of one mediator, or of a day of all; to be moved by drag or by keyboard."""
    view = "dia" if query("ver") == "dia" else "semana"
    day = typed_day(query("dia") or query("de")) or today()
    first = day if view == "dia" else day - timedelta(days=day.weekday())
    span = 1 if view == "dia" else 7
    rules, people = await hours(), dict(await diary.mediators())
    chosen = _chosen_mediator(people)
    entries = await agendas.agenda(
        viewer(), _midnight(first), _midnight(first + timedelta(days=span)), chosen if span > 1 else None
    )
    columns = await _columns(view, first, entries, rules, people, chosen)
    return render(
        "scheduling/agenda.html",
        view=view,
        asked=await reschedule_requests.waiting(viewer()),
        grid=grid(
            columns,
            rules,
            now=here(),
            earliest=diary.earliest(today(), rules),
            movable=frozenset(one.id for one in entries if one.state is HearingState.NOT_STARTED),
        ),
        days=_by_day(entries),
        first=first,
        last=max([column.day for column in columns], default=first),
        earlier=first - timedelta(days=span),
        later=first + timedelta(days=span),
        today=today(),
        mediators=list(people.items()) if _leads() else [],
        chosen=chosen,
        causes=causes(),
        room_name=parts().profile.scheduling.room_name,
        state_label=hearing_state_label,
    )


def _leads() -> bool:
    return viewer().role is Role.COORDINATOR


def _chosen_mediator(people: Mapping[int, str]) -> int:
    """Whose week is shown: one's own, or for the coordinator the one asked for."""
    asked = number(query("conciliador"))
    if not _leads():
        return viewer().user_id
    return asked if asked in people else next(iter(people), viewer().user_id)


async def _columns(
    view: str, first: date, entries: list[AgendaEntry], rules: Hours, people: Mapping[int, str], chosen: int
) -> list[Column]:
    if view == "dia":
        benches = await diary.benches(rules) if _leads() else await diary.benches(rules, chosen)
        known = {bench.mediator for bench in benches}
        for extra in sorted({entry.mediator_id for entry in entries} - known):
            benches += await diary.benches(rules, extra)
        return [
            Column(
                first,
                bench,
                people.get(bench.mediator, ""),
                rules.calendar.closed(first),
                tuple(entry for entry in entries if entry.mediator_id == bench.mediator),
            )
            for bench in benches
        ]
    bench = (await diary.benches(rules, chosen))[0]
    columns = []
    for ahead in range(7):
        day = first + timedelta(days=ahead)
        mine = tuple(entry for entry in entries if _day_of(entry) == day)
        if ahead < 5 or mine:
            label = f"{weekday_label(day.weekday()).partition('-')[0]} {day:%d/%m}"
            columns.append(Column(day, bench, label, rules.calendar.closed(day), mine))
    return columns


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=here().tzinfo)


def _day_of(entry: AgendaEntry) -> date:
    return entry.starts_at.astimezone(here().tzinfo).date()


def _by_day(entries: list[AgendaEntry]) -> list[tuple[date, list[AgendaEntry]]]:
    return [(which, list(group)) for which, group in groupby(entries, _day_of)]


@blueprint.get("/agenda/expediente")
@requires(*CONDUCT)
async def week_page() -> str:
    """The weekly working hours of a mediator, and when they are away."""
    return await _week_page(_whose(), {}, {})


@blueprint.post("/agenda/expediente")
@requires(*CONDUCT)
async def set_week() -> ResponseReturnValue:
    """Set the weekly working hours."""
    typed, whose = await form(), _whose()
    try:
        await working_hours.set_week(viewer(), whose, _shifts(typed))
    except Invalid as error:
        return await _week_page(whose, typed, field_sentences(error)), 422
    return redirect(url_for(".week_page", conciliador=whose), 303)


@blueprint.post("/agenda/ausencias")
@requires(*CONDUCT)
async def add_absence() -> ResponseReturnValue:
    """Note an absence."""
    typed, whose = await form(), _whose()
    try:
        starts, ends = _period(typed)
        kind = typed.get("kind", "")
        await working_hours.add_absence(
            viewer(),
            whose,
            starts,
            ends,
            AbsenceKind(kind) if kind in set(AbsenceKind) else AbsenceKind.OTHER,
            typed.get("note", ""),
            now=now(),
        )
    except Invalid as error:
        return await _week_page(whose, typed, field_sentences(error)), 422
    return redirect(url_for(".week_page", conciliador=whose), 303)


@blueprint.post("/agenda/ausencias/<int:absence_id>/revogar")
@requires(*CONDUCT)
async def revoke_absence(absence_id: int) -> ResponseReturnValue:
    """Take an absence back."""
    whose = await working_hours.revoke_absence(viewer(), absence_id, now=now())
    return redirect(url_for(".week_page", conciliador=whose), 303)


def _whose() -> int:
    return number(query("conciliador")) or viewer().user_id


def _shifts(typed: Mapping[str, str]) -> list[Shift]:
    """The shifts as typed; a turn without both hours is none, and wrong hours are refused by the service."""
    found, wrong = [], {}
    for weekday in range(7):
        for turn in range(TURNS):
            opens, closes = (typed.get(f"{name}-{weekday}-{turn}", "") for name in ("opens", "closes"))
            if not opens and not closes:
                continue
            try:
                found.append(Shift(weekday, _minutes(opens), _minutes(closes)))
            except ValueError:
                wrong[f"day-{weekday}"] = "shift_invalid"
    if wrong:
        raise Invalid(wrong)
    return found


def _minutes(typed: str) -> int:
    at = time.fromisoformat(typed)
    return at.hour * 60 + at.minute


def _period(typed: Mapping[str, str]) -> tuple[datetime, datetime]:
    """From the first day (or hour) to the end of the last."""
    first = typed_day(typed.get("first", ""))
    last = typed_day(typed.get("last", "")) if typed.get("last") else first
    if first is None or last is None:
        raise Invalid({"first" if first is None else "last": "date_invalid"})
    try:
        begins = time.fromisoformat(typed["from"]) if typed.get("from") else time()
        ends = time.fromisoformat(typed["until"]) if typed.get("until") else None
    except ValueError:
        raise Invalid({"from": "time_invalid"}) from None
    zone = here().tzinfo
    end = datetime.combine(last, ends, zone) if ends else _midnight(last + timedelta(days=1))
    return datetime.combine(first, begins, zone), end


async def _week_page(whose: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    week = await working_hours.week(viewer(), whose, now=now(), hours=await hours())
    values = dict(typed) if typed else {}
    if not any(name.startswith(("opens-", "closes-")) for name in values):
        for weekday in range(7):
            for turn, shift in enumerate([one for one in week.shifts if one.weekday == weekday][:TURNS]):
                values[f"opens-{weekday}-{turn}"] = f"{shift.opens // 60:02d}:{shift.opens % 60:02d}"
                values[f"closes-{weekday}-{turn}"] = f"{shift.closes // 60:02d}:{shift.closes % 60:02d}"
    return render(
        "scheduling/week.html",
        week=week,
        form={"values": values, "errors": errors},
        mediators=await diary.mediators() if _leads() else [],
        weekday_label=weekday_label,
        turns=range(TURNS),
        kinds=[(kind.value, absence_label(kind)) for kind in ABSENCES],
        absence_label=absence_label,
        today=today(),
    )


@blueprint.get("/pauta")
@requires(PUBLIC)
async def board() -> str:
    """Today's hearings: for staff with names, for everybody else by number only."""
    person = current_viewer()
    first, until = _midnight(today()), _midnight(today() + timedelta(days=1))
    staff = person is not None and person.is_staff
    if query("tela") == "1":
        staff = False  # the screen in the lobby, whoever opened it
    lines = (
        await agendas.day(first, until)
        if staff
        else await agendas.public_day(first, until, parts().profile.scheduling)
    )
    return render(
        "scheduling/board.html",
        staff=staff,
        screen=query("tela") == "1",
        lines=lines,
        now=here(),
        today=today(),
        room_name=parts().profile.scheduling.room_name,
        state_label=hearing_state_label,
    )
