"""Who and what there is in the walks: ten people, and the cases of one of them.

Of the people, "consumer" and "company" are the two parties of every case; "stranger" and "competitor" are
a consumer and a company user who have nothing to do with any.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from quart import Quart

from app.adapters.mail import Attachment, Letter
from app.parts import Parts
from app.services import fulfilment_links, news_choices, sessions
from app.web.parts import EXTENSION
from models import (
    Attendance,
    Case,
    CaseExport,
    Clause,
    Company,
    Document,
    DocumentKind,
    ExportState,
    Hearing,
    HearingBlock,
    Notice,
    Obligation,
    Offer,
    OfferState,
    Paper,
    Recording,
    RecordingState,
    Seat,
    User,
)
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.attendance import Channel, Kind, Stage
from models.rules.case_machine import State
from models.rules.hearing import HearingState, SeatRole
from models.rules.news import News
from models.rules.people import Role, Side
from models.rules.representation import PaperKind, PaperState
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user
from tests.web.browser import Browser

PEOPLE = (
    *("visitor", "consumer", "stranger", "company", "competitor"),
    *("attendant", "mediator", "legal", "coordinator", "auditor"),
)
GUEST = "guest"
"""Invited to the hearing as its interpreter, and to nothing else."""
STAFF = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR, Role.AUDITOR)
STATES = {
    "draft": State.DRAFT,
    "submitted": State.SUBMITTED,
    "triage": State.IN_TRIAGE,
    "waiting": State.WAITING_CONSUMER,
    "accepted": State.ACCEPTED,
    "analysis": State.UNDER_ANALYSIS,
    "notified": State.NOTIFIED,
    "answered": State.ANSWERED,
    "heard": State.HEARING_SCHEDULED,
}
TOLD = (State.NOTIFIED, State.ANSWERED, State.HEARING_SCHEDULED)
NOTICE_CODE = "ABCD-EFGH-JKLM"
CLAIM_CODE = "MNPQ-RSTU-VWXY"
DOCUMENT_CODE = "2345-6789-ABCD"
CONTENT = b"%PDF-1.7 walks"


@dataclass
class World:
    """``browsers`` by person; ``names`` are what the addresses of the table are filled with."""

    browsers: dict[str, Browser]
    names: dict[str, Any]

    @classmethod
    async def make(cls, app: Quart) -> World:
        """Make everybody and everything."""
        parts: Parts = app.extensions[EXTENSION]
        company, other = await make_company(), await make_company()
        users = {
            "consumer": await make_user(cpf="52998224725"),
            "stranger": await make_user(),
            "company": await make_agent(company),
            "competitor": await make_agent(other),
            **{role.value: await make_user(role) for role in STAFF},
            GUEST: await make_user(Role.GUEST, cpf=None),
        }
        names: dict[str, Any] = {"firm": company.id, "notice": NOTICE_CODE, "code": DOCUMENT_CODE}
        cases = await _cases(users["consumer"], company)
        names |= {name: case.id for name, case in cases.items()}
        names |= await _documents(cases["notified"], users["consumer"], parts)
        names["hearing"] = await _hearing(cases["heard"], users)
        names["block"] = await _block(names["hearing"], company, users)
        names["recording"] = await _recording(names["hearing"], users["mediator"], parts)
        names["unsubscribe"] = news_choices.unsubscribe_token(
            users["consumer"].id, News.REMINDER, secret=parts.secret_key
        )
        names["paper"] = await _paper(company, users["company"], parts)
        names["copy"] = await _copy(cases["notified"], users["consumer"], parts)
        await _notice(cases["notified"])
        names |= await _attendances(cases["analysis"], users["consumer"])
        names |= await _agreement(cases["answered"], users, parts)
        await parts.mail.send(_letter())
        browsers = {name: await _browser(app, users.get(name)) for name in (*PEOPLE, GUEST)}
        return cls(browsers, names)


async def _cases(consumer: User, company: Company) -> dict[str, Case]:
    cases = {}
    for number, (name, state) in enumerate(STATES.items()):
        told = {"company": company, "notified_at": NOW} if state in TOLD else {}
        sent = {"protocol": f"2026.00000{number}-0", "submitted_at": NOW} if state is not State.DRAFT else {}
        cases[name] = await make_case(state, consumer, **told, **sent)
    return cases


async def _documents(case: Case, owner: User, parts: Parts) -> dict[str, Any]:
    """A proof of residence, which companies never see; an exhibit; and the receipt that anybody may check."""
    private = ",".join((Side.CONSUMER, Side.STAFF))
    everybody = ",".join((Side.CONSUMER, Side.COMPANY, Side.STAFF))
    kinds = {
        "residence": (DocumentKind.RESIDENCE, private, None),
        "exhibit": (DocumentKind.EXHIBIT, everybody, None),
        "receipt": (DocumentKind.RECEIPT, everybody, DOCUMENT_CODE),
    }
    names = {}
    for name, (kind, sides, code) in kinds.items():
        names[name] = uuid4()
        await Document.create(
            id=names[name],
            case=case,
            owner=owner if code is None else None,
            kind=kind,
            sides=sides,
            filename=f"{name}.pdf",
            media_type="application/pdf",
            size=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            storage_key=await parts.storage.put(CONTENT),
            at=NOW,
            attached_at=NOW,
            code=code,
        )
    return names


async def _recording(hearing: int, mediator: User, parts: Parts) -> UUID:
    """A recording of the hearing, ready to be watched."""
    number = uuid4()
    kept = await parts.storage.put_stream(number.hex, iter([CONTENT]))
    await Recording.create(
        id=number,
        hearing_id=hearing,
        state=RecordingState.READY,
        started_by=mediator,
        started_at=NOW,
        ended_at=NOW + timedelta(minutes=9),
        folder=number.hex,
        key=b"",
        size=kept.size,
        sha256=kept.sha256,
        storage_key=number.hex,
        keep_until=NOW.date(),
    )
    return number


async def _paper(company: Company, owner: User, parts: Parts) -> UUID:
    """A paper of the company's wallet that waits for its check."""
    paper = await Paper.create(
        id=uuid4(),
        company=company,
        kind=PaperKind.APPOINTMENT,
        state=PaperState.WAITING,
        owner=owner,
        holder=owner,
        filename="carta.pdf",
        media_type="application/pdf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        storage_key=await parts.storage.put(CONTENT),
        at=NOW,
    )
    return UUID(str(paper.id))


