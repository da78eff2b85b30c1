"""A changed, removed, inserted or moved event breaks the chain at its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from models.rules.chain import GENESIS, Link, first_broken, link_hash

Row = tuple[Link, str, str]


def made(count: int) -> list[Row]:
    rows: list[Row] = []
    previous = GENESIS
    for seq in range(1, count + 1):
        at = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(minutes=seq)
        link = Link(7, seq, "note_added", "staff", 1, {"n": seq, "texto": "ação"}, at)
        rows.append((link, previous, link_hash(previous, link)))
        previous = rows[-1][2]
    return rows


def test_a_whole_chain_holds_in_any_time_zone() -> None:
    rows = made(5)
    assert first_broken(rows) is None
    brasilia = timezone(timedelta(hours=-3))
    moved = [(replace(link, at=link.at.astimezone(brasilia)), p, h) for link, p, h in rows]
    assert first_broken(moved) is None


@given(st.integers(0, 9), st.sampled_from(["facts", "actor", "name", "sides", "at", "remove", "repeat"]))
def test_any_change_is_found(index: int, what: str) -> None:
    rows = made(10)
    link, previous, stored = rows[index]
    if what == "remove":
        del rows[index]
        expected = None if index == 9 else index + 2  # a cut tail is caught by the case's version
    elif what == "repeat":
        rows.insert(index, rows[index])
        expected = index + 1
    else:
        changes = {
            "facts": {"facts": {"n": 0}},
            "actor": {"actor_id": 2},
            "name": {"name": "case_archived"},
            "sides": {"sides": "company,staff"},
            "at": {"at": link.at + timedelta(microseconds=1)},
        }[what]
        rows[index] = (replace(link, **changes), previous, stored)
        expected = index + 1
    assert first_broken(rows) == expected
