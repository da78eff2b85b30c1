"""A seat whose picture and sound come from the server: a clip, played packet by packet (ADR 0046).

Its packets enter where those of browsers do once they are decrypted. From there on they are like any others:
permission, layers, keyframes, repair, figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from secrets import randbits
from struct import pack

from hearings.clip import SOUND_S, SOUNDS_PER_PICTURE, Clip
from hearings.connection import ConnectionState
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.packet import SILENCE, TAIL
from hearings.negotiation import AUDIO, OPUS, OPUS_PT, VIDEO, VP8, VP8_PT, PublishedTrack
from hearings.port import MediaPort
from hearings.publisher import Publisher

SOUND_STEP = 960
PICTURE_STEP = 9000
"""Of the clocks of Opus (48 kHz) and of pictures (90 kHz)."""
PAYLOAD = 1100
LATE_S = 0.5
"""A process that stood still does not make up for it."""
MARKER = 0x80
_NTP_EPOCH = 2_208_988_800
_TRACKS = tuple(
    PublishedTrack(
        media=media,
        mid=media,
        active=True,
        payload_type=payload_type,
        rtx_payload_type=-1,
        mid_id=0,
        level_id=0,
        send_time_id=0,
        ssrcs=(),
        codec=codec,
    )
    for media, payload_type, codec in ((AUDIO, OPUS_PT, OPUS), (VIDEO, VP8_PT, VP8))
)


class Player(Publisher):
    """Publishes a clip for as long as it lives. ``speaks`` may be changed at any time."""

    def __init__(self, port: MediaPort, clip: Clip, *, speaks: bool) -> None:
        super().__init__(port, _nobody)
        self.speaks = speaks
        self._clip = clip
        for track in _TRACKS:
            self.sources[track.media] = port.forwarder.add_in(self.connection.leg, track)
        self._sound = _Strand(self.sources[AUDIO].layers[0], SOUND_STEP)
        self._picture = _Strand(self.sources[VIDEO].layers[0], PICTURE_STEP)
        self._turns = 0
        self._at = 0
        self._requests = 0
        self._due = port.clock()

    def tick(self, now: float) -> None:
        """Play what is due."""
        super().tick(now)
        self.connection.leg.heard_at = now  # it is here, though nobody connects
        if now - self._due > LATE_S:
            self._due = now
        while self._due <= now:
            self._due += SOUND_S
            self._play_sound(now)
            if self._turns % SOUNDS_PER_PICTURE == 0:
                self._play_picture(now)
            self._turns += 1

    def report(self, now: float) -> None:
        """Each second, as a browser's sender reports: which sound belongs to which picture."""
        super().report(now)
        ntp = int((time.time() + _NTP_EPOCH) * (1 << 32)) & (1 << 64) - 1
        for strand in (self._sound, self._picture):
            strand.layer.on_sender_report(ntp, strand.timestamp, now)

    def _play_sound(self, now: float) -> None:
        sounds = self._clip.speech if self.speaks else self._clip.silence
        part = sounds[self._turns % len(sounds)]
        self._sound.advance()
        self._sound.send(part.data, part.value, marker=0, now=now)

    def _play_picture(self, now: float) -> None:
        layer = self._picture.layer
        if layer.keyframe_requests != self._requests:
            self._requests = layer.keyframe_requests
            self._at = self._clip.next_keyframe(self._at)
        data = self._clip.pictures[self._at].data
        self._at = (self._at + 1) % len(self._clip.pictures)
        self._picture.advance()
        for payload, last in _payloads(data, self._picture.frames):
            self._picture.send(payload, SILENCE, marker=MARKER if last else 0, now=now)


class _Strand:
    """The numbers of one stream."""

    def __init__(self, layer: IncomingTrack, step: int) -> None:
        self.layer = layer
        self.timestamp = randbits(32)
        self.frames = 0
        self._step = step
        self._ssrc = randbits(31)
        self._number = randbits(15)

    def advance(self) -> None:
        """The next picture, or the next 20 ms."""
        self.timestamp = self.timestamp + self._step & 0xFFFFFFFF
        self.frames += 1

    def send(self, payload: bytes, level: int, *, marker: int, now: float) -> None:
        layer = self.layer
        if layer.ssrc < 0:
            layer.source.heard(layer, self._ssrc, now)
        self._number = self._number + 1 & 0xFFFF
        packet = bytearray(TAIL) + payload
        layer.receive(packet, TAIL, len(packet), marker, self._number, self.timestamp, level, now)


def _payloads(data: bytes, picture: int) -> Iterator[tuple[bytes, bool]]:
    """A VP8 picture in packets under RFC 7741 section 4.2, and whether each is the last.

    X always; S where the picture begins; then I and a picture number of 15 bits.
    """
    for at in range(0, len(data), PAYLOAD):
        first = 0x90 if at == 0 else 0x80
        head = pack("!BBH", first, 0x80, 0x8000 | picture & 0x7FFF)
        yield head + data[at : at + PAYLOAD], at + PAYLOAD >= len(data)


def _nobody(publisher: Publisher, state: ConnectionState) -> None:
    """The state of a connection that is never made is nobody's concern."""
