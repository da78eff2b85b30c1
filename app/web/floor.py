"""Whose turn it is in a hearing: hands, the word, the spotlight, and silence for all."""

from __future__ import annotations

from quart import Blueprint
from quart.typing import ResponseReturnValue

from app.services import floor, seats
from app.web.access import SIGNED_IN, requires, viewer
from app.web.room_answer import done
from app.web.today import now
from models.rules.people import Role

blueprint = Blueprint("floor", __name__)

_HEARING = "/audiencias/<int:hearing_id>"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post(f"{_HEARING}/mao/levantar")
@requires(SIGNED_IN)
async def raise_hand(hearing_id: int) -> ResponseReturnValue:
    """Ask for the word."""
    await floor.hand(hearing_id, viewer(), raised=True, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/mao/baixar")
@requires(SIGNED_IN)
async def lower_hand(hearing_id: int) -> ResponseReturnValue:
    """Ask no more."""
    await floor.hand(hearing_id, viewer(), raised=False, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/mao")
@requires(*_CONDUCTS)
async def answer_hand(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Take somebody's hand as answered."""
    await floor.lower(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/palavra")
@requires(*_CONDUCTS)
async def give(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Give somebody the word."""
    await floor.give(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/palavra/devolver")
@requires(*_CONDUCTS)
async def take_back(hearing_id: int) -> ResponseReturnValue:
    """The word is everybody's again."""
    await floor.give(hearing_id, viewer(), None, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/destaque")
@requires(*_CONDUCTS)
async def spotlight(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Show somebody large to everybody."""
    await floor.spotlight(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/destaque/encerrar")
@requires(*_CONDUCTS)
async def end_spotlight(hearing_id: int) -> ResponseReturnValue:
    """All pictures are alike again."""
    await floor.spotlight(hearing_id, viewer(), None, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/silenciar")
@requires(*_CONDUCTS)
async def mute_all(hearing_id: int) -> ResponseReturnValue:
    """Silence all but the mediator and who has the word."""
    await seats.mute_all(hearing_id, viewer(), now=now())
    return done(hearing_id)
