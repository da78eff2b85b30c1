"""The two sides: the application as ``procon serve`` starts it, and the FastAPI peer under uvicorn.

Both are one process on uvloop, on the same database. The requests are the same but for the port.
"""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from bench.web.data import Filled
from tests import servers

SECRET = "b" * 64


@dataclass(frozen=True)
class Side:
    """A server under measurement."""

    name: str
    server: servers.Server
    filled: Filled

    def page(self, path: str) -> str:
        """A request of the signed-in coordinator for a page."""
        cookie = f"Cookie: procon={self.filled.token}\r\n"
        return f"GET {path} HTTP/1.1\r\n{self._always}{cookie}\r\n"

    def sign_ins(self) -> list[str]:
        """A sign-in of each consumer, each from an address of its own, as a proxy would tell it.

        So the limits on guessing passwords are counted, and never reached.
        """
        cookie, token = self._visitor()
        return [self._sign_in(n, email, cookie, token) for n, email in enumerate(self.filled.emails, start=1)]

    def body(self, path: str) -> str:
        """The page that the coordinator gets."""
        asked = urllib.request.Request(
            self.server.url + path, headers={"Cookie": f"procon={self.filled.token}"}
        )
        with urllib.request.urlopen(asked) as response:
            return str(response.read().decode())

    @property
    def _always(self) -> str:
        return (
            f"Host: 127.0.0.1:{self.server.port}\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36\r\n"
            "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
            "Accept-Language: pt-BR,pt;q=0.9\r\n"
            "Accept-Encoding: gzip, deflate, br\r\n"
        )

    def _sign_in(self, n: int, email: str, cookie: str, token: str) -> str:
        body = urlencode({"email": email, "password": self.filled.password, "csrf_token": token})
        return (
            f"POST /entrar HTTP/1.1\r\n{self._always}Cookie: {cookie}\r\nOrigin: {self.server.url}\r\n"
            f"X-Forwarded-For: 10.0.{n // 250}.{n % 250 + 1}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    def _visitor(self) -> tuple[str, str]:
        """The cookie and the token of somebody who has just opened the sign-in page."""
        jar = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with opener.open(self.server.url + "/entrar") as response:
            found = re.search(r'name="csrf-token" content="(\w+)"', response.read().decode())
        if found is None:
            raise RuntimeError(f"{self.name}: the sign-in page has no token")
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), found[1]


@contextmanager
def both(database_url: str, folder: Path, filled: Filled) -> Iterator[tuple[Side, Side]]:
    """Ours and the peer, ready to answer."""
    env = {"DATABASE_URL": database_url, "PROCON_SECRET_KEY": SECRET, "PROCON_TRUSTED_PROXIES": "1"}
    port = servers.free_port()
    uvicorn = [sys.executable, "-m", "uvicorn", "bench.peers.fastapi_app:app", "--port", str(port)]
    uvicorn += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with ExitStack() as stack:
        ours = stack.enter_context(servers.serving(folder / "ours", env=env))
        peer = stack.enter_context(
            servers.serving(
                folder / "peer",
                env={**env, "PEER_URL": f"http://127.0.0.1:{port}"},
                command=uvicorn,
                port=port,
                ready="/entrar",
            )
        )
        yield Side("procon", ours, filled), Side("fastapi", peer, filled)
