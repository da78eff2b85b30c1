"""What every namespace does with a message whose sender is gone before it is handled."""

from __future__ import annotations

import asyncio

import pytest
import socketio

from realtime.namespace import Namespace

NAME = "/casos"


class Slow(Namespace):
    """Its one message asks something of the database, and puts the sender into a room."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.asked, self.answered = asyncio.Event(), asyncio.Event()

    async def on_follow(self, sid: str) -> str:
        """Follow a case."""
        self.asked.set()
        await self.answered.wait()
        await self.enter_room(sid, "case:1")
        return "follows"

    async def on_fail(self, sid: str) -> None:
        """A fault of ours."""
        raise KeyError(sid)


@pytest.mark.parametrize("others", [0, 1])
async def test_who_leaves_while_a_message_is_handled_needs_no_answer(others: int) -> None:
    server, slow = socketio.AsyncServer(async_mode="asgi"), Slow()
    server.register_namespace(slow)
    stays = [await server.manager.connect(f"stays-{number}", NAME) for number in range(others)]
    leaves = await server.manager.connect("leaves", NAME)
    handled = asyncio.create_task(slow.trigger_event("follow", leaves))
    await slow.asked.wait()
    await server.manager.disconnect(leaves, NAME, ignore_queue=True)
    slow.answered.set()
    assert await handled is None
    for sid in stays:
        assert await slow.trigger_event("follow", sid) == "follows"
        with pytest.raises(KeyError):
            await slow.trigger_event("fail", sid)
