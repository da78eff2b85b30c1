"""From an error to an answer: one table code -> (status, sentence), one page, one JSON shape.

JSON is ``{"error": code, "message": sentence, "fields": {name: sentence}}``. tests/walks keeps the table
and the codes that are raised anywhere in step.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog
from quart import Quart, Response, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.i18n import N_
from app.i18n import gettext as _
from app.services.wording import state_label
from app.web.forms import typed_texts
from app.web.render import render
from models.rules.case_machine import State
from models.rules.errors import DomainError, Invalid

log = structlog.get_logger(__name__)

SENTENCES: dict[str, tuple[int, str]] = {
    "accelerates_nothing": (422, N_("Só há vencimento antecipado quando há mais de uma parcela.")),
    "address_missing": (422, N_("Complete o endereço da sua conta antes de enviar.")),
    "agent_busy": (422, N_("Este preposto já tem audiência neste horário.")),
    "agreement_without_clauses": (409, N_("Um acordo precisa de ao menos uma cláusula.")),
    "alert_resolved": (409, N_("Esta tarefa já foi resolvida.")),
    "alert_taken": (409, N_("Uma pessoa da equipe já assumiu esta tarefa.")),
    "already_inside": (409, N_("Você já está na audiência. Para não continuar, saia da sala.")),
    "already_revoked": (409, N_("Esta linha do calendário já foi revogada.")),
    "already_said": (409, N_("Isto já foi dito sobre esta obrigação. Recarregue a página.")),
    "already_signed": (409, N_("Você já assinou este texto.")),
    "amount_invalid": (422, N_("Escreva o valor como 1.234,56.")),
    "answer_length": (422, N_("Escreva a resposta em 20 a 8.000 caracteres.")),
    "answered_already": (409, N_("Este caso já tem resposta. Abra-o para completá-la.")),
    "attendance_not_now": (409, N_("O atendimento mudou de situação. Veja como ele está agora.")),
    "bad_request": (400, N_("O pedido não foi entendido. Volte e tente de novo.")),
    "block_size": (422, N_("Escolha de 2 a {most} casos, cada um uma vez.")),
    "braces_unclosed": (422, N_("Há uma chave que não abre ou não fecha. Use só: {names}.")),
    "busy": (503, N_("O sistema está muito ocupado. Tente de novo em instantes.")),
    "call_not_allowed": (409, N_("Uma sala reservada é de um lado só, com ou sem o conciliador.")),
    "call_over": (409, N_("Esta chamada já terminou.")),
    "call_waiting": (409, N_("Responda antes à chamada que você recebeu.")),
    "captions_off": (409, N_("Nesta unidade não há legendas automáticas.")),
    "cause_missing": (422, N_("Escolha a causa.")),
    "cep_invalid": (422, N_("Informe um CEP com 8 números.")),
    "charge_line": (422, N_("Linha {line}: escreva a data e o valor, como 05/03/2026 89,90.")),
    "checks_missing": (422, N_("Confirme cada item da conferência antes de aceitar.")),
    "choice_invalid": (422, N_("Esta escolha não é possível aqui. Escolha outra.")),
    "choice_missing": (422, N_("Escolha uma das opções.")),
    "claim_decided": (409, N_("Esta representação já foi conferida por outra pessoa.")),
    "claim_wrong": (422, N_("O CPF não é o deste recibo. Confira os números.")),
    "claimed": (409, N_("Este recibo já foi usado. Entre com o seu e-mail e a sua senha.")),
    "clause_changed": (
        409,
        N_(
            "Esta cláusula mudou enquanto você a lia. Agora: “{text}” O que você digitou ficou no formulário."
        ),
    ),
    "clause_gone": (
        409,
        N_("Esta cláusula foi retirada enquanto você a lia. O que você digitou continua no formulário."),
    ),
    "clause_not_open": (409, N_("Esta cláusula não está mais em aberto.")),
    "clauses_open": (409, N_("Há cláusula que ainda não foi aceita pelas duas partes.")),
    "clauses_without_agreement": (409, N_("Há cláusulas aceitas: registre o resultado como acordo.")),
    "cnpj_invalid": (422, N_("Este CNPJ não é válido. Confira letras e números, ou deixe em branco.")),
    "cnpj_other": (422, N_("Este CNPJ não é o da empresa notificada. Confira na notificação.")),
    "cnpj_taken": (422, N_("Já existe uma empresa com este CNPJ. Procure-a pelo número.")),
    "code_wrong": (422, N_("Código incorreto ou vencido. Confira os seis números ou peça outro.")),
    "codes_used_up": (422, N_("Este assunto já tem todos os códigos usados. Crie outro assunto.")),
    "company_busy": (422, N_("A empresa já tem audiência neste horário.")),
    "company_changed": (409, N_("Chegaram casos enquanto você lia. Confira de novo antes de unificar.")),
    "company_missing": (422, N_("Informe a empresa contra a qual você reclama.")),
    "company_unknown": (422, N_("Nenhuma empresa cadastrada tem este CNPJ.")),
    "consumer_busy": (422, N_("O consumidor já tem audiência neste horário.")),
    "cpf_invalid": (422, N_("Este CPF não é válido. Confira os números.")),
    "cpf_of_staff": (422, N_("Este CPF é de uma conta que não é de consumidor.")),
    "csrf": (403, N_("Esta página ficou aberta por muito tempo. Recarregue-a e tente de novo.")),
    "csv_code": (
        422,
        N_("Linha {line}: o código não é desta área e deste assunto, ou não é como AA0101."),
    ),
    "csv_columns": (
        422,
        N_("Linha {line}: são oito colunas, separadas por ponto e vírgula."),
    ),
    "csv_heading": (422, N_("A primeira linha não é esta: {columns}.")),
    "csv_long": (422, N_("O arquivo tem mais de {most} linhas. Divida-o.")),
    "csv_words": (422, N_("Linha {line}: área, assunto e problema são obrigatórios e curtos.")),
    "date_future": (422, N_("Esta data ainda não chegou.")),
    "date_invalid": (422, N_("Informe a data como dia, mês e ano.")),
    "date_past": (422, N_("Esta data já passou.")),
    "day_past": (422, N_("Informe um dia a partir de hoje.")),
    "delivery_over": (409, N_("Esta tentativa de entrega já terminou. Recarregue a página.")),
    "document_attached": (409, N_("Este arquivo já foi enviado e faz parte do caso.")),
    "document_erased": (
        410,
        N_("Este documento foi apagado em {day}, ao fim do prazo de guarda. Regra: {rule}."),
    ),
    "door_closed": (409, N_("A sala ainda não abriu. Volte perto do horário marcado.")),
    "draft_changed": (409, N_("Este rascunho foi alterado em outro navegador.")),
    "email_invalid": (422, N_("Informe um e-mail como nome@exemplo.com.")),
    "email_taken": (422, N_("Este e-mail já é de outro tipo de conta. Use outro.")),
    "email_taken_claim": (422, N_("Este e-mail já tem conta. Escolha outro, ou procure o balcão.")),
    "email_unconfirmed": (403, N_("Confirme seu e-mail com o código que enviamos.")),
    "empty": (422, N_("Este arquivo está vazio.")),
    "exhibit_private": (409, N_("Este documento é reservado: nem todos na audiência podem vê-lo.")),
    "export_gone": (410, N_("Esta cópia já não existe: elas são apagadas em um dia. Peça outra.")),
    "factor_exists": (409, N_("Sua conta já tem um segundo fator. Desative-o antes de configurar outro.")),
    "factor_held": (429, N_("Foram muitos códigos errados. Aguarde 15 minutos e tente de novo.")),
    "factor_instead": (
        409,
        N_("Sua conta tem segundo fator: assine com o código do aplicativo autenticador."),
    ),
    "factor_not_begun": (409, N_("Comece pela leitura do código QR.")),
    "factor_wrong": (
        422,
        N_("Código incorreto ou já usado. Espere o aplicativo mostrar o próximo e tente de novo."),
    ),
    "facts_length": (422, N_("Conte o que aconteceu em 50 a 8.000 caracteres.")),
    "failure_measured": (
        409,
        N_("A medição mostra falha técnica: esta parte não pode ser dada como ausente."),
    ),
    "fine_consumer": (422, N_("De um consumidor a multa por atraso é de até 2 % (CDC, art. 52, § 1º).")),
    "fine_invalid": (422, N_("Informe a multa de 1 a 100 por cento.")),
    "fine_too_high": (422, N_("A multa não pode ser maior do que o valor devido (Código Civil, art. 412).")),
    "fine_without_amount": (
        422,
        N_("Para uma multa em porcentagem, informe o valor. Sem valor, use a multa fixa."),
    ),
    "guest_entered": (409, N_("Esta pessoa já esteve na audiência. Devolva-a à espera, se for o caso.")),
    "guest_invited": (409, N_("Esta pessoa já foi convidada. Envie a ela um novo endereço.")),
    "hearing_not_now": (409, N_("Isto não pode ser feito neste momento da audiência.")),
    "hearing_not_opened": (409, N_("A audiência ainda não foi aberta.")),
    "hearing_over": (409, N_("A audiência já terminou.")),
    "hearing_running": (409, N_("A audiência está em andamento: o acordo deve ser feito nela.")),
    "holder_missing": (422, N_("Escolha quem o documento autoriza.")),
    "holder_taken": (422, N_("Este e-mail já é de outro tipo de conta: recuse e peça outro.")),
    "identity_missing": (422, N_("Envie seu documento de identidade.")),
    "identity_not_seen": (422, N_("Confira o documento com foto antes de registrar.")),
    "infected": (422, N_("O antivírus encontrou um problema neste arquivo. Ele não foi guardado.")),
    "instalment_count": (422, N_("Informe de 1 a {max} parcelas.")),
    "instalments_invalid": (422, N_("Informe de 1 a 120 parcelas.")),
    "instalments_without_amount": (422, N_("Parcelas precisam de um valor.")),
    "interest_twice": (422, N_("Escolha juros por índice ou por percentual, não os dois.")),
    "internal": (500, N_("O erro foi registrado com o número {id}. Se ele se repetir, informe-o ao Procon.")),
    "invalid": (422, N_("Confira os campos marcados.")),
    "link_over": (410, N_("Este endereço já foi usado ou não vale mais. Entre com seu e-mail e sua senha.")),
    "mediator_away": (422, N_("O conciliador está ausente neste horário.")),
    "mediator_busy": (422, N_("O conciliador já tem audiência neste horário.")),
    "mediator_off": (422, N_("Fora do expediente do conciliador. Escolha outro horário ou marque plantão.")),
    "method_not_allowed": (405, N_("Este endereço não aceita este tipo de pedido.")),
    "minutes_changed": (409, N_("Este parágrafo da ata foi alterado por outra pessoa.")),
    "minutes_empty": (409, N_("Escreva a ata antes de encerrar.")),
    "minutes_invalid": (422, N_("Informe de 20 a 180 minutos.")),
    "mobile_invalid": (422, N_("Informe um celular com DDD, como (48) 99999-9999.")),
    "must_accept": (422, N_("É preciso ler e aceitar para continuar.")),
    "name_invalid": (422, N_("Informe nome e sobrenome.")),
    "no_call_solved": (409, N_("Registre antes a ligação em que a empresa resolve ou promete resolver.")),
    "no_exhibit": (409, N_("Nenhum documento está sendo mostrado.")),
    "no_free_slots": (
        409,
        N_("Não há horário livre nos próximos 45 dias. Confira o expediente dos conciliadores."),
    ),
    "no_power_to_settle": (403, N_("Sua representação não tem poder para fazer acordo.")),
    "no_rescheduling": (409, N_("Pelo resultado da última audiência, remarcar cabe à coordenação.")),
    "nobody_waits": (409, N_("Ninguém espera na fila.")),
    "not_admitted": (403, N_("O conciliador ainda não admitiu você na sala.")),
    "not_business_day": (422, N_("Neste dia não há expediente. Escolha outro ou marque plantão.")),
    "not_due_yet": (409, N_("O dia combinado ainda não passou: espere a data para dizer que não foi feito.")),
    "not_for_role": (403, N_("Esta página é para outro tipo de conta.")),
    "not_found": (404, N_("Esta página não existe ou não está disponível para a sua conta.")),
    "not_in_private": (409, N_("Você não está mais em sala reservada: a mensagem não foi enviada.")),
    "not_now": (409, N_("Isto não pode ser feito na situação atual do caso.")),
    "not_required": (409, N_("Para este resultado a sua assinatura não é necessária.")),
    "not_your_offer": (409, N_("Só quem fez a proposta pode retirá-la.")),
    "not_yours": (403, N_("A sua conta não pode fazer isto neste caso.")),
    "nothing_supplied": (422, N_("Envie um arquivo ou escreva uma resposta.")),
    "notice_missing": (422, N_("Falta o prazo de convocação da empresa. Escolha outro dia.")),
    "notice_short": (422, N_("Falta o prazo de convocação. Escolha outro dia ou marque a concordância.")),
    "offer_changed": (
        409,
        N_("A negociação mudou enquanto você lia: {text}. O que você digitou foi mantido."),
    ),
    "offer_expired": (409, N_("Esta proposta já perdeu a validade. Proponha outra coisa.")),
    "offer_open": (409, N_("Há proposta em aberto: aceite-a ou recuse-a antes.")),
    "offer_over": (409, N_("Esta proposta já não está em aberto.")),
    "offer_too_long": (422, N_("Uma proposta vale por até {max} dias. Escolha uma data mais próxima.")),
    "outside_hours": (422, N_("Fora do horário de audiências. Escolha outro ou marque plantão.")),
    "own_decision": (409, N_("Você recusou este cadastro: a revisão cabe a outra pessoa da equipe.")),
    "own_offer": (409, N_("Esta proposta é sua: a resposta cabe à outra parte.")),
    "owner_only": (403, N_("Quem corrige o endereço da empresa é o sócio ou titular.")),
    "paper_missing": (422, N_("Envie antes o arquivo do documento.")),
    "paper_not_now": (409, N_("Este documento já foi conferido ou retirado. Veja como ele está agora.")),
    "paragraph_gone": (
        409,
        N_("Este parágrafo foi removido por outra pessoa. O que você digitou continua aqui."),
    ),
    "party_away": (409, N_("A audiência espera quem caiu. Aguarde a volta, ou libere com um motivo.")),
    "party_present": (409, N_("Esta parte está na sala: não pode ser dada como ausente.")),
    "password_common": (422, N_("Esta senha é fácil de adivinhar. Escolha outra.")),
    "password_different": (422, N_("As duas senhas não são iguais.")),
    "password_long": (422, N_("Use no máximo 200 caracteres.")),
    "password_personal": (422, N_("Não use seu nome, e-mail ou CPF na senha.")),
    "password_short": (422, N_("Use ao menos 10 caracteres.")),
    "password_wrong": (422, N_("A senha atual não confere.")),
    "pdf_encrypted": (422, N_("Este PDF está protegido por senha. Salve uma cópia sem senha e envie-a.")),
    "percent_invalid": (422, N_("Informe um percentual entre 0 e 100, como 1,5.")),
    "period_invalid": (422, N_("O fim vem depois do começo, e o período tem no máximo um ano.")),
    "person_away": (409, N_("Esta pessoa não está na audiência agora.")),
    "person_busy": (409, N_("Esta pessoa já está em sala reservada ou sendo chamada.")),
    "phone_invalid": (422, N_("Informe o telefone com DDD, como (48) 99999-0000.")),
    "power_ended": (
        403,
        N_("Sua representação desta empresa terminou. Envie outro documento na carteira de representação."),
    ),
    "problem_known": (422, N_("Este problema já está na lista.")),
    "proof_missing": (422, N_("Envie antes o documento que comprova.")),
    "range_not_available": (416, N_("Esta parte do arquivo não existe.")),
    "reason_required": (422, N_("Escreva o motivo.")),
    "recording_no_space": (503, N_("Falta espaço no servidor. A audiência pode seguir sem gravação.")),
    "recording_not_agreed": (409, N_("Alguém na sala ainda não concordou com a gravação.")),
    "recording_not_failed": (409, N_("Esta gravação não precisa ser preparada de novo.")),
    "recording_not_in_session": (409, N_("Só se grava com a audiência em andamento.")),
    "recording_not_now": (409, N_("A gravação já mudou de situação. Veja como ela está agora.")),
    "recording_off": (409, N_("Este órgão não grava audiências.")),
    "recording_question_changed": (409, N_("A pergunta sobre a gravação mudou. Leia de novo e responda.")),
    "rehearsals_full": (503, N_("Todas as salas de ensaio estão ocupadas. Tente de novo em alguns minutos.")),
    "rehearsals_off": (409, N_("Nesta unidade não há sala de ensaio.")),
    "remark_over": (409, N_("Esta observação já foi respondida.")),
    "remarks_open": (409, N_("Há observação sem resposta neste parágrafo. Responda antes de removê-lo.")),
    "renamed_already": (422, N_("Já há um nome que começa neste dia. Escolha um dia a partir de {day}.")),
    "request_decided": (409, N_("Este pedido já foi respondido.")),
    "required": (422, N_("Preencha este campo.")),
    "reschedule_asked": (409, N_("Seu pedido de outro dia já foi enviado e espera a resposta do Procon.")),
    "reschedule_late": (
        409,
        N_("Outro dia se pede até {hours} h antes da audiência. Se não puder vir, ligue para o Procon."),
    ),
    "reschedule_too_near": (
        409,
        N_("Falta pouco para a audiência: em vez de oferecer horários, marque outro você mesmo."),
    ),
    "reschedule_used": (
        409,
        N_("A ausência justificada desta parte já remarcou a audiência o máximo de vezes ({allowed})."),
    ),
    "residence_missing": (422, N_("Envie o comprovante de residência.")),
    "review_used": (409, N_("A revisão deste cadastro já foi pedida. A decisão dela é definitiva aqui.")),
    "room_full": (
        409,
        N_("Os oito lugares da sala estão ocupados. O conciliador pode liberar um: tente de novo logo."),
    ),
    "rooms_full": (422, N_("Todas as salas virtuais estão ocupadas neste horário.")),
    "rules_not_accepted": (409, N_("Para entrar é preciso aceitar as regras da audiência.")),
    "same_company": (422, N_("Este já é o cadastro aberto: informe o CNPJ do outro.")),
    "scan_unavailable": (503, N_("O antivírus não está respondendo. Tente enviar de novo em instantes.")),
    "seat_taken": (409, N_("Você já está nesta audiência em outro aparelho ({device}).")),
    "series_code_invalid": (422, N_("Use de 2 a 24 letras minúsculas, números ou hífen.")),
    "series_future": (422, N_("Linha {line}: este mês ainda não terminou.")),
    "series_line": (422, N_("Linha {line}: escreva mês e percentual, como 01/2026;0,42.")),
    "series_twice": (422, N_("Linha {line}: este mês já apareceu com outro valor.")),
    "shift_invalid": (
        422,
        N_("Confira: o fim vem depois do começo, sem um turno sobre o outro, de 5 em 5 minutos."),
    ),
    "sign_in_wrong": (422, N_("E-mail ou senha incorretos.")),
    "signatures_missing": (409, N_("Ainda falta assinatura.")),
    "signer_away": (409, N_("Quem precisa assinar não está na sala. Espere a pessoa voltar.")),
    "slot_gone": (409, N_("Outra pessoa ficou com este horário. Ainda livres: {free}.")),
    "slot_taken": (422, N_("Este horário acabou de ser tomado. Escolha outro.")),
    "slots_all_gone": (
        409,
        N_("Este horário já foi tomado e não há outro livre agora. O Procon vai oferecer novos."),
    ),
    "source_required": (422, N_("Diga de onde vêm os valores: órgão, tabela e data.")),
    "subscription_invalid": (422, N_("O serviço de avisos deste navegador não pôde ser usado.")),
    "term_runs": (409, N_("O prazo do consumidor ainda corre: até {day} ele pode responder.")),
    "text_changed": (409, N_("O texto mudou enquanto você assinava. Leia o novo texto.")),
    "text_frozen": (409, N_("O texto final está pronto para assinatura. Reabra-o para alterar.")),
    "text_length": (422, N_("Escreva de {min} a {max} caracteres.")),
    "text_not_frozen": (409, N_("O texto final ainda não está pronto.")),
    "text_too_long": (422, N_("Escreva no máximo {max} caracteres.")),
    "ticket_not_now": (409, N_("Esta senha mudou de situação. Veja como ela está agora.")),
    "time_invalid": (422, N_("Informe a hora como 14:30.")),
    "time_past": (422, N_("Este horário já passou.")),
    "timeout": (408, N_("O envio demorou demais. Verifique a conexão e tente de novo.")),
    "tolerance_running": (409, N_("A tolerância de espera ainda não terminou.")),
    "too_large": (413, N_("Este arquivo é maior do que o permitido.")),
    "too_long": (422, N_("Este texto é longo demais.")),
    "too_many": (429, N_("Foram muitas tentativas. Aguarde alguns minutos e tente de novo.")),
    "too_many_cases": (422, N_("Escolha no máximo {max} casos de cada vez.")),
    "too_many_clauses": (409, N_("Este acordo já tem o máximo de cláusulas.")),
    "too_many_drafts": (409, N_("Você já tem {max} cadastros em preenchimento. Envie ou descarte um deles.")),
    "too_many_files": (409, N_("Este caso já tem o máximo de {max} arquivos.")),
    "too_many_guests": (409, N_("Uma audiência tem no máximo {most} convidados.")),
    "too_many_offers": (409, N_("Este caso já tem propostas demais. Peça ao Procon que marque a audiência.")),
    "too_many_pages": (422, N_("Este documento tem páginas demais. Divida-o em partes.")),
    "too_many_paragraphs": (409, N_("Esta ata já tem o máximo de parágrafos.")),
    "too_many_pixels": (422, N_("Esta imagem é grande demais. Envie uma foto menor.")),
    "too_many_questions": (409, N_("Você já tem {max} perguntas esperando resposta.")),
    "too_many_remarks": (409, N_("Esta ata já tem o máximo de observações.")),
    "uf_invalid": (422, N_("Escolha o estado.")),
    "unauthorized": (401, N_("Entre na sua conta para continuar.")),
    "unreadable": (422, N_("Não foi possível abrir este arquivo. Ele pode estar danificado.")),
    "unsupported_type": (415, N_("Este tipo de conteúdo não é aceito aqui.")),
    "value_wrong": (422, N_("Este valor não foi entendido.")),
    "variable_absent": (422, N_("Este texto não pode ficar sem: {absent}. Ponha nos parágrafos.")),
    "variable_unknown": (422, N_("Não existe a variável {{{unknown}}}. Use só: {names}.")),
    "wallet_full": (409, N_("A carteira desta empresa está cheia. Retire documentos que não valem mais.")),
    "wish_length": (422, N_("Explique o pedido em 10 a 1.000 caracteres.")),
    "wording_changed": (
        409,
        N_("Outra pessoa, {by}, mudou este texto enquanto você escrevia. Confira e salve de novo."),
    ),
    "wrong_type": (422, N_("Este tipo de arquivo não é aceito. Envie PDF, JPEG, PNG ou HEIC.")),
    "zone_closed": (409, N_("Nenhum teste reservado está aberto agora.")),
    "zone_open": (409, N_("Já há um teste reservado aberto.")),
    "zone_used_up": (409, N_("Os testes reservados desta audiência já foram usados.")),
}
"""Code -> HTTP status and sentence. ``{name}`` in a sentence is filled from the error's facts."""

