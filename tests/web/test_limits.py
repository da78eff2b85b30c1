"""Limits: in this process or in Redis, the same; and whom an address stands for."""

from __future__ import annotations

import pytest
from quart import Quart

from app.adapters.errors import Busy
from app.web import limits
from models.rules.errors import Refused


async def tries(app: Quart, key: str, many: int) -> int:
    """How many events of one key are let through before the first that is not."""
    async with app.app_context():
        for number in range(many):
            try:
                await limits.limit("code_request", key)
            except Refused as error:
                return number if error.facts["retry_seconds"] > 0 else -1
    return many


async def test_in_this_process() -> None:
    app = Quart("limits")
    limits.install(app, "")
    assert await tries(app, "a@exemplo.com", 7) == 5
    assert await tries(app, "a@exemplo.com", 1) == 0
    assert await tries(app, "b@exemplo.com", 1) == 1


@pytest.mark.servers
async def test_two_processes_count_together_in_redis(redis_url: str) -> None:
    first, second = Quart("first"), Quart("second")
    for app in (first, second):
        limits.install(app, redis_url)
    async with first.test_app(), second.test_app():
        assert await tries(first, "shared", 3) == 3
        assert await tries(second, "shared", 4) == 2


async def test_without_its_redis_nobody_is_let_through(unused_tcp_port: int) -> None:
    app = Quart("limits")
    limits.install(app, f"redis://127.0.0.1:{unused_tcp_port}/0")
    async with app.test_app():
        with pytest.raises(Busy):
            await tries(app, "a@exemplo.com", 1)


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("unknown", "unknown"),
    ],
)
def test_who_an_address_is(remote: str, counted_as: str) -> None:
    assert limits.household(remote) == counted_as
