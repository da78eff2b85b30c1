"""The calculation report (memória de cálculo) on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from app.adapters.document_words import day_words, template_data
from app.adapters.documents import Letterhead
from models.rules.agreement import money


@dataclass(frozen=True, kw_only=False)
class ReportLine:
    """One charge of the table; amounts in centavos."""

    paid_on: date
    cents: int
    base_cents: int
    factor: Decimal
    corrected_cents: int
    interest_cents: int
    total_cents: int


@dataclass(frozen=True, kw_only=True)
class CalculationReport:
    """A calculation of undue charges (calculo.typ).

    ``totals`` are paid, doubled, corrected, interest and owed; ``missing`` the months that count as zero for
    want of a value, as people read them; ``tables`` the per cent of each month, by series.
    """

    template: ClassVar[str] = "calculo.typ"

    agency: Letterhead
    protocol: str
    issued_at: datetime
    title: str
    until: date
    method: tuple[str, ...]
    lines: tuple[ReportLine, ...]
    totals: tuple[int, int, int, int, int]
    missing: str
    tables: tuple[tuple[str, tuple[tuple[date, Decimal], ...]], ...]

    def to_json(self) -> bytes:
        """See Document.to_json."""
        first = min((line.paid_on.replace(day=1) for line in self.lines), default=self.until)
        last = self.until.replace(day=1)
        return template_data(
            self,
            {
                "title": "Memória de cálculo",
                "description": "Cálculo de cobrança indevida",
                "kind": "Cálculo",
                "about": self.title,
                "until": day_words(self.until),
                "method": self.method,
                "lines": [
                    [
                        f"{line.paid_on:%d/%m/%Y}",
                        money(line.cents),
                        money(line.base_cents),
                        _comma(line.factor.quantize(Decimal("1.00000000"))),
                        money(line.corrected_cents),
                        money(line.interest_cents),
                        money(line.total_cents),
                    ]
                    for line in self.lines
                ],
                "totals": [money(total) for total in self.totals],
                "missing": self.missing,
                "tables": [
                    [
                        name,
                        [
                            [f"{month:%m/%Y}", _percent(rate)]
                            for month, rate in months
                            if first <= month < last
                        ],
                    ]
                    for name, months in self.tables
                ],
            },
        )


def _percent(rate: Decimal) -> str:
    """With two places, or as many as it has: 0,42 %; 0,5137 %."""
    exact, cents = rate.normalize(), rate.quantize(Decimal("1.00"))
    return _comma(cents if exact == cents else exact) + " %"


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")
