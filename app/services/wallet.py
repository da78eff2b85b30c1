"""A company's wallet: the papers that prove who speaks for it, sent by its people and kept for every case.

A paper is uploaded first and is a draft of its uploader; sent with whom it empowers, it waits for its one
check (``app.services.wallet_checks``). Who speaks for the company sees and fills the wallet, and so does who
spoke for it until their power ended: that is how it is renewed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from app.adapters.storage import Storage
from app.db import transaction
from app.services import documents, standing
from app.services.documents import SAME_OPENING, Intake
from models import Company, Paper, PaperStep, Representation
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.identity import normal_email
from models.rules.people import Role, Viewer
from models.rules.representation import PaperAct, PaperKind, PaperState, Power, step, warning

MOST = 60
"""Papers of one company that are in force, wait or are drafts; more is a mistake or an attack."""
SHOWN = 40
SOMEBODY_ELSE, NOBODY = "outra", "empresa"
"""What the form sends as holder for a person without a link yet, and for articles kept for themselves."""
_LIVE = (PaperState.DRAFT, PaperState.WAITING, PaperState.ACCEPTED)


@dataclass(frozen=True)
class PaperForm:
    """What the company says of the paper, as typed; ``holder`` is an account's id or a word above."""

    kind: str
    holder: str
    name: str = ""
    email: str = ""
    may_settle: bool = False
    valid_until: date | None = None


@dataclass(frozen=True)
class PaperView:
    """A paper as pages show it; ``holder`` is empty for articles kept for themselves; ``size`` in bytes."""

    id: UUID
    company_id: int
    company: str
    kind: PaperKind
    state: PaperState
    holder: str
    holder_email: str
    may_settle: bool
    valid_until: date | None
    reason: str
    sent_by: str
    checked_by: str
    checked_at: datetime | None
    at: datetime
    filename: str
    media_type: str
    size: int
    pages: int
    sha256: str
    storage_key: str


@dataclass(frozen=True)
class Holder:
    """Somebody with a link to the company: what they may do, until when; ``ended`` when they may no more."""

    user_id: int
    name: str
    email: str
    power: Power
    may_settle: bool
    valid_until: date | None
    ended: bool
    proven: bool
    """By a paper of the wallet; else a coordinator vouched for it."""


@dataclass(frozen=True)
class Wallet:
    """A company's wallet as its own people see it; ``draft`` is the viewer's upload that is not sent yet."""

    company_id: int
    company: str
    holders: tuple[Holder, ...]
    papers: tuple[PaperView, ...]
    draft: PaperView | None


@dataclass(frozen=True)
class Warned:
    """A power that ends soon, or has ended, as the banner tells it."""

    company_id: int
    company: str
    valid_until: date | None
    ended: bool


def companies_of(viewer: Viewer) -> tuple[int, ...]:
    """The companies whose wallet a person may open."""
    return (*viewer.company_ids, *viewer.ended_ids)


def _keeper(company_id: int, viewer: Viewer) -> None:
    if viewer.role is not Role.COMPANY or company_id not in companies_of(viewer):
        raise NotFound


async def receive(
    company_id: int,
    viewer: Viewer,
    filename: str,
    chunks: AsyncIterator[bytes],
    *,
    intake: Intake,
    now: datetime,
) -> PaperView:
    """Take in one file for the wallet, whole or not at all; it takes the place of the draft before it.

    Raises what ``documents.taken_in`` raises, or Refused("wallet_full").
    """
    _keeper(company_id, viewer)
    kept = await documents.taken_in(chunks, intake)
    try:
        async with transaction():
            await Company.filter(id=company_id).select_for_update().get()
            if await Paper.filter(company_id=company_id, state__in=list(_LIVE)).count() >= MOST:
                raise Refused("wallet_full")
            mine = Paper.filter(company_id=company_id, owner_id=viewer.user_id, state=PaperState.DRAFT)
            replaced = [str(key) for key in await mine.values_list("storage_key", flat=True)]
            await mine.delete()
            paper = await Paper.create(
                id=uuid4(),
                company_id=company_id,
                kind=PaperKind.APPOINTMENT,
                state=PaperState.DRAFT,
                owner_id=viewer.user_id,
                at=now,
                **kept.columns(filename),
            )
    except BaseException:
        await intake.storage.delete(kept.key)
        raise
    for key in replaced:
        await intake.storage.delete(key)
    return (await views([paper]))[0]


