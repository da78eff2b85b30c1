"""The packet path with what a real Chromium sent: recorded in packets/, made by packets/record.py."""

import dataclasses
import itertools
import socket
import struct
import time

import pytest

from hearings.forwarding import arrival, vp8
from hearings.forwarding.packet import extension
from hearings.negotiation import LEVEL_ID, SEND_TIME_ID, PublishedTrack, published_tracks
from hearings.sdp import parse
from tests.hearings.desk import Browser, Desk, Sent, camera, microphone, recorded
from tests.hearings.peer import audio_packet, video_packet


def publish(desk: Desk, offer: str, codec: str = "vp8") -> tuple[Browser, dict[str, PublishedTrack]]:
    """A browser whose offer is taken, and its m-lines by medium."""
    tracks = {track.media: track for track in published_tracks(parse(offer), codec)}
    return desk.browser(), tracks


def rises_by_one(sent: list[Sent]) -> bool:
    return all((b.number - a.number) & 0xFFFF == 1 for a, b in itertools.pairwise(sent))


def test_three_layers_and_their_repairs_find_their_way(desk: Desk) -> None:
    """Mid and rid stand on the first packets only; what comes later is known by its SSRC."""
    offer, packets = recorded("chromium-vp8-layers")
    browser, tracks = publish(desk, offer)
    audio = desk.forwarder.add_in(browser.leg, tracks["audio"])
    video = desk.forwarder.add_in(browser.leg, tracks["video"])
    assert [layer.rid for layer in video.layers] == ["q", "h", "f"]
    ears = desk.browser()
    desk.out(ears, audio)
    start = desk.now
    for when, packet in packets:
        desk.now = start + when
        browser.send(packet)
    assert desk.counters.rtp_unrouted == desk.counters.rtp_malformed == 0
    by_type = {
        kind: sum(p[1] & 0x7F == kind for _, p in packets)
        for kind in (tracks["audio"].payload_type, tracks["video"].payload_type)
    }
    assert audio.layers[0].packets == by_type[tracks["audio"].payload_type]
    assert sum(layer.packets for layer in video.layers) == by_type[tracks["video"].payload_type]
    assert all(layer.packets > 20 for layer in video.layers)
    assert all(layer.lost == layer.recovered == 0 for layer in video.layers), "probing is no repair"
    sound = ears.rtp()
    assert len(sound) == audio.layers[0].packets
    assert rises_by_one(sound)
    original = [p for _, p in packets if p[1] & 0x7F == tracks["audio"].payload_type]
    for before, after in zip(original, sound, strict=True):
        assert extension(after.data, LEVEL_ID) == extension(before, tracks["audio"].level_id)


def test_every_packet_is_noted_with_its_transport_wide_number(desk: Desk) -> None:
    offer, packets = recorded("chromium-vp8-layers")
    browser, tracks = publish(desk, offer)
    for track in tracks.values():
        desk.forwarder.add_in(browser.leg, track)
    for when, packet in packets:
        desk.now = 1000.0 + when
        browser.send(packet)
    notes = browser.leg.arrivals.take()
    assert len(notes) == len(packets), "RTX and padding too"
    numbers = [number for number, _ in notes]
    assert numbers == sorted(numbers)
    assert all(
        0 <= 1000.0 + when - at <= arrival.MAX_LAG_S
        for (_, at), (when, _) in zip(notes, packets, strict=True)
    )
    assert browser.leg.arrivals.take() == []


def test_a_camera_in_h264_begins_with_its_keyframe(desk: Desk) -> None:
    offer, packets = recorded("chromium-h264")
    browser, tracks = publish(desk, offer, "h264")
    assert tracks["video"].codec == "h264"
    source = desk.forwarder.add_in(browser.leg, tracks["video"])
    eyes = desk.browser()
    video = [p for _, p in packets if p[1] & 0x7F == tracks["video"].payload_type]
    browser.send(video[0])
    late = desk.out(eyes, source)
    for packet in video[1:20]:
        browser.send(packet)
    assert eyes.rtp() == [], "the picture in progress is of no use"
    assert browser.keyframes_asked()
    for packet in video:  # the browser begins anew, as a new source would
        renewed = packet[:8] + b"\0\0\0\7" + packet[12:]
        browser.leg.routes.layers[7] = source.layers[0]
        browser.send(renewed)
    sent = eyes.rtp()
    assert len(sent) == len(video)
    assert rises_by_one(sent)
    assert late.packets == len(video)


