"""What the load sends: ten seconds of VP8 and Opus, encoded at the start, in packets, over and over.

A moving test picture with noise, so that the encoder really needs the megabit it is given, and a voice-like
tone. Nothing is encoded while anything is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.filter

WIDTH, HEIGHT, FRAMES_PER_S = 640, 480, 30
VIDEO_BITS_PER_S, AUDIO_BITS_PER_S = 1_000_000, 32_000
AUDIO_PACKETS_PER_S = 50
KEYFRAME_EVERY = 60
VIDEO_CLOCK, AUDIO_CLOCK = 90_000, 48_000
PAYLOAD = 1150
"""Bytes of a video payload at most: what remains of a packet that fits every path, with room for RTX."""
PICTURE_IDS = 0x8000


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded picture cut into pieces of a packet each, still without their VP8 descriptors."""

    keyframe: bool
    pieces: tuple[bytes, ...]

    def payloads(self, picture: int) -> Iterator[bytes]:
        """The packets' payloads under a picture number, which grows without end over the repetitions."""
        number = (0x8000 | picture % PICTURE_IDS).to_bytes(2, "big")
        for index, piece in enumerate(self.pieces):
            # RFC 7741 section 4.2: X, and S on the first packet; I, a picture number of 15 bits.
            yield bytes((0x80 if index else 0x90, 0x80)) + number + piece


@dataclass(frozen=True, slots=True)
class Media:
    """Frames of video (33.3 ms each) and packets of audio (20 ms each). The first frame is a keyframe."""

    frames: tuple[Frame, ...]
    audio: tuple[bytes, ...]

    def next_keyframe(self, index: int) -> int:
        """The place of the first keyframe from `index` on."""
        count = len(self.frames)
        return next(i % count for i in range(index, index + count) if self.frames[i % count].keyframe)


def encode(seconds: int = 10) -> Media:
    """Make the media; takes about as long as a tenth of `seconds` on one core."""
    return Media(tuple(_video(seconds)), tuple(_audio(seconds)))


def _video(seconds: int) -> Iterator[Frame]:
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = Fraction(1, FRAMES_PER_S)
    encoder.framerate = Fraction(FRAMES_PER_S)
    encoder.bit_rate = VIDEO_BITS_PER_S
    encoder.gop_size = KEYFRAME_EVERY
    rate = str(VIDEO_BITS_PER_S)
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "-6",
        "lag-in-frames": "0",
        "minrate": rate,
        "maxrate": rate,
        "bufsize": rate,
    }
    source = f"size={WIDTH}x{HEIGHT}:rate={FRAMES_PER_S}:duration={seconds}"
    for picture in _pull("testsrc2", source, "noise", "alls=12:allf=t", seconds * FRAMES_PER_S):
        frame = cast(av.VideoFrame, picture).reformat(format="yuv420p")
        frame.pict_type = av.video.frame.PictureType.NONE
        yield from map(_frame, encoder.encode(frame))
    yield from map(_frame, encoder.encode(None))


def _frame(packet: av.Packet[av.VideoStream]) -> Frame:
    data = bytes(packet)
    # Pieces of one size: a frame's last packet is then no shorter than the others, as browsers do it too.
    count = -(-len(data) // PAYLOAD)
    size = -(-len(data) // count)
    return Frame(packet.is_keyframe, tuple(data[at : at + size] for at in range(0, len(data), size)))


def _audio(seconds: int) -> Iterator[bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_CLOCK, "mono", "s16"
    encoder.bit_rate = AUDIO_BITS_PER_S
    encoder.options = {"application": "voip", "frame_duration": "20"}
    samples = AUDIO_CLOCK // AUDIO_PACKETS_PER_S
    voice = "(0.3+0.3*sin(6*PI*t))*(sin(440*PI*t)+0.2*random(0))"
    source = f"exprs={voice}:sample_rate={AUDIO_CLOCK}:nb_samples={samples}:duration={seconds}"
    formats = "sample_fmts=s16:channel_layouts=mono"
    for frame in _pull("aevalsrc", source, "aformat", formats, seconds * AUDIO_PACKETS_PER_S):
        yield from map(bytes, encoder.encode(cast(av.AudioFrame, frame)))


def _pull(
    source: str, options: str, change: str, how: str, count: int
) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """`count` frames out of one source of libavfilter and one filter after it."""
    graph = av.filter.Graph()
    sink = "abuffersink" if source.startswith("a") else "buffersink"
    graph.link_nodes(graph.add(source, options), graph.add(change, how), graph.add(sink)).configure()
    for _ in range(count):
        yield graph.pull()
