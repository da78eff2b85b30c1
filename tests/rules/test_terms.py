"""Terms across weekends, holidays, suspensions and years, against a definition that counts day by day."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events import EVENTS
from models.rules.term_words import NAMED, TRIGGERS, USUAL, explain, explain_pending
from models.rules.terms import Calendar, Suspension, Term, Trigger, due_date

CALENDAR = Calendar(
    {
        date(2026, 11, 20): "Consciência Negra",
        date(2026, 12, 4): "Santa Bárbara, padroeira",
        date(2026, 12, 25): "Natal",
        date(2027, 1, 1): "Confraternização Universal",
        date(2027, 1, 6): "Epifania",
    }
)
RECESS = Suspension(date(2026, 12, 20), date(2027, 1, 20), "recesso")


def calendar(days: int, **rules: Any) -> Term:
    return Term("act", days, "calendar", "fonte", **rules)


def business(days: int, **rules: Any) -> Term:
    return Term("act", days, "business", "fonte", **rules)


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        (calendar(10), date(2026, 11, 23), date(2026, 12, 3)),
        (calendar(11), date(2026, 11, 23), date(2026, 12, 7)),  # 4 Dec is a municipal holiday, a Friday
        (calendar(5), date(2026, 11, 23), date(2026, 11, 30)),  # ends on a Saturday
        (calendar(5, rolls=False), date(2026, 11, 23), date(2026, 11, 28)),
        (calendar(5, excludes_first=False), date(2026, 11, 23), date(2026, 11, 27)),
        (calendar(20), date(2026, 12, 5), date(2026, 12, 28)),  # ends on Christmas, a Friday
        (calendar(1), date(2026, 12, 31), date(2027, 1, 4)),  # across the year
        (business(1), date(2026, 11, 27), date(2026, 11, 30)),
        (business(1, excludes_first=False), date(2026, 11, 27), date(2026, 11, 27)),
        (business(5), date(2026, 11, 30), date(2026, 12, 8)),  # skips 4 Dec and a weekend
        (business(3), date(2026, 12, 30), date(2027, 1, 5)),
    ],
)
def test_known_terms(term: Term, start: date, due: date) -> None:
    assert due_date(term, start, CALENDAR).due == due


@pytest.mark.parametrize(
    ("term", "start", "due"),
    [
        (calendar(10), date(2026, 12, 15), date(2027, 1, 26)),  # four days before the recess, six after it
        (calendar(5), date(2026, 12, 15), date(2027, 1, 21)),  # the fifth day is the first one after it
        (calendar(3), date(2026, 12, 28), date(2027, 1, 25)),  # starts inside; ends on a Saturday, rolls
        (business(3), date(2026, 12, 28), date(2027, 1, 25)),
    ],
)
def test_no_term_runs_while_terms_are_suspended(term: Term, start: date, due: date) -> None:
    assert due_date(term, start, Calendar(CALENDAR.holidays, (RECESS,))).due == due


def test_an_optional_day_off_stops_nothing() -> None:
    carnival = {date(2027, 2, 9): "Carnaval"}
    known = Calendar({}, optional=carnival)
    assert due_date(calendar(1), date(2027, 2, 8), known).due == date(2027, 2, 9)


def test_a_calendar_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="does not end"):
        due_date(calendar(1), date(2026, 1, 1), Calendar({}, (Suspension(date.min, date.max, "erro"),)))


HEARD = Trigger("notice_opened", "AR recebido")
SENTENCES = [
    (
        Term("company_answer", 20, "calendar", "Decreto 2.181/1997, art. 42"),
        date(2026, 12, 3),
        HEARD,
        "20 dias corridos, contados da ciência da notificação em 03/12/2026 (AR recebido), sem incluir esse "
        "dia; 04/12/2026 (Santa Bárbara, padroeira) é feriado e conta, porque os dias são corridos; vence em "
        "23/12/2026, quarta-feira. Fonte: Decreto 2.181/1997, art. 42.",
    ),
    (
        calendar(11, trigger="company_answered"),
        date(2026, 11, 23),
        None,
        "11 dias corridos, contados da resposta da empresa em 23/11/2026, sem incluir esse dia; o último "
        "dia, 04/12/2026 (Santa Bárbara, padroeira), não tem expediente, e o prazo segue até o próximo dia "
        "útil; vence em 07/12/2026, segunda-feira. Fonte: fonte.",
    ),
    (
        business(2, excludes_first=False),
        date(2026, 12, 3),
        None,
        "2 dias úteis, contados do dia inicial em 03/12/2026, incluindo esse dia; 04/12/2026 (Santa Bárbara, "
        "padroeira) não conta; vence em 07/12/2026, segunda-feira. Fonte: fonte.",
    ),
    (
        business(20, trigger="triage_started"),
        date(2026, 12, 3),
        None,
        "20 dias úteis, contados do início da triagem em 03/12/2026, sem incluir esse dia; 04/12/2026 (Santa "
        "Bárbara, padroeira), 25/12/2026 (Natal) e 01/01/2027 (Confraternização Universal) não contam; vence "
        "em 05/01/2027, terça-feira. Fonte: fonte.",
    ),
    (
        business(1),
        date(2026, 11, 27),
        None,
        "1 dia útil, contado do dia inicial em 27/11/2026, sem incluir esse dia; vence em 30/11/2026, "
        "segunda-feira. Fonte: fonte.",
    ),
    (
        calendar(1),
        date(2026, 12, 26),
        None,
        "1 dia corrido, contado do dia inicial em 26/12/2026, sem incluir esse dia; o último dia, 27/12/2026 "
        "(domingo), não tem expediente, nem 28/12/2026 (Ponte), e o prazo segue até o próximo dia útil; "
        "vence em 29/12/2026, terça-feira. Fonte: fonte.",
    ),
]


@pytest.mark.parametrize(("term", "start", "trigger", "sentence"), SENTENCES)
def test_a_term_explains_itself(term: Term, start: date, trigger: Trigger | None, sentence: str) -> None:
    known = Calendar(
        {**CALENDAR.holidays, date(2026, 12, 28): "Ponte"} if start.day == 26 else CALENDAR.holidays
    )
    assert explain(due_date(term, start, known, trigger)) == sentence


def test_the_explanation_tells_a_suspension_once() -> None:
    known = Calendar(CALENDAR.holidays, (RECESS,), version="3")
    result = due_date(calendar(5, trigger="documents_requested"), date(2026, 12, 15), known)
    assert explain(result) == (
        "5 dias corridos, contados do pedido de documentos em 15/12/2026, sem incluir esse dia; "
        "prazos suspensos de 20/12/2026 a 20/01/2027 (recesso); vence em 21/01/2027, quinta-feira. "
        "Fonte: fonte."
    )
    assert result.version == "3"


def test_before_its_trigger_a_term_says_what_begins_it() -> None:
    assert explain_pending(calendar(10, trigger="notice_opened")) == (
        "10 dias corridos, contados da ciência da notificação, sem incluir esse dia. Fonte: fonte."
    )


def test_what_begins_a_term_is_an_event_and_every_act_of_a_profile_has_one() -> None:
    assert TRIGGERS.keys() <= EVENTS.keys()
    assert set(USUAL.values()) <= TRIGGERS.keys()


def slow_due(term: Term, start: date, known: Calendar) -> date:
    """The definition, said the other way round: the first day on which enough days have been counted."""
    days = [start + timedelta(days=n) for n in range(int(term.excludes_first), 1200)]

    def open_day(day: date) -> bool:
        return day.weekday() < 5 and day not in known.holidays

    def runs(day: date) -> bool:
        return all(not s.first <= day <= s.last for s in known.suspensions)

    for index, day in enumerate(days):
        counted = [d for d in days[: index + 1] if runs(d) and (term.kind == "calendar" or open_day(d))]
        may_end = not term.rolls or (open_day(day) and runs(day))
        if len(counted) >= term.days and may_end:
            return day
    raise AssertionError


SUSPENSIONS = st.builds(
    lambda first, length: Suspension(first, first + timedelta(days=length), "suspensão"),
    st.dates(date(2026, 1, 1), date(2028, 6, 30)),
    st.integers(0, 60),
)


@given(
    term=st.builds(
        Term,
        st.just("act"),
        st.integers(1, 60),
        st.sampled_from(["calendar", "business"]),
        st.just("fonte"),
        st.booleans(),
        st.booleans(),
    ),
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    closed=st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 30)), max_size=60),
    suspensions=st.lists(SUSPENSIONS, max_size=3),
)
def test_agrees_with_the_slow_definition(
    term: Term, start: date, closed: set[date], suspensions: list[Suspension]
) -> None:
    known = Calendar(dict.fromkeys(closed, "feriado"), tuple(suspensions))
    result = due_date(term, start, known)
    assert result.due == slow_due(term, start, known)
    assert not term.rolls or not known.closed(result.due)
    assert all(start <= item.day < result.due for item in result.skipped)
    assert set(result.suspended) <= set(suspensions)
    said = explain(result)
    met = [
        day for day in sorted(closed) if result.counted[0] <= day <= result.last and not known.suspended(day)
    ]
    met = [day for day in met if day.weekday() < 5]
    for day in [day for day in met if day != result.last or not known.closed(result.due)][:NAMED]:
        assert f"{day:%d/%m/%Y} (feriado)" in said
    assert said.count("(feriado)") <= 3 * NAMED
    assert f"vence em {result.due:%d/%m/%Y}" in said
    assert len(result.counted) == term.days
    assert result.counted[-1] <= result.due
