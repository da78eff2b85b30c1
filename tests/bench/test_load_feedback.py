"""What the load says to servers, read by those who did not write it."""

from aiortc.rtp import RtcpPacket, RtcpRtpfbPacket

from bench.load.rtcp import TICK_NS, nack, transport_feedback
from hearings.bandwidth import feedback


def test_a_nack_crosses_the_wrap_of_the_numbers() -> None:
    [packet] = RtcpPacket.parse(nack(1, 2, [65533, 65535, 0, 13, 14, 100]))
    assert isinstance(packet, RtcpRtpfbPacket)
    assert (packet.fmt, packet.media_ssrc) == (1, 2)
    assert [number & 0xFFFF for number in packet.lost] == [65533, 65535, 0, 13, 14, 100]


def test_feedback_tells_what_arrived_when_and_what_did_not() -> None:
    arrivals = {65534: 640_000_000, 65535: 640_300_000, 65537: 700_000_000, 65538: 699_000_000}
    compound = transport_feedback(1, 2, 7, 65533, arrivals)
    told = feedback.parse(compound[12:])
    assert (told.count, told.base, told.reference) == (7, 65533, 10)
    ticks = [None if at is None else at - 640_000_000 // TICK_NS + 2560 for at in told.arrivals]
    assert ticks == [None, 0, 1, None, 240, 236]


def test_feedback_of_an_undisturbed_run_is_one_chunk() -> None:
    compound = transport_feedback(1, 2, 0, 10, {10 + n: 64_000_000 + n * 1_000_000 for n in range(30)})
    told = feedback.parse(compound[12:])
    assert list(told.arrivals) == [4 * n for n in range(30)]
    assert len(compound) == 12 + 8 + 2 + 30
