"""Guests of one hearing: invited by the mediator, in by their link, and strangers to the rest of the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.services import (
    casefile,
    chat,
    clauses,
    exhibits,
    guests,
    hearing_reminders,
    identification,
    invitations,
    letters,
    room_view,
    rooms,
    scheduling,
    seat_links,
    seats,
    sessions,
)
from app.services.guests import Invitation
from app.services.invitations import Invite
from models import Hearing, Job, Seat, User
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import INVITED, HearingState, SeatRole, SeatState
from models.rules.people import Role, Side, Viewer
from models.rules.recording import RecordingPolicy
from models.rules.room_controls import Control
from tests.factories.hearings import REFUND, Table, make_table
from tests.factories.people import NOW

pytestmark = pytest.mark.usefixtures("database")

WORDS = Invite(
    "Procon de Criciúma", "procon@example", ZoneInfo("America/Sao_Paulo"), "https://procon.example"
)
NOT_RECORDED = RecordingPolicy(enabled=False, roles=frozenset(), keep_days=1, free_bytes=0, source="")
LIBRAS = Invitation("Célia Prado", "celia@libras.example", SeatRole.INTERPRETER)


@dataclass
class Guest:
    """Somebody invited, come by their link."""

    seat: int
    viewer: Viewer


async def link_sent() -> str:
    """The token in the newest letter to a guest."""
    jobs = await Job.filter(kind=letters.KIND).order_by("-id")
    paths = [job.payload["path"] for job in jobs if "/audiencias/entrada/" in job.payload["path"]]
    return str(paths[0]).rpartition("/")[2]


async def come(table: Table, invitation: Invitation = LIBRAS) -> Guest:
    """Invite somebody, and use their link."""
    seat = await guests.invite(table.id, table.mediator, invitation, WORDS, now=NOW)
    link = await seat_links.use(await link_sent(), now=NOW)
    token = await sessions.start(link.user_id, now=NOW, address="", device="")
    viewer = await sessions.viewer_of(token, NOW)
    assert viewer is not None
    return Guest(seat, viewer)


async def seen(table: Table, viewer: Viewer) -> room_view.RoomView:
    """The room as somebody sees it."""
    return await room_view.view(table.id, viewer, opens_minutes=30, recording=NOT_RECORDED, now=NOW)


async def test_a_guest_waits_is_let_in_and_has_no_part_in_the_agreement() -> None:
    table = await (await make_table()).agreed()
    await table.write("Presentes as partes.")
    guest = await come(table)
    assert (guest.viewer.role, guest.viewer.name) == (Role.GUEST, "Célia Prado")

    await table.come(guest.viewer)
    before = await seen(table, guest.viewer)
    assert (before.me.state, before.me.role) == (SeatState.AVAILABLE, SeatRole.INTERPRETER)
    assert (before.clauses, before.messages, before.reads) == ((), (), False)
    with pytest.raises(Refused, match="not_admitted"):
        await chat.say(table.id, guest.viewer, "Bom dia.", now=NOW)

    await seats.admit(table.id, table.mediator, guest.seat, now=NOW)
    after = await seen(table, guest.viewer)
    assert after.me.state is SeatState.IN_HEARING
    assert [len(after.clauses), after.clauses[0].can_accept, after.clauses[0].can_withdraw] == [
        1,
        False,
        False,
    ]
    assert not after.controls & {Control.PROPOSE, Control.SIGN, Control.CALL}
    await chat.say(table.id, guest.viewer, "Estou interpretando.", now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await clauses.accept(table.id, guest.viewer, after.clauses[0].id, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await clauses.propose(table.id, guest.viewer, REFUND, today=NOW.date(), now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await seats.admit(table.id, guest.viewer, None, now=NOW)
    with pytest.raises(Refused, match="not_yours"):
        await exhibits.put_away(table.id, guest.viewer, now=NOW)


async def test_nothing_else_of_the_case_exists_for_a_guest() -> None:
    table, other = await make_table(), await make_table()
    guest = await come(table)
    with pytest.raises(NotFound):
        await casefile.view(table.case.id, guest.viewer)
    with pytest.raises(NotFound):
        await seen(other, guest.viewer)
    with pytest.raises(NotFound):
        await other.come(guest.viewer)
    assert (await rooms.following(table.case.id, guest.viewer))[1] is Side.GUEST
    with pytest.raises(NotFound):
        await rooms.following(other.case.id, guest.viewer)

    await scheduling.cancel(table.id, table.mediator, "Falta de luz.", now=NOW, invite=WORDS)
    with pytest.raises(NotFound):
        await rooms.following(table.case.id, guest.viewer)
    assert (await seen(table, guest.viewer)).sealed is None
    assert await guests.of_person(guest.viewer) == []
    told = [job.payload for job in await Job.filter(kind=letters.KIND) if job.payload["to"] == LIBRAS.email]
    assert [(one["path"], "Falta de luz" in str(one)) for one in told][-1] == ("", False)


async def test_an_invitation_is_to_an_address_and_can_be_sent_again_by_both() -> None:
    table = await make_table()
    seat = await guests.invite(table.id, table.mediator, LIBRAS, WORDS, now=NOW)
    with pytest.raises(Conflict, match="guest_invited"):
        await guests.invite(table.id, table.mediator, LIBRAS, WORDS, now=NOW)
    first = await link_sent()
    link = await seat_links.use(first, now=NOW)
    assert await User.filter(id=link.user_id, email__endswith=".invalid").exists()
    with pytest.raises(Refused, match="link_over"):
        await seat_links.use(first, now=NOW)

    await guests.ask_again(first, WORDS, now=NOW)
    second = await link_sent()
    assert (await seat_links.use(second, now=NOW)).user_id == link.user_id
    await guests.send_again(table.id, table.mediator, seat, WORDS, now=NOW)
    assert await link_sent() not in (first, second)
    to = {job.payload["to"] for job in await Job.filter(kind=letters.KIND)}
    assert to == {LIBRAS.email}
    with pytest.raises(Refused, match="link_over"):
        await guests.ask_again(first, WORDS, now=NOW + timedelta(days=2))
    listed = await guests.of_person(Viewer(link.user_id, Role.GUEST, "", ""))
    assert [(one.hearing_id, one.state) for one in listed] == [(table.id, HearingState.NOT_STARTED)]


async def test_a_guest_is_told_of_changes_and_nothing_of_the_case() -> None:
    table = await make_table()
    await guests.invite(table.id, table.mediator, LIBRAS, WORDS, now=NOW)
    hearing = await Hearing.get(id=table.id).select_related("case")
    why = "O consumidor está doente."
    earlier = hearing.starts_at - timedelta(days=1)
    await invitations.moved(hearing.case, hearing, earlier, why, now=NOW, invite=WORDS)
    hearing.invitation += 1
    await invitations.cancelled(hearing.case, hearing, why, now=NOW, invite=WORDS)
    payload = {"hearing": table.id, "starts_at": hearing.starts_at.timestamp(), "moment": "30min"}
    await hearing_reminders.remind(payload, now=hearing.starts_at - timedelta(minutes=30), invite=WORDS)

    sent = [job.payload for job in await Job.filter(kind=letters.KIND).order_by("id")]
    mine = [letter for letter in sent if letter["to"] == LIBRAS.email]
    assert [bool(letter["path"]) for letter in mine] == [True, True, False, True]
    told = " ".join(" ".join((letter["subject"], *letter["paragraphs"])) for letter in mine)
    assert "passou para" in told
    assert "foi cancelada" in told
    assert "Lembrete" in told
    for private in (why, str(hearing.case.protocol), (await User.get(id=table.consumer.user_id)).name):
        assert private not in told
    assert any(why in " ".join(letter["paragraphs"]) for letter in sent)


async def test_an_invitation_is_taken_back_before_they_come_and_not_after() -> None:
    table = await make_table()
    seat = await guests.invite(table.id, table.mediator, LIBRAS, WORDS, now=NOW)
    token = await link_sent()
    await guests.withdraw(table.id, table.mediator, seat, now=NOW)
    with pytest.raises(NotFound):
        await seat_links.use(token, now=NOW)

    guest = await come(table)
    await table.come(guest.viewer)
    with pytest.raises(Refused, match="guest_entered"):
        await guests.withdraw(table.id, table.mediator, guest.seat, now=NOW)
    consumer = await table.seat(table.consumer)
    with pytest.raises(NotFound):
        await guests.withdraw(table.id, table.mediator, consumer.id, now=NOW)
    papers = await identification.papers(await seen(table, table.mediator), table.mediator)
    assert papers[guest.seat].email == LIBRAS.email
    await identification.mark(table.id, table.mediator, guest.seat, identified=True, now=NOW)


@pytest.mark.parametrize(
    ("name", "email", "role", "wrong"),
    [
        ("C", "celia@libras.example", SeatRole.WITNESS, {"name"}),
        ("Célia Prado", "celia", SeatRole.WITNESS, {"email"}),
        ("Célia Prado", "celia@libras.example", SeatRole.MEDIATOR, {"role"}),
        ("Célia Prado", "celia@libras.example", SeatRole.CONSUMER, {"role"}),
    ],
)
async def test_what_cannot_be_invited(name: str, email: str, role: SeatRole, wrong: set[str]) -> None:
    table = await make_table()
    with pytest.raises(Invalid) as refused:
        await guests.invite(table.id, table.mediator, Invitation(name, email, role), WORDS, now=NOW)
    assert set(refused.value.fields) == wrong


async def test_only_the_mediator_invites_and_so_many_at_most() -> None:
    table = await make_table()
    with pytest.raises(Refused, match="not_yours"):
        await guests.invite(table.id, table.consumer, LIBRAS, WORDS, now=NOW)
    for place, role in enumerate(INVITED):
        wanted = Invitation("Célia Prado", f"celia{place}@libras.example", role)
        await guests.invite(table.id, table.mediator, wanted, WORDS, now=NOW)
    with pytest.raises(Refused, match="too_many_guests"):
        await guests.invite(table.id, table.mediator, LIBRAS, WORDS, now=NOW)
    assert await Seat.filter(hearing_id=table.id, muted=True).values_list("role", flat=True) == ["observer"]
