"""Before a term ends, who must act is reminded; once it has passed, staff and the coordination are told.

The agency looks once a day. A letter goes out once for each case, last day and step, whatever happens in
between: the key is in the queue. Hearings have reminders of their own (``app.services.hearing_reminders``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.db import transaction
from app.i18n import gettext as _
from app.i18n import ngettext
from app.services import case_lists, casefile, late, letters
from app.services.case_lists import ListedCase
from app.services.duties import Reckoner
from app.services.late import LateCase
from app.services.letters import Text
from models import Case, User
from models.rules.case_machine import State
from models.rules.duties import Until, duty
from models.rules.news import News
from models.rules.people import Role, Side

JOB = "term_reminders"
PARTIES = {Role.CONSUMER: Side.CONSUMER, Role.COMPANY: Side.COMPANY}
LISTED = 20
"""The coordination's letter names so many cases; the board has them all."""


def step(left: int, days_before: Sequence[int]) -> int | None:
    """Which reminder is due with ``left`` days to go: the nearest that was reached; None before all, or late.

    A day on which the agency did not look is made up for on the next.
    """
    reached = [days for days in days_before if 0 <= left <= days]
    return min(reached, default=None)


async def remind(reckoner: Reckoner, days_before: Sequence[int], *, now: datetime) -> int:
    """Write the reminders and escalations of the day; answers how many cases are late."""
    for case in await case_lists.open_cases():
        await _remind_of(case, reckoner, days_before, now)
    found = (await late.board(reckoner)).late
    for line in found:
        await _tell_handler(line, now)
    if found:
        await _tell_coordination(found, reckoner.today, now)
    return len(found)


async def _remind_of(case: ListedCase, reckoner: Reckoner, days_before: Sequence[int], now: datetime) -> None:
    if case.state is State.FULFILMENT:
        return  # the settlement watch reminds and asks, obligation by obligation
    standing = reckoner.in_list(case)
    for role, side in PARTIES.items():
        told = reckoner.told(standing, role)
        if not told.yours or told.until is None or duty(standing, role).until is Until.HEARING:
            continue
        due = step((told.until - reckoner.today).days, days_before)
        if due is None:
            continue
        async with transaction():
            people = await casefile.people_of(await Case.get(id=case.id))
            key = f"remind:{case.id}:{told.until}:{due}:{side}"
            text = await _reminder(case, told.until, told.explanation, reckoner.today)
            await letters.write(people.get(side, []), key, text, now=now)


async def _reminder(case: ListedCase, until: date, explanation: str, today: date) -> Text:
    days = (until - today).days
    left = ngettext("Falta %(num)s dia", "Faltam %(num)s dias", days) % {"num": days} if days else _("É hoje")
    values = {
        "protocol": case.protocol or _("cadastro"),
        "left": left,
        "day": f"{until:%d/%m/%Y}",
        "explanation": explanation or _("data marcada no caso."),
    }
    return await letters.standard(
        "term_near", values, path=f"/casos/{case.id}", case=case.id, news=News.REMINDER
    )


async def _tell_handler(line: LateCase, now: datetime) -> None:
    """Once for each last day: the person in charge learns that it has passed."""
    async with transaction():
        row = await Case.get(id=line.case.id)
        handler = await User.get_or_none(id=row.handler_id, disabled_at=None) if row.handler_id else None
        if handler is None:
            return
        values = {"protocol": line.case.protocol or _("cadastro"), "standing": line.sentence}
        text = await letters.standard("term_late", values, path=f"/casos/{line.case.id}")
        await letters.write([handler], f"late:{line.case.id}:{line.until}", text, now=now)


async def _tell_coordination(lines: Sequence[LateCase], today: date, now: datetime) -> None:
    """One letter a day with what is late, the latest first."""
    async with transaction():
        people = await User.filter(role=Role.COORDINATOR, disabled_at=None)
        count = len(lines)
        named = [
            _("%(case)s: %(days)s; %(person)s. %(sentence)s")
            % {
                "case": line.case.protocol or _("Cadastro %(number)s") % {"number": line.case.id},
                "days": ngettext("%(num)s dia", "%(num)s dias", line.late) % {"num": line.late},
                "person": line.case.handler or _("sem responsável"),
                "sentence": line.sentence,
            }
            for line in lines[:LISTED]
        ]
        late = ngettext("%(num)s caso", "%(num)s casos", count) % {"num": count}
        values = {"late": late, "cases": "\n\n".join(named)}
        text = await letters.standard("terms_late", values, path="/atrasos")
        await letters.write(people, f"late:{today}", text, now=now)
