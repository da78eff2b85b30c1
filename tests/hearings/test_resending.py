"""Asking for what is lost, and sending again what is asked for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding.outgoing import HELD, HOLD_S, STALE_S
from hearings.forwarding.sequence import AUDIO, VIDEO
from hearings.forwarding.transport import RESEND_S, Bucket
from tests.hearings.desk import Browser, Desk, Sent, camera, microphone
from tests.hearings.house import House
from tests.hearings.peer import AUDIO_SSRC, RTX_SSRC, VIDEO_SSRC, audio_packet, video_packet
from tests.hearings.waiting import until


def repair(number: int, *, key: bool = False) -> bytes:
    """A picture's packet on the RTX stream."""
    original = video_packet(number, key=key)
    return b"\x80\xf9" + original[2:8] + RTX_SSRC.to_bytes(4, "big") + original[2:4] + original[12:]


class Road:
    """One publisher, one receiver, both media."""

    def __init__(self, desk: Desk) -> None:
        self.publisher = desk.browser()
        self.receiver: Browser = desk.browser()
        self.sound = desk.forwarder.add_in(self.publisher.leg, microphone())
        self.picture = desk.forwarder.add_in(self.publisher.leg, camera())
        self.heard = desk.out(self.receiver, self.sound)
        self.seen = desk.out(self.receiver, self.picture)


@pytest.fixture
def road(desk: Desk) -> Road:
    return Road(desk)


def test_a_picture_is_asked_for_until_it_comes(desk: Desk, road: Road) -> None:
    road.publisher.send(video_packet(1, key=True))
    road.publisher.send(video_packet(4))
    assert road.publisher.nacked() == [], "they may only be late"
    desk.pass_time(0.5)
    asked = road.publisher.nacked()
    assert set(asked) == {2, 3}
    assert len(asked) >= 6
    road.publisher.send(repair(3))
    desk.pass_time(0.3)
    assert set(road.publisher.nacked()) == {2}
    road.publisher.send(repair(2))
    desk.pass_time(0.3)
    assert road.publisher.nacked() == []
    assert road.picture.layers[0].recovered == 2
    sent = road.receiver.rtp()
    assert sorted(p.number - sent[0].number for p in sent) == [0, 1, 2, 3]


def test_what_never_comes_is_given_up_for_a_keyframe(desk: Desk, road: Road) -> None:
    road.publisher.send(video_packet(1, key=True))
    road.publisher.send(video_packet(3))
    road.publisher.keyframes_asked()
    desk.pass_time(VIDEO.give_up_s + 0.6)
    rtcp = road.publisher.rtcp()
    assert [p.fmt for p in rtcp if hasattr(p, "lost")] == [1] * VIDEO.asks
    assert [p.media_ssrc for p in rtcp if hasattr(p, "fci")] == [VIDEO_SSRC]
    desk.pass_time(2)
    assert road.publisher.rtcp() == []


def test_after_a_dead_line_a_keyframe_is_asked_for_at_once(desk: Desk, road: Road) -> None:
    """A second and a half of asking for what is missing would be that much more of a picture that stands."""
    for number in range(1, 4):
        road.publisher.send(video_packet(number, key=number == 1))
        desk.pass_time(0.3)
    road.publisher.rtcp()
    road.publisher.send(video_packet(6))
    assert road.publisher.keyframes_asked() == [], "a short silence is mended"
    desk.pass_time(3)
    road.publisher.rtcp()
    road.publisher.send(video_packet(40))
    assert road.publisher.keyframes_asked() == [VIDEO_SSRC]
    desk.pass_time(3)
    road.publisher.rtcp()
    road.publisher.send(video_packet(41))
    assert road.publisher.keyframes_asked() == [], "nothing is missing after a camera that was off"


