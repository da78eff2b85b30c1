"""People in front of browsers: each has a context of their own, a fake camera and a fake microphone."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    # a third less of the processors than at its own 20 pictures a second, at four people in a room
    "--use-fake-device-for-media-stream=fps=10",
    "--autoplay-policy=no-user-gesture-required",
    # without it Chromium has no way out on a machine that is on no network
    "--allow-loopback-in-peer-connection",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = Path(__file__).parents[1] / "output" / "screens"
"""Where a run leaves a picture of each state that it looked at, as tall as the screen; with the variable
PROCON_SCREENSHOTS=whole, of the whole page."""
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}

WAIT_SECONDS = 30

KEEP_CONNECTIONS = """
const Real = RTCPeerConnection;
window.connections = [];
window.RTCPeerConnection = class extends Real {
  constructor(...given) { super(...given); window.connections.push(this); }
};
"""
RECEIVED = """
async (since) => {
  const found = {};
  for (const connection of window.connections.slice(since)) {
    if (connection.connectionState !== "connected") continue;
    (await connection.getStats()).forEach((report) => {
      if (report.type !== "inbound-rtp") return;
      const key = `${report.kind}:${report.mid}`;
      found[key] = report.kind === "video" ? report.framesDecoded : report.totalAudioEnergy;
    });
  }
  return found;
}
"""


class Person:
    """Somebody with a browser. ``faults`` collects scripts that failed and breaches of the policy."""

    def __init__(self, name: str, page: Page, faults: list[str]) -> None:
        self.name = name
        self.page = page
        page.on("pageerror", lambda error: faults.append(f"{name}: {error}"))
        page.on("console", lambda said: "Policy" in said.text and faults.append(f"{name}: {said.text}"))

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form."""
        await self.page.goto("/entrar")
        await self.page.locator("input[name=email]").fill(email)
        await self.page.locator("input[name=password]").fill(password)
        await self.page.get_by_role("button", name="Entrar").click()
        await self.page.wait_for_url("**/painel")

    async def upload(self, kind: str, name: str, data: bytes) -> None:
        """Choose a file in the upload of a kind and wait until it is in the list."""
        await self.page.locator(f"#campo-{kind}").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        )
        await expect(self.page.get_by_role("link", name=name)).to_be_visible(timeout=20_000)

    async def tab(self, name: str) -> None:
        """Open a panel of the hearing room."""
        await self.page.get_by_role("tab", name=name).click()

    async def connections(self) -> int:
        """How many connections the page has made so far."""
        return int(await self.page.evaluate("window.connections.length"))

    async def received(self, since: int = 0) -> dict[str, float]:
        """What arrives, by kind and m-line: decoded frames for video, audio energy for sound.

        Over connections that the page made after the first ``since``.
        """
        found: dict[str, float] = await self.page.evaluate(RECEIVED, since)
        return found

    async def hears_and_sees(self, others: int, seconds: float = 3) -> None:
        """Pictures and sound of ``others`` people arrive and go on arriving, by the browser's statistics."""
        await self.receives(audio=others, video=others, seconds=seconds)

    async def receives(self, *, audio: int, video: int | None, seconds: float = 2) -> None:
        """For so long sound and pictures of so many arrive, and of no more; what changes is waited for.

        None: however many pictures, for five browsers on one machine leave some out.
        """
        for _ in range(int(WAIT_SECONDS / seconds)):
            before = await self.received()
            await self.page.wait_for_timeout(seconds * 1000)
            after = await self.received()
            grown = [key.partition(":")[0] for key in after if after[key] > before.get(key, 0)]
            if grown.count("audio") == audio and video in (None, grown.count("video")):
                return
        raise AssertionError(f"{self.name}, expecting {audio} and {video}: {before} -> {after}")

    async def look(self, name: str) -> None:
        """The page has no accessibility finding and fits its width; its picture is kept in ``SCREENS``."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        whole = os.environ.get("PROCON_SCREENSHOTS") == "whole"
        await self.page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=whole)
        await self.page.evaluate(AXE.read_text("utf-8"))
        found = await self.page.evaluate(
            "axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))"
        )
        assert found == [], f"{name}: {found}"
        assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} too wide"
        )

    async def code(self, email: str) -> str:
        """The six digits of the newest code sent to ``email``, read in the demonstration's post."""
        tab = await self.page.context.new_page()
        try:
            for _ in range(60):
                await tab.goto("/desenvolvimento/correio")
                row = tab.locator("tbody tr").filter(has_text=email).filter(has_text="código").first
                if await row.count() and (found := re.search(r"\b\d{6}\b", await row.inner_text())):
                    return found.group()
                await tab.wait_for_timeout(250)
        finally:
            await tab.close()
        raise AssertionError(f"no code for {email}")


class Stage:
    """A browser and those who sit in front of it; each in a context of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.faults: list[str] = []

    async def person(self, name: str, viewport: dict[str, Any] | None = None) -> Person:
        """Somebody new."""
        context = await self._browser.new_context(
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
            locale="pt-BR",
            timezone_id="America/Sao_Paulo",
            base_url=self._url,
            permissions=["camera", "microphone"],
        )
        await context.add_init_script(KEEP_CONNECTIONS)
        return Person(name, await context.new_page(), self.faults)


@asynccontextmanager
async def stage(url: str) -> AsyncIterator[Stage]:
    """Open a browser on the site at ``url``; on leaving, nobody's script may have failed."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = Stage(browser, url)
        yield opened
        await browser.close()
    assert opened.faults == []
