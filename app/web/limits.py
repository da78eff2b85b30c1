"""How often: limits against guessing and flooding, per address or per account, on a sliding window.

Counted in this process, or in Redis when several processes serve. What is counted is named by a hash:
no address and no e-mail is kept in Redis.
"""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address
from typing import cast

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from quart import Quart, current_app, request
from redis.asyncio import ConnectionPool

from app.adapters.errors import Busy
from models.rules.errors import Refused

EXTENSION = "procon.limits"
REDIS_SECONDS = 2.0

LIMITS: dict[str, RateLimitItem] = {
    "sign_in_address": parse("30 per 5 minute"),
    "sign_in_account": parse("10 per 5 minute"),
    "register_address": parse("10 per hour"),
    "code_request": parse("5 per hour"),
    "code_request_address": parse("30 per hour"),
    "code_try": parse("20 per hour"),
    "code_try_address": parse("60 per hour"),
    "thread_message": parse("60 per hour"),
    "hearing_message": parse("120 per 5 minute"),
    "guest_letter": parse("30 per hour"),
    "guest_again": parse("4 per hour"),
    "clause_preview": parse("600 per 5 minute"),
    "seat_link_address": parse("60 per hour"),
    "sign_code": parse("20 per hour"),
    "upload": parse("120 per hour"),
    "case_copy": parse("10 per hour"),
    "push_device": parse("30 per hour"),
    "push_test": parse("20 per hour"),
    "presence": parse("30 per hour"),
    "verify_address": parse("60 per 5 minute"),
    "company_search": parse("120 per minute"),
}
"""What is limited, and how often it may happen for one key."""


def install(app: Quart, redis_url: str) -> None:
    """Count in Redis at ``redis_url``, or in this process when it is empty."""
    storage: Storage = _in_redis(app, redis_url) if redis_url else MemoryStorage()
    app.extensions[EXTENSION] = SlidingWindowCounterRateLimiter(storage)


def _in_redis(app: Quart, url: str) -> Storage:
    """Redis, through connections that end with the application; a server that is silent is an error."""
    pool = ConnectionPool.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    app.after_serving(pool.disconnect)
    return RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        connection_pool=pool,  # type: ignore[arg-type]  # its annotation forgets the options that are objects
    )


async def limit(name: str, key: str | int) -> None:
    """Count one event ``name`` of ``key``; Refused("too_many") with ``retry_seconds`` past its limit.

    Without an answer from Redis nobody may guess unlimited: Busy.
    """
    limiter = cast(SlidingWindowCounterRateLimiter, current_app.extensions[EXTENSION])
    item = LIMITS[name]
    hashed = hashlib.sha256(str(key).encode()).hexdigest()[:32]
    try:
        admitted = await limiter.hit(item, name, hashed)
    except StorageError as error:
        raise Busy from error
    if not admitted:
        raise Refused("too_many", retry_seconds=item.get_expiry())


async def limit_address(name: str) -> None:
    """Count one event ``name`` of the address that asks."""
    await limit(name, household(request.remote_addr or ""))


def household(address: str) -> str:
    """What is counted for a network address: of IPv6 the /64, which is what one home or machine is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(parsed) >> 64 << 64)) if isinstance(parsed, IPv6Address) else address
