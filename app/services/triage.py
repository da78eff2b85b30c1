"""The triage: the queue, one registration on the desk, and the three decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from app.db import transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.services import casefile, documents, letters, reviews
from app.services.documents import File
from app.services.terms import running
from models import Case, CaseEvent, DocumentKind, User
from models.rules.case_machine import Action, State, allowed
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Side, Viewer
from models.rules.terms import Calendar, Term

PAGE = 50
BEGINNING = 160
REASON = (10, 2000)

MISSING = {
    "residence": N_("Comprovante de residência"),
    "identity": N_("Documento de identidade"),
    "information": N_("Esclarecimento ou outro documento"),
}
"""What the triage may ask for."""

CHECKS = {
    "residence": N_("O comprovante é recente e do endereço informado"),
    "identity": N_("O documento é do titular do cadastro e está legível"),
    "consumer_relation": N_("O conflito é de relação de consumo"),
}
"""What an attendant confirms before accepting; kept in the record of the decision."""

TERRITORY_CHECK = {"territory": N_("Há vínculo com o município, apesar do CEP de fora")}
"""The further check of a residence outside the territory."""

CAUSES = {
    "not_consumer": N_("Não é relação de consumo: fora da competência do Procon"),
    "outside_territory": N_("Sem vínculo com o município"),
    "documents": N_("Documentos ilegíveis, incompletos ou de outra pessoa"),
    "duplicate": N_("Já existe caso sobre o mesmo fato"),
    "other": N_("Outro motivo"),
}
"""Why a registration may be refused."""


class Shelf(StrEnum):
    """Which part of the triage a list shows."""

    NEW = "new"
    MINE = "mine"
    WAITING = "waiting"
    ALL = "all"


@dataclass(frozen=True)
class Row:
    """A registration in the queue; ``since`` is when it came in."""

    case_id: int
    state: State
    name: str
    beginning: str
    since: datetime
    outside: bool
    supplied: bool
    review: bool
    handler: str


@dataclass(frozen=True)
class Happened:
    """A step of the triage: the name of its event and what was said."""

    name: str
    at: datetime
    who: str
    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """One registration with all that the decision needs.

    ``own_decision``: the viewer has refused it, and its review is for somebody else.
    """

    case: Case
    name: str
    cpf: str
    email: str
    phone: str
    handler: str
    files: tuple[File, ...]
    history: tuple[Happened, ...]
    checks: dict[str, str]
    actions: tuple[Action, ...]
    own_decision: bool


async def queue(shelf: Shelf, viewer: Viewer, limit: int = PAGE) -> list[Row]:
    """Registrations of one shelf, oldest first, at most ``limit``."""
    found = await (
        _shelf(shelf, viewer)
        .order_by("submitted_at", "id")
        .limit(limit)
        .values(
            "id", "state", "conflict", "submitted_at", "outside_territory", "consumer__name", "handler__name"
        )
    )
    ids = [row["id"] for row in found]
    supplied = await _having("documents_supplied", ids)
    reviews_ = await _having("review_asked", ids)
    return [
        Row(
            case_id=row["id"],
            state=State(row["state"]),
            name=row["consumer__name"],
            beginning=_beginning(row["conflict"]),
            since=row["submitted_at"],
            outside=bool(row["outside_territory"]),
            supplied=row["id"] in supplied,
            review=row["id"] in reviews_,
            handler=row["handler__name"] or "",
        )
        for row in found
    ]


async def counts(viewer: Viewer) -> dict[Shelf, int]:
    """How many registrations stand on each shelf."""
    return {shelf: await _shelf(shelf, viewer).count() for shelf in Shelf}


async def desk(case_id: int, viewer: Viewer) -> Desk:
    """One registration for an attendant, in whatever state it is since it was sent."""
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.STAFF:
        raise NotFound
    consumer = await User.get(id=case.consumer_id)
    handler = await User.get_or_none(id=case.handler_id) if case.handler_id else None
    kinds = (DocumentKind.IDENTITY, DocumentKind.RESIDENCE, DocumentKind.EXHIBIT)
    return Desk(
        case=case,
        name=consumer.name,
        cpf=consumer.cpf or "",
        email=consumer.email or "",
        phone=consumer.phone,
        handler=handler.name if handler else "",
        files=tuple(await documents.of_case(case_id, side, viewer, kinds)),
        history=await history(case_id),
        checks=checks_of(case),
        actions=tuple(a for a in allowed(case.state, side, viewer.role) if a in _DECISIONS),
        own_decision=await reviews.is_own_decision(case_id, viewer),
    )


async def history(case_id: int) -> tuple[Happened, ...]:
    """What the triage and the citizen said to each other, oldest first."""
    found = await (
        CaseEvent.filter(case_id=case_id, name__in=_TALK)
        .order_by("seq")
        .values("name", "at", "facts", "actor__name")
    )
    return tuple(
        Happened(
            name=row["name"],
            at=row["at"],
            who=row["actor__name"] or "",
            text=row["facts"].get("reason") or row["facts"].get("text") or "",
            missing=tuple(row["facts"].get("missing", ())),
        )
        for row in found
    )


def checks_of(case: Case) -> dict[str, str]:
    """What must be confirmed before this registration is accepted."""
    return CHECKS | TERRITORY_CHECK if case.outside_territory else CHECKS


async def start(case_id: int, viewer: Viewer, *, now: datetime) -> None:
    """Take a registration from the queue; who comes second is refused ("not_now").

    A review is for somebody else than who refused it: Refused("own_decision").
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.START_TRIAGE)
        await reviews.check_decider(case_id, viewer)
        await casefile.record(file, "triage_started", now=now, to=to, handler_id=viewer.user_id)


