"""The sealed-zone test in a hearing: limits go in encrypted, only yes or no comes out (ADR 0061).

A limit is encrypted while it waits for the other side's, and erased in the transaction that answers. It
reaches no event, no log, no page and no answer, not even to who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.adapters.vault import Vault
from app.db import transaction
from app.services import rooms
from models import Hearing, SealedRound
from models.rules.errors import Invalid, Refused
from models.rules.hearing import SeatRole
from models.rules.people import Viewer
from models.rules.sealed_zone import Round, may_open, overlaps, read, rounds_left, written

MOST_CENTAVOS = 10**12
MOST_ROUNDS = 20
"""Those without an answer tell nothing, but there is an end to them too."""
_COLUMNS = {SeatRole.CONSUMER: "consumer_limit", SeatRole.COMPANY: "company_limit"}


@dataclass(frozen=True)
class ZoneSeen:
    """The test as a person sees it: what is asked of them, and the answers so far.

    ``given`` and ``other_given`` are of the open round; the mediator sees both sides' in ``open``.
    """

    open: Round | None
    answers: tuple[Round, ...]
    left: int
    can_open: bool
    can_give: bool
    given: bool


async def open_round(hearing_id: int, viewer: Viewer, *, most: int, now: datetime) -> None:
    """The mediator asks both sides; Refused("zone_open"), Refused("zone_used_up")."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        _check_time(room.hearing)
        rounds = await _rounds(hearing_id)
        if not may_open(rounds, most) or len(rounds) >= MOST_ROUNDS:
            raise Refused("zone_used_up" if all(one.ended for one in rounds) else "zone_open")
        number = len(rounds) + 1
        await SealedRound.create(hearing_id=hearing_id, number=number, opened_at=now)
        await room.record("zone_opened", now=now, facts={"round": number})


async def give(hearing_id: int, viewer: Viewer, cents: int | None, *, vault: Vault, now: datetime) -> None:
    """Give the side's limit in centavos; with the second one the round is answered and both are erased.

    While the other side has given none it may be given again. Invalid, Refused("no_power_to_settle"),
    Refused("zone_closed") when no round is open.
    """
    if cents is None or not 0 <= cents <= MOST_CENTAVOS:
        raise Invalid({"limit": "amount_invalid"})
    async with transaction():
        room = await rooms.taking_part(hearing_id, viewer)
        _check_time(room.hearing)
        role = room.seat.role
        if role not in _COLUMNS:
            raise Refused("not_yours")
        if not room.seat.may_sign:
            raise Refused("no_power_to_settle")
        current = await SealedRound.get_or_none(hearing_id=hearing_id, ended_at=None)
        if current is None:
            raise Refused("zone_closed")
        again = getattr(current, _COLUMNS[role]) is not None
        setattr(current, _COLUMNS[role], vault.seal(written(cents), _place(current, role)))
        if not again:
            facts = {"round": current.number, "role": role}
            await room.record("zone_limit_given", now=now, facts=facts)
        if current.consumer_limit is not None and current.company_limit is not None:
            current.overlaps = overlaps(
                _opened(current, SeatRole.CONSUMER, vault), _opened(current, SeatRole.COMPANY, vault)
            )
            _erase(current, now)
            facts = {"round": current.number, "overlaps": current.overlaps}
            await room.record("zone_answered", now=now, facts=facts)
        await current.save()


async def end(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """The mediator ends the open round without an answer; what was given is erased."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        if not await finish(room, now=now):
            raise Refused("zone_closed")


async def finish(room: rooms.Room, *, now: datetime) -> bool:
    """End an open round inside the caller's transaction; whether there was one."""
    current = await SealedRound.get_or_none(hearing_id=room.hearing.id, ended_at=None)
    if current is None:
        return False
    _erase(current, now)
    await current.save()
    await room.record("zone_ended", now=now, facts={"round": current.number})
    return True


async def seen(hearing: Hearing, role: SeatRole, *, most: int, inside: bool, may_sign: bool) -> ZoneSeen:
    """The test for one person; ``inside``: let in, in a hearing that was opened and is not frozen."""
    rounds = await _rounds(hearing.id)
    current = next((one for one in rounds if not one.ended), None)
    mine = {SeatRole.CONSUMER: "consumer_given", SeatRole.COMPANY: "company_given"}.get(role)
    return ZoneSeen(
        open=current,
        answers=tuple(one for one in rounds if one.overlaps is not None),
        left=rounds_left(rounds, most),
        can_open=inside and role is SeatRole.MEDIATOR and may_open(rounds, most),
        can_give=inside and current is not None and mine is not None and may_sign,
        given=bool(current and mine and getattr(current, mine)),
    )


async def _rounds(hearing_id: int) -> list[Round]:
    found = await SealedRound.filter(hearing_id=hearing_id).order_by("number")
    return [
        Round(
            number=row.number,
            consumer_given=row.consumer_limit is not None or row.overlaps is not None,
            company_given=row.company_limit is not None or row.overlaps is not None,
            ended=row.ended_at is not None,
            overlaps=row.overlaps,
        )
        for row in found
    ]


def _check_time(hearing: Hearing) -> None:
    if hearing.opened_at is None:
        raise Refused("hearing_not_opened")
    if hearing.frozen_at is not None:
        raise Refused("text_frozen")


def _opened(current: SealedRound, role: SeatRole, vault: Vault) -> int:
    return read(vault.open(getattr(current, _COLUMNS[role]), _place(current, role)))


def _place(current: SealedRound, role: SeatRole) -> str:
    return f"sealed_round:{current.id}:{role}"


def _erase(current: SealedRound, now: datetime) -> None:
    current.consumer_limit = current.company_limit = None
    current.ended_at = now
