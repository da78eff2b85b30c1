"""The settlement watch: once a day each awaited obligation is looked at (``models.rules.fulfilment``).

Its debtor is reminded before the date, its creditor asked after it, asked again, and silence is written down
as what it is. Each is a transaction of its own and is looked at again under the case's lock, so the round may
run in several processes, and any number of times a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, fulfilment, fulfilment_links, letters
from app.services.casefile import Opened
from app.services.terms import running
from models import Obligation, User
from models.rules.case_machine import State
from models.rules.fulfilment import CREDITOR, DEBTOR, ObligationState, Standing, Step, next_step
from models.rules.news import News
from models.rules.people import Role
from models.rules.terms import Calendar, Term


@dataclass(frozen=True)
class Watch:
    """What the watch counts and asks with: the creditor's term, the calendar, and the links' secret.

    Of what has no date, its creditor is asked ``undated_days`` after the agreement.
    """

    reply: Term
    calendar: Calendar
    days_before: int
    zone: ZoneInfo
    secret: str
    undated_days: int


async def look(watch: Watch, *, now: datetime) -> int:
    """Do what is due today for every obligation that is awaited; answers for how many something was done."""
    waiting = Obligation.filter(state=ObligationState.PENDING, case__state=State.FULFILMENT).order_by("id")
    today = now.astimezone(watch.zone).date()
    due = [one.id for one in await waiting if _next(one, watch, today)]
    return sum([await _look_at(number, watch, today, now) for number in due])


async def recount(watch: Watch, reason: str, *, now: datetime) -> int:
    """Count the creditors' running terms again after a change of the calendar; answers in how many cases.

    Like ``app.services.terms.recount``, for the terms that obligations have.
    """
    today = now.astimezone(watch.zone).date()
    asked = Obligation.filter(
        state=ObligationState.PENDING, asked_at__not_isnull=True, reply_until__gte=today
    ).filter(case__state=State.FULFILMENT)
    cases = await asked.order_by("case_id").distinct().values_list("case_id", flat=True)
    return sum([await _recount(int(str(number)), watch, reason, today, now) for number in cases])


async def _recount(case_id: int, watch: Watch, reason: str, today: date, now: datetime) -> bool:
    async with transaction():
        file = await casefile.opened(case_id, None)
        before = file.case.due_on
        moved = False
        for one in await Obligation.filter(case_id=case_id, state=ObligationState.PENDING).order_by("id"):
            if one.asked_at is None or one.reply_until is None or one.reply_until < today:
                continue
            runs = running(watch.reply, one.asked_at.astimezone(watch.zone).date(), watch.calendar)
            if runs.due_on != one.reply_until:
                one.reply_until, one.reply_explanation, moved = runs.due_on, runs.explanation, True
                await one.save(update_fields=["reply_until", "reply_explanation"])
        columns = await fulfilment.term_columns(file.case)
        if not moved or before is None or columns["due_on"] is None:
            return moved
        facts = {
            "act": watch.reply.act,
            "before": before.isoformat(),
            "due": columns["due_on"].isoformat(),
            "reason": reason,
        }
        await casefile.record(file, "term_recounted", now=now, facts=facts, **columns)
    return True


def standing(one: Obligation, zone: ZoneInfo) -> Standing:
    """An obligation as the rules see it."""
    return Standing(
        state=one.state,
        due_on=one.due_on,
        agreed_on=one.agreed_on,
        reminded=one.reminded_at is not None,
        asked=one.asked_at.astimezone(zone).date() if one.asked_at else None,
        asked_again=one.asked_again_at is not None,
        reply_until=one.reply_until,
    )


def _next(one: Obligation, watch: Watch, today: date) -> Step | None:
    return next_step(standing(one, watch.zone), today, watch.days_before, watch.undated_days)


async def _look_at(number: int, watch: Watch, today: date, now: datetime) -> bool:
    known = await Obligation.get(id=number)
    async with transaction():
        file = await casefile.opened(known.case_id, None)
        one = await Obligation.get(id=number)
        step = _next(one, watch, today)
        if step is None or file.case.state is not State.FULFILMENT:
            return False
        match step:
            case Step.REMIND:
                await _remind(file, one, now)
            case Step.ASK:
                one.asked_at = now
                runs = running(watch.reply, today, watch.calendar)
                one.reply_until, one.reply_explanation = runs.due_on, runs.explanation
                await _ask(file, one, watch, now, again=False)
            case Step.ASK_AGAIN:
                one.asked_again_at = now
                await _ask(file, one, watch, now, again=True)
            case Step.CLOSE:
                await _close(file, one, now)
    return True


async def _remind(file: Opened, one: Obligation, now: datetime) -> None:
    one.reminded_at = now
    await one.save()
    assert one.due_on is not None  # noqa: S101  only what has a date is reminded of
    page = f"/casos/{file.case.id}#obrigacoes"
    values = {"protocol": file.case.protocol or "", "day": f"{one.due_on:%d/%m/%Y}", "what": one.text}
    text = await letters.standard("obligation_near", values, path=page, case=file.case.id, news=News.REMINDER)
    people = (await casefile.people_of(file.case)).get(DEBTOR[one.debtor], [])
    await letters.write(people, f"obligation:{one.id}:remind", text, now=now)


async def _ask(file: Opened, one: Obligation, watch: Watch, now: datetime, *, again: bool) -> None:
    await one.save()
    case = file.case
    assert one.reply_until is not None  # noqa: S101  set when it was asked first
    facts = {"obligation": one.id, "until": one.reply_until.isoformat(), "again": again}
    terms = await fulfilment.term_columns(case)
    await casefile.record(file, "fulfilment_asked", now=now, facts=facts, **terms)
    values = {
        "protocol": case.protocol or "",
        "day": f"{one.due_on:%d/%m/%Y}" if one.due_on else _("sem data"),
        "what": one.text,
        "until": f"{one.reply_until:%d/%m/%Y}",
    }
    label = "again" if again else "ask"
    for person in (await casefile.people_of(case)).get(CREDITOR[one.debtor], []):
        path, page = _path(person, one, watch), f"/casos/{case.id}#obrigacoes"
        text = await letters.standard("obligation_asked", values, path=path, page=page, case=case.id)
        await letters.write([person], f"obligation:{one.id}:{label}", text, now=now)


def _path(person: User, one: Obligation, watch: Watch) -> str:
    """The consumer answers without signing in; a company's person signs in."""
    if person.role is Role.CONSUMER:
        return f"/acordo/{fulfilment_links.token(one.id, person.id, watch.secret)}"
    return f"/casos/{one.case_id}#obrigacoes"


async def _close(file: Opened, one: Obligation, now: datetime) -> None:
    one.state, one.decided_at = ObligationState.SILENT, now
    await one.save()
    terms = await fulfilment.term_columns(file.case)
    await casefile.record(file, "obligation_silent", now=now, facts={"obligation": one.id}, **terms)
    await fulfilment.close_if_settled(file, now=now)
