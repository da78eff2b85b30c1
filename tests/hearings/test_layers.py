"""Simulcast: which layer a receiver gets, and that it cannot tell one from another by the numbers."""

import itertools
import struct

import pytest

from hearings.forwarding import rtcp, vp8
from hearings.forwarding.packet import HEADER
from hearings.forwarding.source import LIVE_S, RETURNED_S, STOPPED_S, Source
from tests.hearings.desk import Browser, Desk, Sent, camera

MID, RID, RRID = 3, 10, 11
RTP_STEP = 3000


class Camera:
    """A browser that sends one camera in three layers, each with its own clock, numbers and pictures."""

    def __init__(self, desk: Desk, rids: tuple[str, ...] = ("q", "h", "f")) -> None:
        self.desk = desk
        self.browser = desk.browser()
        track = camera(ssrcs=(), rids=rids, rid_id=RID, rrid_id=RRID)
        self.source: Source = desk.forwarder.add_in(self.browser.leg, track)
        self.sent: dict[tuple[int, int], bytes] = {}
        self._frames = [100, 30000, 65000][: len(rids)]

    def frame(self, *layers: int, key: bool = False, lose: bool = False) -> None:
        """One picture on each of these layers, two packets long, at this moment."""
        for layer in layers:
            self._frames[layer] += 1
            count = self._frames[layer]
            for part in (0, 1):
                packet = self.packet(layer, count, part, key=key)
                self.sent[layer, count * 2 + part & 0xFFFF] = packet
                if not lose:
                    self.browser.send(packet)

    def packet(self, layer: int, count: int, part: int, *, key: bool) -> bytes:
        timestamp = int(self.desk.now * 90000) + layer * 1_000_003 & 0xFFFFFFFF
        head = HEADER.pack(0x90, 120 | 0x80 * part, count * 2 + part & 0xFFFF, timestamp, 5000 + layer)
        rid = self.source.layers[layer].rid.encode()
        extension = struct.pack("!HHBcB1sx", 0xBEDE, 1 + 1, MID << 4, b"1", RID << 4, rid) + b"\0\0\0"
        picture = count & 0x7FFF
        start = 0x10 if not part else 0
        descriptor = bytes([0x80 | start, 0xE0, 0x80 | picture >> 8, picture & 0xFF, count & 0xFF, 0x20])
        return head + extension + descriptor + bytes([0 if key else 1]) + f"{layer}:{count}:{part}".encode()

    def repair(self, layer: int, number: int) -> None:
        """Send a lost packet on the layer's RTX stream."""
        original = self.sent[layer, number]
        rid = self.source.layers[layer].rid.encode()
        head = HEADER.pack(
            0x90, original[1] & 0x80 | 121, number, struct.unpack_from("!I", original, 4)[0], 6000 + layer
        )
        extension = struct.pack("!HHBcB1sx", 0xBEDE, 1 + 1, MID << 4, b"1", RRID << 4, rid) + b"\0\0\0"
        self.browser.send(head + extension + struct.pack("!H", number) + original[24:])

    def clocks(self, at: int) -> None:
        """A sender report of each layer, by one wall clock."""
        for layer in range(len(self.source.layers)):
            timestamp = int(self.desk.now * 90000) + layer * 1_000_003 & 0xFFFFFFFF
            self.source.layers[layer].on_sender_report(at, timestamp, self.desk.now)


def layers_of(sent: list[Sent]) -> list[int]:
    """Which layers packets came from, by their bodies, repeats left out."""
    return [layer for layer, _ in itertools.groupby(int(p.payload[7:8]) for p in sent)]


def assert_seamless(sent: list[Sent]) -> None:
    """Numbers rise by one, time never falls, pictures and TL0 rise by one with each frame."""
    assert all((b.number - a.number) & 0xFFFF == 1 for a, b in itertools.pairwise(sent))
    frames = [p for p in sent if not p.marker]
    ids = [vp8.read(p.payload) for p in frames]
    for (a, one), (b, two) in itertools.pairwise(zip(frames, ids, strict=True)):
        assert 0 < (b.timestamp - a.timestamp) & 0xFFFFFFFF < 0x80000000
        assert (two.picture - one.picture) & 0x7FFF == 1
        assert (two.tl0 - one.tl0) & 0xFF == 1


@pytest.fixture
def stage(desk: Desk) -> Camera:
    return Camera(desk)


def run(camera: Camera, frames: int, *layers: int, key: bool = False) -> None:
    for number in range(frames):
        camera.frame(*layers, key=key)
        if number % 3 == 0:
            camera.source.settle(camera.desk.now)
        camera.desk.pass_time(1 / 30)


