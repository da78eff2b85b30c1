"""The signalling of bench.peers.mediarelay: three requests over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from bench.load.publisher import Publisher
from bench.load.receiver import Receiver
from bench.load.rooms import Refused


class Relay:
    """Rooms need no opening there."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http: aiohttp.ClientSession

    async def start(self) -> None:
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self._http.close()

    async def open(self, room: int) -> None:
        """Nothing to do."""

    async def publish(self, room: int, seat: int, publisher: Publisher) -> None:
        answer = await self._ask("publish", room=room, seat=seat, sdp=publisher.offer())
        await publisher.connect(answer["sdp"])

    async def subscribe(self, room: int, seat: int, receiver: Receiver) -> None:
        offer = await self._ask("subscribe", room=room, seat=seat)
        connecting = asyncio.ensure_future(receiver.connect(offer["sdp"]))
        await self._ask("answer", room=room, seat=seat, sdp=receiver.answer(offer["sdp"]))
        await connecting

    async def _ask(self, what: str, **fields: Any) -> dict[str, Any]:
        async with self._http.post(f"{self._url}/{what}", json=fields) as response:
            if response.status != 200:
                raise Refused(f"{what}: HTTP {response.status}")
            answer: dict[str, Any] = await response.json()
            return answer
