"""Deletes personal papers whose time is over, and says so in the case's record (ADR 0088).

The bytes go; the row with its hash stays, and the event names the rule. So the record of the case holds: what
bound the paper when it came in binds its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.functions import Max

from app.adapters.storage import Storage
from app.db import moment, transaction
from app.services import casefile
from models import Case, CaseEvent, Document, DocumentKind
from models.rules.retention import ERASABLE, OVER, UNDECIDED, After, KeepRule, KeepRules, Kept, kept_until

DECIDED = ("registration_accepted", "registration_refused", "opened_at_counter")
MOST = 200
"""Papers that one round deletes; the next goes on."""


async def erase(rules: KeepRules, storage: Storage, *, zone: ZoneInfo, today: date, now: datetime) -> int:
    """Delete what has been kept long enough; answers how many papers.

    First it is written that a paper is deleted, then it is: cut off between, the next round goes on.
    """
    due = [
        one for kind in ERASABLE if kind in rules for one in await _due(kind, rules[kind], zone, today, now)
    ]
    done = sum([await _erase(number, rules, zone, today, now) for number in due[:MOST]])
    left = Document.filter(erased_at__not_isnull=True).exclude(storage_key="")
    for document in await left:
        await storage.delete(document.storage_key)
        document.storage_key = ""
        await document.save(update_fields=["storage_key"])
    return done


async def _due(kind: str, rule: KeepRule, zone: ZoneInfo, today: date, now: datetime) -> list[UUID]:
    """The papers of a kind whose time is over. The query leaves out what is too young to be looked at."""
    begun = now - timedelta(days=rule.days)
    old = Document.filter(kind=DocumentKind(kind), erased_at=None, attached_at__lt=begun)
    if rule.after is After.CLOSING:
        old = old.filter(case__state__in=list(OVER), case__closed_at__lt=begun)
    found = await old.exclude(case__state__in=list(UNDECIDED)).order_by("at").select_related("case")
    decided = await _decided({one.case_id for one in found})
    return [one.id for one in found if _over(one, one.case, decided, rule, zone, today)]


async def _decided(case_ids: Iterable[int]) -> dict[int, datetime]:
    """When the registration of each case was decided last."""
    events = CaseEvent.filter(case_id__in=list(case_ids), name__in=DECIDED)
    found = await events.annotate(last=Max("at")).group_by("case_id").values("case_id", "last")
    return {row["case_id"]: moment(row["last"]) for row in found}


def _over(
    document: Document,
    case: Case,
    decided: Mapping[int, datetime],
    rule: KeepRule,
    zone: ZoneInfo,
    today: date,
) -> bool:
    def day(at: datetime | None) -> date | None:
        return at.astimezone(zone).date() if at else None

    paper = Kept(
        case.state, day(document.attached_at) or today, day(decided.get(case.id)), day(case.closed_at)
    )
    last = kept_until(paper, rule)
    return last is not None and last < today


async def _erase(document_id: UUID, rules: KeepRules, zone: ZoneInfo, today: date, now: datetime) -> bool:
    known = await Document.get(id=document_id)
    rule = rules[known.kind]
    async with transaction():
        file = await casefile.opened(known.case_id, None)
        document = await Document.get(id=document_id)
        decided = await _decided([file.case.id])
        if document.erased_at or not _over(document, file.case, decided, rule, zone, today):
            return False
        document.erased_at, document.erased_under = now, rule.source
        await document.save(update_fields=["erased_at", "erased_under"])
        facts = {"document": str(document.id), "kind": document.kind, "days": rule.days, "after": rule.after}
        await casefile.record(file, "document_erased", now=now, facts=facts | {"source": rule.source})
    return True
