"""The browsers that take web push for a person: entered by consent, tested, removed, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from app.adapters.push import PushMessage, Subscription, Urgency
from app.db import transaction
from app.i18n import gettext as _
from app.services import queue
from app.services.news_choices import SHORT
from models import PushDevice
from models.rules.errors import Invalid, NotFound
from models.rules.news import News

PUSH_JOB = "push"
MOST = 10
"""Of a person; one more takes the place of the oldest."""
_TTL = {News.REMINDER: timedelta(hours=6), News.ACCOUNT: timedelta(minutes=10)}
_LASTS = timedelta(days=3)
_HIGH = frozenset({News.LEGAL, News.REMINDER, News.ACCOUNT})


@dataclass(frozen=True)
class Device:
    """A browser as its owner's page shows it; ``endpoint_hash`` lets a browser find itself in the list."""

    id: int
    label: str
    created_at: datetime
    reached_at: datetime | None
    endpoint_hash: str


@dataclass(frozen=True)
class Target:
    """Where a message goes, and whose browser it is."""

    id: int
    user_id: int
    subscription: Subscription


async def of_person(user_id: int) -> tuple[Device, ...]:
    """The person's browsers, oldest first."""
    rows = await PushDevice.filter(user_id=user_id).order_by("id")
    return tuple(Device(r.id, r.label, r.created_at, r.reached_at, r.endpoint_hash) for r in rows)


async def add(
    user_id: int,
    subscription: Subscription,
    label: str,
    *,
    accepted: Callable[[Subscription], bool],
    now: datetime,
) -> int:
    """Enter a browser for a person; of another person's browser it is theirs no more. Its id; Invalid.

    ``accepted`` is the push adapter's word on a subscription.
    """
    if not accepted(subscription):
        raise Invalid({"subscription": "subscription_invalid"})
    fingerprint = hashlib.sha256(subscription.endpoint.encode()).hexdigest()
    async with transaction():
        known = await PushDevice.get_or_none(endpoint_hash=fingerprint)
        if known is not None and known.user_id == user_id:
            await PushDevice.filter(id=known.id).update(
                label=label[:200], p256dh=subscription.p256dh, auth=subscription.auth
            )
            return known.id
        await PushDevice.filter(endpoint_hash=fingerprint).delete()
        mine = await PushDevice.filter(user_id=user_id).order_by("-id").offset(MOST - 1).limit(MOST)
        await PushDevice.filter(id__in=[row.id for row in mine]).delete()
        made = await PushDevice.create(
            user_id=user_id,
            endpoint=subscription.endpoint,
            endpoint_hash=fingerprint,
            p256dh=subscription.p256dh,
            auth=subscription.auth,
            label=label[:200],
            created_at=now,
        )
    return made.id


async def remove(user_id: int, device_id: int) -> None:
    """The person wants nothing more on one of their browsers; NotFound."""
    if not await PushDevice.filter(id=device_id, user_id=user_id).delete():
        raise NotFound


async def remove_all(user_id: int) -> None:
    """Of a person who signs out everywhere."""
    await PushDevice.filter(user_id=user_id).delete()


async def test(user_id: int, device_id: int, *, now: datetime) -> None:
    """Send a test to one of the person's browsers; NotFound."""
    async with transaction():
        if not await PushDevice.exists(id=device_id, user_id=user_id):
            raise NotFound
        key = f"{PUSH_JOB}:test:{device_id}:{now.isoformat()}"
        payload = {"device": device_id, "news": News.ACCOUNT.value, "path": "/conta/avisos", "case": 0}
        await queue.enqueue(PUSH_JOB, key, payload, now=now)


async def target(device_id: int) -> Target | None:
    """Where to send to; None when it is gone."""
    row = await PushDevice.get_or_none(id=device_id, user__disabled_at=None)
    return Target(row.id, row.user_id, Subscription(row.endpoint, row.p256dh, row.auth)) if row else None


async def reached(device_id: int, now: datetime) -> None:
    """The push service took a message for it."""
    await PushDevice.filter(id=device_id).update(reached_at=now)


async def forget(device_id: int) -> None:
    """Its push service says that there is no such browser any more."""
    await PushDevice.filter(id=device_id).delete()


def message(news: News, path: str, case_id: int, *, agency: str) -> PushMessage:
    """What a browser shows: who speaks and of what kind it is, and where a click leads. Nothing else."""
    tag = f"{news}-{case_id}"
    shown = {
        "title": f"{agency}: {_(SHORT[news])}",
        "body": _("Os avisos chegam a este aparelho.") if news is News.ACCOUNT else _("Toque para ver."),
        "path": path,
        "tag": tag,
    }
    urgency: Urgency = "high" if news in _HIGH else "normal"
    return PushMessage(orjson.dumps(shown), _TTL.get(news, _LASTS), urgency, tag)
