"""The people: a Chromium each, with a made voice and a made picture, and a page that notes what arrives."""

from __future__ import annotations

import asyncio
import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bench.network import sources

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--allow-loopback-in-peer-connection",  # the relay is on loopback
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
)
CONSTRAINTS = {
    "audio": {"echoCancellation": False, "autoGainControl": False, "noiseSuppression": False},
    "video": {"width": sources.WIDTH, "height": sources.HEIGHT, "frameRate": sources.FRAME_RATE},
}
"""The same for both systems. What is played is clean already: nothing shall be done to it on the way in."""

_HERE = Path(__file__).parent / "pages"
_MODULES = Path(__file__).parents[2] / "static" / "js"
_PAGE = '<!doctype html><html lang="en"><title>{0}</title><body><script type="module" src="/{0}.js"></script>'


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in ("/ours", "/janus"):
            body = _PAGE.format(self.path[1:]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        folder, rest = (_MODULES, path[4:]) if path.startswith("/js/") else (_HERE, path[1:])
        found = (folder / rest).resolve()
        return str(found if found.is_relative_to(folder) else folder / "nothing")

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def page_server() -> Iterator[str]:
    """Serve the pages and static/js; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Person:
    """A browser that sits down at one side after the other, with a fresh page each time."""

    def __init__(self, seat: str, browser: Browser, address: str) -> None:
        self.seat = seat
        self._browser = browser
        self._address = address
        self.page: Page

    async def open(self, side: str, signal: Any) -> None:
        """The page of a side; it calls ``signal(name, payload)``."""
        context = await self._browser.new_context(permissions=["camera", "microphone"])
        self.page = await context.new_page()
        await self.page.expose_function("signal", signal)
        await self.page.goto(f"{self._address}/{side}")
        await self.page.wait_for_function("() => window.ready === true")

    async def begin(self) -> None:
        """Take microphone and camera, and publish."""
        await self.page.evaluate("constraints => window.begin(constraints)", CONSTRAINTS)

    async def samples(self) -> list[dict[str, Any]]:
        """What was noted since the last call."""
        taken: list[dict[str, Any]] = await self.page.evaluate("() => window.takeSamples()")
        return taken

    async def states(self) -> list[list[Any]]:
        """What became of the connections: time of day in ms, which one, which state."""
        told: list[list[Any]] = await self.page.evaluate("() => window.states.splice(0)")
        return told

    async def close(self) -> None:
        """Close the page without a word."""
        await self.page.context.close()


@asynccontextmanager
async def people(seats: str, folder: Path) -> AsyncIterator[list[Person]]:
    """A person for each letter."""
    speech, pictures = folder / "speech.wav", folder / "pictures.y4m"
    sources.write_speech(speech)
    sources.write_pictures(pictures)
    played = (f"--use-file-for-fake-audio-capture={speech}", f"--use-file-for-fake-video-capture={pictures}")
    async with AsyncExitStack() as stack:
        address = stack.enter_context(page_server())
        playwright = await stack.enter_async_context(async_playwright())
        browsers = await asyncio.gather(
            *(
                playwright.chromium.launch(
                    executable_path=CHROMIUM, headless=True, args=[*ARGUMENTS, *played]
                )
                for _ in seats
            )
        )
        for browser in browsers:
            stack.push_async_callback(browser.close)
        yield [Person(seat, browser, address) for seat, browser in zip(seats, browsers, strict=True)]
