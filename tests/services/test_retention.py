"""Personal papers go when their time is over: the bytes and nothing else, and the record says so."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from app.adapters.clock import FakeClock
from app.adapters.storage import Damaged
from app.db import transaction
from app.jobs import rounds
from app.parts import Parts
from app.services import casefile, documents
from models import Case, CaseEvent, Document, DocumentKind, User
from models.rules.case_machine import State
from models.rules.chain import first_broken
from models.rules.errors import Refused
from models.rules.evidence import bound
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.test_registrations import make_upload

pytestmark = pytest.mark.usefixtures("database")
PAPERS = (DocumentKind.RESIDENCE, DocumentKind.IDENTITY, DocumentKind.EXHIBIT)


async def decided(parts: Parts, event: str, state: State) -> tuple[Case, User]:
    """A case with three papers whose registration was decided now; the decision's event closed it or not."""
    user = await make_user()
    case = await make_case(State.SUBMITTED, user)
    for kind in PAPERS:
        data = f"{kind} de {user.name} {case.id}".encode()
        paper = await make_upload(
            case,
            user,
            kind,
            attached_at=NOW,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            storage_key=await parts.storage.put(data),
        )
        async with transaction():
            file = await casefile.opened(case.id, None)
            await casefile.record(file, "documents_supplied", now=NOW, facts=bound({paper.id: paper.sha256}))
    async with transaction():
        file = await casefile.opened(case.id, None)
        await casefile.record(file, event, now=NOW, to=state)
    return case, user


async def there(parts: Parts, case: Case) -> dict[DocumentKind, bool]:
    """Whose bytes can still be read."""
    found = {}
    for paper in await Document.filter(case_id=case.id):
        try:
            await parts.storage.size(paper.storage_key or "0" * 32)
            found[paper.kind] = True
        except Damaged:
            found[paper.kind] = False
    return found


async def test_a_proof_of_residence_goes_after_the_triage_and_an_identity_after_the_case(
    fake_parts: Parts,
) -> None:
    accepted, citizen = await decided(fake_parts, "registration_accepted", State.ACCEPTED)
    reviewed, _ = await decided(fake_parts, "registration_refused", State.SUBMITTED)
    closed, _ = await decided(fake_parts, "registration_refused", State.REFUSED)
    await Case.filter(id=closed.id).update(closed_at=NOW)
    whole = dict.fromkeys(PAPERS, True)

    async def after(days: int) -> list[dict[DocumentKind, bool]]:
        parts = replace(fake_parts, clock=FakeClock(NOW + timedelta(days=days)))
        for _ in range(2):
            await rounds.erase_papers(parts)
        return [await there(parts, case) for case in (accepted, reviewed, closed)]

    kept = fake_parts.profile.retention
    assert await after(kept["residence"].days) == [whole] * 3, "the last day still counts"
    gone = whole | {DocumentKind.RESIDENCE: False}
    assert await after(kept["residence"].days + 1) == [gone, whole, gone], "a review is not decided yet"
    nothing = gone | {DocumentKind.IDENTITY: False}
    assert await after(kept["identity"].days + 1) == [gone, whole, nothing], "the first case is not over"

    paper = await Document.get(case_id=accepted.id, kind=DocumentKind.RESIDENCE)
    assert (paper.storage_key, paper.erased_under) == ("", kept["residence"].source)
    (event,) = await CaseEvent.filter(case_id=accepted.id, name="document_erased")
    assert event.facts["document"] == str(paper.id)
    assert event.facts["source"] == kept["residence"].source
    assert first_broken(await casefile.chain(accepted.id)) is None
    supplied = await CaseEvent.filter(case_id=accepted.id, name="documents_supplied").first()
    assert supplied is not None
    assert supplied.facts["files"] == {str(paper.id): paper.sha256}, "what came in can still be told"
    with pytest.raises(Refused, match="document_erased"):
        await documents.opened(paper.id, viewer_of(citizen), address="", now=NOW)


async def test_a_deletion_that_was_cut_off_is_finished(fake_parts: Parts) -> None:
    case, _ = await decided(fake_parts, "registration_accepted", State.ACCEPTED)
    paper = await Document.get(case_id=case.id, kind=DocumentKind.RESIDENCE)
    await Document.filter(id=paper.id).update(erased_at=NOW, erased_under="regra")
    await rounds.erase_papers(fake_parts)
    assert await there(fake_parts, case) == dict.fromkeys(PAPERS, True) | {DocumentKind.RESIDENCE: False}
    assert not await CaseEvent.filter(name="document_erased").exists(), "it was said already"
