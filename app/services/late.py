"""The board of what is late: every open case whose last day has passed, by term and by person in charge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.i18n import N_
from app.i18n import gettext as _
from app.services import case_lists
from app.services.case_lists import ListedCase
from app.services.duties import Reckoner
from models.rules.duties import Duty, Until, duty
from models.rules.people import Role

SOON_DAYS = 3
"""What ends within so many days is shown beside what is late."""

TERMS = {
    "company_answer": N_("Resposta da empresa"),
    "consumer_documents": N_("Documentos pedidos ao consumidor"),
    "consumer_reply": N_("Avaliação do consumidor"),
    "awareness": N_("Ciência da notificação"),
    "redelivery": N_("Nova tentativa de entrega"),
    "triage": N_("Triagem"),
    "analysis": N_("Análise e CIP"),
    "scheduling": N_("Marcação de audiência"),
    "decision": N_("Decisão depois da audiência"),
    "hearing": N_("Audiência"),
    "agreement": N_("Cumprimento do acordo"),
    "settlement_reply": N_("Confirmação do acordo pelo consumidor"),
}


@dataclass(frozen=True)
class LateCase:
    """A line: the case, its sentence, its term, and by how many days it is late (0: it ends soon)."""

    case: ListedCase
    sentence: str
    term: str
    until: date
    late: int


@dataclass(frozen=True)
class Board:
    """What is late, the latest first, what ends soon, and how many are late by term and by person."""

    late: tuple[LateCase, ...]
    soon: tuple[LateCase, ...]
    by_term: tuple[tuple[str, int], ...]
    by_person: tuple[tuple[str, int], ...]
    worst: int


async def board(reckoner: Reckoner, *, person: str = "", term: str = "") -> Board:
    """The board as of the reckoner's day; ``person`` and ``term`` narrow the lines, not the counts."""
    lines = [line for case in await case_lists.open_cases() if (line := _line(case, reckoner)) is not None]
    late = sorted((line for line in lines if line.late), key=lambda line: (-line.late, line.case.id))
    soon = sorted((line for line in lines if not line.late), key=lambda line: (line.until, line.case.id))
    return Board(
        late=_narrowed(late, person, term),
        soon=_narrowed(soon, person, term),
        by_term=tuple(Counter(line.term for line in late).most_common()),
        by_person=tuple(Counter(line.case.handler for line in late).most_common()),
        worst=max((line.late for line in late), default=0),
    )


def _narrowed(lines: Sequence[LateCase], person: str, term: str) -> tuple[LateCase, ...]:
    return tuple(
        line
        for line in lines
        if (not person or (line.case.handler or "-") == person) and (not term or line.term == term)
    )


def _line(case: ListedCase, reckoner: Reckoner) -> LateCase | None:
    standing = reckoner.standing(case, hearing_at=case.hearing_at, offer=None)
    wanted = duty(standing, Role.AUDITOR)
    told = reckoner.told(standing, Role.AUDITOR)
    if told.until is None or (told.until - reckoner.today).days > SOON_DAYS:
        return None
    return LateCase(case, told.sentence, _term(wanted, case), told.until, told.late)


def _term(wanted: Duty, case: ListedCase) -> str:
    if wanted.until is Until.SERVICE:
        return wanted.act
    return "hearing" if wanted.until is Until.HEARING else case.term_act or "agreement"


def term_words() -> Mapping[str, str]:
    """The name of each term, as the board and letters say it."""
    return {name: _(words) for name, words in TERMS.items()}
