"""Who stands for a company: the link of a person, made and ended by the papers of the wallet.

``renew`` is the one place where papers become power: after a check, a withdrawal, and each day's end.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.db import transaction
from app.services import casefile, queue
from models import Hearing, Paper, PaperStep, Representation, Seat, User
from models.rules.hearing import OVER, SeatRole
from models.rules.people import Viewer
from models.rules.representation import POWER_OF, PaperAct, PaperState, Proof, best

JOB = "standing"
"""The job that tells the hearings of a person whose power has changed."""


async def note(
    paper: Paper, act: PaperAct, viewer: Viewer | None, *, now: datetime, text: str = "", address: str = ""
) -> None:
    """Write a step into a paper's record, inside the caller's transaction; without a viewer, the system."""
    await PaperStep.create(
        paper_id=paper.id,
        act=act,
        actor_id=viewer.user_id if viewer else None,
        text=text[:400],
        address=address[:45],
        at=now,
    )


async def renew(company_id: int, user_id: int | None, *, today: date, now: datetime) -> Representation | None:
    """Make a person's link what their papers in force say, inside the caller's transaction.

    Without one, a link that a paper proved, or whose last day has passed, ends. One that a coordinator
    vouched for stands until its own last day. Answers the link.
    """
    if user_id is None:
        return None
    await User.filter(id=user_id).select_for_update().get()
    held = Paper.filter(company_id=company_id, holder_id=user_id, state=PaperState.ACCEPTED)
    proofs = [Proof(paper.id, paper.kind, paper.may_settle, paper.valid_until) for paper in await held]
    proof = best(proofs, today)
    link = await Representation.get_or_none(company_id=company_id, user_id=user_id)
    before = (link.may_settle, link.ended_at is None) if link else (False, False)
    if proof is not None:
        values = {
            "power": POWER_OF[proof.kind],
            "may_settle": proof.may_settle,
            "valid_until": proof.valid_until,
            "paper_id": proof.paper,
            "ended_at": None,
        }
        link, _made = await Representation.update_or_create(
            company_id=company_id, user_id=user_id, defaults=values
        )
    elif link is not None and link.ended_at is None and _is_over(link, today):
        past = today - timedelta(days=1)
        link.ended_at, link.may_settle = now, False
        link.valid_until = min(link.valid_until or past, past)
        await link.save(update_fields=["ended_at", "may_settle", "valid_until"])
    if link is not None and before != (link.may_settle, link.ended_at is None):
        await queue.enqueue(JOB, f"{JOB}:{link.id}:{now.isoformat()}", {"link": link.id}, now=now)
    return link


def _is_over(link: Representation, today: date) -> bool:
    return link.paper_id is not None or (link.valid_until is not None and link.valid_until < today)


async def tell_hearings(link_id: int, *, now: datetime) -> int:
    """Write into the cases of hearings to come what a person may do there now; answers how many were told.

    Each case is a transaction of its own, and one that was told already is not told again.
    """
    link = await Representation.get_or_none(id=link_id)
    if link is None:
        return 0
    seats = Seat.filter(
        user_id=link.user_id, role=SeatRole.COMPANY, hearing__case__company_id=link.company_id
    ).exclude(hearing__state__in=list(OVER))
    told = 0
    for hearing_id in await seats.order_by("hearing_id").values_list("hearing_id", flat=True):
        told += await _tell_hearing(int(str(hearing_id)), link, now)
    return told


async def _tell_hearing(hearing_id: int, link: Representation, now: datetime) -> int:
    async with transaction():
        hearing = await Hearing.get(id=hearing_id)
        file = await casefile.opened(hearing.case_id, None)
        seat = await Seat.get_or_none(hearing_id=hearing_id, user_id=link.user_id)
        if seat is None or seat.may_sign == link.may_settle:
            return 0
        seat.may_sign = link.may_settle
        await seat.save(update_fields=["may_sign"])
        name = "representation_ended" if link.ended_at is not None else "representation_proved"
        facts = {"hearing": hearing.id, "seat": seat.id, "may_settle": link.may_settle}
        await casefile.record(file, name, now=now, facts=facts)
    return 1


async def speaks(company_id: int, user_id: int) -> bool:
    """Whether a person speaks for a company already: their power was checked before and has not ended."""
    return await Representation.exists(company_id=company_id, user_id=user_id, ended_at=None)


async def may_settle(company_id: int | None, user_id: int) -> bool:
    """Whether a person has power to settle for a company (CC art. 661 §1).

    That they speak for it at all was seen when their session named the company.
    """
    return await Representation.exists(company_id=company_id, user_id=user_id, may_settle=True)
