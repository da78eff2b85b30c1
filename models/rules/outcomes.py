"""How a hearing ended, in words, with its cause where it was not held, and what follows from it."""

from __future__ import annotations

from enum import StrEnum

from models.rules.errors import Invalid
from models.rules.hearing import AGREEMENTS, NOT_HELD, Outcome
from models.rules.people import Side


class Cause(StrEnum):
    """Why a hearing was not held: of an absence whether it is excused, of a failure whose it was."""

    UNJUSTIFIED = "unjustified"
    JUSTIFIED = "justified"
    OF_CONSUMER = "of_consumer"
    OF_COMPANY = "of_company"
    OF_AGENCY = "of_agency"


class FollowUp(StrEnum):
    """What follows a hearing."""

    FULFIL = "fulfil"
    MERITS = "merits"
    LOST_INTEREST = "lost_interest"
    GOES_ON = "goes_on"
    RESCHEDULE = "reschedule"
    COORDINATION = "coordination"


OUTCOME_TEXT: dict[Outcome, str] = {
    Outcome.FULL_AGREEMENT: "acordo integral",
    Outcome.PARTIAL_AGREEMENT: "acordo parcial",
    Outcome.NO_AGREEMENT: "sem acordo",
    Outcome.CONSUMER_ABSENT: "não realizada por ausência do consumidor",
    Outcome.COMPANY_ABSENT: "não realizada por ausência da empresa",
    Outcome.BOTH_ABSENT: "não realizada por ausência de ambas as partes",
    Outcome.TECHNICAL_FAILURE: "não realizada por falha técnica",
}
CAUSE_TEXT: dict[Cause, str] = {
    Cause.UNJUSTIFIED: "sem justificativa",
    Cause.JUSTIFIED: "com justificativa aceita",
    Cause.OF_CONSUMER: "do lado do consumidor",
    Cause.OF_COMPANY: "do lado da empresa",
    Cause.OF_AGENCY: "do Procon, que não prejudica nenhuma das partes",
}
FOLLOW_UP_TEXT: dict[FollowUp, str] = {
    FollowUp.FULFIL: "O acordo está em cumprimento: cada obrigação tem a sua data.",
    FollowUp.MERITS: "O Procon analisa o mérito da reclamação; o consumidor pode procurar o Judiciário.",
    FollowUp.LOST_INTEREST: "A reclamação pode ser arquivada por falta de interesse do consumidor.",
    FollowUp.GOES_ON: "O procedimento segue sem a empresa (CDC, art. 55, § 4º).",
    FollowUp.RESCHEDULE: "A audiência será remarcada.",
    FollowUp.COORDINATION: "A remarcação já foi usada: a coordenação decide como o caso segue.",
}
_ABSENCE = (Cause.UNJUSTIFIED, Cause.JUSTIFIED)
CAUSES: dict[Outcome, tuple[Cause, ...]] = {
    Outcome.CONSUMER_ABSENT: _ABSENCE,
    Outcome.COMPANY_ABSENT: _ABSENCE,
    Outcome.BOTH_ABSENT: _ABSENCE,
    Outcome.TECHNICAL_FAILURE: (Cause.OF_CONSUMER, Cause.OF_COMPANY, Cause.OF_AGENCY),
}
"""The causes that an outcome has; one that is not here was held and has none."""


def outcome_text(outcome: Outcome, cause: Cause | None) -> str:
    """How a hearing ended, with its cause: what pages, documents and the signed text say."""
    words = OUTCOME_TEXT[outcome]
    return f"{words}, {CAUSE_TEXT[cause]}" if cause else words


def check_cause(outcome: Outcome, cause: Cause | None) -> None:
    """Raise Invalid when the cause is not one of the outcome's, or is missing."""
    if outcome in CAUSES and cause is None:
        raise Invalid({"cause": "cause_missing"})
    if cause is not None and cause not in CAUSES.get(outcome, ()):
        raise Invalid({"cause": "choice_invalid"})


def uses_rescheduling(outcome: Outcome, cause: Cause | None) -> bool:
    """Whether a hearing that was not held so, and is set again, uses up a rescheduling of its party's.

    A failure of the agency's own never does: it harms neither party.
    """
    return outcome in NOT_HELD and cause is not Cause.OF_AGENCY


def caused_by(outcome: Outcome, cause: Cause | None) -> frozenset[Side]:
    """The sides for whose reason a hearing was not held; empty for one that was held.

    A failure of the agency's own is the agency's.
    """
    absent = {
        Outcome.CONSUMER_ABSENT: {Side.CONSUMER},
        Outcome.COMPANY_ABSENT: {Side.COMPANY},
        Outcome.BOTH_ABSENT: {Side.CONSUMER, Side.COMPANY},
    }
    failed = {
        Cause.OF_CONSUMER: {Side.CONSUMER},
        Cause.OF_COMPANY: {Side.COMPANY},
        Cause.OF_AGENCY: {Side.STAFF},
    }
    if outcome is Outcome.TECHNICAL_FAILURE:
        return frozenset(failed.get(cause, ()) if cause else ())
    return frozenset(absent.get(outcome, ()))


def follow_up(outcome: Outcome, cause: Cause | None, used: int, allowed: int) -> FollowUp:
    """What follows a hearing that ended so; ``used`` changes of the case before it were for the
    reason of a party that caused this one, of ``allowed`` by the profile.

    A consumer who stays away without excuse has lost interest, a company that does so does not stop the
    process (CDC art. 55 §4). ``cause`` is None of hearings from before causes were kept.
    """
    if outcome in AGREEMENTS:
        return FollowUp.FULFIL
    if outcome not in NOT_HELD:
        return FollowUp.MERITS
    if cause is Cause.UNJUSTIFIED:
        return FollowUp.GOES_ON if outcome is Outcome.COMPANY_ABSENT else FollowUp.LOST_INTEREST
    if cause is Cause.OF_AGENCY or used < allowed:
        return FollowUp.RESCHEDULE
    return FollowUp.COORDINATION
