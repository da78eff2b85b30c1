"""Calculations as typed: read, worked out, shown as a report, put into a case."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from app.adapters.calculation_document import CalculationReport, ReportLine
from app.adapters.pdf import PdfMaker
from app.adapters.storage import Storage
from app.db import transaction
from app.i18n import gettext as _
from app.profile import Profile
from app.services import casefile, indices
from app.services.indices import SeriesView
from app.services.letterhead import letterhead
from models import Document, DocumentKind
from models.rules.agreement import money
from models.rules.calculation import (
    Charge,
    FixedInterest,
    Instalment,
    Result,
    Rules,
    SeriesInterest,
    instalments,
    restitution,
)
from models.rules.errors import Invalid, Refused
from models.rules.money import typed_cents
from models.rules.people import Role, Side, Viewer

MAX_CHARGES = 120
MAX_INSTALMENTS = 420
_CHARGE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s*[;\s]\s*(.+)")
CALCULATORS = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR})


@dataclass(frozen=True)
class Restitution:
    """A calculation of undue charges: how it was made, and the result."""

    rules: Rules
    series: SeriesView | None
    rates: SeriesView | None
    result: Result
    title: str

    @property
    def missing(self) -> str:
        """The months that count as zero for want of a value, as people read them; "" for none."""
        return ", ".join(f"{month:%m/%Y}" for month in self.result.missing)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The series in use that nobody has compared with their source."""
        return tuple(one.name for one in (self.series, self.rates) if one and not one.checked)

    def method(self) -> tuple[str, ...]:
        """How it was made, in sentences for people who check it."""
        said = []
        if self.rules.doubled:
            said.append(_("Devolução em dobro do que foi pago em excesso (CDC, art. 42, parágrafo único)."))
        if self.series:
            said.append(
                _("Correção por %(name)s, do mês do pagamento ao anterior ao do cálculo. Fonte: %(source)s.")
                % {"name": self.series.name, "source": self.series.source}
            )
        else:
            said.append(_("Sem correção monetária."))
        if isinstance(self.rules.interest, FixedInterest):
            said.append(
                _("Juros simples de %(percent)s%% ao mês, por dia (mês de 30 dias), desde %(day)s.")
                % {
                    "percent": str(self.rules.interest.percent).replace(".", ","),
                    "day": f"{self.rules.interest.since:%d/%m/%Y}",
                }
            )
        elif self.rules.interest and self.rates:
            said.append(
                _("Juros simples por %(name)s, taxas dos meses somadas, desde %(day)s. Fonte: %(source)s.")
                % {
                    "name": self.rates.name,
                    "day": f"{self.rules.interest.since:%d/%m/%Y}",
                    "source": self.rates.source,
                }
            )
        else:
            said.append(_("Sem juros."))
        if self.missing:
            said.append(
                _("Meses sem valor carregado, contados como zero: %(months)s.") % {"months": self.missing}
            )
        said += [
            _("%(name)s: os valores ainda não foram conferidos na fonte.") % {"name": name}
            for name in self.unchecked
        ]
        said.append(_("Cada valor é arredondado ao centavo, meio para cima."))
        return tuple(said)


@dataclass(frozen=True)
class Loan:
    """A debt in instalments, and what a charged instalment takes too much."""

    amount_cents: int
    percent: Decimal
    lines: tuple[Instalment, ...]
    charged_cents: int | None

    @property
    def paid_cents(self) -> int:
        """What all instalments come to."""
        return sum(line.cents for line in self.lines)

    @property
    def interest_cents(self) -> int:
        """What the debt costs."""
        return sum(line.interest_cents for line in self.lines)

    @property
    def over_cents(self) -> int | None:
        """What the charged instalments take over the calculated ones, in all."""
        return None if self.charged_cents is None else self.charged_cents * len(self.lines) - self.paid_cents


def told(found: Restitution) -> str:
    """The calculation in words, as an answer to who asked for it."""
    lines = [
        _("%(title)s: %(total)s em %(day)s.")
        % {
            "title": found.title,
            "total": money(found.result.total_cents),
            "day": f"{found.rules.until:%d/%m/%Y}",
        },
        "",
    ]
    lines += [
        _("Pago em %(day)s: %(paid)s; devido: %(total)s.")
        % {
            "day": f"{line.charge.paid_on:%d/%m/%Y}",
            "paid": money(line.charge.cents),
            "total": money(line.total_cents),
        }
        for line in found.result.lines
    ]
    return "\n".join([*lines, "", *found.method()])


def loan_told(found: Loan) -> str:
    """A debt in instalments in words, as an answer to who asked for it."""
    facts = {
        "amount": money(found.amount_cents),
        "count": len(found.lines),
        "rate": str(found.percent).replace(".", ","),
        "part": money(found.lines[0].cents),
        "paid": money(found.paid_cents),
        "interest": money(found.interest_cents),
    }
    said = [
        _("%(amount)s em %(count)s parcelas, com juros de %(rate)s%% ao mês (Tabela Price): %(part)s cada.")
        % facts,
        _("No fim são %(paid)s, dos quais %(interest)s de juros.") % facts,
    ]
    if found.charged_cents is not None and found.over_cents is not None:
        facts |= {"charged": money(found.charged_cents), "over": money(max(found.over_cents, 0))}
        said.append(_("A parcela cobrada é de %(charged)s: %(over)s a mais no total.") % facts)
    return "\n".join(said)