def test_sound_is_asked_for_quickly_and_not_long(desk: Desk, road: Road) -> None:
    road.publisher.send(audio_packet(10))
    road.publisher.send(audio_packet(12))
    desk.pass_time(1.0)
    rtcp = road.publisher.rtcp()
    assert [(p.media_ssrc, p.lost) for p in rtcp if hasattr(p, "lost")] == [(AUDIO_SSRC, [11])] * AUDIO.asks
    assert not any(hasattr(p, "fci") for p in rtcp), "there is no keyframe of a sound"
    road.publisher.send(audio_packet(13))
    road.publisher.send(audio_packet(11))
    assert [p.payload for p in road.receiver.rtp()] == [b"opus"] * 3, "too late: it was given up"


def test_sound_that_comes_again_goes_on_under_its_number(desk: Desk, road: Road) -> None:
    for number in (10, 12, 11, 11, 13):
        road.publisher.send(audio_packet(number))
    sent = road.receiver.rtp()
    assert [p.number - sent[0].number for p in sent] == [0, 2, 1, 3]


async def test_sound_is_sent_again_as_the_very_same_datagram(house: House) -> None:
    """Under AES-GCM a number must not seal two different packets: here none is sealed twice at all."""
    microphone = await house.publish("a")
    ear = await house.subscribe("b")
    await house.connected("a", "b")
    raw: list[bytes] = []
    taken = ear.datagram_received
    ear.datagram_received = lambda data, addr: (raw.append(data), taken(data, addr))
    for number in range(20):
        microphone.send(audio_packet(number))
    await until(lambda: len(ear.rtp) == 20)
    first = [data for data in raw if 127 < data[0] < 192 and data[1] == 111]
    numbers = [int.from_bytes(p[2:4], "big") for p in ear.rtp]
    out = house.out("b", ("a", "audio"))
    ear.nack(out.ssrc, numbers[3:8])
    await until(lambda: out.resent == 5)
    await until(lambda: len(raw) >= 25)
    again = [data for data in raw if 127 < data[0] < 192 and data[1] == 111][20:]
    assert again == first[3:8]
    assert len(ear.rtp) == 20, "the receiver's SRTP takes a repeated number for a replay"


def test_what_was_resent_tells_nothing_of_the_line_any_more(desk: Desk, road: Road) -> None:
    road.publisher.send(audio_packet(1))
    departures = road.receiver.leg.departures
    at = departures.number - 1 & 8191
    (sent,) = road.receiver.rtp()
    desk.pass_time(0.1)
    road.heard.resend([sent.number], desk.now)
    assert departures.sent_at[at] == -desk.now, "which of the two arrived?"
    assert road.receiver.rtp() == [sent]


def test_pictures_are_sent_again_once_for_a_round_trip(desk: Desk, road: Road) -> None:
    for number in range(20):
        road.publisher.send(video_packet(number, key=number == 0))
    numbers = [p.number for p in road.receiver.rtp()]
    road.seen.resend(numbers[5:8], desk.now)
    road.seen.resend(numbers[5:8], desk.now)
    assert len(road.receiver.rtp()) == 3
    desk.pass_time(HOLD_S + 0.001)
    road.seen.resend(numbers[5:8], desk.now)
    assert len(road.receiver.rtp()) == 3
    road.seen.round_trip_s = 0.4
    desk.pass_time(0.2)
    road.seen.resend(numbers[5:8], desk.now)
    assert road.receiver.rtp() == []
    assert (road.seen.nacked, road.seen.resent) == (12, 6)


def test_a_picture_too_old_is_mended_by_a_keyframe(desk: Desk, road: Road) -> None:
    """After a lost line its receiver asks for everything: sending that would fill the line once more."""
    for number in range(60):
        road.publisher.send(video_packet(number, key=number == 0))
        desk.pass_time(1 / 30)
    numbers = [p.number for p in road.receiver.rtp()]
    road.publisher.rtcp()
    road.seen.resend(numbers[:59], desk.now)
    again = road.receiver.rtp()
    assert len(again) == int(STALE_S * 30)
    assert road.publisher.keyframes_asked() == [VIDEO_SSRC]


