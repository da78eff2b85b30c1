"""The calendar in the browser: a consumer picks a slot on a phone; a mediator drags one hearing and moves
another by keyboard; the board in the lobby, which nobody signed in to, follows by itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app import db
from app.adapters.passwords import Argon2Passwords
from app.equipment import listed_holidays
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import calendars, scheduling, slot_offers, working_hours
from app.services.booking import Booking
from app.services.diary import Hours
from app.services.invitations import Invite
from models import Case, User
from models.rules.case_machine import State
from models.rules.people import Role, Viewer
from models.rules.slots import Shift
from tests import servers
from tests.browser.people import DESKTOP, PHONE, Person, Stage, stage
from tests.factories.cases import make_case
from tests.factories.people import make_agent, make_company, make_user, viewer_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PASSWORD = "uma frase bem curta"
SOON_MS = 20_000
PROFILE = load_profile(PROFILES / "criciuma.toml")
ZONE = PROFILE.agency.zone


@dataclass
class Town:
    """What there is before anybody comes: a case with offered slots, and three hearings."""

    server: servers.Server
    case: int
    today: int
    first: int
    second: int
    day: datetime


async def _case(mediator: Viewer, number: int, state: State = State.ANSWERED) -> Case:
    company = await make_company(legal_name=f"Loja {number} Ltda.", trade_name=f"Loja {number}")
    await make_agent(company)
    consumer = await make_user(name=f"Pessoa da Silva {number}")
    return await make_case(
        state, consumer, protocol=f"2026.00010{number}-0", company=company, notified_at=datetime.now(UTC)
    )


async def _prepare(url: str) -> tuple[int, int, int, int, datetime]:
    """Everything through the services that people use, on a day that is surely a working day here."""
    await db.connect(url)
    try:
        now = datetime.now(UTC)
        today = now.astimezone(ZONE).date()
        calendar = await calendars.current(listed_holidays(PROFILE.calendar), today)
        hours = Hours(
            *(PROFILE.hearing.opens, PROFILE.hearing.closes, PROFILE.terms["hearing_notice"], calendar),
            minutes=PROFILE.hearing.slot_minutes,
            policy=PROFILE.scheduling,
        )
        invite = Invite("Procon", "procon@exemplo.com", ZONE, "http://localhost")
        mediator = await make_user(Role.MEDIATOR, cpf=None, name="Rita Melo", email="rita@exemplo.com")
        await make_user(name="Ana Souza", email="ana@exemplo.com")
        hashed = await Argon2Passwords().hash(PASSWORD)
        await User.filter(email__in=["rita@exemplo.com", "ana@exemplo.com"]).update(password_hash=hashed)
        rita = viewer_of(mediator)
        await working_hours.set_week(rita, rita.user_id, [Shift(day, 480, 1080) for day in range(5)])
        day = today + timedelta(days=20)
        while calendar.closed(day) or day.weekday() > 2:
            day += timedelta(days=1)

        async def book(case: Case, at: datetime, **how: bool) -> int:
            booking = Booking(at, 40, rita.user_id, **how)
            return await scheduling.schedule(case.id, rita, booking, now=now, hours=hours, invite=invite)

        first = await book(await _case(rita, 1), datetime.combine(day, time(9), ZONE))
        second = await book(await _case(rita, 2), datetime.combine(day, time(10, 20), ZONE))
        late = now.astimezone(ZONE).replace(second=0, microsecond=0)
        board = await book(await _case(rita, 3), late, short_notice=True, out_of_hours=True)
        case = await _case(rita, 4)
        await Case.filter(id=case.id).update(consumer_id=(await User.get(email="ana@exemplo.com")).id)
        await slot_offers.offer(case.id, rita, hold=False, now=now, hours=hours, invite=invite)
        return case.id, board, first, second, datetime.combine(day, time(), ZONE)
    finally:
        await db.close()


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copyfile(sqlite_template, tmp_path / "procon.sqlite3")
    made = await _prepare(f"sqlite://{tmp_path / 'procon.sqlite3'}")
    with servers.serving(tmp_path) as server:
        yield Town(server, *made)


async def test_a_slot_is_picked_hearings_are_moved_and_the_board_follows(town: Town) -> None:
    async with stage(town.server.url) as site:
        ana, rita = await site.person("Ana", PHONE), await site.person("Rita", DESKTOP)
        lobby = await site.person("Saguão", DESKTOP)
        await ana.sign_in("ana@exemplo.com", PASSWORD)
        await rita.sign_in("rita@exemplo.com", PASSWORD)
        await picks_a_slot(ana, town)
        await drags(rita, town)
        await moves_by_keyboard(rita, town)
        await the_board_follows(site, rita, lobby)


async def picks_a_slot(ana: Person, town: Town) -> None:
    """On a phone of 360 px, by touch."""
    page = ana.page
    await page.goto(f"/casos/{town.case}")
    choices = page.locator(".slot-choice")
    await expect(choices).to_have_count(PROFILE.scheduling.offers)
    await ana.look("horarios")
    chosen = choices.nth(1)
    day = await chosen.locator("time").get_attribute("datetime")
    assert day
    await chosen.click()
    await page.get_by_role("button", name="Confirmar o horário").click()
    await expect(page.get_by_role("link", name="Entrar na audiência")).to_be_visible()
    await expect(page.locator(f'.case-hearing time[datetime="{day}"]')).to_be_visible()
    await expect(choices).to_have_count(0)
    await ana.look("horario-escolhido")


def _cell(page: Page, day: datetime, hour: str) -> str:
    return f'[data-slot^="{day:%Y-%m-%d}T{hour}~"]'


async def _confirm(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("O que dizer às partes").fill("Ajuste da pauta.")
    await dialog.get_by_role("button", name="Remarcar e avisar").click()


async def drags(rita: Person, town: Town) -> None:
    """One is dragged onto the other, and the conflict is told; then to a free time."""
    page = rita.page
    await page.goto(f"/agenda?dia={town.day:%Y-%m-%d}")
    await expect(page.locator("[data-live-state]")).to_have_text("ao vivo")
    await rita.look("agenda")
    entry = page.locator(f'[data-hearing="{town.first}"]')
    await entry.drag_to(page.locator(_cell(page, town.day, "10:00")))
    await _confirm(page)
    await expect(page.locator("[data-move-error]")).to_have_text(
        "O conciliador já tem audiência neste horário."
    )
    await rita.look("agenda-conflito")
    await page.get_by_role("button", name="Desistir").click()
    await entry.drag_to(page.locator(_cell(page, town.day, "11:20")))
    await _confirm(page)
    await expect(page.locator(_cell(page, town.day, "11:20")).locator(entry)).to_be_visible(timeout=SOON_MS)
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def moves_by_keyboard(rita: Person, town: Town) -> None:
    """The other one, with nothing but keys: an hour later and a day on."""
    page = rita.page
    await page.locator(f'[data-hearing="{town.second}"] [data-pick-up]').focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-calendar]")).to_have_attribute("data-moving", "1")
    await page.keyboard.press("Escape")
    await expect(page.locator(f'[data-hearing="{town.second}"] [data-pick-up]')).to_be_focused()
    await page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        await page.keyboard.press(key)
    next_day = town.day + timedelta(days=1)
    await expect(page.locator(_cell(page, next_day, "11:20"))).to_be_focused()
    await rita.look("agenda-teclado")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Remarcar e avisar").press("Enter")
    moved = page.locator(_cell(page, next_day, "11:20")).locator(f'[data-hearing="{town.second}"]')
    await expect(moved).to_be_visible(timeout=SOON_MS)


async def the_board_follows(site: Stage, rita: Person, lobby: Person) -> None:
    """A screen in the lobby, without a session: numbers alone, and a cancellation shows by itself."""
    page = lobby.page
    await page.goto("/pauta?tela=1")
    await expect(page.locator("[data-live-state]")).to_have_text("ao vivo")
    line = page.locator(".board-line")
    await expect(line).to_have_count(1)
    await expect(line).to_contain_text("2026.***103-0")
    assert not re.search(r"Pessoa da Silva|Loja|Rita", await page.locator("main").inner_text())
    await lobby.look("pauta-tela")
    await rita.page.goto("/pauta")
    await expect(rita.page.locator(".board-line")).to_contain_text("Pessoa da Silva 3")
    await rita.look("pauta-equipe")
    await cancels(rita)
    await expect(line).to_contain_text("Cancelada", timeout=SOON_MS)
    phone = await site.person("Celular", PHONE)
    await phone.page.goto("/pauta")
    await phone.look("pauta-telefone")


async def cancels(rita: Person) -> None:
    """From the case's page, with a typed cause."""
    page = rita.page
    await page.goto("/casos?busca=2026.000103")
    await page.get_by_role("link", name="2026.000103-0").click()
    await page.locator("summary", has_text="Cancelar a audiência").click()
    await page.locator("#campo-cancel_cause").select_option("technical")
    await page.get_by_role("button", name="Cancelar a audiência").click()
    await expect(page.get_by_text("Audiência cancelada").first).to_be_visible()
