"""The citizen's registration: begun, sent to the triage, completed when the triage asks for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.adapters.storage import Storage
from app.db import transaction
from app.services import casefile, documents, drafts, letters
from app.services.documents import File
from app.services.drafts import Saved
from app.services.taxonomy import Leaf
from models import Case, CaseEvent, Document, DocumentKind, Draft, User
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import CONFLICT_TEXT, bound
from models.rules.people import Role, Side, Viewer
from models.rules.territory import Territory

MAX_DRAFTS = 3
CONFLICT = (30, 2000)
SUPPLEMENT_MAX = 2000
REQUIRED = (DocumentKind.RESIDENCE, DocumentKind.IDENTITY)
SUPPLIED = (*REQUIRED, DocumentKind.EXHIBIT)


@dataclass(frozen=True)
class Sheet:
    """The registration form: the account's data, the uploads so far and what was typed."""

    case_id: int
    name: str
    cpf: str
    address: str
    cep: str
    files: tuple[File, ...]
    draft: Saved

    def of_kind(self, kind: str) -> tuple[File, ...]:
        """The uploads of one kind, oldest first."""
        return tuple(file for file in self.files if file.kind == kind)


@dataclass(frozen=True)
class Asked:
    """What the triage asked for: kinds of ``triage.MISSING``, the reason, and until when."""

    missing: tuple[str, ...]
    reason: str
    due_on: date | None


@dataclass(frozen=True)
class Supplement:
    """The form that answers the triage."""

    asked: Asked
    files: tuple[File, ...]
    draft: Saved

    def of_kind(self, kind: str) -> tuple[File, ...]:
        """The new uploads of one kind, oldest first."""
        return tuple(file for file in self.files if file.kind == kind)


def written_address(user: User) -> str:
    """An account's address in one line, without the CEP."""
    street = ", ".join(part for part in (user.street, user.number, user.complement) if part)
    city = "/".join(part for part in (user.city, user.uf) if part)
    return ", ".join(part for part in (street, user.district, city) if part)


async def begin(viewer: Viewer, now: datetime, problem: Leaf | None = None) -> int:
    """A new registration, or the one that this citizen left untouched; answers the case's id.

    ``problem`` is what the citizen said that it is about, until the complaint says it for good.
    Refused("email_unconfirmed"), or Refused("too_many_drafts") when three are open already.
    """
    async with transaction():
        user = await User.filter(id=viewer.user_id).select_for_update().get()
        if user.role is not Role.CONSUMER:
            raise Refused("not_for_role")
        if user.email_confirmed_at is None:
            raise Refused("email_unconfirmed")
        open_drafts = await Case.filter(consumer_id=user.id, state=State.DRAFT).values("id")
        ids = [row["id"] for row in open_drafts]
        touched = {row["case_id"] for row in await Draft.filter(case_id__in=ids).values("case_id")}
        touched |= {row["case_id"] for row in await Document.filter(case_id__in=ids).values("case_id")}
        about = problem.id if problem else None
        if untouched := [case_id for case_id in ids if case_id not in touched]:
            if problem:
                await Case.filter(id=untouched[0]).update(problem_id=about)
            return int(untouched[0])
        if len(ids) >= MAX_DRAFTS:
            raise Refused("too_many_drafts", max=MAX_DRAFTS)
        case = await Case.create(
            state=State.DRAFT, consumer_id=user.id, problem_id=about, created_at=now, changed_at=now
        )
        return case.id


async def sheet(case_id: int, viewer: Viewer) -> Sheet:
    """The registration form of a draft; NotFound for anybody but its citizen, Refused once it is sent."""
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.CONSUMER:
        raise NotFound
    if case.state is not State.DRAFT:
        raise Refused("not_now", state=case.state)
    user = await User.get(id=case.consumer_id)
    return Sheet(
        case_id=case_id,
        name=user.name,
        cpf=user.cpf or "",
        address=written_address(user),
        cep=user.cep,
        files=tuple(await documents.of_case(case_id, side, viewer, REQUIRED)),
        draft=await drafts.load(case_id, "registration", viewer),
    )


