"""Terms and their calendar for staff: a simulator that explains itself, and the days set by decree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import N_
from app.i18n import gettext as _
from app.services import calendars
from app.services.calendars import Decree
from app.services.duty_words import term_names
from app.web.access import STAFF, requires, viewer
from app.web.decrees import described
from app.web.errors import field_sentences
from app.web.forms import form, query
from app.web.parts import parts
from app.web.render import render
from app.web.term_picture import picture
from app.web.today import calendar, now, today, typed_day
from models import DayKind
from models.rules.errors import Invalid
from models.rules.people import Role
from models.rules.term_words import explain
from models.rules.terms import Kind, Term, due_date

blueprint = Blueprint("terms", __name__)

OWN = "proprio"
"""The simulator's choice of a term that no act of the profile has."""
LONGEST = 365
KINDS = {
    DayKind.HOLIDAY: N_("Feriado"),
    DayKind.OPTIONAL: N_("Ponto facultativo"),
    DayKind.SUSPENSION: N_("Prazos suspensos"),
    DayKind.WORKING: N_("Dia com expediente"),
}


@blueprint.get("/prazos")
@requires(STAFF)
async def simulator() -> ResponseReturnValue:
    """Count a term from a day, with its explanation and a picture of the days."""
    typed = {name: query(name) for name in ("ato", "dias", "tipo", "inicio")}
    asked = any(typed.values())
    values = {"ato": "company_answer", "tipo": "calendar", "inicio": today().isoformat(), **_given(typed)}
    term, start, errors = _read(values)
    known, names = await calendar(), term_names()
    result = due_date(term, start, known) if term and start and not errors else None
    return render(
        "terms/simulator.html",
        form={"values": values, "errors": errors if asked else {}},
        acts=[*((name, names.get(name, name)) for name in parts().profile.terms), (OWN, _("Outro prazo"))],
        result=result,
        explanation=explain(result) if result else "",
        months=picture(result, known) if result else (),
    )


@blueprint.get("/calendario")
@requires(STAFF)
async def year_page() -> ResponseReturnValue:
    """A year's holidays, optional days and suspensions, and where each comes from."""
    return await _year_page({}, {})


@blueprint.post("/calendario")
@requires(Role.COORDINATOR)
async def add() -> ResponseReturnValue:
    """Set days by decree; the terms that run are counted again."""
    typed = await form()
    decree = Decree(
        first=typed_day(typed.get("first", "")),
        last=typed_day(typed["last"]) if typed.get("last") else None,
        kind=next((kind for kind in DayKind if kind == typed.get("kind")), None),
        name=typed.get("name", "")[:120],
        decree=typed.get("decree", "")[:160],
    )
    try:
        await calendars.add(viewer(), decree, now=now())
    except Invalid as error:
        return await _year_page(typed, field_sentences(error)), 422
    return _to_year(decree.first.year if decree.first else today().year)


@blueprint.post("/calendario/<int:entry_id>/revogar")
@requires(Role.COORDINATOR)
async def revoke(entry_id: int) -> ResponseReturnValue:
    """Take back days that were set by decree."""
    await calendars.revoke(viewer(), entry_id, now=now())
    return _to_year(_year())


@blueprint.post("/calendario/confirmar")
@requires(Role.COORDINATOR)
async def confirm() -> ResponseReturnValue:
    """Confirm that a year's calendar is complete."""
    await calendars.confirm(viewer(), _year(), today=today(), now=now())
    return _to_year(_year())


def _to_year(number: int) -> ResponseReturnValue:
    return redirect(url_for(".year_page", ano=number), 303)


def _year() -> int:
    """The year asked for, within what the calendar covers; this year when there is none."""
    typed = query("ano")
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else today().year
    return min(max(wanted, today().year - calendars.YEARS_BACK), today().year + calendars.YEARS_AHEAD)


async def _year_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    chosen = _year()
    shown = await calendars.year(parts().holidays, chosen)
    return render(
        "terms/calendar.html",
        year=shown,
        files={line.id: described(line.file) for line in shown.entries if line.file},
        years=[
            (url_for(".year_page", ano=number), str(number), None)
            for number in range(today().year - 1, today().year + calendars.YEARS_AHEAD)
        ],
        current=url_for(".year_page", ano=chosen),
        unconfirmed=await calendars.unconfirmed_year(today()),
        kinds=[(kind.value, _(label)) for kind, label in KINDS.items()],
        may_edit=viewer().role is Role.COORDINATOR,
        form={"values": typed, "errors": errors},
    )


def _given(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if value}


def _read(values: Mapping[str, str]) -> tuple[Term | None, date | None, dict[str, str]]:
    """The term and its start as typed, and a sentence for each field that cannot be."""
    errors = {}
    start = typed_day(values["inicio"])
    if start is None or abs((start - today()).days) > LONGEST:
        errors["inicio"] = _("Informe um dia entre um ano atrás e um ano adiante.")
    term = parts().profile.terms.get(values["ato"])
    if values["ato"] == OWN:
        days = values.get("dias", "")
        amount = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
        if not 1 <= amount <= LONGEST:
            errors["dias"] = _("Informe de 1 a %(most)s dias.") % {"most": LONGEST}
        kind: Kind = "business" if values["tipo"] == "business" else "calendar"
        term = Term(OWN, amount, kind, _("simulação"))
    elif term is None:
        errors["ato"] = _("Escolha uma das opções.")
    return term, start, errors
