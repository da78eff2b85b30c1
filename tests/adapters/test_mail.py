"""Letters over a real SMTP server on loopback, and into the outbox."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from app.adapters.clock import FakeClock
from app.adapters.mail import (
    Attachment,
    FakeMail,
    Letter,
    Mail,
    PermanentFailure,
    SmtpMail,
    TemporaryFailure,
    compose,
)
from app.adapters.outbox import NEWEST, OutboxMail

CLOCK = FakeClock(datetime(2026, 11, 23, 15, 30, tzinfo=UTC))
SENDER = "Procon de Criciúma <procon@criciuma.example>"
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Audiência\r\nEND:VCALENDAR\r\n"
LETTER = Letter(
    to="Ana Conceição <ana@exemplo.example>",
    subject="Sua reclamação 2026.000123 avançou: o prazo da empresa começou a contar nesta segunda-feira",
    text="Olá, Ana.\n\nA empresa foi notificada.\n",
    html="<p>Olá, Ana.</p>",
    message_id="<letter-17@criciuma.example>",
    attachments=(Attachment("notificação.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),),
    calendar=ICS,
)


class Inbox:
    """What the server does with a letter."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.answers.get("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return self.answers.get("DATA", "250 OK")

    def message(self) -> EmailMessage:
        content = self.envelopes[-1].content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@asynccontextmanager
async def server(
    inbox: Inbox, ssl_context: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[str]:
    """A running SMTP server; answers host:port."""
    loop = asyncio.get_running_loop()
    options.setdefault("hostname", "localhost")
    listener = await loop.create_server(
        lambda: SMTP(inbox, loop=loop, **options), "127.0.0.1", 0, ssl=ssl_context
    )
    port = listener.sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        listener.close()
        await listener.wait_closed()


async def test_a_letter_arrives_whole() -> None:
    inbox = Inbox()
    async with server(inbox) as address:
        await SmtpMail(f"smtp://{address}", SENDER, CLOCK).send(LETTER)
    message = inbox.message()
    assert inbox.envelopes[0].mail_from == "procon@criciuma.example"
    assert inbox.envelopes[0].rcpt_tos == ["ana@exemplo.example"]
    assert str(message["From"]) == SENDER
    assert str(message["To"]) == LETTER.to
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"].datetime == CLOCK.now()
    assert message["Auto-Submitted"] == "auto-generated"

    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert body is not None
    assert html is not None
    assert body.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html
    alternatives = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in alternatives] == ["REQUEST", "REQUEST"]
    assert [part.get_filename() for part in alternatives] == [None, "convite.ics"]
    assert [part.get_payload(decode=True) for part in alternatives] == [ICS.encode()] * 2
    pdf = next(part for part in message.iter_attachments() if part.get_content_type() == "application/pdf")
    assert pdf.get_filename() == "notificação.pdf"
    assert pdf.get_content() == b"%PDF-1.7 \x00\xff"


def test_every_line_goes_through_the_oldest_server() -> None:
    raw = compose(LETTER, SENDER, CLOCK).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


