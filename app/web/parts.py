"""What a handler reaches from the running application."""

from __future__ import annotations

from typing import cast

from quart import Quart, current_app

from app.parts import Parts

EXTENSION = "procon"


def give(app: Quart, parts: Parts) -> None:
    """Make ``parts`` reachable from the handlers of ``app``."""
    app.extensions[EXTENSION] = parts


def parts() -> Parts:
    """The parts of the application that serves the current request."""
    return cast(Parts, current_app.extensions[EXTENSION])
