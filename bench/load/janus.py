"""Janus's videoroom, one handle for each publisher and each receiver."""

from __future__ import annotations

import asyncio

import aiohttp

from bench.load.publisher import Publisher
from bench.load.receiver import Receiver
from bench.peers.janus import Session

FIRST_ROOM = 1000


class Janus:
    """The signalling of Janus at a WebSocket address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http: aiohttp.ClientSession
        self._session: Session
        self._feeds: dict[tuple[int, int], int] = {}

    async def start(self) -> None:
        self._http = aiohttp.ClientSession()
        self._session = Session(await self._http.ws_connect(self._url, protocols=["janus-protocol"]))
        await self._session.start()

    async def stop(self) -> None:
        await self._session.stop()
        await self._http.close()

    async def open(self, room: int) -> None:
        handle = await self._session.attach()
        codecs = {"videocodec": "vp8", "audiocodec": "opus"}
        body = {"request": "create", "room": FIRST_ROOM + room, "publishers": 20, "bitrate": 0, **codecs}
        await self._session.message(handle, body, at_once=True)

    async def publish(self, room: int, seat: int, publisher: Publisher) -> None:
        handle = await self._session.attach()
        join = {"request": "join", "ptype": "publisher", "room": FIRST_ROOM + room}
        self._feeds[room, seat] = (await self._session.message(handle, join))["id"]
        offer = {"type": "offer", "sdp": publisher.offer()}
        answer = await self._session.message(handle, {"request": "publish"}, offer)
        await publisher.connect(answer["jsep"]["sdp"])

    async def subscribe(self, room: int, seat: int, receiver: Receiver) -> None:
        handle = await self._session.attach()
        others = [feed for (where, who), feed in self._feeds.items() if where == room and who != seat]
        join = {"request": "join", "ptype": "subscriber", "room": FIRST_ROOM + room}
        streams = {"streams": [{"feed": feed} for feed in others]}
        offer = (await self._session.message(handle, {**join, **streams}))["jsep"]["sdp"]
        answer = {"type": "answer", "sdp": receiver.answer(offer)}
        connecting = asyncio.ensure_future(receiver.connect(offer))
        await self._session.message(handle, {"request": "start"}, answer)
        await connecting
