"""What a hearing or an accepted offer comes to, as tests print it: minutes, settlement, presence, kit."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.adapters.documents import (
    ClauseLine,
    InstalmentLine,
    MinutesData,
    ParagraphLine,
    Presence,
    SettlementData,
    SignatureLine,
)
from app.adapters.kit_document import ChainLine, FineLine, KitData, ObligationLine, PaymentLine
from app.adapters.presence_document import PresenceData, PresenceLine
from models.rules.agreement import ClauseKind, ClauseTerms, clause_text, instalment_table
from models.rules.hearing import SeatRole
from tests.adapters.papers import AGENCY, CHECK, PARTIES, SENT

RECORD = (
    "Aberta a audiência, as partes foram identificadas por documento com foto.\n\n"
    "A consumidora relatou o ocorrido. A empresa reconheceu o dano de transporte e fez proposta, que a "
    "consumidora aceitou."
)


def clause(number: int, kind: ClauseKind, text: str, cents: int | None = None, parts: int = 1) -> ClauseLine:
    """A clause of the company's."""
    due = date(2026, 12, 31)
    terms = ClauseTerms(number, kind, SeatRole.COMPANY, text, cents, parts, due)
    table = instalment_table(cents, parts, due) if cents and parts > 1 else ()
    lines = tuple(
        InstalmentLine(number=i.number, due_on=i.due_on, amount_cents=i.amount_cents) for i in table
    )
    return ClauseLine(number=number, text=clause_text(terms), instalments=lines)


def clauses(count: int) -> tuple[ClauseLine, ...]:
    """That many clauses, each third one paid in instalments."""
    return tuple(
        clause(n, ClauseKind.REFUND, "por depósito na conta indicada no caso", 389_900 + n, 4)
        if n % 3 == 1
        else clause(n, ClauseKind.DELIVER, "geladeira do mesmo modelo, nova, na residência da consumidora")
        for n in range(1, count + 1)
    )


def minutes(clause_count: int = 1, record: str = "", *, signed: bool = True) -> MinutesData:
    """Minutes with that many clauses."""
    opened = datetime(2026, 12, 10, 17, 31, 12, tzinfo=UTC)
    people = (
        ("Ana Conceição da Silva", "Consumidora"),
        ("Carlos Eduardo Pereira Gonçalves", "Preposto da empresa, com poderes para transigir"),
        ("Marina de Souza", "Conciliadora"),
    )
    text_hash = hashlib.sha256(b"texto").hexdigest()
    return MinutesData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=opened + timedelta(minutes=42),
        parties=PARTIES,
        mediator_name="Marina de Souza",
        starts_at=datetime(2026, 12, 10, 17, 30, tzinfo=UTC),
        opened_at=opened,
        closed_at=opened + timedelta(minutes=40),
        outcome="acordo integral" if clause_count else "sem acordo",
        present=tuple(
            Presence(name=name, role=role, entered_at=opened + timedelta(minutes=n), left_at=None)
            for n, (name, role) in enumerate(people)
        ),
        record=record or RECORD,
        paragraphs=tuple(
            ParagraphLine(
                text=text,
                author="Marina de Souza",
                written_at=opened + timedelta(minutes=5 + n),
                editor="Ana Conceição da Silva" if n == 1 else "",
                edited_at=opened + timedelta(minutes=9 + n),
            )
            for n, text in enumerate((record or RECORD).split("\n\n"))
        ),
        follow_up="O Procon acompanha o cumprimento das obrigações nas datas acima.",
        clauses=clauses(clause_count),
        signatures=tuple(
            SignatureLine(
                name=name,
                role=role,
                signed_at=opened + timedelta(minutes=30 + n),
                method="Assinatura eletrônica na sala, senha confirmada",
                address="203.0.113.7",
                device="Chrome no Android",
            )
            for n, (name, role) in enumerate(people)
        )
        if signed
        else (),
        signed_text_sha256=text_hash,
        check=CHECK,
    )


def settlement(note: str = "", clause_count: int = 2) -> SettlementData:
    """An agreement made by accepting an offer."""
    agreed = SENT + timedelta(days=6)
    return SettlementData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=agreed + timedelta(seconds=40),
        parties=PARTIES,
        proposed_by="Empresa",
        version=3,
        note=note,
        clauses=clauses(clause_count),
        agreed_at=agreed,
        signatures=(
            SignatureLine(
                name="Carlos Eduardo Pereira Gonçalves",
                role="Empresa",
                signed_at=agreed - timedelta(hours=3),
                method="Proposta na página do caso, com a conta da pessoa",
            ),
            SignatureLine(
                name="Ana Conceição da Silva",
                role="Consumidor",
                signed_at=agreed,
                method="Aceitação na página do caso, com a conta da pessoa",
            ),
        ),
        text_sha256=hashlib.sha256(b"proposta").hexdigest(),
        check=CHECK,
    )


