"""What the system calls things, in Portuguese: states, roles, how a hearing stands.

One place, used by pages, letters and live announcements alike, so that all three say the same thing. What
happened is told by ``app.services.event_words``. tests/walks checks that every state has words.
"""

from __future__ import annotations

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.case_machine import State
from models.rules.hearing import HearingState, Outcome, SeatRole, SeatState
from models.rules.outcomes import Cause, outcome_text
from models.rules.people import Role, Side

STATES = {
    State.DRAFT: N_("Cadastro em preenchimento"),
    State.SUBMITTED: N_("Aguardando triagem"),
    State.IN_TRIAGE: N_("Em triagem"),
    State.WAITING_CONSUMER: N_("Aguardando o consumidor"),
    State.LAPSED: N_("Arquivado por falta de resposta"),
    State.REFUSED: N_("Cadastro não aceito"),
    State.ACCEPTED: N_("Aceito: escrever a reclamação"),
    State.UNDER_ANALYSIS: N_("Em análise no Procon"),
    State.PRELIMINARY: N_("Em atendimento preliminar"),
    State.NOTIFIED: N_("CIP enviada à empresa"),
    State.ACKNOWLEDGED: N_("CIP recebida pela empresa"),
    State.ANSWERED: N_("CIP respondida"),
    State.UNANSWERED: N_("CIP sem resposta"),
    State.REPLIED: N_("Réplica do consumidor"),
    State.OPENED: N_("Reclamação aberta diretamente"),
    State.HEARING_SCHEDULED: N_("Audiência marcada"),
    State.NO_AGREEMENT: N_("Audiência sem acordo"),
    State.HEARING_NOT_HELD: N_("Audiência não realizada"),
    State.FULFILMENT: N_("Acordo em cumprimento"),
    State.BREACHED: N_("Acordo descumprido"),
    State.ARCHIVED: N_("Arquivada"),
}


def state_label(state: State) -> str:
    """The name of a case state, as a tag."""
    return _(STATES[state])


def state_tone(state: State) -> str:
    """The colour family of a state's tag: info, warning, success, danger or neutral."""
    return {
        State.WAITING_CONSUMER: "warning",
        State.ACCEPTED: "warning",
        State.LAPSED: "neutral",
        State.REFUSED: "danger",
        State.UNANSWERED: "danger",
        State.REPLIED: "warning",
        State.OPENED: "warning",
        State.HEARING_NOT_HELD: "danger",
        State.NO_AGREEMENT: "danger",
        State.FULFILMENT: "success",
        State.BREACHED: "danger",
        State.ARCHIVED: "neutral",
        State.DRAFT: "neutral",
    }.get(state, "info")


ROLES = {
    Role.CONSUMER: N_("Consumidor"),
    Role.COMPANY: N_("Empresa"),
    Role.ATTENDANT: N_("Atendente"),
    Role.MEDIATOR: N_("Conciliador"),
    Role.LEGAL: N_("Jurídico"),
    Role.COORDINATOR: N_("Coordenação"),
    Role.AUDITOR: N_("Controle"),
    Role.GUEST: N_("Convidado"),
}


def role_label(role: Role) -> str:
    """The name of an account's role."""
    return _(ROLES[role])


SIDES = {
    Side.CONSUMER: N_("Consumidor"),
    Side.COMPANY: N_("Empresa"),
    Side.STAFF: N_("Procon"),
    Side.SYSTEM: N_("Sistema"),
    Side.GUEST: N_("Convidado"),
}


def side_label(side: Side) -> str:
    """The name of a side of a case."""
    return _(SIDES[side])


ACTORS = {Side.CONSUMER: N_("O consumidor"), Side.COMPANY: N_("A empresa"), Side.STAFF: N_("O Procon")}


def side_actor(side: Side) -> str:
    """A side that has done something, as a sentence begins."""
    return _(ACTORS[side])