def test_what_is_awaited_from_the_publisher_needs_no_keyframe(desk: Desk, road: Road) -> None:
    """Receivers see the publisher's holes too, and ask at once; its answer is on the way already."""
    road.publisher.send(video_packet(0, key=True))
    desk.pass_time(0.6)
    for number in (1, 2, 4, 5):
        road.publisher.send(video_packet(number))
    begun = road.receiver.rtp()[0].number
    desk.pass_time(0.02)
    assert road.publisher.nacked() == [3]
    road.seen.resend([begun + 3 & 0xFFFF], desk.now)
    assert road.publisher.keyframes_asked() == []
    road.publisher.send(video_packet(3))
    assert [p.number for p in road.receiver.rtp()] == [begun + 3 & 0xFFFF]
    road.publisher.send(video_packet(7))
    for _ in range(32):
        desk.pass_time(0.05)
    road.publisher.rtcp()
    desk.pass_time(0.5)
    road.seen.resend([begun + 6 & 0xFFFF], desk.now)
    assert road.publisher.keyframes_asked() == [VIDEO_SSRC], "it never came, and is still missed"


def test_numbers_nobody_sent_are_answered_by_nothing(desk: Desk, road: Road) -> None:
    for number in range(5):
        road.publisher.send(video_packet(number, key=number == 0))
        road.publisher.send(audio_packet(number))
    last = road.receiver.rtp()[-1]
    before = road.seen.resent + road.heard.resent
    road.seen.resend([last.number + 40 & 0xFFFF, last.number - 400 & 0xFFFF], desk.now)
    road.heard.resend(list(range(0, 65536, 7)), desk.now)
    assert road.receiver.rtp() == [] or road.heard.resent <= 5
    assert road.seen.resent == 0
    assert before == 0
    for turn in range(5):
        desk.pass_time(1)
        road.seen.resend(list(range(turn * 10000, turn * 10000 + 10000)), desk.now)
    assert len(road.seen._resent_at) <= HELD


def test_a_line_is_repaired_no_faster_than_it_bears(desk: Desk, road: Road) -> None:
    for number in range(40):
        road.publisher.send(video_packet(number, key=number == 0, size=1000))
    numbers = [p.number for p in road.receiver.rtp()]
    road.receiver.leg.resends.rate = 160_000
    road.seen.resend(numbers, desk.now)
    first = sum(len(p.data) for p in road.receiver.rtp())
    assert 9000 <= first <= 11000
    desk.pass_time(0.2)
    road.seen.resend(numbers, desk.now)
    assert 3000 <= sum(len(p.data) for p in road.receiver.rtp()) <= 5000


@given(
    st.integers(10_000, 10_000_000),
    st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(1, 1500)), max_size=100),
)
def test_a_bucket_never_gives_more_than_its_rate(rate: int, wants: list[tuple[float, int]]) -> None:
    bucket = Bucket()
    bucket.rate = rate
    now = begun = 100.0
    given_out = 0
    for pause, octets in wants:
        now += pause
        if bucket.take(octets, now):
            given_out += octets
        assert given_out <= rate / 8 * (now - begun + RESEND_S) + 1


def test_probing_repeats_the_newest_packets_and_then_only_pads(desk: Desk, road: Road) -> None:
    for number in range(3):
        road.publisher.send(video_packet(number, key=number == 0, size=600))
    sent = road.receiver.rtp()
    sizes = [road.seen.pad(desk.now) for _ in range(5)]
    pads: list[Sent] = road.receiver.rtp()
    assert sizes == [len(p.data) for p in pads]
    assert {p.ssrc for p in pads} == {road.seen.rtx_ssrc}
    repeated = [int.from_bytes(p.payload[:2], "big") for p in pads[:3]]
    assert repeated == [p.number for p in reversed(sent)]
    assert [len(p.payload) for p in pads[3:]] == [0, 0]
    assert [b.number - a.number for a, b in itertools.pairwise(pads)] == [1] * 4
    numbers = [p.transport_number for p in sent + pads]
    assert numbers == list(range(numbers[0], numbers[0] + 8))
    assert road.heard.pad(desk.now) == 0, "sound has no RTX stream to pad"
