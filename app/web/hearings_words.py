"""The words of the hearing room that are not told anywhere else: buttons, kinds of clause, device tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services.event_words import recording_cause
from app.services.wording import outcome_label, seat_role_label
from app.web.filters import number
from models import Power
from models.rules.agreement import ClauseKind, ClauseState, ClauseTerms
from models.rules.expectation import Expectation
from models.rules.hearing import INVITED, Conduct, HearingState, Outcome, SeatMode, SeatRole, SeatState
from models.rules.house_rules import RulesAnswer
from models.rules.minutes import RemarkState
from models.rules.money import written_cents
from models.rules.outcomes import CAUSE_TEXT, FOLLOW_UP_TEXT, FollowUp
from models.rules.recording import Answer, Take

CONDUCT: dict[Conduct, tuple[str, str]] = {
    Conduct.RESUME: (N_("Retomar"), "primary"),
    Conduct.PAUSE: (N_("Pausar"), "secondary"),
    Conduct.SUSPEND: (N_("Suspender por falha técnica"), "secondary"),
}
"""Label and kind of the button of each act, in the order in which they stand."""

RECORDING: dict[Take, tuple[str, str]] = {
    Take.START: (N_("Gravar"), "secondary"),
    Take.RESUME: (N_("Continuar a gravação"), "primary"),
    Take.PAUSE: (N_("Pausar a gravação"), "secondary"),
    Take.STOP: (N_("Parar a gravação"), "secondary"),
}
"""The same of the recording's buttons."""

RECORDING_ANSWERS = {
    Answer.AGREED: (N_("concorda com a gravação"), "success"),
    Answer.DECLINED: (N_("não concorda com a gravação"), "warning"),
    None: (N_("não respondeu sobre a gravação"), "neutral"),
}

RULES_ANSWERS = {
    RulesAnswer.ACCEPTED: (N_("aceitou as regras"), "success"),
    RulesAnswer.REFUSED: (N_("não aceitou as regras"), "danger"),
    RulesAnswer.NONE: (N_("ainda não aceitou as regras"), "neutral"),
}

POWERS = {
    Power.OWNER: N_("sócio ou titular"),
    Power.AGENT: N_("preposto (carta de preposição)"),
    Power.LAWYER: N_("advogado (procuração)"),
}

KINDS = {
    ClauseKind.REFUND: N_("Restituir valor"),
    ClauseKind.PAY: N_("Pagar valor"),
    ClauseKind.REPLACE: N_("Substituir o produto"),
    ClauseKind.REPAIR: N_("Reparar o produto ou serviço"),
    ClauseKind.DELIVER: N_("Entregar"),
    ClauseKind.DO: N_("Fazer"),
    ClauseKind.NOT_DO: N_("Não fazer"),
}

CLAUSE_STATES: dict[ClauseState, tuple[str, str]] = {
    ClauseState.PROPOSED: (N_("proposta"), "warning"),
    ClauseState.ACCEPTED: (N_("aceita pelas duas partes"), "success"),
    ClauseState.FROZEN: (N_("no texto final"), "info"),
    ClauseState.WITHDRAWN: (N_("retirada"), "neutral"),
    ClauseState.REPLACED: (N_("substituída"), "neutral"),
}

HEARING_TONES = {
    HearingState.IN_SESSION: "success",
    HearingState.PAUSED: "warning",
    HearingState.SUSPENDED: "danger",
}

MODES: dict[SeatMode, str] = {
    SeatMode.VIDEO: N_("com vídeo"),
    SeatMode.LOW_VIDEO: N_("vídeo leve"),
    SeatMode.AUDIO: N_("só com som"),
    SeatMode.TEXT: N_("por escrito"),
}
"""How somebody takes part, as the tags say it."""

SEAT_TONES = {
    SeatState.IN_HEARING: "success",
    SeatState.IN_CONSULTATION: "info",
    SeatState.AVAILABLE: "warning",
    SeatState.DISCONNECTED: "danger",
}

