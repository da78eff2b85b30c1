"""Calls are checked before anything is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.errors import BAD_REQUEST, HearingError
from hearings.messages import KINDS, Join, Publish, Record, Report, Restart, View, read

GOOD = {"room": "r", "seat": "s", "admitted": True, "muted": False}


def test_a_good_call_is_read() -> None:
    assert read(Join, GOOD) == Join("r", "s", True, False)
    assert read(Join, {**GOOD, "more": 1}) == Join("r", "s", True, False)


@pytest.mark.parametrize(
    "change",
    [
        {"room": ""},
        {"room": "a b"},
        {"room": "r" * 65},
        {"room": None},
        {"seat": 1},
        {"admitted": 1},
        {"muted": "no"},
        {"muted": None},
    ],
)
def test_a_call_with_a_wrong_field_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(HearingError) as refusal:
        read(Join, {**GOOD, **change})
    assert refusal.value.code == BAD_REQUEST


@pytest.mark.parametrize("generation", [-1, 2**53, 1.5, True, "1", None])
def test_numbers_are_whole_and_bounded(generation: object) -> None:
    with pytest.raises(HearingError):
        read(Publish, {"room": "r", "seat": "s", "sdp": "v=0", "generation": generation})


def test_choices_and_defaults() -> None:
    call = {"room": "r", "seat": "s", "generation": 1, "connection": "subscribe"}
    assert read(Restart, call).sdp == ""
    with pytest.raises(HearingError):
        read(Restart, {**call, "connection": "both"})
    with pytest.raises(HearingError):
        read(Publish, {"room": "r", "seat": "s", "generation": 1, "sdp": "v" * 70000})


def test_a_private_room_and_an_interpreter_are_said_when_joining() -> None:
    assert read(Join, GOOD) == Join("r", "s", True, False, circle="", interpreter=False)
    assert read(Join, {**GOOD, "circle": "c1", "interpreter": True}).circle == "c1"
    for change in ({"circle": "a b"}, {"circle": None}, {"interpreter": "yes"}):
        with pytest.raises(HearingError):
            read(Join, {**GOOD, **change})


@pytest.mark.parametrize(
    "sizes",
    [
        None,
        [],
        {"s2": 1},
        {"s2/picture": 1},
        {"/video": 1},
        {"s2/video": -1},
        {"s2/video": 1.5},
        {"s2/video": 100_000},
        {1: 1},
        {f"s{number}/video": 1 for number in range(65)},
    ],
)
def test_tiles_have_a_seat_a_medium_and_a_height(sizes: object) -> None:
    place = {"room": "r", "seat": "s"}
    assert read(View, {**place, "sizes": {"s2/video": 0, "s:3/screen": 720}}).sizes["s:3/screen"] == 720
    with pytest.raises(HearingError):
        read(View, {**place, "sizes": sizes})


def test_what_a_browser_says_of_its_pictures_is_bounded() -> None:
    said = {"room": "r", "seat": "s", "freezes": 2, "freeze_ms": 900, "fps": 24.5}
    assert read(Report, said).concealed_ms == 0
    for change in ({"fps": float("nan")}, {"fps": True}, {"fps": 1e9}, {"freezes": -1}, {"freeze_ms": 0.5}):
        with pytest.raises(HearingError):
            read(Report, {**said, **change})


@pytest.mark.parametrize("folder", ["", "recordings", "/var/../etc", "/var/x\x00", "/" + "x" * 1024, 7])
def test_a_recording_goes_to_a_whole_path(folder: object) -> None:
    call = {"room": "r", "recording": "7", "key": "0f" * 32}
    assert read(Record, {**call, "folder": "/var/lib/procon/7"}).key == "0f" * 32
    with pytest.raises(HearingError):
        read(Record, {**call, "folder": folder})
    for key in ("0F" * 32, "0f" * 31, None, b"0f" * 32):
        with pytest.raises(HearingError):
            read(Record, {**call, "folder": "/x", "key": key})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=5)
    ),
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(payload=anything)
def test_no_payload_raises_anything_else(kind: type[object], payload: object) -> None:
    try:
        message = read(kind, payload)
    except HearingError:
        return
    assert isinstance(message, kind)
