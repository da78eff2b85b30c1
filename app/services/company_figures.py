"""How companies answer, read from their cases: figures, and the cases themselves for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.db import day, moment, rows
from models.rules.case_machine import CIP_RUNS, State
from models.rules.company_figures import CaseFacts, CompanyFigures, figures
from models.rules.fulfilment import kept
from models.rules.hearing import AGREEMENTS

MOST = 5000
"""Cases that are read at most, the newest: more than the busiest company of a city gets in two years."""
SINCE = timedelta(days=730)
_TERM_RUNS = frozenset({*CIP_RUNS, State.UNANSWERED})


@dataclass(frozen=True)
class CompanyCaseLine:
    """One case of a company, as its figures and its spreadsheet need it; amounts in centavos."""

    id: int
    protocol: str
    state: State
    consumer: str
    problem: str
    amount_cents: int | None
    facts: CaseFacts


_CASES = """
SELECT c.id, c.protocol, c.state, c.notified_at, c.due_on, c.amount_cents, u.name AS consumer,
       p.label AS problem,
       (SELECT MAX(n.due_on) FROM notice n WHERE n.case_id = c.id) AS answer_due,
       (SELECT MIN(e.at) FROM case_event e
         WHERE e.case_id = c.id AND e.name = 'company_answered') AS answered_at,
       (SELECT MIN(e.at) FROM case_event e
         WHERE e.case_id = c.id AND e.name = 'offer_accepted') AS accepted_at,
       (SELECT COUNT(*) FROM obligation o WHERE o.case_id = c.id AND o.debtor = 'company') AS owed,
       (SELECT COUNT(*) FROM obligation o WHERE o.case_id = c.id AND o.debtor = 'company'
          AND o.state = 'kept' AND o.broken_at IS NULL) AS kept,
       (SELECT COUNT(*) FROM obligation o WHERE o.case_id = c.id AND o.debtor = 'company'
          AND o.broken_at IS NOT NULL) AS broken,
       (SELECT MIN(h.closed_at) FROM hearing h
         WHERE h.case_id = c.id AND h.outcome IN ({outcomes})) AS agreed_at
  FROM case_file c
  JOIN user_account u ON u.id = c.consumer_id
  LEFT JOIN problem p ON p.id = c.problem_id
 WHERE c.notified_at >= $1 AND c.company_id IN ({companies})
 ORDER BY c.notified_at DESC, c.id DESC LIMIT {most}
"""


async def cases_of(
    company_ids: Sequence[int], zone: ZoneInfo, *, now: datetime
) -> tuple[CompanyCaseLine, ...]:
    """The cases that these companies received in the last two years, the newest first."""
    if not company_ids:
        return ()
    outcomes = sorted(AGREEMENTS)
    values: list[Any] = [now - SINCE, *outcomes, *company_ids]
    marks = [f"${number}" for number in range(2, len(values) + 1)]
    statement = _CASES.format(
        outcomes=", ".join(marks[: len(outcomes)]), companies=", ".join(marks[len(outcomes) :]), most=MOST
    )
    return tuple(_line(row, zone) for row in await rows(statement, values))


async def of_companies(
    company_ids: Sequence[int], zone: ZoneInfo, *, now: datetime
) -> tuple[CompanyFigures, tuple[CompanyCaseLine, ...]]:
    """The figures of these companies together, and the cases behind them."""
    lines = await cases_of(company_ids, zone, now=now)
    return figures([line.facts for line in lines], now.astimezone(zone).date()), lines


def _line(row: Mapping[str, Any], zone: ZoneInfo) -> CompanyCaseLine:
    state = State(row["state"])
    agreed = [at for at in (moment(row["accepted_at"]), moment(row["agreed_at"])) if at is not None]
    return CompanyCaseLine(
        id=row["id"],
        protocol=row["protocol"] or "",
        state=state,
        consumer=row["consumer"],
        problem=row["problem"] or "",
        amount_cents=row["amount_cents"],
        facts=CaseFacts(
            received_on=moment(row["notified_at"]).astimezone(zone).date(),
            answered_on=_on(moment(row["answered_at"]), zone),
            due_on=_due(state, row),
            answer_due=day(row["answer_due"]),
            closed=state is State.ARCHIVED,
            agreed_on=_on(min(agreed), zone) if agreed else None,
            kept=kept(owed=row["owed"], confirmed=row["kept"], broken=row["broken"]),
        ),
    )


def _due(state: State, row: Mapping[str, Any]) -> date | None:
    runs: date | str | None = None
    if state in _TERM_RUNS:
        runs = row["answer_due"]
    elif state is State.FULFILMENT:
        runs = row["due_on"]
    return day(runs)


def _on(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at is not None else None
