"""What the system says about a case, in Portuguese: states, actions and events.

One place, used by pages, letters and live announcements alike, so that all three say the same thing.
tests/walks checks that every state, action and event has its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.case_machine import Action, State
from models.rules.hearing import HearingState, Outcome, SeatRole, SeatState
from models.rules.outcomes import Cause, outcome_text
from models.rules.people import Role, Side

STATES = {
    State.DRAFT: N_("Cadastro em preenchimento"),
    State.SUBMITTED: N_("Aguardando triagem"),
    State.IN_TRIAGE: N_("Em triagem"),
    State.WAITING_CONSUMER: N_("Aguardando o consumidor"),
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
        State.REFUSED: "danger",
        State.UNANSWERED: "danger",
        State.REPLIED: "warning",
        State.OPENED: "warning",
        State.HEARING_NOT_HELD: "danger",
        State.NO_AGREEMENT: "danger",
        State.FULFILMENT: "success",
        State.ARCHIVED: "neutral",
        State.DRAFT: "neutral",
    }.get(state, "info")


ACTIONS = {
    Action.SUBMIT: N_("Enviar cadastro"),
    Action.OPEN_AT_COUNTER: N_("Registrar no balcão"),
    Action.SCAN_PAPERS: N_("Digitalizar documento"),
    Action.START_TRIAGE: N_("Assumir a triagem"),
    Action.ASK_DOCUMENTS: N_("Pedir o que falta"),
    Action.SUPPLY_DOCUMENTS: N_("Enviar o que faltava"),
    Action.ACCEPT: N_("Aceitar o cadastro"),
    Action.REFUSE: N_("Não aceitar o cadastro"),
    Action.ASK_REVIEW: N_("Pedir a revisão"),
    Action.SEND_COMPLAINT: N_("Enviar a reclamação"),
    Action.CALL_COMPANY: N_("Ligar para a empresa"),
    Action.CLOSE_SOLVED: N_("Encerrar como resolvida"),
    Action.NOTIFY_COMPANY: N_("Enviar a CIP"),
    Action.OPEN_DIRECTLY: N_("Abrir a reclamação diretamente"),
    Action.ACKNOWLEDGE: N_("Tomar ciência da CIP"),
    Action.SERVE: N_("Registrar a entrega da notificação"),
    Action.ANSWER: N_("Responder"),
    Action.TERM_PASSED: N_("Registrar o fim do prazo"),
    Action.REPLY: N_("Dizer que não resolve"),
    Action.CONFIRM_SOLVED: N_("Confirmar que foi resolvido"),
    Action.OFFER: N_("Fazer proposta"),
    Action.COUNTER_OFFER: N_("Fazer contraproposta"),
    Action.REFUSE_OFFER: N_("Recusar a proposta"),
    Action.ACCEPT_OFFER: N_("Aceitar a proposta"),
    Action.OFFER_SLOTS: N_("Oferecer horários ao consumidor"),
    Action.PICK_SLOT: N_("Escolher o horário"),
    Action.WRITE_MESSAGE: N_("Escrever uma mensagem"),
    Action.SCHEDULE_HEARING: N_("Marcar audiência"),
    Action.RESCHEDULE_HEARING: N_("Remarcar a audiência"),
    Action.CANCEL_HEARING: N_("Cancelar a audiência"),
    Action.CONDUCT_HEARING: N_("Conduzir a audiência"),
    Action.CLOSE_WITH_AGREEMENT: N_("Encerrar com acordo"),
    Action.CLOSE_WITHOUT_AGREEMENT: N_("Encerrar sem acordo"),
    Action.CLOSE_NOT_HELD: N_("Encerrar como não realizada"),
    Action.ARCHIVE: N_("Arquivar"),
    Action.REOPEN: N_("Reabrir"),
}


def action_label(action: Action) -> str:
    """The words of an action's button."""
    return _(ACTIONS[action])


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


def _hearing_closed(facts: Mapping[str, Any]) -> str:
    outcome = facts.get("outcome")
    if outcome is None:
        return _("Audiência encerrada")
    cause = Cause(facts["cause"]) if facts.get("cause") else None
    return _("Audiência encerrada: %(outcome)s") % {"outcome": outcome_text(Outcome(outcome), cause)}


SIGNING_METHODS = {
    "email_code": N_("código enviado ao e-mail da conta e digitado na sala"),
    "totp": N_("segundo fator da conta (aplicativo autenticador), digitado na sala"),
    "recovery_code": N_("segundo fator da conta (código de recuperação), digitado na sala"),
}


def signing_method(method: str) -> str:
    """How a signature was confirmed, in words."""
    return _(SIGNING_METHODS[method])


def event_text(name: str, facts: Mapping[str, Any]) -> str:
    """One sentence for the timeline and for announcements; ``facts`` are the event's."""
    if name == "hearing_closed":
        return _hearing_closed(facts)
    if name == "zone_answered" and "overlaps" in facts:
        return _(ZONE_ANSWERS[bool(facts["overlaps"])])
    if name == "remark_answered":
        return _(REMARK_ANSWERS.get(facts.get("answer", ""), EVENT_WORDS[name]))
    if name in ("recording_paused", "recording_failed"):
        return _told_with_cause(name, facts)
    return _(EVENT_WORDS[name])


