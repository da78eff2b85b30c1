"""Taking a case over: the notice's code and the CNPJ open it; staff then checks the representation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, documents, first_access, letters, standing, wallet_checks
from app.services.deliveries import begun, came_to
from app.services.first_access import NO_PASSWORD
from app.services.letters import Text
from app.services.terms import TermRules
from models import Claim, DocumentKind, Notice, Power, Representation, User
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import bound
from models.rules.identity import normal_cnpj, normal_email
from models.rules.news import News
from models.rules.people import Role, Side, Viewer
from models.rules.public_code import normal_code

CHECKERS = wallet_checks.CHECKERS


@dataclass(frozen=True)
class ClaimForm:
    """What the person types at the notice's page."""

    cnpj: str
    name: str
    email: str
    power: str


@dataclass(frozen=True)
class ClaimView:
    """A claim as the case's page shows it to staff and to its person."""

    id: int
    name: str
    email: str
    power: Power
    at: datetime
    mine: bool


@dataclass(frozen=True)
class Verdict:
    """What staff decides of a claim: the power as proved, until when; or why not."""

    accept: bool
    may_settle: bool = False
    valid_until: date | None = None
    reason: str = ""


async def claim(code: str, form: ClaimForm, *, rules: TermRules, now: datetime) -> str:
    """Take the case of a notice over; answers the e-mail to which the way in was sent.

    A wrong CNPJ is Invalid, as is an e-mail of another kind of account. The claim is a spontaneous
    appearance: the company is aware, and its term begins (it cures defects of the service). Who speaks for
    the company by a paper that was checked before is not checked again (ADR 0079).
    """
    name, email, power = _checked(form)
    async with transaction():
        notice = (
            await Notice.filter(code=normal_code(code) or "").select_related("case__company").get_or_none()
        )
        if notice is None or notice.case.company is None:
            raise NotFound
        company = notice.case.company
        if normal_cnpj(form.cnpj) != company.cnpj:
            raise Invalid({"cnpj": "cnpj_other"})
        file = await casefile.opened(notice.case_id, None)
        user = await User.get_or_none(email=email)
        if user is not None and user.role is not Role.COMPANY:
            raise Invalid({"email": "email_taken"})
        if user is None:
            user = await User.create(
                role=Role.COMPANY, name=name, email=email, password_hash=NO_PASSWORD, created_at=now
            )
        if await Claim.filter(case_id=file.case.id, user_id=user.id).exists():
            return email
        known = await standing.speaks(company.id, user.id)
        made = await Claim.create(
            case_id=file.case.id,
            company_id=company.id,
            user_id=user.id,
            power=power,
            at=now,
            accepted=known,
            decided_at=now if known else None,
        )
        await casefile.record(file, "case_claimed", now=now, facts={"claim": made.id, "power": power})
        await notice.refresh_from_db()
        if notice.aware_at is None:
            appeared = await begun(file, notice, Channel.EMAIL, email, today=rules.today, now=now)
            said = _("Assumiu o caso com o código e o CNPJ: %(name)s") % {"name": name}
            await came_to(
                file, appeared, DeliveryStatus.ACKNOWLEDGED, at=now, now=now, note=said, rules=rules
            )
        text = await _way_in(user, file.case.id, known=known)
        await letters.write([user], f"claim:{made.id}", text, now=now)
    return email


def _checked(form: ClaimForm) -> tuple[str, str, Power]:
    wrong = {}
    name, email = " ".join(form.name.split()), normal_email(form.email)
    if not 2 <= len(name) <= 160:
        wrong["name"] = "name_invalid"
    if email is None:
        wrong["email"] = "email_invalid"
    if form.power not in set(Power):
        wrong["power"] = "choice_missing"
    if normal_cnpj(form.cnpj) is None:
        wrong["cnpj"] = "cnpj_invalid"
    if wrong or email is None:
        raise Invalid(wrong)
    return name, email, Power(form.power)


async def _way_in(user: User, case_id: int, *, known: bool) -> Text:
    access, button, path = first_access.way_in(user, f"/casos/{case_id}")
    return await letters.standard(
        "case_claimed_known" if known else "case_claimed",
        {"access": access},
        path=path,
        button=button,
        case=case_id,
        news=News.ACCOUNT,
    )


async def open_claims(case_id: int, viewer: Viewer, side: Side) -> tuple[ClaimView, ...]:
    """The claims of a case that wait for a check: all for staff, one's own for the company."""
    found = Claim.filter(case_id=case_id, decided_at=None).order_by("id").select_related("user")
    if side is Side.COMPANY:
        found = found.filter(user_id=viewer.user_id)
    elif side is not Side.STAFF:
        return ()
    return tuple(
        ClaimView(c.id, c.user.name, c.user.email or "", c.power, c.at, mine=c.user_id == viewer.user_id)
        for c in await found
    )


async def prove(case_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Hand in the uploaded proof of representation; the consumer does not see it."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        if not await Claim.filter(case_id=case_id, user_id=viewer.user_id, decided_at=None).exists():
            raise NotFound
        given = await documents.attach(file.case, viewer, (DocumentKind.POWER,), hidden=True, now=now)
        if not given:
            raise Invalid({"proof": "proof_missing"})
        sides = (Side.COMPANY, Side.STAFF)
        facts = {"document": str(next(reversed(given))), **bound(given)}
        await casefile.record(file, "document_ready", now=now, facts=facts, sides=sides)


async def decide(claim_id: int, viewer: Viewer, verdict: Verdict, *, today: date, now: datetime) -> int:
    """Staff accepts a representation with the power that its papers give, or refuses it; answers the case.

    The accepted proof goes into the company's wallet and counts in every other case of the company.
    """
    if viewer.role not in CHECKERS:
        raise Refused("not_yours")
    if not verdict.accept and not verdict.reason.strip():
        raise Invalid({"reason": "required"})
    if verdict.accept and verdict.valid_until is not None and verdict.valid_until < today:
        raise Invalid({"valid_until": "date_past"})
    async with transaction():
        found = await Claim.get_or_none(id=claim_id)
        if found is None:
            raise NotFound
        file = await casefile.opened(found.case_id, viewer)
        found = await Claim.get(id=claim_id).select_related("user")
        if found.decided_at is not None:
            raise Refused("claim_decided")
        found.decided_at, found.decided_by_id, found.accepted = now, viewer.user_id, verdict.accept
        found.reason = verdict.reason.strip()[:400]
        await found.save()
        if verdict.accept:
            await _accepted(found, viewer, verdict, today=today, now=now)
        facts = {"claim": found.id, "accepted": verdict.accept}
        await casefile.record(file, "claim_decided", now=now, facts=facts)
        await letters.write([found.user], f"claim:{found.id}:decided", await _told(found), now=now)
    return found.case_id


async def _accepted(found: Claim, viewer: Viewer, verdict: Verdict, *, today: date, now: datetime) -> None:
    may_settle, until = verdict.may_settle, verdict.valid_until
    paper = await wallet_checks.from_claim(found, viewer, may_settle=may_settle, valid_until=until, now=now)
    if paper is not None:
        await standing.renew(found.company_id, found.user_id, today=today, now=now)
        return
    values = {"power": found.power, "may_settle": may_settle, "valid_until": until, "ended_at": None}
    await Representation.update_or_create(company_id=found.company_id, user_id=found.user_id, defaults=values)


async def _told(found: Claim) -> Text:
    if not found.accepted:
        return await letters.standard("claim_refused", {"reason": found.reason})
    return await letters.standard("claim_accepted", {}, path=f"/casos/{found.case_id}", case=found.case_id)
