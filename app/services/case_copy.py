"""A case in words and numbers as one side may know it: what its exported copy holds (ADR 0065)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.adapters.case_archive import DATA, DOCUMENTS, EVENTS, FORMAT, MANIFEST, README, SIGNATURE, STORY
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile
from app.services.event_words import event_text
from app.services.wording import role_label, side_label, state_label
from models import (
    Case,
    CaseEvent,
    Clause,
    Delivery,
    DeliveryStep,
    Document,
    Hearing,
    HearingMessage,
    Notice,
    Obligation,
    Offer,
    OfferSignature,
    Recording,
    Seat,
    Signature,
    Statement,
    StatementKind,
    User,
)
from models.rules.chain import Link, canonical, row_of
from models.rules.hearing import Audience
from models.rules.people import STAFF, Side

_OBLIGATION = (
    *("id", "clause_id", "number", "debtor", "text", "amount_cents", "due_on", "agreed_on"),
    *("state", "decided_at", "broken_at"),
)
_CLAUSE = ("id", "number", "kind", "debtor", "text", "amount_cents", "instalments", "due_on", "state")


@dataclass(frozen=True)
class Included:
    """A document in the copy: its row's id, its place in the archive, and where its bytes are."""

    id: UUID
    name: str
    size: int
    sha256: str
    storage_key: str


@dataclass(frozen=True)
class CaseCopy:
    """Everything of a copy but its seal: ``texts`` by name, in the archive's order, and the documents."""

    protocol: str
    texts: Mapping[str, bytes]
    documents: tuple[Included, ...]

    @property
    def manifest(self) -> bytes:
        """What is sealed."""
        return self.texts[MANIFEST]


@dataclass(frozen=True)
class Issuer:
    """The agency as a copy names it."""

    name: str
    site: str
    zone: ZoneInfo


