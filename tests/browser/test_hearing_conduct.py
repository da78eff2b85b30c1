"""A whole hearing conducted by keyboard alone: three real browsers, what reaches each, how states look.

Its captions come from the recogniser that knows one word; all else of them is real.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.async_api import expect

from tests.browser.people import DESKTOP, PHONE, Person
from tests.browser.rooms import WAIT_MS, Room, hearing_room, in_phase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

MOST_TABS = 90
MOST_PANELS = 5
SPEAKS = """
(() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    if (!wanted.audio) return stream;
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const voice = new GainNode(context, { gain: 0.3 });
    setInterval(() => (voice.gain.value = voice.gain.value > 0 ? 0 : 0.3), 1200);
    const tone = new OscillatorNode(context, { frequency: 300 });
    tone.connect(voice).connect(out);
    tone.start();
    return new MediaStream([...stream.getVideoTracks(), ...out.stream.getTracks()]);
  };
})();
"""
"""Somebody who speaks for a bit more than a second, and pauses for as long."""
KEEP_CAPTIONS = """
() => {
  const kept = (window.captions = []);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) kept.push(...[...addedNodes].map((one) => one.textContent));
  }).observe(document.querySelector("[data-captions]"), { childList: true });
}
"""
SECRET = "Aceito no máximo duzentos reais."
FOCUSED = """
() => {
  const one = document.activeElement;
  if (!(one instanceof HTMLButtonElement)) return "";
  return (one.getAttribute("aria-label") || one.textContent || "").replace(/\\s+/g, " ").trim();
}
"""


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    """A hearing on a server of its own."""
    async with hearing_room(sqlite_url, env={"PROCON_CAPTIONS_MODEL": "fake:"}) as room:
        yield room


async def reach(person: Person, name: str) -> None:
    """Go to a button by the Tab key alone, from where the focus is."""
    await expect(person.page.get_by_role("button", name=name).first).to_be_enabled(timeout=WAIT_MS)
    for _ in range(MOST_TABS):
        if name in str(await person.page.evaluate(FOCUSED)):
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError(f"{person.name} does not reach {name!r} by keyboard")


async def press(person: Person, name: str) -> None:
    """Press a button as somebody without a pointer does."""
    await reach(person, name)
    await person.page.keyboard.press("Enter")


async def meets(person: Person, others: int) -> None:
    """Sound and picture of so many arrive, and of no more."""
    await person.hears_and_sees(others, seconds=2)


async def test_a_hearing_with_a_private_room_by_keyboard(room: Room) -> None:
    table = room.table
    mediator, ana, agent = [
        await room.person(viewer, size, script)
        for viewer, size, script in (
            (table.mediator, DESKTOP, ""),
            (table.consumer, PHONE, SPEAKS),
            (table.agent, DESKTOP, ""),
        )
    ]
    await press(mediator, "Entrar na audiência")
    for person in (ana, agent):
        await press(person, "Aceitar as regras e entrar na sala de espera")
        await in_phase(person, "waiting")
    await press(mediator, "Admitir todos")
    for person in (ana, agent):
        await in_phase(person, "inside")
    await press(mediator, "Abrir a audiência")
    await asyncio.gather(*(meets(person, 2) for person in (mediator, ana, agent)))

    await a_raised_hand_gets_the_word(mediator, ana, agent)
    await silence_is_lifted_by_the_mediator_and_ended_by_the_person(mediator, ana, agent)
    await a_private_room_is_private(mediator, ana, agent)
    await captions_end_for_everybody(mediator, ana, agent)
    await who_declines_stays(mediator, agent)
    await breaks_are_told_to_everybody(mediator, ana, agent)
    await the_text_is_written_signed_and_sealed(room, mediator, ana, agent)


async def a_raised_hand_gets_the_word(mediator: Person, ana: Person, agent: Person) -> None:
    """The mediator sees the hand and answers it; all see whose turn it is, and whose picture is large."""
    await press(ana, "Levantar a mão")
    await expect(mediator.page.get_by_text("mão levantada (1ª)")).to_be_visible()
    await expect(mediator.page.locator(".toast", has_text="Ana Souza levantou a mão")).to_be_visible()
    await mediator.look("mao")
    await ana.look("mao")

    await press(mediator, "Dar a palavra Ana Souza")
    await expect(ana.page.get_by_text("Você está com a palavra.")).to_be_visible()
    await expect(agent.page.get_by_text("Com a palavra: Ana Souza.")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Levantar a mão")).to_have_attribute(
        "aria-pressed", "false"
    )
    await press(mediator, "Destacar Ana Souza")
    for person in (mediator, agent, ana):
        await expect(person.page.locator(".tile-spotlight")).to_have_count(1)
        await person.look("destaque")
    await the_large_picture_floats(agent, ana)
    await press(mediator, "Encerrar o destaque")
    await expect(agent.page.locator(".tile-spotlight")).to_have_count(0)


async def the_large_picture_floats(agent: Person, ana: Person) -> None:
    """In a window of its own, in front of other programs, and back in its place."""
    name = "Imagem em janela flutuante"
    button = agent.page.get_by_role("button", name=name)
    await turn_settings(agent)
    await press(agent, name)
    await expect(button).to_have_attribute("aria-pressed", "true")
    floating = await agent.page.evaluate("document.pictureInPictureElement?.getAttribute('aria-label')")
    assert floating == f"{ana.name}, Consumidor"
    await press(agent, name)
    await expect(button).to_have_attribute("aria-pressed", "false")
    await turn_settings(agent)


async def silence_is_lifted_by_the_mediator_and_ended_by_the_person(
    mediator: Person, ana: Person, agent: Person
) -> None:
    """All are silenced but who has the word; what the mediator gives back, its owner turns on."""
    microphone = agent.page.locator("[data-microphone]")
    await press(mediator, "Silenciar todos")
    await expect(microphone).to_be_disabled()
    await expect(ana.page.locator("[data-microphone]")).to_be_enabled()
    await captions_are_read_along(mediator, ana, agent)
    await press(mediator, "Liberar microfone")
    await expect(microphone).to_be_enabled()
    await expect(microphone).to_have_attribute("aria-pressed", "true")
    await press(agent, "Ligar o microfone")
    await expect(microphone).to_have_attribute("aria-pressed", "false")
    await press(mediator, "Encerrar a palavra")
    await expect(agent.page.get_by_text("Com a palavra")).to_have_count(0)


async def captions_are_read_along(mediator: Person, ana: Person, agent: Person) -> None:
    """For all, in the speaker's name, read out, not of who is silenced; each may hide them."""
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".captions-sign")).to_have_count(0)
        await expect(person.page.get_by_role("log", name="Legendas")).to_be_hidden()
    await press(mediator, "Ligar legendas")
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".captions-sign")).to_contain_text("Legendas automáticas ligadas")
        log = person.page.get_by_role("log", name="Legendas")
        said = log.locator(".caption:not([aria-hidden])", has_text=ana.name).first
        await expect(said).to_have_text(re.compile(f"{ana.name}: fala( fala)*"), timeout=WAIT_MS)
        await expect(log.get_by_text(agent.name)).to_have_count(0)
    for person in (mediator, ana):
        await person.look("legendas")

    hers = ana.page.get_by_role("log", name="Legendas")
    await turn_settings(ana)
    await press(ana, "Mostrar legendas nesta tela")
    await expect(hers).to_be_hidden()
    await expect(agent.page.locator(".caption").first).to_be_visible(timeout=WAIT_MS)
    await ana.page.keyboard.press("Enter")
    await expect(hers).to_be_visible(timeout=WAIT_MS)
    await turn_settings(ana)


