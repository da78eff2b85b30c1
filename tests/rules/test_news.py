"""What reaches whom by which means, and quiet hours over midnight."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.news import Means, News, choice, may_choose, quiet_until, wanted

ZONE = ZoneInfo("America/Sao_Paulo")
NOTHING = {choice(news, means): False for news in News for means in Means}
ALL = {choice(news, means): True for news in News for means in Means}

# email push text: a: always, n: never, +: unless refused, -: if asked for
TABLE = """
legal    a + +
reminder + + +
progress + + -
message  + + -
account  a n n
"""


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1])
def test_what_goes_by_which_means(line: str) -> None:
    name, *cells = line.split()
    for means, cell in zip(Means, cells, strict=True):
        got = tuple(wanted(choices, News(name), means) for choices in ({}, NOTHING, ALL))
        assert (
            got
            == {
                "a": (True, True, True),
                "n": (False, False, False),
                "+": (True, False, True),
                "-": (False, False, True),
            }[cell]
        ), (name, means)
        assert may_choose(News(name), means) is (cell in "+-")


@given(
    st.integers(0, 3 * 1440 - 1).map(lambda n: datetime(2026, 11, 23, tzinfo=ZONE) + timedelta(minutes=n)),
    *[st.times().map(lambda t: t.replace(second=0, microsecond=0))] * 2,
)
def test_quiet_hours_end_at_their_end_and_within_a_day(local: datetime, begins: time, ends: time) -> None:
    over = quiet_until(local, begins, ends)
    minutes = {(begins.hour * 60 + begins.minute + n) % 1440 for n in range(_length(begins, ends))}
    assert (over is not None) is (local.hour * 60 + local.minute in minutes)
    if over is not None:
        assert over.time() == ends
        assert timedelta(0) < over - local <= timedelta(days=1)
        assert quiet_until(over, begins, ends) is None


def _length(begins: time, ends: time) -> int:
    return ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % 1440


def test_no_quiet_hours() -> None:
    local = datetime(2026, 11, 23, 3, tzinfo=ZONE)
    assert quiet_until(local, None, time(7)) is None
    assert quiet_until(local, time(21), None) is None
    assert quiet_until(local, time(3), time(3)) is None
