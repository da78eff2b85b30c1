"""Instalments to the centavo, canonical text and hash, who must sign, when a text may be frozen."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.agreement import (
    ClauseKind,
    ClauseState,
    ClauseTerms,
    Penalty,
    canonical_text,
    check_freeze,
    clause_text,
    instalment_table,
    money,
    obligation_text,
    required_signers,
    text_hash,
    wrong_penalty,
)
from models.rules.errors import Refused
from models.rules.hearing import AGREEMENTS, NOT_HELD, Outcome, SeatRole
from models.rules.outcomes import Cause

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


def test_a_clause_says_where_and_what_follows_when_it_is_not_kept() -> None:
    penalty = Penalty(fine_percent=10, fine_cents=5_000, accelerates=True)
    clause = replace(REFUND, text=" no  balcão. ", place="Rua  da Loja, 1", penalty=penalty)
    assert clause_text(clause) == (
        "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 1.234,50, em 3 parcelas mensais, "
        "a primeira até 10/12/2026: no balcão. Local: Rua da Loja, 1. Se não for cumprida: multa de 10% "
        "sobre o valor não pago, multa de R$ 50,00 e vencimento antecipado das parcelas restantes."
    )
    assert clause_text(clause) == f"Cláusula 1. {obligation_text(replace(clause, number=9))}"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"penalty": Penalty(fine_percent=10, fine_cents=123_450, accelerates=True)}, {}),
        ({"penalty": Penalty(fine_percent=0)}, {"fine_percent": "fine_invalid"}),
        ({"penalty": Penalty(fine_percent=101)}, {"fine_percent": "fine_invalid"}),
        ({"penalty": Penalty(fine_cents=123_451)}, {"fine": "fine_too_high"}),
        ({"penalty": Penalty(fine_cents=0)}, {"fine": "fine_too_high"}),
        ({"penalty": Penalty(accelerates=True), "instalments": 1}, {"accelerates": "accelerates_nothing"}),
        ({"penalty": Penalty(fine_percent=1), "amount_cents": None}, {"fine_percent": "fine_without_amount"}),
        ({"penalty": Penalty(fine_percent=2), "debtor": SeatRole.CONSUMER}, {}),
        (
            {"penalty": Penalty(fine_percent=3), "debtor": SeatRole.CONSUMER},
            {"fine_percent": "fine_consumer"},
        ),
        ({"penalty": Penalty(fine_cents=2_469), "debtor": SeatRole.CONSUMER}, {}),
        ({"penalty": Penalty(fine_cents=2_470), "debtor": SeatRole.CONSUMER}, {"fine": "fine_consumer"}),
    ],
)
def test_a_fine_keeps_within_the_law(change: dict[str, object], wrong: dict[str, str]) -> None:
    assert wrong_penalty(replace(REFUND, **change)) == wrong  # type: ignore[arg-type]


def test_the_signed_text_names_every_payment() -> None:
    text = canonical_text(
        protocol="2026.000001-2",
        consumer="Ana",
        company="Loja",
        outcome=Outcome.COMPANY_ABSENT,
        cause=Cause.JUSTIFIED,
        minutes="Ata.",
        clauses=[replace(REFUND, amount_cents=100)],
    )
    assert "Resultado: não realizada por ausência da empresa, com justificativa aceita\n" in text
    assert text.endswith(
        "Parcela 1: R$ 0,34, até 10/12/2026.\n"
        "Parcela 2: R$ 0,33, até 10/01/2027.\n"
        "Parcela 3: R$ 0,33, até 10/02/2027.\n"
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
        {"clauses": [replace(REFUND, place="em casa")]},
        {"clauses": [replace(REFUND, penalty=Penalty(fine_percent=1))]},
        {"clauses": [replace(REFUND, penalty=Penalty(accelerates=True))]},
        {"outcome": Outcome.TECHNICAL_FAILURE, "cause": Cause.OF_AGENCY},
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
        [ClauseState.ACCEPTED, ClauseState.REPLACED],
    ],
)
@pytest.mark.parametrize("minutes", ["", "Presentes as partes."])
def test_freezing(outcome: Outcome, states: list[ClauseState], minutes: str) -> None:
    live = [state for state in states if state not in (ClauseState.WITHDRAWN, ClauseState.REPLACED)]
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
