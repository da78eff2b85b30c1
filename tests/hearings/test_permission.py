"""Who may hear and see whom, every case."""

from itertools import product

import pytest

from hearings.negotiation import AUDIO, MEDIA
from hearings.permission import Standing, may_flow, may_receive

FLAGS = list(product((True, False), repeat=4))


@pytest.mark.parametrize(("in_a", "mute_a", "in_b", "mute_b"), FLAGS)
@pytest.mark.parametrize("media", MEDIA)
def test_table(in_a: bool, mute_a: bool, in_b: bool, mute_b: bool, media: str) -> None:
    receiver, sender = Standing("a", in_a, mute_a), Standing("b", in_b, mute_b)
    both_inside = in_a and in_b
    assert may_receive(receiver, sender) is both_inside
    assert may_flow(receiver, sender, media) is (both_inside and not (mute_b and media == AUDIO))


@pytest.mark.parametrize("media", MEDIA)
def test_nobody_receives_oneself(media: str) -> None:
    me = Standing("a", True, False)
    assert not may_receive(me, me)
    assert not may_flow(me, me, media)
