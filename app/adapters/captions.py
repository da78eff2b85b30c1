"""Whether the configured recogniser of live captions can be had on this machine (ADR 0051, 0089)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

OFF, NO_LIBRARY, NO_FOLDER = "off", "no_library", "no_folder"


def trouble(model: str) -> str:
    """Why there are no captions: one of OFF, NO_LIBRARY, NO_FOLDER; empty when there can be.

    ``model`` is the setting, ``engine:place``. Looks without loading: loading takes seconds and hundreds of
    megabytes, and is the listening process's.
    """
    engine, _, place = model.partition(":")
    if not engine:
        return OFF
    if engine != "vosk":
        return ""
    if find_spec("vosk") is None:
        return NO_LIBRARY
    return "" if Path(place).is_dir() else NO_FOLDER