REMARK_STATES: dict[RemarkState, tuple[str, str]] = {
    RemarkState.OPEN: (N_("aguarda o conciliador"), "warning"),
    RemarkState.ACCEPTED: (N_("incluída na ata"), "success"),
    RemarkState.ANSWERED: (N_("respondida"), "info"),
    RemarkState.LEFT: (N_("não incluída"), "neutral"),
}

SIGNED_BY = {
    "email_code": N_("código por e-mail"),
    "totp": N_("aplicativo autenticador"),
    "recovery_code": N_("código de recuperação"),
}

WHY_NOT = {
    "no_power_to_settle": N_(
        "Você acompanha a audiência, mas não assina: a sua procuração ou carta de preposição não dá poderes "
        "para transigir. Outra pessoa da empresa com esses poderes pode entrar e assinar."
    ),
    "not_required": N_("Sem acordo, só o conciliador assina a ata."),
}

DEVICES = {
    "camera": N_("câmera"),
    "microphone": N_("microfone"),
    "speaker": N_("som"),
    "network": N_("rede"),
}
RESULTS = {"ok": N_("funciona"), "failed": N_("com problema"), "skipped": N_("não testado")}


def clause_kinds() -> list[tuple[str, str]]:
    """The kinds of clause for a form, money first."""
    return [(kind.value, _(label)) for kind, label in KINDS.items()]


def guest_roles() -> list[tuple[str, str]]:
    """Who may be invited to one hearing, for a form."""
    return [(role.value, seat_role_label(role)) for role in INVITED]


def is_guest(role: SeatRole) -> bool:
    """Whether somebody is there because they were invited to this one hearing."""
    return role in INVITED


def debtors() -> list[tuple[str, str]]:
    """Who may owe, for a form."""
    return [(SeatRole.COMPANY.value, _("A empresa")), (SeatRole.CONSUMER.value, _("O consumidor"))]


def outcomes() -> list[tuple[str, str]]:
    """How a hearing may end, for a form."""
    return [(outcome.value, outcome_label(outcome)) for outcome in Outcome]


def causes() -> list[tuple[str, str]]:
    """Why a hearing was not held, for a form; the empty choice is of one that was."""
    return [("", _("Não se aplica")), *((cause.value, _upper(text)) for cause, text in CAUSE_TEXT.items())]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def follow_up(after: FollowUp) -> str:
    """What follows a hearing that is over."""
    return FOLLOW_UP_TEXT[after]


def signed_by(method: str) -> str:
    """How somebody confirmed their signature, in few words."""
    return _(SIGNED_BY[method])


def remark_state(state: RemarkState) -> tuple[str, str]:
    """Label and tone of what became of a remark."""
    label, tone = REMARK_STATES[state]
    return _(label), tone


def clause_values(terms: ClauseTerms) -> dict[str, str]:
    """A clause as it is typed into the form, by field."""
    penalty = terms.penalty
    return {
        "debtor": terms.debtor,
        "kind": terms.kind,
        "amount": "" if terms.amount_cents is None else written_cents(terms.amount_cents),
        "instalments": str(terms.instalments),
        "due_on": terms.due_on.isoformat() if terms.due_on else "",
        "place": terms.place,
        "text": terms.text,
        "fine_percent": "" if penalty.fine_percent is None else str(penalty.fine_percent),
        "fine": "" if penalty.fine_cents is None else written_cents(penalty.fine_cents),
        "accelerates": "1" if penalty.accelerates else "",
    }


def clause_state(state: ClauseState) -> tuple[str, str]:
    """Label and tone of a clause's state."""
    label, tone = CLAUSE_STATES[state]
    return _(label), tone


def conduct_buttons(possible: frozenset[str]) -> list[tuple[str, str, str]]:
    """The mediator's acts among ``possible``: act, label, kind of button."""
    return [(act.value, _(label), kind) for act, (label, kind) in CONDUCT.items() if act.value in possible]


def recording_buttons(possible: frozenset[str]) -> list[tuple[str, str, str]]:
    """What may be done with the recording, the same way."""
    return [(act.value, _(label), kind) for act, (label, kind) in RECORDING.items() if act.value in possible]


