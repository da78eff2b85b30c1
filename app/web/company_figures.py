"""How a company answers, for itself and for staff: figures, a plot of the months, its cases as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from quart import Blueprint, Response, url_for

from app.i18n import gettext as _
from app.services import companies, company_figures
from app.services.company_figures import CompanyCaseLine
from app.services.wording import state_label
from app.web.access import STAFF, requires, viewer
from app.web.parts import parts
from app.web.render import render
from app.web.stored import attachment
from app.web.today import now, today
from models.rules.company_figures import CompanyFigures, Month
from models.rules.people import Role

blueprint = Blueprint("company_figures", __name__)

COLUMN, GAP, HEIGHT = 36, 12, 120
"""Width of a month's three bars, the room beside it and the plot's height, in its units."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it counts, how many, and where it stands."""

    kind: str
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Column:
    """A month in the plot."""

    month: Month
    x: int
    bars: tuple[Bar, ...]


@blueprint.get("/empresa")
@requires(Role.COMPANY)
async def own() -> str:
    """The figures of the companies that the person speaks for."""
    names = await companies.names(viewer().company_ids)
    return await _page(viewer().company_ids, ", ".join(names), url_for(".own_cases"), back="")


@blueprint.get("/empresa/casos.csv")
@requires(Role.COMPANY)
async def own_cases() -> Response:
    """Their cases for a spreadsheet."""
    return await _sheet(viewer().company_ids, "casos")


@blueprint.get("/empresas/<int:company_id>/indicadores")
@requires(STAFF)
async def show(company_id: int) -> str:
    """The figures of one company, for staff."""
    company = await companies.file(company_id)
    back = url_for("companies.show", company_id=company_id)
    return await _page([company_id], company.name, url_for(".cases", company_id=company_id), back=back)


@blueprint.get("/empresas/<int:company_id>/casos.csv")
@requires(STAFF)
async def cases(company_id: int) -> Response:
    """Its cases for a spreadsheet."""
    company = await companies.file(company_id)
    return await _sheet([company_id], f"casos-{company.cnpj}")


async def _page(company_ids: Sequence[int], name: str, sheet: str, *, back: str) -> str:
    found, _lines = await company_figures.of_companies(company_ids, parts().profile.agency.zone, now=now())
    return render(
        "companies/figures.html",
        name=name,
        figures=found,
        columns=plot(found),
        plot_width=len(found.months) * (COLUMN + GAP),
        plot_height=HEIGHT,
        sheet=sheet,
        back=back,
    )


def plot(found: CompanyFigures) -> tuple[Column, ...]:
    """The months side by side, all bars on one scale."""
    highest = max((max(m.received, m.answered, m.agreed) for m in found.months), default=0) or 1
    width = COLUMN // 3
    columns = []
    for index, month in enumerate(found.months):
        x = index * (COLUMN + GAP)
        counts = (("received", month.received), ("answered", month.answered), ("agreed", month.agreed))
        bars = []
        for place, (kind, count) in enumerate(counts):
            height = round(HEIGHT * count / highest)
            bars.append(Bar(kind, count, x + place * width, HEIGHT - height, height))
        columns.append(Column(month, x, tuple(bars)))
    return tuple(columns)


async def _sheet(company_ids: Sequence[int], name: str) -> Response:
    lines = await company_figures.cases_of(company_ids, parts().profile.agency.zone, now=now())
    # The mark of order tells Excel that this is UTF-8; semicolons are what it expects in Brazil
    text = "\ufeff" + table(lines)
    answer = Response(text, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"{name}-{today():%Y-%m-%d}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def table(lines: Iterable[CompanyCaseLine]) -> str:
    """The cases as semicolon-separated text, a heading first; no cell can be read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            *(_("Protocolo"), _("Situação"), _("Consumidor"), _("Problema"), _("Valor")),
            *(_("Recebida em"), _("Prazo da resposta"), _("Respondida em"), _("Dias até a resposta")),
            *(_("Acordo em"), _("Prazo que corre")),
        ]
    )
    for line in lines:
        facts = line.facts
        days = (facts.answered_on - facts.received_on).days if facts.answered_on else ""
        amount = f"{line.amount_cents / 100:.2f}".replace(".", ",") if line.amount_cents is not None else ""
        cells = [
            *(line.protocol, state_label(line.state), line.consumer, line.problem, amount),
            *(_day(facts.received_on), _day(facts.answer_due), _day(facts.answered_on), str(days)),
            *(_day(facts.agreed_on), _day(facts.due_on)),
        ]
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue()


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _plain(cell: str) -> str:
    """A cell that a spreadsheet takes for text even when somebody named themselves "=1+1"."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
