"""Sessions: who is behind a cookie, kept on the server so that they can be ended from there.

A token is 256 random bits and lives in the browser only; the table keeps its SHA-256. A session ends
after 12 hours without use and in any case after 7 days. Pages and sockets ask the same ``viewer_of``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tortoise.expressions import Q

from app.db import moment, rows, transaction
from models import Claim, Representation, Session
from models.rules.errors import NotFound
from models.rules.people import Role, Viewer

IDLE = timedelta(hours=12)
WHOLE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
WESTERNMOST = timezone(timedelta(hours=-5))
"""Acre. A representation lasts until its last day is over in the whole country."""

_FIND = """
SELECT s.id, s.seen_at, s.expires_at, u.id AS user_id, u.role, u.name, u.email
FROM session s JOIN user_account u ON u.id = s.user_id
WHERE s.token_hash = $1 AND u.disabled_at IS NULL
"""


@dataclass(frozen=True)
class Current:
    """A session in use: its id and the person."""

    session_id: int
    viewer: Viewer


@dataclass(frozen=True)
class Device:
    """A line of "where you are signed in"; ``current`` is the browser that asks."""

    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    current: bool


def cookie_name(secure: bool) -> str:
    """The cookie's name; over HTTPS the prefix makes browsers refuse one set by another host."""
    return "__Host-procon" if secure else "procon"


async def viewer_of(token: str, now: datetime) -> Viewer | None:
    """The person behind a cookie's value, or None when it opens nothing (any more)."""
    found = await current(token, now)
    return found.viewer if found else None


async def current(token: str, now: datetime) -> Current | None:
    """The session behind a cookie's value, or None; notes its use at most every five minutes."""
    found = await rows(_FIND, [_hash(token)])
    if not found:
        return None
    row = found[0]
    seen_at = moment(row["seen_at"])
    if now >= moment(row["expires_at"]) or now >= seen_at + IDLE:
        return None
    if now >= seen_at + SEEN_EVERY:
        await Session.filter(id=row["id"]).update(seen_at=now)
    return Current(row["id"], await _viewer(row, now))


async def start(user_id: int, *, now: datetime, address: str, device: str) -> str:
    """Begin a session and return the token for the cookie; the person's dead sessions are swept."""
    token = secrets.token_urlsafe(32)
    async with transaction():
        await Session.filter(_dead(now), user_id=user_id).delete()
        await Session.create(
            token_hash=_hash(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + WHOLE,
            address=address[:45],
            device=device[:200],
        )
    return token


async def end(token: str) -> None:
    """Sign out the browser that holds ``token``; one that is unknown changes nothing."""
    await Session.filter(token_hash=_hash(token)).delete()


async def end_one(user_id: int, session_id: int) -> None:
    """Sign out one of the person's browsers; NotFound when it is not theirs."""
    if not await Session.filter(id=session_id, user_id=user_id).delete():
        raise NotFound


async def end_all(user_id: int, *, but: int | None = None) -> None:
    """Sign out all of the person's browsers, or all ``but`` one session."""
    query = Session.filter(user_id=user_id)
    await (query.exclude(id=but) if but is not None else query).delete()


async def devices(user_id: int, current_id: int, now: datetime) -> list[Device]:
    """Where the person is signed in, last used first."""
    found = await Session.filter(user_id=user_id).exclude(_dead(now)).order_by("-seen_at", "-id")
    return [
        Device(s.id, s.device, s.address, s.created_at, s.seen_at, current=s.id == current_id) for s in found
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _dead(now: datetime) -> Q:
    return Q(expires_at__lte=now) | Q(seen_at__lte=now - IDLE)


async def _viewer(row: Mapping[str, Any], now: datetime) -> Viewer:
    role = Role(row["role"])
    if role is not Role.COMPANY:
        return Viewer(row["user_id"], role, row["name"], row["email"] or "")
    companies, ended = await _companies(row["user_id"], now)
    claimed = await _claimed(row["user_id"])
    return Viewer(row["user_id"], role, row["name"], row["email"] or "", companies, claimed, ended)


async def _claimed(user_id: int) -> tuple[int, ...]:
    """The cases that the person took over and whose representation is not checked yet."""
    found = Claim.filter(user_id=user_id, decided_at=None).order_by("case_id")
    return tuple(int(str(i)) for i in await found.values_list("case_id", flat=True))


async def _companies(user_id: int, now: datetime) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The companies that the person speaks for today, and those for which that has ended."""
    today = now.astimezone(WESTERNMOST).date()
    valid: list[int] = []
    ended: list[int] = []
    for link in await Representation.filter(user_id=user_id).order_by("company_id"):
        stands = link.ended_at is None and (link.valid_until is None or link.valid_until >= today)
        (valid if stands else ended).append(link.company_id)
    return tuple(valid), tuple(ended)
