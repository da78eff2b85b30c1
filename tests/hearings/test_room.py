"""A room with packet-level peers: links, loss, reconnection, hostile datagrams. No browser."""

import asyncio
import os
import random
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiortc.rtp import RtcpPsfbPacket, RtcpRtpfbPacket

from hearings.addresses import MediaAddress
from hearings.connection import GONE_S, RECONNECTING_S
from hearings.errors import (
    ROOM_FULL,
    ROOM_UNKNOWN,
    SEAT_UNKNOWN,
    STALE_GENERATION,
    STALE_VERSION,
    TOO_MANY_ROOMS,
    HearingError,
)
from hearings.forwarding import vp8
from hearings.forwarding.packet import extension, payload_end, payload_start
from hearings.negotiation import LEVEL_ID, TWCC_ID
from hearings.permission import Standing
from hearings.port import MediaPort
from hearings.registry import ORPHAN_S, Registry
from hearings.room import Room
from hearings.sdp import parse
from hearings.stats import room_stats
from tests.hearings.peer import AUDIO_SSRC, RTX_SSRC, VIDEO_SSRC, Peer, audio_packet, video_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(30)


class House:
    """A registry on a loopback port, and everything it told."""

    def __init__(self) -> None:
        self.skipped = 0.0
        loop = asyncio.get_running_loop()
        self.port = MediaPort(
            (MediaAddress("127.0.0.1", "127.0.0.1"),), clock=lambda: loop.time() + self.skipped
        )
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.registry = Registry(self.port, lambda *event: self.told.append(event), max_rooms=2)
        self.room: Room = self.registry.open("sala")
        self.peers: list[Peer] = []

    async def peer(self, loss: float = 0.0, seed: int = 1) -> Peer:
        peer = Peer(loss, seed)
        await peer.open(("127.0.0.1", self.port.number))
        self.peers.append(peer)
        return peer

    async def publish(self, seat: str, generation: int = 1, **options: Any) -> Peer:
        """A publishing peer on a seat, connected."""
        if seat not in self.room.seats:
            self.room.join(Standing(seat, True, False), "link")
        peer = await self.peer(**options)
        await peer.connect(self.room.publish(seat, generation, peer.offer()))
        return peer

    async def subscribe(self, seat: str, generation: int = 1, **options: Any) -> Peer:
        """A subscribing peer on a seat, connected."""
        if seat not in self.room.seats:
            self.room.join(Standing(seat, True, False), "link")
        peer = await self.peer(**options)
        offer = self.room.subscribe(seat, generation)
        self.room.answer(seat, generation, offer.version, peer.answer(offer.sdp))
        await peer.connect(offer.sdp)
        return peer

    def events(self, name: str, seat: str) -> list[dict[str, Any]]:
        return [payload for _, event, payload in self.told if event == name and payload.get("seat") == seat]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    house.port.start()
    house.registry.start()
    yield house
    for peer in house.peers:
        await peer.close()
    house.registry.stop()
    await house.port.stop()


def payload(packet: bytes) -> bytes:
    return packet[payload_start(packet) : payload_end(packet)]


def numbers(packets: list[bytes], payload_type: int) -> list[int]:
    return [struct.unpack_from("!H", p, 2)[0] for p in packets if p[1] & 0x7F == payload_type]


async def test_video_begins_with_a_keyframe_and_audio_at_once(house: House) -> None:
    camera = await house.publish("a")
    screen = await house.subscribe("b")
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    for number in range(5):
        camera.send(video_packet(number))
        camera.send(audio_packet(number))
    await until(lambda: len(numbers(screen.rtp, 111)) == 5)
    assert numbers(screen.rtp, 96) == []
    await until(lambda: any(isinstance(p, RtcpPsfbPacket) and p.fmt == 1 for p in camera.rtcp))
    for number in range(5, 10):
        camera.send(video_packet(number, key=number == 6))
    await until(lambda: len(numbers(screen.rtp, 96)) == 4)
    sent = numbers(screen.rtp, 96)
    assert sent == list(range(sent[0], sent[0] + 4))
    level = next(p for p in screen.rtp if p[1] & 0x7F == 111)
    assert extension(level, LEVEL_ID) == bytes([0x80 | 30])
    assert [extension(p, TWCC_ID) for p in screen.rtp] == [n.to_bytes(2, "big") for n in range(9)]


