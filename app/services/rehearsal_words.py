"""What is said in a rehearsal: the scripted people's names and lines, and what came of what was tried."""

from __future__ import annotations

from collections.abc import Mapping

from app.adapters.cards import Card
from app.i18n import N_
from app.i18n import gettext as _
from models.rules.hearing import SeatRole
from models.rules.rehearsal import TRIED, Result, Step

NAMES = {
    SeatRole.MEDIATOR: N_("Conciliador de ensaio"),
    SeatRole.COMPANY: N_("Empresa de ensaio"),
    SeatRole.CONSUMER: N_("Consumidora de ensaio"),
}
SHADES = {SeatRole.MEDIATOR: "#1351b4", SeatRole.COMPANY: "#7a4a00", SeatRole.CONSUMER: "#155e37"}
PITCHES = {SeatRole.MEDIATOR: 118.0, SeatRole.COMPANY: 150.0, SeatRole.CONSUMER: 190.0}
LINES = {
    Step.WAITING: N_("Você está na sala de espera. Em instantes o conciliador chama você."),
    Step.VOICE: N_(
        "Bom dia! Eu sou o conciliador de ensaio. Diga o seu nome em voz alta, para sabermos se o som chega."
    ),
    Step.MICROPHONE: N_("Agora desligue o seu microfone e ligue-o de novo."),
    Step.CAMERA: N_("Faça o mesmo com a câmera: desligue e ligue de novo."),
    Step.HAND: N_("Na audiência se pede a palavra. Use o botão “Levantar a mão”."),
    Step.DOCUMENT: N_("Estou mostrando um documento. Todos veem a mesma página, e eu aponto o valor."),
    Step.CALL: N_("Vou chamar você para uma sala reservada. Toque em “Atender”."),
    Step.PRIVATE: N_("Aqui só eu ouço e vejo você. Quando quiser, volte à audiência."),
    Step.FAREWELL: N_("Terminamos. Vou mostrar o que deu certo e o que não deu. Até o dia da audiência!"),
}
THANKS = {
    Step.VOICE: N_("Ouvi você. Obrigado!"),
    Step.MICROPHONE: N_("Muito bem: é assim que se liga e desliga o microfone."),
    Step.CAMERA: N_("Muito bem: a sua imagem voltou."),
    Step.HAND: N_("Vi a sua mão. Na audiência eu daria a palavra a você."),
}
MISSED = {
    Step.VOICE: N_("Não ouvi você. Vamos adiante, e no fim digo o que fazer."),
    Step.MICROPHONE: N_("Vamos adiante."),
    Step.CAMERA: N_("Vamos adiante."),
    Step.HAND: N_("Vamos adiante."),
}
OUTCOMES: dict[tuple[Step, Result], str] = {
    (Step.VOICE, Result.DONE): N_("O servidor ouviu a sua voz."),
    (Step.VOICE, Result.MISSED): N_(
        "O servidor não ouviu a sua voz. Confira a permissão do microfone, ou use um fone com microfone."
    ),
    (Step.MICROPHONE, Result.DONE): N_("Você desligou e ligou o microfone."),
    (Step.MICROPHONE, Result.MISSED): N_(
        "O microfone não foi desligado e ligado: o botão fica embaixo das imagens."
    ),
    (Step.CAMERA, Result.DONE): N_("Você desligou e ligou a câmera, e a imagem voltou a chegar ao servidor."),
    (Step.CAMERA, Result.MISSED): N_(
        "A câmera não foi desligada e ligada, ou a sua imagem não chegou. Sem câmera se participa só com som."
    ),
    (Step.HAND, Result.DONE): N_("Você levantou a mão."),
    (Step.HAND, Result.MISSED): N_("A mão não foi levantada: o botão fica junto das imagens."),
    (Step.CALL, Result.DONE): N_("Você atendeu a chamada para a sala reservada."),
    (Step.CALL, Result.DECLINED): N_("Você recusou a sala reservada. Na audiência isso também é permitido."),
    (Step.CALL, Result.MISSED): N_("A chamada para a sala reservada tocou e não foi atendida."),
}


def card(role: SeatRole) -> Card:
    """How a scripted person looks and sounds."""
    return Card(_(NAMES[role]), _("Pessoa criada pelo servidor"), SHADES[role], PITCHES[role])


def line(step: Step) -> str:
    """What the scripted mediator says when a step begins; empty at the end."""
    return _(LINES[step]) if step in LINES else ""


def answer(step: Step, result: Result | None) -> str:
    """What the scripted mediator says when a step is over; empty for nothing."""
    words = THANKS if result is Result.DONE else MISSED if result is Result.MISSED else {}
    return _(words[step]) if step in words else ""


def outcomes(results: Mapping[Step, Result]) -> tuple[tuple[bool, str], ...]:
    """What was tried, in order: whether it went well, and a sentence."""
    return tuple(
        (results[step] is not Result.MISSED, _(OUTCOMES[step, results[step]]))
        for step in TRIED
        if step in results
    )
