"""Who may hear, see and record whom, every case."""

from itertools import product

import pytest

from hearings.negotiation import AUDIO, MEDIA
from hearings.permission import Standing, may_flow, may_receive, may_record

SEATS = list(product((True, False), (True, False), ("", "reserved", "other")))


@pytest.mark.parametrize("a", SEATS)
@pytest.mark.parametrize("b", SEATS)
@pytest.mark.parametrize("media", MEDIA)
def test_table(a: tuple[bool, bool, str], b: tuple[bool, bool, str], media: str) -> None:
    receiver, sender = Standing("a", *a), Standing("b", *b)
    together = a[0] and b[0] and a[2] == b[2]
    assert may_receive(receiver, sender) is together
    assert may_flow(receiver, sender, media) is (together and not (b[1] and media == AUDIO))


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("media", MEDIA)
def test_only_what_the_hearing_itself_gets_is_recorded(seat: tuple[bool, bool, str], media: str) -> None:
    admitted, muted, circle = seat
    allowed = admitted and circle == "" and not (muted and media == AUDIO)
    assert may_record(Standing("a", admitted, muted, circle), media) is allowed


@pytest.mark.parametrize("media", MEDIA)
def test_nobody_receives_oneself(media: str) -> None:
    me = Standing("a", True, False)
    assert not may_receive(me, me)
    assert not may_flow(me, me, media)


@pytest.mark.parametrize("media", MEDIA)
def test_an_interpreter_has_no_more_rights(media: str) -> None:
    interpreter, person = Standing("a", True, False, "", True), Standing("b", True, False, "reserved")
    assert not may_receive(interpreter, person)
    assert not may_flow(interpreter, person, media)
