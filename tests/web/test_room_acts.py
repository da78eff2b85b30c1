"""Every act of the hearing room, sent by who may and by who may not (``models.rules.room_acts``)."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from app.factory import Application
from app.services import sessions
from app.web import access, csrf
from models import Hearing, Seat
from models.rules.hearing import Conduct, HearingState, SeatRole
from models.rules.people import Role, Viewer
from models.rules.recording import Take
from models.rules.room_acts import Asks, refusal
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.walks.test_changes import BODIES as WALKED
from tests.web.browser import ORIGIN, Browser

PLACE = """
    hearings.device_tested hearing_door.refuse_rules hearing_acts.agree
    assistance.ask assistance.withdraw assistance.devices
"""
INSIDE = """
    hearing_acts.say clauses.propose clauses.revise clauses.accept clauses.withdraw clauses.preview
    hearing_minutes.remark sealed_zone.give
    hearing_acts.ask_code hearing_acts.sign floor.raise_hand floor.lower_hand participation.choose
    consultations.call consultations.accept consultations.decline consultations.leave consultations.end
    exhibits.show exhibits.turn exhibits.put_away
"""
CONDUCT = """
    hearing_acts.take countdown.begin countdown.cancel hearing_acts.close hearing_acts.record
    hearing_acts.admit_all hearing_acts.admit
    hearing_acts.send_back hearing_acts.mute hearing_acts.unmute hearing_acts.freeze
    hearing_minutes.write hearing_minutes.change hearing_minutes.remove hearing_minutes.apply
    hearing_minutes.answer sealed_zone.begin sealed_zone.end
    hearing_acts.reopen hearing_door.identify hearing_door.doubt floor.answer_hand floor.give
    floor.take_back floor.spotlight floor.end_spotlight floor.mute_all participation.release
    participation.restore captions.begin captions.end guests.add guests.send_again guests.withdraw
"""
ASKED = {
    **dict.fromkeys(PLACE.split(), Asks.PLACE),
    **dict.fromkeys(INSIDE.split(), Asks.INSIDE),
    **dict.fromkeys(CONDUCT.split(), Asks.CONDUCT),
}
BODIES = WALKED | {
    "hearing_minutes.change": {"json": {"revision": 0, "text": "Aberta a audiência."}},
    "hearing_minutes.remove": {"form": {"revision": "1"}},
    "hearing_acts.freeze": {"form": {"outcome": "no_agreement"}},
    "exhibits.turn": {"form": {"page": "1"}},
    "guests.add": {"form": {"name": "Clara Intérprete", "email": "clara@exemplo.com", "role": "interpreter"}},
}
VALUES = {"document_id": "00000000-0000-0000-0000-000000000000"}
VERBS = {"hearing_acts.take": Conduct.OPEN, "hearing_acts.record": Take.START}
CODE_FIRST = {"hearing_acts.sign"}
"""It looks at the code before it looks at the person; asking for the code is refused as signing is."""
ELSEWHERE = {"scheduling.cancel", "scheduling.move", "presence.certify", "reschedule_requests.ask"}
"""Not done in the room, or after its end as well."""
AUTHORITY = {"hearing_over", "not_admitted"}


def room_acts(application: Application, table: Table) -> dict[str, tuple[str, str]]:
    """Method and address of each act of this hearing's room, by its endpoint."""
    adapter = application.quart.url_map.bind("localhost")
    found = {}
    for rule in application.quart.url_map.iter_rules():
        if "hearing_id" not in rule.arguments or rule.endpoint in ELSEWHERE:
            continue
        values = {name: VALUES.get(name, 1) for name in rule.arguments}
        values |= {"hearing_id": table.id, "act": VERBS.get(rule.endpoint, ""), "verdict": "deixar"}
        for method in sorted((rule.methods or set()) - csrf.SAFE):
            found[rule.endpoint] = method, adapter.build(rule.endpoint, values, method=method)
    return found


async def browser_of(application: Application, table: Table, viewer: Viewer) -> Browser:
    """Somebody's browser, with the room's page open."""
    browser = Browser(application.quart)
    token = await sessions.start(viewer.user_id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    await browser.get(f"/audiencias/{table.id}")
    return browser


def test_every_act_says_what_it_asks(application: Application, table: Table) -> None:
    missing = set(room_acts(application, table)) ^ set(ASKED)
    assert not missing, f"acts and their kinds, in this file: {missing}"


@pytest.fixture
async def table(application: Application) -> Table:
    """A hearing that begins now."""
    return await make_table(starts_at=START)


@pytest.mark.parametrize("state", [HearingState.NOT_STARTED, HearingState.IN_SESSION, HearingState.CLOSED])
@pytest.mark.parametrize("admitted", [True, False])
async def test_each_act_is_refused_as_the_rule_says(
    application: Application, table: Table, state: HearingState, admitted: bool
) -> None:
    wrong = []
    for viewer, role in ((table.consumer, SeatRole.CONSUMER), (table.mediator, SeatRole.MEDIATOR)):
        browser = await browser_of(application, table, viewer)
        for endpoint, (method, path) in room_acts(application, table).items():
            roles = access.permission_of(application.quart, endpoint)
            if endpoint in CODE_FIRST or (roles is not None and viewer.role not in roles):
                continue
            await Hearing.filter(id=table.id).update(state=state)
            await Seat.filter(hearing_id=table.id, user_id=viewer.user_id).update(admitted=admitted)
            headers = {"Origin": ORIGIN, csrf.HEADER: browser.token, "Accept": "application/json"}
            with capture_logs():
                answer = await browser.raw(method, path, headers=headers, **BODIES.get(endpoint, {}))
            said = ((await answer.get_json(silent=True)) or {}).get("error")
            expected = refusal(state, role, ASKED[endpoint], admitted=admitted)
            if (said != expected) if expected else (said in AUTHORITY or answer.status_code >= 500):
                wrong.append(f"{role} {endpoint}: {answer.status_code} {said}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_parties_are_kept_from_what_conducts_by_their_account_already(application: Application) -> None:
    for endpoint, asks in ASKED.items():
        if asks is Asks.CONDUCT:
            assert access.permission_of(application.quart, endpoint) == {Role.MEDIATOR, Role.COORDINATOR}