async def copied(case_id: int, side: Side, issuer: Issuer, *, now: datetime) -> CaseCopy:
    """The case as ``side`` may know it, read while nothing can be added to it."""
    async with transaction():
        file = await casefile.opened(case_id, None)
        events = await CaseEvent.filter(case_id=case_id).order_by("seq")
        people = await _people(events)
        rows = await Document.filter(case_id=case_id, attached_at__isnull=False, erased_at=None).order_by(
            "at", "id"
        )
        documents = [row for row in rows if side in row.sides.split(",")]
        data = await _data(file.case, side, people)
        recordings = await _recordings(case_id)
    included = tuple(
        Included(row.id, f"{DOCUMENTS}/{number:03}-{row.filename}", row.size, row.sha256, row.storage_key)
        for number, row in enumerate(documents, start=1)
    )
    texts = {
        README: _readme(file.case, issuer).encode(),
        EVENTS: "".join(f"{_line(event, side)}\n" for event in events).encode(),
        DATA: _pretty(data | {"pessoas": _named(people, side)}),
        STORY: _story(events, people, side, issuer.zone).encode(),
    }
    manifest = _described(file.case, side, issuer, events, now) | {
        "arquivos": [
            {"nome": name, "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in texts.items()
        ]
        + [{"nome": one.name, "bytes": one.size, "sha256": one.sha256} for one in included],
        "documentos": [_entered(row, one) for row, one in zip(documents, included, strict=True)],
        "gravacoes": recordings,
    }
    ordered = {README: texts[README], MANIFEST: _pretty(manifest), SIGNATURE: b""}
    return CaseCopy(file.case.protocol or str(case_id), ordered | texts, included)


def _described(
    case: Case, side: Side, issuer: Issuer, events: Sequence[CaseEvent], now: datetime
) -> dict[str, Any]:
    """Whose copy of what it is, and how far its record goes."""
    return {
        "formato": FORMAT,
        "orgao": issuer.name,
        "endereco": issuer.site,
        "processo": case.protocol or "",
        "caso": case.id,
        "copia_de": side.value,
        "emitida_em": now.astimezone(UTC).isoformat(timespec="seconds"),
        "eventos": {
            "quantidade": len(events),
            "ultimo": events[-1].hash if events else "",
            "reservados": sum(side not in event.sides.split(",") for event in events),
        },
    }


def _entered(row: Document, included: Included) -> dict[str, Any]:
    """A document in the manifest."""
    return {
        "id": str(row.id),
        "arquivo": included.name,
        "tipo": row.kind.value,
        "codigo": row.code or "",
        "em": _json(row.at),
    }


def _line(event: CaseEvent, side: Side) -> str:
    hashes = {"previous": event.previous, "hash": event.hash}
    if side not in event.sides.split(","):
        return canonical({"seq": event.seq, "withheld": True, **hashes})
    link = Link(event.case_id, event.seq, event.name, event.sides, event.actor_id, event.facts, event.at)
    return canonical(row_of(link) | hashes)


async def _people(events: Sequence[CaseEvent]) -> dict[int, User]:
    known = {event.actor_id for event in events if event.actor_id is not None}
    return {user.id: user for user in await User.filter(id__in=list(known))}


def _who(user: User | None, side: Side) -> str:
    """To the parties, people of the agency are "Procon"."""
    if user is None:
        return side_label(Side.SYSTEM)
    return side_label(Side.STAFF) if user.role in STAFF and side is not Side.STAFF else user.name


def _named(people: Mapping[int, User], side: Side) -> dict[str, dict[str, str]]:
    return {
        str(number): {"nome": _who(user, side), "papel": role_label(user.role)}
        for number, user in sorted(people.items())
    }


def _story(events: Sequence[CaseEvent], people: Mapping[int, User], side: Side, zone: ZoneInfo) -> str:
    lines = []
    for event in events:
        known = side in event.sides.split(",")
        text = event_text(event.name, event.facts) if known else _("(evento reservado a outra parte)")
        who = _who(people.get(event.actor_id or 0), side) if known else ""
        lines.append(f"{event.seq:5}  {event.at.astimezone(zone):%d/%m/%Y %H:%M:%S}  {text}  {who}".rstrip())
    return "\n".join(lines) + "\n"


async def _data(case: Case, side: Side, people: Mapping[int, User]) -> dict[str, Any]:
    """The rows of the case that its events tell of by number."""
    consumer = await User.get(id=case.consumer_id)
    private = side is not Side.COMPANY
    statements = Statement.filter(case_id=case.id).order_by("id")
    return {
        "processo": case.protocol or "",
        "situacao": state_label(case.state),
        "consumidor": {"nome": consumer.name, "cpf": (consumer.cpf or "") if private else ""},
        "empresa": {"nome": case.company_name, "cnpj": case.company_cnpj},
        "fatos": case.facts,
        "pedido": case.request,
        "ocorrido_em": _json(case.occurred_on),
        "valor_centavos": case.amount_cents,
        "conflito": case.conflict if private else "",
        "manifestacoes": [
            _row(row, "id", "kind", "side", "text", "at")
            for row in await statements
            if side is Side.STAFF or row.kind is not StatementKind.NOTE
        ],
        "propostas": [await _offer(row, side) for row in await Offer.filter(case_id=case.id).order_by("id")],
        "obrigacoes": [
            _row(row, *_OBLIGATION) for row in await Obligation.filter(case_id=case.id).order_by("id")
        ],
        "notificacoes": [
            _row(row, "id", "channel", "sent_at", "opened_at", "aware_at", "due_on", "explanation")
            for row in await Notice.filter(case_id=case.id).order_by("id")
        ],
        "entregas": [
            await _delivery(row, side)
            for row in await Delivery.filter(notice__case_id=case.id).order_by("id")
        ],
        "audiencias": [
            await _hearing(row, side) for row in await Hearing.filter(case_id=case.id).order_by("id")
        ],
    }


async def _offer(offer: Offer, side: Side) -> dict[str, Any]:
    """An offer as both sides read it: its text says all that its rows say, and the event binds it."""
    signed = OfferSignature.filter(offer_id=offer.id).order_by("id")
    return _row(offer, "id", "side", "version", "final_text", "expires_on", "state", "at") | {
        "clausulas": [
            _row(row, *_CLAUSE) for row in await Clause.filter(offer_id=offer.id).order_by("number")
        ],
        "assinaturas": [_row(row, *_evidence(side)) for row in await signed],
    }


async def _delivery(delivery: Delivery, side: Side) -> dict[str, Any]:
    """An attempt to serve the notice; where it went is not the consumer's business."""
    steps = DeliveryStep.filter(delivery_id=delivery.id).order_by("id")
    where = ("address",) if side is not Side.CONSUMER else ()
    return _row(delivery, "id", "notice_id", "channel", "status", "tracking", *where) | {
        "passos": [_row(row, "status", "at", "recorded_at", "document_id") for row in await steps]
    }


def _evidence(side: Side) -> tuple[str, ...]:
    evidence: tuple[str, ...] = ("user_id", "role", "text_hash", "method", "at")
    return (*evidence, "address", "device") if side is Side.STAFF else evidence


async def _hearing(hearing: Hearing, side: Side) -> dict[str, Any]:
    seats = await Seat.filter(hearing_id=hearing.id).order_by("id").select_related("user")
    said = HearingMessage.filter(hearing_id=hearing.id, audience=Audience.ALL).order_by("id")
    return _row(
        hearing,
        *("id", "starts_at", "minutes", "state", "opened_at", "closed_at", "outcome"),
        *("record", "final_text", "text_hash", "frozen_at"),
    ) | {
        "lugares": [{"id": seat.id, "nome": seat.user.name, "papel": seat.role.value} for seat in seats],
        "clausulas": [
            _row(row, *_CLAUSE) for row in await Clause.filter(hearing_id=hearing.id).order_by("number")
        ],
        "assinaturas": [
            _row(row, *_evidence(side))
            for row in await Signature.filter(hearing_id=hearing.id).order_by("id")
        ],
        "conversa": [_row(row, "id", "author_id", "text", "at") for row in await said],
    }


async def _recordings(case_id: int) -> list[dict[str, Any]]:
    found = await Recording.filter(hearing__case_id=case_id).order_by("started_at")
    return [_row(row, "id", "hearing_id", "state", "started_at", "size", "sha256") for row in found]


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {name: _json(getattr(row, name)) for name in names}


def _json(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _readme(case: Case, issuer: Issuer) -> str:
    text = _(
        "Cópia da reclamação %(protocol)s, emitida por %(agency)s.\n\n"
        "andamento.txt    o que aconteceu, em palavras\n"
        "caso.json        reclamação, respostas, propostas, audiências, cláusulas e assinaturas\n"
        "eventos.jsonl    o registro do caso, um evento por linha, encadeados por SHA-256\n"
        "documentos/      os documentos, como foram enviados ou emitidos\n"
        "manifesto.json   a lista de tudo isto, com o SHA-256 de cada arquivo\n"
        "manifesto.p7s    o selo eletrônico do órgão sobre o manifesto (CMS)\n\n"
        "Para conferir sem internet:  procon verify ARQUIVO.zip\n"
        "O programa é livre. Cada PDF selado também se confere em %(site)s/verificar\n"
    )
    return text % {"protocol": case.protocol or case.id, "agency": issuer.name, "site": issuer.site}
