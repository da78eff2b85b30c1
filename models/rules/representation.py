"""Who may speak for a company: papers that prove it, checked once, and the power that they give.

A company keeps its papers in a wallet: carta de preposição, procuração, articles (ADR 0079). Each is checked
once; while it is in force its holder speaks for the company in every case and hearing, and with power to
settle where the paper gives it (CC art. 661, § 1º; CPC art. 105). When the last one ends, so does the power.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from models.rules.errors import Refused


class Power(StrEnum):
    """In which capacity a person speaks for a company."""

    OWNER = "owner"
    AGENT = "agent"
    LAWYER = "lawyer"


class PaperKind(StrEnum):
    """What a paper is."""

    APPOINTMENT = "appointment"
    """Carta de preposição."""
    MANDATE = "mandate"
    """Procuração."""
    ARTICLES = "articles"
    """Contrato social, estatuto or ata: who the owners and directors are."""


POWER_OF = {
    PaperKind.APPOINTMENT: Power.AGENT,
    PaperKind.MANDATE: Power.LAWYER,
    PaperKind.ARTICLES: Power.OWNER,
}
"""The capacity that each kind proves."""
KIND_OF = {power: kind for kind, power in POWER_OF.items()}


class PaperState(StrEnum):
    """Where a paper is."""

    DRAFT = "draft"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class PaperAct(StrEnum):
    """What is done with a paper; OPEN is its reading by somebody of the agency or the company."""

    SEND = "send"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    OPEN = "open"


TABLE: dict[tuple[PaperState, PaperAct], PaperState] = {
    (PaperState.DRAFT, PaperAct.SEND): PaperState.WAITING,
    (PaperState.WAITING, PaperAct.ACCEPT): PaperState.ACCEPTED,
    (PaperState.WAITING, PaperAct.REFUSE): PaperState.REFUSED,
    (PaperState.WAITING, PaperAct.WITHDRAW): PaperState.WITHDRAWN,
    (PaperState.ACCEPTED, PaperAct.WITHDRAW): PaperState.WITHDRAWN,
    (PaperState.ACCEPTED, PaperAct.EXPIRE): PaperState.EXPIRED,
}


def step(state: PaperState, act: PaperAct) -> PaperState:
    """The state after ``act``; Refused("paper_not_now")."""
    if (state, act) not in TABLE:
        raise Refused("paper_not_now")
    return TABLE[(state, act)]


@dataclass(frozen=True)
class Proof:
    """What an accepted paper gives its holder; ``valid_until`` None has no last day."""

    paper: UUID
    kind: PaperKind
    may_settle: bool
    valid_until: date | None

    def in_force(self, on: date) -> bool:
        """Whether it still counts on a day; its last day counts whole."""
        return self.valid_until is None or on <= self.valid_until


def best(proofs: Iterable[Proof], on: date) -> Proof | None:
    """The paper that counts on a day: one with power to settle first, then the one that lasts longest."""
    standing = [proof for proof in proofs if proof.in_force(on)]
    return max(
        standing,
        key=lambda proof: (proof.may_settle, proof.valid_until or date.max),
        default=None,
    )


def warning(left: int, before: Iterable[int]) -> int | None:
    """Which warning is due with ``left`` days to go: the nearest reached; None before all, or after.

    ``before`` are the profile's days (``[reminders]``, ``powers_before``).
    """
    return min((days for days in before if 0 <= left <= days), default=None)
