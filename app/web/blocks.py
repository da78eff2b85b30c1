"""A company's hearings in one block: the form that proposes and books it, and its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import blocks, diary
from app.services.blocks import Plan
from app.services.wording import hearing_state_label
from app.web.access import requires, viewer
from app.web.errors import sentence, status_of
from app.web.forms import choices, form
from app.web.parts import parts
from app.web.render import render
from app.web.scheduling import CONDUCT, hours, number, slot_key
from app.web.today import here, now, today, typed_day
from models.rules.errors import Invalid, Refused
from models.rules.people import STAFF as STAFF_ROLES
from models.rules.people import Role

blueprint = Blueprint("blocks", __name__)


@blueprint.get("/agenda/blocos")
@requires(*CONDUCT)
async def index() -> str:
    """The companies with several cases that wait for a hearing."""
    return render("scheduling/blocks.html", companies=await blocks.companies())


@blueprint.get("/agenda/blocos/<int:company_id>")
@requires(*CONDUCT)
async def choose(company_id: int) -> str:
    """Choose the cases and the company's person; shows the first run of free slots for them."""
    return await _form_page(company_id, {}, [], {})


@blueprint.post("/agenda/blocos/<int:company_id>")
@requires(*CONDUCT)
async def act(company_id: int) -> ResponseReturnValue:
    """Propose a run of slots for what was chosen, or book the one proposed."""
    typed, cases = await form(), [number(one) for one in await choices("cases")]
    if "start" not in typed:
        return await _form_page(company_id, typed, cases, {}, propose=True)
    try:
        block = await blocks.book(
            viewer(), _plan(company_id, typed, cases), now=now(), hours=await hours(), invite=parts().invite
        )
    except (Invalid, Refused) as error:
        return await _form_page(company_id, typed, cases, _errors(error), propose=True), status_of(error)
    return redirect(url_for(".show", block_id=block), 303)


@blueprint.get("/audiencias/blocos/<int:block_id>")
@requires(Role.COMPANY, *STAFF_ROLES)
async def show(block_id: int) -> str:
    """A block as one thing: when, who, and each hearing in it."""
    return render(
        "scheduling/block.html",
        block=await blocks.view(block_id, viewer()),
        state_label=hearing_state_label,
    )


def _plan(company_id: int, typed: Mapping[str, str], cases: list[int]) -> Plan:
    at, _tilde, mediator = typed["start"].partition("~")
    try:
        starts = datetime.fromisoformat(at).replace(tzinfo=here().tzinfo)
    except ValueError:
        raise Invalid({"start": "date_invalid"}) from None
    return Plan(company_id, number(typed.get("agent", "")), number(mediator), tuple(cases), starts)


def _errors(error: Invalid | Refused) -> dict[str, str]:
    if not isinstance(error, Invalid):
        return {"": sentence(error.code, error.facts)}
    where = f"{error.facts['protocol']}: " if "protocol" in error.facts else ""
    return {name: where + sentence(code, error.facts) for name, code in error.fields.items()}


async def _form_page(
    company_id: int,
    typed: Mapping[str, str],
    cases: list[int],
    errors: Mapping[str, str],
    *,
    propose: bool = False,
) -> str:
    rules = await hours()
    desk = await blocks.desk(company_id, today())
    mine = viewer().role is Role.MEDIATOR
    earliest = diary.earliest(today(), rules)
    found = dict(errors)
    if propose and not errors and not 2 <= len(cases) <= blocks.LARGEST:
        found["cases"] = sentence("block_size", {"most": blocks.LARGEST})
    if propose and number(typed.get("agent", "")) not in dict(desk.agents):
        found["agent"] = sentence("choice_missing")
    slots = []
    if propose and not {"cases", "agent"} & found.keys():
        wanted = typed_day(typed.get("first", ""))
        slots = await blocks.propose(
            company_id,
            number(typed.get("agent", "")),
            len(cases),
            mediator_id=viewer().user_id if mine else number(typed.get("mediator", "")) or None,
            first=max(wanted, earliest) if wanted else earliest,
            now=now(),
            hours=rules,
            invite=parts().invite,
        )
        if not slots and not found:
            found[""] = sentence("no_free_slots")
    values = {"first": earliest.isoformat(), "agent": str(desk.agents[0][0]) if desk.agents else "", **typed}
    return render(
        "scheduling/block_form.html",
        desk=desk,
        form={"values": {**values, "cases": [str(one) for one in cases]}, "errors": found},
        options=[(str(one.id), f"{one.consumer} ({one.protocol})") for one in desk.cases],
        slots=slots,
        chosen=[next((one for one in desk.cases if one.id == case), None) for case in cases],
        mediators=[] if mine else await diary.mediators(),
        slot_key=slot_key,
        earliest=earliest,
        minutes=rules.minutes,
    )