async def test_sign_in_and_tls(tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    seen: list[tuple[bytes, bytes]] = []

    def sign_in(server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3gr@do", handled=False)

    inbox = Inbox()
    options = {"tls_context": context, "authenticator": sign_in, "auth_required": True}
    async with server(inbox, require_starttls=True, **options) as address:
        port = address.rpartition(":")[2]
        await SmtpMail(f"smtp+starttls://procon:s3gr%40do@localhost:{port}", SENDER, CLOCK).send(LETTER)
        assert seen == [(b"procon", b"s3gr@do")]
        with pytest.raises(TemporaryFailure, match="smtp_535"):
            await SmtpMail(f"smtp+starttls://procon:x@localhost:{port}", SENDER, CLOCK).send(LETTER)
    async with server(inbox, ssl_context=context) as address:
        port = address.rpartition(":")[2]
        await SmtpMail(f"smtps://localhost:{port}", SENDER, CLOCK).send(LETTER)
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(TemporaryFailure):  # a certificate that nobody vouches for
            await SmtpMail(f"smtps://localhost:{port}", SENDER, CLOCK).send(LETTER)
    assert len(inbox.envelopes) == 2


@pytest.mark.parametrize(
    ("answers", "failure", "reason"),
    [
        ({"RCPT": "550 no such person"}, PermanentFailure, "smtp_550"),
        ({"RCPT": "450 greylisted"}, TemporaryFailure, "smtp_450"),
        ({"DATA": "554 refused"}, PermanentFailure, "smtp_554"),
        ({"DATA": "451 disk full"}, TemporaryFailure, "smtp_451"),
    ],
)
async def test_refusals_are_told_apart(
    answers: dict[str, str], failure: type[Exception], reason: str
) -> None:
    async with server(Inbox(answers)) as address:
        with pytest.raises(failure) as refused:
            await SmtpMail(f"smtp://{address}", SENDER, CLOCK).send(LETTER)
    assert str(refused.value) == reason


async def test_a_server_that_is_away_or_silent_is_temporary(unused_tcp_port: int) -> None:
    with pytest.raises(TemporaryFailure):
        await SmtpMail(f"smtp://127.0.0.1:{unused_tcp_port}", SENDER, CLOCK).send(LETTER)

    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    mute = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = mute.sockets[0].getsockname()[1]
    with pytest.raises(TemporaryFailure):
        await SmtpMail(f"smtp://127.0.0.1:{port}", SENDER, CLOCK, seconds=0.3).send(LETTER)
    await gone.wait()
    mute.close()
    await mute.wait_closed()


@pytest.mark.parametrize(
    "to",
    ["", "ana", "@exemplo.example", "ana@", "joão@exemplo.example", "a@b.c\r\nBcc: x@y.z", "a@b.c, d@e.f"],
)
async def test_an_address_that_cannot_be_written_is_permanent(to: str, tmp_path: Path) -> None:
    letter = Letter(to=to, subject="x", text="x", message_id="<1@x.example>")
    with pytest.raises(PermanentFailure, match="malformed"):
        await OutboxMail(tmp_path, SENDER, CLOCK).send(letter)


async def test_a_subject_cannot_smuggle_a_header(tmp_path: Path) -> None:
    letter = Letter(to="a@b.example", subject="x\r\nBcc: d@e.example", text="x", message_id="<1@x.example>")
    with pytest.raises(PermanentFailure, match="malformed"):
        await OutboxMail(tmp_path, SENDER, CLOCK).send(letter)


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "mail.example:25"])
def test_a_wrong_address_of_the_server_is_told_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        SmtpMail(url, SENDER, CLOCK)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_the_outbox_lists_newest_first_and_opens_letters(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER, CLOCK)
    for number in range(1, 12):
        await outbox.send(Letter("a@b.example", f"Assunto nº {number}", "ação", f"<{number}@x.example>"))
    await outbox.send(LETTER)
    entries = await outbox.list()
    assert [entry.subject for entry in entries][:3] == [LETTER.subject, "Assunto nº 11", "Assunto nº 10"]
    assert entries[0].to == LETTER.to
    assert entries[0].date == CLOCK.now()
    letter = await outbox.read(entries[0].name)
    assert letter.entry == entries[0]
    assert letter.text.replace("\r\n", "\n") == LETTER.text
    assert letter.html is not None
    assert letter.html.strip() == LETTER.html
    assert [a.filename for a in letter.attachments] == ["convite.ics", "notificação.pdf"]
    assert letter.attachments[1] == LETTER.attachments[0]
    for name in ("../../etc/passwd", "000000099.eml", ""):
        with pytest.raises(FileNotFoundError):
            await outbox.read(name)


async def test_the_outbox_keeps_the_newest_500(tmp_path: Path) -> None:
    for number in range(1, NEWEST + 1):
        (tmp_path / f"{number:09}.eml").write_bytes(b"")
    outbox = OutboxMail(tmp_path, SENDER, CLOCK)
    await outbox.send(LETTER)
    names = sorted(path.name for path in files_in(tmp_path))
    assert (len(names), names[0], names[-1]) == (NEWEST, "000000002.eml", "000000501.eml")


async def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    both = OutboxMail(tmp_path, SENDER, CLOCK), OutboxMail(tmp_path, SENDER, CLOCK)
    letters = [Letter("a@b.example", str(n), "x", f"<{n}@x.example>") for n in range(40)]
    await asyncio.gather(*(both[n % 2].send(letter) for n, letter in enumerate(letters)))
    assert {entry.subject for entry in await both[0].list()} == {str(n) for n in range(40)}
    assert len(files_in(tmp_path)) == 40


async def test_the_fake_keeps_the_contract() -> None:
    fake = FakeMail()
    mail: Mail = fake
    await mail.send(LETTER)
    fake.fail_with = TemporaryFailure("smtp_450")
    with pytest.raises(TemporaryFailure):
        await mail.send(LETTER)
    assert fake.sent == [LETTER]