async def submit(
    case_id: int,
    viewer: Viewer,
    conflict: str,
    *,
    territory: Territory,
    relation_here: bool | None = None,
    now: datetime,
) -> None:
    """Send the registration to the triage, with its uploads and the address as it is today.

    Invalid names ``conflict``, ``residence``, ``identity``, ``address`` and ``relation_here``, which is asked
    of who lives elsewhere when the rule admits the purchase's place. A registration without a link to
    ``territory`` is marked for the triage, never refused here.
    """
    conflict = conflict.strip()
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.SUBMIT)
        user = await User.get(id=file.case.consumer_id)
        asks = bool(user.cep) and territory.asks_relation(user.cep)
        relation_here = relation_here if asks else None
        unsaid = asks and relation_here is None
        await _check(case_id, viewer, conflict, user, {"relation_here": "choice_missing"} if unsaid else {})
        files = await documents.attach(file.case, viewer, REQUIRED, now=now)
        await drafts.drop(case_id, "registration")
        outside = not territory.lives_here(user.cep)
        await casefile.record(
            file,
            "registration_submitted",
            now=now,
            to=to,
            facts={
                "outside_territory": outside,
                "relation_here": relation_here,
                **bound(files, {CONFLICT_TEXT: conflict}),
            },
            conflict=conflict,
            address=written_address(user),
            cep=user.cep,
            outside_territory=outside,
            relation_here=relation_here,
            submitted_at=now,
        )
        text = await letters.standard(
            "registration_submitted",
            {"consumer": user.name},
            path=f"/casos/{case_id}",
            case=case_id,
        )
        await letters.write([user], f"case:{case_id}:submitted", text, now=now)


async def supplement(case_id: int, viewer: Viewer) -> Supplement:
    """The form that answers the triage; NotFound for anybody but the citizen, Refused when not asked."""
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.CONSUMER:
        raise NotFound
    if case.state not in (State.WAITING_CONSUMER, State.LAPSED):
        raise Refused("not_now", state=case.state)
    files = await documents.of_case(case_id, side, viewer, SUPPLIED)
    return Supplement(
        asked=await asked(case),
        files=tuple(file for file in files if file.attached_at is None),
        draft=await drafts.load(case_id, "supplement", viewer),
    )


async def asked(case: Case) -> Asked:
    """What the triage last asked for in this case."""
    event = await (
        CaseEvent.filter(case_id=case.id, name="documents_requested").order_by("-seq").first().values("facts")
    )
    facts: dict[str, Any] = event["facts"] if event else {}
    return Asked(tuple(facts.get("missing", ())), facts.get("reason", case.triage_note), case.due_on)


async def supply(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """Send what the triage asked for: new files, words, or both; the case goes back to its attendant.

    A registration that was archived for want of it is thereby reopened.

    Invalid ``text`` when there is neither, or when the text is too long.
    """
    text = text.strip()
    if len(text) > SUPPLEMENT_MAX:
        raise Invalid({"text": "text_too_long"}, max=SUPPLEMENT_MAX)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.SUPPLY_DOCUMENTS)
        files = await documents.attach(file.case, viewer, SUPPLIED, now=now)
        if not files and not text:
            raise Invalid({"text": "nothing_supplied"})
        await drafts.drop(case_id, "supplement")
        await casefile.record(
            file,
            "documents_supplied",
            now=now,
            to=to,
            facts={"text": text, "documents": [str(document) for document in files], **bound(files)},
            closed_at=None,
        )


async def discard(case_id: int, viewer: Viewer, *, storage: Storage) -> None:
    """Throw away a registration that was never sent, with its uploads."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        if file.side is not Side.CONSUMER:
            raise NotFound
        file.step(Action.SUBMIT)  # only what could still be sent may be thrown away
        keys = [row["storage_key"] for row in await Document.filter(case_id=case_id).values("storage_key")]
        await Document.filter(case_id=case_id).delete()
        await Draft.filter(case_id=case_id).delete()
        await file.case.delete()
    for key in keys:
        await storage.delete(key)


async def _check(case_id: int, viewer: Viewer, conflict: str, user: User, unsaid: Mapping[str, str]) -> None:
    wrong: dict[str, str] = dict(unsaid)
    waiting = Document.filter(case_id=case_id, owner_id=viewer.user_id, attached_at=None)
    there = {row["kind"] for row in await waiting.values("kind")}
    for kind in REQUIRED:
        if kind not in there:
            wrong[str(kind)] = f"{kind}_missing"
    least, most = CONFLICT
    if not least <= len(conflict) <= most:
        wrong["conflict"] = "text_length"
    if not user.cep:
        wrong["address"] = "address_missing"
    if wrong:
        raise Invalid(wrong, min=least, max=most)
