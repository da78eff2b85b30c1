"""The sentence that explains how a term was counted: one wording for pages, letters, papers, simulator.

It names the number of days and their kind, the event that began the term with its day, whether that day
counts, suspensions, holidays by name, the day to which an end without service moved, the due day and the
source (ADR 0083).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from models.rules.terms import DueDate, Skipped, Term, Trigger

NAMED = 5
"""So many holidays of one sort are named in a sentence; of more it says how many."""

TRIGGERS: Mapping[str, str] = {
    "registration_submitted": "do envio do cadastro",
    "review_asked": "do pedido de revisão",
    "triage_started": "do início da triagem",
    "documents_requested": "do pedido de documentos",
    "documents_supplied": "da entrega dos documentos pedidos",
    "complaint_sent": "do envio da reclamação",
    "opened_at_counter": "da abertura do caso pelo Procon",
    "case_reopened": "da reabertura do caso",
    "company_called": "do primeiro telefonema à empresa",
    "company_notified": "da emissão da notificação",
    "notice_served": "do início da tentativa de entrega",
    "notice_tracked": "da falha da entrega",
    "notice_opened": "da ciência da notificação",
    "complaint_opened": "da abertura da reclamação",
    "company_answered": "da resposta da empresa",
    "consumer_replied": "da réplica do consumidor",
    "term_passed": "do registro de que a empresa não respondeu",
    "hearing_scheduled": "da marcação da audiência",
    "hearing_cancelled": "do cancelamento da audiência",
    "hearing_closed": "do encerramento da audiência",
    "agreement_broken": "do registro do descumprimento",
    "fulfilment_asked": "da pergunta sobre o cumprimento",
}
"""What begins a term, by the name of the case's event, as it is said after "contados"."""

USUAL: Mapping[str, str] = {
    "company_answer": "notice_opened",
    "consumer_documents": "documents_requested",
    "consumer_reply": "company_answered",
    "hearing_notice": "hearing_scheduled",
    "awareness": "notice_served",
    "redelivery": "notice_tracked",
    "triage": "registration_submitted",
    "analysis": "complaint_sent",
    "scheduling": "term_passed",
    "decision": "hearing_closed",
    "settlement_reply": "fulfilment_asked",
}
"""The event that usually begins each act's term."""

_WEEKDAYS = (
    "segunda-feira",
    "terça-feira",
    "quarta-feira",
    "quinta-feira",
    "sexta-feira",
    "sábado",
    "domingo",
)


def explain(result: DueDate) -> str:
    """The explanation kept beside each computed date, in Portuguese.

    Example: "20 dias corridos, contados da ciência da notificação em 03/12/2026 (AR recebido), sem incluir
    esse dia; 04/12/2026 (Santa Bárbara) é feriado e conta, porque os dias são corridos; vence em 23/12/2026,
    quarta-feira. Fonte: …"
    """
    parts = [_head(result.term, _begun(result.trigger, result.start))]
    parts += [
        f"prazos suspensos de {s.first:%d/%m/%Y} a {s.last:%d/%m/%Y} ({s.reason})" for s in result.suspended
    ]
    parts += [*_passed_over(result), *_counted_holidays(result), *_moved_on(result)]
    parts.append(f"vence em {result.due:%d/%m/%Y}, {_WEEKDAYS[result.due.weekday()]}")
    return "; ".join(parts) + f". Fonte: {result.term.source}."


def explain_pending(term: Term) -> str:
    """What is said of a term whose trigger has not come yet."""
    return f"{_head(term, _words(Trigger(term.trigger)))}. Fonte: {term.source}."


def _head(term: Term, begun: str) -> str:
    one = term.days == 1
    kind = {"business": ("útil", "úteis"), "calendar": ("corrido", "corridos")}[term.kind][not one]
    amount = f"{term.days} {'dia' if one else 'dias'} {kind}"
    first = "sem incluir esse dia" if term.excludes_first else "incluindo esse dia"
    return f"{amount}, {'contado' if one else 'contados'} {begun}, {first}"


def _words(trigger: Trigger) -> str:
    return TRIGGERS.get(trigger.event, "do dia inicial")


def _begun(trigger: Trigger, start: date) -> str:
    how = f" ({trigger.how})" if trigger.how else ""
    return f"{_words(trigger)} em {start:%d/%m/%Y}{how}"


def _passed_over(result: DueDate) -> list[str]:
    """Holidays inside a term of business days."""
    inside = [item for item in result.skipped if item.day < result.last and _in_the_week(item)]
    return [f"{_listed(inside)} não {'conta' if len(inside) == 1 else 'contam'}"] if inside else []


def _counted_holidays(result: DueDate) -> list[str]:
    """Holidays inside a term of calendar days: they count, and whoever looks at a calendar wonders."""
    moved = result.due != result.last
    inside = [
        item for item in result.holidays if _in_the_week(item) and not (moved and item.day == result.last)
    ]
    if not inside:
        return []
    says = "é feriado e conta" if len(inside) == 1 else "são feriados e contam"
    return [f"{_listed(inside)} {says}, porque os dias são corridos"]


def _in_the_week(item: Skipped) -> bool:
    """A holiday on a Saturday or Sunday changes nothing, and is not worth a word."""
    return item.day.weekday() < 5


def _moved_on(result: DueDate) -> list[str]:
    """Why the term did not end on its n-th day."""
    if result.due == result.last:
        return []
    beyond = [item for item in result.skipped if item.day > result.last]
    own = next((item for item in result.skipped if item.day == result.last), None)
    named = [item for item in beyond if item.name not in _WEEKDAYS]
    last = f"o último dia, {result.last:%d/%m/%Y} ({own.name})," if own else "o último dia"
    nor = f", nem {_listed(named)}" if named else ""
    return [f"{last} não tem expediente{nor}, e o prazo segue até o próximo dia útil"]


def _listed(items: Sequence[Skipped]) -> str:
    """Days with their names, the first ``NAMED`` of them."""
    said = [f"{item.day:%d/%m/%Y} ({item.name})" for item in items[:NAMED]]
    if len(items) > NAMED:
        more = len(items) - NAMED
        said.append(f"mais {more} {'feriado' if more == 1 else 'feriados'}")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} e {said[-1]}"