def test_a_packet_of_padding_alone_leaves_no_hole(desk: Desk) -> None:
    """RFC 3550 section 5.1: a sender without RTX may fill its line so."""
    browser, eyes = desk.browser(), desk.browser()
    desk.out(eyes, desk.forwarder.add_in(browser.leg, camera()))
    browser.send(video_packet(1, key=True))
    padding = bytearray(video_packet(2)[:12]) + bytes(199) + bytes([200])
    padding[0] |= 0x20
    padding[1] &= 0x7F
    browser.send(bytes(padding))
    browser.send(video_packet(3))
    sent = eyes.rtp()
    assert [len(p.payload) > 0 for p in sent] == [True, False, True]
    assert rises_by_one(sent)
    assert not sent[1].data[0] & 0x20


def test_receivers_have_numbers_of_their_own_and_one_body(desk: Desk) -> None:
    browser = desk.browser()
    source = desk.forwarder.add_in(browser.leg, camera())
    eyes = [desk.browser() for _ in range(3)]
    outs = [desk.out(each, source) for each in eyes]
    for number in range(3):
        browser.send(video_packet(number, key=number == 0))
    got = [each.rtp() for each in eyes]
    for out, sent in zip(outs, got, strict=True):
        assert {p.ssrc for p in sent} == {out.ssrc}
        assert [p.transport_number for p in sent] == [0, 1, 2]
        assert rises_by_one(sent)
        assert all(p.marker for p in sent)
    for copies in zip(*got, strict=True):
        assert len({p.payload for p in copies}) == 1
        assert len({extension(p.data, SEND_TIME_ID) for p in copies}) == 1


def test_what_was_sent_is_remembered_under_its_number(desk: Desk) -> None:
    browser, eyes = desk.browser(), desk.browser()
    desk.out(eyes, desk.forwarder.add_in(browser.leg, camera()))
    eyes.leg.departures.number = 8190
    for number in range(5):
        desk.now = 50.0 + number
        browser.send(video_packet(number, key=True, size=100 + 2 * number))
    departures = eyes.leg.departures
    assert departures.number == 8195
    sent = eyes.rtp()
    for step, packet in enumerate(sent):
        slot = (8190 + step) & 8191
        assert packet.transport_number == 8190 + step
        assert (departures.sent_at[slot], departures.sent_size[slot]) == (50.0 + step, len(packet.data))


def test_numbers_cross_their_wraps_on_both_sides(desk: Desk) -> None:
    """Sequence (in and out), timestamp, PictureID and the transport-wide number, in one run."""
    browser, eyes = desk.browser(), desk.browser()
    out = desk.out(eyes, desk.forwarder.add_in(browser.leg, camera()))
    out.numbers.newest = 65500
    eyes.leg.departures.number = 65520
    step = 2**32 // 65530
    for number in range(65500, 65600):
        browser.send(video_packet(number, key=True, step=step))
    sent = eyes.rtp()
    assert len(sent) == 100
    assert rises_by_one(sent)
    assert (sent[0].number, sent[-1].number) == (65501, 64)
    assert [(b.transport_number - a.transport_number) & 0xFFFF for a, b in itertools.pairwise(sent)] == [
        1
    ] * 99
    assert {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in itertools.pairwise(sent)} == {step}
    pictures = [vp8.read(p.payload).picture for p in sent]
    assert [(b - a) & 0x7FFF for a, b in itertools.pairwise(pictures)] == [1] * 99


