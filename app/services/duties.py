"""Who must act now, until when, and what happens if not: one sentence for each case and person.

Pages, lists and letters ask here, so that all of them say the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.i18n import gettext as _
from app.i18n import ngettext
from app.services.duty_words import WORDS
from models import Case, Hearing, Offer, OfferedSlot, OfferedState, OfferState
from models.rules.case_machine import State
from models.rules.delivery import BEFORE_AWARENESS
from models.rules.duties import Duty, Standing, Until, booked, counted, deadline, duty
from models.rules.fulfilment import REPLY_TERM
from models.rules.hearing import OVER
from models.rules.people import Role
from models.rules.term_words import explain
from models.rules.terms import Calendar, Term


@dataclass(frozen=True)
class Told:
    """``sentence`` as it is shown; ``yours``: this person must act; ``late`` days since the last one.

    ``explanation`` is how the last day was counted, empty where none is.
    """

    sentence: str
    until: date | None
    yours: bool
    late: int
    explanation: str = ""


@dataclass(frozen=True)
class Reckoner:
    """What a day is counted with: the agency's terms, its calendar, its zone and its date."""

    terms: Mapping[str, Term]
    calendar: Calendar
    zone: ZoneInfo
    today: date

    def standing(
        self,
        case: Any,
        *,
        hearing_at: datetime | None,
        offer: Any,
        offer_until: date | None = None,
        slots_until: datetime | None = None,
    ) -> Standing:
        """A case (the row, or a line of a list) as the rules see it; ``offer`` is the open one's side.

        ``offer_until`` is the last day of that offer, ``slots_until`` the end of the choice of a slot.
        """
        serving = case.state is State.NOTIFIED and case.term_act in BEFORE_AWARENESS
        since = (case.state_since or case.changed_at).astimezone(self.zone).date()
        return Standing(
            state=case.state,
            since=case.term_start if serving and case.term_start else since,
            act=case.term_act,
            explanation=case.due_explanation,
            due_on=case.due_on,
            passed=case.due_on is not None and case.due_on < self.today,
            hearing_at=hearing_at.astimezone(self.zone) if hearing_at else None,
            offer=offer,
            offer_until=offer_until,
            slots_until=slots_until.astimezone(self.zone) if slots_until else None,
            asked=case.term_act == REPLY_TERM,
        )

    def listed(self, case: Any, role: Role) -> Told:
        """The sentence of a line of a list."""
        return self.told(self.in_list(case), role)

    def in_list(self, case: Any) -> Standing:
        """A line of a list as the rules see it."""
        return self.standing(
            case,
            hearing_at=case.hearing_at,
            offer=case.open_offer,
            offer_until=case.offer_until,
            slots_until=case.slots_until,
        )

    def told(self, standing: Standing, role: Role) -> Told:
        """The sentence for a person of ``role``."""
        wanted = duty(standing, role)
        until = deadline(wanted, standing, self.terms, self.calendar)
        late = max(0, (self.today - until).days) if until else 0
        must = role in wanted.who
        words = WORDS[wanted.key]
        when = self._when(standing, until, wanted.until, late)
        sentence = _(words.act(role, must=must)) + when
        if otherwise := words.consequence(role):
            sentence += "; " + _(otherwise)
        return Told(sentence + ".", until, must, late, self._explained(standing, wanted))

    def _explained(self, standing: Standing, wanted: Duty) -> str:
        if booked(wanted, standing):
            return standing.explanation
        if wanted.until is Until.OFFER and standing.offer_until:
            return _("O último dia da proposta é o que escolheu quem a fez: %(day)s.") % {
                "day": f"{standing.offer_until:%d/%m/%Y}"
            }
        service = counted(wanted, standing, self.terms, self.calendar)
        return explain(service) if service else ""

    def _when(self, standing: Standing, until: date | None, kind: Until, late: int) -> str:
        if until is None:
            return ""
        if kind is Until.HEARING and standing.hearing_at is not None:
            return " " + _("em %(day)s às %(time)s") % {
                "day": f"{until:%d/%m/%Y}",
                "time": f"{standing.hearing_at:%H:%M}",
            }
        if kind is Until.SLOTS and standing.slots_until is not None:
            return " " + _("até %(day)s às %(time)s") % {
                "day": f"{until:%d/%m/%Y}",
                "time": f"{standing.slots_until:%H:%M}",
            }
        when = " " + _("até %(day)s") % {"day": f"{until:%d/%m/%Y}"}
        if late:
            when += (
                " (" + ngettext("%(num)s dia de atraso", "%(num)s dias de atraso", late) % {"num": late} + ")"
            )
        return when


async def standing_of(case_id: int, reckoner: Reckoner) -> Standing | None:
    """A case as it stands, read anew; None when it is gone."""
    case = await Case.get_or_none(id=case_id)
    if case is None:
        return None
    hearing = await Hearing.filter(case_id=case_id, state__not_in=OVER).order_by("starts_at").first()
    offer = await Offer.filter(case_id=case_id, state=OfferState.OPEN).order_by("-id").first()
    slot = await OfferedSlot.filter(case_id=case_id, state=OfferedState.OPEN).order_by("expires_at").first()
    return reckoner.standing(
        case,
        hearing_at=hearing.starts_at if hearing else None,
        offer=offer.side if offer else None,
        offer_until=offer.expires_on if offer else None,
        slots_until=slot.expires_at if slot else None,
    )
