"""Calculations over HTTP: undue charges, instalments, the report, and the series of indices they use."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint, Response, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import attendances, calculations, indices
from app.services.calculations import Loan, Restitution
from app.web.access import STAFF, requires, viewer
from app.web.errors import field_sentences
from app.web.forms import form, query
from app.web.parts import parts
from app.web.plots import Plot, stacked
from app.web.render import render
from app.web.stored import attachment
from app.web.today import now, today
from models.rules.attendance import Kind
from models.rules.errors import Invalid, NotFound
from models.rules.people import Role

blueprint = Blueprint("calculations", __name__)

_CALCULATORS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)


@blueprint.get("/calculos")
@requires(STAFF)
async def page() -> str:
    """The form of undue charges; ``caso`` or ``atendimento`` is what the calculation is for."""
    begun = {"until": today().isoformat(), "doubled": "1", "case": _number("caso"), **_for_whom()}
    return await _page(begun, {}, None)


@blueprint.post("/calculos")
@requires(*_CALCULATORS)
async def calculate() -> ResponseReturnValue:
    """The result on the page, as a PDF (``do=pdf``), in the case (``do=attach``), or as an answer."""
    typed = await form()
    try:
        found = await calculations.undue(typed)
    except Invalid as error:
        return await _page(typed, field_sentences(error), None), 422
    if typed.get("do") == "pdf":
        return await _pdf(found, typed)
    if typed.get("do") == "attach" and typed.get("case", "").isdigit():
        case_id = int(typed["case"][:9])
        bound = parts()
        await calculations.attach(
            case_id,
            viewer(),
            found,
            profile=bound.profile,
            pdf=bound.pdf,
            storage=bound.storage,
            now=now(),
        )
        return redirect(url_for("cases.show", case_id=case_id), 303)
    if typed.get("do") == "answer":
        return await _answer(typed, calculations.told(found))
    return await _page(typed, {}, found)


@blueprint.get("/calculos/parcelas")
@requires(STAFF)
async def loan_page() -> str:
    """The form of a debt in instalments; ``atendimento`` is what it is for."""
    return _loan(_for_whom(), {}, None)


@blueprint.post("/calculos/parcelas")
@requires(*_CALCULATORS)
async def loan() -> ResponseReturnValue:
    """The instalments of a debt, on the page or as an answer (``do=answer``)."""
    typed = await form()
    try:
        found = calculations.loan(typed)
    except Invalid as error:
        return _loan(typed, field_sentences(error), None), 422
    if typed.get("do") == "answer":
        return await _answer(typed, calculations.loan_told(found))
    return _loan(typed, {}, found)


async def _answer(typed: Mapping[str, str], text: str) -> ResponseReturnValue:
    """The calculation answers who came for it; a colleague may have answered meanwhile (Refused)."""
    number = typed.get("attendance", "")
    if not (number.isascii() and number.isdigit()):
        raise NotFound
    await attendances.answer(int(number[:9]), viewer(), text, now=now(), kind=Kind.CALCULATION)
    return redirect(url_for("attendance.show", attendance_id=int(number[:9])), 303)


def _number(name: str) -> str:
    typed = query(name)
    return typed if typed.isascii() and typed.isdigit() else ""


def _for_whom() -> dict[str, str]:
    return {"attendance": _number("atendimento")}


@blueprint.get("/calculos/indices")
@requires(STAFF)
async def series_page() -> str:
    """The series of indices, with their sources; ``serie`` is the one that is about to be loaded."""
    return await _series(await _begun(query("serie")), {})


@blueprint.post("/calculos/indices")
@requires(Role.COORDINATOR)
async def import_series() -> ResponseReturnValue:
    """Enter the months of a CSV."""
    typed = await form()
    names = ("code", "name", "source", "text")
    try:
        await indices.import_csv(*(typed.get(name, "") for name in names), today=today(), now=now())
    except Invalid as error:
        return await _series(typed, field_sentences(error)), 422
    return redirect(url_for(".series_page"), 303)


@blueprint.post("/calculos/indices/<code>/conferir")
@requires(Role.COORDINATOR)
async def check_series(code: str) -> ResponseReturnValue:
    """The coordination has compared a series with its source."""
    await indices.check(code, now=now())
    return redirect(url_for(".series_page"), 303)


async def _begun(code: str) -> dict[str, str]:
    """What is known of a series before its months are pasted."""
    for one in await indices.all_series():
        if one.code == code:
            return {"code": one.code, "name": one.name, "source": one.source}
    known = next((one for one in indices.KNOWN if one.code == code), None)
    return {"code": known.code, "name": _(known.name)} if known else {}


async def _pdf(found: Restitution, typed: Mapping[str, str]) -> Response:
    bound = parts()
    protocol = typed.get("case") or "—"
    paper = calculations.report(found, profile=bound.profile, protocol=protocol, now=now())
    pdf = await bound.pdf.render(paper)
    name = attachment("memoria-de-calculo.pdf")
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


async def _page(values: Mapping[str, str], errors: Mapping[str, str], found: Restitution | None) -> str:
    return render(
        "calculations/undue.html",
        form={"values": values, "errors": errors},
        series=[(one.code, one.name) for one in await indices.all_series()],
        found=found,
        plot=_charges_plot(found) if found else None,
        most=calculations.MAX_CHARGES,
    )


def _loan(values: Mapping[str, str], errors: Mapping[str, str], found: Loan | None) -> str:
    shown = {"values": values, "errors": errors}
    return render(
        "calculations/loan.html", form=shown, found=found, plot=_loan_plot(found) if found else None
    )


async def _series(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    loaded = await indices.all_series()
    codes = {one.code for one in loaded}
    return render(
        "calculations/series.html",
        form={"values": values, "errors": errors},
        series=[(one, stacked([(f"{m:%m/%y}", [("rate", p)]) for m, p in one.recent])) for one in loaded],
        known=[(one, _(one.name), _(one.published)) for one in indices.KNOWN if one.code not in codes],
    )


def _charges_plot(found: Restitution) -> Plot:
    """Each charge: what was paid, what doubling, correction and interest add."""
    return stacked(
        [
            (
                f"{line.charge.paid_on:%m/%y}",
                [
                    ("paid", line.charge.cents),
                    ("doubled", line.base_cents - line.charge.cents),
                    ("corrected", max(line.corrected_cents - line.base_cents, 0)),
                    ("interest", line.interest_cents),
                ],
            )
            for line in found.result.lines
        ]
    )


def _loan_plot(found: Loan) -> Plot:
    """Each instalment: interest, and what it takes off the debt."""
    return stacked(
        [
            (str(line.number), [("principal", line.principal_cents), ("interest", line.interest_cents)])
            for line in found.lines
        ]
    )
