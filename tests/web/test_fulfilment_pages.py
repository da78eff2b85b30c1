"""What was agreed, on the page of the case and behind the letter's link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from quart import Quart

from app.services import fulfilment_links
from app.web.parts import EXTENSION
from models import Case, Obligation
from models.rules.case_machine import State
from models.rules.fulfilment import ObligationState
from tests.factories.offers import accepted, deed, offered, refund
from tests.services.parties import Parties, make_parties
from tests.web.browser import Browser
from tests.web.test_case_pages import SignIn, _case_page, _text

pytestmark = pytest.mark.usefixtures("database")


async def agreed() -> tuple[Parties, list[Obligation]]:
    """Two obligations, the first of which is late."""
    people = await make_parties(State.ANSWERED)
    offer = await offered(people, people.agent, refund(), deed())
    await accepted(people, people.consumer, offer)
    first, second = await Obligation.filter(case_id=people.case.id).order_by("id")
    assert first.due_on is not None
    await Obligation.filter(id=first.id).update(due_on=first.due_on - timedelta(days=30))
    return people, [first, second]


async def test_each_side_is_shown_what_it_may_do(enter: SignIn) -> None:
    people, (first, second) = await agreed()
    agent, consumer = await enter(people.agent), await enter(people.consumer)
    path = f"/casos/{people.case.id}/obrigacoes"

    html = await _case_page(agent, people)
    assert "Juntar prova de que cumpriu" in html
    assert f"{path}/{first.id}/" not in html
    bare = await agent.post(f"{path}/prova", {"obligation": str(first.id)})
    assert bare.status_code == 422
    assert "Envie antes o documento que comprova" in await _text(bare)

    html = await _case_page(consumer, people)
    assert f"{path}/{first.id}/broken" in html
    assert f"{path}/{second.id}/broken" not in html, "its day is still to come"
    early = await consumer.post(f"{path}/{second.id}/broken")
    assert early.status_code == 409
    assert "O dia combinado ainda não passou" in await _text(early)
    assert (await consumer.post(f"{path}/{first.id}/kept")).status_code == 303
    assert "cumprida" in await _case_page(consumer, people)
    assert (await consumer.post(f"{path}/{first.id}/talvez")).status_code == 404
    assert (await consumer.post(f"{path}/{second.id}/kept")).status_code == 303
    assert (await Case.get(id=people.case.id)).state is State.ARCHIVED


async def test_one_tap_from_the_letter_and_opening_it_changes_nothing(pages: Quart) -> None:
    people, (first, _second) = await agreed()
    secret = pages.extensions[EXTENSION].secret_key
    url = f"/acordo/{fulfilment_links.token(first.id, people.consumer.user_id, secret)}"
    browser = Browser(pages)

    html = await _text(await browser.get(url))
    assert first.text in html
    assert people.company.legal_name not in html, "nothing else of the case"
    assert (await Obligation.get(id=first.id)).state is ObligationState.PENDING
    assert (await browser.post(url, {"word": "broken", "note": "Nada chegou."})).status_code == 303
    assert "Registramos: não foi cumprido" in await _text(await browser.get(url))
    assert (await Case.get(id=people.case.id)).state is State.BREACHED
    twice = await browser.post(url, {"word": "broken", "note": "Nada chegou mesmo."})
    assert twice.status_code == 409
    assert (await browser.post(url, {"word": "kept"})).status_code == 303
    assert "foi cumprido" in await _text(await browser.get(url))
