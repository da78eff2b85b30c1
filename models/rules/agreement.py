"""The agreement: clauses as obligations, their canonical text and its SHA-256, and who must sign.

What is hashed is what people read: the same canonical text is shown on the page, put into the PDF and
hashed, so a signature binds to words and not to rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.errors import Refused
from models.rules.hearing import AGREEMENTS, NOT_HELD, Outcome, SeatRole


class ClauseKind(StrEnum):
    """What is owed."""

    PAY = "pay"
    REFUND = "refund"
    REPLACE = "replace"
    REPAIR = "repair"
    DELIVER = "deliver"
    DO = "do"
    NOT_DO = "not_do"


class ClauseState(StrEnum):
    """proposed -> accepted by both sides -> frozen; or withdrawn by who proposed it."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"


KIND_TEXT: dict[ClauseKind, str] = {
    ClauseKind.PAY: "pagar",
    ClauseKind.REFUND: "restituir",
    ClauseKind.REPLACE: "substituir o produto",
    ClauseKind.REPAIR: "reparar o produto ou serviço",
    ClauseKind.DELIVER: "entregar",
    ClauseKind.DO: "fazer",
    ClauseKind.NOT_DO: "não fazer",
}
OUTCOME_TEXT: dict[Outcome, str] = {
    Outcome.FULL_AGREEMENT: "acordo integral",
    Outcome.PARTIAL_AGREEMENT: "acordo parcial",
    Outcome.NO_AGREEMENT: "sem acordo",
    Outcome.CONSUMER_ABSENT: "não realizada por ausência do consumidor",
    Outcome.COMPANY_ABSENT: "não realizada por ausência da empresa",
    Outcome.BOTH_ABSENT: "não realizada por ausência de ambas as partes",
    Outcome.TECHNICAL_FAILURE: "não realizada por falha técnica",
}
WITH_AMOUNT = frozenset({ClauseKind.PAY, ClauseKind.REFUND})


@dataclass(frozen=True)
class ClauseTerms:
    """What one clause says; amounts in centavos, ``debtor`` is the side that owes."""

    number: int
    kind: ClauseKind
    debtor: SeatRole
    text: str
    amount_cents: int | None
    instalments: int
    due_on: date | None


@dataclass(frozen=True)
class Instalment:
    """One payment of a clause: 1-based number, due date and centavos."""

    number: int
    due_on: date
    amount_cents: int


def money(cents: int) -> str:
    """Centavos as Brazilian currency: 123450 -> "R$ 1.234,50"."""
    whole, rest = divmod(cents, 100)
    return f"R$ {whole:,}".replace(",", ".") + f",{rest:02d}"


def instalment_table(amount_cents: int, count: int, first: date) -> tuple[Instalment, ...]:
    """Equal monthly payments that add up to the centavo; the odd centavos fall on the first ones.

    A month without the day of ``first`` uses its last day.
    """
    base, extra = divmod(amount_cents, count)
    return tuple(
        Instalment(index + 1, _months_after(first, index), base + (1 if index < extra else 0))
        for index in range(count)
    )


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    month += 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def clause_text(clause: ClauseTerms) -> str:
    """The canonical sentence of a clause, the same on the page, in the PDF and under the hash."""
    debtor = "A empresa" if clause.debtor is SeatRole.COMPANY else "O consumidor"
    verb = KIND_TEXT[clause.kind]
    parts = [f"Cláusula {clause.number}. {debtor} obriga-se a {verb}"]
    if clause.amount_cents is not None:
        parts.append(f" o valor de {money(clause.amount_cents)}")
        if clause.instalments > 1:
            parts.append(f", em {clause.instalments} parcelas mensais")
    if clause.due_on is not None:
        word = "a primeira até" if clause.instalments > 1 else "até"
        parts.append(f", {word} {clause.due_on:%d/%m/%Y}")
    detail = " ".join(clause.text.split())
    return "".join(parts) + (f": {detail}" if detail else "") + ("" if detail.endswith(".") else ".")


def canonical_text(
    *,
    protocol: str,
    consumer: str,
    company: str,
    outcome: Outcome,
    minutes: str,
    clauses: Iterable[ClauseTerms],
) -> str:
    """The final text that is signed: case, parties, outcome, minutes and clauses, lines ending in LF."""
    lines = [
        f"Reclamação {protocol}",
        f"Consumidor: {consumer}",
        f"Fornecedor: {company}",
        f"Resultado: {OUTCOME_TEXT[outcome]}",
        "",
        "\n".join(line.rstrip() for line in minutes.strip().splitlines()),
        "",
    ]
    lines += [clause_text(clause) for clause in clauses]
    return "\n".join(lines).strip() + "\n"


def settlement_text(
    *, protocol: str, consumer: str, company: str, by: str, terms: str, payment: str, until: date | None
) -> str:
    """The text of an agreement made by accepting an offer: what both sides read, lines ending in LF.

    ``by`` is who offered, ``terms`` the offer's own words, ``payment`` its amount and instalments or "".
    """
    lines = [
        f"Reclamação {protocol}",
        f"Consumidor: {consumer}",
        f"Fornecedor: {company}",
        f"Proposta de: {by}",
    ]
    lines += ["", "\n".join(line.rstrip() for line in terms.strip().splitlines())]
    lines += [f"Valor: {payment}"] if payment else []
    lines += [f"Cumprimento até: {until:%d/%m/%Y}"] if until else []
    return "\n".join(lines) + "\n"


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def required_signers(outcome: Outcome) -> frozenset[SeatRole]:
    """Who must sign before the hearing closes.

    An agreement binds only those who signed, so both parties and the mediator (CPC art. 784, IV);
    without one the mediator's signature makes the minutes.
    """
    if outcome in AGREEMENTS:
        return frozenset({SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR})
    return frozenset({SeatRole.MEDIATOR})


def check_freeze(outcome: Outcome, states: Sequence[ClauseState], minutes: str) -> None:
    """Refuse to freeze a text that is not ready.

    An agreement needs at least one clause and all of them accepted; without agreement no clause may
    remain open; a hearing that was held needs minutes.
    """
    live = [state for state in states if state is not ClauseState.WITHDRAWN]
    if outcome in AGREEMENTS:
        if not live:
            raise Refused("agreement_without_clauses")
        if any(state is not ClauseState.ACCEPTED for state in live):
            raise Refused("clauses_open")
    elif live:
        raise Refused("clauses_without_agreement")
    if not minutes.strip() and outcome not in NOT_HELD:
        raise Refused("minutes_empty")