def presence(
    lines: int = 3, *, failures: tuple[tuple[float, float], ...] = (), closed: bool = True
) -> PresenceData:
    """A certificate of presence with that many people."""
    starts = datetime(2026, 12, 10, 17, 30, tzinfo=UTC)
    people = (
        (
            "Ana Conceição da Silva",
            "Consumidor",
            ((0.0, 0.2, "waiting"), (0.2, 0.55, "room"), (0.6, 1.0, "room")),
        ),
        ("Carlos Eduardo Pereira Gonçalves", "Empresa", ()),
        ("Marina de Souza", "Conciliador", ((0.0, 0.4, "room"), (0.4, 0.5, "private"), (0.5, 1.0, "room"))),
    )
    return PresenceData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=starts + timedelta(minutes=41),
        parties=PARTIES,
        mediator_name="Marina de Souza",
        starts_at=starts,
        tolerance_minutes=15,
        opened_at=starts + timedelta(minutes=5),
        until=starts + timedelta(minutes=40),
        closed=closed,
        outcome="não realizada por ausência da empresa" if closed else "",
        conclusions=(
            "Consumidor: presente. Entrou às 14:25 e estava na sala virtual no fim.",
            "Empresa: não compareceu. Ninguém por esta parte entrou na sala virtual, que esteve aberta e em "
            "funcionamento por 40 min 00 s a partir da hora marcada (tolerância: 15 minutos).",
        ),
        interruptions=("serviço de vídeo do Procon interrompido das 14:40 às 14:44 (4 min 02 s)",)
        * len(failures),
        begins=starts - timedelta(minutes=5),
        ends=starts + timedelta(minutes=40),
        lines=tuple(
            PresenceLine(
                name=name,
                role=role,
                state="presente até o fim" if stays else "não entrou",
                came=starts - timedelta(minutes=5) if stays else None,
                went=None,
                late=False,
                connected="44 min 10 s",
                inside="35 min 00 s",
                drops=1 if role == "Consumidor" else 0,
                heard="12 min 04 s" if stays else "",
                seen="31 min 00 s" if stays else "",
                loss="0,4 % / 1,2 %" if stays else "",
                stays=stays,
                text="14:25 a 15:10 na sala de audiência" if stays else "não entrou",
            )
            for name, role, stays in (people[number % 3] for number in range(lines))
        ),
        ticks=tuple((number / 9, f"14:{25 + 5 * number:02}") for number in range(7)),
        marks=((1 / 9, "marcada 14:30"), (4 / 9, "tolerância 14:45"), (2 / 9, "abertura 14:35")),
        failures=failures,
        skew=timedelta(seconds=2.5) if failures else timedelta(),
        last_seq=84,
        last_hash=hashlib.sha256(b"evento").hexdigest(),
        check=CHECK,
    )


def kit(payments: int = 2) -> KitData:
    """The execution kit of an agreement, with that many payments due."""
    agreed = SENT + timedelta(days=6)
    settled = settlement()
    return KitData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=agreed + timedelta(days=40),
        parties=PARTIES,
        creditor="O consumidor",
        debtor="a empresa",
        origin="Proposta aceita, versão 3, de: Empresa",
        agreed_at=agreed,
        sealed_code=CHECK.code,
        sealed_sha256=settled.text_sha256,
        clauses=settled.clauses,
        signatures=settled.signatures,
        text_sha256=settled.text_sha256,
        obligations=tuple(
            ObligationLine(
                text=f"Parcela {number} de {payments}: restituir.",
                due_on=agreed.date(),
                amount_cents=97_475,
                state="não cumprida",
                said_at=agreed,
                note="Nada caiu na conta.",
            )
            for number in range(1, payments + 1)
        ),
        deeds=() if payments else ("A empresa obriga-se a buscar a geladeira.",),
        until=agreed.date(),
        method=("Sem correção monetária: não há índice carregado neste órgão.",),
        payments=tuple(
            PaymentLine(
                text="Cláusula 1",
                since=agreed.date(),
                cents=97_475,
                factor=Decimal(1),
                corrected_cents=97_475,
                interest_cents=0,
                total_cents=97_475,
                accelerated=number > 0,
            )
            for number in range(payments)
        ),
        fines=(FineLine(text="Cláusula 1: multa fixa", cents=5_000),) if payments else (),
        total_cents=97_475 * payments,
        chain=tuple(
            ChainLine(seq=number, at=agreed, text="Proposta aceita", hash=settled.text_sha256)
            for number in range(1, 12)
        ),
        last_seq=11,
        last_hash=settled.text_sha256,
        check=CHECK,
    )
