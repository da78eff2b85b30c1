"""The pictures of the README: the demonstration, photographed in Chromium (``make screenshots``)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import expect

from app import demo, migration
from app.demo.people import DOMAIN, PASSWORD
from app.settings import load
from tests import servers
from tests.browser.people import PHONE, Person, Stage, stage

PICTURES = Path(__file__).parent.parent / "docs" / "img"


def main() -> None:
    """Load a demonstration, serve it, photograph it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port = servers.free_port()
        settings = load({"PROCON_DATA_DIR": folder, "PROCON_DEMO": "1", "PORT": str(port)})
        asyncio.run(migration.migrate(settings.database_url, settings.data_dir))
        asyncio.run(demo.load(settings))
        with servers.serving(Path(folder), env={"PROCON_DEMO": "1"}, port=port) as server:
            asyncio.run(_photograph(server.url))


async def _photograph(url: str) -> None:
    async with stage(url) as site:
        people = [await _signed_in(site, login) for login in ("joao", "paulo", "ana")]
        await _keep(people[2], "caso")
        for person in people:
            await person.page.get_by_role("link", name="Entrar na audiência").first.click()
            await person.page.get_by_role("button", name="Entrar na").click()
        joao = people[0]
        await joao.tab("Pessoas")
        await joao.page.get_by_role("button", name="Admitir todos").click(timeout=30_000)
        await joao.page.get_by_role("button", name="Abrir").click()
        for person in people:
            await person.hears_and_sees(others=2, seconds=1)
        await _keep(joao, "audiencia", whole=False)
        await people[2].page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        await people[2].page.wait_for_timeout(500)
        await _keep(people[2], "audiencia-telefone", whole=False)


async def _signed_in(site: Stage, login: str) -> Person:
    """Somebody on the page of the case whose hearing is about to begin."""
    person = await site.person(login)
    await person.sign_in(f"{login}@{DOMAIN}", PASSWORD)
    await person.page.goto("/casos/8")
    await expect(person.page.get_by_role("link", name="Entrar na audiência").first).to_be_visible()
    return person


async def _keep(person: Person, name: str, *, whole: bool = True) -> None:
    await person.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


if __name__ == "__main__":
    main()
