"""A document of the case, open for everybody in the hearing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.services import exhibits
from models import CaseEvent, Document, DocumentAccess, DocumentKind
from models.rules.errors import NotFound, Refused
from models.rules.hearing import SeatRole
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")

ALL = "consumer,company,staff"


async def document(table: Table, sides: str = ALL, *, attached: bool = True, case: int | None = None) -> UUID:
    """Three pages of the consumer's."""
    made = await Document.create(
        id=uuid4(),
        case_id=case or table.case.id,
        owner_id=table.consumer.user_id,
        kind=DocumentKind.EXHIBIT,
        sides=sides,
        filename="nota.pdf",
        media_type="application/pdf",
        size=1000,
        pages=3,
        sha256="0" * 64,
        storage_key=str(uuid4()),
        at=NOW,
        attached_at=NOW if attached else None,
    )
    return UUID(str(made.id))


async def test_everybody_is_at_the_same_page_and_the_record_says_which() -> None:
    table = await (await make_table()).in_session()
    shown = await document(table)

    await exhibits.show(table.id, table.agent, shown, now=NOW)
    await exhibits.turn(table.id, table.mediator, 3, now=NOW)
    await exhibits.turn(table.id, table.mediator, 3, now=NOW)

    seen = await exhibits.seen(await table.now(), SeatRole.CONSUMER, admitted=True)
    assert seen == exhibits.Exhibit(shown, "nota.pdf", 3, 3, turns=True)
    assert await exhibits.seen(await table.now(), SeatRole.CONSUMER, admitted=False) is None
    guest = await exhibits.seen(await table.now(), SeatRole.INTERPRETER, admitted=True)
    assert guest is not None
    assert not guest.turns
    await exhibits.put_away(table.id, table.consumer, now=NOW)
    assert await exhibits.seen(await table.now(), SeatRole.CONSUMER, admitted=True) is None
    told = await CaseEvent.filter(case_id=table.case.id, name__startswith="exhibit_").order_by("seq")
    assert [(event.name, event.facts.get("page")) for event in told] == [
        ("exhibit_shown", 1),
        ("exhibit_turned", 3),
        ("exhibit_put_away", None),
    ]
    assert {event.facts["document"] for event in told} == {str(shown)}


async def test_showing_discloses_nothing() -> None:
    table = await (await make_table()).in_session()
    other = await make_table()
    private = await document(table, "consumer,staff")
    draft = await document(table, attached=False)
    elsewhere = await document(table, case=other.case.id)

    for viewer in (table.mediator, table.consumer):
        with pytest.raises(Refused, match="exhibit_private"):
            await exhibits.show(table.id, viewer, private, now=NOW)
    for unknown in (draft, elsewhere, uuid4()):
        with pytest.raises(NotFound):
            await exhibits.show(table.id, table.mediator, unknown, now=NOW)
    open_to_all = await document(table)
    listed = await exhibits.showable(await table.now(), SeatRole.MEDIATOR, admitted=True)
    assert [one.document for one in listed] == [open_to_all]


async def test_pages_are_for_people_in_the_room_and_only_of_the_open_document() -> None:
    outside = await make_table()
    await outside.come(outside.consumer)
    with pytest.raises(Refused, match="not_admitted"):
        await exhibits.show(outside.id, outside.consumer, await document(outside), now=NOW)
    table = await (await make_table()).in_session()
    shown, other = await document(table), await document(table)
    with pytest.raises(Refused, match="no_exhibit"):
        await exhibits.turn(table.id, table.mediator, 2, now=NOW)
    await exhibits.show(table.id, table.mediator, shown, now=NOW)

    for page in (0, 4):
        with pytest.raises(NotFound):
            await exhibits.turn(table.id, table.mediator, page, now=NOW)
    file = await exhibits.page_of(table.id, table.agent, shown, address="203.0.113.9", now=NOW)
    assert file.pages == 3
    assert await DocumentAccess.filter(document_id=shown, user_id=table.agent.user_id).count() == 1
    stranger = await make_table()
    for viewer, wanted in ((table.agent, other), (stranger.agent, shown)):
        with pytest.raises(NotFound):
            await exhibits.page_of(table.id, viewer, wanted, address="", now=NOW)
