"""The story of a case: its visible events in order, each with the words that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.i18n import gettext as _
from app.services.duty_words import TERMS, term_names
from app.services.event_words import event_text
from app.services.follow_up import SetAgain
from app.services.wording import side_label
from models import OfferState, StatementKind
from models.rules.agreement import ClauseTerms
from models.rules.events import HEARING_EVENTS
from models.rules.hearing import Outcome
from models.rules.offers import Change, summary
from models.rules.outcomes import Cause as NotHeld
from models.rules.people import STAFF, Role, Side

EXCERPT = 280
TOLD_OF_HEARINGS = frozenset(
    {
        *("hearing_opened", "hearing_suspended", "hearing_closed", "minutes_sealed"),
        *("media_lost", "media_restored", "presence_certified"),
        *("recording_started", "recording_failed", "recording_ready", "recording_deleted"),
    }
)
"""Events of the room that belong to the story; the others are told in the room."""

_TOLD_ELSEWHERE = HEARING_EVENTS | {"message_written"}
"""Events of which another part of the page tells: the room, the thread."""

_TONES = {
    "registration_accepted": "success",
    "registration_refused": "danger",
    "review_asked": "info",
    "documents_requested": "warning",
    "company_called": "info",
    "preliminary_solved": "success",
    "company_notified": "info",
    "complaint_opened": "warning",
    "consumer_replied": "warning",
    "solution_confirmed": "success",
    "company_answered": "info",
    "term_passed": "danger",
    "term_recounted": "warning",
    "offer_made": "info",
    "offer_countered": "info",
    "offer_refused": "warning",
    "offer_withdrawn": "warning",
    "offer_expired": "warning",
    "fulfilment_asked": "info",
    "proof_filed": "info",
    "obligation_kept": "success",
    "obligation_silent": "neutral",
    "agreement_broken": "danger",
    "agreement_fulfilled": "success",
    "kit_sealed": "warning",
    "offer_accepted": "success",
    "settlement_sealed": "success",
    "hearing_scheduled": "info",
    "slots_offered": "info",
    "slots_expired": "warning",
    "reschedule_asked": "warning",
    "reschedule_refused": "warning",
    "hearing_moved": "warning",
    "hearing_cancelled": "warning",
    "minutes_sealed": "success",
    "media_lost": "danger",
    "presence_certified": "success",
    "recording_failed": "danger",
    "recording_ready": "success",
}


@dataclass(frozen=True)
class StatementView:
    """What a side said in writing."""

    id: int
    kind: StatementKind
    side: Side
    author: str
    text: str
    at: datetime


@dataclass(frozen=True)
class OfferView:
    """A version of an offer as pages show it; ``mine`` when the viewer's side made it.

    ``changes`` are those since the version before, whoever made that.
    """

    id: int
    side: Side
    author: str
    version: int
    terms: tuple[ClauseTerms, ...]
    note: str
    state: OfferState
    at: datetime
    expires_on: date | None
    decided_at: datetime | None
    mine: bool
    changes: tuple[Change, ...]

    @property
    def summary(self) -> str:
        """The offer in one line."""
        return summary(self.terms)


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline; ``tone`` as the timeline macro knows it."""

    seq: int
    name: str
    at: datetime
    title: str
    who: str
    text: str
    tone: str


def moments(
    events: Sequence[Mapping[str, Any]],
    statements: Sequence[StatementView],
    offers: Sequence[OfferView],
    side: Side,
) -> tuple[Moment, ...]:
    """The timeline for ``side``, oldest first; the events are already those it may know.

    To the parties, people of the agency are "Procon"; staff sees each name.
    """
    words = {said.id: said for said in statements}
    terms = {offer.id: offer for offer in offers}
    return tuple(
        Moment(
            seq=event["seq"],
            name=event["name"],
            at=event["at"],
            title=event_text(event["name"], event["facts"]),
            who=_who(event, side),
            text=_text(event["facts"], words, terms),
            tone=_TONES.get(event["name"], "neutral"),
        )
        for event in events
        if event["name"] not in _TOLD_ELSEWHERE or event["name"] in TOLD_OF_HEARINGS
    )


def _who(event: Mapping[str, Any], side: Side) -> str:
    if event["role"] is None:
        return ""
    if Role(event["role"]) in STAFF and side is not Side.STAFF:
        return side_label(Side.STAFF)
    return str(event["actor"])


def _text(
    facts: Mapping[str, Any], words: Mapping[int, StatementView], terms: Mapping[int, OfferView]
) -> str:
    if "from" in facts:
        before, at = (datetime.fromisoformat(facts[name]) for name in ("from", "starts_at"))
        return _("De %(before)s para %(when)s. %(reason)s") % {
            "before": f"{before:%d/%m, %Hh%M}",
            "when": f"{at:%d/%m/%Y, %Hh%M}",
            "reason": facts["reason"],
        }
    if "before" in facts and "due" in facts:
        return _("%(term)sde %(before)s para %(day)s. %(reason)s") % {
            "term": f"{term_names()[facts['act']]}: " if facts.get("act") in TERMS else "",
            "before": f"{date.fromisoformat(facts['before']):%d/%m/%Y}",
            "day": f"{date.fromisoformat(facts['due']):%d/%m/%Y}",
            "reason": facts["reason"],
        }
    if "reason" in facts:
        return str(facts["reason"])
    if said := words.get(facts.get("statement", 0)):
        return said.text if said.kind is StatementKind.NOTE else _excerpt(said.text)
    if offer := terms.get(facts.get("offer", 0)):
        return offer.summary
    if "starts_at" in facts:
        when = f"{datetime.fromisoformat(facts['starts_at']):%d/%m/%Y, %Hh%M}"
        told = [_("%(when)s, por vídeo") % {"when": when}]
        if after := facts.get("after"):
            cause = NotHeld(after["cause"]) if after["cause"] else None
            told.append(SetAgain(after["hearing"], Outcome(after["outcome"]), cause).told())
        return ". ".join(told)
    if "due" in facts:
        return _("Prazo: %(day)s") % {"day": f"{date.fromisoformat(facts['due']):%d/%m/%Y}"}
    if "sha256" in facts and "recording" in facts:
        return f"SHA-256: {facts['sha256']}"
    return ""


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"
