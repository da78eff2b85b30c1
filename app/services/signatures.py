"""The final text: frozen by the mediator, signed in the room, and thawed again if it must change.

A signature binds to the SHA-256 of the words that were on the page (``models.rules.agreement``). It is a
simple electronic signature with its own evidence (Lei 14.063/2020, art. 4, I): who, in which role, when,
from which address and device, over which hash, confirmed by the account's second factor, or by a code sent
to its e-mail when it has none (ADR 0060).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.adapters.vault import Vault
from app.db import transaction
from app.services import (
    clauses,
    codes,
    holding,
    letters,
    parties,
    presence,
    remarks,
    rooms,
    second_factor,
)
from models import Case, Clause, Hearing, Seat, Signature, User
from models.rules.agreement import (
    ClauseState,
    canonical_text,
    check_freeze,
    required_signers,
    text_hash,
)
from models.rules.errors import Conflict, Refused
from models.rules.evidence import SignatureEvidence
from models.rules.hearing import NOT_HELD, Outcome, SeatRole
from models.rules.news import News
from models.rules.outcomes import Cause, check_cause
from models.rules.people import Viewer
from models.signing import SignedText

EMAIL_CODE = "email_code"
"""How a signature is confirmed by who has no second factor; the others are ``second_factor``'s."""

_ABSENT = {
    Outcome.CONSUMER_ABSENT: frozenset({SeatRole.CONSUMER}),
    Outcome.COMPANY_ABSENT: frozenset({SeatRole.COMPANY}),
    Outcome.BOTH_ABSENT: frozenset({SeatRole.CONSUMER, SeatRole.COMPANY}),
}


@dataclass(frozen=True)
class Evidence:
    """From where a signature came: network address and the browser's own description of its device."""

    address: str
    device: str


async def freeze(
    hearing_id: int,
    viewer: Viewer,
    outcome: Outcome,
    cause: Cause | None = None,
    *,
    tolerance_minutes: int,
    now: datetime,
) -> None:
    """Fix the text that is to be signed; from here on neither minutes nor clauses change.

    ``cause`` says why a hearing was not held; Invalid when it is missing or another outcome's.
    Raises Refused: "hearing_not_opened" for an outcome of a hearing that was not held, "signer_away" while
    somebody who must sign is not in the room, "party_present", "tolerance_running" and "failure_measured"
    for an absence that is none (yet), "party_away" while the hearing holds itself, and what ``check_freeze``
    refuses.
    """
    check_cause(outcome, cause)
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if hearing.frozen_at is not None:
            raise Refused("text_frozen")
        if outcome not in NOT_HELD and hearing.opened_at is None:
            raise Refused("hearing_not_opened")
        await _check_presence(hearing, outcome, now, tolerance_minutes)
        standing = await clauses.live(hearing_id)
        check_freeze(outcome, [clause.state for clause in standing], hearing.record)
        hearing.outcome, hearing.cause = outcome, cause
        hearing.final_text = await final_text(room.file.case, hearing, standing)
        hearing.text_hash = text_hash(hearing.final_text)
        hearing.frozen_at = now
        await hearing.save()
        await remarks.leave_open_ones(hearing_id, now=now)
        await _set_clauses(standing, ClauseState.FROZEN)
        facts = {"outcome": outcome, "cause": cause, "text_hash": hearing.text_hash}
        await room.record("text_frozen", now=now, facts=facts)


async def _check_presence(hearing: Hearing, outcome: Outcome, now: datetime, tolerance: int) -> None:
    seats = await Seat.filter(hearing_id=hearing.id, connected=True)
    if outcome in NOT_HELD:
        await presence.check(hearing, _ABSENT.get(outcome, frozenset()), tolerance_minutes=tolerance, now=now)
        return
    able = {seat.role for seat in seats if seat.admitted and seat.may_sign}
    if not required_signers(outcome) <= able:
        raise Refused("signer_away")
    await holding.check(hearing)


async def final_text(case: Case, hearing: Hearing, standing: list[Clause]) -> str:
    """The canonical text of a hearing as it stands, with its outcome."""
    assert hearing.outcome is not None  # noqa: S101  who freezes has chosen it
    names = await parties.of_case(case)
    return canonical_text(
        protocol=case.protocol or "",
        consumer=names.consumer_name,
        company=names.company_name,
        outcome=hearing.outcome,
        cause=hearing.cause,
        minutes=hearing.record,
        clauses=[clauses.terms(clause, number) for number, clause in enumerate(standing, start=1)],
    )


async def _set_clauses(standing: list[Clause], state: ClauseState) -> None:
    await Clause.filter(id__in=[clause.id for clause in standing]).update(state=state)


