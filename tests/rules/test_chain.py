"""A changed, removed, inserted or moved event breaks the chain at its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.chain import GENESIS, Flaw, Link, Told, faults, first_broken, link_hash

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)

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


def copied(count: int = 6, withheld: tuple[int, ...] = ()) -> list[Told]:
    """A copy of a whole chain; the words of the events ``withheld`` are not in it."""
    told: list[Told] = []
    previous = GENESIS
    for seq in range(1, count + 1):
        link = Link(7, seq, "note_added", "staff", 3, {"statement": seq, "texto": "ação"}, MOMENT)
        hashed = link_hash(previous, link)
        told.append(Told(seq, previous, hashed, None if seq in withheld else link))
        previous = hashed
    return told


def found(told: list[Told], count: int = 6) -> list[tuple[int, Flaw]]:
    """What is wrong, in pairs."""
    return [(one.seq, one.flaw) for one in faults(told, count=count, head=copied(count)[-1].hash)]


def test_a_whole_copy_holds_also_with_words_withheld() -> None:
    assert found(copied()) == []
    assert found(copied(withheld=(2, 3, 6))) == []
    assert faults([], count=0, head="") == []


@pytest.mark.parametrize("gone", range(6))
def test_a_dropped_event_is_named(gone: int) -> None:
    told = copied()
    del told[gone]
    assert found(told)[0] == (gone + 1, Flaw.MISSING)


@given(st.permutations(range(6)))
def test_another_order_is_told(order: list[int]) -> None:
    whole = copied()
    told = [whole[place] for place in order]
    assert bool(found(told)) == (told != whole)


def test_a_changed_a_forged_and_a_doubled_event_are_named() -> None:
    told = copied()
    link = told[2].link
    assert link is not None
    changed = replace(told[2], link=replace(link, facts={"statement": 99}))
    assert found([*told[:2], changed, *told[3:]]) == [(3, Flaw.CHANGED)]
    forged_link = replace(link, facts={"statement": 99})
    forged = Told(3, told[2].previous, link_hash(told[2].previous, forged_link), forged_link)
    assert found([*told[:2], forged, *told[3:]]) == [(4, Flaw.UNCHAINED)]
    assert found([*told[:3], told[2], *told[3:]]) == [(3, Flaw.REPEATED)]
    assert (7, Flaw.REPEATED) in found(copied(7))
    assert found([*copied()[:5], forged]) != []


def test_a_chain_forged_to_its_end_does_not_reach_the_head() -> None:
    other = [replace(one, link=None, hash="f" * 64) for one in copied(1)]
    assert [(one.seq, one.flaw) for one in faults(other, count=1, head=copied(1)[0].hash)] == [
        (1, Flaw.UNCHAINED)
    ]
