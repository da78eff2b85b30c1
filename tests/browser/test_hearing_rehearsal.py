"""A citizen rehearses a hearing on a phone, by keyboard: the whole script, over the real media server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from app import db
from app.adapters.clock import SystemClock
from app.services import sessions
from tests import servers
from tests.browser.people import PHONE, Person, stage
from tests.browser.rooms import WAIT_MS, in_phase
from tests.factories.people import make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

SECONDS = "80"
"""The script's length, shorter than for people: it is followed to its end."""


@dataclass
class Scene:
    """Somebody signed in on a phone, and the server's folder."""

    ana: Person
    folder: Path


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """A server without any case."""
    await db.connect(sqlite_url)
    ana = await make_user()
    token = await sessions.start(ana.id, now=SystemClock().now(), address="", device="")
    await db.close()
    with servers.serving(tmp_path, env={"PROCON_REHEARSAL_SECONDS": SECONDS}) as server:
        async with stage(server.url) as site:
            expect.set_options(timeout=WAIT_MS)
            person = await site.person(ana.name, PHONE)
            name = sessions.cookie_name(secure=False)
            cookie = {"name": name, "value": token, "url": server.url}
            await person.page.context.add_cookies([cookie])  # type: ignore[list-item]
            yield Scene(person, tmp_path)
            expect.set_options(timeout=None)


async def test_a_citizen_goes_through_the_rehearsal_by_keyboard(scene: Scene) -> None:
    ana = scene.ana
    await ana.page.goto("/audiencias/ensaio")
    await ana.look("ensaio-porta")
    await press(ana, "[data-enter]")
    await in_phase(ana, "waiting")
    await the_scripted_people_are_seen_and_heard(ana)
    await the_page_is_reloaded_and_goes_on(ana)
    await the_microphone_and_the_camera_are_switched(ana)
    await a_hand_a_document_and_a_private_room(ana)
    await what_was_tried_is_told_and_nothing_is_kept(scene)


async def press(person: Person, selector: str) -> None:
    """Focus something and press Enter."""
    await person.page.locator(selector).focus()
    await person.page.keyboard.press("Enter")


async def step(person: Person, words: str) -> None:
    """Wait until the script's line says so."""
    await expect(person.page.locator(".script-line")).to_contain_text(words)


async def the_scripted_people_are_seen_and_heard(ana: Person) -> None:
    """Called in; pictures of both are decoded, and a voice of theirs is heard."""
    await in_phase(ana, "inside")
    await step(ana, "Diga o seu nome")
    for _ in range(120):
        found = await ana.received()
        pictures = [frames for key, frames in found.items() if key.startswith("video") and frames > 3]
        voices = [energy for key, energy in found.items() if key.startswith("audio") and energy > 0]
        if len(pictures) == 2 and voices:
            break
        await ana.page.wait_for_timeout(250)
    assert len(pictures) == 2, found
    assert voices, found
    await ana.look("ensaio-voz")


async def the_page_is_reloaded_and_goes_on(ana: Person) -> None:
    """The server knows where the person is."""
    await ana.page.reload()
    await in_phase(ana, "inside")
    await expect(ana.page.locator(".script-step")).to_be_visible()


async def the_microphone_and_the_camera_are_switched(ana: Person) -> None:
    """The camera's step is done only when the media process has seen pictures end and come back."""
    await step(ana, "desligue o seu microfone")
    await press(ana, "[data-microphone]")
    await expect(ana.page.locator("[data-microphone]")).to_have_attribute("aria-pressed", "true")
    await press(ana, "[data-microphone]")
    await step(ana, "Faça o mesmo com a câmera")
    await press(ana, "[data-camera]")
    await ana.page.wait_for_timeout(4000)  # for as long a picture that does not come may only be late
    await press(ana, "[data-camera]")
    await step(ana, "Muito bem: a sua imagem voltou")


async def a_hand_a_document_and_a_private_room(ana: Person) -> None:
    """The acts are the hearing's own forms."""
    await step(ana, "Levantar a mão")
    await press(ana, "#botao-mao")
    await expect(ana.page.locator("#botao-mao")).to_have_attribute("aria-pressed", "true")
    await step(ana, "Estou mostrando um documento")
    picture = ana.page.locator("[data-exhibit-page] img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth > 0)")
    await expect(ana.page.locator(".exhibit-pointer")).to_be_visible()
    await ana.look("ensaio-documento")
    await press(ana, "[data-private-accept]")
    await step(ana, "Aqui só eu ouço")
    await expect(ana.page.locator(".private-inside")).to_be_visible()
    await ana.hears_and_sees(1, seconds=1.5)
    await ana.look("ensaio-reservada")
    await ana.page.get_by_role("button", name="Voltar à audiência").focus()
    await ana.page.keyboard.press("Enter")
    await step(ana, "Terminamos")


async def what_was_tried_is_told_and_nothing_is_kept(scene: Scene) -> None:
    """The end names each step; no case, hearing or event was made of it."""
    ana = scene.ana
    await in_phase(ana, "over")
    await expect(ana.page.locator(".went-well")).to_have_count(5)
    await expect(ana.page.locator(".went-well").first).to_contain_text("O servidor ouviu a sua voz")
    await ana.look("ensaio-fim")
    await db.connect(f"sqlite://{scene.folder / 'procon.sqlite3'}")
    tables = ("hearing", "seat", "hearing_message", "case_event", "consultation")
    kept = [(await db.rows(f"SELECT count(*) AS many FROM {table}"))[0]["many"] for table in tables]
    await db.close()
    assert kept == [0] * len(tables)
    await ana.page.get_by_role("button", name="Ensaiar de novo").click()
    await expect(ana.page.locator("[data-enter]")).to_be_visible()
