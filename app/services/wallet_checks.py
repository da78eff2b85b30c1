"""The one check of a paper by the agency's people: the queue, the paper beside the data, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from app.db import transaction
from app.i18n import gettext as _
from app.services import first_access, letters, standing, wallet
from app.services.first_access import NO_PASSWORD
from app.services.letters import Text
from app.services.wallet import Holder, PaperView
from models import Claim, Company, Document, DocumentKind, Paper, PaperStep, Representation, User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from models.rules.representation import KIND_OF, PaperAct, PaperState, Power, step

CHECKERS = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR})
REASON = (10, 400)
LISTED = 100
RECENT = timedelta(days=30)
"""The board shows the powers that ended within so many days."""


@dataclass(frozen=True)
class PaperVerdict:
    """What staff read in the paper; ``reason`` when it is refused."""

    accept: bool
    may_settle: bool = False
    valid_until: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Ending:
    """A power that ends soon or ended, as the board shows it."""

    company_id: int
    company: str
    person: str
    power: Power
    may_settle: bool
    valid_until: date | None


@dataclass(frozen=True)
class PaperBoard:
    """What waits for a check, oldest first, what ends soon, and what ended lately."""

    waiting: tuple[PaperView, ...]
    ending: tuple[Ending, ...]
    ended: tuple[Ending, ...]


@dataclass(frozen=True)
class PaperDone:
    """A step of a paper's record."""

    act: PaperAct
    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class CheckPage:
    """All that the check of a paper shows: itself, who is linked already, the other papers, its record."""

    paper: PaperView
    cnpj: str
    legal_name: str
    holders: tuple[Holder, ...]
    others: tuple[PaperView, ...]
    steps: tuple[PaperDone, ...]


async def waiting_count() -> int:
    """How many papers wait for a check."""
    return await Paper.filter(state=PaperState.WAITING).count()


async def board(today: date, soon_days: int) -> PaperBoard:
    """The queue and the powers that end within ``soon_days``."""
    waiting = await Paper.filter(state=PaperState.WAITING).order_by("at").limit(LISTED)
    soon = today + timedelta(days=soon_days)
    links = Representation.filter(company__merged_into_id=None).select_related("company", "user")
    ending = links.filter(ended_at=None, valid_until__lte=soon).order_by("valid_until", "id").limit(LISTED)
    ended = links.filter(ended_at__not_isnull=True, valid_until__gte=today - RECENT)
    return PaperBoard(
        await wallet.views(waiting),
        tuple(_ending(link) for link in await ending),
        tuple(_ending(link) for link in await ended.order_by("-ended_at", "id").limit(LISTED)),
    )


def _ending(link: Representation) -> Ending:
    name = link.company.trade_name or link.company.legal_name
    return Ending(link.company_id, name, link.user.name, link.power, link.may_settle, link.valid_until)


async def page(paper_id: UUID) -> CheckPage:
    """The check of one paper; NotFound for a draft."""
    paper = await Paper.get_or_none(id=paper_id).select_related("company")
    if paper is None or paper.state is PaperState.DRAFT:
        raise NotFound
    hidden = (PaperState.DRAFT, PaperState.REFUSED)
    others = Paper.filter(company_id=paper.company_id).exclude(id=paper.id).exclude(state__in=hidden)
    steps = await PaperStep.filter(paper_id=paper.id).order_by("id").select_related("actor")
    return CheckPage(
        (await wallet.views([paper]))[0],
        paper.company.cnpj,
        paper.company.legal_name,
        await wallet.holders(paper.company_id),
        await wallet.views(await others.order_by("-at").limit(wallet.SHOWN)),
        tuple(PaperDone(one.act, one.actor.name if one.actor else "", one.text, one.at) for one in steps),
    )


