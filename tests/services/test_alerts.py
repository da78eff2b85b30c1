"""Tasks in rows: raised once, taken by one, resolved, never lost; and help with its chat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import alerts, assistance, centre, conduct, seats
from models import Alert, CaseEvent, HelpMessage, Recording, RecordingState, Seat
from models.rules.alerts import AlertKind, Resolution
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.hearing import Conduct, Outcome
from models.rules.people import Role, Viewer
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(minutes=20)
DAY = (NOW - timedelta(hours=12), NOW + timedelta(hours=12))


@pytest.fixture
async def table(database: str) -> Table:
    """A hearing in session."""
    return await (await make_table()).in_session()


async def staff(role: Role = Role.ATTENDANT) -> Viewer:
    """Somebody of the agency."""
    return viewer_of(await make_user(role))


async def drop(table: Table, who: Viewer) -> None:
    """Somebody's line is lost, and the hearing is looked at."""
    seat = await table.seat(who)
    await seats.leave(seat.id, seat.generation, now=LATER)
    await alerts.review(table.id, now=LATER)


async def the_one(kind: AlertKind) -> Alert:
    """The newest task of a kind."""
    found = await Alert.filter(kind=kind).order_by("-id").first()
    assert found is not None
    return found


async def test_who_drops_is_a_task_once_and_coming_back_ends_it(table: Table) -> None:
    await drop(table, table.consumer)
    assert not await alerts.review(table.id, now=LATER)
    assert not await alerts.review_all(now=LATER)  # also what a restarted server does

    (seen,) = (await centre.view(await staff(), *DAY)).open
    assert (seen.kind, seen.person, seen.taken_by) == (AlertKind.DISCONNECTED, "Ana Souza", "")

    await table.come(table.consumer, LATER)
    assert await alerts.review(table.id, now=LATER)
    alert = await the_one(AlertKind.DISCONNECTED)
    assert (alert.resolution, alert.resolved_by_id, alert.standing) == (Resolution.CLEARED, None, None)
    names = await CaseEvent.filter(name__startswith="alert_").order_by("seq").values_list("name", flat=True)
    assert names == ["alert_raised", "alert_resolved"]


async def test_a_task_is_taken_by_one_and_resolved_with_a_word(table: Table) -> None:
    await drop(table, table.consumer)
    alert = await the_one(AlertKind.DISCONNECTED)
    one, other = await staff(), await staff(Role.COORDINATOR)
    await alerts.take(alert.id, one, now=LATER)
    with pytest.raises(Conflict, match="alert_taken"):
        await alerts.take(alert.id, other, now=LATER)
    await alerts.take(alert.id, other, anyway=True, now=LATER)
    with pytest.raises(Invalid):
        await alerts.resolve(alert.id, other, "x" * 301, now=LATER)
    await alerts.resolve(alert.id, other, " Liguei: volta pelo celular. ", now=LATER)
    with pytest.raises(Refused, match="alert_resolved"):
        await alerts.take(alert.id, one, now=LATER)

    view = await centre.view(other, *DAY)
    (ended,) = view.ended
    assert view.open == ()
    assert (ended.note, ended.resolved_by, ended.taken_by) == (
        "Liguei: volta pelo celular.",
        other.name,
        other.name,
    )
    assert not await alerts.review(table.id, now=LATER)  # still away: no second task
    await table.come(table.consumer, LATER)
    await alerts.review(table.id, now=LATER)
    await drop(table, table.consumer)
    assert (await the_one(AlertKind.DISCONNECTED)).id != alert.id


async def test_whose_tasks_they_are(table: Table) -> None:
    await drop(table, table.consumer)
    alert = await the_one(AlertKind.DISCONNECTED)
    stranger, auditor = await staff(Role.MEDIATOR), await staff(Role.AUDITOR)
    for viewer, seen in ((table.mediator, 1), (stranger, 0), (auditor, 1), (await staff(), 1)):
        assert len((await centre.view(viewer, *DAY)).open) == seen
        assert len(await centre.watchable([table.id, 999_999], viewer)) == seen
    for viewer in (stranger, auditor, table.consumer):
        with pytest.raises(NotFound):
            await alerts.take(alert.id, viewer, now=LATER)
    for viewer in (table.consumer, await staff(Role.LEGAL)):
        with pytest.raises(Refused, match="not_for_role"):
            await centre.view(viewer, *DAY)


