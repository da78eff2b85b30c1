"""What is agreed with a browser: which codecs, which m-lines, which identifiers.

VP8 is the room's video codec because every browser has it from the first start, Firefox's H264 does not. A
room of H264 is possible; a browser without it still sends VP8 there, and each m-line says what its stream is.
"""

from dataclasses import dataclass, replace

from hearings.errors import NO_MEDIA, HearingError
from hearings.sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_WIDE,
    Codec,
    MediaSection,
    SessionDescription,
    TransportDescription,
)

AUDIO, VIDEO, SCREEN = "audio", "video", "screen"
MEDIA = (AUDIO, VIDEO, SCREEN)
OPUS, VP8, H264 = "opus", "vp8", "h264"
VIDEO_CODECS = (VP8, H264)
MAX_LAYERS = 3

# Mono speech at 32 kbit/s with in-band repair: what a hearing needs and what Firefox would otherwise double.
OPUS_PARAMETERS = "useinbandfec=1;stereo=0;maxaveragebitrate=32000;maxplaybackrate=48000;usedtx=1"
# Constrained baseline at level 3.1 is the one profile that every browser with H264 both sends and receives.
H264_PARAMETERS = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
# Lost sound is asked for again too. There is no RTX for it: it comes once more under its own number, the very
# same bytes. Chromium asks when this is offered, Firefox never; both resend when asked, agreed or not.
AUDIO_FEEDBACK: tuple[str, ...] = ("nack",)
VIDEO_FEEDBACK: tuple[str, ...] = ("goog-remb", "nack", "nack pli", "ccm fir")
TRANSPORT_FEEDBACK = "transport-cc"

# The subscribe side is offered by the server, so these identifiers are the same for every receiver and the
# header extension block of a packet is built once for all.
OPUS_PT, VP8_PT, RTX_PT, H264_PT, H264_RTX_PT = 111, 96, 97, 102, 103
LEVEL_ID, SEND_TIME_ID, TWCC_ID = 2, 3, 4


@dataclass(frozen=True, slots=True)
class PublishedTrack:
    """One m-line a browser sends on. Extension ids are 0 when absent; `rtx_payload_type` -1 when none.

    `codec` is "opus", "vp8" or "h264". `rids` are the simulcast layers, the lowest first, empty without
    simulcast; their SSRCs are learnt from the packets, `ssrcs` is empty then.
    """

    media: str
    mid: str
    active: bool
    payload_type: int
    rtx_payload_type: int
    mid_id: int
    level_id: int
    send_time_id: int
    ssrcs: tuple[int, ...]
    codec: str = VP8
    rids: tuple[str, ...] = ()
    rid_id: int = 0
    rrid_id: int = 0
    twcc_id: int = 0


@dataclass(frozen=True, slots=True)
class OfferedTrack:
    """One m-line of the subscribe side. `active` False keeps the m-line for the next stream of its kind.

    `codec` is that of the stream, VP8 where there is none yet.
    """

    mid: str
    kind: str
    active: bool
    stream: str
    ssrcs: tuple[int, ...]
    codec: str = VP8


def published_tracks(offer: SessionDescription, codec: str = VP8) -> tuple[PublishedTrack, ...]:
    """The tracks of a publish offer: its first audio m-line, then camera, then screen.

    `codec` is the room's video codec; a browser that has not got it sends the other one. Raises
    HearingError(no_media) when nothing usable is offered.
    """
    names = {"audio": [AUDIO], "video": [VIDEO, SCREEN]}
    tracks = []
    for section in offer.sections:
        wanted = _wanted(section, codec)
        waiting = names.get(section.kind, [])
        if wanted is not None and waiting and section.port:
            tracks.append(_published(waiting.pop(0), section, wanted))
    if not tracks or offer.transport is None:
        raise HearingError(NO_MEDIA)
    return tuple(tracks)


def publish_answer(
    offer: SessionDescription,
    transport: TransportDescription,
    session: int,
    version: int,
    codec: str = VP8,
) -> SessionDescription:
    """The answer to a publish offer: its m-lines in order, those we cannot use refused with port 0."""
    taken = {track.mid: track for track in published_tracks(offer, codec)}
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
            codecs=_subscribe_codecs(OPUS if track.kind == "audio" else track.codec),
            extensions=_subscribe_extensions(track.kind),
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