async def ask(
    case_id: int,
    viewer: Viewer,
    missing: Collection[str],
    reason: str,
    *,
    term: Term,
    today: date,
    calendar: Calendar,
    now: datetime,
) -> None:
    """Ask the citizen for what is missing (names of ``MISSING``), with the reason and a term."""
    reason = _reason(reason, {} if set(missing) & MISSING.keys() else {"missing": "choice_missing"})
    runs = running(term, today, calendar)
    kinds = [name for name in MISSING if name in missing]
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ASK_DOCUMENTS)
        event = await casefile.record(
            file,
            "documents_requested",
            now=now,
            to=to,
            facts={"missing": kinds, "reason": reason, "due_on": runs.due_on.isoformat()},
            triage_note=reason,
            **runs.columns(),
            handler_id=viewer.user_id,
        )
        values = {
            "missing": _named(kinds),
            "reason": reason,
            "day": f"{runs.due_on:%d/%m/%Y}",
            "explanation": runs.explanation,
        }
        await _write(file.case, event.seq, "documents_asked", values, now, "/complemento")


async def accept(case_id: int, viewer: Viewer, checked: Collection[str], *, now: datetime) -> None:
    """Accept the registration; every check must have been confirmed, and is kept in the record."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ACCEPT)
        await reviews.check_decider(case_id, viewer)
        wanted = checks_of(file.case)
        if not wanted.keys() <= set(checked):
            raise Invalid({"checked": "checks_missing"})
        event = await casefile.record(
            file,
            "registration_accepted",
            now=now,
            to=to,
            facts={"checked": list(wanted)},
            triage_note="",
            handler_id=viewer.user_id,
        )
        await _write(file.case, event.seq, "registration_accepted", {}, now, "/reclamacao")


async def refuse(case_id: int, viewer: Viewer, cause: str, text: str, *, now: datetime) -> None:
    """Refuse the registration for one of ``CAUSES``, with the reason (Decreto 2.181/1997, art. 39)."""
    text = _reason(text, {} if cause in CAUSES else {"cause": "choice_missing"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.REFUSE)
        await reviews.check_decider(case_id, viewer)
        event = await casefile.record(
            file,
            "registration_refused",
            now=now,
            to=to,
            facts={"cause": cause, "reason": text},
            triage_note=f"{_(CAUSES[cause])}. {text}",
            closed_at=now,
            handler_id=viewer.user_id,
        )
        values = {"cause": _(CAUSES[cause]), "reason": text, "next": await _remedy(case_id)}
        await _write(file.case, event.seq, "registration_refused", values, now)


async def lapse(case_id: int, viewer: Viewer, *, today: date, now: datetime) -> None:
    """Archive a registration whose consumer let the term pass; Refused("term_runs") before.

    The consumer is told, and reopens it by sending what was asked for.
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.LAPSE)
        ended = file.case.due_on
        if ended is None or ended >= today:
            raise Refused("term_runs", day=f"{ended:%d/%m/%Y}" if ended else "")
        asked = await CaseEvent.filter(case_id=case_id, name="documents_requested").order_by("-seq").first()
        event = await casefile.record(
            file,
            "registration_lapsed",
            now=now,
            to=to,
            facts={"due": ended.isoformat()},
            closed_at=now,
            handler_id=viewer.user_id,
        )
        values = {
            "missing": _named(asked.facts.get("missing", ()) if asked else ()),
            "day": f"{ended:%d/%m/%Y}",
        }
        await _write(file.case, event.seq, "registration_lapsed", values, now, "/complemento")


