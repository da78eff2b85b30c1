"""The ledger of a notice's service on the page of a case, and the check of who took a case over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import claims, deliveries, publication
from app.services.cases import CasePage
from app.services.claims import Verdict
from app.services.deliveries import Step
from app.services.delivery_words import CHANNELS, POWERS, STATUSES, TONES
from app.services.letterhead import letterhead
from app.web.access import requires, viewer
from app.web.cases import back, refused
from app.web.forms import form
from app.web.parts import parts
from app.web.today import now, term_rules, today, typed_day
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.errors import Invalid, Refused
from models.rules.people import Role, Side

blueprint = Blueprint("deliveries", __name__)

_CASEWORK = (Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR)
_CHECKERS = (*_CASEWORK, Role.LEGAL)


async def panel(page: CasePage) -> dict[str, Any]:
    """What the page of a case shows of its notice's service, and of who claims to speak for the company."""
    return {
        "ledger": await deliveries.of_case(page.case.id, parts().profile.channels),
        "publication": await _publication(page),
        "claims": await claims.open_claims(page.case.id, viewer(), page.side),
        "channel_words": {channel: _(words) for channel, words in CHANNELS.items()},
        "status_words": {status: _(words) for status, words in STATUSES.items()},
        "status_tones": TONES,
        "power_words": {power: _(words) for power, words in POWERS.items()},
    }


async def _publication(page: CasePage) -> tuple[str, ...]:
    """The text for the gazette, for staff alone."""
    if page.side is not Side.STAFF or page.notice is None:
        return ()
    return await publication.of_case(page.case.id, letterhead(parts().profile))


@blueprint.post("/casos/<int:case_id>/entregas")
@requires(*_CASEWORK)
async def begin(case_id: int) -> ResponseReturnValue:
    """Try to serve the notice by another means."""
    typed = await form()
    channel = next((one for one in Channel if one == typed.get("channel")), None)
    try:
        await deliveries.begin(case_id, viewer(), channel, typed.get("address", ""), today=today(), now=now())
    except Invalid as error:
        return await refused(case_id, "delivery", typed, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/entregas/<int:delivery_id>")
@requires(*_CASEWORK)
async def write_down(case_id: int, delivery_id: int) -> ResponseReturnValue:
    """Write down how far an attempt came, with its proof."""
    typed = await form()
    names = {name: f"{name}_{delivery_id}" for name in ("status", "on", "note", "tracking")}
    given = {name: typed.get(field, "") for name, field in names.items()}
    step = Step(
        status=next((one for one in DeliveryStatus if one == given["status"]), None),
        on=typed_day(given["on"]),
        note=given["note"],
        tracking=given["tracking"],
    )
    zone = parts().profile.agency.zone
    try:
        await deliveries.write_down(
            delivery_id, viewer(), step, zone=zone, rules=await term_rules("company_answer"), now=now()
        )
    except (Invalid, Refused) as error:
        return await refused(case_id, f"step{delivery_id}", typed, error, names)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/representacao")
@requires(Role.COMPANY)
async def prove(case_id: int) -> ResponseReturnValue:
    """Hand in the proof of representation."""
    try:
        await claims.prove(case_id, viewer(), now=now())
    except Invalid as error:
        return await refused(case_id, "power", {}, error)
    return back(case_id)


@blueprint.post("/casos/<int:case_id>/representacao/<int:claim_id>")
@requires(*_CHECKERS)
async def decide(case_id: int, claim_id: int) -> ResponseReturnValue:
    """Accept or refuse who took the case over."""
    typed = await form()
    try:
        await claims.decide(claim_id, viewer(), _verdict(typed), today=today(), now=now())
    except (Invalid, Refused) as error:
        return await refused(case_id, f"claim{claim_id}", typed, error, {"reason": "claim_reason"})
    return back(case_id)


def _verdict(typed: Mapping[str, str]) -> Verdict:
    until = typed.get("valid_until", "")
    if until and typed_day(until) is None:
        raise Invalid({"valid_until": "date_invalid"})
    return Verdict(
        accept=typed.get("verdict") == "accept",
        may_settle=bool(typed.get("may_settle")),
        valid_until=typed_day(until),
        reason=typed.get("claim_reason", ""),
    )
