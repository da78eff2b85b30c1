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
from models.rules.outcomes import Cause, outcome_text


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
    """proposed -> accepted by both sides -> frozen; or withdrawn, or replaced by a newer version."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


GONE = (ClauseState.WITHDRAWN, ClauseState.REPLACED)
"""What a clause is in when it is no part of the agreement any more."""


KIND_TEXT: dict[ClauseKind, str] = {
    ClauseKind.PAY: "pagar",
    ClauseKind.REFUND: "restituir",
    ClauseKind.REPLACE: "substituir o produto",
    ClauseKind.REPAIR: "reparar o produto ou serviço",
    ClauseKind.DELIVER: "entregar",
    ClauseKind.DO: "fazer",
    ClauseKind.NOT_DO: "não fazer",
}
WITH_AMOUNT = frozenset({ClauseKind.PAY, ClauseKind.REFUND})
CONSUMER_FINE_PERCENT = 2
"""The most that a consumer who pays late owes on top, in percent of the payment (CDC art. 52 §1)."""


@dataclass(frozen=True)
class Penalty:
    """What follows when a clause is not kept.

    ``fine_percent`` is a fine on what was not paid, ``fine_cents`` a fixed one; ``accelerates`` makes the
    instalments that remain fall due at once (CC arts. 408, 416 and 1425).
    """

    fine_percent: int | None = None
    fine_cents: int | None = None
    accelerates: bool = False


NO_PENALTY = Penalty()


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
    place: str = ""
    penalty: Penalty = NO_PENALTY

    @property
    def payments(self) -> tuple[Instalment, ...]:
        """The table of a clause that is paid in instalments; empty for any other."""
        if self.amount_cents is None or self.due_on is None or self.instalments == 1:
            return ()
        return instalment_table(self.amount_cents, self.instalments, self.due_on)


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
    return f"Cláusula {clause.number}. {obligation_text(clause)}"


def obligation_text(clause: ClauseTerms) -> str:
    """What a clause says, without its number, which changes when another one is withdrawn."""
    debtor = "A empresa" if clause.debtor is SeatRole.COMPANY else "O consumidor"
    parts = [f"{debtor} obriga-se a {KIND_TEXT[clause.kind]}"]
    if clause.amount_cents is not None:
        parts.append(f" o valor de {money(clause.amount_cents)}")
        if clause.instalments > 1:
            parts.append(f", em {clause.instalments} parcelas mensais")
    if clause.due_on is not None:
        word = "a primeira até" if clause.instalments > 1 else "até"
        parts.append(f", {word} {clause.due_on:%d/%m/%Y}")
    detail = " ".join(clause.text.split())
    sentence = "".join(parts) + (f": {detail}" if detail else "")
    sentences = [_ended(sentence)]
    if place := " ".join(clause.place.split()):
        sentences.append(_ended(f"Local: {place}"))
    if penalty := penalty_text(clause.penalty):
        sentences.append(f"Se não for cumprida: {penalty}.")
    return " ".join(sentences)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def penalty_text(penalty: Penalty) -> str:
    """What follows when a clause is not kept, to stand within a sentence; empty when nothing does."""
    found = []
    if penalty.fine_percent is not None:
        found.append(f"multa de {penalty.fine_percent}% sobre o valor não pago")
    if penalty.fine_cents is not None:
        found.append(f"multa de {money(penalty.fine_cents)}")
    if penalty.accelerates:
        found.append("vencimento antecipado das parcelas restantes")
    return " e ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def wrong_penalty(terms: ClauseTerms) -> dict[str, str]:
    """What cannot stand in a clause's penalty: codes by field.

    A percentage and an early due date are of money; a fine may not exceed what is owed (CC art. 412), nor
    two percent of what a consumer pays late (CDC art. 52 §1).
    """
    penalty, amount = terms.penalty, terms.amount_cents
    wrong = {}
    if penalty.fine_percent is not None:
        most = CONSUMER_FINE_PERCENT if terms.debtor is SeatRole.CONSUMER else 100
        if amount is None:
            wrong["fine_percent"] = "fine_without_amount"
        elif not 1 <= penalty.fine_percent <= most:
            wrong["fine_percent"] = "fine_consumer" if most < 100 else "fine_invalid"
    if penalty.fine_cents is not None:
        if penalty.fine_cents < 1 or (amount is not None and penalty.fine_cents > amount):
            wrong["fine"] = "fine_too_high"
        elif terms.debtor is SeatRole.CONSUMER and amount is not None and _late(penalty.fine_cents, amount):
            wrong["fine"] = "fine_consumer"
    if penalty.accelerates and terms.instalments == 1:
        wrong["accelerates"] = "accelerates_nothing"
    return wrong


def _late(fine_cents: int, amount_cents: int) -> bool:
    return fine_cents * 100 > amount_cents * CONSUMER_FINE_PERCENT


def canonical_text(
    *,
    protocol: str,
    consumer: str,
    company: str,
    outcome: Outcome,
    minutes: str,
    clauses: Iterable[ClauseTerms],
    cause: Cause | None = None,
) -> str:
    """The final text that is signed: case, parties, outcome, minutes and clauses, lines ending in LF.

    Each payment of a clause in instalments has a line of its own.
    """
    lines = [
        f"Reclamação {protocol}",
        f"Consumidor: {consumer}",
        f"Fornecedor: {company}",
        f"Resultado: {outcome_text(outcome, cause)}",
        "",
        "\n".join(line.rstrip() for line in minutes.strip().splitlines()),
        "",
    ]
    for clause in clauses:
        lines.append(clause_text(clause))
        lines += [
            f"Parcela {one.number}: {money(one.amount_cents)}, até {one.due_on:%d/%m/%Y}."
            for one in clause.payments
        ]
    return "\n".join(lines).strip() + "\n"


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
    live = [state for state in states if state not in GONE]
    if outcome in AGREEMENTS:
        if not live:
            raise Refused("agreement_without_clauses")
        if any(state is not ClauseState.ACCEPTED for state in live):
            raise Refused("clauses_open")
    elif live:
        raise Refused("clauses_without_agreement")
    if not minutes.strip() and outcome not in NOT_HELD:
        raise Refused("minutes_empty")
