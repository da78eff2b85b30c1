"""The shapes of the API's answers. A field is never renamed or removed within version 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Agency:
    """The Procon that runs this installation."""

    name: str
    legal_name: str
    city: str
    state: str
    ibge_code: str
    address: str
    phone: str
    email: str
    timezone: str
    opening_hours: str


@dataclass(frozen=True)
class Me:
    """The signed-in person; ``company_ids`` are the companies that they speak for."""

    id: int
    role: str
    name: str
    email: str
    company_ids: Sequence[int]


@dataclass(frozen=True)
class CaseLine:
    """A case in a list."""

    id: int
    protocol: str | None
    state: str
    state_label: str
    consumer: str
    company: str
    due_on: date | None
    changed_at: datetime


@dataclass(frozen=True)
class CaseList:
    """A page of cases, newest change first; ``next`` is the ``after`` of the next page."""

    items: Sequence[CaseLine]
    next: str | None


@dataclass(frozen=True)
class CaseDetail:
    """A case; ``version`` is the number of its last event, ``actions`` what this person may do now.

    ``amount_cents`` is in centavos of real.
    """

    id: int
    protocol: str | None
    state: str
    state_label: str
    version: int
    side: str
    company: str
    facts: str
    request: str
    occurred_on: date | None
    amount_cents: int | None
    created_at: datetime
    submitted_at: datetime | None
    sent_at: datetime | None
    notified_at: datetime | None
    closed_at: datetime | None
    due_on: date | None
    due_explanation: str
    changed_at: datetime
    actions: Sequence[str]


@dataclass(frozen=True)
class Event:
    """One event of a case; of one that this person may not know, the number alone."""

    seq: int
    name: str | None = None
    text: str | None = None
    at: datetime | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class EventList:
    """Events after a number, oldest first; ``more`` says that others follow."""

    items: Sequence[Event]
    more: bool


@dataclass(frozen=True)
class Problem:
    """A leaf of the taxonomy."""

    code: str
    area: str
    subject: str
    label: str


@dataclass(frozen=True)
class ProblemList:
    """The problems that a complaint of today may be about."""

    items: Sequence[Problem]


@dataclass(frozen=True)
class Company:
    """A company as a look-up shows it; ``cnpj`` is fourteen characters, letters admitted."""

    id: int
    name: str
    cnpj: str


@dataclass(frozen=True)
class CompanyList:
    """Companies found."""

    items: Sequence[Company]


@dataclass(frozen=True)
class Fault:
    """Every answer that is not a success; ``message`` and ``fields`` hold Portuguese sentences."""

    error: str
    message: str
    fields: Mapping[str, str]
