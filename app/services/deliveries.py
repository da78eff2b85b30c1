"""The ledger of a notice's service: each attempt, each step with its proof, and the company's awareness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.db import transaction
from app.services import casefile, company_addresses, documents, letters, queue, service_letters
from app.services.casefile import NO_TERM, Opened
from app.services.letters import Text
from app.services.terms import TermRules
from models import Delivery, DeliveryStep, DocumentKind, Notice
from models.rules.case_machine import CIP_RUNS, Action, State
from models.rules.case_machine import step as machine_step
from models.rules.delivery import (
    AWARE,
    AWARE_HOW,
    AWARENESS,
    BY_HAND,
    PRINTED,
    PROVED,
    REDELIVERY,
    Channel,
    DeliveryStatus,
    may_follow,
    next_channel,
)
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import bound
from models.rules.people import Side, Viewer

LETTER_JOB = "notice_letter"
OLDEST_DAYS = 180
_ADDRESSED = (Channel.EMAIL, Channel.LETTER, Channel.IN_PERSON)


@dataclass(frozen=True)
class StepView:
    """A line of the ledger."""

    status: DeliveryStatus
    at: datetime
    recorded_by: str
    note: str
    document_id: UUID | None


@dataclass(frozen=True)
class DeliveryView:
    """An attempt with its steps; ``may_become`` is what staff may write down now."""

    id: int
    channel: Channel
    status: DeliveryStatus
    address: str
    tracking: str
    steps: tuple[StepView, ...]

    @property
    def may_become(self) -> tuple[DeliveryStatus, ...]:
        """What staff may write down of it now."""
        return tuple(s for s in BY_HAND.get(self.channel, ()) if may_follow(self.status, s))


@dataclass(frozen=True)
class Ledger:
    """All attempts to serve a case's last notice; ``next`` is the means that the profile tries next."""

    aware_at: datetime | None
    deliveries: tuple[DeliveryView, ...]
    next: Channel | None


@dataclass(frozen=True)
class Step:
    """What staff writes down of an attempt: how far it came, on which day, the post's number."""

    status: DeliveryStatus | None
    on: date | None
    note: str = ""
    tracking: str = ""


async def of_case(case_id: int, order: Sequence[Channel]) -> Ledger | None:
    """The ledger of a case's last notice, None while there is none."""
    notice = await Notice.filter(case_id=case_id).order_by("-id").select_related("case__company").first()
    if notice is None:
        return None
    company = notice.case.company
    rows = await Delivery.filter(notice_id=notice.id).order_by("id")
    steps = (
        await DeliveryStep.filter(delivery__notice_id=notice.id).order_by("id").select_related("recorded_by")
    )
    views = tuple(_view(row, [step for step in steps if step.delivery_id == row.id]) for row in rows)
    tried = {row.channel for row in rows}
    coming = next_channel(order, tried, has_email=bool(company and company.email))
    return Ledger(notice.aware_at, views, None if notice.aware_at else coming)


def _view(row: Delivery, steps: Sequence[DeliveryStep]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        channel=row.channel,
        status=row.status,
        address=row.address,
        tracking=row.tracking,
        steps=tuple(
            StepView(s.status, s.at, s.recorded_by.name if s.recorded_by else "", s.note, s.document_id)
            for s in steps
        ),
    )


