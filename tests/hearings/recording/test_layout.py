"""Where everybody is in the composed picture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hearings.recording.layout import STAGE, TURN_MS, WIDTH, Box, arrange, fit, speakers
from hearings.recording.timeline import SPEAKER, Row

SEATS = ("a", "b", "c", "d", "e", "f")


def test_one_person_has_all_of_it_and_nobody_nothing() -> None:
    assert arrange([], [], "a") == ()
    (tile,) = arrange(["a"], [], "")
    assert (tile.seat, tile.medium, tile.box) == ("a", "video", STAGE)


def test_who_speaks_is_large_and_the_others_beside() -> None:
    tiles = arrange(["a", "b", "c"], [], "b")
    assert [tile.seat for tile in tiles] == ["b", "a", "c"]
    assert tiles[0].box.width > 2 * tiles[1].box.width
    assert [tile.seat for tile in arrange(["a", "b"], [], "gone")] == ["a", "b"]


def test_a_screen_is_large_and_everybody_beside_it() -> None:
    tiles = arrange(["a", "b", "c"], ["c"], "b")
    assert [(tile.seat, tile.medium) for tile in tiles] == [
        ("c", "screen"),
        ("a", "video"),
        ("b", "video"),
        ("c", "video"),
    ]
    assert arrange(["a", "b"], ["a", "b"], "b")[0].seat == "b"


@given(
    present=st.lists(st.sampled_from(SEATS), unique=True, max_size=6),
    showing=st.lists(st.sampled_from(SEATS), unique=True, max_size=2),
    speaker=st.sampled_from((*SEATS, "")),
)
def test_tiles_are_on_stage_even_and_apart(present: list[str], showing: list[str], speaker: str) -> None:
    screens = [seat for seat in showing if seat in present]
    tiles = arrange(present, screens, speaker)
    assert {tile.seat for tile in tiles} == set(present)
    for tile in tiles:
        box = tile.box
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= WIDTH
        assert box.y + box.height <= STAGE.height
        assert not any(edge % 2 for edge in (box.x, box.y, box.width, box.height))
    covered = [(x, y) for tile in tiles for x in _steps(tile.box, True) for y in _steps(tile.box, False)]
    assert len(covered) == len(set(covered))


def _steps(box: Box, across: bool) -> range:
    start, length = (box.x, box.width) if across else (box.y, box.height)
    return range(start, start + length, 2 if length < 20 else length // 2 - 1)


@given(
    width=st.integers(2, 4000),
    height=st.integers(2, 4000),
    box=st.builds(
        Box,
        st.integers(0, 400).map(lambda n: n * 2),
        st.integers(0, 200).map(lambda n: n * 2),
        st.integers(50, 640).map(lambda n: n * 2),
        st.integers(50, 340).map(lambda n: n * 2),
    ),
)
def test_a_picture_is_shown_whole_within_its_box(width: int, height: int, box: Box) -> None:
    place = fit(width, height, box)
    assert box.x <= place.x
    assert box.y <= place.y
    assert place.x + place.width <= box.x + box.width
    assert place.y + place.height <= box.y + box.height
    assert not any(edge % 2 for edge in (place.x, place.y, place.width, place.height))
    if 0.1 < width / height < 10:
        assert abs(place.width / place.height - width / height) < 0.4 * width / height


def test_a_cough_does_not_take_the_picture() -> None:
    said = [(0, "a"), (10_000, "b"), (10_400, "a"), (20_000, ""), (22_000, "c"), (22_500, ""), (30_000, "b")]
    rows = [Row(at, SPEAKER, seat) for at, seat in said]
    assert speakers(rows) == [(0, "a"), (30_000, "b")]
    assert TURN_MS > 400
