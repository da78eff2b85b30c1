"""Where in a municipality's profile a value stands, for messages that say what is wrong with it."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")


def line_of(text: str, name: str) -> int | None:
    """The line, from 1, of ``table.key`` or of ``[table]`` in a TOML text.

    That of the table where it lacks the key, None when not even the table is there. Profiles write every
    table with its own heading.
    """
    table, found = "", None
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _TABLE.match(line):
            table = heading[1]
            if table == name or name.rpartition(".")[0] == table:
                found = number
        elif (key := _KEY.match(line)) and f"{table}.{key[1]}" == name:
            return number
    return found
