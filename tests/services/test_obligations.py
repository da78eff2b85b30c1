"""What was agreed, as the page of the case tells it."""

from __future__ import annotations

from datetime import date

import pytest

from app.services import cases
from models import Clause, Hearing, Obligation
from models.rules.case_machine import State
from tests.factories.people import NOW
from tests.services.parties import make_parties

pytestmark = pytest.mark.usefixtures("database")


async def test_the_page_of_a_case_tells_what_was_agreed_by_date() -> None:
    people = await make_parties(State.FULFILMENT)
    hearing = await Hearing.create(
        case=people.case,
        mediator_id=people.mediator.user_id,
        starts_at=NOW,
        minutes=40,
        state="closed",
        outcome="full_agreement",
        closed_at=NOW,
    )
    clause = await Clause.create(
        hearing=hearing,
        number=1,
        kind="refund",
        debtor="company",
        text="",
        amount_cents=12345,
        due_on=date(2026, 12, 10),
        state="frozen",
        author_id=people.agent.user_id,
        at=NOW,
    )
    await Obligation.create(
        case=people.case,
        clause=clause,
        number=1,
        debtor="company",
        text="Restituir por PIX.",
        amount_cents=12345,
        due_on=date(2026, 12, 10),
    )
    (due,) = (await cases.page(people.case.id, people.consumer)).dues
    assert (due.debtor, due.amount_cents, due.due_on) == ("company", 12345, date(2026, 12, 10))
