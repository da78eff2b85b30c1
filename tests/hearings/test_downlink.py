"""A receiver's line at work: repair within a part of it, and feedback that strangers wrote."""

import pytest

from hearings.bandwidth.allocation import Rank, Step, Want
from hearings.bandwidth.estimator import START
from hearings.counters import Counters
from hearings.downlink import PLAN_S, REPAIRS, Downlink
from hearings.dtls import Memory
from hearings.forwarding import rtcp
from hearings.forwarding.leg import Leg
from hearings.forwarding.transport import RESEND_S

SMALL, LARGE = Step(0, 200_000, 180), Step(1, 5_000_000, 1080)


def want(*steps: Step) -> Want:
    return Want(("a", "video"), Rank.OTHER, None, steps, None)


@pytest.fixture
def leg() -> Leg:
    return Leg(Memory(2048), Counters(), None)


@pytest.fixture
def downlink(leg: Leg) -> Downlink:
    return Downlink(leg)


def test_repair_takes_a_part_of_the_line_and_no_more(leg: Leg, downlink: Downlink) -> None:
    def repaired(begun: float) -> int:
        return sum(1000 for n in range(1000) if leg.resends.take(1000, begun + n / 100))

    assert repaired(5.0) * 8 == pytest.approx(START * REPAIRS * (10 + RESEND_S), rel=0.01)
    downlink.on_remb(200_000)
    assert repaired(20.0) * 8 == pytest.approx(200_000 * REPAIRS * (10 + RESEND_S), rel=0.01)


def test_sound_is_repaired_where_pictures_have_spent_everything(leg: Leg) -> None:
    while leg.resends.take(1000, 5.0):
        pass
    sounds = sum(leg.resends.take(100, 5.0, first=True) for _ in range(10_000))
    assert sounds * 800 == pytest.approx(START * REPAIRS * RESEND_S, rel=0.05), "and not without end"
    assert not leg.resends.take(1000, 5.4), "what was overdrawn is paid back"


def test_plans_are_made_now_and_then_and_sooner_when_the_line_is_too_narrow(downlink: Downlink) -> None:
    assert downlink.due(1.0)
    downlink.plan([want(SMALL)], 60_000, 1.0)
    assert not downlink.due(1.0 + PLAN_S * 0.9)
    assert downlink.due(1.0 + PLAN_S * 1.1)
    downlink.estimator.on_remb(100_000)
    assert downlink.due(1.0 + PLAN_S / 3)


def test_only_a_picture_to_be_had_at_any_rate_is_asked_for_less(downlink: Downlink) -> None:
    downlink.plan([want(SMALL, LARGE)], 60_000, 1.0)
    assert downlink.asked == {}
    downlink.plan([want(Step(0, 200_000, 180), Step(0, 400_000, 300), Step(0, 900_000, 500))], 60_000, 1.0)
    assert downlink.asked == {("a", "video"): 400_000}
    downlink.plan([want(Step(0, 200_000, 180), Step(0, 300_000, 300))], 60_000, 1.0)
    assert downlink.asked == {}


@pytest.mark.parametrize("body", [b"", bytes(8), b"\xff" * 40])
def test_malformed_feedback_is_refused(downlink: Downlink, body: bytes) -> None:
    with pytest.raises(ValueError):
        downlink.on_feedback(body, 1.0)


def test_feedback_is_found_alone_and_between_others() -> None:
    feedback = rtcp.transport_feedback(7, bytes(range(12)))
    others = rtcp.keyframe_request(5), rtcp.nack(5, [1, 2])
    assert rtcp.read(feedback) == [rtcp.TransportFeedback(bytes(range(12)))]
    kinds = [type(packet).__name__ for packet in rtcp.read(others[0] + feedback + others[1])]
    assert kinds == ["RtcpPsfbPacket", "TransportFeedback", "RtcpRtpfbPacket"]
    for cut in range(1, len(feedback)):
        with pytest.raises(ValueError):
            rtcp.read(others[0] + feedback[:cut])


@pytest.mark.parametrize("limit", [0, 1, 150_000, 262_143, 262_144, 8_000_000, 2**30])
def test_a_limit_is_read_as_it_was_written(limit: int) -> None:
    message = rtcp.bandwidth_limit(limit, [1, 2])
    read = rtcp.read_bandwidth_limit(message[12:])
    assert read is not None
    assert 0.9999 * limit <= read <= limit
    assert rtcp.read_bandwidth_limit(b"MERB" + message[16:]) is None
    assert rtcp.read_bandwidth_limit(message[12:17]) is None
