"""From a blank registration to the triage's queue."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.adapters.storage import Damaged, FolderStorage
from app.services import drafts, registrations
from models import Case, CaseEvent, Document, DocumentKind, Job, User
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role
from models.rules.territory import Link, Territory
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

TERRITORY = Territory((("88800000", "88819999"),), frozenset(Link), "Lei municipal")
CONFLICT = "A loja não devolve o valor pago por um fogão que nunca chegou."


async def make_upload(case: Case, user: User, kind: DocumentKind, **values: Any) -> Document:
    known: dict[str, Any] = {
        "id": uuid4(),
        "case": case,
        "owner": user,
        "kind": kind,
        "sides": "consumer,staff",
        "filename": f"{kind}.pdf",
        "media_type": "application/pdf",
        "size": 10,
        "sha256": "0" * 64,
        "storage_key": "0" * 32,
        "at": NOW,
    }
    return await Document.create(**(known | values))


async def ready() -> tuple[Case, User]:
    """A draft with both documents."""
    user = await make_user(complement="Casa 2")
    case = await make_case(State.DRAFT, user, conflict="")
    for kind in registrations.REQUIRED:
        await make_upload(case, user, kind)
    return case, user


async def test_a_confirmed_citizen_begins_and_an_untouched_draft_is_offered_again() -> None:
    viewer = viewer_of(await make_user())

    first = await registrations.begin(viewer, NOW)
    assert await registrations.begin(viewer, NOW) == first

    await drafts.save(first, "registration", viewer, {"conflict": "Comprei"}, 0, NOW)
    assert await registrations.begin(viewer, NOW) != first


async def test_the_fourth_open_draft_is_refused() -> None:
    viewer = viewer_of(await make_user())
    for _ in range(registrations.MAX_DRAFTS):
        case_id = await registrations.begin(viewer, NOW)
        await drafts.save(case_id, "registration", viewer, {"conflict": "Comprei"}, 0, NOW)

    with pytest.raises(Refused) as caught:
        await registrations.begin(viewer, NOW)
    assert caught.value.code == "too_many_drafts"


async def test_nobody_begins_without_a_confirmed_address_or_for_somebody_else() -> None:
    with pytest.raises(Refused) as caught:
        await registrations.begin(viewer_of(await make_user(email_confirmed_at=None)), NOW)
    assert caught.value.code == "email_unconfirmed"
    with pytest.raises(Refused):
        await registrations.begin(viewer_of(await make_user(Role.ATTENDANT, cpf=None)), NOW)


async def test_sending_says_everything_that_is_missing_at_once_and_changes_nothing() -> None:
    user = await make_user()
    viewer = viewer_of(user)
    case = await make_case(State.DRAFT, user, conflict="")
    await make_upload(case, user, DocumentKind.IDENTITY)

    with pytest.raises(Invalid) as caught:
        await registrations.submit(case.id, viewer, "  curto  ", territory=TERRITORY, now=NOW)

    assert caught.value.fields == {"residence": "residence_missing", "conflict": "text_length"}
    await case.refresh_from_db()
    assert (case.state, case.version) == (State.DRAFT, 0)
    assert await Document.filter(attached_at=None).count() == 1
    assert not await Job.exists()


async def test_a_sent_registration_is_in_the_queue_with_the_address_of_today() -> None:
    case, user = await ready()
    viewer = viewer_of(user)
    await drafts.save(case.id, "registration", viewer, {"conflict": "rascunho"}, 0, NOW)

    await registrations.submit(case.id, viewer, CONFLICT, territory=TERRITORY, now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.conflict, case.submitted_at) == (State.SUBMITTED, CONFLICT, NOW)
    assert case.address == f"Rua das Flores, {user.number}, Casa 2, Centro, Criciúma/SC"
    assert (case.cep, case.outside_territory) == ("88801500", False)
    assert await Document.filter(case_id=case.id, attached_at=NOW, sides="consumer,staff").count() == 2
    event = await CaseEvent.get(case_id=case.id)
    assert (event.seq, event.name, event.sides) == (1, "registration_submitted", "consumer,staff")
    assert [job.payload["to"] for job in await Job.all()] == [user.email]
    with pytest.raises(Refused):
        await registrations.sheet(case.id, viewer)
    with pytest.raises(Refused):
        await registrations.submit(case.id, viewer, CONFLICT, territory=TERRITORY, now=NOW)


async def test_a_residence_elsewhere_is_asked_of_the_purchase_marked_and_not_refused() -> None:
    case, user = await ready()
    await User.filter(id=user.id).update(cep="88820000", city="Içara")
    viewer = viewer_of(user)

    with pytest.raises(Invalid) as unsaid:
        await registrations.submit(case.id, viewer, CONFLICT, territory=TERRITORY, now=NOW)
    assert unsaid.value.fields == {"relation_here": "choice_missing"}
    await registrations.submit(case.id, viewer, CONFLICT, territory=TERRITORY, relation_here=True, now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.outside_territory, case.relation_here) == (State.SUBMITTED, True, True)


async def test_where_only_residence_counts_nothing_is_asked() -> None:
    case, user = await ready()
    await User.filter(id=user.id).update(cep="88820000", city="Içara")
    strict = Territory(TERRITORY.cep_ranges, frozenset({Link.RESIDENCE}), "Lei municipal")
    await registrations.submit(
        case.id, viewer_of(user), CONFLICT, territory=strict, relation_here=True, now=NOW
    )
    await case.refresh_from_db()
    assert (case.outside_territory, case.relation_here) == (True, None)


async def test_a_draft_is_nobody_elses() -> None:
    case, _ = await ready()
    for role in (Role.CONSUMER, Role.ATTENDANT, Role.COORDINATOR):
        viewer = viewer_of(await make_user(role))
        with pytest.raises(NotFound):
            await registrations.sheet(case.id, viewer)
        with pytest.raises(NotFound):
            await registrations.submit(case.id, viewer, CONFLICT, territory=TERRITORY, now=NOW)


async def test_the_form_shows_the_account_the_uploads_and_the_draft() -> None:
    case, user = await ready()
    viewer = viewer_of(user)
    await drafts.save(case.id, "registration", viewer, {"conflict": "Comprei"}, 0, NOW)

    sheet = await registrations.sheet(case.id, viewer)

    assert (sheet.name, sheet.cep) == (user.name, "88801500")
    assert [file.filename for file in sheet.of_kind("residence")] == ["residence.pdf"]
    assert (sheet.draft.revision, sheet.draft.values) == (1, {"conflict": "Comprei"})


async def test_what_the_triage_asked_for_is_supplied_with_words_or_files() -> None:
    user = await make_user()
    viewer = viewer_of(user)
    case = await make_case(State.WAITING_CONSUMER, user, due_on=date(2026, 12, 3))

    with pytest.raises(Invalid) as caught:
        await registrations.supply(case.id, viewer, " ", now=NOW)
    assert caught.value.fields == {"text": "nothing_supplied"}

    upload = await make_upload(case, user, DocumentKind.RESIDENCE)
    assert [file.id for file in (await registrations.supplement(case.id, viewer)).files] == [upload.id]
    await registrations.supply(case.id, viewer, "Mudei em outubro.", now=NOW)

    await case.refresh_from_db()
    assert (case.state, case.due_on) == (State.IN_TRIAGE, None)
    event = await CaseEvent.get(case_id=case.id)
    assert event.name == "documents_supplied"
    assert event.facts["text"] == "Mudei em outubro."
    assert event.facts["documents"] == [str(upload.id)]
    with pytest.raises(Refused):
        await registrations.supplement(case.id, viewer)


async def test_a_registration_that_was_never_sent_can_be_thrown_away(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files", bytes(32))
    user = await make_user()
    viewer = viewer_of(user)
    case = await make_case(State.DRAFT, user)
    key = await storage.put(b"%PDF-")
    await make_upload(case, user, DocumentKind.IDENTITY, storage_key=key)
    await drafts.save(case.id, "registration", viewer, {"conflict": "Comprei"}, 0, NOW)
    sent = await make_case(State.SUBMITTED, user)

    await registrations.discard(case.id, viewer, storage=storage)

    assert not await Case.filter(id=case.id).exists()
    with pytest.raises(Damaged):
        await storage.size(key)
    with pytest.raises(Refused):
        await registrations.discard(sent.id, viewer, storage=storage)