def recording_answer(answer: Answer | None) -> tuple[str, str]:
    """What somebody said about being recorded: words and tone."""
    label, tone = RECORDING_ANSWERS[answer]
    return _(label), tone


def device_words(check: Mapping[str, Any] | None) -> str:
    """What is known of somebody's devices, in one line: by a test, or only by what opened at the door."""
    if not check:
        return _("aparelho não testado")
    found = {
        result: listed([_(label) for name, label in DEVICES.items() if check.get(name, "skipped") == result])
        for result in RESULTS
    }
    if check.get("at_door"):
        return _door_words(found)
    line = network_words(check.get("figures"))
    if found["failed"]:
        return _("problema no teste: %(what)s") % {"what": found["failed"]} + line
    if found["skipped"]:
        return _("aparelho testado em parte; sem teste: %(what)s") % {"what": found["skipped"]} + line
    return _("aparelho testado") + line


def _door_words(found: Mapping[str, str]) -> str:
    said = _("aparelho não testado")
    if found["ok"]:
        said += _("; ao entrar, abriu %(what)s") % {"what": found["ok"]}
    if found["failed"]:
        said += _("; ao entrar, não abriu %(what)s") % {"what": found["failed"]}
    return said


def network_words(figures: Mapping[str, float] | None) -> str:
    """What the network test measured, to follow a sentence; empty when there is none."""
    if not figures:
        return ""
    said = _("; rede: %(loss)s%% perdidos, ida e volta de %(rtt)s ms, envia %(up)s kbit/s")
    return said % {
        "loss": number(round(figures["loss"] * 100, 1)),
        "rtt": round(figures["rtt_ms"]),
        "up": round(figures["up_kbps"]),
    }


def listed(names: Sequence[str]) -> str:
    """Names in one line: "Ana, Rui e Carla"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s e %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def mode_label(mode: SeatMode) -> str:
    """How somebody takes part; empty for the usual way, with video."""
    return "" if mode is SeatMode.VIDEO else _(MODES[mode])


def mode_choices() -> list[tuple[str, str]]:
    """The ways to take part, for a form, the one that follows the line first."""
    return [("auto", _("conforme a conexão")), *((mode.value, _(label)) for mode, label in MODES.items())]


def away_sentence(away: tuple[SeatRole, ...]) -> str:
    """For whom the hearing waits."""
    both = _("A audiência espera as duas partes voltarem.")
    alone = {
        SeatRole.CONSUMER: _("A audiência espera o consumidor voltar."),
        SeatRole.COMPANY: _("A audiência espera a empresa voltar."),
    }
    return both if len(away) > 1 else alone[away[0]]


def why_not(code: str) -> str:
    """Why somebody does not sign; empty when they do."""
    return _(WHY_NOT[code]) if code else ""


def expectation(wait: Expectation) -> str:
    """When somebody who waits may expect to be called."""
    if wait.position == 1:
        if wait.minutes == 0:
            return _("Você é o próximo e será chamado a qualquer momento.")
        minutes = _minutes(wait.minutes)
        return _("Você é o próximo, em cerca de %(minutes)s.") % {"minutes": minutes}
    place = {"place": wait.position, "minutes": _minutes(wait.minutes)}
    return _("Você é o %(place)sº da fila, em cerca de %(minutes)s.") % place


def _minutes(count: int) -> str:
    return ngettext("%(num)s minuto", "%(num)s minutos", count) % {"num": count}


def rules_answer(answer: RulesAnswer) -> tuple[str, str]:
    """What somebody answered to the house rules: words and tone."""
    label, tone = RULES_ANSWERS[answer]
    return _(label), tone


def power(power: Power | None) -> str:
    """In which capacity somebody speaks for a company."""
    return _(POWERS[power]) if power else _("representação não encontrada")


def recording_failed(cause: str) -> str:
    """That nothing is being recorded, and why."""
    return _("A gravação falhou: %(cause)s.") % {"cause": recording_cause(cause)}
