"""Invitations that calendar programs understand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from app.adapters.ics import Person, invitation

ZONE = ZoneInfo("America/Sao_Paulo")
ARGUMENTS: dict[str, Any] = {
    "uid": "hearing-7@criciuma.example",
    "sequence": 2,
    "written_at": datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
    "starts_at": datetime(2026, 12, 10, 14, 30, tzinfo=ZONE),
    "minutes": 40,
    "summary": "Audiência de conciliação; caso 2026.000123, Loja São João",
    "description": "Entre pelo endereço abaixo.\nTenha um documento com foto à mão.",
    "location": "Videoconferência",
    "url": "https://procon.example/audiencias/7",
    "organizer": Person("Procon de Criciúma", "procon@criciuma.example"),
    "attendees": [Person('Ana "Aninha" Conceição', "ana@exemplo.example"), Person("Loja", "loja@x.example")],
}


def event_of(text: str) -> Any:
    calendar = icalendar.Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")[0]


def test_an_invitation_reads_back() -> None:
    text = invitation(**ARGUMENTS)
    calendar, event = event_of(text)
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == "hearing-7@criciuma.example"
    assert event["SEQUENCE"] == 2
    assert event.decoded("DTSTAMP") == ARGUMENTS["written_at"]
    assert event.decoded("DTSTART") == ARGUMENTS["starts_at"]
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=40)
    assert event["SUMMARY"] == ARGUMENTS["summary"]
    assert event["DESCRIPTION"] == ARGUMENTS["description"]
    assert event["URL"] == ARGUMENTS["url"]
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:procon@criciuma.example"
    assert [str(a) for a in event["ATTENDEE"]] == ["mailto:ana@exemplo.example", "mailto:loja@x.example"]
    assert "Conceição" in event["ATTENDEE"][0].params["CN"]
    assert len(event.walk("VALARM")) == 2


def test_the_hour_on_the_wall_travels_with_its_zone() -> None:
    text = invitation(**ARGUMENTS)
    assert "DTSTART;TZID=America/Sao_Paulo:20261210T143000" in text
    assert "BEGIN:VTIMEZONE\r\n" in text
    assert "TZOFFSETTO:-0300" in text


def test_lines_are_folded_and_end_as_the_norm_says() -> None:
    text = invitation(**ARGUMENTS)
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_cancellation_rings_no_bell() -> None:
    calendar, event = event_of(invitation(**(ARGUMENTS | {"method": "CANCEL", "sequence": 3})))
    assert calendar["METHOD"] == "CANCEL"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 3)
    assert event.walk("VALARM") == []


def test_text_cannot_smuggle_a_property() -> None:
    text = invitation(**(ARGUMENTS | {"summary": "x\r\nATTENDEE:mailto:evil@x.example"}))
    assert len(event_of(text)[1]["ATTENDEE"]) == 2


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        invitation(**(ARGUMENTS | {"starts_at": datetime(2026, 12, 10, 14, 30)}))  # noqa: DTZ001  the subject