async def decide(
    paper_id: UUID, viewer: Viewer, verdict: PaperVerdict, *, today: date, now: datetime
) -> None:
    """Accept a paper with what it gives, or refuse it with the reason; Refused("paper_not_now") if too late.

    The holder speaks for the company from then on, in every case and hearing; who has no account gets one.
    """
    if viewer.role not in CHECKERS:
        raise Refused("not_yours")
    reason = verdict.reason.strip()
    if not verdict.accept and not REASON[0] <= len(reason) <= REASON[1]:
        raise Invalid({"reason": "text_length"}, min=REASON[0], max=REASON[1])
    if verdict.accept and verdict.valid_until is not None and verdict.valid_until < today:
        raise Invalid({"valid_until": "date_past"})
    async with transaction():
        sent = Paper.filter(id=paper_id).exclude(state=PaperState.DRAFT).select_for_update()
        paper = await sent.get_or_none()
        if paper is None:
            raise NotFound
        company = await Company.get(id=paper.company_id)
        act = PaperAct.ACCEPT if verdict.accept else PaperAct.REFUSE
        paper.state = step(paper.state, act)
        paper.checked_by_id, paper.checked_at = viewer.user_id, now
        if verdict.accept:
            holder = await _holder(paper, now)
            paper.holder_id = holder.id if holder else None
            paper.may_settle = verdict.may_settle and holder is not None
            paper.valid_until = verdict.valid_until
        else:
            paper.reason = reason
        await paper.save()
        await standing.note(paper, act, viewer, text=reason, now=now)
        if verdict.accept:
            await standing.renew(paper.company_id, paper.holder_id, today=today, now=now)
        await _tell(paper, company, now)


async def _holder(paper: Paper, now: datetime) -> User | None:
    """The account of who holds it, made when the address has none; Invalid when it is another kind's."""
    if paper.holder_id is not None:
        return await User.get(id=paper.holder_id)
    if not paper.holder_email:
        return None
    user = await User.get_or_none(email=paper.holder_email)
    if user is not None and user.role is not Role.COMPANY:
        raise Invalid({"reason": "holder_taken"})
    return user or await User.create(
        role=Role.COMPANY,
        name=paper.holder_name,
        email=paper.holder_email,
        password_hash=NO_PASSWORD,
        created_at=now,
    )


async def _tell(paper: Paper, company: Company, now: datetime) -> None:
    owner = await User.get(id=paper.owner_id)
    holder = await User.get_or_none(id=paper.holder_id)
    name = company.trade_name or company.legal_name
    people = {user.id: user for user in (owner, holder) if user is not None}
    for user in people.values():
        text = await _letter(paper, name, user)
        await letters.write([user], f"paper:{paper.id}:{paper.state}", text, now=now)


async def _letter(paper: Paper, company: str, user: User) -> Text:
    wallet = f"/empresas/{paper.company_id}/carteira"
    values = {"company": company, "file": paper.filename}
    if paper.state is PaperState.REFUSED:
        return await letters.standard("paper_refused", {**values, "reason": paper.reason}, path=wallet)
    access, button, path = first_access.way_in(user, wallet)
    values |= {
        "holder": paper.holder_name or company,
        "settles": _("com poder para fazer acordo") if paper.may_settle else _("sem poder para fazer acordo"),
        "until": f"{paper.valid_until:%d/%m/%Y}" if paper.valid_until else _("sem data de fim"),
        "access": access if button else "",
    }
    return await letters.standard("paper_accepted", values, path=path, button=button)


async def from_claim(
    claim: Claim, viewer: Viewer, *, may_settle: bool, valid_until: date | None, now: datetime
) -> UUID | None:
    """Put the proof that a claim was accepted by into the wallet, checked, inside the caller's transaction.

    Answers the paper; None when there was none in the case.
    """
    given = Document.filter(case_id=claim.case_id, owner_id=claim.user_id, kind=DocumentKind.POWER)
    proof = await given.filter(attached_at__not_isnull=True).order_by("-at").first()
    if proof is None:
        return None
    user = await User.get(id=claim.user_id)
    paper = await Paper.create(
        id=uuid4(),
        company_id=claim.company_id,
        kind=KIND_OF[claim.power],
        state=PaperState.ACCEPTED,
        owner_id=user.id,
        holder_id=user.id,
        holder_name=user.name,
        holder_email=user.email or "",
        may_settle=may_settle,
        valid_until=valid_until,
        checked_by_id=viewer.user_id,
        checked_at=now,
        filename=proof.filename,
        media_type=proof.media_type,
        size=proof.size,
        pages=proof.pages,
        sha256=proof.sha256,
        storage_key=proof.storage_key,
        at=proof.at,
    )
    await standing.note(paper, PaperAct.ACCEPT, viewer, now=now)
    return UUID(str(paper.id))
