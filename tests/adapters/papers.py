"""Documents to print in tests, as Criciúma would fill them in; of an agreement: ``agreement_papers``."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.adapters.attendance_documents import AttendanceLetter, CounterReceipt
from app.adapters.calculation_document import CalculationReport, ReportLine
from app.adapters.documents import (
    Check,
    Complaint,
    Exhibit,
    Letterhead,
    NoticeData,
    Parties,
    ReceiptData,
)
from app.adapters.petition_document import Petition
from app.adapters.publication_document import PublicationData
from app.profile import PROFILES

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
