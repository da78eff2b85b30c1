"""Who really asks, behind proxies of ours: X-Forwarded-For and -Proto, from the right, so many hops."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}
FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")


class TrustedProxies:
    """ASGI middleware: takes the client's address and scheme from the last ``hops`` proxies.

    Each proxy appends to X-Forwarded-For whom it was asked by, so the entry that the outermost of our
    own proxies wrote is the ``hops``-th from the right; anything further left may be made up. The
    headers themselves go no further: libraries that would believe them see none. That there were any, true
    or not, is ``procon.forwarded`` of the scope.
    """

    def __init__(self, app: Any, hops: int) -> None:
        self._app = app
        self._hops = hops

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass on with the true client and scheme."""
        if scope["type"] in SCHEMES:
            scope = self._seen_through(scope)
        await self._app(scope, receive, send)

    def _seen_through(self, scope: dict[str, Any]) -> dict[str, Any]:
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        forwarded = any(name.lower() in FORWARDED for name, _ in headers)
        seen = {
            **scope,
            "headers": [pair for pair in headers if pair[0].lower() not in FORWARDED],
            "procon.forwarded": forwarded,
        }
        if (client := self._entry(headers, b"x-forwarded-for")) and _is_address(client):
            seen["client"] = (client, 0)
        if scheme := SCHEMES[scope["type"]].get(self._entry(headers, b"x-forwarded-proto") or ""):
            seen["scheme"] = scheme
        return seen

    def _entry(self, headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
        if not self._hops:
            return None
        entries = [
            entry.strip().decode("latin1")
            for name, value in headers
            if name.lower() == wanted
            for entry in value.split(b",")
        ]
        return entries[-self._hops] if len(entries) >= self._hops else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
