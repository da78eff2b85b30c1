"""People at their browsers: cookies, pages, forms, files, and what a page's scripts ask by themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

import aiohttp
from yarl import URL

from tests.flows.page import Element, Form, Page

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"


@dataclass(frozen=True)
class Answer:
    """What a script was answered; ``body`` is its JSON, None without one."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it says success."""
        return self.status < 400


@dataclass(frozen=True)
class Letter:
    """A letter in the demonstration's post."""

    path: str
    subject: str
    to: str


class Person:
    """One person in one browser."""

    def __init__(self, site: str, name: str) -> None:
        self.site = site
        self.name = name
        self.page: Page
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # the site's name is an address
            connector=aiohttp.TCPConnector(force_close=True),  # a kept line would outlive a killed server
            headers={"User-Agent": AGENT, "Accept": "text/html"},
            timeout=aiohttp.ClientTimeout(total=30),
        )

    async def close(self) -> None:
        """Close the browser."""
        await self._http.close()

    @property
    def cookies(self) -> str:
        """The Cookie header for the site."""
        cookies = self._http.cookie_jar.filter_cookies(URL(self.site))
        return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())

    @property
    def headers(self) -> dict[str, str]:
        """What a browser tells when it opens a socket."""
        return {"Cookie": self.cookies, "Origin": self.site, "User-Agent": AGENT}

    # --- pages

    async def open(self, path: str) -> Page:
        """Go to a page."""
        async with self._http.get(urljoin(self.site, path)) as response:
            self.page = Page(str(response.url), response.status, await response.text())
        return self.page

    async def send(self, form: Form, /, **typed: str | list[str]) -> Page:
        """Send a form of the page and go where it leads."""
        async with self._http.post(
            form.action, data=form.filled(typed), headers=self._from_page()
        ) as response:
            self.page = Page(str(response.url), response.status, await response.text())
        return self.page

    async def fill(self, path: str, end: str = "", /, **typed: str | list[str]) -> Page:
        """Open a page and send its form, which must be taken."""
        page = await self.open(path)
        page = await self.send(page.form(end), **typed)
        assert page.status == 200, (page.status, page.faults() or page.words[:300])
        return page

    async def signs_in(self, password: str, email: str) -> Page:
        """Sign in."""
        page = await self.fill("/entrar", email=email, password=password)
        assert page.path == "/painel"
        return page

    def _from_page(self) -> dict[str, str]:
        return {"Origin": self.site, "Sec-Fetch-Site": "same-origin"}

    # --- what scripts send

    async def ask(self, method: str, path: str, **body: Any) -> Answer:
        """A request of a page's script; keywords as aiohttp has them (``json``, ``data``)."""
        headers = self._from_page() | {"Accept": "application/json", "X-CSRF-Token": self.page.token}
        headers |= body.pop("headers", {})
        async with self._http.request(method, urljoin(self.site, path), headers=headers, **body) as response:
            if "json" not in response.content_type:
                await response.read()
                return Answer(response.status, None)
            return Answer(response.status, await response.json())

    async def act(self, end: str, /, **typed: str | list[str]) -> Answer:
        """Send a form of the page and stay: as the hearing room's scripts do, or to go no further."""
        form = self.page.form(end)
        return await self.ask("POST", form.action, data=form.filled(typed), allow_redirects=False)

    async def upload(self, kind: str, name: str, content: bytes) -> Answer:
        """Put a file into an upload control of the page."""
        path = self.page.upload(kind).attributes["data-upload-url"]
        headers = {"X-File-Name": quote(name), "Content-Type": "application/octet-stream"}
        return await self.ask("POST", path, data=content, headers=headers)

    async def save(self, revision: int, **values: str) -> Answer:
        """What the autosave of the page's form sends."""
        (form,) = self.page.main.having("data-autosave")
        return await self.ask(
            "PUT", form.attributes["data-autosave"], json={"revision": revision, "values": values}
        )

    async def download(self, path: str) -> bytes:
        """A file's bytes."""
        async with self._http.get(urljoin(self.site, path)) as response:
            assert response.status == 200
            return await response.read()

    # --- the post

    async def letters(self, subject: str = "") -> list[Letter]:
        """The letters sent so far to anybody, newest first."""
        page = await self.open("/desenvolvimento/correio")
        found = [_letter(row) for row in page.main.every("tr") if any(row.every("a"))]
        return [letter for letter in found if subject in letter.subject]

    async def letter(self, to: str, subject: str) -> Letter:
        """The newest letter to an address whose subject contains some words, waited for."""
        async with asyncio.timeout(20):
            while True:
                for letter in await self.letters(subject):
                    if to in letter.to:
                        return letter
                await asyncio.sleep(0.1)

    async def code(self, to: str, subject: str) -> str:
        """The six digits of a letter's subject."""
        found = re.search(r"\b\d{6}\b", (await self.letter(to, subject)).subject)
        assert found
        return found[0]


def _letter(row: Element) -> Letter:
    (link,) = row.every("a")
    to, _when = row.every("td")
    return Letter(link.attributes["href"], link.words, to.words)


@asynccontextmanager
async def people(site: str, *names: str) -> AsyncIterator[list[Person]]:
    """Browsers, one for each name, closed at the end."""
    browsers = [Person(site, name) for name in names]
    try:
        yield browsers
    finally:
        for browser in browsers:
            await browser.close()
