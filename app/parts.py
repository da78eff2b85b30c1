"""The parts that doors hand to services: adapters and values, joined once by ``app.factory``.

A handler reaches them with ``app.web.parts.parts()``; jobs and socket namespaces get them when they are
made. Services never see this bundle, only the part that they need.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from app.adapters import captions
from app.adapters.bounces import Bounces
from app.adapters.cards import Cards
from app.adapters.clock import Clock
from app.adapters.composer import Composer
from app.adapters.inspect import Inspector
from app.adapters.mail import Mail
from app.adapters.passwords import Passwords
from app.adapters.pdf import PdfMaker
from app.adapters.push import Push
from app.adapters.scan import Scanner
from app.adapters.seal import Sealer
from app.adapters.segments import Segments
from app.adapters.storage import Storage
from app.adapters.text_gateway import TextGateway
from app.adapters.vault import Vault
from app.metrics import Metrics
from app.profile import Profile
from app.services.calendars import Listed
from app.services.conduct import House
from app.services.diary import Hours
from app.services.invitations import Invite
from app.services.rehearsals import Rehearsals
from app.tasks import Tasks
from app.wake import Wake
from models.rules.terms import Calendar

Check = Callable[[], Awaitable[bool]]
"""A question of ``/readyz``: whether something the process depends on answers."""


@dataclass(frozen=True)
class Parts:
    """Everything with a side effect, and the values of this installation."""

    profile: Profile
    public_url: str
    secret_key: str
    secure: bool
    demo: bool
    clock: Clock
    passwords: Passwords
    storage: Storage
    vault: Vault
    segments: Segments
    cards: Cards
    composer: Composer
    inspector: Inspector
    scanner: Scanner
    mail: Mail
    push: Push
    pdf: PdfMaker
    seal: Sealer
    holidays: Listed
    tasks: Tasks
    captions_lack: str = captions.OFF
    """Why there are no live captions, as `app.adapters.captions.trouble` says; empty where there are."""
    bounces: Bounces | None = None
    texts: TextGateway | None = None
    """None where no gateway for text messages is configured."""
    rehearsals: Rehearsals = field(default_factory=Rehearsals)
    checks: Mapping[str, Check] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    metrics_token: str = ""
    wake: Wake = field(default_factory=Wake)
    """Set after each committed write; the relay and the job runner wait for it."""

    @property
    def captions(self) -> bool:
        """Whether this installation has a recogniser for live captions."""
        return not self.captions_lack

    @property
    def house(self) -> House:
        """What a hearing's room needs to know of the agency."""
        return House(
            agency=self.profile.agency.name,
            timezone=self.profile.agency.timezone,
            opens_minutes=self.profile.hearing.sign_in_opens_minutes,
            tolerance_minutes=self.profile.hearing.tolerance_minutes,
            texts=self.profile.minutes,
            sealed_rounds=self.profile.hearing.sealed_rounds,
            not_held_reschedules=self.profile.scheduling.not_held_reschedules,
        )

    @property
    def invite(self) -> Invite:
        """What invitations say of this agency."""
        agency = self.profile.agency
        return Invite(agency.name, agency.email, agency.zone, self.public_url)

    def hours(self, calendar: Calendar) -> Hours:
        """When hearings are held here."""
        rules = self.profile.hearing
        return Hours(
            rules.opens,
            rules.closes,
            self.profile.terms["hearing_notice"],
            calendar,
            rules.hold_when_party_drops,
            rules.slot_minutes,
            self.profile.scheduling,
        )
