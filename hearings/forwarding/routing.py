"""Which layer of which source an incoming packet belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearings.forwarding.packet import extension

if TYPE_CHECKING:
    from hearings.forwarding.incoming import IncomingTrack
    from hearings.forwarding.source import Source

MAX_SSRCS = 256
"""SSRCs of one connection, over its whole life. A simulcast camera has six, each sharing of the screen two. A
hostile browser may invent more: they are refused before they can cost memory, ours or libsrtp's (which must
remember what it has seen, or a replay would pass)."""


class Routes:
    """By SSRC; one seen for the first time by mid and rid (RFC 9143 section 9.2, RFC 8852), or by a payload
    type that only one m-line has."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.layers: dict[int, IncomingTrack | None] = {}
        """By SSRC, None for one that belongs to nothing so far."""
        self.twcc_head = -1
        self.level_head = -1

    def open(self, source: Source) -> None:
        """Take the packets of this source from now on."""
        self.sources.append(source)
        track = source.track
        # A browser numbers its extensions alike on all m-lines of a bundle (RFC 9143 section 9.1).
        if track.twcc_id:
            self.twcc_head = track.twcc_id << 4 | 1
        if track.level_id:
            self.level_head = track.level_id << 4
        for ssrc in track.ssrcs:
            if self.admits(ssrc):
                self.layers[ssrc] = source.layers[0]

    def close(self, source: Source) -> None:
        """Nothing is taken for this source any more."""
        self.sources.remove(source)
        for ssrc, layer in self.layers.items():
            if layer is not None and layer.source is source:
                self.layers[ssrc] = None

    def admits(self, ssrc: int) -> bool:
        """Whether a packet of this SSRC may be looked at at all."""
        return ssrc in self.layers or len(self.layers) < MAX_SSRCS

    def find(self, data: bytes | bytearray, ssrc: int, payload_type: int) -> IncomingTrack | None:
        """The layer of a decrypted packet under an SSRC that belongs to none so far."""
        layer = self.layers[ssrc] = self._search(data, payload_type)
        return layer

    def _search(self, data: bytes | bytearray, payload_type: int) -> IncomingTrack | None:
        fitting = []
        for source in self.sources:
            track = source.track
            if payload_type not in (track.payload_type, track.rtx_payload_type):
                continue
            mid = extension(data, track.mid_id)
            if mid == track.mid.encode():
                fitting = [source]
                break
            if mid is None:
                fitting.append(source)
        return _layer(fitting[0], data, payload_type) if len(fitting) == 1 else None


def _layer(source: Source, data: bytes | bytearray, payload_type: int) -> IncomingTrack | None:
    """The layer a packet of the source names; with simulcast, none unless it does."""
    track = source.track
    if not track.rids:
        return source.layers[0]
    repaired = payload_type == track.rtx_payload_type
    rid = extension(data, track.rrid_id if repaired else track.rid_id)
    return next((layer for layer in source.layers if rid == layer.rid.encode()), None)
