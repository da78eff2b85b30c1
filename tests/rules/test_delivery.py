"""Attempts to serve a notice: each step onwards or to a failure, and nothing vague makes a company aware."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.rules.delivery import AWARE, BY_HAND, PROVED, Channel, DeliveryStatus, may_follow, next_channel

S = DeliveryStatus
ONWARDS = [S.QUEUED, S.SENT, S.DELIVERED, S.OPENED, S.ACKNOWLEDGED]


@given(st.sampled_from(S), st.sampled_from(S))
def test_an_attempt_goes_onwards_or_fails_and_then_it_is_over(before: S, after: S) -> None:
    over = before in (S.FAILED, S.ACKNOWLEDGED)
    if after is S.FAILED:
        assert may_follow(before, after) == (before in (S.QUEUED, S.SENT))
    else:
        further = not over and ONWARDS.index(after) > ONWARDS.index(before)
        assert may_follow(before, after) == further


def test_mail_that_was_sent_delivered_or_opened_is_no_certainty() -> None:
    told = {status for channel, status in AWARE if channel is Channel.EMAIL}
    assert told == {S.ACKNOWLEDGED}
    assert all(status not in (S.QUEUED, S.SENT, S.FAILED) for _, status in AWARE)


def test_what_staff_writes_down_as_awareness_needs_a_proof() -> None:
    by_hand = {(channel, status) for channel, statuses in BY_HAND.items() for status in statuses}
    assert by_hand & AWARE == PROVED


@given(st.permutations(list(Channel)), st.sets(st.sampled_from(Channel)), st.booleans())
def test_the_next_means_is_the_first_that_was_not_tried_and_can_be(
    order: list[Channel], tried: set[Channel], has_email: bool
) -> None:
    coming = next_channel(order, tried, has_email=has_email)
    left = set(Channel) - tried - {Channel.PORTAL} - (set() if has_email else {Channel.EMAIL})
    assert (coming is None) == (not left)
    assert coming is None or (coming in left and not left & set(order[: order.index(coming)]))
