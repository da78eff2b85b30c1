"""Delivery reports, from a real SMTP server that refuses, delays and bounces, to the ledger of a notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from mailbox import Maildir
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from app.adapters.bounces import MaildirBounces, read_report
from app.adapters.mail import SmtpMail
from app.factory import LETTERS_AND_PAPERS
from app.jobs import rounds
from app.jobs.runner import Runner
from app.parts import Parts
from app.services import notices
from app.services.companies import CompanyForm
from app.services.notices import Choice
from models import Case, Company, Delivery, DeliveryStep, Job
from models.rules.case_machine import State
from models.rules.delivery import Channel, DeliveryStatus
from tests.conftest import START
from tests.services.parties import ANSWER_TERM, make_parties

SENDER = "Procon <procon@exemplo.example>"
TO = "sac@moveis.example"


def report(message_id: str, action: str = "failed", *, headers_only: bool = False) -> bytes:
    """A report as Postfix writes one (RFC 3464), about a letter with that Message-ID."""
    whole = MIMEMultipart("report", **{"report-type": "delivery-status"})
    whole["From"], whole["To"], whole["Subject"] = (
        "MAILER-DAEMON@mx.example",
        "procon@exemplo.example",
        "Undelivered",
    )
    whole.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    status = MIMEBase("message", "delivery-status")
    mta, recipient = MIMEText(""), MIMEText("")
    for block in (mta, recipient):
        for name in ("Content-Type", "MIME-Version", "Content-Transfer-Encoding"):
            del block[name]
    mta["Reporting-MTA"] = "dns; mx.example"
    recipient["Final-Recipient"] = f"rfc822; {TO}"
    recipient["Action"], recipient["Status"] = action, "5.1.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 User unknown"
    status.set_payload([mta, recipient])
    whole.attach(status)
    original = EmailMessage()
    original["Message-ID"], original["To"] = message_id, TO
    original.set_content("Olá")
    if headers_only:
        headers = MIMEText(f"Message-ID: {message_id}\nTo: {TO}\n", "rfc822-headers")
        whole.attach(headers)
    else:
        returned = MIMEBase("message", "rfc822")
        returned.set_payload([original])
        whole.attach(returned)
    return whole.as_bytes()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_report_names_its_letter_and_what_became_of_it(headers_only: bool) -> None:
    for action in ("failed", "delayed", "delivered"):
        found = read_report(report("<letter-7@x>", action, headers_only=headers_only))
        assert found is not None
        assert (found.message_id, found.action) == ("<letter-7@x>", action)
        assert found.note == "5.1.1 smtp; 550 5.1.1 User unknown"


def test_what_is_no_report_says_nothing() -> None:
    holiday = EmailMessage()
    holiday["Subject"] = "Estou de férias"
    holiday.set_content("Volto em janeiro.")
    truncated = report("<letter-7@x>").replace(b"Action", b"Nothing")
    anonymous = report("").replace(b"Message-ID", b"Other-ID")
    for raw in (b"", b"\x00\xff" * 100, holiday.as_bytes(), truncated, anonymous):
        assert read_report(raw) is None


class PostOffice:
    """An SMTP server that answers as ``mood`` says, and bounces into a Maildir what it took."""

    def __init__(self, mailbox: Path) -> None:
        self.mood = "takes"
        self.seen: list[str] = []
        self.tries = 0
        self._mailbox = Maildir(mailbox, create=True)

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries += 1
        if self.mood == "refuses":
            return "550 5.1.1 User unknown"
        if self.mood == "delays":
            return "451 4.7.1 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message_id = message_from_bytes(envelope.content)["Message-ID"]
        self.seen.append(message_id)
        if self.mood == "bounces" and TO in envelope.rcpt_tos:
            self._mailbox.add(report(message_id))
            self._mailbox.add(b"Subject: ferias\n\nVolto logo.")
        return "250 OK"


@asynccontextmanager
async def office(mailbox: Path) -> AsyncIterator[tuple[PostOffice, str]]:
    """The running server and its address."""
    loop = asyncio.get_running_loop()
    made = PostOffice(mailbox)
    listener = await loop.create_server(lambda: SMTP(made, loop=loop, hostname="localhost"), "127.0.0.1", 0)
    try:
        yield made, f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        await listener.wait_closed()


async def worked(parts: Parts, done: Callable[[], Awaitable[bool]]) -> None:
    """The runner's own lane does what waits, until it came so far."""
    runner = Runner(parts, ())
    task = asyncio.create_task(runner.run_jobs(LETTERS_AND_PAPERS, parts.wake.subscribe()))
    try:
        async with asyncio.timeout(60):
            while not await done():
                parts.wake.ring()
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def last_email() -> Delivery:
    """The newest attempt by e-mail."""
    found = await Delivery.filter(channel=Channel.EMAIL).order_by("-id").first()
    assert found is not None
    return found


@pytest.mark.usefixtures("database")
async def test_refused_delayed_and_bounced(fake_parts: Parts, tmp_path: Path) -> None:
    box = tmp_path / "Maildir"
    async with office(box) as (server, url):
        clock = fake_parts.clock
        parts = replace(fake_parts, mail=SmtpMail(url, SENDER, clock), bounces=MaildirBounces(box))
        form = CompanyForm("12.ABC.345/01DE-35", "Móveis do Vale Ltda.", email=TO)

        async def notified(choice: Choice) -> int:
            people = await make_parties(State.UNDER_ANALYSIS)
            await notices.notify(people.case.id, people.attendant, choice, now=START, rules=ANSWER_TERM)
            return people.case.id

        async def act(case: int) -> str:
            return (await Case.get(id=case)).term_act

        async def came(status: DeliveryStatus) -> bool:
            return (await last_email()).status is status

        async def delayed() -> bool:
            return await Job.filter(kind="letter", done_at=None, error="TemporaryFailure").count() >= 2

        server.mood = "refuses"
        case = await notified(Choice(new=form))
        await worked(parts, lambda: came(DeliveryStatus.FAILED))
        assert await act(case) == "redelivery"

        server.mood = "delays"
        case = await notified(Choice((await Company.get(email=TO)).id))
        await worked(parts, delayed)
        assert (await last_email()).status is DeliveryStatus.QUEUED
        server.mood = "bounces"
        clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
        await worked(parts, lambda: came(DeliveryStatus.SENT))
        assert await act(case) == "awareness"

        for _ in range(2):
            await rounds.collect_bounces(parts)
        assert await act(case) == "redelivery"
        steps = await DeliveryStep.filter(delivery_id=(await last_email()).id).order_by("id")
        assert [step.status for step in steps] == ["queued", "sent", "failed"]
        assert steps[-1].note == "5.1.1 smtp; 550 5.1.1 User unknown"
        left = [message.get_subdir() for message in Maildir(box)]
        assert left == ["cur"]  # the holiday's answer is left to people