def _told_with_cause(name: str, facts: Mapping[str, Any]) -> str:
    cause = RECORDING_CAUSES.get(facts.get("cause", ""), "")
    return f"{_(EVENT_WORDS[name])}: {_(cause)}" if cause else _(EVENT_WORDS[name])


RECORDING_CAUSES = {
    "hearing": N_("a audiência não está em andamento"),
    "agreement": N_("alguém na sala não concordou com ela"),
    "disk_full": N_("o disco do servidor está cheio"),
    "disk_failed": N_("o disco do servidor falhou"),
    "no_space": N_("falta espaço no disco do servidor"),
    "nothing_written": N_("nada está sendo guardado"),
    "overflow": N_("o servidor não consegue gravar a tempo"),
    "writer_died": N_("o programa que grava parou"),
    "writer_silent": N_("o programa que grava não responde"),
    "compose": N_("o vídeo não pôde ser preparado"),
    "damaged": N_("o que foi gravado não pôde ser lido"),
    "empty": N_("nada foi gravado"),
}
"""Why a recording was paused or failed, as it is told; other causes are left to the log."""


def recording_cause(cause: str) -> str:
    """Why a recording failed; a cause without words of its own is a fault of the service."""
    return _(RECORDING_CAUSES.get(cause, N_("falha no serviço de gravação")))


_REGISTRATION = {
    "registration_submitted": N_("Cadastro enviado para triagem"),
    "opened_at_counter": N_("Reclamação registrada no balcão"),
    "papers_scanned": N_("Documento digitalizado no balcão"),
    "account_claimed": N_("O consumidor passou a acompanhar pela internet"),
    "triage_started": N_("Triagem iniciada"),
    "documents_requested": N_("O Procon pediu documentos ou informações"),
    "documents_supplied": N_("O consumidor enviou o que faltava"),
    "registration_accepted": N_("Cadastro aceito"),
    "registration_refused": N_("Cadastro não aceito"),
    "review_asked": N_("O consumidor pediu a revisão da decisão"),
    "complaint_sent": N_("Reclamação enviada"),
    "document_ready": N_("Documento disponível"),
}


_CASE = {
    "company_called": N_("Atendimento preliminar: ligação para a empresa"),
    "preliminary_solved": N_("Resolvido no atendimento preliminar"),
    "company_notified": N_("CIP enviada à empresa"),
    "complaint_opened": N_("Reclamação aberta diretamente, sem CIP"),
    "notice_served": N_("Tentativa de entrega da notificação"),
    "notice_tracked": N_("A entrega da notificação avançou"),
    "notice_opened": N_("A empresa tomou ciência da notificação"),
    "case_claimed": N_("Alguém assumiu o caso pela empresa, com o código da notificação"),
    "claim_decided": N_("O Procon conferiu a representação da empresa"),
    "company_answered": N_("A empresa respondeu"),
    "consumer_replied": N_("O consumidor respondeu: não resolve"),
    "solution_confirmed": N_("O consumidor confirmou: foi resolvido"),
    "term_passed": N_("O prazo da CIP terminou sem resposta"),
    "term_recounted": N_("O calendário mudou e o prazo foi contado de novo"),
    "offer_made": N_("A empresa fez uma proposta"),
    "offer_countered": N_("Contraproposta apresentada"),
    "offer_refused": N_("Proposta recusada"),
    "offer_accepted": N_("Proposta aceita"),
    "settlement_sealed": N_("Termo de acordo selado e disponível"),
    "company_merged": N_("O cadastro da empresa foi unificado com outro"),
    "message_written": N_("Mensagem nova na conversa do caso"),
    "note_added": N_("Anotação interna"),
    "slots_offered": N_("Horários oferecidos para a audiência"),
    "slots_expired": N_("Terminou o prazo para escolher o horário"),
    "hearing_scheduled": N_("Audiência marcada"),
    "hearing_moved": N_("Audiência remarcada"),
    "hearing_cancelled": N_("Audiência cancelada"),
    "hearing_closed": N_("Audiência encerrada"),
    "minutes_sealed": N_("Termo da audiência assinado e disponível"),
    "presence_certified": N_("Certidão de presença disponível"),
    "case_archived": N_("Caso arquivado"),
    "case_reopened": N_("Caso reaberto"),
}