async def undue(typed: Mapping[str, str]) -> Restitution:
    """Undue charges as typed; Invalid names every wrong field, of the charges the first wrong line."""
    wrong: dict[str, str] = {}
    charges, line = _charges(typed.get("charges", ""))
    if not charges:
        wrong["charges"] = "charge_line"
    until = _day(typed, "until", wrong)
    percent = _percent(typed.get("percent", ""), "percent", wrong) if typed.get("percent") else None
    series, rates = await _series(typed, "series"), await _series(typed, "rates")
    if percent and rates:
        wrong["rates"] = "interest_twice"
    since = _day(typed, "since", wrong) if percent or rates else None
    if wrong or until is None:
        raise Invalid(wrong, line=line)
    interest: FixedInterest | SeriesInterest | None = None
    if since and rates:
        interest = SeriesInterest(rates.months, since)
    elif since and percent:
        interest = FixedInterest(percent, since)
    rules = Rules(until, bool(typed.get("doubled")), series.months if series else {}, interest)
    title = typed.get("title", "").strip()[:120] or _("Cobrança indevida")
    return Restitution(rules, series, rates, restitution(charges, rules), title)


async def _series(typed: Mapping[str, str], name: str) -> SeriesView | None:
    return (await indices.monthly(typed[name]))[0] if typed.get(name) else None


def loan(typed: Mapping[str, str]) -> Loan:
    """A debt in instalments as typed."""
    wrong: dict[str, str] = {}
    amount = typed_cents(typed.get("amount", ""))
    if not amount:
        wrong["amount"] = "amount_invalid"
    count = typed.get("count", "")
    if not (count.isascii() and count.isdigit() and 1 <= int(count[:4]) <= MAX_INSTALMENTS):
        wrong["count"] = "instalment_count"
    percent = _percent(typed.get("rate", "") or "0", "rate", wrong)
    charged = typed_cents(typed["charged"]) if typed.get("charged") else None
    if typed.get("charged") and charged is None:
        wrong["charged"] = "amount_invalid"
    if wrong or amount is None or percent is None:
        raise Invalid(wrong, max=MAX_INSTALMENTS)
    return Loan(amount, percent, instalments(amount, int(count), percent), charged)


def report(found: Restitution, *, profile: Profile, protocol: str, now: datetime) -> CalculationReport:
    """The calculation report (memória de cálculo) of undue charges."""
    result = found.result
    return CalculationReport(
        agency=letterhead(profile),
        protocol=protocol,
        issued_at=now,
        title=found.title,
        until=found.rules.until,
        method=found.method(),
        lines=tuple(
            ReportLine(
                line.charge.paid_on,
                line.charge.cents,
                line.base_cents,
                line.factor,
                line.corrected_cents,
                line.interest_cents,
                line.total_cents,
            )
            for line in result.lines
        ),
        totals=(
            result.paid_cents,
            result.base_cents,
            result.corrected_cents,
            result.interest_cents,
            result.total_cents,
        ),
        missing=found.missing,
        tables=tuple(
            (one.name, tuple(sorted(one.months.items()))) for one in (found.series, found.rates) if one
        ),
    )


async def attach(
    case_id: int,
    viewer: Viewer,
    found: Restitution,
    *,
    profile: Profile,
    pdf: PdfMaker,
    storage: Storage,
    now: datetime,
) -> UUID:
    """Put the report into a case, for its parties to see; Refused for who may not calculate."""
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.STAFF or viewer.role not in CALCULATORS:
        raise Refused("not_yours")
    paper = await pdf.render(report(found, profile=profile, protocol=case.protocol or str(case_id), now=now))
    key = await storage.put(paper)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        sides = (Side.CONSUMER, Side.COMPANY, Side.STAFF)
        document = await Document.create(
            id=uuid4(),
            case_id=case_id,
            owner_id=None,
            kind=DocumentKind.CALCULATION,
            sides=",".join(sides),
            filename=f"memoria-de-calculo-{now:%Y%m%d-%H%M}.pdf",
            media_type="application/pdf",
            size=len(paper),
            sha256=hashlib.sha256(paper).hexdigest(),
            storage_key=key,
            at=now,
            attached_at=now,
        )
        told = {"document": str(document.id), "kind": document.kind, "sha256": document.sha256}
        await casefile.record(file, "document_ready", now=now, facts=told)
        return document.id


def _charges(text: str) -> tuple[list[Charge], int]:
    """The charges, a line each ("05/03/2025 89,90"), and the number of the first line that is none."""
    found: list[Charge] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _CHARGE.fullmatch(line.strip())
        amount = typed_cents(match[4]) if match else None
        try:
            day = date(int(match[3]), int(match[2]), int(match[1])) if match else None
        except ValueError:
            day = None
        if not amount or day is None or day.year < 1990 or len(found) >= MAX_CHARGES:
            return [], number
        found.append(Charge(day, amount))
    return found, 1


def _day(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed.get(name, ""))
    except ValueError:
        wrong[name] = "date_invalid"
        return None


def _percent(typed: str, name: str, wrong: dict[str, str]) -> Decimal | None:
    try:
        percent = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        percent = Decimal(-1)
    if not percent.is_finite() or not 0 <= percent <= 100:
        wrong[name] = "percent_invalid"
        return None
    return percent
