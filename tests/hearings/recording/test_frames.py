"""Frames from packets: whole ones only, from a keyframe on, and from the next after a loss."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.recording import h264
from hearings.recording.frames import Frame, Pictures, Sound
from hearings.recording.ordering import Ordering, Packet
from tests.hearings.recording.making import FPS, LOOKS, Encoded, picture, pictures, sound
from tests.hearings.recording.packets import audio, h264_payloads, video

SHORT = pictures(LOOKS["s1"].colour, 3, 640, 480)


def h264_frames(seconds: int, width: int = 642, height: int = 478) -> list[Encoded]:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, FPS)
    encoder.gop_size = FPS
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "profile": "baseline"}
    raw = [picture(LOOKS["s1"].colour, number, width, height) for number in range(seconds * FPS)]
    return [Encoded(bytes(p), p.is_keyframe) for frame in [*raw, None] for p in encoder.encode(frame)]


def assembled(packets: list[Packet], codec: str = "vp8") -> tuple[list[Frame], Pictures]:
    """In order and joined, as a sitting does it."""
    ordering, pictures_in = Ordering(), Pictures(codec)
    frames = [pictures_in.add(p) for packet in packets for p in ordering.add(packet)]
    frames += [pictures_in.add(p) for p in ordering.drain()]
    return [frame for frame in frames if frame is not None], pictures_in


def test_vp8_frames_are_those_that_were_encoded() -> None:
    packets = list(video(SHORT, number=65530, timestamp=2**32 - 9000))
    assert len(packets) > len(SHORT), "some frames take several packets"
    frames, _ = assembled(packets)
    assert [frame.data for frame in frames] == [frame.data for frame in SHORT]
    assert [frame.keyframe for frame in frames] == [frame.keyframe for frame in SHORT]
    assert (frames[0].width, frames[0].height) == (640, 480)


@given(st.sets(st.integers(1, 150), max_size=6), st.randoms(use_true_random=False))
def test_under_loss_and_disorder_frames_are_whole_and_follow_on_what_they_need(lost, chance) -> None:
    packets = list(video(SHORT))
    arriving = [packet for packet in packets if packet.number not in lost]
    for _ in range(40):  # overtaking by a few places
        at = chance.randrange(1, len(arriving) - 4)
        arriving.insert(at + chance.randrange(4), arriving.pop(at))
    frames, _ = assembled(arriving)
    hurt = {packet.timestamp for packet in packets if packet.number in lost}
    expected, good = [], True
    for index, frame in enumerate(SHORT):
        broken = index * 90000 // FPS in hurt
        good = not broken and (good or frame.keyframe)
        if good:
            expected.append(frame.data)
    assert [frame.data for frame in frames] == expected


def test_a_loss_asks_for_a_keyframe_until_one_is_whole() -> None:
    packets = list(video(SHORT))
    mended_by = next(p.number for p in packets if p.timestamp == 90000 and p.marker)
    joiner = Pictures("vp8")
    awaited = []
    for packet in packets:
        if packet.number != 4:
            joiner.add(packet)
        if joiner.awaits_keyframe:
            awaited.append(packet.number)
    assert awaited == list(range(5, mended_by))


def test_joined_in_the_middle_it_waits_for_a_keyframe() -> None:
    packets = [packet for packet in video(SHORT) if packet.timestamp > 4500]
    frames, _ = assembled(packets)
    assert frames[0].keyframe
    assert frames[0].timestamp == 90000


def test_a_source_changed_in_the_middle_of_a_picture_costs_that_picture_alone() -> None:
    """Numbers go on without a hole, as the engine makes them, but the picture has no end."""
    low = list(video(SHORT))
    cut = next(index for index, p in enumerate(low) if p.timestamp > 0 and not p.marker and index > 10)
    first = low[: cut + 1]
    high = list(video(pictures(LOOKS["s2"].colour, 1, 320, 240), number=cut + 2, timestamp=500_000))
    frames, _ = assembled(first + high)
    sizes = [(frame.width, frame.height) for frame in frames if frame.keyframe]
    assert sizes[-1] == (320, 240)
    assert frames[-1].data == pictures(LOOKS["s2"].colour, 1, 320, 240)[-1].data
    assert len({frame.timestamp for frame in frames}) == len(frames)


def test_empty_packets_are_no_frames_and_no_loss() -> None:
    packets = list(video(SHORT[:3]))
    with_padding = []
    for number, packet in enumerate(p for pair in packets for p in (pair, None)):
        source = packet or packets[number // 2]
        payload = packet.payload if packet else b""
        with_padding.append(
            Packet(number, source.timestamp, source.marker and packet is not None, payload, 0.0)
        )
    frames, joiner = assembled(with_padding)
    assert [frame.data for frame in frames] == [frame.data for frame in SHORT[:3]]
    assert not joiner.awaits_keyframe


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.booleans()), max_size=30), st.sampled_from(["vp8", "h264"])
)
def test_garbage_is_dropped_and_mended_by_a_keyframe(garbage, codec: str) -> None:
    joiner = Pictures(codec)
    for number, (payload, marker) in enumerate(garbage):
        joiner.add(Packet(number, number * 7, marker, payload, 0.0))
    frames = SHORT if codec == "vp8" else H264
    payloads = video(frames[:2], number=1000, timestamp=10**6)
    if codec == "h264":
        payloads = video(frames[:2], number=1000, timestamp=10**6, payloads=h264_payloads)
    made = [joiner.add(packet) for packet in payloads]
    assert len([frame for frame in made if frame is not None]) == 2


def test_a_frame_without_end_is_bounded() -> None:
    joiner = Pictures("vp8")
    start = next(iter(video(SHORT)))
    joiner.add(Packet(0, 0, False, start.payload, 0.0))
    for number in range(1, 6000):
        joiner.add(Packet(number, 0, False, b"\x80\x80\x81\x00" + bytes(1000), 0.0))
        assert joiner._size <= 4 << 20
    assert joiner.awaits_keyframe


H264 = h264_frames(2)


def test_h264_frames_decode_to_the_same_pictures() -> None:
    packets = list(video(H264, payloads=h264_payloads))
    assert any(packet.payload[0] & 31 == 28 for packet in packets), "fragments are among them"
    assert any(packet.payload[0] & 31 == 24 for packet in packets), "an aggregation is among them"
    frames, _ = assembled(packets, "h264")
    assert [frame.keyframe for frame in frames] == [frame.keyframe for frame in H264]
    assert (frames[0].width, frames[0].height) == (642, 478)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = frames[0].private
    decoded = [d for frame in frames for d in decoder.decode(av.Packet(frame.data))]
    decoded += decoder.decode(None)
    assert len(decoded) == len(H264)
    assert (decoded[0].width, decoded[0].height) == (642, 478)


def test_h264_after_a_loss_begins_with_the_next_keyframe() -> None:
    packets = [p for p in video(H264, payloads=h264_payloads) if p.timestamp != 9000]
    frames, _ = assembled(packets, "h264")
    assert [frame.timestamp for frame in frames][:3] == [0, 4500, 90000]


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 360), (1920, 1080), (178, 144)])
def test_the_size_in_a_sequence_parameter_set(profile: str, width: int, height: int) -> None:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, FPS)
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "profile": profile}
    frame = next(iter(encoder.encode(picture(LOOKS["s1"].colour, 0, width, height))))
    units = h264.units(h264_payloads(bytes(frame)))
    assert h264.size(units) == (width, height)


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"\x78", 20),  # CELT, one frame: what browsers send
        (b"\x08", 20),  # SILK
        (b"\x18", 60),
        (b"\x68", 20),  # hybrid
        (b"\x79", 40),  # two frames
        (b"\x7b\x03", 60),  # three frames
        (b"\x7b", 0),
        (b"\xe0", 2.5),
    ],
)
def test_how_long_a_packet_of_sound_is(head: bytes, length: float) -> None:
    frame = Sound().add(Packet(1, 0, False, head, 0.0))
    assert frame is not None
    assert frame.length_ms == length


def test_every_packet_of_sound_is_a_frame() -> None:
    encoded = sound(440, 1)
    joiner = Sound()
    frames = [joiner.add(packet) for packet in audio(encoded)]
    assert [frame.data for frame in frames if frame] == [frame.data for frame in encoded]
    assert {frame.channels for frame in frames if frame} == {1}
    assert joiner.add(Packet(99, 0, False, b"", 0.0)) is None
