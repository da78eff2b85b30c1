"""Our engine's door (docs/hearing-protocol.md), spoken as the web speaks it."""

from __future__ import annotations

import asyncio
from typing import Any

import socketio

from bench.load.publisher import Publisher
from bench.load.receiver import Receiver
from bench.load.rooms import Refused

CALL_S = 30.0


class Engine:
    """Rooms are `r0`, `r1`…, seats `s0`, `s1`…. Later offers of the server are answered as they come."""

    def __init__(self, door: str, secret: str) -> None:
        self._door, self._secret = door, secret
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._client.on("offer", self._on_offer)
        self._receivers: dict[tuple[str, str], tuple[int, Receiver]] = {}
        self._answers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._client.connect(self._door, auth={"secret": self._secret}, transports=["websocket"])

    async def stop(self) -> None:
        for task in self._answers:
            task.cancel()
        await self._client.disconnect()

    async def open(self, room: int) -> None:
        await self.call("open", room=f"r{room}")

    async def close(self, room: int) -> None:
        """End a room and forget its receivers."""
        await self.call("close", room=f"r{room}")
        self._receivers = {key: held for key, held in self._receivers.items() if key[0] != f"r{room}"}

    async def publish(self, room: int, seat: int, publisher: Publisher, generation: int = 1) -> None:
        await self.call("join", room=f"r{room}", seat=f"s{seat}", admitted=True, muted=False)
        name = {"room": f"r{room}", "seat": f"s{seat}", "generation": generation}
        answer = await self.call("publish", **name, sdp=publisher.offer())
        await publisher.connect(answer["sdp"])

    async def subscribe(self, room: int, seat: int, receiver: Receiver, generation: int = 1) -> None:
        name = {"room": f"r{room}", "seat": f"s{seat}", "generation": generation}
        self._receivers[f"r{room}", f"s{seat}"] = (generation, receiver)
        offer = await self.call("subscribe", **name)
        connecting = asyncio.ensure_future(receiver.connect(offer["sdp"]))
        await self.call("answer", **name, version=offer["version"], sdp=receiver.answer(offer["sdp"]))
        await connecting

    async def restart(self, room: int, seat: int, side: Publisher | Receiver, generation: int) -> None:
        """ICE restart of one side, until it is answered under the new credentials; the keys stay."""
        name = {"room": f"r{room}", "seat": f"s{seat}", "generation": generation}
        side.wire.ice.renew()
        if isinstance(side, Publisher):
            answer = await self.call("restart", **name, connection="publish", sdp=side.offer())
            side.hear(answer["sdp"])
        else:
            offer = await self.call("restart", **name, connection="subscribe")
            await self._answer(name, offer, side)
            side.hear(offer["sdp"])
        await asyncio.wait_for(side.wire.ice.connected.wait(), CALL_S)

    async def leave(self, room: int, seat: int) -> None:
        """Give up a seat."""
        self._receivers.pop((f"r{room}", f"s{seat}"), None)
        await self.call("leave", room=f"r{room}", seat=f"s{seat}")

    async def call(self, name: str, **fields: Any) -> dict[str, Any]:
        """A call at the door; raises Refused."""
        answer: dict[str, Any] = await self._client.call(name, fields, timeout=CALL_S)
        if "error" in answer:
            raise Refused(f"{name}: {answer['error']}")
        return answer

    async def _on_offer(self, payload: dict[str, Any]) -> None:
        generation, receiver = self._receivers.get((payload["room"], payload["seat"]), (0, None))
        if receiver is None or generation != payload["generation"]:
            return
        name = {key: payload[key] for key in ("room", "seat", "generation")}
        task = asyncio.create_task(self._answer(name, payload, receiver))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, name: dict[str, Any], offer: dict[str, Any], receiver: Receiver) -> None:
        await self.call("answer", **name, version=offer["version"], sdp=receiver.answer(offer["sdp"]))
