"""Keeps the real media process as a child and says when it is ready; to be killed by a test."""

from __future__ import annotations

import asyncio

from app import logs
from app.media_child import Announcement, MediaChild
from app.media_children import media_command


async def main() -> None:
    def told(announcement: Announcement | None) -> None:
        print(announcement.door if announcement else "", flush=True)

    command = media_command(0, host="127.0.0.1", door_port=0, udp_port=0, addresses=())
    child = MediaChild(command, {"PROCON_MEDIA_SECRET": "s" * 64}, told)
    child.start()
    await asyncio.sleep(60)


if __name__ == "__main__":
    logs.configure()
    asyncio.run(main())
