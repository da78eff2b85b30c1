"""The media process with a leak planted: each room that closes leaves memory and a descriptor behind."""

import os

from hearings.__main__ import main
from hearings.registry import Registry

LEAK = 3 << 20


def leak() -> None:
    """Make `Registry.close` forget to let go."""
    close, kept = Registry.close, []

    def closing(self: Registry, name: str) -> None:
        kept.append((bytearray(os.urandom(LEAK)), os.dup(0)))
        close(self, name)

    Registry.close = closing  # type: ignore[method-assign]


if __name__ == "__main__":
    leak()
    main()