HTTP_CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    415: "unsupported_type",
    416: "range_not_available",
    429: "too_many",
}
"""The code of an error that the HTTP layer itself raised."""

TITLES = {
    400: N_("Pedido não entendido"),
    401: N_("Entre na sua conta"),
    403: N_("Acesso não permitido"),
    404: N_("Página não encontrada"),
    405: N_("Pedido não aceito"),
    408: N_("O envio demorou demais"),
    409: N_("Não foi possível fazer isto agora"),
    410: N_("Este endereço não vale mais"),
    413: N_("Envio grande demais"),
    415: N_("Tipo de conteúdo não aceito"),
    416: N_("Parte do arquivo não encontrada"),
    422: N_("Confira o que foi preenchido"),
    429: N_("Muitas tentativas"),
    500: N_("Algo deu errado"),
    503: N_("Sistema ocupado"),
}


def install(app: Quart) -> None:
    """Answer every error of ``app`` by this module."""
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unforeseen)


def wants_json() -> bool:
    """Whether the asker reads JSON and not pages."""
    accept = request.headers.get("Accept", "")
    asked = "application/json" in accept and "text/html" not in accept
    return asked or request.path.startswith("/api/")


def sentence(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The Portuguese sentence of a code; an unknown code gets the one of a request not understood."""
    text = _(SENTENCES.get(code, SENTENCES["bad_request"])[1])
    return text.format_map(facts) if facts and "{" in text else text


def field_sentences(error: Invalid) -> dict[str, str]:
    """What to write beside each wrong field of a form that is shown again."""
    return {name: sentence(code, error.facts) for name, code in error.fields.items()}


async def domain_error(error: DomainError) -> ResponseReturnValue:
    """An act that the rules refuse."""
    status = SENTENCES[error.code][0] if error.code in SENTENCES else 500
    fields = field_sentences(error) if isinstance(error, Invalid) else {}
    # A page of another site must not be able to put its words on ours.
    kept = [] if error.code == "csrf" or wants_json() else await typed_texts()
    answer = _answer(status, error.code, said_of(error), fields, kept)
    if "retry_seconds" in error.facts:
        answer.headers["Retry-After"] = str(error.facts["retry_seconds"])
    return answer


def said_of(error: DomainError) -> str:
    """The sentence, and where the case is when that is why."""
    said = sentence(error.code, error.facts)
    state = error.facts.get("state")
    if error.code != "not_now" or not isinstance(state, State):
        return said
    return said + " " + _("Situação do caso: %(state)s.") % {"state": state_label(state)}


async def http_error(error: HTTPException) -> ResponseReturnValue:
    """A request that the HTTP layer itself refuses, or an answer raised as an exception (a redirect)."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error  # type: ignore[return-value]  # Quart answers what it holds
    code = HTTP_CODES.get(status, "bad_request")
    answer = _answer(status, code, sentence(code), {})
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            answer.headers[name] = value
    return answer


async def unforeseen(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged with a number, and the number told to the person."""
    number = secrets.token_hex(4)
    log.error("request_failed", id=number, endpoint=request.endpoint, exc_info=error)
    return _answer(500, "internal", sentence("internal", {"id": number}), {})


def _answer(
    status: int, code: str, message: str, fields: Mapping[str, str], kept: Sequence[str] = ()
) -> Response:
    """``kept`` are texts that the person would otherwise have lost."""
    if wants_json():
        body = orjson.dumps({"error": code, "message": message, "fields": fields})
        return Response(body, status, mimetype="application/json")
    title = _(TITLES.get(status, TITLES[400]))
    page = render("errors/error.html", status=status, title=title, message=message, kept=kept)
    return Response(page, status)
