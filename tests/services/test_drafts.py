"""Drafts: nothing typed is lost, nothing is overwritten unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import drafts
from models import Case, User
from models.rules.case_machine import State
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.people import Role
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")


async def _accepted() -> tuple[Case, User]:
    consumer = await make_user()
    return await make_case(State.ACCEPTED, consumer), consumer


async def test_what_was_typed_is_there_in_another_browser() -> None:
    case, consumer = await _accepted()
    viewer = viewer_of(consumer)

    saved = await drafts.save(case.id, "complaint", viewer, {"facts": "Comprei e não recebi"}, 0, NOW)

    assert saved.revision == 1
    assert await drafts.load(case.id, "complaint", viewer) == saved


async def test_a_browser_that_fell_behind_is_handed_the_newer_values() -> None:
    case, consumer = await _accepted()
    viewer = viewer_of(consumer)
    await drafts.save(case.id, "complaint", viewer, {"facts": "celular"}, 0, NOW)
    await drafts.save(case.id, "complaint", viewer, {"facts": "celular e cabo"}, 1, NOW)

    with pytest.raises(Conflict) as caught:
        await drafts.save(case.id, "complaint", viewer, {"facts": "computador"}, 1, NOW)

    assert caught.value.code == "draft_changed"
    assert caught.value.facts == {"revision": 2, "values": {"facts": "celular e cabo"}}
    assert (await drafts.load(case.id, "complaint", viewer)).values == {"facts": "celular e cabo"}


async def test_saving_again_after_a_lost_answer_is_no_conflict() -> None:
    case, consumer = await _accepted()
    viewer = viewer_of(consumer)
    first = await drafts.save(case.id, "complaint", viewer, {"facts": "celular"}, 0, NOW)

    again = await drafts.save(
        case.id, "complaint", viewer, {"facts": "celular"}, 0, NOW + timedelta(seconds=5)
    )

    assert again == first


async def test_names_that_the_form_lacks_are_dropped_and_endless_text_is_refused() -> None:
    case, consumer = await _accepted()
    viewer = viewer_of(consumer)

    saved = await drafts.save(case.id, "complaint", viewer, {"facts": "a\x00b", "state": "archived"}, 0, NOW)
    assert saved.values == {"facts": "ab"}

    for wrong in ("x" * (drafts.MAX_CHARS + 1), 7, ["x"], None):
        with pytest.raises(Invalid) as caught:
            await drafts.save(case.id, "complaint", viewer, {"facts": wrong}, 1, NOW)
        assert list(caught.value.fields) == ["facts"]


async def test_a_form_that_cannot_be_sent_now_takes_no_draft() -> None:
    case, consumer = await _accepted()
    with pytest.raises(Refused) as caught:
        await drafts.save(case.id, "registration", viewer_of(consumer), {"conflict": "x"}, 0, NOW)
    assert caught.value.code == "not_now"


async def test_a_draft_is_its_writers_alone() -> None:
    case, consumer = await _accepted()
    await drafts.save(case.id, "complaint", viewer_of(consumer), {"facts": "celular"}, 0, NOW)
    stranger = viewer_of(await make_user())
    attendant = viewer_of(await make_user(Role.ATTENDANT, cpf=None))

    for viewer in (stranger, attendant):
        with pytest.raises(NotFound):
            await drafts.load(case.id, "complaint", viewer)
        with pytest.raises(NotFound):
            await drafts.save(case.id, "complaint", viewer, {"facts": "x"}, 1, NOW)
    with pytest.raises(NotFound):
        await drafts.load(case.id, "no-such-form", viewer_of(consumer))
