"""The database that both sides serve: some thousand cases, forty of them with a full story."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pwdlib.hashers.argon2 import Argon2Hasher

from app import db, migration
from app.services import taxonomy
from models import (
    Case,
    CaseEvent,
    Clause,
    Company,
    Document,
    DocumentKind,
    Hearing,
    Notice,
    Offer,
    OfferState,
    Problem,
    Session,
    Statement,
    StatementKind,
    User,
)
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.case_machine import State
from models.rules.chain import GENESIS, Link, link_hash
from models.rules.events import EVENTS
from models.rules.hearing import HearingState, SeatRole
from models.rules.identity import protocol_number
from models.rules.people import Role, Side

CASES = 3000
TOLD = 40
"""How many of the newest cases have events, statements, offers, documents, a hearing and a notice."""
CONSUMERS = 400
COMPANIES = 80
PASSWORD = "correto cavalo bateria grampo"
TOKEN = "bench-token-of-the-coordinator"

_FIRST = ("Ana", "João", "Márcia", "Antônio", "Luíza", "Caio", "Beatriz", "Zé", "Rita", "Davi")
_LAST = ("Souza", "Conceição", "da Rosa", "D'Ávila", "Búrigo", "Nuernberg", "Gonçalves", "Melo")
_TRADES = ("Móveis", "Telefonia", "Energia", "Viagens", "Eletrônicos", "Banco", "Saúde", "Cursos")
_TEXT = "A cobrança veio maior do que o combinado & ninguém respondeu ao protocolo <123> do atendimento. "


@dataclass(frozen=True)
class Filled:
    """What the requests of the bench need to know."""

    token: str
    password: str
    emails: list[str]
    case_ids: list[int]


async def fill(url: str, folder: Path) -> Filled:
    """Migrate the empty database at ``url`` and fill it, the same on each engine and at each run."""
    await migration.migrate(url, folder)
    await db.connect(url)
    try:
        return await _Filler(datetime.now(UTC).replace(microsecond=0)).fill()
    finally:
        await db.close()


class _Filler:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self._random = random.Random(20261123)

    async def fill(self) -> Filled:
        await taxonomy.load(self._now.date())
        await self._people()
        await Company.bulk_create([self._company(n) for n in range(1, COMPANIES + 1)])
        problems = await Problem.all().order_by("id").values_list("id", flat=True)
        staff = await User.exclude(role=Role.CONSUMER).order_by("id").values_list("id", flat=True)
        consumers = await User.filter(role=Role.CONSUMER).order_by("id")
        companies = await Company.all().order_by("id").values_list("id", flat=True)
        choose = self._random.choice
        await Case.bulk_create(
            [
                self._case(n, choose(consumers), choose(companies), choose(staff), choose(problems))
                for n in range(1, CASES + 1)
            ],
            batch_size=500,
        )
        told = await Case.all().order_by("-changed_at", "-id").limit(TOLD)
        for case in told:
            await self._story(case)
        if db.dialect() == "postgres":
            await db.rows("ANALYZE")
        return Filled(TOKEN, PASSWORD, [user.email for user in consumers], [case.id for case in told])

    async def _people(self) -> None:
        password_hash = Argon2Hasher().hash(PASSWORD)
        roles = [Role.COORDINATOR, *[Role.MEDIATOR] * 5, *[Role.CONSUMER] * CONSUMERS]
        await User.bulk_create([self._user(n, role, password_hash) for n, role in enumerate(roles, 1)])
        coordinator = await User.get(role=Role.COORDINATOR)
        await Session.create(
            token_hash=hashlib.sha256(TOKEN.encode()).hexdigest(),
            user_id=coordinator.id,
            created_at=self._now,
            seen_at=self._now,
            expires_at=self._now + timedelta(days=7),
        )

    def _user(self, n: int, role: Role, password_hash: str) -> User:
        return User(
            role=role,
            name=f"{self._random.choice(_FIRST)} {self._random.choice(_LAST)} {self._random.choice(_LAST)}",
            email=f"pessoa{n}@exemplo.com",
            cpf=f"{n:011d}" if role is Role.CONSUMER else None,
            phone="48999990000",
            password_hash=password_hash,
            email_confirmed_at=self._now,
            created_at=self._now,
        )

    def _company(self, n: int) -> Company:
        name = f"{self._random.choice(_TRADES)} {self._random.choice(_LAST)} & Cia. {n}"
        return Company(
            cnpj=f"{n:012d}00",
            legal_name=f"{name} Ltda.",
            trade_name=name if n % 2 else "",
            search=name.lower(),
            created_at=self._now,
        )

    def _case(self, n: int, consumer: User, company_id: Any, handler_id: Any, problem_id: Any) -> Case:
        told = n > CASES - TOLD
        state = State.ANSWERED if told else self._random.choice([s for s in State if s is not State.DRAFT])
        changed_at = self._now - timedelta(minutes=7 * (CASES - n), microseconds=n)
        return Case(
            protocol=protocol_number(2026, n),
            state=state,
            version=12,
            consumer_id=consumer.id,
            company_id=company_id,
            handler_id=handler_id if n % 5 else None,
            conflict=_TEXT * 3,
            address="Rua das Flores, 10, Centro · Criciúma/SC",
            cep="88801500",
            problem_id=problem_id,
            facts=_TEXT * 12,
            request="Devolução do valor pago, em dobro.",
            occurred_on=changed_at.date(),
            amount_cents=self._random.randrange(1000, 900_000),
            created_at=changed_at - timedelta(days=20),
            submitted_at=changed_at - timedelta(days=20),
            sent_at=changed_at - timedelta(days=18),
            notified_at=changed_at - timedelta(days=15),
            # to come: the application's own jobs close terms that have passed
            due_on=self._now.date() + timedelta(days=3 + n % 20) if n % 2 else None,
            changed_at=changed_at,
        )

    async def _story(self, case: Case) -> None:
        staff = (await User.get(role=Role.COORDINATOR)).id
        answer = await self._statement(case, StatementKind.ANSWER, Side.COMPANY, staff, _TEXT * 6)
        note = await self._statement(case, StatementKind.NOTE, Side.STAFF, staff, _TEXT)
        first = await self._offer(case, Side.COMPANY, OfferState.COUNTERED, 50_000)
        second = await self._offer(case, Side.CONSUMER, OfferState.COUNTERED, 80_000)
        third = await self._offer(case, Side.COMPANY, OfferState.OPEN, 65_000)
        due = (case.changed_at + timedelta(days=10)).date()
        await self._papers(case)
        await Hearing.create(
            case=case, mediator_id=staff, starts_at=self._now, minutes=40, state=HearingState.CANCELLED
        )
        await Notice.create(
            case=case,
            code=f"BENCH{case.id:06d}",
            channel="portal",
            sent_at=case.notified_at,
            due_on=due,
            explanation="Dez dias corridos desde a notificação, sem contar o primeiro.",
        )
        await self._events(
            case,
            (
                ("registration_submitted", case.consumer_id, {}),
                ("triage_started", staff, {}),
                ("registration_accepted", staff, {}),
                ("complaint_sent", case.consumer_id, {}),
                ("document_ready", None, {}),
                ("company_notified", staff, {"due": due.isoformat()}),
                ("notice_opened", None, {}),
                ("company_answered", staff, {"statement": answer.id}),
                ("offer_made", staff, {"offer": first.id}),
                ("offer_countered", case.consumer_id, {"offer": second.id}),
                ("offer_made", staff, {"offer": third.id}),
                ("note_added", staff, {"statement": note.id}),
            ),
        )

    async def _events(self, case: Case, story: Sequence[tuple[str, int | None, dict[str, Any]]]) -> None:
        previous = GENESIS
        for seq, (name, actor_id, facts) in enumerate(story, 1):
            at = case.changed_at - timedelta(hours=len(story) - seq)
            link = Link(case.id, seq, name, ",".join(EVENTS[name]), actor_id, facts, at)
            event = await CaseEvent.create(
                case=case,
                seq=seq,
                name=name,
                sides=link.sides,
                actor_id=actor_id,
                facts=facts,
                at=at,
                previous=previous,
                hash=link_hash(previous, link),
            )
            previous = event.hash

    async def _statement(
        self, case: Case, kind: StatementKind, side: Side, author_id: int, text: str
    ) -> Statement:
        return await Statement.create(
            case=case, kind=kind, side=side, author_id=author_id, text=text, at=case.changed_at
        )

    async def _offer(self, case: Case, side: Side, state: OfferState, cents: int) -> Offer:
        offer = await Offer.create(
            case=case,
            side=side,
            author_id=case.consumer_id,
            text=_TEXT,
            expires_on=case.changed_at.date() + timedelta(days=30),
            state=state,
            at=case.changed_at,
        )
        await Clause.create(
            offer=offer,
            number=1,
            kind=ClauseKind.REFUND,
            debtor=SeatRole.COMPANY,
            text=_TEXT,
            amount_cents=cents,
            instalments=2,
            due_on=case.changed_at.date() + timedelta(days=30),
            state=ClauseState.PROPOSED,
            author_id=case.consumer_id,
            at=case.changed_at,
        )
        return offer

    async def _papers(self, case: Case) -> None:
        kinds = [DocumentKind.RESIDENCE, DocumentKind.IDENTITY, *[DocumentKind.EXHIBIT] * 3]
        await Document.bulk_create(
            [
                Document(
                    id=UUID(int=case.id * 100 + n),
                    case=case,
                    owner_id=case.consumer_id,
                    kind=kind,
                    sides="consumer,staff",
                    filename=f"{kind}-{n}.pdf",
                    media_type="application/pdf" if n % 2 else "image/jpeg",
                    size=100_000 * n + 512,
                    sha256=f"{n:064d}",
                    storage_key=f"bench/{case.id}/{n}",
                    at=case.created_at,
                    attached_at=case.created_at,
                )
                for n, kind in enumerate([*kinds, DocumentKind.RECEIPT, DocumentKind.NOTICE], 1)
            ]
        )