async def reopen(hearing_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Let the text change again; signatures on it are dropped, their events stay in the record."""
    async with transaction():
        room = await rooms.conducted(hearing_id, viewer)
        hearing = room.hearing
        if hearing.frozen_at is None:
            raise Refused("text_not_frozen")
        dropped = await Signature.filter(hearing_id=hearing_id).delete()
        hearing.outcome = hearing.cause = hearing.frozen_at = None
        hearing.final_text = hearing.text_hash = ""
        await hearing.save()
        await _set_clauses(await clauses.live(hearing_id), ClauseState.ACCEPTED)
        await room.record("text_reopened", now=now, facts={"dropped_signatures": dropped})


async def ask_code(hearing_id: int, viewer: Viewer, *, secret: str, now: datetime) -> None:
    """Send the person a code that signs this text; Refused as ``sign`` when they cannot sign it.

    Who has a second factor signs with that: Refused("factor_instead").
    """
    async with transaction():
        room = await _signing(hearing_id, viewer)
        if await second_factor.enrolled(viewer.user_id):
            raise Refused("factor_instead")
        purpose = codes.sign_purpose(hearing_id, room.hearing.text_hash)
        code = await codes.issue(viewer.user_id, purpose, secret=secret, now=now)
        person = await User.get(id=viewer.user_id)
        values = {"protocol": room.file.case.protocol or "", **codes.values(code)}
        text = await letters.standard("code_to_sign", values, news=News.ACCOUNT)
        await letters.write([person], f"sign:{hearing_id}:{now.isoformat()}", text, now=now)


async def _signing(hearing_id: int, viewer: Viewer) -> rooms.Room:
    room = await rooms.taking_part(hearing_id, viewer)
    hearing = room.hearing
    if hearing.frozen_at is None or hearing.outcome is None:
        raise Refused("text_not_frozen")
    if not room.seat.may_sign:
        raise Refused("no_power_to_settle")
    if room.seat.role not in required_signers(hearing.outcome):
        raise Refused("not_required")
    if await Signature.exists(hearing_id=hearing_id, user_id=viewer.user_id):
        raise Refused("already_signed")
    await holding.check(hearing)
    return room


async def sign(
    hearing_id: int,
    viewer: Viewer,
    *,
    code: str,
    shown_hash: str,
    evidence: Evidence,
    secret: str,
    vault: Vault,
    now: datetime,
) -> None:
    """Sign the frozen text with the second factor, or with the code that was sent for it.

    ``shown_hash`` is the hash of the text that the page showed: a text changed meanwhile is
    Conflict("text_changed"). Else Refused with the reason: "code_wrong", "text_not_frozen",
    "no_power_to_settle", "not_required" (this outcome needs no signature of theirs), "already_signed",
    "not_admitted", "party_away" (the hearing holds itself), of the second factor what ``second_factor.check``
    refuses. A code is used up by a try that is refused.
    """
    purpose = codes.sign_purpose(hearing_id, shown_hash)
    method = await proved(viewer, purpose, code, secret=secret, vault=vault, now=now)
    async with transaction():
        room = await _signing(hearing_id, viewer)
        if room.hearing.text_hash != shown_hash:
            raise Conflict("text_changed")
        signed = await Signature.create(
            hearing_id=hearing_id,
            user_id=viewer.user_id,
            role=room.seat.role,
            text_hash=shown_hash,
            method=method,
            address=evidence.address[:45],
            device=evidence.device[:200],
            at=now,
        )
        facts = {
            "seat": room.seat.id,
            "role": room.seat.role,
            "text_hash": shown_hash,
            "method": method,
            "evidence": signature_evidence(signed),
        }
        await room.record("text_signed", now=now, facts=facts)


async def proved(viewer: Viewer, purpose: str, code: str, *, secret: str, vault: Vault, now: datetime) -> str:
    """Use up the code by which a person signs: of their second factor, else the one sent for ``purpose``.

    Answers the method, or raises what the check refuses. Never inside a transaction: a wrong try must count.
    """
    if await second_factor.enrolled(viewer.user_id):
        return await second_factor.check(viewer.user_id, code, vault=vault, secret=secret, now=now)
    await codes.check(viewer.user_id, purpose, code, secret=secret, now=now)
    return EMAIL_CODE


def signature_evidence(signed: SignedText) -> str:
    """The hash by which the record binds a signature's evidence."""
    return SignatureEvidence(
        user=signed.user_id,
        role=signed.role.value,
        text_hash=signed.text_hash,
        method=signed.method,
        address=signed.address,
        device=signed.device,
        at=signed.at,
    ).digest()


async def missing(hearing: Hearing) -> frozenset[SeatRole]:
    """Whose signature the frozen text still needs."""
    if hearing.outcome is None:
        return frozenset()
    signed = await Signature.filter(hearing_id=hearing.id, text_hash=hearing.text_hash).values_list(
        "role", flat=True
    )
    return required_signers(hearing.outcome) - {SeatRole(str(role)) for role in signed}