class Repair:
    """The two ends of a lossy road: a publisher that answers NACKs by RTX, a receiver that asks for holes."""

    def __init__(self, camera: Peer, screen: Peer) -> None:
        self.camera, self.screen = camera, screen
        self.sent: dict[int, bytes] = {}
        self.got: dict[int, bytes] = {}
        self._resent = 0
        camera.on_rtcp, screen.on_rtp = self._resend, self._collect

    def send(self, number: int) -> None:
        packet = self.sent[number & 0xFFFF] = video_packet(number, key=True)
        self.camera.send(packet)

    def holes(self) -> list[int]:
        return [n for n in range(min(self.got), max(self.got)) if n not in self.got] if self.got else []

    def ask(self, ssrc: int) -> None:
        if holes := self.holes():
            self.screen.nack(ssrc, holes)

    def _resend(self, packet: Any) -> None:
        if isinstance(packet, RtcpRtpfbPacket) and packet.media_ssrc == VIDEO_SSRC:
            for number in packet.lost:
                original = self.sent[number & 0xFFFF]
                header = struct.pack("!BBH4sI", 0x80, 0x80 | 121, self._resent, original[4:8], RTX_SSRC)
                self._resent += 1
                self.camera.send(header + original[2:4] + original[12:])

    def _collect(self, packet: bytes) -> None:
        if packet[1] & 0x7F == 96:
            self.got[int.from_bytes(packet[2:4], "big")] = payload(packet)
        elif packet[1] & 0x7F == 97:
            original = payload(packet)
            self.got[int.from_bytes(original[:2], "big")] = original[2:]


async def test_what_is_lost_is_repaired_in_both_directions(house: House) -> None:
    """10 % of all media datagrams are dropped on both links, feedback included."""
    camera = await house.publish("a", loss=0.1, seed=7)
    screen = await house.subscribe("b", loss=0.1, seed=8)
    road = Repair(camera, screen)
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    out = next(s.out for s in house.room.seats["b"].subscriber.slots if s.stream == ("a", "video"))
    first = 65400  # over the wrap
    for number in range(first, first + 400):
        road.send(number)
        if number % 20 == 0:
            road.ask(out.ssrc)
        await asyncio.sleep(0.002)
    for _ in range(40):
        await asyncio.sleep(0.05)
        road.ask(out.ssrc)
    assert camera.dropped > 20
    assert screen.dropped > 20
    assert road.holes() == []
    assert len(road.got) >= 390
    frames = [int.from_bytes(road.got[number][-2:], "big") for number in sorted(road.got)]
    assert frames == sorted(frames, key=lambda n: (n - first) & 0xFFFF), "each number has its own frame"
    stats = room_stats(house.room)["seats"]
    assert stats["a"]["in"]["video"]["recovered"] > 10
    assert stats["b"]["out"]["a/video"]["resent"] > 10


async def test_a_new_generation_takes_over_behind_the_same_mline(house: House) -> None:
    old = await house.publish("a")
    screen = await house.subscribe("b")
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    for number in range(100, 110):
        old.send(video_packet(number, key=number == 100))
    await until(lambda: len(numbers(screen.rtp, 96)) == 10)
    offers = len(house.events("offer", "b"))
    new = await house.publish("a", generation=2)
    await until(lambda: house.room.seats["a"].publisher.connection.up)
    for number in range(40000, 40010):
        new.send(video_packet(number, key=number == 40000, picture=number & 0x7FFF))
    await until(lambda: len(numbers(screen.rtp, 96)) == 20)
    video = [p for p in screen.rtp if p[1] & 0x7F == 96]
    sent = numbers(video, 96)
    assert sent == list(range(sent[0], sent[0] + 20))
    assert len({struct.unpack_from("!I", p, 8)[0] for p in video}) == 1, "one SSRC throughout"
    pictures = [vp8.read(payload(p)).picture for p in video]
    assert pictures == list(range(100, 120))
    assert len(house.events("offer", "b")) == offers
    with pytest.raises(HearingError) as refusal:
        house.room.publish("a", 1, new.offer())
    assert refusal.value.code == STALE_GENERATION


async def test_nothing_flows_from_or_to_the_lobby(house: House) -> None:
    camera = await house.publish("a")
    house.room.set_admitted("a", False)
    screen = await house.subscribe("b")
    for number in range(10):
        camera.send(video_packet(number, key=True))
        camera.send(audio_packet(number))
    await until(lambda: house.room.seats["a"].publisher.sources["audio"].layers[0].packets == 10)
    assert screen.rtp == []
    assert house.room.seats["a"].publisher.sources["video"].followers == []
    assert all(slot.stream is None for slot in house.room.seats["b"].subscriber.slots)


async def test_a_muted_seat_resumes_without_a_hole(house: House) -> None:
    microphone = await house.publish("a")
    ear = await house.subscribe("b")
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    for number in range(30):
        if number == 10:
            await until(lambda: len(ear.rtp) == 10)
            house.room.set_muted("a", True)
        if number == 20:
            await until(lambda: house.room.seats["a"].publisher.sources["audio"].layers[0].packets == 20)
            house.room.set_muted("a", False)
        microphone.send(audio_packet(number))
    await until(lambda: house.room.seats["a"].publisher.sources["audio"].layers[0].packets == 30)
    await until(lambda: len(ear.rtp) >= 20)
    await asyncio.sleep(0.1)
    sent = numbers(ear.rtp, 111)
    assert sent == list(range(sent[0], sent[0] + 20))


