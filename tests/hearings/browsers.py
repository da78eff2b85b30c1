"""Chromium pages that sit in a room of a real media process; the test plays the web between them."""

import asyncio
import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page, async_playwright

from realtime.media_link import MediaLink, MediaRefused

ARGUMENTS = [
    # Without it Chromium gathers nothing on a machine that has no network but loopback.
    "--allow-loopback-in-peer-connection",
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SCRIPTS = Path(__file__).parents[2] / "static" / "js"
PAGE = b"""<!doctype html><html lang="pt-BR"><title>Sala</title>
<body><script type="module" src="/page.js"></script>"""
SCRIPT = b"""
import { HearingMedia } from "/js/hearings/media.js";
window.first = {};
window.media = new HearingMedia({ signal: (name, payload) => window.signal(name, payload) });
media.addEventListener("stream", ({ detail }) => {
  const element = document.createElement(detail.kind === "audio" ? "audio" : "video");
  element.autoplay = true;
  element.playsInline = true;
  element.id = `${detail.seat}-${detail.kind}`;
  document.getElementById(element.id)?.remove();
  element.srcObject = detail.stream;
  document.body.append(element);
  const since = performance.now();
  if (detail.kind !== "audio") {
    element.requestVideoFrameCallback(() => {
      window.first[element.id] = performance.now() - since;
    });
  }
});
media.addEventListener("gone", ({ detail }) => {
  document.getElementById(`${detail.seat}-${detail.kind}`)?.remove();
});
window.states = [];
media.addEventListener("state", ({ detail }) => states.push(`${detail.connection} ${detail.state}`));
media.addEventListener("activity", ({ detail }) => { window.activity = detail; });
window.begin = async (generation) => {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false }, video: { width: 640, height: 480, frameRate: 20 } });
  await media.start({ stream, generation });
};
window.ready = true;
"""


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self._give(PAGE, "text/html; charset=utf-8")
        elif self.path == "/page.js":
            self._give(SCRIPT, "text/javascript")
        else:
            super().do_GET()

    def _give(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/js"))

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def page_server() -> Iterator[str]:
    """Serve the page and static/js; gives the address."""
    handler = functools.partial(_Handler, directory=str(SCRIPTS))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def until(page: Page, condition: str, within: float = 10.0) -> None:
    """Wait for a condition; by asking from outside, because the page's strict policy forbids eval."""
    async with asyncio.timeout(within):
        while not await page.evaluate(condition):  # noqa: ASYNC110 - a browser has no asyncio event
            await asyncio.sleep(0.05)


class BrowserRoom:
    """A room whose seats are Chromium pages."""

    def __init__(self, browser: Browser, link: MediaLink, address: str, name: str = "sala") -> None:
        self.name = name
        self.link = link
        self.pages: dict[str, Page] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._browser = browser
        self._address = address
        link.on_event(self._event)

    async def sit(self, seat: str, *, admitted: bool = True, generation: int = 1) -> Page:
        """Join the seat and open its page in a context of its own."""
        await self.link.call("join", room=self.name, seat=seat, admitted=admitted, muted=False)
        context = await self._browser.new_context(permissions=["camera", "microphone"])
        page = await context.new_page()

        async def signal(name: str, payload: dict[str, Any]) -> dict[str, Any]:
            try:
                return await self.link.call(name, room=self.name, seat=seat, **payload)
            except MediaRefused as error:
                return {"error": error.code}

        await page.expose_function("signal", signal)
        await page.goto(self._address)
        await until(page, "() => window.ready === true")
        self.pages[seat] = page
        await page.evaluate("generation => window.begin(generation)", generation)
        return page

    async def rise(self, seat: str) -> None:
        """Close the page without a word, as a browser that crashed."""
        await self.pages.pop(seat).context.close()

    async def received(self, seat: str, other: str) -> tuple[int, float]:
        """Frames decoded and audio energy that `seat` has from `other`."""
        seats = (await self.pages[seat].evaluate("() => window.media.stats()"))["seats"]
        kinds = seats.get(other, {})
        return (
            kinds.get("video", {}).get("framesDecoded", 0),
            kinds.get("audio", {}).get("totalAudioEnergy", 0.0),
        )

    async def stats(self) -> dict[str, Any]:
        """The server's figures by seat."""
        seats: dict[str, Any] = (await self.link.call("stats", room=self.name))["seats"]
        return seats

    async def grows(self, seat: str, other: str, within: float = 10.0) -> None:
        """Wait until both picture and sound of `other` advance at `seat`."""
        async with asyncio.timeout(within):
            before = await self.received(seat, other)
            while True:
                await asyncio.sleep(0.2)
                now = await self.received(seat, other)
                if now[0] >= before[0] + 3 and now[1] > before[1]:
                    return

    async def everyone_sees_everyone(self, within: float = 10.0) -> None:
        """`grows` for every pair."""
        pairs = [(a, b) for a in self.pages for b in self.pages if a != b]
        await asyncio.gather(*(self.grows(a, b, within) for a, b in pairs))

    async def _event(self, name: str, payload: dict[str, Any]) -> None:
        self.events.append((name, payload))
        seats = list(self.pages) if name == "activity" else [payload["seat"]]
        for seat in seats:
            page = self.pages.get(seat)
            if page is not None:
                with suppress(Error):  # the page was closed meanwhile
                    await page.evaluate(
                        "([name, payload]) => window.media.receive(name, payload)", [name, payload]
                    )


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium with a fake camera and microphone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            await browser.close()
