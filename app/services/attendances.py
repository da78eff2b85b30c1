"""Attendances without a case: questions and their answers, matters for other bodies, referrals, ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db import transaction
from app.i18n import gettext as _
from app.services import letters
from app.services.attendance_view import is_own_decision, may_see
from app.services.bodies import all_bodies
from models import Attendance, AttendanceStep, User
from models.rules.attendance import DESK, RATING, Act, Channel, Kind, Stage, step, written_number
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.identity import normal_cpf
from models.rules.people import Role, Viewer

QUESTION = (20, 4000)
ANSWER = (20, 8000)
NAME_MAX = 160
OPEN_QUESTIONS = 5
"""How many unanswered questions one citizen may have."""


@dataclass(frozen=True)
class Person:
    """Who asks at the counter or by telephone: name as said, CPF when they have an account or say it."""

    name: str
    cpf: str = ""
    channel: str = Channel.COUNTER


async def ask(viewer: Viewer, question: str, *, problem_id: int | None = None, now: datetime) -> int:
    """A citizen's question, online; Refused("too_many_questions") with five that wait already."""
    question = _text(question, "question", QUESTION)
    async with transaction():
        await User.filter(id=viewer.user_id).select_for_update().get()
        open_ = Attendance.filter(citizen_id=viewer.user_id, stage__in=(Stage.WAITING, Stage.IN_HAND))
        if await open_.count() >= OPEN_QUESTIONS:
            raise Refused("too_many_questions", max=OPEN_QUESTIONS)
        made = await Attendance.create(
            kind=Kind.TRIAGE,
            stage=Stage.WAITING,
            channel=Channel.ONLINE,
            citizen_id=viewer.user_id,
            problem_id=problem_id,
            question=question,
            created_at=now,
            changed_at=now,
        )
    return made.id


async def begin(viewer: Viewer, person: Person, question: str, *, now: datetime) -> int:
    """An attendance of a person in front of ``viewer``, or on the telephone; it is in their hands."""
    wrong: dict[str, str] = {}
    name = " ".join(person.name.split())
    if not 2 <= len(name) <= NAME_MAX:
        wrong["name"] = "required" if not name else "too_long"
    cpf = normal_cpf(person.cpf) if person.cpf else None
    if person.cpf and cpf is None:
        wrong["cpf"] = "cpf_invalid"
    if person.channel not in (Channel.COUNTER, Channel.PHONE):
        wrong["channel"] = "choice_missing"
    question = question.strip()
    if not QUESTION[0] <= len(question) <= QUESTION[1]:
        wrong["question"] = "text_length"
    if wrong:
        raise Invalid(wrong, min=QUESTION[0], max=QUESTION[1])
    _desk(viewer)
    async with transaction():
        citizen = await User.get_or_none(cpf=cpf, role=Role.CONSUMER) if cpf else None
        made = await Attendance.create(
            kind=Kind.TRIAGE,
            stage=Stage.IN_HAND,
            channel=Channel(person.channel),
            citizen_id=citizen.id if citizen else None,
            name=name,
            attendant_id=viewer.user_id,
            question=question,
            created_at=now,
            changed_at=now,
        )
        await _note(made, Act.TAKE, viewer, "", now)
    return made.id


async def ex_officio(viewer: Viewer, company: str, facts: str, *, now: datetime) -> int:
    """A complaint that the agency makes itself (Decreto 2.181/1997, art. 33, III), for the legal officer."""
    company, facts = company.strip(), _text(facts, "question", QUESTION)
    if not 2 <= len(company) <= NAME_MAX:
        raise Invalid({"company_name": "company_missing"})
    _desk(viewer)
    async with transaction():
        made = await Attendance.create(
            kind=Kind.EX_OFFICIO,
            stage=Stage.REFERRED,
            channel=Channel.COUNTER,
            name=_("De ofício"),
            company_name=company,
            attendant_id=viewer.user_id,
            question=facts,
            created_at=now,
            changed_at=now,
        )
        await _note(made, Act.REFER, viewer, facts, now)
    return made.id


