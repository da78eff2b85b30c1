"""The counter: an attendant opens a case with the citizen in front, and the citizen goes on at home.

The citizen may have no e-mail: their account is made without one and nobody signs in to it before the code of
the receipt claims it. What a browser sends under one key is one case, however often it arrives (ADR 0072).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from tortoise.exceptions import IntegrityError

from app.db import transaction
from app.services import accounts, casefile, codes, complaints, letters, queue
from app.services.account_form import read_at_counter
from app.services.casefile import Opened
from app.services.complaints import RECEIPT_JOB, Complaint
from app.services.first_access import NO_PASSWORD
from app.services.registrations import written_address
from models import Attendance, AttendanceStep, Case, User
from models.rules.attendance import Act, Channel, Kind, Stage
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import COMPLAINT_TEXT, bound
from models.rules.identity import normal_cpf, normal_email
from models.rules.people import Role, Side, Viewer
from models.rules.public_code import new_code, normal_code
from models.rules.territory import Territory

KEY = (16, 64)
PERSON = ("name", "cpf", "email", "phone", "cep", "street", "number", "complement", "district", "city", "uf")


@dataclass(frozen=True)
class Known:
    """An account found by its CPF, to fill the form with; ``has_email``: they use it themselves."""

    values: dict[str, str]
    has_email: bool


@dataclass(frozen=True)
class Made:
    """What the counter made: the case, its protocol, and the code with which the citizen goes on."""

    attendance_id: int
    case_id: int
    protocol: str
    code: str
    claimed: bool


async def find(cpf: str) -> Known | None:
    """The citizen with this CPF, if they were here before; None for a CPF that is none."""
    digits = normal_cpf(cpf)
    user = await User.get_or_none(cpf=digits, role=Role.CONSUMER) if digits else None
    if user is None:
        return None
    return Known({name: getattr(user, name) or "" for name in PERSON}, has_email=bool(user.email))


async def open_case(
    viewer: Viewer, typed: Mapping[str, str], *, territory: Territory, today: date, now: datetime
) -> Made:
    """Register the citizen, if new, and their complaint; Invalid names every wrong field at once.

    ``typed`` has the fields ``PERSON``, those of the complaint, ``key`` (the browser's own name for this
    attendance) and ``identity_seen``. The same key again answers what it made the first time.
    """
    key = typed.get("key", "")
    if not KEY[0] <= len(key) <= KEY[1]:
        raise Invalid({"": "value_wrong"})
    if made := await _made_before(key):
        return made
    person, wrong = read_at_counter(typed)
    if not typed.get("identity_seen"):
        wrong["identity_seen"] = "identity_not_seen"
    try:
        complaint = await complaints.checked(typed, today)
    except Invalid as error:
        raise Invalid({**wrong, **error.fields}, **error.facts) from None
    if wrong:
        raise Invalid(wrong)
    try:
        return await _open(viewer, person, complaint, key, territory, today, now)
    except IntegrityError:  # the same key in another request at the same moment, or an e-mail that is taken
        if made := await _made_before(key):
            return made
        raise Invalid({"email": "email_taken"}) from None


async def _open(
    viewer: Viewer,
    person: Mapping[str, str],
    complaint: Complaint,
    key: str,
    territory: Territory,
    today: date,
    now: datetime,
) -> Made:
    async with transaction():
        user = await _citizen(person, now)
        protocol = await complaints.next_protocol(today.year)
        case = await Case.create(state=State.DRAFT, consumer_id=user.id, created_at=now, changed_at=now)
        attendance = await _attended(viewer, user, case, complaint, key, now)
        file = Opened(case, Side.STAFF, viewer)
        to = file.step(Action.OPEN_AT_COUNTER)
        outside = not territory.lives_here(user.cep)
        case.update_from_dict(
            {**asdict(complaint), "protocol": protocol, "sent_at": now, "submitted_at": now}
        )
        await casefile.record(
            file,
            "opened_at_counter",
            now=now,
            to=to,
            facts={
                "protocol": protocol,
                "attendance": attendance.id,
                "outside_territory": outside,
                **bound(texts={COMPLAINT_TEXT: complaint.words}),
            },
            conflict=complaint.facts[:2000],
            address=written_address(user),
            cep=user.cep,
            outside_territory=outside,
            handler_id=viewer.user_id,
        )
        await queue.enqueue(RECEIPT_JOB, f"{RECEIPT_JOB}:{case.id}", {"case": case.id}, now=now)
        text = await complaints.sent_letter(case.id, protocol, user.name, complaint)
        await letters.write([user], f"case:{case.id}:sent", text, now=now)
    return _made(attendance, case, user)


async def _attended(
    viewer: Viewer, citizen: User, case: Case, complaint: Complaint, key: str, now: datetime
) -> Attendance:
    """The attendance in which a case was opened, with the code of its receipt."""
    attendance = await Attendance.create(
        kind=Kind.TRIAGE,
        stage=Stage.CLOSED,
        channel=Channel.COUNTER,
        citizen_id=citizen.id,
        name=citizen.name,
        company_name=complaint.company_name,
        attendant_id=viewer.user_id,
        case_id=case.id,
        problem_id=complaint.problem_id,
        question=complaint.facts,
        client_key=key,
        code=new_code(),
        created_at=now,
        changed_at=now,
    )
    await AttendanceStep.create(
        attendance_id=attendance.id, act=Act.OPEN_CASE, actor_id=viewer.user_id, at=now
    )
    return attendance


async def _citizen(person: Mapping[str, str], now: datetime) -> User:
    """The account of this CPF, its address brought up to date, or a new one."""
    user = await User.filter(cpf=person["cpf"]).select_for_update().get_or_none()
    if user is None:
        user = User(role=Role.CONSUMER, password_hash=NO_PASSWORD, email=None, created_at=now)
        user.update_from_dict({name: value for name, value in person.items() if name != "email"})
        await user.save()
        return user
    if user.role is not Role.CONSUMER:
        raise Invalid({"cpf": "cpf_of_staff"})
    kept = ("name", "cpf", "email")
    user.update_from_dict({name: value for name, value in person.items() if name not in kept and value})
    await user.save()
    return user


async def _made_before(key: str) -> Made | None:
    row = await Attendance.filter(client_key=key).select_related("case", "citizen").get_or_none()
    return None if row is None or row.case is None else _made(row, row.case, row.citizen)


async def made(attendance_id: int) -> Made:
    """What an attendance of the counter made; NotFound when it made no case."""
    row = await Attendance.filter(id=attendance_id).select_related("case", "citizen").get_or_none()
    if row is None or row.case is None or row.code is None:
        raise NotFound
    return _made(row, row.case, row.citizen)


def _made(row: Attendance, case: Case, citizen: User | None) -> Made:
    return Made(row.id, case.id, case.protocol or "", row.code or "", claimed=_claimed(citizen))


async def may_claim(typed: str) -> bool:
    """Whether a code of a receipt still opens something; NotFound for one that never did."""
    row = await _coded(typed)
    return not _claimed(row.citizen)


async def claim(typed: str, cpf: str, email: str, password_hash: str, *, secret: str, now: datetime) -> str:
    """Give the account of a receipt its e-mail and password; answers the address that the code goes to.

    Both the code and the CPF are needed: the paper alone opens nothing. Refused("claimed") when the account
    is in use, Refused("claim_wrong") when CPF and code do not belong together.
    """
    address = normal_email(email)
    if address is None:
        raise Invalid({"email": "email_invalid"})
    row = await _coded(typed)
    try:
        async with transaction():
            user = await User.filter(id=row.citizen_id).select_for_update().get()
            if user.email_confirmed_at is not None:
                raise Refused("claimed")
            if user.cpf != normal_cpf(cpf):
                raise Refused("claim_wrong")
            if await User.filter(email=address).exclude(id=user.id).exists():
                raise Invalid({"email": "email_taken_claim"})
            user.email, user.password_hash = address, password_hash
            await user.save()
            await accounts.write_code(user, codes.CONFIRM_EMAIL, secret=secret, now=now)
            if row.case_id is not None:
                file = Opened(
                    await Case.filter(id=row.case_id).select_for_update().get(),
                    Side.CONSUMER,
                    Viewer(user.id, user.role, user.name, address),
                )
                await casefile.record(file, "account_claimed", now=now)
    except IntegrityError:
        raise Invalid({"email": "email_taken_claim"}) from None
    return address


def _claimed(citizen: User | None) -> bool:
    """Whether the citizen signs in to the account themselves."""
    return citizen is not None and citizen.email_confirmed_at is not None


async def _coded(typed: str) -> Attendance:
    code = normal_code(typed)
    row = await Attendance.filter(code=code or "").select_related("citizen").get_or_none()
    if row is None or row.citizen is None:
        raise NotFound
    return row
