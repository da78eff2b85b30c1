"""What is agreed with a browser: Opus and VP8, which m-lines, which identifiers.

VP8 is the room's one video codec because every browser has it from the first start, Firefox's H264 does not.
Congestion feedback is REMB alone: `transport-cc` is left out because no feedback of that kind is produced.
"""

from dataclasses import dataclass, replace

from hearings.errors import NO_MEDIA, HearingError
from hearings.sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    Codec,
    MediaSection,
    SessionDescription,
    TransportDescription,
)

AUDIO, VIDEO, SCREEN = "audio", "video", "screen"
MEDIA = (AUDIO, VIDEO, SCREEN)

# Mono speech at 32 kbit/s with in-band repair: what a hearing needs and what Firefox would otherwise double.
OPUS = "useinbandfec=1;stereo=0;maxaveragebitrate=32000;maxplaybackrate=48000;usedtx=1"
VIDEO_FEEDBACK = ("goog-remb", "nack", "nack pli", "ccm fir")

# The subscribe side is offered by the server, so these identifiers are the same for every receiver and the
# header extension block of a packet is built once for all.
OPUS_PT, VP8_PT, RTX_PT = 111, 96, 97
LEVEL_ID, SEND_TIME_ID = 2, 3

_SUBSCRIBE_CODECS = {
    "audio": (Codec(OPUS_PT, "opus", 48000, 2, OPUS),),
    "video": (
        Codec(VP8_PT, "VP8", 90000, 1, "", VIDEO_FEEDBACK),
        Codec(RTX_PT, "rtx", 90000, 1, f"apt={VP8_PT}"),
    ),
}
_SUBSCRIBE_EXTENSIONS = {"audio": ((LEVEL_ID, AUDIO_LEVEL),), "video": ((SEND_TIME_ID, ABS_SEND_TIME),)}


@dataclass(frozen=True, slots=True)
class PublishedTrack:
    """One m-line a browser sends on. Extension ids are 0 when absent; `rtx_payload_type` -1 when none."""

    media: str
    mid: str
    active: bool
    payload_type: int
    rtx_payload_type: int
    mid_id: int
    level_id: int
    send_time_id: int
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfferedTrack:
    """One m-line of the subscribe side. `active` False keeps the m-line for the next stream of its kind."""

    mid: str
    kind: str
    active: bool
    stream: str
    ssrcs: tuple[int, ...]


def published_tracks(offer: SessionDescription) -> tuple[PublishedTrack, ...]:
    """The tracks of a publish offer: its first audio m-line, then camera, then screen.

    Raises HearingError(no_media) when nothing usable is offered.
    """
    names = {"audio": [AUDIO], "video": [VIDEO, SCREEN]}
    tracks = []
    for section in offer.sections:
        codec = _wanted(section)
        waiting = names.get(section.kind, [])
        if codec is None or not waiting or not section.port:
            continue
        tracks.append(
            PublishedTrack(
                media=waiting.pop(0),
                mid=section.mid,
                active=section.direction in ("sendrecv", "sendonly"),
                payload_type=codec.payload_type,
                rtx_payload_type=_rtx_of(section, codec),
                mid_id=section.extension(MID),
                level_id=section.extension(AUDIO_LEVEL),
                send_time_id=section.extension(ABS_SEND_TIME),
                ssrcs=section.ssrcs,
            )
        )
    if not tracks or offer.transport is None:
        raise HearingError(NO_MEDIA)
    return tuple(tracks)


def publish_answer(
    offer: SessionDescription, transport: TransportDescription, session: int, version: int
) -> SessionDescription:
    """The answer to a publish offer: its m-lines in order, those we cannot use refused with port 0."""
    taken = {track.mid: track for track in published_tracks(offer)}
    sections = tuple(
        _answer_section(section, taken[section.mid], transport)
        if section.mid in taken
        else MediaSection(section.kind, section.mid, port=0, direction="inactive")
        for section in offer.sections
    )
    return SessionDescription(session, version, sections, lite=True)


def subscribe_offer(
    tracks: list[OfferedTrack], transport: TransportDescription, session: int, version: int
) -> SessionDescription:
    """The server's offer: every m-line there ever was, in order, inactive where nothing is sent."""
    sections = tuple(
        MediaSection(
            kind=track.kind,
            mid=track.mid,
            direction="sendonly" if track.active else "inactive",
            codecs=_SUBSCRIBE_CODECS[track.kind],
            extensions=_SUBSCRIBE_EXTENSIONS[track.kind],
            stream=track.stream if track.active else "",
            ssrcs=track.ssrcs if track.active else (),
            transport=transport,
        )
        for track in tracks
    )
    return SessionDescription(session, version, sections, lite=True)


def accepted_mids(answer: SessionDescription) -> frozenset[str]:
    """The m-lines the browser agreed to receive; a refused one (port 0) must get no packet."""
    return frozenset(s.mid for s in answer.sections if s.port and s.direction in ("recvonly", "sendrecv"))


def _wanted(section: MediaSection) -> Codec | None:
    name = {"audio": "opus", "video": "vp8"}.get(section.kind)
    return next((c for c in section.codecs if c.name.lower() == name), None)


def _rtx_of(section: MediaSection, codec: Codec) -> int:
    wanted = f"apt={codec.payload_type}"
    return next(
        (
            c.payload_type
            for c in section.codecs
            if c.name.lower() == "rtx" and wanted in c.parameters.split(";")
        ),
        -1,
    )


def _answer_section(
    section: MediaSection, track: PublishedTrack, transport: TransportDescription
) -> MediaSection:
    codecs = []
    for codec in section.codecs:
        if codec.payload_type == track.payload_type and section.kind == "audio":
            codecs.append(replace(codec, parameters=OPUS, feedback=()))
        elif codec.payload_type == track.payload_type:
            codecs.append(replace(codec, feedback=VIDEO_FEEDBACK))
        elif codec.payload_type == track.rtx_payload_type:
            codecs.append(replace(codec, feedback=()))
    kept = (MID, AUDIO_LEVEL) if section.kind == "audio" else (MID, ABS_SEND_TIME)
    return MediaSection(
        kind=section.kind,
        mid=section.mid,
        direction="recvonly" if track.active else "inactive",
        codecs=tuple(codecs),
        extensions=tuple((number, uri) for number, uri in section.extensions if uri in kept),
        transport=transport,
    )