async def take_back(paper_id: UUID, viewer: Viewer, *, storage: Storage) -> None:
    """Remove an upload that was not sent yet; NotFound for anybody but its uploader."""
    async with transaction():
        paper = await Paper.filter(id=paper_id).select_for_update().get_or_none()
        if paper is None or paper.owner_id != viewer.user_id:
            raise NotFound
        if paper.state is not PaperState.DRAFT:
            raise Refused("document_attached")
        await paper.delete()
    await storage.delete(paper.storage_key)


async def send(company_id: int, viewer: Viewer, form: PaperForm, *, today: date, now: datetime) -> UUID:
    """Send the uploaded paper to be checked; Invalid names every wrong field, the missing file too."""
    _keeper(company_id, viewer)
    async with transaction():
        await Company.filter(id=company_id).select_for_update().get()
        drafts = Paper.filter(company_id=company_id, owner_id=viewer.user_id, state=PaperState.DRAFT)
        paper = await drafts.first()
        wrong: dict[str, str] = {}
        if paper is None:
            wrong["paper"] = "paper_missing"
        if form.kind not in set(PaperKind):
            wrong["kind"] = "choice_missing"
        if form.valid_until is not None and form.valid_until < today:
            wrong["valid_until"] = "date_past"
        holder_id, name, email = await _holder(company_id, form, wrong)
        if wrong or paper is None:
            raise Invalid(wrong)
        paper.update_from_dict(
            {
                "kind": PaperKind(form.kind),
                "state": step(paper.state, PaperAct.SEND),
                "holder_id": holder_id,
                "holder_name": name,
                "holder_email": email,
                "may_settle": form.may_settle and form.holder != NOBODY,
                "valid_until": form.valid_until,
                "at": now,
            }
        )
        await paper.save()
        await standing.note(paper, PaperAct.SEND, viewer, now=now)
    return paper.id


async def _holder(company_id: int, form: PaperForm, wrong: dict[str, str]) -> tuple[int | None, str, str]:
    """Whom the form names: an account linked to the company, or a name and an address."""
    if form.holder == NOBODY:
        if form.kind != PaperKind.ARTICLES:
            wrong["holder"] = "holder_missing"
        return None, "", ""
    if form.holder == SOMEBODY_ELSE:
        name, email = " ".join(form.name.split()), normal_email(form.email)
        if not 2 <= len(name) <= 160:
            wrong["name"] = "name_invalid"
        if email is None:
            wrong["email"] = "email_invalid"
        return None, name, email or ""
    number = int(form.holder) if form.holder.isascii() and form.holder.isdigit() else 0
    link = await (
        Representation.filter(company_id=company_id, user_id=number).select_related("user").get_or_none()
    )
    if link is None:
        wrong["holder"] = "holder_missing"
        return None, "", ""
    return link.user.id, link.user.name, link.user.email or ""


async def withdraw(paper_id: UUID, viewer: Viewer, *, today: date, now: datetime) -> int:
    """The company takes a paper back (revocation of a mandate, CC art. 682, I); answers the company.

    The power of its holder falls with it, unless another paper in force gives it.
    """
    async with transaction():
        sent = Paper.filter(id=paper_id).exclude(state=PaperState.DRAFT).select_for_update()
        paper = await sent.get_or_none()
        if paper is None or viewer.role is not Role.COMPANY or paper.company_id not in viewer.company_ids:
            raise NotFound
        paper.state = step(paper.state, PaperAct.WITHDRAW)
        await paper.save(update_fields=["state"])
        await standing.note(paper, PaperAct.WITHDRAW, viewer, now=now)
        await standing.renew(paper.company_id, paper.holder_id, today=today, now=now)
    return paper.company_id


async def named(company_ids: tuple[int, ...]) -> list[tuple[int, str]]:
    """The ids and names of these companies, in order of name."""
    found = await Company.filter(id__in=list(company_ids), merged_into_id=None).order_by("legal_name")
    return [(company.id, company.trade_name or company.legal_name) for company in found]


