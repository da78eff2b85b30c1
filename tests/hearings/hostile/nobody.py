"""An ICE agent at which nobody is known: whoever is answered or bound fails the test."""

import pytest

from hearings.counters import Counters
from hearings.ice import IceLite, Path


class NoPaths:
    """Where nothing may ever be bound."""

    def bind(self, path: Path, owner: object) -> None:
        pytest.fail("a stranger was bound")

    def unbind(self, path: Path) -> None:
        pytest.fail("a stranger had been bound")

    def aim(self, owner: object, path: Path | None) -> None:
        pytest.fail("media would have gone to a stranger")


def nobodys_site() -> IceLite:
    """The agent."""
    return IceLite(lambda path, data: pytest.fail("a stranger was answered"), NoPaths(), Counters())
