"""The words of ``models.rules.duties``: who acts, and what happens if not, for each duty and role.

A sentence is put together as "<act><until when>; <otherwise>.". ``yours`` speaks to those who must act,
``others`` to everybody else; a role with words of its own has them in ``by_role``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.people import Role


@dataclass(frozen=True)
class Words:
    """The words of one duty; ``otherwise`` is empty when nothing follows from not acting."""

    yours: str
    others: str
    otherwise: str
    by_role: Mapping[Role, str] = field(default_factory=dict)
    otherwise_by_role: Mapping[Role, str] = field(default_factory=dict)

    def act(self, role: Role, *, must: bool) -> str:
        """Who does what, told to ``role``."""
        return self.by_role.get(role) or (self.yours if must else self.others)

    def consequence(self, role: Role) -> str:
        """What happens if not, told to ``role``."""
        return self.otherwise_by_role.get(role) or self.otherwise


_ESCALATED = N_("passado esse dia, a coordenação é avisada")

_UNSERVED = N_("sem ela, o Procon tenta outro meio de entrega, e o prazo da empresa não começa")
_WATCHING = (Role.CONSUMER, Role.LEGAL, Role.AUDITOR, Role.GUEST)

WORDS: Mapping[str, Words] = {
    "draft": Words(
        N_("Complete o cadastro e envie para a triagem"),
        N_("O consumidor está preenchendo o cadastro"),
        N_("enquanto não for enviado, nada começa"),
    ),
    "submitted": Words(
        N_("Assuma a triagem deste cadastro"), N_("O Procon deve começar a triagem do cadastro"), _ESCALATED
    ),
    "in_triage": Words(
        N_("Confira os documentos e decida se aceita, pede o que falta ou recusa"),
        N_("O Procon deve conferir o cadastro e decidir"),
        _ESCALATED,
    ),
    "waiting_consumer": Words(
        N_("Envie o que o Procon pediu"),
        N_("O consumidor deve enviar o que o Procon pediu"),
        N_("sem isso, a triagem não continua"),
    ),
    "silent": Words(
        N_("Arquive por falta de resposta: o consumidor devia ter respondido"),
        N_("O consumidor não enviou o que o Procon pediu"),
        N_("o Procon pode arquivar o cadastro por falta de resposta"),
        by_role={Role.CONSUMER: N_("Envie já o que o Procon pediu: o prazo era")},
    ),
    "lapsed": Words(
        N_("O cadastro foi arquivado por falta de resposta: envie o que falta para reabri-lo"),
        N_("O cadastro foi arquivado sem resposta e o consumidor pode reabri-lo enviando o que falta"),
        N_("sem isso, nada segue"),
    ),
    "refused": Words(
        N_("Seu cadastro não foi aceito: leia o motivo e, se discordar, peça a revisão, uma vez"),
        N_("O cadastro não foi aceito e o consumidor pode pedir a revisão, uma vez"),
        N_("sem o pedido, o cadastro fica encerrado"),
    ),
    "accepted": Words(
        N_("Escreva e envie a reclamação"),
        N_("O consumidor deve escrever e enviar a reclamação"),
        N_("sem ela, a empresa não é chamada"),
    ),
    "under_analysis": Words(
        N_("Analise a reclamação e notifique a empresa"),
        N_("O Procon deve analisar a reclamação e notificar a empresa"),
        _ESCALATED,
    ),
    "preliminary": Words(
        N_("Ligue de novo para a empresa, encerre como resolvida ou envie a CIP"),
        N_("O Procon está ligando para a empresa e deve resolver ou enviar a CIP"),
        _ESCALATED,
    ),
    "unread": Words(
        N_("Leia a notificação e responda à reclamação"),
        N_("A empresa deve ler a notificação e responder"),
        N_("o seu prazo começa quando a empresa tomar ciência"),
    ),
    "unaware": Words(
        N_("Espere a ciência da empresa"),
        N_("O Procon espera a ciência da empresa"),
        N_("sem ela, tente o próximo meio de entrega: o prazo da empresa ainda não começou"),
        otherwise_by_role=dict.fromkeys(_WATCHING, _UNSERVED),
    ),
    "undelivered": Words(
        N_("A notificação não chegou à empresa: tente o próximo meio de entrega"),
        N_("A notificação não chegou à empresa e o Procon deve tentar outro meio"),
        N_("o prazo da empresa só começa quando ela tomar ciência"),
    ),
    "notified": Words(
        N_("Responda à reclamação e, se puder, faça uma proposta"),
        N_("A empresa deve responder à reclamação"),
        N_("sem resposta, o Procon marca audiência de conciliação"),
        otherwise_by_role={
            Role.COMPANY: N_("sem resposta, o Procon marca audiência e o caso segue sem a sua versão")
        },
    ),
    "answered": Words(
        N_("Acompanhe a negociação ou marque a audiência"),
        N_("O consumidor deve avaliar a resposta da empresa"),
        N_("sem acordo, o Procon marca audiência de conciliação"),
        by_role={Role.CONSUMER: N_("Leia a resposta da empresa e diga se ela resolve o problema,")},
    ),
    "slots_offered": Words(
        N_("Escolha o horário da audiência"),
        N_("O consumidor deve escolher o horário da audiência"),
        N_("sem escolha, o Procon decide o horário"),
    ),
    "offer_to_consumer": Words(
        N_("Há uma proposta da empresa esperando a sua resposta: aceite, recuse ou contraponha"),
        N_("O consumidor deve responder à proposta da empresa"),
        N_("sem resposta, não há acordo e o caso segue"),
    ),
    "offer_to_company": Words(
        N_("Há uma contraproposta esperando a sua resposta: aceite, recuse ou proponha outra coisa"),
        N_("A empresa deve responder à contraproposta do consumidor"),
        N_("sem resposta, não há acordo e o caso segue"),
    ),
    "unanswered": Words(
        N_("A empresa não respondeu: marque a audiência"),
        N_("A empresa não respondeu e o Procon deve marcar a audiência"),
        _ESCALATED,
        by_role={Role.COMPANY: N_("O Procon deve marcar a audiência")},
        otherwise_by_role={Role.COMPANY: N_("até ela, você ainda pode responder e propor um acordo")},
    ),
    "replied": Words(
        N_("O consumidor disse que a resposta não resolve: marque a audiência"),
        N_("O consumidor disse que a resposta não resolve e o Procon deve marcar a audiência"),
        _ESCALATED,
        by_role={
            Role.CONSUMER: N_("Você disse que a resposta não resolve e o Procon deve marcar a audiência")
        },
        otherwise_by_role={
            Role.COMPANY: N_("até ela, você ainda pode completar a resposta e propor um acordo"),
            Role.CONSUMER: N_("até ela, você ainda pode confirmar que foi resolvido"),
        },
    ),
    "opened": Words(
        N_("A reclamação foi aberta sem CIP: marque a audiência"),
        N_("A reclamação foi aberta e o Procon deve marcar a audiência"),
        _ESCALATED,
        otherwise_by_role={Role.COMPANY: N_("até ela, você pode responder e propor um acordo")},
    ),
    "hearing_scheduled": Words(
        N_("Conduza a audiência por vídeo"),
        N_("As partes devem entrar na audiência por vídeo"),
        N_("a falta de uma parte fica registrada, com a causa"),
        by_role={
            Role.CONSUMER: N_("Entre na audiência por vídeo"),
            Role.COMPANY: N_("Entre na audiência por vídeo"),
        },
        otherwise_by_role={
            Role.CONSUMER: N_("se você faltar sem justificar, a reclamação pode ser arquivada"),
            Role.COMPANY: N_("se a empresa faltar, o caso segue sem ela (CDC, art. 55, § 4º)"),
        },
    ),
    "no_agreement": Words(
        N_("Decida o que se segue à audiência sem acordo"),
        N_("Não houve acordo e o Procon deve decidir o próximo passo"),
        _ESCALATED,
    ),
    "hearing_not_held": Words(
        N_("A audiência não aconteceu: remarque ou arquive o caso"),
        N_("A audiência não aconteceu e o Procon deve remarcá-la ou arquivar o caso"),
        _ESCALATED,
        by_role={Role.MEDIATOR: N_("A audiência não aconteceu: remarque")},
    ),
    "fulfilment": Words(
        N_("Cumpra a sua parte do acordo"),
        N_("As partes devem cumprir o acordo"),
        N_("o que não for cumprido pode ser cobrado, e o Procon pode reabrir o caso"),
        by_role=dict.fromkeys((Role.LEGAL, Role.COORDINATOR), N_("Confira se o acordo foi cumprido")),
    ),
    "fulfilment_asked": Words(
        N_("Diga se a empresa cumpriu o que foi acordado"),
        N_("O consumidor deve dizer se a empresa cumpriu o que foi acordado"),
        N_("sem resposta, o acordo é encerrado sem confirmação"),
        by_role={Role.COMPANY: N_("O consumidor deve dizer se o acordo foi cumprido")},
        otherwise_by_role={Role.COMPANY: N_("a prova do cumprimento que você juntar ajuda a confirmar")},
    ),
    "breached": Words(
        N_("O acordo não foi cumprido: retome a análise ou arquive"),
        N_("O acordo não foi cumprido e o Procon deve decidir o próximo passo"),
        _ESCALATED,
        otherwise_by_role={
            Role.CONSUMER: N_("você já pode cobrar o acordo no Juizado Especial, com os documentos reunidos"),
            Role.COMPANY: N_("cumpra o acordo e junte a prova, porque ele pode ser cobrado em juízo"),
        },
    ),
    "archived": Words("", N_("O caso está arquivado e ninguém precisa agir"), ""),
}

TERMS = {
    "company_answer": N_("Resposta da empresa"),
    "consumer_documents": N_("Documentos pedidos ao consumidor"),
    "consumer_reply": N_("Avaliação do consumidor"),
    "hearing_notice": N_("Antecedência da audiência"),
    "awareness": N_("Ciência da notificação"),
    "redelivery": N_("Nova tentativa de entrega"),
    "triage": N_("Triagem"),
    "analysis": N_("Análise e CIP"),
    "scheduling": N_("Marcação de audiência"),
    "decision": N_("Decisão depois da audiência"),
    "hearing": N_("Audiência"),
    "agreement": N_("Cumprimento do acordo"),
    "settlement_reply": N_("Confirmação do acordo pelo consumidor"),
}
"""The name of each term of the profile, and of the dates that a hearing and an agreement set."""


def term_names() -> Mapping[str, str]:
    """The name of each term, as boards, the simulator, letters and the course of a case say it."""
    return {name: _(words) for name, words in TERMS.items()}
