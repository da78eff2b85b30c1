"""Calls are checked before anything is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.errors import BAD_REQUEST, HearingError
from hearings.messages import Join, Publish, Restart, read

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


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=5)
    ),
)


@given(anything)
def test_no_payload_raises_anything_else(payload: object) -> None:
    try:
        message = read(Join, payload)
    except HearingError:
        return
    assert isinstance(message, Join)
