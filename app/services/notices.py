"""The notice to the company: sent by the agency, opened by the company, found again by its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.services import attendances, casefile, companies, letters, queue
from app.services.casefile import Opened
from app.services.companies import CompanyForm
from app.services.deliveries import begun, came_to, mail, patience
from app.services.service_letters import summons
from app.services.terms import TermRules
from models import Case, Company, Delivery, Notice, User
from models.rules.attendance import Kind
from models.rules.case_machine import CIP_RUNS, Action
from models.rules.delivery import REDELIVERY, Channel, DeliveryStatus
from models.rules.errors import Invalid, NotFound
from models.rules.news import News
from models.rules.people import Side, Viewer
from models.rules.public_code import new_code, normal_code
from models.rules.term_words import explain_pending

JOB = "notice"


@dataclass(frozen=True)
class Choice:
    """The company that staff confirms: one of the register, or a new one as typed."""

    company_id: int | None = None
    new: CompanyForm | None = None


@dataclass(frozen=True)
class PublicNotice:
    """What the code alone tells: who is called, in which case, until when; nothing of the complaint."""

    code: str
    case_id: int
    protocol: str
    company: str
    sent_at: datetime
    due_on: date | None
    explanation: str
    waiting: bool
    cnpj: str


async def notify(
    case_id: int, viewer: Viewer, choice: Choice, *, now: datetime, rules: TermRules, opening: str = ""
) -> str:
    """Send the CIP to the company of a complaint; answers the notice's code.

    With ``opening``, a reason, the complaint is opened directly: the letter says so, and a hearing follows
    without waiting for the answer.

    Each way to the company begins an attempt in the ledger: its account in the portal, each known e-mail.
    Where there is neither, staff goes on with a letter. No term runs before the company is aware
    (Decreto 2.181/1997, art. 42).
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.OPEN_DIRECTLY if opening else Action.NOTIFY_COMPANY)
        company = await _chosen(viewer, choice, now)
        users = await User.filter(representations__company_id=company.id, disabled_at=None)
        notice = await Notice.create(
            case_id=case_id,
            code=new_code(),
            channel=Channel.PORTAL if users else Channel.EMAIL if company.email else Channel.LETTER,
            sent_at=now,
            explanation=explain_pending(rules.term),
            opening=bool(opening),
        )
        await attendances.classify(case_id, Kind.DIRECT_OPENING if opening else Kind.CIP)
        await casefile.record(
            file,
            "complaint_opened" if opening else "company_notified",
            now=now,
            to=to,
            facts={"notice": notice.id, "channel": notice.channel} | ({"reason": opening} if opening else {}),
            company_id=company.id,
            notified_at=now,
            handler_id=file.case.handler_id or viewer.user_id,
            **({} if opening else patience(REDELIVERY, rules.today, "company_notified", notice)),
        )
        await queue.enqueue(JOB, f"{JOB}:{notice.id}", {"notice": notice.id}, now=now)
        await _serve(file, company, users, notice, rules.today, now)
        await _tell(file.case, company, notice, now)
    return notice.code


async def _serve(
    file: Opened, company: Company, users: list[User], notice: Notice, today: date, now: datetime
) -> None:
    """The attempts that need nobody: the portal, and each e-mail address that is known."""
    text = await summons(file.case.protocol or "", company.legal_name, notice)
    names = {user.email: user.name for user in users if user.email}
    ids = {user.email: user.id for user in users if user.email}
    if users:
        portal = await begun(
            file, notice, Channel.PORTAL, ", ".join(names.values())[:400], today=today, now=now
        )
        await came_to(file, portal, DeliveryStatus.DELIVERED, at=now, now=now)
    if company.email:
        names.setdefault(company.email, company.legal_name)
    for address, name in names.items():
        email = await begun(file, notice, Channel.EMAIL, address, today=today, now=now)
        await mail(email, name, text, now=now, user_id=ids.get(address, 0))


async def _chosen(viewer: Viewer, choice: Choice, now: datetime) -> Company:
    if choice.new is not None:
        choice = Choice(await companies.created(viewer, choice.new, now=now))
    if choice.company_id is None:
        raise Invalid({"company": "required"})
    company = await Company.get_or_none(id=choice.company_id)
    if company is None:
        raise Invalid({"company": "choice_invalid"})
    return company


async def _tell(case: Case, company: Company, notice: Notice, now: datetime) -> None:
    consumer = await User.get(id=case.consumer_id)
    text = await letters.standard(
        "complaint_opened" if notice.opening else "company_notified",
        {
            "consumer": consumer.name,
            "company": company.trade_name or company.legal_name,
            "protocol": case.protocol or "",
        },
        path=f"/casos/{case.id}",
        case=case.id,
        news=News.PROGRESS,
    )
    await letters.write([consumer], f"notice:{notice.id}", text, now=now)


async def by_code(typed: str) -> PublicNotice:
    """The notice with that code, for anybody who holds it; NotFound."""
    code = normal_code(typed)
    notice = await Notice.filter(code=code or "").select_related("case", "case__company").get_or_none()
    if notice is None:
        raise NotFound
    case = notice.case
    return PublicNotice(
        code=notice.code,
        case_id=case.id,
        protocol=case.protocol or "",
        company=case.company.legal_name if case.company else "",
        sent_at=notice.sent_at,
        due_on=notice.due_on,
        explanation=notice.explanation,
        waiting=case.state in CIP_RUNS,
        cnpj=case.company.cnpj if case.company else "",
    )


async def opened_by(case_id: int, viewer: Viewer, *, now: datetime, rules: TermRules) -> bool:
    """The first opening of a case by its company is kept in the ledger; answers whether this is it.

    It is the proof of awareness, whichever way the company came (spontaneous appearance).
    """
    if not await Notice.filter(case_id=case_id, opened_at=None).exists():
        return False
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        notice = await Notice.filter(case_id=case_id).order_by("-id").first()
        if file.side is not Side.COMPANY or notice is None or notice.opened_at is not None:
            return False
        notice.opened_at = now
        await notice.save()
        portal = await Delivery.filter(notice_id=notice.id, channel=Channel.PORTAL).order_by("-id").first()
        if portal is None:
            portal = await begun(file, notice, Channel.PORTAL, viewer.name, today=rules.today, now=now)
        await came_to(file, portal, DeliveryStatus.OPENED, at=now, now=now, note=viewer.name, rules=rules)
    return True
