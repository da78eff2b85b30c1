"""Documents to print in tests: as Criciúma would fill them in."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.adapters.attendance_documents import AttendanceLetter, CounterReceipt
from app.adapters.calculation_document import CalculationReport, ReportLine
from app.adapters.documents import (
    Check,
    ClauseLine,
    Complaint,
    Exhibit,
    InstalmentLine,
    Letterhead,
    MinutesData,
    NoticeData,
    ParagraphLine,
    Parties,
    Presence,
    ReceiptData,
    SettlementData,
    SignatureLine,
)
from app.adapters.kit_document import ChainLine, FineLine, KitData, ObligationLine, PaymentLine
from app.adapters.petition_document import Petition
from app.adapters.presence_document import PresenceData, PresenceLine
from app.adapters.publication_document import PublicationData
from app.profile import PROFILES
from models.rules.agreement import ClauseKind, ClauseTerms, clause_text, instalment_table
from models.rules.hearing import SeatRole

AGENCY = Letterhead(
    name="Procon de Criciúma",
    legal_name="Serviço de Proteção e Defesa do Consumidor de Criciúma",
    address="Rua Henrique Lage, 267, Centro, Criciúma/SC",
    phone="(48) 3445-8500",
    email="procon@criciuma.example",
    opening_hours="Segunda a sexta, das 8h às 17h",
    timezone="America/Sao_Paulo",
    logo=(PROFILES / "criciuma.svg").read_text("utf-8"),
)
CHECK = Check(
    code="9RTW-7KQM-2XHP",
    site="procon.criciuma.example/verificar",
    url="https://procon.criciuma.example/verificar/9RTW-7KQM-2XHP",
)
PARTIES = Parties(
    consumer_name="Ana Conceição da Silva",
    consumer_document="***.456.789-**",
    company_name="Lojas São João Comércio de Eletrodomésticos Ltda.",
    company_document="12.ABC.345/01DE-35",
)
STORY = (
    "Comprei uma geladeira em 3 de outubro de 2026, na loja do centro, com entrega em cinco dias.\n\n"
    "A entrega atrasou três semanas e o aparelho chegou com a porta amassada. Liguei quatro vezes, mandei "
    "fotos por mensagem e ninguém resolveu. Na última ligação disseram que a garantia não cobre “dano de "
    "transporte”, embora o transporte tenha sido deles."
)
COMPLAINT = Complaint(
    area="Produtos",
    subject="Eletrodomésticos: linha branca",
    problem="Produto entregue com defeito ou dano",
    occurred_on=date(2026, 10, 3),
    amount_cents=389_900,
    facts=STORY,
    request="Troca por uma geladeira igual e sem defeito, ou a devolução do valor pago, corrigido.",
)
SENT = datetime(2026, 11, 23, 17, 42, tzinfo=UTC)
NEXT_STEPS = (
    "A equipe lê a reclamação e confere se falta alguma coisa; se faltar, você é avisada por e-mail.",
    "A empresa é notificada e tem 10 dias corridos para responder.",
    "Você lê a resposta e diz se resolve; se não resolver, marca-se uma audiência por vídeo.",
)


RECORD = (
    "Aberta a audiência, as partes foram identificadas por documento com foto.\n\n"
    "A consumidora relatou o ocorrido. A empresa reconheceu o dano de transporte e fez proposta, que a "
    "consumidora aceitou."
)


def exhibits(count: int) -> tuple[Exhibit, ...]:
    """That many files with names long and short."""
    names = (
        "nota-fiscal.pdf",
        "foto da porta amassada, vista de perto, tirada no dia da entrega.heic",
        "conversa.png",
    )
    return tuple(
        Exhibit(
            filename=names[n % 3], size=1500 * 7 ** (n % 5), sha256=hashlib.sha256(bytes([n])).hexdigest()
        )
        for n in range(count)
    )


def complaint(facts: str) -> Complaint:
    """The complaint with other facts."""
    return Complaint(
        area=COMPLAINT.area,
        subject=COMPLAINT.subject,
        problem=COMPLAINT.problem,
        occurred_on=None,
        amount_cents=None,
        facts=facts,
        request=COMPLAINT.request,
    )


def receipt(facts: str = "", files: int = 3) -> ReceiptData:
    """The receipt of the complaint."""
    return ReceiptData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=SENT,
        sent_at=SENT,
        parties=PARTIES,
        complaint=complaint(facts) if facts else COMPLAINT,
        exhibits=exhibits(files),
        next_steps=NEXT_STEPS,
        case_url="https://procon.criciuma.example/reclamacoes/2026.000123",
        check=CHECK,
    )


def notice(facts: str = "") -> NoticeData:
    """The notice to the company."""
    return NoticeData(
        lead=("Fica essa empresa notificada da reclamação, para que se manifeste.",),
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=SENT + timedelta(days=1),
        parties=PARTIES,
        complaint=complaint(facts) if facts else COMPLAINT,
        exhibit_count=3,
        due_on=date(2026, 12, 7),
        term_explanation="10 dias corridos, contados da ciência da notificação em 24/11/2026 (AR recebido), "
        "sem incluir esse dia; o último dia, 04/12/2026 (Santa Bárbara, padroeira), não tem expediente, e o "
        "prazo segue até o próximo dia útil; vence em 07/12/2026, segunda-feira. Fonte: prática de Procons "
        "municipais.",
        consequences=(
            "O silêncio é registrado e a reclamação segue sem a palavra da empresa.",
            "O caso pode ir a audiência de conciliação e a processo administrativo (CDC, arts. 55 a 57).",
            "A reclamação fundamentada e não atendida entra no cadastro público (CDC, art. 44).",
        ),
        access_code="7KQM-2XHP-9RTW",
        access_url="https://procon.criciuma.example/empresa/7KQM-2XHP-9RTW",
        check=CHECK,
    )


def publication() -> PublicationData:
    """The text for the gazette."""
    return PublicationData(
        agency=AGENCY,
        protocol="2026.000123",
        issued_at=SENT + timedelta(days=9),
        paragraphs=(
            "O Procon NOTIFICA a Loja do Bairro Ltda., CNPJ 12.ABC.345/01DE-35, de uma reclamação.",
            "A data da ciência é a desta publicação. Prazo: 10 dias corridos.",
        ),
        signed="Procon de Criciúma, 02/12/2026.",
        check=CHECK,
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


def attendance() -> AttendanceLetter:
    """The answer to a question asked at the counter."""
    return AttendanceLetter(
        agency=AGENCY,
        protocol="2026.000123-4",
        issued_at=SENT,
        title="Resposta à sua consulta",
        name=PARTIES.consumer_name,
        asked_at=SENT,
        question=STORY,
        answer="A garantia legal de um produto durável é de 90 dias (CDC, art. 26, II).",
        body="",
        reach="",
        basis="Lei 8.078/1990, art. 26",
        url="https://procon.criciuma.example/atendimentos/7",
    )


def counter_receipt() -> CounterReceipt:
    """What the citizen takes home from the counter."""
    return CounterReceipt(
        agency=AGENCY,
        protocol="2026.000123-4",
        issued_at=SENT,
        name=PARTIES.consumer_name,
        code=CHECK.code,
        url=f"https://procon.criciuma.example/continuar/{CHECK.code}",
        claimed=False,
    )


def calculation(lines: int = 3) -> CalculationReport:
    """Undue charges, doubled and corrected."""
    line = ReportLine(date(2026, 3, 5), 8990, 17980, Decimal("1.0312"), 18541, 927, 19468)
    return CalculationReport(
        agency=AGENCY,
        protocol="2026.000123-4",
        issued_at=SENT,
        title="Tarifa cobrada sem contrato",
        until=date(2026, 11, 23),
        method=("Cada cobrança em dobro (CDC, art. 42, parágrafo único).", "Correção pelo INPC, mês a mês."),
        lines=(line,) * lines,
        totals=tuple(lines * cents for cents in (8990, 17980, 18541, 927, 19468)),  # type: ignore[arg-type]
        missing="11/2026",
        tables=(("INPC", tuple((date(2026, month, 1), Decimal("0.42")) for month in range(3, 11))),),
    )


def petition() -> Petition:
    """A petition to the small-claims court."""
    return Petition(
        agency=AGENCY,
        protocol="2026.000123-4",
        issued_at=SENT,
        city="Criciúma",
        author=PARTIES.consumer_name,
        author_cpf="123.456.789-09",
        author_address="Rua das Flores, 10, Centro, Criciúma/SC",
        author_contact="(48) 99999-0000",
        company=PARTIES.company_name,
        company_cnpj=PARTIES.company_document,
        occurred_on=date(2026, 10, 3),
        facts=STORY,
        basis="CDC, art. 18, § 1º.",
        requests=("A troca por uma geladeira igual.", "A devolução do frete."),
        value_cents=389900,
        documents=("nota fiscal.pdf", "foto.jpg"),
        lead=(
            "Antes de recorrer ao Juizado, o consumidor procurou o Procon, sob o protocolo 2026.000123-4.",
        ),
        closing=("O Procon não representa o consumidor em juízo.",),
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
