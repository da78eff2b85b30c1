"""Cases with offers as their rows were before migration 0023, when an offer was one text, one amount and one
date in columns of its own, and what must be left of them afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from app import db
from app.adapters.case_archive import DATA, EVENTS
from app.services import case_copy, offer_views
from app.services.case_copy import Issuer
from app.services.offline_words import wrong_words
from models import Clause, Obligation, Offer, OfferState
from models.rules.chain import GENESIS, Link, canonical, link_hash
from models.rules.evidence import digest, offer_name, old_offer_words
from models.rules.fulfilment import ObligationState, asks_on
from models.rules.people import Side

AT = datetime(2026, 10, 5, 14, 30, tzinfo=UTC)
DAY = date(2026, 10, 5)
CONSUMER, AGENT = 1, 2


@dataclass(frozen=True)
class Old:
    """An offer of then; the event that made it bound its words, as it does since ADR 0069."""

    id: int
    case: int
    side: str
    text: str
    cents: int | None
    instalments: int
    due: date | None
    state: str


OFFERS = (
    Old(11, 1, "company", "Devolvemos com desconto d'água.", 40_000, 1, date(2026, 10, 20), "countered"),
    Old(12, 1, "consumer", "Tudo, em três vezes.", 100_000, 3, date(2026, 10, 31), "accepted"),
    Old(13, 2, "company", "Buscamos o sofá.", None, 1, None, "refused"),
    Old(14, 2, "company", "Devolvemos tudo.", 90_000, 1, date(2026, 10, 15), "accepted"),
    Old(15, 3, "company", "Consertamos a geladeira.", None, 1, None, "accepted"),
    Old(16, 4, "company", "Pagamos em dez dias.", 5_050, 1, date(2026, 10, 16), "open"),
)
CASES = {1: "fulfilment", 2: "archived", 3: "fulfilment", 4: "answered"}


async def fill(_apps: StateApps, schema_editor: BaseSchemaEditor) -> None:
    """Put the rows into the tables as they are then."""
    for statement in _statements():
        await schema_editor.client.execute_query(statement)


def _statements() -> Iterator[str]:
    for number, role in ((CONSUMER, "consumer"), (AGENT, "company")):
        yield _row(
            "user_account",
            id=number,
            role=role,
            name=f"Pessoa {number}",
            email=f"{number}@exemplo.com",
            password_hash="!",
            created_at=AT,
        )
    for case, state in CASES.items():
        yield _row(
            "case_file",
            id=case,
            consumer_id=CONSUMER,
            state=state,
            protocol=f"2026.{case:06}-0",
            created_at=AT,
            changed_at=AT,
            version=len(_events(case)),
        )
        previous = GENESIS
        for seq, (name, actor, told) in enumerate(_events(case), start=1):
            link = Link(case, seq, name, "consumer,company,staff", actor, told, AT)
            own = link_hash(previous, link)
            yield _row(
                "case_event",
                case_id=case,
                seq=seq,
                name=name,
                sides=link.sides,
                actor_id=actor,
                facts=canonical(told),
                at=AT,
                previous=previous,
                hash=own,
            )
            previous = own
    for one in OFFERS:
        yield _row(
            "offer",
            id=one.id,
            case_id=one.case,
            side=one.side,
            author_id=_by(one.side),
            text=one.text,
            amount_cents=one.cents,
            instalments=one.instalments,
            due_on=one.due,
            state=one.state,
            at=AT,
            decided_at=None if one.state == "open" else AT,
        )


def _events(case: int) -> list[tuple[str, int, dict[str, object]]]:
    found: list[tuple[str, int, dict[str, object]]] = []
    for one in OFFERS:
        if one.case != case:
            continue
        words = old_offer_words(one.text, one.cents, one.instalments, one.due)
        facts = {"offer": one.id, "by": one.side, "texts": {offer_name(one.id): digest(words)}}
        found.append(("offer_countered" if found else "offer_made", _by(one.side), facts))
        if one.state in ("accepted", "refused"):
            other = "consumer" if one.side == "company" else "company"
            found.append((f"offer_{one.state}", _by(other), {"offer": one.id, "by": other}))
    return found


def _by(side: str) -> int:
    return CONSUMER if side == "consumer" else AGENT


def _row(table: str, **values: object) -> str:
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(map(_literal, values.values()))})"


def _literal(value: object) -> str:
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"


async def are_intact(url: str) -> None:
    """Each offer, its terms, what became of it, what is owed by it, and the record's proof of all that."""
    await db.connect(url)
    try:
        await _offers()
        await _obligations()
        await _copies()
    finally:
        await db.close()


async def _offers() -> None:
    kept = await Offer.all().order_by("id")
    assert [(one.id, one.case_id, one.side, one.author_id, one.state) for one in kept] == [
        (old.id, old.case, old.side, _by(old.side), old.state) for old in OFFERS
    ]
    assert [one.version for one in kept] == [1, 2, 1, 2, 1, 1]
    assert [one.decided_at for one in kept] == [None if old.state == "open" else AT for old in OFFERS]
    terms = await Clause.all().order_by("offer_id")
    assert [(one.offer_id, one.text, one.amount_cents, one.instalments, one.due_on) for one in terms] == [
        (old.id, old.text, old.cents, old.instalments, old.due) for old in OFFERS
    ]
    assert {one.debtor for one in terms} == {"company"}
    for one, old in zip(terms, OFFERS, strict=True):
        assert one.kind == ("do" if old.cents is None else "refund")
        assert one.state == ("frozen" if old.state == "accepted" else "proposed")
    (_, shown) = await offer_views.of_case(1, Side.CONSUMER)
    assert (shown.state, shown.mine, shown.expires_on) == (OfferState.ACCEPTED, True, None)
    assert [payment.amount_cents for payment in shown.terms[0].payments] == [33_334, 33_333, 33_333]


async def _obligations() -> None:
    owed = await Obligation.all().order_by("case_id", "number")
    assert [(one.case_id, one.number, one.amount_cents, one.due_on) for one in owed] == [
        (1, 1, 33_334, date(2026, 10, 31)),
        (1, 2, 33_333, date(2026, 11, 30)),
        (1, 3, 33_333, date(2026, 12, 31)),
        (2, 1, 90_000, date(2026, 10, 15)),
        (3, 1, None, None),
    ]
    for one in owed:
        assert (one.debtor, one.state, one.agreed_on) == ("company", ObligationState.PENDING, DAY)
        assert asks_on(one.due_on, one.agreed_on, 30) is not None, "its creditor will be asked"


async def _copies() -> None:
    """What the record says of each offer is found again in the case's copy."""
    issuer = Issuer("Procon", "https://procon.exemplo", ZoneInfo("America/Sao_Paulo"))
    for case in CASES:
        for side in (Side.CONSUMER, Side.STAFF):
            copy = await case_copy.copied(case, side, issuer, now=AT)
            events = [json.loads(line) for line in copy.texts[EVENTS].splitlines()]
            assert len(events) == len(_events(case))
            assert wrong_words(json.loads(copy.texts[DATA]), events) == []
