"""Where in a municipality's profile a value stands, for messages that say what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter

_TABLE = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_LISTED = re.compile(r"^\s*\[\[\s*([\w.\-]+)\s*\]\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")
_UNCONFIRMED = re.compile(r"#.*\[conferir\]")


def line_of(text: str, name: str) -> int | None:
    """The line, from 1, of ``table.key``, of ``list[2].key`` or of ``[table]`` in a TOML text.

    That of the table where it lacks the key, None when not even the table is there. Profiles write every
    table with its own heading; entries of a list of tables count from 1.
    """
    table, found = "", None
    entries: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        listed = _LISTED.match(line)
        if listed:
            entries[listed[1]] += 1
        if heading := listed or _TABLE.match(line):
            table = f"{heading[1]}[{entries[heading[1]]}]" if listed else heading[1]
            if name in (table, heading[1]) or name.rpartition(".")[0] == table:
                found = found if listed and found and name != table else number
        elif (key := _KEY.match(line)) and f"{table}.{key[1]}" == name:
            return number
    return found


def unconfirmed(text: str) -> tuple[tuple[int, str], ...]:
    """The lines marked [conferir]: their number and what they say."""
    return tuple(
        (number, line.partition("#")[0].strip() or line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if _UNCONFIRMED.search(line) and not line.lstrip().startswith("#")
    )