async def turn_settings(person: Person) -> None:
    """Open the settings of the room, or close them."""
    await reach_where(person, "one.matches('.bar-menu summary')", "the settings")
    await person.page.keyboard.press("Enter")


async def captions_end_for_everybody(mediator: Person, ana: Person, agent: Person) -> None:
    """They are back after the private room; then nothing is written any more."""
    await expect(agent.page.locator(".caption:not([aria-hidden])").first).to_be_visible(timeout=WAIT_MS)
    await press(mediator, "Desligar legendas")
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".captions-sign, .caption")).to_have_count(0)
        await person.page.evaluate(KEEP_CAPTIONS)
    await asyncio.gather(*(meets(person, 2) for person in (mediator, ana, agent)))
    for person in (mediator, ana, agent):
        assert await person.page.evaluate("window.captions") == [], person.name


async def a_private_room_is_private(mediator: Person, ana: Person, agent: Person) -> None:
    """Two hear and see each other, the third neither, and reads no word; then all are together again."""
    await press(mediator, f"Chamar para sala reservada {ana.name}")
    await expect(ana.page.get_by_text("chama você para uma sala reservada").first).to_be_visible()
    await expect(ana.page.locator("[data-private-left]")).to_contain_text("Toca por mais")
    await ana.look("chamada")
    await mediator.look("chamando")
    await press(ana, "Atender")
    for person, other in ((mediator, ana), (ana, mediator)):
        await expect(person.page.locator(".private-inside h2")).to_contain_text(other.name)
        await expect(person.page.locator(".tile")).to_have_count(2)
    await expect(agent.page.locator(".tile", has_text="em sala reservada")).to_have_count(2)
    for person in (mediator, ana):
        await expect(person.page.get_by_role("log", name="Legendas")).to_be_hidden()
    for person in (mediator, ana, agent):
        await person.page.evaluate(KEEP_CAPTIONS)

    await asyncio.gather(meets(mediator, 1), meets(ana, 1), meets(agent, 0))
    for person in (mediator, ana, agent):
        lines = await person.page.evaluate("window.captions")
        # Who is outside goes on reading what is said there, which is what they say themselves.
        private = [line for line in lines if person is not agent or not line.startswith(agent.name)]
        assert private == [], f"{person.name} reads what is said in private"
    for person in (mediator, ana, agent):
        await person.look("reservada")

    await ana.page.get_by_role("tab", name="Conversa").focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.locator("#campo-destino")).to_have_value("private")
    await ana.page.locator("#campo-mensagem").focus()
    await ana.page.keyboard.type(SECRET)
    await ana.page.keyboard.press("Enter")
    await expect(mediator.page.locator(".said-private")).to_contain_text(SECRET)
    await expect(ana.page.locator("#campo-destino")).to_have_value("private")
    await expect(ana.page.locator(".said-private")).to_contain_text(SECRET)
    await ana.look("conversa-reservada")
    assert SECRET not in await agent.page.content()

    await press(ana, "Voltar à audiência")
    for person in (mediator, ana, agent):
        await expect(person.page.locator(".tile")).to_have_count(3)
        await expect(person.page.get_by_text(SECRET)).to_have_count(0)
    await expect(ana.page.locator("#campo-destino")).to_have_value("all")
    await asyncio.gather(*(meets(person, 2) for person in (mediator, ana, agent)))