async def _copy(case: Case, owner: User, parts: Parts) -> UUID:
    """A copy of the case that its consumer asked for."""
    row = await CaseExport.create(
        id=uuid4(),
        case=case,
        user=owner,
        side=Side.CONSUMER,
        state=ExportState.READY,
        asked_at=NOW,
        ready_at=parts.clock.now(),
        storage_key=await parts.storage.put(CONTENT),
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    return UUID(str(row.id))


async def _hearing(case: Case, users: dict[str, User]) -> int:
    hearing = await Hearing.create(
        case=case,
        mediator=users["mediator"],
        starts_at=NOW,
        minutes=40,
        state=HearingState.NOT_STARTED,
    )
    for name in ("consumer", "company", "mediator"):
        await Seat.create(hearing=hearing, user=users[name], role=SeatRole(name), may_sign=True)
    await Seat.create(hearing=hearing, user=users[GUEST], role=SeatRole.INTERPRETER, may_sign=False)
    return int(hearing.id)


async def _block(hearing: int, company: Company, users: dict[str, User]) -> int:
    """The hearing as the only one of a block."""
    block = await HearingBlock.create(
        company=company,
        mediator=users["mediator"],
        agent=users["company"],
        booked_by=users["mediator"],
        booked_at=NOW,
    )
    await Hearing.filter(id=hearing).update(block_id=block.id, room=1)
    return int(block.id)


async def _agreement(case: Case, users: dict[str, User], parts: Parts) -> dict[str, Any]:
    """An offer that waits for the consumer, and the link of a letter about what another one came to."""
    common = {"case": case, "side": Side.COMPANY, "author": users["company"], "text": "", "at": NOW}
    kept = await Offer.create(state=OfferState.ACCEPTED, **common)
    refund = {"kind": ClauseKind.REFUND, "debtor": SeatRole.COMPANY, "text": "", "amount_cents": 100}
    owed = {"due_on": NOW.date() - timedelta(days=2), "number": 1}
    author = {"author": users["company"], "at": NOW}
    clause = await Clause.create(offer=kept, state=ClauseState.FROZEN, **refund, **owed, **author)
    obligation = await Obligation.create(
        case=case, clause=clause, debtor=SeatRole.COMPANY, text="Restituir R$ 1,00.", **owed
    )
    offer = await Offer.create(state=OfferState.OPEN, expires_on=NOW.date(), **common)
    await Clause.create(offer=offer, state=ClauseState.PROPOSED, **refund, **owed, **author)
    token = fulfilment_links.token(obligation.id, users["consumer"].id, parts.secret_key)
    return {"offer": offer.id, "asked": token}


async def _attendances(case: Case, citizen: User) -> dict[str, Any]:
    """A question that was answered, and the case that was opened at the counter."""
    common = {"citizen": citizen, "question": "O que faço?", "created_at": NOW, "changed_at": NOW}
    asked = await Attendance.create(
        kind=Kind.CONSULTATION,
        stage=Stage.ANSWERED,
        channel=Channel.ONLINE,
        answer="Peça por escrito.",
        **common,
    )
    opened = await Attendance.create(
        kind=Kind.CIP, stage=Stage.CLOSED, channel=Channel.COUNTER, case=case, code=CLAIM_CODE, **common
    )
    return {"attendance": asked.id, "counter": opened.id, "claim": CLAIM_CODE}


async def _notice(case: Case) -> None:
    await Notice.create(
        case=case, code=NOTICE_CODE, channel="portal", sent_at=NOW, due_on=NOW.date(), explanation=""
    )


def _letter() -> Letter:
    return Letter(
        to="pessoa@exemplo.com",
        subject="Aviso",
        text="Texto",
        message_id="<walks@exemplo.com>",
        attachments=(Attachment("convite.ics", "text/calendar", b"BEGIN:VCALENDAR"),),
    )


async def _browser(app: Quart, user: User | None) -> Browser:
    browser = Browser(app)
    if user is not None:
        token = await sessions.start(user.id, now=NOW, address="", device="")
        browser.keep(sessions.cookie_name(secure=False), token)
    return browser
