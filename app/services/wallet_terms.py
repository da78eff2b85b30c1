"""Powers that end: told before by letter, ended on time with the paper, told again.

A power lasts until its last day is over in the whole country, as sessions count it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.db import transaction
from app.services import letters, standing
from app.services.sessions import WESTERNMOST
from models import Paper, Representation
from models.rules.news import News
from models.rules.representation import PaperAct, PaperState, step, warning


async def end(*, now: datetime) -> int:
    """End the papers and the links whose last day is over, each with its letter; answers how many ended."""
    today = now.astimezone(WESTERNMOST).date()
    over = Paper.filter(state=PaperState.ACCEPTED, valid_until__lt=today).order_by("company_id", "id")
    pairs = [(row["company_id"], row["holder_id"]) for row in await over.values("company_id", "holder_id")]
    links = Representation.filter(ended_at=None, valid_until__lt=today).order_by("company_id", "id")
    pairs += [(row["company_id"], row["user_id"]) for row in await links.values("company_id", "user_id")]
    ended = 0
    for company_id, user_id in dict.fromkeys(pairs):
        ended += await _end(company_id, user_id, today=today, now=now)
    return ended


async def _end(company_id: int, user_id: int | None, *, today: date, now: datetime) -> int:
    async with transaction():
        over = Paper.filter(company_id=company_id, holder_id=user_id, state=PaperState.ACCEPTED)
        for paper in await over.filter(valid_until__lt=today).order_by("id").select_for_update():
            paper.state = step(paper.state, PaperAct.EXPIRE)
            await paper.save(update_fields=["state"])
            await standing.note(paper, PaperAct.EXPIRE, None, now=now)
        link = await standing.renew(company_id, user_id, today=today, now=now)
        if link is None or link.ended_at != now:
            return 0
        await _write(link, f"power:{link.id}:{link.valid_until}:ended", now)
    return 1


async def warn(today: date, before: Sequence[int], *, now: datetime) -> int:
    """Write to who speaks for a company by a power that ends soon, once for each step; answers how many.

    ``before`` are the profile's steps, in days before the end.
    """
    soon = today + timedelta(days=max(before))
    links = Representation.filter(ended_at=None, valid_until__gte=today, valid_until__lte=soon)
    told = 0
    for link in await links.order_by("id"):
        due = warning((link.valid_until - today).days, before) if link.valid_until else None
        if due is not None:
            async with transaction():
                await _write(link, f"power:{link.id}:{link.valid_until}:{due}", now)
            told += 1
    return told


async def _write(link: Representation, key: str, now: datetime) -> None:
    """To the person, and to the company's own address, which may send another."""
    await link.fetch_related("company", "user")
    company = link.company
    values = {
        "company": company.trade_name or company.legal_name,
        "holder": link.user.name,
        "day": f"{link.valid_until:%d/%m/%Y}",
    }
    kind = "power_ending" if link.ended_at is None else "power_ended"
    news = News.REMINDER if link.ended_at is None else News.LEGAL
    text = await letters.standard(kind, values, path=f"/empresas/{link.company_id}/carteira", news=news)
    await letters.write([link.user], key, text, now=now)
    if company.email and company.email != link.user.email:
        await letters.write_to(company.email, company.legal_name, f"{key}:company", text, now=now)
