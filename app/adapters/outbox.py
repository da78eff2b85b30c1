"""The outbox: a folder in place of a mail server, and a page for developers that shows it."""

from __future__ import annotations

import asyncio
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from app.adapters.clock import Clock
from app.adapters.mail import Attachment, Letter, compose

NEWEST = 500
NAME = re.compile(r"\d{9}\.eml")


@dataclass(frozen=True)
class OutboxEntry:
    """One line of the outbox; ``name`` opens it."""

    name: str
    to: str
    subject: str
    date: datetime


@dataclass(frozen=True)
class OutboxLetter:
    """A letter of the outbox, opened."""

    entry: OutboxEntry
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]


class OutboxMail:
    """Writes each letter to ``000000001.eml``, ``000000002.eml`` …, and keeps the newest 500."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._sender = sender
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """See Mail.send; raises PermanentFailure for a malformed letter."""
        message = compose(letter, self._sender, self._clock)
        await asyncio.to_thread(self._write, message.as_bytes())

    async def list(self) -> tuple[OutboxEntry, ...]:
        """What was sent, newest first."""
        return await asyncio.to_thread(self._list)

    async def read(self, name: str) -> OutboxLetter:
        """One letter; raises FileNotFoundError."""
        if not NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return await asyncio.to_thread(self._read, name)

    def _names(self) -> tuple[str, ...]:
        names = (path.name for path in self._folder.iterdir())
        return tuple(sorted(filter(NAME.fullmatch, names), reverse=True))

    def _write(self, data: bytes) -> None:
        """Whole or not at all; of two processes that want one number, the second takes the next."""
        temporary = self._folder / uuid.uuid4().hex
        try:
            temporary.write_bytes(data)
            names = self._names()
            number = int(names[0][:9]) if names else 0
            while True:
                number += 1
                try:
                    (self._folder / f"{number:09}.eml").hardlink_to(temporary)
                    break
                except FileExistsError:
                    continue
        finally:
            temporary.unlink(missing_ok=True)
        for name in self._names()[NEWEST:]:
            (self._folder / name).unlink(missing_ok=True)

    def _list(self) -> tuple[OutboxEntry, ...]:
        entries = []
        for name in self._names():
            try:
                entries.append(_entry(name, self._parsed(name)))
            except FileNotFoundError:
                continue  # pruned meanwhile
        return tuple(entries)

    def _parsed(self, name: str) -> EmailMessage:
        with (self._folder / name).open("rb") as file:
            message = message_from_binary_file(file, policy=default)
        assert isinstance(message, EmailMessage)  # noqa: S101  what the default policy makes
        return message

    def _read(self, name: str) -> OutboxLetter:
        message = self._parsed(name)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        return OutboxLetter(
            entry=_entry(name, message),
            text=text.get_content() if text else "",
            html=html.get_content() if html else None,
            attachments=tuple(_attachment(part) for part in message.iter_attachments()),
        )


def _entry(name: str, message: EmailMessage) -> OutboxEntry:
    date: datetime = message["Date"].datetime
    return OutboxEntry(name, str(message["To"]), str(message["Subject"]), date)


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return Attachment(part.get_filename() or "", part.get_content_type(), data)