_DECISIONS = frozenset(
    {Action.START_TRIAGE, Action.ASK_DOCUMENTS, Action.LAPSE, Action.ACCEPT, Action.REFUSE}
)
_TALK = (
    "documents_requested",
    "documents_supplied",
    "registration_lapsed",
    "registration_refused",
    "review_asked",
)
_COLUMNS = ("id", "state", "conflict", "submitted_at", "outside_territory")


def _shelf(shelf: Shelf, viewer: Viewer) -> Any:
    new, desk_, waiting = Q(state=State.SUBMITTED), Q(state=State.IN_TRIAGE), Q(state=State.WAITING_CONSUMER)
    wanted = {
        Shelf.NEW: new,
        Shelf.MINE: desk_ & Q(handler_id=viewer.user_id),
        Shelf.WAITING: waiting,
        Shelf.ALL: new | desk_ | waiting,
    }
    return Case.filter(wanted[shelf])


async def _having(name: str, case_ids: list[int]) -> set[int]:
    """Which of these cases have an event of this name."""
    found = await CaseEvent.filter(case_id__in=case_ids, name=name).values("case_id")
    return {row["case_id"] for row in found}


def _beginning(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= BEGINNING else flat[:BEGINNING].rsplit(" ", 1)[0] + "…"


def _reason(text: str, wrong: dict[str, str]) -> str:
    """The reason, stripped; Invalid with what else is wrong beside it."""
    least, most = REASON
    text = text.strip()
    if not least <= len(text) <= most:
        wrong = {**wrong, "reason": "text_length"}
    if wrong:
        raise Invalid(wrong, min=least, max=most)
    return text


async def _remedy(case_id: int) -> str:
    """What is left to who was refused."""
    if await reviews.asked(case_id):
        return _("Esta é a decisão da revisão: sobre este cadastro não cabe outra.")
    return _("Se discordar, peça a revisão na página do caso: outra pessoa do Procon vai decidir.")


def _named(missing: Collection[str]) -> str:
    return "; ".join(_(MISSING[name]).lower() for name in missing)


async def _write(
    case: Case, seq: int, kind: str, values: Mapping[str, str], now: datetime, page: str = ""
) -> None:
    people = (await casefile.people_of(case))[Side.CONSUMER]
    text = await letters.standard(
        kind,
        {"consumer": people[0].name, **values},
        path=f"/casos/{case.id}{page}",
        case=case.id,
    )
    await letters.write(people, f"case:{case.id}:{seq}", text, now=now)
