"""What people do in the hearing room: each act is a POST of its scripts, answered by ``room_answer``."""

from __future__ import annotations

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from app.services import chat, clauses, conduct, minutes, recordings, seats, signatures
from app.services.clauses import Proposal
from app.services.recordings import Studio
from app.services.signatures import Evidence
from app.web.access import SIGNED_IN, requires, viewer
from app.web.errors import sentence
from app.web.forms import form
from app.web.limits import limit
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now, today, typed_day
from models.rules.agreement import ClauseKind
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.hearing import Audience, Conduct, Outcome, SeatRole
from models.rules.money import typed_cents
from models.rules.people import Role
from models.rules.recording import Answer, Take

blueprint = Blueprint("hearing_acts", __name__)

_HEARING = "/audiencias/<int:hearing_id>"
_CONDUCTS = (Role.MEDIATOR, Role.COORDINATOR)


@blueprint.post(f"{_HEARING}/conducao/<act>")
@requires(*_CONDUCTS)
async def take(hearing_id: int, act: str) -> ResponseReturnValue:
    """Open, pause, suspend or resume."""
    if act not in set(Conduct) - {Conduct.CLOSE}:
        raise NotFound
    await conduct.take(hearing_id, viewer(), Conduct(act), parts().house, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/encerrar")
@requires(*_CONDUCTS)
async def close(hearing_id: int) -> ResponseReturnValue:
    """End the hearing for good."""
    await conduct.close(hearing_id, viewer(), now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/gravacao/acordo")
@requires(Role.CONSUMER, Role.COMPANY, Role.GUEST)
async def agree(hearing_id: int) -> ResponseReturnValue:
    """Say whether one may be recorded; it may be said again, another way."""
    said = (await form()).get("answer", "")
    if said not in set(Answer):
        raise Invalid({"answer": "choice_missing"})
    await recordings.answer(hearing_id, viewer(), Answer(said), now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/gravacao/<act>")
@requires(*_CONDUCTS)
async def record(hearing_id: int, act: str) -> ResponseReturnValue:
    """Start, pause, resume or end the recording."""
    if act not in set(Take):
        raise NotFound
    studio = Studio(parts().profile.recording, parts().segments)
    await recordings.act(hearing_id, viewer(), Take(act), studio, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/admitir")
@requires(*_CONDUCTS)
async def admit_all(hearing_id: int) -> ResponseReturnValue:
    """Let in everybody who waits."""
    await seats.admit(hearing_id, viewer(), None, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/admitir")
@requires(*_CONDUCTS)
async def admit(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Let one person in."""
    await seats.admit(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/devolver")
@requires(*_CONDUCTS)
async def send_back(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Return one person to the waiting room."""
    await seats.send_back(hearing_id, viewer(), seat_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/silenciar")
@requires(*_CONDUCTS)
async def mute(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Silence one person for all."""
    await seats.mute(hearing_id, viewer(), seat_id, muted=True, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/lugares/<int:seat_id>/liberar")
@requires(*_CONDUCTS)
async def unmute(hearing_id: int, seat_id: int) -> ResponseReturnValue:
    """Give the word back."""
    await seats.mute(hearing_id, viewer(), seat_id, muted=False, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/mensagens")
@requires(SIGNED_IN)
async def say(hearing_id: int) -> ResponseReturnValue:
    """A line in the chat, for all unless it says for whom."""
    await limit("hearing_message", viewer().user_id)
    typed = await form()
    audience = typed.get("audience", Audience.ALL)
    if audience not in set(Audience):
        raise Invalid({"audience": "choice_invalid"})
    await chat.say(hearing_id, viewer(), typed.get("text", ""), Audience(audience), now=now())
    return done(hearing_id)


@blueprint.put(f"{_HEARING}/ata")
@requires(*_CONDUCTS)
async def write(hearing_id: int) -> ResponseReturnValue:
    """The minutes as typed: {revision, text} → {revision}; 409 {revision, text} when another was first."""
    sent = await request.get_json()
    text, revision = (sent.get("text"), sent.get("revision")) if isinstance(sent, dict) else (None, None)
    if not isinstance(text, str) or type(revision) is not int:
        raise Invalid({"text": "required"})
    try:
        revision = await minutes.save(hearing_id, viewer(), text.replace("\x00", ""), revision, now=now())
    except Conflict as error:
        return {"error": error.code, "message": sentence(error.code), **error.facts}, 409
    return {"revision": revision}


@blueprint.post(f"{_HEARING}/clausulas")
@requires(SIGNED_IN)
async def propose(hearing_id: int) -> ResponseReturnValue:
    """Propose a clause."""
    await clauses.propose(hearing_id, viewer(), _proposal(await form()), today=today(), now=now())
    return done(hearing_id)


def _proposal(typed: dict[str, str]) -> Proposal:
    wrong: dict[str, str] = {}
    kind, debtor = typed.get("kind", ""), typed.get("debtor", "")
    amount, count = typed.get("amount", ""), typed.get("instalments", "") or "1"
    day = typed.get("due_on", "")
    cents = typed_cents(amount) if amount else None
    if kind not in set(ClauseKind):
        wrong["kind"] = "choice_invalid"
    if debtor not in (SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR):
        wrong["debtor"] = "choice_invalid"
    if amount and cents is None:
        wrong["amount"] = "amount_invalid"
    if not (count.isascii() and count.isdigit() and len(count) < 4):
        wrong["instalments"] = "instalments_invalid"
    if day and typed_day(day) is None:
        wrong["due_on"] = "date_invalid"
    if wrong:
        raise Invalid(wrong)
    return Proposal(
        ClauseKind(kind), SeatRole(debtor), typed.get("text", ""), cents, int(count), typed_day(day)
    )


@blueprint.post(f"{_HEARING}/clausulas/<int:clause_id>/aceitar")
@requires(Role.CONSUMER, Role.COMPANY)
async def accept(hearing_id: int, clause_id: int) -> ResponseReturnValue:
    """Accept a clause."""
    await clauses.accept(hearing_id, viewer(), clause_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/clausulas/<int:clause_id>/retirar")
@requires(SIGNED_IN)
async def withdraw(hearing_id: int, clause_id: int) -> ResponseReturnValue:
    """Take a clause back."""
    await clauses.withdraw(hearing_id, viewer(), clause_id, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/texto/fechar")
@requires(*_CONDUCTS)
async def freeze(hearing_id: int) -> ResponseReturnValue:
    """Fix the final text with an outcome."""
    outcome = (await form()).get("outcome", "")
    if outcome not in set(Outcome):
        raise Invalid({"outcome": "required"})
    await signatures.freeze(
        hearing_id,
        viewer(),
        Outcome(outcome),
        tolerance_minutes=parts().house.tolerance_minutes,
        now=now(),
    )
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/texto/reabrir")
@requires(*_CONDUCTS)
async def reopen(hearing_id: int) -> ResponseReturnValue:
    """Let the text change again; signatures are dropped."""
    await signatures.reopen(hearing_id, viewer(), now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/assinatura/codigo")
@requires(SIGNED_IN)
async def ask_code(hearing_id: int) -> ResponseReturnValue:
    """Send the code that signs."""
    await limit("sign_code", viewer().user_id)
    await signatures.ask_code(hearing_id, viewer(), secret=parts().secret_key, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/assinatura")
@requires(SIGNED_IN)
async def sign(hearing_id: int) -> ResponseReturnValue:
    """Sign the text that the page showed."""
    typed = await form()
    await limit("code_try", viewer().user_id)
    await signatures.sign(
        hearing_id,
        viewer(),
        code=typed.get("code", ""),
        shown_hash=typed.get("text_hash", "")[:64],
        evidence=Evidence(request.remote_addr or "", request.headers.get("User-Agent", "")),
        secret=parts().secret_key,
        now=now(),
    )
    return done(hearing_id)