async def page(company_id: int, viewer: Viewer) -> Wallet:
    """The wallet for who may open it; NotFound otherwise."""
    _keeper(company_id, viewer)
    company = await Company.get(id=company_id)
    papers = await (
        Paper.filter(company_id=company_id).exclude(state=PaperState.DRAFT).order_by("-at").limit(SHOWN)
    )
    draft = await Paper.filter(company_id=company_id, owner_id=viewer.user_id, state=PaperState.DRAFT).first()
    return Wallet(
        company_id,
        company.trade_name or company.legal_name,
        await holders(company_id),
        await views(papers),
        (await views([draft]))[0] if draft else None,
    )


async def holders(company_id: int) -> tuple[Holder, ...]:
    """Who is linked to a company, those whose power ended last."""
    links = await Representation.filter(company_id=company_id).order_by("user__name").select_related("user")
    found = [
        Holder(
            link.user.id,
            link.user.name,
            link.user.email or "",
            link.power,
            link.may_settle,
            link.valid_until,
            ended=link.ended_at is not None,
            proven=link.paper_id is not None,
        )
        for link in links
    ]
    return tuple(sorted(found, key=lambda holder: holder.ended))


async def warnings(viewer: Viewer, today: date, before: Sequence[int]) -> tuple[Warned, ...]:
    """What a person must know of their own powers: those that end soon and those that have ended.

    ``before`` are the profile's days before the end.
    """
    if viewer.role is not Role.COMPANY:
        return ()
    links = await (
        Representation.filter(user_id=viewer.user_id, company__merged_into_id=None)
        .order_by("company__legal_name")
        .select_related("company")
    )
    found = []
    for link in links:
        ended = link.company_id in viewer.ended_ids
        left = (link.valid_until - today).days if link.valid_until else None
        soon = left is not None and warning(left, before) is not None
        if ended or soon:
            name = link.company.trade_name or link.company.legal_name
            found.append(Warned(link.company_id, name, link.valid_until, ended=ended))
    return tuple(found)


async def opened(paper_id: UUID, viewer: Viewer, *, address: str, now: datetime) -> PaperView:
    """A paper about to be read, with its reading noted (LGPD art. 37); NotFound when not theirs."""
    paper = await Paper.get_or_none(id=paper_id)
    if paper is None or not _may_read(paper, viewer):
        raise NotFound
    read = PaperStep.filter(paper_id=paper.id, act=PaperAct.OPEN, actor_id=viewer.user_id)
    if not await read.filter(at__gt=now - SAME_OPENING).exists():
        await standing.note(paper, PaperAct.OPEN, viewer, now=now, address=address)
    return (await views([paper]))[0]


def _may_read(paper: Paper, viewer: Viewer) -> bool:
    if paper.state is PaperState.DRAFT:
        return paper.owner_id == viewer.user_id
    return viewer.is_staff or (viewer.role is Role.COMPANY and paper.company_id in companies_of(viewer))


async def views(papers: list[Paper]) -> tuple[PaperView, ...]:
    """Papers as pages show them, with four queries more, however many they are."""
    await Paper.fetch_for_list(papers, "company", "owner", "holder", "checked_by")
    return tuple(
        PaperView(
            id=paper.id,
            company_id=paper.company_id,
            company=paper.company.trade_name or paper.company.legal_name,
            kind=paper.kind,
            state=paper.state,
            holder=paper.holder.name if paper.holder else paper.holder_name,
            holder_email=(paper.holder.email or "") if paper.holder else paper.holder_email,
            may_settle=paper.may_settle,
            valid_until=paper.valid_until,
            reason=paper.reason,
            sent_by=paper.owner.name,
            checked_by=paper.checked_by.name if paper.checked_by else "",
            checked_at=paper.checked_at,
            at=paper.at,
            filename=paper.filename,
            media_type=paper.media_type,
            size=paper.size,
            pages=paper.pages,
            sha256=paper.sha256,
            storage_key=paper.storage_key,
        )
        for paper in papers
    )