_ROOM = {
    "guest_invited": N_("Convidado chamado para a audiência"),
    "guest_withdrawn": N_("Convite para a audiência retirado"),
    "device_checked": N_("Teste de câmera e microfone registrado"),
    "house_rules_accepted": N_("Participante aceitou as regras da audiência"),
    "house_rules_refused": N_("Participante não aceitou as regras da audiência"),
    "participant_identified": N_("Participante identificado pelo conciliador"),
    "participant_unidentified": N_("Identificação de participante desfeita"),
    "seat_entered": N_("Participante entrou na sala virtual"),
    "seat_left": N_("Participante saiu da sala virtual"),
    "participant_admitted": N_("Participante admitido na audiência"),
    "participant_returned": N_("Participante voltou à sala de espera"),
    "participant_muted": N_("Microfone desligado pelo conciliador"),
    "participant_unmuted": N_("Microfone liberado pelo conciliador"),
    "countdown_started": N_("A audiência começa em 5 segundos"),
    "countdown_cancelled": N_("A contagem para a abertura foi cancelada"),
    "captions_started": N_("Legendas automáticas ligadas"),
    "captions_stopped": N_("Legendas automáticas desligadas"),
    "hearing_opened": N_("Audiência aberta"),
    "hearing_paused": N_("Audiência em pausa"),
    "hearing_suspended": N_("Audiência suspensa por falha técnica"),
    "hearing_resumed": N_("Audiência retomada"),
    "message_said": N_("Mensagem na audiência"),
    "hand_raised": N_("Participante levantou a mão"),
    "hand_lowered": N_("A mão foi abaixada"),
    "floor_given": N_("A palavra foi dada a um participante"),
    "floor_returned": N_("A palavra voltou a todos"),
    "spotlight_given": N_("Um participante está em destaque"),
    "spotlight_ended": N_("O destaque terminou"),
    "seat_mode_changed": N_("Mudou a forma de participação de alguém"),
    "media_lost": N_("O serviço de vídeo do Procon parou de funcionar"),
    "media_restored": N_("O serviço de vídeo do Procon voltou a funcionar"),
    "hold_released": N_("O conciliador decidiu continuar sem a parte que caiu"),
    "hold_restored": N_("A audiência volta a esperar quem cair"),
    "exhibit_shown": N_("Documento mostrado a todos"),
    "exhibit_turned": N_("Página do documento mostrado foi virada"),
    "exhibit_put_away": N_("O documento mostrado foi fechado"),
    "consultation_called": N_("Chamada para uma sala reservada"),
    "consultation_declined": N_("A chamada para a sala reservada foi recusada"),
    "consultation_expired": N_("A chamada para a sala reservada não foi atendida"),
    "consultation_joined": N_("Participante entrou em uma sala reservada"),
    "consultation_left": N_("Participante voltou da sala reservada"),
    "consultation_ended": N_("Sala reservada encerrada"),
    "help_asked": N_("Participante pediu ajuda ao Procon"),
    "help_said": N_("Mensagem no pedido de ajuda"),
    "help_over": N_("O pedido de ajuda terminou"),
    "alert_raised": N_("Nova tarefa na central de audiências"),
    "alert_taken": N_("Tarefa da central assumida"),
    "alert_resolved": N_("Tarefa da central resolvida"),
}


_RECORDING = {
    "recording_agreed": N_("Participante concordou com a gravação"),
    "recording_declined": N_("Participante não concordou com a gravação"),
    "recording_started": N_("A audiência está sendo gravada"),
    "recording_paused": N_("Gravação em pausa"),
    "recording_resumed": N_("A gravação continua"),
    "recording_stopped": N_("Gravação encerrada"),
    "recording_failed": N_("A gravação falhou"),
    "recording_recovered": N_("A gravação voltou a funcionar"),
    "recording_ready": N_("Gravação da audiência disponível"),
    "recording_retried": N_("Preparação da gravação retomada"),
    "recording_deleted": N_("Gravação apagada ao fim do prazo de guarda"),
}


ZONE_ANSWERS = {
    True: N_("Teste reservado: há espaço para acordo entre os dois limites"),
    False: N_("Teste reservado: os dois limites ainda não se encontram"),
}

REMARK_ANSWERS = {
    "accepted": N_("Observação incluída na ata"),
    "answered": N_("O conciliador respondeu a uma observação"),
    "left": N_("Observação não incluída na ata"),
}

_RECORD = {
    "minutes_changed": N_("Ata atualizada"),
    "remark_made": N_("Observação proposta para a ata"),
    "remark_answered": N_("Observação respondida"),
    "zone_opened": N_("O conciliador abriu um teste reservado de limites"),
    "zone_limit_given": N_("Uma das partes informou o seu limite reservado"),
    "zone_answered": N_("Teste reservado respondido"),
    "zone_ended": N_("Teste reservado encerrado sem resposta"),
    "clause_proposed": N_("Cláusula proposta"),
    "clause_revised": N_("Cláusula alterada: as duas partes aceitam de novo"),
    "clause_accepted": N_("Cláusula aceita"),
    "clause_withdrawn": N_("Cláusula retirada"),
    "text_frozen": N_("Texto final pronto para assinatura"),
    "text_reopened": N_("Texto reaberto para alteração"),
    "text_signed": N_("Termo assinado por um participante"),
}


EVENT_WORDS = {**_REGISTRATION, **_CASE, **_ROOM, **_RECORDING, **_RECORD}
"""Each event of the catalogue and its sentence."""
