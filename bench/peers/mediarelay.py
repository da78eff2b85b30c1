"""A room as an aiortc user makes it today: `MediaRelay` between peer connections, all decoded and encoded.

Written after aiortc's own documentation of MediaRelay, two peer connections for each participant. Requests
over HTTP: `publish {room, seat, sdp}` and `subscribe {room, seat}` give `{sdp}`, `answer {room, seat, sdp}`
nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

from aiohttp import web
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRelay

Seat = tuple[int, int]
CODECS = ("video/vp8", "video/rtx", "audio/opus")


@dataclass
class Rooms:
    """Who publishes what, by (room, seat)."""

    relay: MediaRelay = field(default_factory=MediaRelay)
    publishers: dict[Seat, RTCPeerConnection] = field(default_factory=dict)
    subscribers: dict[Seat, RTCPeerConnection] = field(default_factory=dict)
    tracks: dict[Seat, list[MediaStreamTrack]] = field(default_factory=dict)

    async def publish(self, request: web.Request) -> web.Response:
        """Take a participant's tracks."""
        asked = await request.json()
        seat = (asked["room"], asked["seat"])
        connection = self.publishers[seat] = _connection()
        tracks = self.tracks[seat] = []
        connection.on("track", tracks.append)
        await connection.setRemoteDescription(RTCSessionDescription(asked["sdp"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        return web.json_response({"sdp": connection.localDescription.sdp})

    async def subscribe(self, request: web.Request) -> web.Response:
        """Offer a participant the others' tracks, each through the relay."""
        asked = await request.json()
        room, own = asked["room"], asked["seat"]
        connection = self.subscribers[room, own] = _connection()
        for (where, whose), tracks in self.tracks.items():
            if where == room and whose != own:
                for track in tracks:
                    connection.addTransceiver(self.relay.subscribe(track), direction="sendonly")
        for transceiver in connection.getTransceivers():
            known = RTCRtpSender.getCapabilities(transceiver.kind).codecs
            transceiver.setCodecPreferences([c for c in known if c.mimeType.lower() in CODECS])
        await connection.setLocalDescription(await connection.createOffer())
        return web.json_response({"sdp": connection.localDescription.sdp})

    async def answer(self, request: web.Request) -> web.Response:
        """The participant's answer to that offer."""
        asked = await request.json()
        connection = self.subscribers[asked["room"], asked["seat"]]
        await connection.setRemoteDescription(RTCSessionDescription(asked["sdp"], "answer"))
        return web.json_response({})


def _connection() -> RTCPeerConnection:
    # Without this aiortc asks a public STUN server for its address.
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


def main() -> None:
    """Serve on the loopback."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.mediarelay")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    rooms = Rooms()
    app = web.Application()
    app.router.add_post("/publish", rooms.publish)
    app.router.add_post("/subscribe", rooms.subscribe)
    app.router.add_post("/answer", rooms.answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