def test_the_kernel_says_when_a_packet_came(desk: Desk) -> None:
    """A server that is late to read must not take its own lateness for the network's."""
    browser = desk.browser()
    desk.forwarder.add_in(browser.leg, microphone(twcc_id=5))
    packet = bytearray(audio_packet(1))
    packet[16:20] = bytes([0x51, 0, 9, 0])
    browser.socket.send(bytes(packet))
    time.sleep(0.05)
    desk.forwarder.read(0, 1000.0)
    ((number, at),) = browser.leg.arrivals.take()
    assert number == 9
    assert 1000.0 - arrival.MAX_LAG_S <= at <= 1000.0 - 0.05


@pytest.mark.parametrize("set_by", [-3600.0, -1.0, 3600.0])
def test_a_wall_clock_that_is_set_is_not_believed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, set_by: float
) -> None:
    browser = desk.browser()
    desk.forwarder.add_in(browser.leg, microphone(twcc_id=5))
    packet = bytearray(audio_packet(1))
    packet[16:20] = bytes([0x51, 0, 9, 0])
    browser.socket.send(bytes(packet))
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + set_by)
    desk.forwarder.read(0, 1000.0)
    assert browser.leg.arrivals.take() == [(9, 1000.0)]


def test_packets_that_are_read_in_one_go_keep_their_distances(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long each of them takes us: a publisher's browser would take it for a way that changes."""
    browser = desk.browser()
    desk.forwarder.add_in(browser.leg, microphone(twcc_id=5))
    for number in range(4):
        packet = bytearray(audio_packet(number))
        packet[16:20] = bytes([0x51, 0, number, 0])
        browser.socket.send(bytes(packet))
    true_time, steps = time.time, itertools.count()
    monkeypatch.setattr(time, "time", lambda: true_time() + 0.05 * next(steps))
    desk.forwarder.read(0, 1000.0)
    arrivals = [at for _, at in browser.leg.arrivals.take()]
    assert arrivals == sorted(arrivals)
    assert len(set(arrivals)) == 4


def test_a_packet_that_comes_while_others_are_read_came_after_them() -> None:
    stamp = struct.pack("@qq", 1000, 4_000_000)
    ancillary = [(socket.SOL_SOCKET, 35, stamp)]
    assert arrival.lag(ancillary, 1000.0) == pytest.approx(-0.004)
    assert arrival.lag(ancillary, 1000.010) == pytest.approx(0.006)
    assert arrival.lag(ancillary, 999.0) == 0.0


def test_an_extension_is_read_wherever_it_stands(desk: Desk) -> None:
    """Padding between elements and elements of others' are passed over; a two-byte header is not ours."""
    browser, ears = desk.browser(), desk.browser()
    desk.out(ears, desk.forwarder.add_in(browser.leg, microphone(twcc_id=5)))
    body = bytes([0, 0x72, 1, 2, 3, 0, 0x51, 1, 2, 0x10, 0x80 | 33, 0])
    head = audio_packet(1)[:12]
    browser.send(head + b"\xbe\xde\x00\x03" + body + b"opus")
    two_byte = bytes([5, 2, 9, 9, 1, 1, 77, 0])
    browser.send(audio_packet(2)[:12] + b"\x10\x00\x00\x02" + two_byte + b"opus")
    first, second = ears.rtp()
    assert [number for number, _ in browser.leg.arrivals.take()] == [0x0102]
    assert extension(first.data, LEVEL_ID) == bytes([0x80 | 33])
    assert extension(second.data, LEVEL_ID) == bytes([127]), "unknown is silence"
    assert (first.payload, second.payload) == (b"opus", b"opus")


def test_a_snapshot_is_a_snapshot(desk: Desk) -> None:
    browser, eyes = desk.browser(), desk.browser()
    source = desk.forwarder.add_in(browser.leg, camera())
    out = desk.out(eyes, source)
    browser.send(video_packet(1, key=True))
    before = desk.forwarder.stats(out), desk.forwarder.stats(source.layers[0])
    browser.send(video_packet(2))
    after = desk.forwarder.stats(out), desk.forwarder.stats(source.layers[0])
    assert [each.packets for each in before] == [1, 1]
    assert [each.packets for each in after] == [2, 2]
    assert dataclasses.asdict(after[0])["layer"] == 0
