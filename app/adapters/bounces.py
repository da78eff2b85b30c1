"""E-mail that came back: delivery reports (RFC 3464) from the mailbox of the sender's address.

The mail server delivers into a Maildir what is sent to the envelope's sender; here it is read. Each report
names the Message-ID of the letter that it is about.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from mailbox import Maildir
from pathlib import Path
from typing import Protocol

MOST_AT_ONCE = 200
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Report:
    """What became of a letter: ``action`` is RFC 3464's (failed, delayed, delivered, relayed, expanded)."""

    message_id: str
    action: str
    note: str


class Bounces(Protocol):
    """Where reports arrive."""

    async def collect(self) -> list[tuple[str, Report]]:
        """The reports that wait, each under the name by which it is forgotten."""
        ...

    async def forget(self, name: str) -> None:
        """The report was dealt with."""
        ...


class MaildirBounces:
    """Reads a Maildir; what is no report is moved to ``cur``, for people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def collect(self) -> list[tuple[str, Report]]:
        """See Bounces.collect; at most 200 at a time."""
        return await asyncio.to_thread(self._collect)

    async def forget(self, name: str) -> None:
        """See Bounces.forget."""
        await asyncio.to_thread(self._box().discard, name)

    def _box(self) -> Maildir:
        return Maildir(self._folder, factory=None, create=True)

    def _collect(self) -> list[tuple[str, Report]]:
        box, found = self._box(), []
        waiting = [(key, message) for key, message in box.iteritems() if message.get_subdir() == "new"]
        for key, message in waiting[:MOST_AT_ONCE]:
            raw = box.get_bytes(key)
            report = read_report(raw) if len(raw) <= LARGEST_BYTES else None
            if report is None:
                message.set_subdir("cur")
                box[key] = message
            else:
                found.append((key, report))
        return found


def read_report(raw: bytes) -> Report | None:
    """The delivery report in a message, None when it is none or does not say about which letter."""
    message = message_from_bytes(raw, policy=compat32)
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    original = next((id_ for part in parts if (id_ := _returned(part))), "")
    fields = _of_recipient(status) if status is not None else None
    if fields is None or not original:
        return None
    said = (fields.get("Status", ""), fields.get("Diagnostic-Code", ""))
    note = " ".join(" ".join(str(word).split()) for word in said if word)
    return Report(original, str(fields.get("Action", "")).strip().lower(), note[:400])


def _returned(part: Message) -> str:
    """The Message-ID of the letter that is given back, whole or its headers alone."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        return next((_id(inner) for inner in payload if isinstance(inner, Message)), "")
    if kind == "text/rfc822-headers" and isinstance(payload, str):
        return _id(message_from_bytes(payload.encode("utf-8", "replace"), policy=compat32))
    return ""


def _id(message: Message) -> str:
    return str(message.get("Message-ID", "")).strip()


def _of_recipient(status: Message) -> Message | None:
    """The block of the first recipient: the first block is about the message itself."""
    blocks = status.get_payload()
    found = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return next((block for block in found if "Action" in block), None)
