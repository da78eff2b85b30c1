"""A browser as far as the door is concerned: it keeps cookies, its page's token, and says its origin."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from quart import Quart, Response

from models.rules.people import Viewer

ORIGIN = "http://localhost"
TOKEN = re.compile(r'name="csrf-token" content="([0-9a-f]{64})"')


class Browser:
    """One person's browser on an application that a test serves to itself."""

    def __init__(self, app: Quart) -> None:
        self._client = app.test_client()
        self.token = ""

    async def get(self, path: str, **headers: str) -> Response:
        """Open a page; its token is kept for the next form."""
        response = await self._client.get(path, headers=headers)
        if found := TOKEN.search(await response.get_data(as_text=True)):
            self.token = found[1]
        return response

    async def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Response:
        """Send a form as the last page would; a header given as "" is left out."""
        sent = {"Origin": ORIGIN, "X-CSRF-Token": self.token, **headers}
        return await self._client.post(
            path, form=form or {}, headers={name: value for name, value in sent.items() if value}
        )

    async def fill(self, path: str, form: dict[str, str], to: str = "") -> Response:
        """Open a page and send its form to the same address, or to another."""
        await self.get(path)
        return await self.post(to or path, form)

    async def raw(self, method: str, path: str, **options: Any) -> Response:
        """A request exactly as given."""
        return await self._client.open(path, method=method, **options)

    def cookies(self) -> dict[str, str]:
        """The cookies held, by name."""
        jar = self._client.cookie_jar
        return {cookie.name: cookie.value or "" for cookie in jar} if jar is not None else {}

    def keep(self, name: str, value: str) -> None:
        """Put a cookie into the browser."""
        self._client.set_cookie("localhost", name, value)


SignIn = Callable[[Viewer], Awaitable[Browser]]
"""Opens a browser in which a person is signed in."""