async def begin(
    case_id: int, viewer: Viewer, channel: Channel | None, address: str, *, today: date, now: datetime
) -> int:
    """Staff tries another means; answers the attempt's id. A letter is printed, an e-mail goes out.

    A letter without an address goes to where the company is known to be (``company_addresses.for_letter``).
    """
    address = " ".join(address.split())
    if channel is None or channel is Channel.PORTAL:
        raise Invalid({"channel": "choice_missing"})
    if channel in _ADDRESSED and not address and channel is not Channel.LETTER:
        raise Invalid({"address": "required"})
    if len(address) > 400:
        raise Invalid({"address": "too_long"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.SERVE)
        notice = await Notice.filter(case_id=case_id).order_by("-id").select_related("case__company").first()
        if notice is None:
            raise NotFound
        company = notice.case.company
        if channel is Channel.LETTER and not address:
            address = (await company_addresses.for_letter(company) if company else None) or ""
            if not address:
                raise Invalid({"address": "required"})
        delivery = await started(file, notice, channel, address, today=today, now=now)
    return delivery.id


async def started(
    file: Opened, notice: Notice, channel: Channel, address: str, *, today: date, now: datetime
) -> Delivery:
    """An attempt begins with what it needs: an e-mail goes out, a paper is printed."""
    delivery = await begun(file, notice, channel, address, today=today, now=now)
    if channel in PRINTED:
        await queue.enqueue(LETTER_JOB, f"{LETTER_JOB}:{delivery.id}", {"delivery": delivery.id}, now=now)
    if channel is Channel.EMAIL:
        name = notice.case.company.legal_name if notice.case.company else ""
        text = await service_letters.summons(file.case.protocol or "", name, notice)
        await mail(delivery, name, text, now=now)
    return delivery


async def begun(
    file: Opened, notice: Notice, channel: Channel, address: str, *, today: date, now: datetime
) -> Delivery:
    """An attempt begins, inside the caller's transaction; until it is known to arrive, its patience runs."""
    by = file.viewer.user_id if file.viewer else None
    delivery = await Delivery.create(
        notice_id=notice.id, channel=channel, status=DeliveryStatus.QUEUED, address=address
    )
    await DeliveryStep.create(
        delivery_id=delivery.id, status=DeliveryStatus.QUEUED, at=now, recorded_at=now, recorded_by_id=by
    )
    waits = file.case.state is State.NOTIFIED and notice.aware_at is None
    changes = patience(AWARENESS, today, "notice_served", notice) if waits else {}
    await casefile.record(
        file,
        "notice_served",
        now=now,
        facts={"notice": notice.id, "delivery": delivery.id, "channel": channel},
        **changes,
    )
    return delivery


async def mail(delivery: Delivery, name: str, text: Text, *, now: datetime, user_id: int = 0) -> None:
    """Queue the e-mail of an attempt; what becomes of it is written into the ledger."""
    await letters.write_to(
        delivery.address,
        name,
        f"delivery:{delivery.id}",
        letters.serving(text, delivery.id),
        now=now,
        user_id=user_id,
    )


async def write_down(
    delivery_id: int, viewer: Viewer, step: Step, *, zone: ZoneInfo, rules: TermRules, now: datetime
) -> int:
    """Staff writes down how far an attempt came, with the uploaded proof where the law wants one.

    Answers the case's id. The day is that of the receipt, which begins the term, not that of the writing.
    """
    async with transaction():
        delivery = await Delivery.get_or_none(id=delivery_id).select_related("notice")
        if delivery is None:
            raise NotFound
        file = await casefile.opened(delivery.notice.case_id, viewer)
        file.step(Action.SERVE)
        await delivery.refresh_from_db(fields=["status"])
        status, day = await _checked(delivery, step, rules.today)
        proof = await documents.attach(file.case, viewer, (DocumentKind.PROOF,), company_too=True, now=now)
        if (delivery.channel, status) in PROVED and not proof:
            raise Invalid({"proof": "proof_missing"})
        if step.tracking:
            delivery.tracking = step.tracking[:40]
            await delivery.save(update_fields=["tracking"])
        at = now if day == rules.today else datetime.combine(day, time(12), zone)
        await came_to(
            file,
            delivery,
            status,
            at=at,
            now=now,
            note=step.note[:400],
            proof=proof,
            rules=TermRules(rules.term, day, rules.calendar),
        )
    return file.case.id


async def _checked(delivery: Delivery, step: Step, today: date) -> tuple[DeliveryStatus, date]:
    wrong = {}
    if step.status is None or step.status not in BY_HAND.get(delivery.channel, ()):
        wrong["status"] = "choice_missing"
    if step.on is None or (today - step.on).days > OLDEST_DAYS:
        wrong["on"] = "date_invalid"
    elif step.on > today:
        wrong["on"] = "date_future"
    if wrong or step.status is None or step.on is None:
        raise Invalid(wrong)
    if not may_follow(delivery.status, step.status):
        raise Refused("delivery_over")
    return step.status, step.on


async def came_to(
    file: Opened,
    delivery: Delivery,
    status: DeliveryStatus,
    *,
    at: datetime,
    now: datetime,
    note: str = "",
    proof: Mapping[UUID, str] | None = None,
    rules: TermRules | None = None,
    today: date | None = None,
) -> None:
    """An attempt came to ``status``, inside the caller's transaction; awareness begins the company's term.

    ``rules`` count that term from their day. A failure leaves staff to try the next means by ``today``.
    """
    delivery.status = status
    await delivery.save(update_fields=["status", "message_id"])
    await DeliveryStep.create(
        delivery_id=delivery.id,
        status=status,
        at=at,
        recorded_at=now,
        recorded_by_id=file.viewer.user_id if file.viewer else None,
        note=note,
        document_id=next(reversed(list(proof or ())), None),
    )
    facts = {"notice": delivery.notice_id, "delivery": delivery.id, "channel": delivery.channel}
    changes: dict[str, Any] = {}
    notice = await Notice.get(id=delivery.notice_id)
    waits = file.case.state is State.NOTIFIED and notice.aware_at is None
    failed = DeliveryStatus.FAILED
    if waits and status is failed and not await _others_alive(delivery):
        day = rules.today if rules else today
        changes = patience(REDELIVERY, day, "notice_tracked", notice)
    facts |= {"status": status, "note": note, **bound(proof)}
    await casefile.record(file, "notice_tracked", now=now, facts=facts, **changes)
    if status is failed:
        await service_letters.tell_failure(file, delivery, note, now)
    if (delivery.channel, status) in AWARE and rules is not None and notice.aware_at is None:
        await aware(file, notice, delivery.channel, at=at, now=now, rules=rules)


def patience(act: str, since: date | None, trigger: str, notice: Notice) -> dict[str, Any]:
    """The columns of a case whose notice is being served: the agency's own term, yet to be booked."""
    return {
        **NO_TERM,
        "due_explanation": notice.explanation,
        "term_act": act,
        "term_start": since,
        "term_trigger": trigger,
    }


async def _others_alive(delivery: Delivery) -> bool:
    others = Delivery.filter(notice_id=delivery.notice_id).exclude(id=delivery.id)
    return bool(await others.exclude(status=DeliveryStatus.FAILED).exists())


async def aware(
    file: Opened, notice: Notice, channel: Channel, *, at: datetime, now: datetime, rules: TermRules
) -> None:
    """The company is certainly aware since ``at``: its term to answer begins (Decreto 2.181/1997, art. 42).

    A company that appears by itself is aware, whatever was wrong with the service.
    """
    waits, runs = file.case.state is State.NOTIFIED, file.case.state in CIP_RUNS
    term = rules.running(AWARE_HOW[channel])
    notice.aware_at = at
    if runs:
        notice.due_on, notice.explanation = term.due_on, term.explanation
    await notice.save()
    facts: dict[str, object] = {"notice": notice.id, "channel": channel}
    if runs:
        facts["due"] = term.due_on.isoformat()
    await casefile.record(
        file,
        "notice_opened",
        now=now,
        to=machine_step(file.case.state, Action.ACKNOWLEDGE, Side.SYSTEM, None) if waits else None,
        facts=facts,
        **(term.columns() if runs else {}),
    )
    if runs:
        await service_letters.tell_awareness(file, notice, now)


async def mailed(
    delivery_id: int, status: DeliveryStatus, message_id: str, note: str, *, today: date, now: datetime
) -> None:
    """The mail server took an attempt's e-mail, or refused it for good."""
    await _by_system(Delivery.filter(id=delivery_id), status, note, message_id, today=today, now=now)


async def bounced(message_id: str, status: DeliveryStatus, note: str, *, today: date, now: datetime) -> bool:
    """A report came back for an e-mail (RFC 3464); answers whether it belongs to an attempt and is news."""
    return await _by_system(
        Delivery.filter(message_id=message_id), status, note, message_id, today=today, now=now
    )


async def _by_system(
    found: Any, status: DeliveryStatus, note: str, message_id: str, *, today: date, now: datetime
) -> bool:
    async with transaction():
        delivery = await found.select_related("notice").first()
        if delivery is None:
            return False
        file = await casefile.opened(delivery.notice.case_id, None)
        await delivery.refresh_from_db(fields=["status"])
        if not may_follow(delivery.status, status):
            return False
        delivery.message_id = message_id
        await came_to(file, delivery, status, at=now, now=now, note=note[:400], today=today)
    return True
