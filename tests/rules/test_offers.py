"""What may become of an offer: each state × side × act, and what changed between two versions."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.agreement import ClauseKind, ClauseTerms, Penalty, obligation_text
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.offers import Act, OfferState, changes, expired, settlement_text, step, summary
from models.rules.people import Side

DAY = date(2026, 12, 10)
REFUND = ClauseTerms(1, ClauseKind.REFUND, SeatRole.COMPANY, "Por PIX", 50_000, 2, DAY)
COLLECT = ClauseTerms(2, ClauseKind.DO, SeatRole.COMPANY, "Buscar o produto", None, 1, DAY)

# Written out from the procedure: the act and who acts -> what the open offer is then.
EXPECTED = {
    ("accept", "other"): "accepted",
    ("refuse", "other"): "refused",
    ("offer", "other"): "countered",
    ("offer", "author"): "replaced",
    ("withdraw", "author"): "withdrawn",
    ("expire", "clock"): "expired",
}
WHO = {
    ("consumer", "consumer"): "author",
    ("consumer", "company"): "other",
    ("company", "company"): "author",
    ("company", "consumer"): "other",
}


@pytest.mark.parametrize(
    ("state", "act", "author", "side"),
    list(
        itertools.product(
            OfferState, Act, (Side.CONSUMER, Side.COMPANY), (Side.CONSUMER, Side.COMPANY, Side.SYSTEM)
        )
    ),
)
def test_every_cell(state: OfferState, act: Act, author: Side, side: Side) -> None:
    expected = EXPECTED.get((act.value, WHO.get((author.value, side.value), "clock")))
    if state is OfferState.OPEN and expected:
        assert step(state, act, author, side) == expected
        return
    with pytest.raises(Refused) as refused:
        step(state, act, author, side)
    if state is not OfferState.OPEN:
        assert refused.value.code == "offer_over"
    else:
        assert refused.value.code == ("not_your_offer" if act is Act.WITHDRAW else "own_offer")


@given(st.integers(-60, 60))
def test_the_last_day_itself_is_in_time(days: int) -> None:
    assert expired(DAY, DAY + timedelta(days=days)) == (days > 0)
    assert not expired(None, DAY)


TERMS = st.lists(
    st.builds(
        ClauseTerms,
        st.just(1),
        st.sampled_from(ClauseKind),
        st.sampled_from([SeatRole.CONSUMER, SeatRole.COMPANY]),
        st.sampled_from(["", "por PIX", "na loja"]),
        st.one_of(st.none(), st.integers(1, 5)),
        st.integers(1, 3),
        st.one_of(st.none(), st.just(DAY)),
    ),
    max_size=5,
)


@given(TERMS, TERMS)
def test_nothing_changed_is_told_of_nothing_and_all_that_changed_is_told(
    before: list[ClauseTerms], after: list[ClauseTerms]
) -> None:
    assert changes(before, before) == ()
    assert changes(after, after) == ()
    told = changes(before, after)
    old, new = sorted(map(obligation_text, before)), sorted(map(obligation_text, after))
    assert bool(told) or old == new
    came = sum(not change.before for change in told)
    went = sum(not change.after for change in told)
    assert len(before) - went + came == len(after)
    back = changes(after, before)
    assert len(back) == len(told)


def test_a_change_names_what_was_and_what_is() -> None:
    dearer = replace(REFUND, amount_cents=60_000, due_on=DAY + timedelta(days=5), penalty=Penalty(10))
    (change,) = changes([REFUND], [dearer])
    assert change.parts == (
        "valor: de R$ 500,00 para R$ 600,00",
        "data: de 10/12/2026 para 15/12/2026",
        "se não for cumprida: de nada para multa de 10% sobre o valor não pago",
    )
    (added,) = changes([REFUND], [REFUND, COLLECT])
    assert (added.before, added.after) == ("", obligation_text(COLLECT))


def test_an_offer_in_one_line_and_word_by_word() -> None:
    assert summary([REFUND]) == "restituir R$ 500,00, em 2 parcelas mensais, até 10/12/2026"
    assert summary([COLLECT, REFUND]) == "fazer: Buscar o produto, até 10/12/2026 e mais 1 obrigação"
    text = settlement_text(
        protocol="2026.000001-0",
        consumer="Ana",
        company="Loja",
        by="Empresa",
        terms=[REFUND, COLLECT],
        note=" Sem admitir culpa. \n",
    )
    assert text.splitlines()[5:] == [
        "Cláusula 1. A empresa obriga-se a restituir o valor de R$ 500,00, em 2 parcelas mensais, a primeira "
        "até 10/12/2026: Por PIX.",
        "Parcela 1: R$ 250,00, até 10/12/2026.",
        "Parcela 2: R$ 250,00, até 10/01/2027.",
        "Cláusula 2. A empresa obriga-se a fazer, até 10/12/2026: Buscar o produto.",
        "",
        "Observação: Sem admitir culpa.",
    ]
