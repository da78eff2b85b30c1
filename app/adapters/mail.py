"""Letters by e-mail: what a letter is, how it goes out, and the outbox of a machine without a server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.adapters.clock import Clock
from app.adapters.errors import PermanentFailure, SendFailure, TemporaryFailure

SECONDS = 30.0
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Attachment:
    """A file sent along; ``media_type`` such as ``application/pdf``."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One letter to one person.

    ``message_id`` (``<id@domain>``) is the same at every try, so that a repeated delivery is one letter to
    the reader's program. ``calendar`` is an iCalendar text (see ``app.adapters.ics``): it goes as an
    alternative that programs show with yes/no buttons (RFC 6047) and as a file. ``unsubscribe`` is where a
    mail program asks, with one click, for no more letters of this kind (RFC 8058); empty for what must be
    sent.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    calendar: str | None = None
    unsubscribe: str = ""


class Mail(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter over; raises TemporaryFailure or PermanentFailure."""
        ...


class SmtpMail:
    """Sends by an SMTP server, one connection for each letter."""

    def __init__(self, url: str, sender: str, clock: Clock, seconds: float = SECONDS) -> None:
        """``url`` is ``smtp://``, ``smtp+starttls://`` or ``smtps://`` ``[user:password@]host[:port]``."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("the mail address is smtp://, smtp+starttls:// or smtps:// and a host")
        self._host = parts.hostname
        self._port = parts.port or SCHEMES[parts.scheme]
        self._tls = parts.scheme == "smtps"
        self._start_tls = parts.scheme == "smtp+starttls"
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender
        self._clock = clock
        self._seconds = seconds

    async def send(self, letter: Letter) -> None:
        """See Mail.send."""
        message = compose(letter, self._sender, self._clock)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                start_tls=self._start_tls,
                timeout=self._seconds,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _failure(error) from error


class FakeMail:
    """Keeps what was sent; ``fail_with`` makes the next letters fail."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.fail_with: SendFailure | None = None

    async def send(self, letter: Letter) -> None:
        """Remember the letter, or raise ``fail_with``."""
        if self.fail_with:
            raise self.fail_with
        self.sent.append(letter)


def compose(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    """The letter as a message; raises PermanentFailure when an address or a header cannot be written."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _address(sender)
        message["To"] = _address(letter.to)
        message["Subject"] = letter.subject
        message["Date"] = clock.now()
        message["Message-ID"] = letter.message_id
    except (ValueError, IndexError, MessageError) as error:  # IndexError: the parser's, on odd addresses
        raise PermanentFailure("malformed") from error
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar is not None:
        _add_calendar(message, letter.calendar)
    for attachment in letter.attachments:
        kind, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content, maintype=kind, subtype=subtype, filename=attachment.filename
        )
    return message


def _add_calendar(message: EmailMessage, calendar: str) -> None:
    found = METHOD.search(calendar)
    parameters = {"method": found[1] if found else "PUBLISH"}
    message.add_alternative(calendar, subtype="calendar", params=parameters, cte="base64")
    message.add_attachment(
        calendar.encode(), maintype="text", subtype="calendar", filename="convite.ics", params=parameters
    )


def _address(text: str) -> Address:
    """``Name <someone@domain>`` or the bare address, the domain in its ASCII form."""
    if any(character in text for character in "\r\n\0,;"):
        raise ValueError("one address")
    name, spec = parseaddr(text)
    local, at, domain = spec.rpartition("@")
    if not (local and at and domain and local.isascii()):
        raise ValueError("an address has a name in ASCII and a domain")
    return Address(display_name=name, username=local, domain=domain.encode("idna").decode())


def _failure(error: Exception) -> SendFailure:
    """What the server's refusal means for the letter; trouble of ours is worth another try."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        ours = isinstance(
            error,
            aiosmtplib.SMTPAuthenticationError
            | aiosmtplib.SMTPHeloError
            | aiosmtplib.SMTPConnectResponseError,
        )
        kind = PermanentFailure if 500 <= error.code < 600 and not ours else TemporaryFailure
        return kind(f"smtp_{error.code}")
    return TemporaryFailure(type(error).__name__)