async def take(attendance_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Take a question from the queue, or from a colleague."""
    await _act(attendance_id, viewer, Act.TAKE, "", now=now, attendant_id=viewer.user_id)


async def answer(
    attendance_id: int, viewer: Viewer, text: str, *, now: datetime, kind: Kind = Kind.CONSULTATION
) -> None:
    """Answer without a case: guidance (simples consulta) or a calculation; a letter tells it if it can."""
    text = _text(text, "answer", ANSWER)
    async with transaction():
        row = await _act(attendance_id, viewer, Act.ANSWER, text, now=now, answer=text, kind=kind, body="")
        await _write(row, "consultation_answered", now, answer=text)


async def forward(attendance_id: int, viewer: Viewer, body: str, reason: str, *, now: datetime) -> None:
    """Not consumer law (extra-Procon): to which body, and why (Decreto 2.181/1997, art. 39)."""
    wrong = {} if body in all_bodies() else {"body": "choice_missing"}
    reason = _text(reason, "reason", ANSWER, wrong)
    async with transaction():
        row = await _act(
            attendance_id,
            viewer,
            Act.FORWARD,
            reason,
            now=now,
            answer=reason,
            body=body,
            kind=Kind.EXTRA_PROCON,
            attendant_id=viewer.user_id,
        )
        known = all_bodies()[body]
        await _write(row, "forwarded", now, body=known.name, reason=reason)


async def refer(attendance_id: int, viewer: Viewer, company: str, reason: str, *, now: datetime) -> None:
    """To the inspection (encaminhamento à fiscalização): what should be looked at, and where."""
    company = company.strip()
    wrong = {} if 2 <= len(company) <= NAME_MAX else {"company_name": "company_missing"}
    reason = _text(reason, "reason", ANSWER, wrong)
    async with transaction():
        row = await _act(
            attendance_id,
            viewer,
            Act.REFER,
            reason,
            now=now,
            answer=reason,
            company_name=company,
            kind=Kind.INSPECTION,
        )
        await _write(row, "referred", now, reason=reason)


async def conclude(attendance_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """What came of a referral to the inspection or of a complaint of the agency's own."""
    text = _text(text, "result", ANSWER)
    async with transaction():
        row = await _act(attendance_id, viewer, Act.CONCLUDE, text, now=now)
        await _write(row, "inspection_concluded", now, answer=text)


async def ask_review(attendance_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """The citizen asks for another look at a forwarding; somebody else decides, once."""
    text = _text(text, "review", QUESTION)
    async with transaction():
        await _act(attendance_id, viewer, Act.ASK_REVIEW, text, now=now)


async def keep(attendance_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """The review keeps the forwarding; Refused("own_decision") to who forwarded it."""
    text = _text(text, "keep", ANSWER)
    async with transaction():
        row = await _act(attendance_id, viewer, Act.KEEP, text, now=now)
        await _write(row, "forwarding_kept", now, answer=text)


async def rate(attendance_id: int, viewer: Viewer, stars: str, text: str, *, now: datetime) -> None:
    """The citizen's rating of an answer, 1 to 5, with words if they like."""
    rating = int(stars) if stars.isascii() and stars.isdigit() and len(stars) == 1 else 0
    wrong = {} if rating in RATING else {"rating": "choice_missing"}
    if len(text) > QUESTION[1]:
        wrong["rating_text"] = "too_long"
    if wrong:
        raise Invalid(wrong)
    async with transaction():
        await _act(
            attendance_id, viewer, Act.RATE, str(rating), now=now, rating=rating, rating_text=text.strip()
        )


async def classify(case_id: int, kind: Kind) -> None:
    """Say what the attendance of a case turned out to be, inside the transaction of the act that did it."""
    await Attendance.filter(case_id=case_id).update(kind=kind)


async def _act(
    attendance_id: int, viewer: Viewer, act: Act, text: str, *, now: datetime, **changes: Any
) -> Attendance:
    """Lock the row, ask the table, change the row and note the step, in one transaction."""
    async with transaction():
        row = await Attendance.filter(id=attendance_id).select_for_update().get_or_none()
        if row is None or not may_see(row, viewer):
            raise NotFound
        to = step(row.stage, act, viewer.role, own=row.citizen_id == viewer.user_id)
        if row.stage is Stage.UNDER_REVIEW and await is_own_decision(row.id, viewer):
            raise Refused("own_decision")
        row.update_from_dict({**changes, "stage": to, "changed_at": now})
        await row.save()
        await _note(row, act, viewer, text, now)
    return row


async def _note(row: Attendance, act: Act, viewer: Viewer, text: str, now: datetime) -> None:
    await AttendanceStep.create(attendance_id=row.id, act=act, actor_id=viewer.user_id, text=text, at=now)


async def _write(row: Attendance, kind: str, now: datetime, **values: str) -> None:
    if row.citizen_id is None:
        return
    values["number"] = written_number(row.id, row.created_at.year)
    text = await letters.standard(kind, values, path=f"/atendimentos/{row.id}")
    citizen = await User.get(id=row.citizen_id)
    await letters.write([citizen], f"attendance:{row.id}:{row.stage}:{now.isoformat()}", text, now=now)


def _desk(viewer: Viewer) -> None:
    if viewer.role not in DESK:
        raise Refused("not_for_role")


def _text(typed: str, field: str, limits: tuple[int, int], wrong: dict[str, str] | None = None) -> str:
    """The text, stripped; Invalid with what else is wrong beside it."""
    least, most = limits
    text = typed.strip()
    wrong = dict(wrong or {})
    if not least <= len(text) <= most:
        wrong[field] = "text_length"
    if wrong:
        raise Invalid(wrong, min=least, max=most)
    return text