async def test_silence_suspension_and_recording_are_tasks_that_end_by_themselves(table: Table) -> None:
    seat = await table.seat(table.agent)
    assert await alerts.noted(seat.id, silent=True, now=LATER)
    assert not await alerts.noted(seat.id, silent=True, now=LATER)
    await conduct.take(table.id, table.mediator, Conduct.SUSPEND, HOUSE, now=LATER)
    recording = await Recording.create(
        id="00000000-0000-0000-0000-000000000001",
        hearing_id=table.id,
        state=RecordingState.PAUSED,
        started_by_id=table.mediator.user_id,
        started_at=NOW,
        folder="f",
        key=b"",
        failure="disk_full",
    )
    await alerts.review(table.id, now=LATER)
    open_now = {(alert.kind, alert.seat) for alert in (await centre.view(table.mediator, *DAY)).open}
    # A suspended hearing is silent for everybody: what is wrong is the suspension.
    assert open_now == {(AlertKind.SUSPENDED, None), (AlertKind.RECORDING_FAILED, None)}
    counts = await alerts.open_counts()
    assert counts[AlertKind.SUSPENDED, False] == 1
    assert counts[AlertKind.SUSPENDED, True] == 0

    await conduct.take(table.id, table.mediator, Conduct.RESUME, HOUSE, now=LATER)
    await Recording.filter(id=recording.id).update(failure="")
    await alerts.review(table.id, now=LATER)
    (left,) = (await centre.view(table.mediator, *DAY)).open
    assert (left.kind, left.seat) == (AlertKind.MEDIA_BLOCKED, seat.id)
    await alerts.noted(seat.id, silent=False, now=LATER)
    assert (await centre.view(table.mediator, *DAY)).open == ()


async def test_devices_that_could_not_be_opened_are_a_task_until_they_are() -> None:
    table = await make_table()
    await table.come(table.consumer)
    await seats.opened_devices(table.id, table.consumer, camera="failed", microphone="failed", now=NOW)
    await alerts.review(table.id, now=NOW)
    assert (await the_one(AlertKind.MEDIA_BLOCKED)).resolved_at is None
    await seats.opened_devices(table.id, table.consumer, camera="skipped", microphone="ok", now=NOW)
    await alerts.review(table.id, now=NOW)
    assert (await the_one(AlertKind.MEDIA_BLOCKED)).resolved_at is None  # the camera is still blocked
    await seats.opened_devices(table.id, table.consumer, camera="ok", microphone="ok", now=NOW)
    await alerts.review(table.id, now=NOW)
    assert (await the_one(AlertKind.MEDIA_BLOCKED)).resolution is Resolution.CLEARED
    assert (await table.seat(table.consumer)).device_check["speaker"] == "skipped"


async def test_help_is_asked_once_answered_and_ended() -> None:
    table = await make_table()
    ana, helper = table.consumer, await staff()
    await assistance.ask(table.id, ana, now=NOW)  # nobody has entered yet
    await assistance.ask(table.id, ana, "Não ouço nada.", now=NOW)
    seat = await table.seat(ana)
    await assistance.answer(seat.id, helper, "Toque em Restaurar o som.", now=NOW)

    (task,) = (await centre.view(helper, *DAY)).open
    assert (task.kind, task.mine) == (AlertKind.HELP_ASKED, True)  # who answers has taken it
    seen = await assistance.seen(table.id, ana)
    assert seen.taken
    assert [(line.ours, line.mine, line.text) for line in seen.lines] == [
        (False, True, "Não ouço nada."),
        (True, False, "Toque em Restaurar o som."),
    ]
    events = CaseEvent.filter(name__startswith="help_").order_by("seq")
    assert await events.values_list("name", "sides") == [
        ("help_asked", "consumer,staff"),
        ("help_said", "consumer,staff"),
        ("help_said", "consumer,staff"),
    ]
    assert all("ouço" not in str(event.facts) for event in await events)  # no word of it is in the record

    await assistance.withdraw(table.id, ana, now=NOW)
    assert (await the_one(AlertKind.HELP_ASKED)).resolution is Resolution.WITHDRAWN
    await assistance.ask(table.id, ana, "De novo.", now=NOW)
    assert await Alert.filter(kind=AlertKind.HELP_ASKED).count() == 2


async def test_help_ends_with_the_hearing_and_its_words_are_erased_in_time(table: Table) -> None:
    await assistance.ask(table.id, table.agent, "Onde assino?", now=NOW)
    seat = await table.seat(table.agent)
    for who in (await staff(Role.AUDITOR), await staff(Role.MEDIATOR)):
        with pytest.raises(NotFound):
            await assistance.answer(seat.id, who, "Oi", now=NOW)
    with pytest.raises(Invalid):
        await assistance.answer(seat.id, table.mediator, "  ", now=NOW)
    await conduct_to_the_end(table)
    await alerts.review(table.id, now=LATER)
    assert (await the_one(AlertKind.HELP_ASKED)).resolution is Resolution.OVER
    with pytest.raises(Refused, match="hearing_over"):
        await assistance.answer(seat.id, table.mediator, "Tarde", now=LATER)

    assert await assistance.forget(NOW) == 0
    assert await assistance.forget(NOW + timedelta(seconds=1)) == 1
    assert not await HelpMessage.exists()
    assert await alerts.forget(LATER) == 0
    assert await alerts.forget(LATER + timedelta(seconds=1)) == 1


async def conduct_to_the_end(table: Table) -> None:
    """The hearing is closed as it stands."""
    await (
        type(table.hearing)
        .filter(id=table.id)
        .update(state="closed", outcome=Outcome.NO_AGREEMENT, closed_at=LATER)
    )


async def test_who_takes_the_seat_anew_is_measured_anew(table: Table) -> None:
    seat = await table.seat(table.agent)
    await alerts.noted(seat.id, silent=True, now=LATER)
    await table.come(table.agent, LATER, take_over=True)
    assert (await Seat.get(id=seat.id)).silent is None