async def who_declines_stays(mediator: Person, agent: Person) -> None:
    """No means no: the caller is told, and nobody moves."""
    await press(mediator, f"Chamar para sala reservada {agent.name}")
    await press(agent, "Recusar")
    await expect(mediator.page.locator(".toast", has_text="não foi atendida")).to_be_visible()
    await expect(agent.page.locator(".private")).to_have_count(0)
    await expect(agent.page.locator(".tile")).to_have_count(3)


async def breaks_are_told_to_everybody(mediator: Person, ana: Person, agent: Person) -> None:
    """A pause and a suspension: the sentence changes, media stops, and goes on afterwards."""
    for button, name, tag in (
        ("Pausar", "pausada", "Em pausa"),
        ("Suspender por falha técnica", "suspensa", "Suspensa por falha técnica"),
    ):
        await press(mediator, button)
        for person in (mediator, ana, agent):
            await expect(person.page.locator(".hearing-status")).to_contain_text(tag)
        await asyncio.gather(*(meets(person, 0) for person in (ana, agent)))
        for person in (mediator, ana):
            await person.look(name)
        await press(mediator, "Retomar")
        for person in (mediator, ana, agent):
            await expect(person.page.locator(".hearing-status")).to_contain_text("Em andamento")
    await asyncio.gather(*(meets(person, 2) for person in (mediator, ana, agent)))


