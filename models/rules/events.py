"""The catalogue of case events: each name, and the sides that may know of it.

An event that a side may not see reaches it as a bare number, so that counting stays whole. The
sentences are in ``app.services.wording``; docs/events.md lists them for readers, and tests/walks keeps
the three together.
"""

from __future__ import annotations

from models.rules.people import Side

_CITIZEN = (Side.CONSUMER, Side.STAFF)
_ALL = (Side.CONSUMER, Side.COMPANY, Side.STAFF)
_STAFF = (Side.STAFF,)

EVENTS: dict[str, tuple[Side, ...]] = {
    "registration_submitted": _CITIZEN,
    "triage_started": _CITIZEN,
    "documents_requested": _CITIZEN,
    "documents_supplied": _CITIZEN,
    "registration_accepted": _CITIZEN,
    "registration_refused": _CITIZEN,
    "review_asked": _CITIZEN,
    "complaint_sent": _CITIZEN,
    "document_ready": _CITIZEN,
    "company_notified": _ALL,
    "notice_opened": _ALL,
    "company_answered": _ALL,
    "term_passed": _ALL,
    "term_recounted": _ALL,
    "offer_made": _ALL,
    "offer_countered": _ALL,
    "offer_refused": _ALL,
    "offer_accepted": _ALL,
    "note_added": _STAFF,
    "hearing_scheduled": _ALL,
    "hearing_cancelled": _ALL,
    "device_checked": _ALL,
    "seat_entered": _ALL,
    "seat_left": _ALL,
    "participant_admitted": _ALL,
    "participant_returned": _ALL,
    "participant_muted": _ALL,
    "participant_unmuted": _ALL,
    "hearing_opened": _ALL,
    "hearing_paused": _ALL,
    "hearing_suspended": _ALL,
    "hearing_resumed": _ALL,
    "message_said": _ALL,
    "minutes_changed": _ALL,
    "clause_proposed": _ALL,
    "clause_accepted": _ALL,
    "clause_withdrawn": _ALL,
    "text_frozen": _ALL,
    "text_reopened": _ALL,
    "text_signed": _ALL,
    "hearing_closed": _ALL,
    "minutes_sealed": _ALL,
    "recording_agreed": _ALL,
    "recording_declined": _ALL,
    "recording_started": _ALL,
    "recording_paused": _ALL,
    "recording_resumed": _ALL,
    "recording_stopped": _ALL,
    "recording_failed": _ALL,
    "recording_recovered": _ALL,
    "recording_ready": _ALL,
    "recording_retried": _ALL,
    "recording_deleted": _ALL,
    "case_archived": _ALL,
    "case_reopened": _ALL,
}

HEARING_EVENTS = frozenset(
    {
        "device_checked",
        "seat_entered",
        "seat_left",
        "participant_admitted",
        "participant_returned",
        "participant_muted",
        "participant_unmuted",
        "hearing_opened",
        "hearing_paused",
        "hearing_suspended",
        "hearing_resumed",
        "message_said",
        "minutes_changed",
        "clause_proposed",
        "clause_accepted",
        "clause_withdrawn",
        "text_frozen",
        "text_reopened",
        "text_signed",
        "hearing_closed",
        "minutes_sealed",
        "recording_agreed",
        "recording_declined",
        "recording_started",
        "recording_paused",
        "recording_resumed",
        "recording_stopped",
        "recording_failed",
        "recording_recovered",
        "recording_ready",
        "recording_retried",
        "recording_deleted",
    }
)
"""Events that belong to a hearing; their facts carry ``hearing`` (its id)."""