SEAT_ROLES = {
    SeatRole.CONSUMER: N_("Consumidor"),
    SeatRole.COMPANY: N_("Empresa"),
    SeatRole.MEDIATOR: N_("Conciliador"),
    SeatRole.INTERPRETER: N_("Intérprete de Libras"),
    SeatRole.COUNSEL: N_("Advogado do consumidor"),
    SeatRole.WITNESS: N_("Testemunha"),
    SeatRole.OBSERVER: N_("Observador"),
}


def seat_role_label(role: SeatRole) -> str:
    """The name of a role in a hearing."""
    return _(SEAT_ROLES[role])


SEAT_STATES = {
    SeatState.NOT_SIGNED_IN: N_("ainda não entrou"),
    SeatState.AVAILABLE: N_("na sala de espera"),
    SeatState.IN_HEARING: N_("na audiência"),
    SeatState.IN_CONSULTATION: N_("em sala reservada"),
    SeatState.DISCONNECTED: N_("desconectado"),
}


def seat_state_label(state: SeatState) -> str:
    """Where a person of a hearing is."""
    return _(SEAT_STATES[state])


HEARING_STATES = {
    HearingState.NOT_STARTED: N_("Não iniciada"),
    HearingState.IN_SESSION: N_("Em andamento"),
    HearingState.PAUSED: N_("Em pausa"),
    HearingState.SUSPENDED: N_("Suspensa por falha técnica"),
    HearingState.CLOSED: N_("Encerrada"),
    HearingState.CANCELLED: N_("Cancelada"),
}


def hearing_state_label(state: HearingState) -> str:
    """The name of a hearing's state."""
    return _(HEARING_STATES[state])


def outcome_label(outcome: Outcome, cause: Cause | None = None) -> str:
    """How a hearing ended, the same words as in the signed text."""
    words = outcome_text(outcome, cause)
    return words[0].upper() + words[1:]


STATUS = {
    "door_closed": _(
        "A sala de espera abre pouco antes do horário marcado. Você pode testar seu aparelho já."
    ),
    "door_open": N_("A sala de espera está aberta. Entre quando estiver pronto."),
    "outside_in_session": N_("A audiência já começou. Entre: o conciliador será avisado."),
    "mediator_outside": N_("Você ainda não está na sala. Entre para ver quem espera."),
    "waiting": N_("Você está na sala de espera. O conciliador vai chamar você; deixe esta página aberta."),
    "waiting_in_session": N_("A audiência já começou. O conciliador foi avisado de que você chegou."),
    "admitted_before_start": N_("Você está na sala. A audiência ainda vai começar."),
    "counting": N_("A audiência começa em instantes."),
    "in_hearing": N_("Você está na audiência."),
    "in_consultation": N_("Você está em uma sala reservada: só quem está nela ouve e vê você."),
    "mediator_before": N_("Admita as partes e abra a audiência quando todos estiverem prontos."),
    "mediator_in_session": N_("Audiência em andamento, conduzida por você."),
    "paused": N_("A audiência está em pausa. Som e imagem voltam quando o conciliador retomar."),
    "suspended": N_("A audiência foi suspensa por falha técnica. Isso não prejudica nenhuma das partes."),
    "closed": N_("A audiência foi encerrada."),
    "cancelled": N_("A audiência foi cancelada."),
}


def hearing_status(key: str) -> str:
    """The status sentence of ``models.rules.hearing.status_sentence``."""
    return _(STATUS[key])


SIGNING_METHODS = {
    "email_code": N_("código enviado ao e-mail da conta e digitado na sala"),
    "totp": N_("segundo fator da conta (aplicativo autenticador), digitado na sala"),
    "recovery_code": N_("segundo fator da conta (código de recuperação), digitado na sala"),
}


def signing_method(method: str) -> str:
    """How a signature was confirmed, in words."""
    return _(SIGNING_METHODS[method])