async def test_offers_are_made_one_at_a_time_and_mlines_are_reused(house: House) -> None:
    viewer = await house.subscribe("v")
    await house.publish("a")
    (offer,) = house.events("offer", "v")
    await house.publish("b")
    await house.publish("c")
    assert len(house.events("offer", "v")) == 1, "the next waits for the answer"
    with pytest.raises(HearingError) as refusal:
        house.room.answer("v", 1, offer["version"] + 1, viewer.answer(offer["sdp"]))
    assert refusal.value.code == STALE_VERSION
    house.room.answer("v", 1, offer["version"], viewer.answer(offer["sdp"]))
    _, second = house.events("offer", "v")
    assert [entry["seat"] for entry in second["streams"]] == ["a", "b", "c"]
    house.room.answer("v", 1, second["version"], viewer.answer(second["sdp"]))
    lines = len(parse(second["sdp"]).sections)
    mids = {entry["seat"]: entry["mids"] for entry in second["streams"]}
    house.room.leave("b")
    house.room.leave("c")
    for number in (2, 3):  # one offer for each who left
        late = house.events("offer", "v")[number]
        house.room.answer("v", 1, late["version"], viewer.answer(late["sdp"]))
    await house.publish("d")
    last = house.events("offer", "v")[-1]
    assert len(parse(last["sdp"]).sections) == lines == 6
    after = {entry["seat"]: entry["mids"] for entry in last["streams"]}
    assert after["a"] == mids["a"]
    assert after["d"] in (mids["b"], mids["c"])


async def test_an_mline_the_browser_refused_gets_nothing(house: House) -> None:
    camera = await house.publish("a")
    house.room.join(Standing("b", True, False), "link")
    offer = house.room.subscribe("b", 1)
    screen = await house.peer()
    refusing = screen.answer(offer.sdp).replace("m=video 9", "m=video 0")
    house.room.answer("b", 1, offer.version, refusing)
    await screen.connect(offer.sdp)
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    for number in range(10):
        camera.send(video_packet(number, key=True))
        camera.send(audio_packet(number))
    await until(lambda: len(numbers(screen.rtp, 111)) == 10)
    assert numbers(screen.rtp, 96) == []


async def test_hostile_datagrams_are_dropped_and_counted(house: House) -> None:
    camera = await house.publish("a")
    screen = await house.subscribe("b")
    stranger = await house.peer()
    await until(lambda: house.room.seats["b"].subscriber.connection.up)
    chance = random.Random(5)
    sealed = camera._dtls._tx_srtp.protect(audio_packet(0))
    camera.send_raw(sealed)
    camera.send_raw(sealed)
    camera.send_raw(sealed[:-1] + b"\0")
    stranger.send_raw(sealed)
    for sender in (camera, stranger, screen):
        for size in (1, 2, 11, 12, 13, 20, 40, 300, 1600):
            for first in (0, 1, 20, 22, 64, 128, 144, 191, 255):
                sender.send_raw(bytes([first]) + chance.randbytes(size - 1))
        sender.send_raw(b"")
    for size in range(12, 40):  # true tags on nonsense
        for first in (0x80, 0x9F, 0xB0, 0xBF):
            packet = struct.pack(
                "!BBHII",
                first,
                0x80 | chance.choice((120, 121, 109, 5)),
                size,
                0,
                chance.choice((VIDEO_SSRC, RTX_SSRC, AUDIO_SSRC, 99)),
            )
            try:
                camera.send(packet + os.urandom(size - 12))
            except Exception:
                continue  # libsrtp itself refuses to seal it
    camera.send_rtcp(struct.pack("!BBHII", 0x81, 200, 2, 1, 2))
    screen.send_rtcp(struct.pack("!BBHIIHH", 0x81, 205, 3, 1, 99, 100, 0xFFFF))
    before = len(screen.rtp)
    camera.send(audio_packet(1))
    camera.send(audio_packet(2))
    await until(lambda: len(screen.rtp) > before)
    await asyncio.sleep(0.2)
    counters = house.port.counters
    assert counters.failures == 0
    assert counters.srtp_refused >= 2
    assert counters.unknown_source > 0
    assert counters.stun_malformed > 0
    assert counters.rtcp_malformed > 0
    for seat in house.room.seats.values():
        for side in (seat.publisher, seat.subscriber):
            assert side is None or side.connection.up