def _published(media: str, section: MediaSection, codec: Codec) -> PublishedTrack:
    rids = section.rids[:MAX_LAYERS] if section.extension(RID) else ()
    return PublishedTrack(
        media=media,
        mid=section.mid,
        active=section.direction in ("sendrecv", "sendonly"),
        payload_type=codec.payload_type,
        rtx_payload_type=_rtx_of(section, codec),
        mid_id=section.extension(MID),
        level_id=section.extension(AUDIO_LEVEL),
        send_time_id=section.extension(ABS_SEND_TIME),
        ssrcs=() if rids else section.ssrcs,
        codec=codec.name.lower(),
        rids=rids,
        rid_id=section.extension(RID) if rids else 0,
        rrid_id=section.extension(REPAIRED_RID) if rids else 0,
        twcc_id=section.extension(TRANSPORT_WIDE),
    )


def _wanted(section: MediaSection, codec: str) -> Codec | None:
    """The codec to take of an m-line: for video the room's, else another that we know."""
    names = (OPUS,) if section.kind == "audio" else (codec, *(c for c in VIDEO_CODECS if c != codec))
    fitting = (c for name in names for c in section.codecs if c.name.lower() == name and _fits(c))
    return next(fitting, None)


def _fits(codec: Codec) -> bool:
    """H264 only as constrained baseline in packetization mode 1 (RFC 6184 section 8.1)."""
    if codec.name.lower() != H264:
        return True
    parameters = dict(p.strip().partition("=")[::2] for p in codec.parameters.lower().split(";"))
    profile = parameters.get("profile-level-id", "")
    return parameters.get("packetization-mode") == "1" and profile.startswith(("42e0", "42c0"))


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
        if codec.payload_type == track.payload_type:
            parameters = OPUS_PARAMETERS if track.media == AUDIO else codec.parameters
            codecs.append(replace(codec, parameters=parameters, feedback=_answered_feedback(track, codec)))
        elif codec.payload_type == track.rtx_payload_type:
            codecs.append(replace(codec, feedback=()))
    used = (track.mid_id, track.level_id, track.send_time_id, track.rid_id, track.rrid_id, track.twcc_id)
    return MediaSection(
        kind=section.kind,
        mid=section.mid,
        direction="recvonly" if track.active else "inactive",
        codecs=tuple(codecs),
        extensions=tuple((number, uri) for number, uri in section.extensions if number in used),
        rids=track.rids,
        transport=transport,
    )


def _answered_feedback(track: PublishedTrack, codec: Codec) -> tuple[str, ...]:
    known = AUDIO_FEEDBACK if track.media == AUDIO else VIDEO_FEEDBACK
    if track.twcc_id:
        known += (TRANSPORT_FEEDBACK,)
    return tuple(text for text in known if text in codec.feedback)


def _subscribe_codecs(codec: str) -> tuple[Codec, ...]:
    transport = (TRANSPORT_FEEDBACK,)
    video = VIDEO_FEEDBACK + transport
    if codec == OPUS:
        return (Codec(OPUS_PT, "opus", 48000, 2, OPUS_PARAMETERS, AUDIO_FEEDBACK + transport),)
    if codec == H264:
        return (
            Codec(H264_PT, "H264", 90000, 1, H264_PARAMETERS, video),
            Codec(H264_RTX_PT, "rtx", 90000, 1, f"apt={H264_PT}"),
        )
    return (
        Codec(VP8_PT, "VP8", 90000, 1, "", video),
        Codec(RTX_PT, "rtx", 90000, 1, f"apt={VP8_PT}"),
    )


def _subscribe_extensions(kind: str) -> tuple[tuple[int, str], ...]:
    own = (LEVEL_ID, AUDIO_LEVEL) if kind == "audio" else (SEND_TIME_ID, ABS_SEND_TIME)
    return (own, (TWCC_ID, TRANSPORT_WIDE))