def test_a_receiver_changes_at_a_keyframe_and_sees_no_seam(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(0, desk.now)
    run(stage, 1, 0, 1, 2, key=True)
    got: list[Sent] = []
    for target in (2, 0, 1, 2):
        run(stage, 5, 0, 1, 2)
        stage.browser.rtcp()
        out.aim(target, desk.now)
        desk.pass_time(0.6)
        assert 5000 + target in stage.browser.keyframes_asked()
        before = out.layer
        run(stage, 3, 0, 1, 2)
        assert out.layer is before, "the old one goes on until the keyframe"
        run(stage, 1, target, key=True)
        run(stage, 3, 0, 1, 2)
        assert out.layer is stage.source.layers[target]
    got = eyes.rtp()
    assert layers_of(got) == [0, 2, 0, 1, 2]
    assert_seamless(got)


def test_time_goes_by_the_publishers_clock_over_a_change(desk: Desk, stage: Camera) -> None:
    """The upper layer's keyframe comes 80 ms late; by the reports it was taken 33 ms after the last."""
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(0, desk.now)
    stage.frame(0, 1, 2, key=True)
    stage.clocks(1000 << 32)
    desk.pass_time(1 / 30)
    run(stage, 2, 0, 1, 2, key=True)
    out.aim(2, desk.now)
    packets = [stage.packet(2, 65100, part, key=True) for part in (0, 1)]
    desk.pass_time(0.08)
    for packet in packets:
        stage.browser.send(packet)
    got = eyes.rtp()
    *_, last, entry = [p for p in got if not p.marker]
    assert layers_of(got) == [0, 2]
    assert abs(((entry.timestamp - last.timestamp) & 0xFFFFFFFF) - RTP_STEP) <= 2
    reports = [p for p in eyes.rtcp() if hasattr(p, "sender_info") and p.ssrc == out.ssrc]
    assert reports, "its clock is told at once, or lips and voice would part until the next report"
    info = reports[-1].sender_info
    seconds = info.ntp_timestamp / 2**32 + (entry.timestamp - info.rtp_timestamp) / 90000
    assert abs(seconds - (1000 + 3 / 30)) < 0.001


def test_what_was_lost_around_a_change_comes_again_from_its_own_layer(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(0, desk.now)
    run(stage, 4, 0, 1, 2, key=True)
    out.aim(2, desk.now)
    run(stage, 4, 0, 1, 2, key=True)
    out.aim(1, desk.now)
    run(stage, 4, 0, 1, 2, key=True)
    sent = eyes.rtp()
    assert layers_of(sent) == [0, 2, 1]
    out.resend([p.number for p in sent], desk.now)
    again = eyes.rtp()
    assert [int.from_bytes(p.payload[:2], "big") for p in again] == [p.number for p in sent]
    assert [p.payload[2:] for p in again] == [p.payload for p in sent], "picture numbers as first sent"
    assert [p.timestamp for p in again] == [p.timestamp for p in sent]
    assert {p.ssrc for p in again} == {out.rtx_ssrc}


def test_a_layer_that_is_switched_off_gives_way_soon_and_comes_back(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(2, desk.now)
    run(stage, 3, 0, 1, 2, key=True)
    assert out.layer_index == 2
    run(stage, int(30 * STOPPED_S) + 4, 0, 1)
    assert out.awaited is stage.source.layers[1]
    run(stage, 3, 0, 1, key=True)
    assert out.layer_index == 1
    run(stage, int(30 * RETURNED_S) - 3, 0, 1, 2, key=True)
    assert out.layer_index == 1, "it must be back for a while, or pictures would swing with it"
    run(stage, 12, 0, 1, 2, key=True)
    assert out.layer_index == 2
    assert_seamless(eyes.rtp())


def test_a_slow_camera_a_dead_line_and_a_silent_lowest_layer_are_waited_for(
    desk: Desk, stage: Camera
) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(2, desk.now)
    for _ in range(6):  # two pictures a second
        run(stage, 1, 0, 1, key=True)
        stage.source.settle(desk.now)
        run(stage, 1, 2, key=True)
        stage.source.settle(desk.now)
        desk.pass_time(0.43)
        stage.source.settle(desk.now)
    assert stage.source.live(desk.now) == [0, 1, 2]
    desk.pass_time(0.2)
    run(stage, 3, 0, 1)
    assert stage.source.live(desk.now) == [0, 1, 2]
    run(stage, 20, 1, 2)
    assert stage.source.live(desk.now) == [0, 1, 2], "an encoder that saves bits drops pictures of the lowest"
    assert out.layer_index == 2


def test_a_camera_that_is_off_is_waited_for_and_begun_with_whatever_comes(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(2, desk.now)
    run(stage, 3, 0, 1, 2, key=True)
    desk.pass_time(LIVE_S + 0.1)
    stage.source.settle(desk.now)
    assert stage.source.live(desk.now) == []
    run(stage, 3, 0, key=True)
    assert out.layer_index == 0
    assert_seamless(eyes.rtp())


def test_the_first_layer_that_comes_is_shown_whatever_was_aimed_at(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    run(stage, 2, 0, key=True)
    assert out.layer_index == 0
    run(stage, 2, 0, 1, key=True)
    stage.source.settle(desk.now)
    run(stage, 2, 0, 1, key=True)
    assert out.layer_index == 1
    assert_seamless(eyes.rtp())


def test_a_paused_receiver_gets_nothing_and_goes_on_where_it_was(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    run(stage, 3, 0, 1, 2, key=True)
    before = eyes.rtp()
    out.aim(None, desk.now)
    run(stage, 30, 0, 1, 2, key=True)
    assert eyes.rtp() == []
    out.aim(0, desk.now)
    run(stage, 3, 0, 1, 2, key=True)
    after = eyes.rtp()
    assert_seamless(before + after)
    gone = (after[0].timestamp - before[-1].timestamp) & 0xFFFFFFFF
    assert 30 * RTP_STEP < gone < 33 * RTP_STEP


def test_receivers_choose_for_themselves(desk: Desk, stage: Camera) -> None:
    eyes: list[Browser] = [desk.browser() for _ in range(3)]
    for layer, each in enumerate(eyes):
        desk.out(each, stage.source).aim(layer, desk.now)
    run(stage, 5, 0, 1, 2, key=True)
    for layer, each in enumerate(eyes):
        got = each.rtp()
        assert layers_of(got)[-1] == layer
        assert_seamless(got)


def test_a_layers_repair_finds_it_by_its_repaired_rid(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(1, desk.now)
    run(stage, 2, 0, 1, 2, key=True)
    stage.frame(1, lose=True)
    desk.pass_time(1 / 30)
    run(stage, 1, 0, 1, 2)
    missing = stage.browser.nacked()
    assert len(missing) == 2
    for number in missing:
        stage.repair(1, number)
    assert stage.source.layers[1].recovered == 2
    assert stage.source.layers[1].lost == 0
    assert_seamless(sorted(eyes.rtp(), key=lambda p: p.number))


def test_a_keyframe_whose_head_comes_late_is_begun_with_all_the_same(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    run(stage, 2, 0, 1, 2)
    out = desk.out(eyes, stage.source)
    out.aim(1, desk.now)
    stage.frame(1, key=True, lose=True)
    desk.pass_time(1 / 30)
    run(stage, 2, 1)
    assert eyes.rtp() == []
    for number in stage.browser.nacked():
        stage.repair(1, number)
    got = sorted(eyes.rtp(), key=lambda p: p.number)
    assert [p.payload[7:] for p in got][:2] == [b"1:30003:0", b"1:30003:1"]
    assert len(got) == 6
    assert_seamless(got)


def test_a_publisher_that_begins_anew_is_waited_for(desk: Desk, stage: Camera) -> None:
    """A hole too large to repair, or other numbers under the same SSRC: the receiver's go on by one."""
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(0, desk.now)
    run(stage, 3, 0, key=True)
    stage._frames[0] += 5000
    run(stage, 3, 0)
    assert out.layer is None, "what follows a hole cannot be decoded"
    assert stage.browser.keyframes_asked()
    run(stage, 3, 0, key=True)
    assert_seamless(eyes.rtp())


def test_a_report_is_passed_on_in_the_receivers_time(desk: Desk, stage: Camera) -> None:
    eyes = desk.browser()
    out = desk.out(eyes, stage.source)
    out.aim(1, desk.now)
    run(stage, 3, 0, 1, 2, key=True)
    eyes.rtcp()
    last = eyes.rtp()[-1]
    stage.clocks(77 << 32)
    report, names = (p for p in eyes.rtcp())
    assert report.sender_info.ntp_timestamp == 77 << 32
    expected = last.timestamp + RTP_STEP
    assert abs(report.sender_info.rtp_timestamp - expected) <= 2
    assert report.sender_info.packet_count == out.packets
    assert names.chunks[0].items == [(1, b"seat")]
    seen = rtcp.report_block(out.ssrc, 64, 3, 0, 90, 77 << 16 & 0xFFFFFFFF, 65536 // 10)
    desk.pass_time(0.15)
    (packet,) = rtcp.read(rtcp.receiver_report([seen]))
    out.on_report(packet.reports[0], desk.now)
    assert out.round_trip_s == pytest.approx(0.05, abs=0.001)
    assert out.fraction_lost == 0.25
