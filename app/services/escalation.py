"""Escalation by rule: where an attempt failed, or nobody became aware in time, the next means is tried.

What the system can do alone it begins, if the profile lets it; for the rest whoever has the case in hand is
asked. Nothing here begins the company's term: that takes awareness (Decreto 2.181/1997, art. 42).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.db import transaction
from app.services import casefile, company_addresses, service_letters
from app.services.casefile import Opened
from app.services.deliveries import started
from app.services.duties import Reckoner
from models import Company, Delivery, DeliveryStep, Notice
from models.rules.case_machine import State
from models.rules.delivery import AWARENESS, Channel, DeliveryStatus, next_channel
from models.rules.terms import due_date

Cause = Literal["failed", "silent"]
SERVED = (State.NOTIFIED, State.OPENED)
"""Where a notice is being served: the CIP, or the opening letter of a complaint without one."""


@dataclass(frozen=True)
class ServicePolicy:
    """The means in the order in which they are tried, and those that the system begins by itself."""

    order: tuple[Channel, ...]
    automatic: frozenset[Channel]


async def escalate(policy: ServicePolicy, reckoner: Reckoner, *, now: datetime) -> int:
    """Go on to the next means in every case whose notice waits too long; answers in how many.

    Each case is a transaction of its own and is looked at again under its lock; a second run changes nothing.
    """
    waiting = (
        await Notice.filter(case__state__in=SERVED, aware_at=None)
        .order_by("case_id")
        .distinct()
        .values_list("case_id", flat=True)
    )
    return sum([await _escalate(int(str(case_id)), policy, reckoner, now) for case_id in waiting])


async def _escalate(case_id: int, policy: ServicePolicy, reckoner: Reckoner, now: datetime) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        notice = await Notice.filter(case_id=case_id).order_by("-id").select_related("case__company").first()
        if notice is None or notice.aware_at or notice.case.company is None or file.case.state not in SERVED:
            return False
        attempts = await Delivery.filter(notice_id=notice.id).order_by("id")
        cause = await _cause(attempts, reckoner)
        company, tried = notice.case.company, [row.channel for row in attempts]
        channel = next_channel(policy.order, tried, has_email=bool(company.email))
        if cause is None or channel is None:
            return False
        address = await _address(channel, company)
        begins = channel in policy.automatic and address is not None
        if channel == notice.escalated_to and not begins:
            return False  # somebody was asked already; once an address is known, the system goes on alone
        await _go_on(file, notice, channel, cause, address, begins=begins, today=reckoner.today, now=now)
    return True


async def _cause(attempts: Sequence[Delivery], reckoner: Reckoner) -> Cause | None:
    """Why it is time: every attempt failed, or the last one's term of awareness passed; None: not yet."""
    if all(attempt.status is DeliveryStatus.FAILED for attempt in attempts):
        return "failed"
    begun = await DeliveryStep.filter(delivery_id=attempts[-1].id).order_by("id").first()
    term = reckoner.terms.get(AWARENESS)
    if begun is None or term is None:
        return None
    since = begun.at.astimezone(reckoner.zone).date()
    return "silent" if due_date(term, since, reckoner.calendar).due < reckoner.today else None


async def _go_on(
    file: Opened,
    notice: Notice,
    channel: Channel,
    cause: Cause,
    address: str | None,
    *,
    begins: bool,
    today: date,
    now: datetime,
) -> None:
    notice.escalated_to = channel
    await notice.save(update_fields=["escalated_to"])
    facts = {"notice": notice.id, "channel": channel, "cause": cause, "begun": begins}
    await casefile.record(file, "service_escalated", now=now, facts=facts)
    if begins:
        await started(file, notice, channel, address or "", today=today, now=now)
    await service_letters.tell_escalation(
        file, notice, channel, begun=begins, known=address is not None, now=now
    )


async def _address(channel: Channel, company: Company) -> str | None:
    """Where to, as far as it is known; None when a person has to say it."""
    if channel is Channel.EMAIL:
        return company.email
    if channel is Channel.PUBLICATION:
        return ""
    if channel is not Channel.LETTER:
        return None
    return await company_addresses.for_letter(company)
