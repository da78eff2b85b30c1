"""How a media process does: its load, and what its port has counted since it began."""

import time
from typing import Any

from hearings.negotiation import MEDIA
from hearings.registry import Registry


def health(registry: Registry) -> dict[str, Any]:
    """Plain numbers; `cpu_s` is the processor time of the whole process in seconds."""
    rooms = registry.rooms.values()
    return {
        "rooms": len(rooms),
        "seats": sum(len(room.seats) for room in rooms),
        "connections": registry.port.connections,
        "media": list(MEDIA),
        "cpu_s": round(time.process_time(), 3),
        "counters": registry.port.counters.snapshot(),
    }
