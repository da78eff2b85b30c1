"""Instalments to the centavo, canonical text and hash, who must sign, when a text may be frozen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.agreement import (
    ClauseKind,
    ClauseState,
    ClauseTerms,
    canonical_text,
    check_freeze,
    clause_text,
    instalment_table,
    money,
    required_signers,
    text_hash,
)
from models.rules.errors import Refused
from models.rules.hearing import AGREEMENTS, NOT_HELD, Outcome, SeatRole

REFUND = ClauseTerms(
    1,
    ClauseKind.REFUND,
    SeatRole.COMPANY,
    "por PIX, na chave informada em audiência",
    123_450,
    3,
    date(2026, 12, 10),
)


@given(st.integers(1, 10**9), st.integers(1, 48), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_instalments_add_up_and_never_skip_a_month(amount: int, count: int, first: date) -> None:
    table = instalment_table(amount, count, first)
    assert sum(item.amount_cents for item in table) == amount
    assert max(i.amount_cents for i in table) - min(i.amount_cents for i in table) <= 1
    months = [item.due_on.year * 12 + item.due_on.month for item in table]
    assert months == list(range(months[0], months[0] + count))
    assert all(item.due_on.day <= first.day for item in table)


def test_the_last_day_of_a_short_month() -> None:
    days = [item.due_on for item in instalment_table(100, 3, date(2027, 1, 31))]
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "R$ 0,00"), (5, "R$ 0,05"), (123_450, "R$ 1.234,50"), (10**9, "R$ 10.000.000,00")]
)
def test_money(cents: int, text: str) -> None:
    assert money(cents) == text


def test_clause_text() -> None:
    assert clause_text(REFUND) == (
        "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 1.234,50, em 3 parcelas mensais, "
        "a primeira até 10/12/2026: por PIX, na chave informada em audiência."
    )


def test_the_hash_depends_on_every_part() -> None:
    base = {
        "protocol": "2026.000001-2",
        "consumer": "Ana",
        "company": "Loja",
        "outcome": Outcome.FULL_AGREEMENT,
        "minutes": "Aberta a audiência.",
        "clauses": [REFUND],
    }
    first = text_hash(canonical_text(**base))
    assert first == text_hash(canonical_text(**{**base, "minutes": "Aberta a audiência.  \n"}))
    for change in (
        {"protocol": "2026.000002-3"},
        {"consumer": "Bia"},
        {"company": "Outra"},
        {"outcome": Outcome.PARTIAL_AGREEMENT},
        {"minutes": "Aberta a audiência"},
        {"clauses": []},
    ):
        assert text_hash(canonical_text(**{**base, **change})) != first


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_agreement_binds_only_who_signs(outcome: Outcome) -> None:
    parties = {SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR}
    expected = parties if outcome in AGREEMENTS else {SeatRole.MEDIATOR}
    assert required_signers(outcome) == expected


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(
    "states",
    [
        [],
        [ClauseState.WITHDRAWN],
        [ClauseState.ACCEPTED],
        [ClauseState.ACCEPTED, ClauseState.PROPOSED],
        [ClauseState.ACCEPTED, ClauseState.WITHDRAWN],
    ],
)
@pytest.mark.parametrize("minutes", ["", "Presentes as partes."])
def test_freezing(outcome: Outcome, states: list[ClauseState], minutes: str) -> None:
    live = [state for state in states if state is not ClauseState.WITHDRAWN]
    if outcome in AGREEMENTS:
        code = "agreement_without_clauses" if not live else None
        code = code or ("clauses_open" if ClauseState.PROPOSED in live else None)
    else:
        code = "clauses_without_agreement" if live else None
    if code is None and not minutes and outcome not in NOT_HELD:
        code = "minutes_empty"
    if code is None:
        check_freeze(outcome, states, minutes)
    else:
        with pytest.raises(Refused) as refusal:
            check_freeze(outcome, states, minutes)
        assert refusal.value.code == code
