"""What happened, in a sentence: each event of a case as its timeline, its letters and the open pages tell it.

tests/walks checks that every event of ``models.rules.events`` has its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.hearing import Outcome
from models.rules.outcomes import Cause, outcome_text


def _hearing_closed(facts: Mapping[str, Any]) -> str:
    outcome = facts.get("outcome")
    if outcome is None:
        return _("Audiência encerrada")
    cause = Cause(facts["cause"]) if facts.get("cause") else None
    return _("Audiência encerrada: %(outcome)s") % {"outcome": outcome_text(Outcome(outcome), cause)}


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
    "registration_lapsed": N_("Cadastro arquivado por falta de resposta do consumidor"),
    "registration_accepted": N_("Cadastro aceito"),
    "registration_refused": N_("Cadastro não aceito"),
    "review_asked": N_("O consumidor pediu a revisão da decisão"),
    "complaint_sent": N_("Reclamação enviada"),
    "document_ready": N_("Documento disponível"),
    "document_erased": N_("Documento pessoal apagado ao fim do prazo de guarda"),
}


_CASE = {
    "company_called": N_("Atendimento preliminar: ligação para a empresa"),
    "preliminary_solved": N_("Resolvido no atendimento preliminar"),
    "company_notified": N_("CIP enviada à empresa"),
    "complaint_opened": N_("Reclamação aberta diretamente, sem CIP"),
    "notice_served": N_("Tentativa de entrega da notificação"),
    "notice_tracked": N_("A entrega da notificação avançou"),
    "service_escalated": N_("A notificação passa ao próximo meio de entrega"),
    "notice_opened": N_("A empresa tomou ciência da notificação"),
    "case_claimed": N_("Alguém assumiu o caso pela empresa, com o código da notificação"),
    "claim_decided": N_("O Procon conferiu a representação da empresa"),
    "company_answered": N_("A empresa respondeu"),
    "consumer_replied": N_("O consumidor respondeu: não resolve"),
    "solution_confirmed": N_("O consumidor confirmou: foi resolvido"),
    "term_passed": N_("O prazo da CIP terminou sem resposta"),
    "term_recounted": N_("O calendário mudou e o prazo foi contado de novo"),
    "offer_made": N_("Proposta de acordo apresentada"),
    "offer_countered": N_("Contraproposta apresentada"),
    "offer_refused": N_("Proposta recusada"),
    "offer_withdrawn": N_("Proposta retirada"),
    "offer_expired": N_("A proposta perdeu a validade"),
    "offer_accepted": N_("Proposta aceita"),
    "settlement_sealed": N_("Termo de acordo selado e disponível"),
    "fulfilment_asked": N_("O Procon perguntou se o acordo foi cumprido"),
    "proof_filed": N_("Prova de cumprimento do acordo juntada"),
    "obligation_kept": N_("Uma obrigação do acordo foi cumprida"),
    "obligation_silent": N_("Ninguém respondeu se a obrigação foi cumprida"),
    "agreement_broken": N_("O acordo não foi cumprido: o caso foi reaberto"),
    "agreement_fulfilled": N_("O acordo foi cumprido: caso encerrado"),
    "fulfilment_unanswered": N_("Acordo encerrado sem confirmação do cumprimento"),
    "kit_sealed": N_("Documentos para a cobrança do acordo disponíveis"),
    "company_merged": N_("O cadastro da empresa foi unificado com outro"),
    "representation_proved": N_("Representação da empresa conferida para a audiência"),
    "representation_ended": N_("Uma representação da empresa terminou"),
    "message_written": N_("Mensagem nova na conversa do caso"),
    "note_added": N_("Anotação interna"),
    "slots_offered": N_("Horários oferecidos para a audiência"),
    "slots_expired": N_("Terminou o prazo para escolher o horário"),
    "hearing_scheduled": N_("Audiência marcada"),
    "reschedule_asked": N_("Uma das partes pediu outro dia para a audiência"),
    "reschedule_granted": N_("O Procon concedeu outro dia para a audiência"),
    "reschedule_refused": N_("O Procon não concedeu outro dia para a audiência"),
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
