"""What happens by the clock, once a minute: terms that pass, uploads that nobody finished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.db import transaction
from app.jobs.reckoning import reckoner_of
from app.parts import Parts
from app.services import (
    alerts,
    assistance,
    calendars,
    compositions,
    deliveries,
    escalation,
    exports,
    offers,
    queue,
    retention,
    seat_quality,
    settlement_watch,
    slot_offers,
    standing,
    term_reminders,
    terms,
    wallet_terms,
)
from app.services.escalation import ServicePolicy
from app.services.settlement_watch import Watch
from app.services.term_reminders import JOB as REMINDERS_JOB
from models.rules.delivery import DeliveryStatus
from models.rules.fulfilment import REPLY_TERM
from models.rules.terms import Calendar

ABANDONED = timedelta(hours=2)
"""A temporary file of an upload older than this belongs to nobody."""


async def pass_terms(parts: Parts) -> None:
    """Move the cases whose term ended yesterday or earlier, by the agency's calendar."""
    now = parts.clock.now()
    if await terms.pass_terms(now, now.astimezone(parts.profile.agency.zone).date()):
        parts.wake.ring()


async def escalate_service(parts: Parts) -> None:
    """Go on to the next means where a notice was not delivered, or nobody became aware in time."""
    policy = ServicePolicy(parts.profile.channels, parts.profile.begins_itself)
    if await escalation.escalate(policy, await reckoner_of(parts), now=parts.clock.now()):
        parts.wake.ring()


