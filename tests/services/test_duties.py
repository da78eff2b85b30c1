"""Who must act now, until when, and what happens if not: each cell of state and role, word by word.

duties.txt holds the cells: a situation, then a line for each group of roles; an asterisk says "yours".
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.jobs.letters import send_letter
from app.parts import Parts
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import duties, letters
from app.services.duties import Reckoner
from app.services.duty_words import WORDS
from app.services.letters import Text
from models import Case, Job, User
from models.rules.case_machine import State
from models.rules.delivery import REDELIVERY
from models.rules.duties import ASKED, DUTIES, OFFERED, SILENT, SLOTS, UNAWARE, UNDELIVERED, UNREAD, Standing
from models.rules.people import Role, Side
from models.rules.terms import Calendar
from tests.services.parties import make_parties

ZONE = ZoneInfo("America/Sao_Paulo")
MONDAY = date(2026, 11, 23)
RECKONER = Reckoner(load_profile(PROFILES / "criciuma.toml").terms, Calendar({}), ZONE, MONDAY)
OFFER_ENDS = date(2026, 11, 27)
SPECIAL = {
    "silent": Standing(State.WAITING_CONSUMER, MONDAY, date(2026, 11, 20), passed=True),
    "unaware": Standing(State.NOTIFIED, MONDAY),
    "undelivered": Standing(State.NOTIFIED, MONDAY, act=REDELIVERY),
    "fulfilment_asked": Standing(State.FULFILMENT, MONDAY, date(2026, 12, 3), asked=True),
    "slots_offered": Standing(State.UNANSWERED, MONDAY, slots_until=datetime(2026, 11, 26, 18, tzinfo=ZONE)),
    "offer_to_consumer": Standing(State.ANSWERED, MONDAY, offer=Side.COMPANY, offer_until=OFFER_ENDS),
    "offer_to_company": Standing(State.ANSWERED, MONDAY, offer=Side.CONSUMER, offer_until=OFFER_ENDS),
}
TERM_ENDS, HEARING = date(2026, 12, 3), datetime(2026, 12, 9, 14, tzinfo=ZONE)


def standing(situation: str) -> Standing:
    """What the file calls a situation: a state, or one of the special ones."""
    return SPECIAL.get(situation) or Standing(State(situation), MONDAY, TERM_ENDS, HEARING)


def cells() -> dict[tuple[str, Role], tuple[bool, str]]:
    """The file, cell by cell."""
    found: dict[tuple[str, Role], tuple[bool, str]] = {}
    situation = ""
    for line in (Path(__file__).parent / "duties.txt").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            situation = line
            continue
        roles, _, sentence = line.strip().partition(": ")
        yours, sentence = sentence.startswith("* "), sentence.removeprefix("* ")
        for role in Role if roles == "all" else map(Role, roles.split(",")):
            assert (situation, role) not in found
            found[situation, role] = (yours, sentence)
    return found


CELLS = cells()


def test_every_cell_is_written_down() -> None:
    situations = [*State, *SPECIAL]
    assert CELLS.keys() == {(str(situation), role) for situation in situations for role in Role}
    assert WORDS.keys() == {
        duty.key
        for duty in (*DUTIES.values(), ASKED, SILENT, SLOTS, UNAWARE, UNDELIVERED, UNREAD, *OFFERED.values())
    }


@pytest.mark.parametrize("situation", [*map(str, State), *SPECIAL])
def test_each_role_is_told_its_sentence(situation: str) -> None:
    for role in Role:
        told = RECKONER.told(standing(situation), role)
        assert (told.yours, told.sentence) == CELLS[situation, role], f"{situation} × {role}"
        assert told.sentence.count(";") == (situation != State.ARCHIVED)


def test_what_is_late_says_by_how_many_days() -> None:
    """The last day itself is in time; from the next on the days of delay are counted."""
    for days, late, words in (
        (0, 0, "2026; sem"),
        (1, 1, "(1 dia de atraso); "),
        (9, 9, "(9 dias de atraso)"),
    ):
        day = Reckoner(RECKONER.terms, Calendar({}), ZONE, TERM_ENDS + timedelta(days=days))
        told = day.told(Standing(State.WAITING_CONSUMER, MONDAY, TERM_ENDS), Role.CONSUMER)
        assert told.late == late
        assert words in told.sentence


@pytest.mark.usefixtures("database")
async def test_a_letter_says_it_as_of_its_sending(fake_parts: Parts) -> None:
    people = await make_parties(State.NOTIFIED)
    await Case.filter(id=people.case.id).update(due_on=TERM_ENDS)
    text = Text(subject="Aviso", paragraphs=("Algo aconteceu.",), path="/", case=people.case.id)
    users = [await User.get(id=who.user_id) for who in (people.consumer, people.agent)]
    await letters.write(users, "test", text, now=fake_parts.clock.now())
    await Case.filter(id=people.case.id).update(state=State.UNANSWERED, due_on=None)
    for job in await Job.filter(kind="letter").order_by("id"):
        await send_letter(job.id, job.payload, fake_parts)
    for letter, role in zip(fake_parts.mail.sent, (Role.CONSUMER, Role.COMPANY), strict=True):  # type: ignore[attr-defined]
        standing = await duties.standing_of(people.case.id, RECKONER)
        assert standing is not None
        sentence = RECKONER.told(standing, role).sentence
        assert sentence in " ".join(letter.text.split())
        assert sentence in letter.html


def test_every_date_says_how_it_was_counted() -> None:
    service = RECKONER.told(Standing(State.SUBMITTED, MONDAY), Role.ATTENDANT)
    assert service.explanation.startswith("5 dias úteis, contados do envio do cadastro em 23/11/2026")
    assert service.explanation.endswith("Fonte: Meta de serviço do órgão (Lei 13.460/2017, art. 7º).")
    running = Standing(State.NOTIFIED, MONDAY, TERM_ENDS, explanation="10 dias corridos…")
    assert RECKONER.told(running, Role.COMPANY).explanation == "10 dias corridos…"
    for state in (State.DRAFT, State.ARCHIVED, State.HEARING_SCHEDULED):
        assert RECKONER.told(Standing(state, MONDAY, hearing_at=HEARING), Role.CONSUMER).explanation == ""
