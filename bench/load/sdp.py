"""The load's descriptions: what a browser would offer, and its answer that takes everything on offer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hearings.sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    Codec,
    MediaSection,
    SessionDescription,
    TransportDescription,
)

TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

OPUS_PT, VP8_PT, RTX_PT = 111, 96, 97
_FEEDBACK = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
_CODECS = {
    "audio": (Codec(OPUS_PT, "opus", 48000, 2, "minptime=10;useinbandfec=1", ("transport-cc", "nack")),),
    "video": (
        Codec(VP8_PT, "VP8", 90000, 1, "", _FEEDBACK),
        Codec(RTX_PT, "rtx", 90000, 1, f"apt={VP8_PT}"),
    ),
}
_EXTENSIONS = {
    "audio": ((1, AUDIO_LEVEL), (3, TRANSPORT_CC), (4, MID)),
    "video": ((2, ABS_SEND_TIME), (3, TRANSPORT_CC), (4, MID)),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What an answer left of the offer for one m-line; extension ids are 0 when not taken."""

    mid: str
    payload_type: int
    rtx_payload_type: int
    level_id: int
    send_time_id: int
    transport_id: int
    mid_id: int


def publish_offer(
    transport: TransportDescription, ssrcs: dict[str, tuple[int, ...]], session: int, version: int
) -> SessionDescription:
    """Microphone and camera; `ssrcs` by kind."""
    sections = tuple(
        MediaSection(
            kind=kind,
            mid=str(index),
            direction="sendonly",
            codecs=_CODECS[kind],
            extensions=_EXTENSIONS[kind],
            stream="load",
            ssrcs=ssrcs[kind],
            transport=transport,
        )
        for index, kind in enumerate(("audio", "video"))
    )
    return SessionDescription(session, version, sections)


def agreed(answer: SessionDescription) -> dict[str, Agreed]:
    """By kind what the answer took; raises ValueError when it refused an m-line."""
    taken = {}
    for section in answer.sections:
        names = {codec.name.lower(): codec.payload_type for codec in section.codecs}
        main = names.get("opus" if section.kind == "audio" else "vp8")
        if main is None or not section.port:
            raise ValueError(f"the server refused our {section.kind}")
        feedback = next(codec.feedback for codec in section.codecs if codec.payload_type == main)
        taken[section.kind] = Agreed(
            mid=section.mid,
            payload_type=main,
            rtx_payload_type=names.get("rtx", -1),
            level_id=section.extension(AUDIO_LEVEL),
            send_time_id=section.extension(ABS_SEND_TIME),
            transport_id=section.extension(TRANSPORT_CC) if "transport-cc" in feedback else 0,
            mid_id=section.extension(MID),
        )
    return taken


def subscribe_answer(
    offer: SessionDescription, transport: TransportDescription, session: int, version: int
) -> SessionDescription:
    """Takes each m-line as it is offered, with Opus, VP8 and RTX."""
    sections = tuple(
        replace(
            section,
            direction="recvonly" if section.direction in ("sendonly", "sendrecv") else "inactive",
            codecs=_known(section),
            stream="",
            ssrcs=(),
            transport=transport,
        )
        for section in offer.sections
    )
    return SessionDescription(session, version, sections)


def _known(section: MediaSection) -> tuple[Codec, ...]:
    """Opus, or VP8 and the RTX that belongs to it."""
    main = next((c for c in section.codecs if c.name.lower() in ("opus", "vp8")), None)
    if main is None:
        return section.codecs
    wanted = f"apt={main.payload_type}"
    rtx = (c for c in section.codecs if c.name.lower() == "rtx" and wanted in c.parameters.split(";"))
    return (main, *rtx)
