"""The life of the soak: rooms, the people in them, and what happens to them by chance."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.load.rooms import Refused
from bench.soak.guest import Guest, Stage
from bench.soak.hostile import Stranger, misbehave

LONG = 0
"""The room whose hearing lasts the whole run."""
MAX_ROOMS, MAX_SEATS, MAX_GUESTS = 4, 6, 12
LONG_SEATS = 3

Act = Callable[[], Awaitable[None]]


class Town:
    """`happen` does one thing; `empty` ends everything but the long hearing. `acts` counts what was done."""

    def __init__(self, stage: Stage, udp_port: int, folder: Path) -> None:
        self.acts: Counter[str] = Counter()
        self.guests: dict[int, dict[int, Guest]] = {}
        self._stage = stage
        self._chance = stage.chance
        self._folder = folder
        self._stranger = Stranger(udp_port, stage.chance)
        self._next_room = LONG + 1
        self._recording: set[int] = set()
        self._acts: dict[str, tuple[int, Act]] = {
            "open": (2, self._open),
            "join": (8, self._join),
            "leave": (4, self._leave),
            "vanish": (2, self._vanish),
            "close": (1, self._close),
            "republish": (4, self._republish),
            "receive anew": (4, self._receive_anew),
            "restart publishing": (3, self._restart_publishing),
            "restart receiving": (3, self._restart_receiving),
            "move": (3, self._move),
            "mute": (2, self._mute),
            "send out": (2, self._send_out),
            "record": (2, self._record),
            "trouble": (2, self._trouble),
            "misbehave": (2, self._misbehave),
        }

    async def begin(self) -> None:
        """Open the long hearing."""
        await self._fill(LONG, LONG_SEATS)

    async def rise(self) -> None:
        """A tide begins: two hearings."""
        for _ in range(2):
            await self._open()

    async def happen(self) -> None:
        """One act by chance; one that cannot be done now is no act."""
        names = list(self._acts)
        [name] = self._chance.choices(names, [weight for weight, _ in self._acts.values()])
        await self._acts[name][1]()

    async def empty(self) -> None:
        """Everybody but the long hearing goes, every recording ends."""
        for room in list(self._recording):
            await self._stop_recording(room)
        for room in [room for room in self.guests if room != LONG]:
            await self._end(room)

    async def all_hear(self, within: float) -> bool:
        """Whether everybody in the long hearing gets sound and picture of all the others by then."""
        receivers = [guest.receiver for guest in self.guests[LONG].values()]
        streams = [stream for receiver in receivers for stream in receiver.streams.values()]
        before = [stream.packets for stream in streams]
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            if all(stream.packets > then for stream, then in zip(streams, before, strict=True)):
                return len(streams) == LONG_SEATS * (LONG_SEATS - 1) * 2
        return False

    async def end(self) -> None:
        """Everybody goes."""
        await self.empty()
        await self._end(LONG)
        self._stranger.close()

    async def _fill(self, room: int, people: int) -> None:
        await self._stage.engine.open(room)
        self.guests[room] = {}
        for seat in range(people):
            self.guests[room][seat] = guest = Guest(self._stage, room, seat)
            await guest.come()

    async def _end(self, room: int) -> None:
        for guest in self.guests.pop(room).values():
            await guest.go(politely=self._chance.random() < 0.7)
        await self._stage.engine.close(room)

    async def _open(self) -> None:
        if len(self.guests) < MAX_ROOMS and self._people() + 2 <= MAX_GUESTS:
            self.acts["open"] += 1
            self._next_room += 1
            await self._fill(self._next_room, 2)

    async def _close(self) -> None:
        rooms = [room for room in self.guests if room != LONG]
        if rooms:
            self.acts["close"] += 1
            room = self._chance.choice(rooms)
            await self._stop_recording(room)
            await self._end(room)

    async def _join(self) -> None:
        rooms = [room for room, guests in self.guests.items() if room != LONG and len(guests) < MAX_SEATS]
        if not rooms or self._people() >= MAX_GUESTS:
            return
        self.acts["join"] += 1
        room = self._chance.choice(rooms)
        seat = next(seat for seat in range(MAX_SEATS) if seat not in self.guests[room])
        self.guests[room][seat] = guest = Guest(self._stage, room, seat)
        await guest.come()

    async def _leave(self) -> None:
        await self._go("leave", politely=True)

    async def _vanish(self) -> None:
        await self._go("vanish", politely=False)

    async def _go(self, act: str, *, politely: bool) -> None:
        guest = self._somebody(passing=True)
        if guest is not None:
            self.acts[act] += 1
            del self.guests[guest.room][guest.seat]
            await guest.go(politely=politely)

    async def _republish(self) -> None:
        await self._to_somebody("republish", Guest.republish)

    async def _receive_anew(self) -> None:
        await self._to_somebody("receive anew", Guest.receive_anew)

    async def _restart_publishing(self) -> None:
        await self._to_somebody("restart publishing", Guest.restart_publishing)

    async def _restart_receiving(self) -> None:
        await self._to_somebody("restart receiving", Guest.restart_receiving)

    async def _move(self) -> None:
        await self._to_somebody("move", Guest.move)

    async def _mute(self) -> None:
        await self._say("mute", "muted", self._chance.random() < 0.5)

    async def _send_out(self) -> None:
        await self._say("admit", "admitted", self._chance.random() < 0.5)

    async def _say(self, call: str, what: str, value: bool) -> None:
        guest = self._somebody(passing=True)
        if guest is not None:
            self.acts[call] += 1
            seat = {"room": f"r{guest.room}", "seat": f"s{guest.seat}"}
            await self._stage.engine.call(call, **seat, **{what: value})

    async def _record(self) -> None:
        room = self._chance.choice(list(self.guests))
        if room in self._recording:
            await self._stop_recording(room)
            return
        name = f"{room}-{self.acts['record']}"
        folder = self._folder / name
        folder.mkdir()
        try:
            await self._stage.engine.call(
                "record", room=f"r{room}", recording=name, folder=str(folder), key=secrets.token_hex(32)
            )
        except Refused:
            self.acts["record refused"] += 1
            folder.rmdir()
        else:
            self.acts["record"] += 1
            self._recording.add(room)

    async def _stop_recording(self, room: int) -> None:
        if room in self._recording:
            self._recording.discard(room)
            await self._stage.engine.call("record_stop", room=f"r{room}")

    async def _trouble(self) -> None:
        self.acts["trouble"] += 1
        self._stranger.trouble()

    async def _misbehave(self) -> None:
        guest = self._somebody(passing=True)
        if guest is not None:
            self.acts["misbehave"] += 1
            wires = (guest.publisher.wire, guest.receiver.wire)
            misbehave(self._chance.choice(wires), self._chance)

    async def _to_somebody(self, act: str, do: Callable[[Guest], Awaitable[None]]) -> None:
        guest = self._somebody(passing=False)
        if guest is not None:
            self.acts[act] += 1
            await do(guest)

    def _somebody(self, *, passing: bool) -> Guest | None:
        """Anybody, or (`passing`) anybody who is not in the long hearing."""
        found = [
            guest
            for room, guests in self.guests.items()
            for guest in guests.values()
            if not passing or room != LONG
        ]
        return self._chance.choice(found) if found else None

    def _people(self) -> int:
        return sum(map(len, self.guests.values()))
