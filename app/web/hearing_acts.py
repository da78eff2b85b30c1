"""What people do in the hearing room: each act is a POST of its scripts, answered by ``room_answer``."""

from __future__ import annotations

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from app.services import chat, conduct, recordings, seats, signatures
from app.services.recordings import Studio
from app.services.signatures import Evidence
from app.web.access import SIGNED_IN, requires, viewer
from app.web.forms import form
from app.web.limits import limit
from app.web.parts import parts
from app.web.room_answer import done
from app.web.today import now
from models.rules.errors import Invalid, NotFound
from models.rules.hearing import Audience, Conduct, Outcome
from models.rules.outcomes import Cause
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
    await conduct.close(hearing_id, viewer(), parts().house, now=now())
    return done(hearing_id)


@blueprint.post(f"{_HEARING}/gravacao/acordo")
@requires(Role.CONSUMER, Role.COMPANY, Role.GUEST)
async def agree(hearing_id: int) -> ResponseReturnValue:
    """Say whether one may be recorded; it may be said again, another way."""
    sent = await form()
    said, shown = sent.get("answer", ""), sent.get("version", "")
    if said not in set(Answer):
        raise Invalid({"answer": "choice_missing"})
    asked = parts().profile.recording.question
    await recordings.answer(hearing_id, viewer(), Answer(said), asked=asked, shown=shown, now=now())
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


@blueprint.post(f"{_HEARING}/texto/fechar")
@requires(*_CONDUCTS)
async def freeze(hearing_id: int) -> ResponseReturnValue:
    """Fix the final text with an outcome."""
    typed = await form()
    outcome, cause = typed.get("outcome", ""), typed.get("cause", "")
    if outcome not in set(Outcome):
        raise Invalid({"outcome": "choice_missing"})
    if cause and cause not in set(Cause):
        raise Invalid({"cause": "choice_invalid"})
    await signatures.freeze(
        hearing_id,
        viewer(),
        Outcome(outcome),
        Cause(cause) if cause else None,
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
        vault=parts().vault,
        now=now(),
    )
    return done(hearing_id)
