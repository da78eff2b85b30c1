"""Which days stop a term in Criciúma."""

from datetime import date

import pytest

from app.adapters.holidays import HolidayCalendar

CRICIUMA = HolidayCalendar(
    "BR", "SC", [("01-06", "Epifania"), ("12-04", "Santa Bárbara, padroeira")], ["corpus-christi"]
)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Confraternização Universal"),
        (date(2026, 1, 6), "Epifania"),
        (date(2026, 4, 3), "Sexta-feira Santa"),
        (date(2026, 6, 4), "Corpus Christi"),
        (date(2027, 5, 27), "Corpus Christi"),
        (date(2026, 8, 16), "Dia do Estado de Santa Catarina"),  # 11 August, moved to Sunday by state law
        (date(2026, 11, 20), "Dia Nacional de Zumbi e da Consciência Negra"),
        (date(2026, 12, 4), "Santa Bárbara, padroeira"),
        (date(2027, 12, 25), "Natal"),
    ],
)
def test_holidays(day: date, name: str) -> None:
    assert CRICIUMA.holidays([2026, 2027])[day] == name


def test_facultative_days_stop_nothing() -> None:
    optional = CRICIUMA.optional([2026])
    assert optional[date(2026, 2, 17)] == "Carnaval"
    assert date(2026, 6, 4) not in optional  # a holiday here, by the city's law
    assert not optional.keys() & CRICIUMA.holidays([2026]).keys()
    assert HolidayCalendar("BR", "SC").optional([2026])[date(2026, 6, 4)] == "Corpus Christi"


def test_only_the_years_asked_in_order_of_the_day() -> None:
    days = list(CRICIUMA.holidays([2027, 2026, 2026]))
    assert days == sorted(days)
    assert {day.year for day in days} == {2026, 2027}


def test_a_wrong_profile_is_told_at_start() -> None:
    with pytest.raises(ValueError, match="pascoa"):
        HolidayCalendar("BR", "SC", [], ["pascoa"])
    with pytest.raises(ValueError, match="day is out of range"):
        HolidayCalendar("BR", "SC", [("02-30", "x")])
    with pytest.raises(ValueError, match="BR/XX"):
        HolidayCalendar("BR", "XX")
