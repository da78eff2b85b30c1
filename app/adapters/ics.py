"""Invitations to a hearing as iCalendar texts (RFC 5545, RFC 5546)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

PRODUCT = "-//Procon Digital//pt-BR"
REMINDERS = (timedelta(days=-1), timedelta(minutes=-30))


@dataclass(frozen=True)
class Person:
    """Who organizes or is invited."""

    name: str
    email: str


def invitation(
    *,
    uid: str,
    sequence: int,
    written_at: datetime,
    starts_at: datetime,
    minutes: int,
    summary: str,
    description: str,
    location: str,
    url: str,
    organizer: Person,
    attendees: Sequence[Person],
    method: Literal["REQUEST", "CANCEL"] = "REQUEST",
) -> str:
    """The text of an invitation, of its change (same ``uid``, higher ``sequence``) or of its end (CANCEL).

    ``starts_at`` is aware and in the agency's zone (a ZoneInfo): the hour on the wall is what was agreed,
    so the zone travels along. ``written_at`` is the moment of writing. Naive times raise ValueError.
    """
    if starts_at.tzinfo is None or written_at.tzinfo is None:
        raise ValueError("times must be aware")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", written_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=minutes))
    event.add("summary", summary)
    event.add("description", description)
    event.add("location", location)
    event.add("url", url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event["organizer"] = _address(organizer)
    for attendee in attendees:
        event.add("attendee", _attendee(attendee), encode=False)
    if method == "REQUEST":
        for before in REMINDERS:
            event.add_component(_reminder(before, summary))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical(), "utf-8")


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["cn"] = vText(person.name)
    return address


def _attendee(person: Person) -> vCalAddress:
    address = _address(person)
    address.params["role"] = vText("REQ-PARTICIPANT")
    address.params["partstat"] = vText("NEEDS-ACTION")
    return address


def _reminder(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", before)
    return alarm