async def to_tab(person: Person, name: str) -> None:
    """Open a panel as its list is used: Tab to the chosen one, arrows to another."""
    tab = person.page.get_by_role("tab", name=name)
    await reach_where(person, "one.getAttribute('role') === 'tab'", name)
    for _ in range(MOST_PANELS):
        if await tab.get_attribute("aria-selected") == "true":
            return
        await person.page.keyboard.press("ArrowRight")
    raise AssertionError(f"no panel {name!r} by arrow keys")


async def reach_where(person: Person, condition: str, what: str) -> None:
    """Go on by the Tab key until the element that has the focus, ``one``, is what is looked for."""
    for _ in range(MOST_TABS):
        if await person.page.evaluate(f"() => {{ const one = document.activeElement; return {condition}; }}"):
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError(f"{person.name} does not reach {what} by keyboard")


async def the_text_is_written_signed_and_sealed(
    room: Room, mediator: Person, ana: Person, agent: Person
) -> None:
    """The mediator writes the minutes, fixes the text, signs it with the code from the mail, and closes."""
    keys = mediator.page.keyboard
    await to_tab(mediator, "Ata")
    await reach_where(mediator, "one.id === 'campo-ata'", "the minutes")
    await keys.press("Control+End")
    await keys.type(" As partes conversaram e não chegaram a um acordo.")
    await expect(mediator.page.locator("[data-record-state]")).to_have_text("Ata salva.")

    await to_tab(mediator, "Acordo")
    await reach_where(mediator, "one.closest('#fold-fechar') && one.tagName === 'SUMMARY'", "the fold")
    await keys.press("Enter")
    await reach_where(mediator, "one.name === 'outcome'", "the outcome")
    await keys.type("Sem acordo")
    await press(mediator, "Fechar o texto")
    await expect(ana.page.locator("#texto-final")).to_contain_text("não chegaram a um acordo")
    await mediator.look("texto-final")

    await press(mediator, "Enviar código")
    code = await code_sent(room)
    await reach_where(mediator, "one.id === 'campo-code'", "the code")
    await keys.type(code)
    await keys.press("Enter")
    await expect(mediator.page.locator(".signers .yes")).to_have_count(1)
    await press(mediator, "Encerrar e selar o termo")
    for person in (mediator, ana, agent):
        await in_phase(person, "over")
        await expect(person.page.locator(".hearing-status")).to_contain_text("Encerrada")
    for person in (mediator, ana):
        await expect(person.page.get_by_role("link", name="Abrir o termo assinado")).to_be_visible()
        await person.look("encerrada")
        assert await person.received() == {}


async def code_sent(room: Room) -> str:
    """The six digits of the newest letter with a code; one that was read before is another person's."""
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            for file in sorted((room.server.data_dir / "outbox").glob("*.eml"), reverse=True):
                subject = str(message_from_bytes(file.read_bytes(), policy=default)["Subject"])
                if file not in room.read and (found := re.match(r"\d{6}\b", subject)):
                    room.read.add(file)
                    return found.group()
            await asyncio.sleep(0.1)
