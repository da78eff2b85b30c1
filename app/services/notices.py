"""The notice to the company: sent by the agency, opened by the company, found again by its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, companies, letters, queue
from app.services.casefile import Opened
from app.services.companies import CompanyForm
from app.services.letters import Text
from app.services.terms import Running, running
from models import Case, Company, Notice, User
from models.rules.case_machine import CIP_RUNS, Action, State
from models.rules.errors import Invalid, NotFound
from models.rules.people import Side, Viewer
from models.rules.public_code import new_code, normal_code
from models.rules.terms import Calendar, Term

JOB = "notice"
PORTAL = "portal"
EMAIL = "email"


@dataclass(frozen=True)
class Choice:
    """The company that staff confirms: one of the register, or a new one as typed."""

    company_id: int | None = None
    new: CompanyForm | None = None


@dataclass(frozen=True)
class TermRules:
    """What a term is counted with: the term, the agency's date and its calendar."""

    term: Term
    today: date
    calendar: Calendar

    def running(self) -> Running:
        """The term as it runs from today."""
        return running(self.term, self.today, self.calendar)


@dataclass(frozen=True)
class PublicNotice:
    """What the code alone tells: who is called, in which case, until when; nothing of the complaint."""

    code: str
    case_id: int
    protocol: str
    company: str
    sent_at: datetime
    due_on: date
    explanation: str
    waiting: bool


async def notify(
    case_id: int, viewer: Viewer, choice: Choice, *, now: datetime, rules: TermRules, opening: str = ""
) -> str:
    """Send the CIP to the company of a complaint; answers the notice's code.

    With ``opening``, a reason, the complaint is opened directly: the letter says so, and a hearing follows
    without waiting for the answer.

    The term runs from the delivery in the portal when the company has an account; else its first
    opening of the notice starts it anew (Decreto 2.181/1997, art. 42). A company with neither an account
    nor an e-mail cannot be notified: Invalid ``email_required``.
    """
    term = rules.running()
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.OPEN_DIRECTLY if opening else Action.NOTIFY_COMPANY)
        company = await _chosen(viewer, choice, now)
        users = await User.filter(representations__company_id=company.id, disabled_at=None)
        if not users and not company.email:
            raise Invalid({"email": "email_required"})
        notice = await Notice.create(
            case_id=case_id,
            code=new_code(),
            channel=PORTAL if users else EMAIL,
            sent_at=now,
            due_on=term.due_on,
            explanation=term.explanation,
            opening=bool(opening),
        )
        facts = {"notice": notice.id, "channel": notice.channel}
        told = {"reason": opening} if opening else {"due": term.due_on.isoformat()}
        await casefile.record(
            file,
            "complaint_opened" if opening else "company_notified",
            now=now,
            to=to,
            facts=facts | told,
            company_id=company.id,
            notified_at=now,
            handler_id=file.case.handler_id or viewer.user_id,
            **({} if opening else term.columns()),
        )
        await queue.enqueue(JOB, f"{JOB}:{notice.id}", {"notice": notice.id}, now=now)
        await _tell(file.case, company, users, notice, now)
    return notice.code


async def _chosen(viewer: Viewer, choice: Choice, now: datetime) -> Company:
    if choice.new is not None:
        choice = Choice(await companies.created(viewer, choice.new, now=now))
    if choice.company_id is None:
        raise Invalid({"company": "required"})
    company = await Company.get_or_none(id=choice.company_id)
    if company is None:
        raise Invalid({"company": "choice_invalid"})
    return company


async def _tell(case: Case, company: Company, users: list[User], notice: Notice, now: datetime) -> None:
    key = f"notice:{notice.id}"
    summons = _summons(case, company, notice)
    await letters.write(users, key, summons, now=now)
    if company.email and company.email not in {user.email for user in users}:
        await letters.write_to(company.email, company.legal_name, f"{key}:company", summons, now=now)
    consumer = await User.get(id=case.consumer_id)
    await letters.write(
        [consumer],
        key,
        Text(
            subject=_("A empresa foi notificada: reclamação %(protocol)s") % {"protocol": case.protocol},
            paragraphs=(
                (
                    _("Sua reclamação contra %(company)s foi aberta e o Procon vai marcar a audiência.")
                    if notice.opening
                    else _("A CIP foi enviada a %(company)s, que tem até %(day)s para responder.")
                )
                % {"company": company.trade_name or company.legal_name, "day": f"{notice.due_on:%d/%m/%Y}"},
                _("Você será avisado quando houver resposta ou proposta."),
            ),
            button=_("Acompanhar a reclamação"),
            path=f"/casos/{case.id}",
            case=case.id,
        ),
        now=now,
    )


def _summons(case: Case, company: Company, notice: Notice) -> Text:
    return Text(
        subject=_("Notificação do Procon: reclamação %(protocol)s") % {"protocol": case.protocol},
        paragraphs=(
            (
                _("%(company)s é notificada da abertura de uma reclamação (carta de abertura).")
                if notice.opening
                else _("%(company)s recebe uma carta de informações preliminares (CIP) sobre uma reclamação.")
            )
            % {"company": company.legal_name},
            _("Responda até %(day)s. Como o prazo foi contado: %(explanation)s")
            % {"day": f"{notice.due_on:%d/%m/%Y}", "explanation": notice.explanation},
            _("Código da notificação: %(code)s") % {"code": notice.code},
            _("O Procon vai marcar audiência de conciliação por vídeo, com ou sem a resposta.")
            if notice.opening
            else _("Sem resposta no prazo, o Procon marca audiência de conciliação e o caso segue."),
        ),
        button=_("Abrir a notificação"),
        path=f"/notificacao/{notice.code}",
    )


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
    )


async def opened_by(case_id: int, viewer: Viewer, *, now: datetime, rules: TermRules) -> bool:
    """The first opening of a case by its company is kept with the notice; answers whether this is it.

    It is the proof of awareness. For a notice that went by e-mail alone, the term begins here.
    """
    if not await Notice.filter(case_id=case_id, opened_at=None).exists():
        return False
    term = rules.running()
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        notice = await Notice.filter(case_id=case_id).order_by("-id").first()
        if file.side is not Side.COMPANY or notice is None or notice.opened_at is not None:
            return False
        notice.opened_at = now
        restarts = notice.channel == EMAIL and file.case.state in CIP_RUNS
        if restarts:
            notice.due_on, notice.explanation = term.due_on, term.explanation
        await notice.save()
        await _record_opening(file, notice, term if restarts else None, now)
    return True


async def _record_opening(file: Opened, notice: Notice, term: Running | None, now: datetime) -> None:
    facts: dict[str, object] = {"notice": notice.id}
    to = file.step(Action.ACKNOWLEDGE) if file.case.state is State.NOTIFIED else None
    if term is None:
        await casefile.record(file, "notice_opened", now=now, to=to, facts=facts)
        return
    await casefile.record(
        file,
        "notice_opened",
        now=now,
        to=to,
        facts={**facts, "due": term.due_on.isoformat()},
        **term.columns(),
    )