async def test_malformed_packets_under_a_true_seal_are_counted(house: House) -> None:
    """libsrtp lets little of this through; the packet path does not rely on it."""
    await house.publish("a")
    publisher = house.room.seats["a"].publisher
    chance = random.Random(11)
    for _ in range(20000):
        packet = bytearray(chance.randbytes(chance.randrange(0, 60)))
        if len(packet) >= 12:
            packet[1] = chance.choice((109, 120, 121))
            packet[8:12] = chance.choice((VIDEO_SSRC, RTX_SSRC, AUDIO_SSRC, 77)).to_bytes(4, "big")
        publisher.on_rtp(bytes(packet), 0.0)
    assert house.port.counters.rtp_malformed > 100
    assert len(publisher._by_ssrc) <= 16


async def test_silence_is_reconnecting_then_gone_and_leaves_nothing_behind(house: House) -> None:
    camera = await house.publish("a")
    await until(lambda: house.room.seats["a"].publisher.connection.up)
    house.peers.remove(camera)
    camera.abort()

    def states() -> list[str]:
        return [event["state"] for event in house.events("connection", "a")]

    house.skipped += RECONNECTING_S + 0.1
    await until(lambda: states() == ["connected", "reconnecting"])
    house.skipped += GONE_S
    await until(lambda: states() == ["connected", "reconnecting", "gone"])
    await until(lambda: house.port.connections == 0)
    assert len(house.port.ice) == 0


async def test_a_goodbye_is_understood_at_once(house: House) -> None:
    camera = await house.publish("a")
    await until(lambda: house.room.seats["a"].publisher.connection.up)
    await camera.close()
    await until(lambda: house.port.connections == 0)
    assert house.events("connection", "a")[-1]["state"] == "gone"


async def test_an_ice_restart_keeps_the_keys_and_moves_the_path(house: House) -> None:
    camera = await house.publish("a")
    await until(lambda: house.room.seats["a"].publisher.connection.up)
    connection = house.room.seats["a"].publisher.connection
    path = connection.peer.path
    answer = parse(house.room.seat("a").current_publisher(1).restart(camera.offer()))
    mover = await house.peer()
    mover.check(answer.transport)
    await until(lambda: connection.peer.path != path)
    mover.send_raw(camera._dtls._tx_srtp.protect(audio_packet(1)))
    await until(lambda: house.room.seats["a"].publisher.sources["audio"].layers[0].packets == 1)


async def test_the_speaker_is_told_when_it_changes(house: House) -> None:
    camera = await house.publish("a")
    await until(lambda: house.room.seats["a"].publisher.connection.up)
    camera.send(audio_packet(1, level=20))
    await until(lambda: any(e[1] == "activity" and e[2]["speaker"] == "a" for e in house.told))
    last = [e for e in house.told if e[1] == "activity"][-1]
    assert last[2]["seats"]["a"]["voice"] == "speaking"
    assert last[2]["seats"]["a"]["level"] == 10


async def test_a_rooms_seats_and_a_process_rooms_are_limited(house: House) -> None:
    for number in range(6):
        house.room.join(Standing(f"s{number}", True, False), "link")
    refusals = []
    for attempt in (
        lambda: house.room.join(Standing("s7", True, False), "link"),
        lambda: house.room.leave("nobody"),
        lambda: house.registry.room("nowhere"),
        lambda: [house.registry.open(f"r{n}") for n in range(3)],
    ):
        with pytest.raises(HearingError) as refusal:
            attempt()
        refusals.append(refusal.value.code)
    assert refusals == [ROOM_FULL, SEAT_UNKNOWN, ROOM_UNKNOWN, TOO_MANY_ROOMS]


async def test_seats_of_a_lost_link_wait_and_then_go(house: House) -> None:
    house.room.join(Standing("a", True, False), "old")
    house.room.join(Standing("b", True, False), "old")
    house.registry.link_lost("old")
    house.room.join(Standing("a", True, False), "new")
    house.skipped += ORPHAN_S + 2
    await until(lambda: "b" not in house.room.seats)
    assert "a" in house.room.seats
    assert "sala" in house.registry.rooms


async def test_six_people_have_five_others_each(house: House) -> None:
    seats = [f"s{number}" for number in range(6)]
    cameras = {seat: await house.publish(seat) for seat in seats}
    screens = {seat: await house.subscribe(seat) for seat in seats}
    await until(lambda: all(s.subscriber.connection.up for s in house.room.seats.values()))
    for number in range(20):
        for camera in cameras.values():
            camera.send(video_packet(number, key=True))
            camera.send(audio_packet(number))
        await asyncio.sleep(0.005)
    await until(lambda: all(len(screen.rtp) == 5 * 2 * 20 for screen in screens.values()))
    for screen in screens.values():
        assert len({packet[8:12] for packet in screen.rtp}) == 10
        assert len({packet[:12] for packet in screen.rtp}) == 200, "no SSRC uses a number twice"
