"""Browsers' pages that sit in a room of a real media process; the test plays the web between them."""

import asyncio
import functools
import http.server
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Error, async_playwright

from realtime.media_link import MediaLink, MediaRefused
from tests.hearings.firefox.browser import Firefox, FirefoxError

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
    "--ignore-certificate-errors",  # of the relay that the tests start, reached over TLS
]
SCRIPTS = Path(__file__).parents[2] / "static" / "js"
PAGE = b"""<!doctype html><html lang="pt-BR"><title>Sala</title>
<body><script type="module" src="/page.js"></script>"""
SCRIPT = Path(__file__).with_name("page.js")


Road = Callable[[str, int, str], str]
"""road(connection, generation, sdp): the server's SDP, leading a browser's connection over another way."""


class SeatPage(Protocol):
    """What a test asks of a page, Chromium's or Firefox's."""

    async def evaluate(self, expression: str, arg: Any = None) -> Any: ...


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self._give(PAGE, "text/html; charset=utf-8")
        elif self.path == "/page.js":
            self._give(SCRIPT.read_bytes(), "text/javascript")
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


async def until(page: SeatPage, condition: str, within: float = 10.0) -> None:
    """Wait for a condition; by asking from outside, because the page's strict policy forbids eval."""
    async with asyncio.timeout(within):
        while not await page.evaluate(condition):  # noqa: ASYNC110 - a browser has no asyncio event
            await asyncio.sleep(0.05)


async def picture_codecs(page: SeatPage, side: str) -> set[str]:
    """The codecs of the pictures on a connection, "publisher" or "subscriber"."""
    names = await page.evaluate(
        """async (side) => {
          const reports = [...(await media[side].pc.getStats()).values()];
          const pictures = reports.filter((r) => r.kind === "video" && r.type.endsWith("bound-rtp"));
          const used = new Set(pictures.map((r) => r.codecId));
          return reports.filter((r) => used.has(r.id)).map((r) => r.mimeType);
        }""",
        side,
    )
    return set(names)


class BrowserRoom:
    """A room whose seats are pages, of `browser` if nothing else is said; `address` is the page's."""

    def __init__(self, browser: Browser, link: MediaLink, address: str, name: str = "sala") -> None:
        self.name = name
        self.link = link
        self.pages: dict[str, Any] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._browser = browser
        self._address = address
        self._roads: dict[str, Road] = {}
        link.on_event(self._event)

    async def sit(
        self,
        seat: str,
        *,
        admitted: bool = True,
        generation: int = 1,
        browser: Browser | Firefox | None = None,
        road: Road | None = None,
        overheard: list[tuple[str, dict[str, Any]]] | None = None,
        width: int = 640,
        height: int = 480,
        **options: Any,
    ) -> Any:
        """Join the seat and open its page in a context of its own.

        `road` is the way its packets go; what the page asks is added to `overheard`; `options` are
        HearingMedia's.
        """
        await self.link.call("join", room=self.name, seat=seat, admitted=admitted, muted=False)
        page = await _new_page(browser or self._browser)
        if road is not None:
            self._roads[seat] = road

        async def signal(name: str, payload: dict[str, Any]) -> dict[str, Any]:
            if overheard is not None:
                overheard.append((name, payload))
            try:
                answer = await self.link.call(name, room=self.name, seat=seat, **payload)
            except MediaRefused as error:
                return {"error": error.code}
            return self._rerouted(seat, payload.get("connection", name), payload, answer)

        await page.expose_function("signal", signal)
        await page.goto(self._address)
        await until(page, "() => window.ready === true")
        self.pages[seat] = page
        picture = {"generation": generation, "width": width, "height": height}
        await page.evaluate("options => window.begin(options)", {**picture, **options})
        return page

    async def rise(self, seat: str) -> None:
        """Close the page without a word, as a browser that crashed."""
        page = self.pages.pop(seat)
        await getattr(page, "context", page).close()

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

    def _rerouted(
        self, seat: str, connection: str, asked: dict[str, Any], told: dict[str, Any]
    ) -> dict[str, Any]:
        """What a seat is told, led over its road."""
        if seat not in self._roads or "sdp" not in told:
            return told
        return {**told, "sdp": self._roads[seat](connection, asked["generation"], told["sdp"])}

    async def _event(self, name: str, payload: dict[str, Any]) -> None:
        self.events.append((name, payload))
        seats = [payload["seat"]] if "seat" in payload else list(self.pages)
        for seat in seats:
            page = self.pages.get(seat)
            if page is not None:
                told = self._rerouted(seat, "subscribe", payload, payload)
                with suppress(Error, FirefoxError):  # the page was closed meanwhile
                    await page.evaluate(
                        "([name, payload]) => window.media.receive(name, payload)", [name, told]
                    )


async def _new_page(browser: Browser | Firefox) -> Any:
    if isinstance(browser, Firefox):
        return await browser.new_page()
    context = await browser.new_context(permissions=["camera", "microphone"])
    return await context.new_page()


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
