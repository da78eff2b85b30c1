"""The municipality's profile: everything that differs from one Procon to another, as values.

``app.profile_reading`` reads it from TOML and checks it; docs/municipality.md explains each table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from models.rules.delivery import Channel
from models.rules.house_rules import HouseRules
from models.rules.recording import RecordingPolicy
from models.rules.rescheduling import SchedulingPolicy
from models.rules.retention import KeepRules
from models.rules.standard_texts import Wording
from models.rules.terms import Term
from models.rules.territory import Territory

PROFILES = Path(__file__).parent / "profiles"

ACTS = (
    "company_answer",
    "consumer_documents",
    "consumer_reply",
    "hearing_notice",
    "awareness",
    "redelivery",
    "triage",
    "analysis",
    "scheduling",
    "decision",
    "settlement_reply",
)
"""The acts whose term every profile gives."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what is expected."""


@dataclass(frozen=True)
class Agency:
    """Who the Procon is: shown in pages, letters and documents."""

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

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone, in which terms are counted and times are shown."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Office:
    """A place where people are attended: a counter, a branch, the mobile unit."""

    name: str
    address: str
    opening_hours: str
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class AppealBody:
    """Who decides appeals from the agency's decisions (Decreto 2.181/1997, arts. 49 to 54)."""

    name: str
    address: str
    source: str


@dataclass(frozen=True)
class FineFormula:
    """The data of the fine's formula (CDC arts. 56 and 57): there is no national one.

    ``formula`` names its terms in words; ``natures`` are the factors by group of gravity; bounds in UFIR.
    """

    version: str
    source: str
    formula: str
    minimum_ufir: int
    maximum_ufir: int
    natures: Mapping[str, Decimal]


@dataclass(frozen=True)
class HolidayRules:
    """Which holidays stop a term: national and state by the ``holidays`` library, municipal by list."""

    country: str
    subdivision: str
    municipal_fixed: tuple[tuple[str, str], ...]
    municipal_movable: tuple[str, ...]


@dataclass(frozen=True)
class HearingRules:
    """Lengths that rule a hearing, in minutes, and the local hours between which hearings are set.

    ``keep_connections_days`` is how long the record says how each person was connected, ``keep_help_days``
    how long the words with somebody who asked for help are kept.
    ``hold_when_party_drops``: while a party is away, nothing is frozen nor signed. ``sealed_rounds`` is how
    often a hearing's sealed-zone test may be answered.
    """

    slot_minutes: int
    tolerance_minutes: int
    sign_in_opens_minutes: int
    opens: time
    closes: time
    keep_connections_days: int
    hold_when_party_drops: bool = True
    keep_help_days: int = 30
    sealed_rounds: int = 3

    def __post_init__(self) -> None:
        for name in ("keep_connections_days", "keep_help_days"):
            if (days := getattr(self, name)) < 1:
                raise SettingsError(f"hearing.{name}: {days} não é um número positivo de dias")


@dataclass(frozen=True)
class ReminderRules:
    """How many days before a term ends who must act is reminded, and from which local hour on.

    ``powers_before``: so many days before its end a company's person is told that their power ends.
    ``undated_days``: so long after an agreement it is asked whether what has no date in it was done.
    """

    days_before: tuple[int, ...]
    powers_before: tuple[int, ...]
    undated_days: int
    hour: time


@dataclass(frozen=True)
class ExecutionRules:
    """By which series (their codes) what was not paid is corrected and bears interest; empty for none.

    Without a series of interest, ``interest_percent`` a month, simple, counts (ADR 0074).
    """

    correction: str
    interest: str
    interest_percent: Decimal
    source: str


@dataclass(frozen=True)
class CounterRules:
    """How many priorities the counter calls in a row while the normal line waits; 0 has no end (ADR 0080)."""

    priorities_in_a_row: int


@dataclass(frozen=True)
class Profile:
    """One municipality: everything that differs from one Procon to another.

    ``logo`` is the SVG picture on its documents, empty for none. ``texts`` are the municipality's own
    wordings of standard texts, by kind. ``retention`` says how long
    personal papers are kept, by kind. ``unconfirmed`` are the lines of the file marked [conferir].
    """

    agency: Agency
    logo: str
    territory: Territory
    offices: tuple[Office, ...]
    appeal: AppealBody
    fine: FineFormula
    calendar: HolidayRules
    terms: Mapping[str, Term]
    channels: tuple[Channel, ...]
    begins_itself: frozenset[Channel]
    reminders: ReminderRules
    counter: CounterRules
    execution: ExecutionRules
    hearing: HearingRules
    scheduling: SchedulingPolicy
    house_rules: HouseRules
    recording: RecordingPolicy
    retention: KeepRules
    minutes: Mapping[str, tuple[str, ...]]
    upload_max_bytes: int
    upload_max_files: int
    texts: Mapping[str, Wording] = field(default_factory=dict)
    unconfirmed: tuple[tuple[int, str], ...] = ()