async def recount_terms(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``recount_terms`` job: the calendar changed for ``reason``, so running terms are counted again."""
    now = parts.clock.now()
    reckoner, reason = await reckoner_of(parts), payload["reason"]
    moved = await terms.recount(reckoner, reason, now=now)
    if moved + await settlement_watch.recount(_watch(parts, reckoner.calendar), reason, now=now):
        parts.wake.ring()


async def book_terms(parts: Parts) -> None:
    """Book the terms of the profile that began and that no act booked."""
    await terms.book(await reckoner_of(parts), now=parts.clock.now())


async def plan_reminders(parts: Parts) -> None:
    """Once on each business day, from the profile's hour on: remind of terms and tell what is late."""
    local = parts.clock.now().astimezone(parts.profile.agency.zone)
    if local.time() < parts.profile.reminders.hour or await queue.known(f"{REMINDERS_JOB}:{local.date()}"):
        return
    calendar = await calendars.current(parts.holidays, local.date())
    if calendar.is_business_day(local.date()):
        async with transaction():
            now = parts.clock.now()
            await queue.enqueue(REMINDERS_JOB, f"{REMINDERS_JOB}:{local.date()}", {}, now=now)


async def remind_of_terms(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``term_reminders`` job: who must act soon is reminded; of what is late, the agency is told."""
    reckoner = await reckoner_of(parts)
    now = parts.clock.now()
    rules = parts.profile.reminders
    await term_reminders.remind(reckoner, rules.days_before, now=now)
    await wallet_terms.warn(reckoner.today, rules.powers_before, now=now)


async def end_powers(parts: Parts) -> None:
    """End the powers of companies' people whose last day is over."""
    if await wallet_terms.end(now=parts.clock.now()):
        parts.wake.ring()


async def tell_standing(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``standing`` job: the power of ``link`` changed, so the hearings of its person are told."""
    if await standing.tell_hearings(payload["link"], now=parts.clock.now()):
        parts.wake.ring()


async def collect_bounces(parts: Parts) -> None:
    """Write down which e-mails of notices came back (RFC 3464)."""
    if parts.bounces is None:
        return
    now = parts.clock.now()
    today = now.astimezone(parts.profile.agency.zone).date()
    for name, report in await parts.bounces.collect():
        status = {"failed": DeliveryStatus.FAILED, "delivered": DeliveryStatus.DELIVERED}.get(report.action)
        if status is not None and await deliveries.bounced(
            report.message_id, status, report.note, today=today, now=now
        ):
            parts.wake.ring()
        await parts.bounces.forget(name)


async def sweep_uploads(parts: Parts) -> None:
    """Remove temporary files that a killed process left behind."""
    await parts.storage.sweep(parts.clock.now() - ABANDONED)


async def end_recordings(parts: Parts) -> None:
    """Say which recordings could not be composed, and delete those that were kept long enough."""
    now = parts.clock.now()
    today = now.astimezone(parts.profile.agency.zone).date()
    told = await compositions.give_up(now=now)
    if told + await compositions.expire(parts.storage, parts.segments, today=today, now=now):
        parts.wake.ring()


async def forget_connections(parts: Parts) -> None:
    """Delete how people were connected to hearings that were long enough ago, as the profile says."""
    kept = timedelta(days=parts.profile.hearing.keep_connections_days)
    await seat_quality.forget(parts.clock.now() - kept)
    await alerts.forget(parts.clock.now() - kept)


async def expire_copies(parts: Parts) -> None:
    """Delete the copies of cases that were made more than a day ago."""
    await exports.expire(parts.storage, now=parts.clock.now())


async def keep_slot_offers(parts: Parts) -> None:
    """End the offers of slots that nobody took in time, and make those that the profile's rule makes."""
    now = parts.clock.now()
    calendar = await calendars.current(parts.holidays, now.astimezone(parts.profile.agency.zone).date())
    told = await slot_offers.expire(now=now)
    if told + await slot_offers.offer_by_rule(now=now, hours=parts.hours(calendar), invite=parts.invite):
        parts.wake.ring()


async def offer_again(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``offer_again`` job: ``hearing`` was not held and is set again; its consumer gets slots."""
    now = parts.clock.now()
    calendar = await calendars.current(parts.holidays, now.astimezone(parts.profile.agency.zone).date())
    hours, hearing = parts.hours(calendar), int(payload["hearing"])
    if await slot_offers.offer_again(hearing, now=now, hours=hours, invite=parts.invite):
        parts.wake.ring()


async def erase_papers(parts: Parts) -> None:
    """Delete the personal papers that have served their purpose, as the profile says."""
    now, zone = parts.clock.now(), parts.profile.agency.zone
    today = now.astimezone(zone).date()
    if await retention.erase(parts.profile.retention, parts.storage, zone=zone, today=today, now=now):
        parts.wake.ring()


async def forget_help(parts: Parts) -> None:
    """Erase what was written with people who asked for help long enough ago."""
    await assistance.forget(parts.clock.now() - timedelta(days=parts.profile.hearing.keep_help_days))


async def review_alerts(parts: Parts) -> None:
    """Raise and clear the tasks of about now: also those that a process that ended had left unsaid."""
    if await alerts.review_all(now=parts.clock.now()):
        parts.wake.ring()


async def expire_offers(parts: Parts) -> None:
    """End the offers whose last day has passed."""
    now = parts.clock.now()
    if await offers.expire(now=now, today=now.astimezone(parts.profile.agency.zone).date()):
        parts.wake.ring()


async def watch_settlements(parts: Parts) -> None:
    """From the profile's hour on: remind of what was agreed, ask whether it was fulfilled."""
    now = parts.clock.now()
    profile = parts.profile
    local = now.astimezone(profile.agency.zone)
    if local.time() < profile.reminders.hour:
        return
    watch = _watch(parts, await calendars.current(parts.holidays, local.date()))
    if await settlement_watch.look(watch, now=now):
        parts.wake.ring()


def _watch(parts: Parts, calendar: Calendar) -> Watch:
    profile = parts.profile
    return Watch(
        reply=profile.terms[REPLY_TERM],
        calendar=calendar,
        days_before=max(profile.reminders.days_before),
        zone=profile.agency.zone,
        secret=parts.secret_key,
        undated_days=profile.reminders.undated_days,
    )


ROUNDS = (
    pass_terms,
    book_terms,
    expire_offers,
    watch_settlements,
    plan_reminders,
    end_powers,
    collect_bounces,
    escalate_service,
    sweep_uploads,
    end_recordings,
    forget_connections,
    erase_papers,
    keep_slot_offers,
    forget_help,
    review_alerts,
    expire_copies,
)
