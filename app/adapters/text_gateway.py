"""Text messages (SMS, WhatsApp) through a provider's HTTP gateway, as a TOML file describes it (ADR 0076).

Providers differ in the address, the headers, the shape of the JSON and the status that says yes. All of
that is data; none of it is code. The secret comes from the environment and never stands in the file.
"""

from __future__ import annotations

import hashlib
import hmac
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import orjson

from app.adapters.errors import PermanentFailure, TemporaryFailure

SECONDS = 20.0
AGAIN = frozenset({408, 425, 429})
"""Refusals that mean "later" (RFC 9110, 6585), beside every 5xx."""
_KEYS = {"url", "headers", "body", "success", "signature"}


class TextGateway(Protocol):
    """Sends short texts to telephone numbers."""

    async def send(self, to: str, text: str, reference: str) -> None:
        """Hand the text over for ``to`` (E.164); raises TemporaryFailure or PermanentFailure.

        ``reference`` is the same at every try, for gateways that drop what they have seen.
        """
        ...


@dataclass(frozen=True)
class GatewayRules:
    """How to talk to a gateway.

    In every text of ``headers`` and ``body`` the places ``{to}`` (E.164), ``{number}`` (the same without
    the plus sign), ``{text}``, ``{reference}`` and ``{secret}`` are filled. ``success`` are the statuses
    that say yes. With ``signature``, a header of that name carries the HMAC-SHA256 of the body under the
    secret, in hex.
    """

    url: str
    headers: Mapping[str, str]
    body: Any
    success: frozenset[int]
    signature: str


class HttpTextGateway:
    """Posts JSON to a gateway."""

    def __init__(self, rules: GatewayRules, secret: str, seconds: float = SECONDS) -> None:
        self._rules = rules
        self._secret = secret
        self._seconds = seconds

    async def send(self, to: str, text: str, reference: str) -> None:
        """See TextGateway.send."""
        rules = self._rules
        places = {
            "to": to,
            "number": to.removeprefix("+"),
            "text": text,
            "reference": reference,
            "secret": self._secret,
        }
        body = orjson.dumps(_filled(rules.body, places))
        headers = {"Content-Type": "application/json", **_filled(dict(rules.headers), places)}
        if rules.signature:
            headers[rules.signature] = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        status = await self._post(body, headers)
        if status in rules.success:
            return
        if status in AGAIN or status >= 500:
            raise TemporaryFailure(f"gateway_{status}")
        raise PermanentFailure(f"gateway_{status}")

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        limit = aiohttp.ClientTimeout(total=self._seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self._rules.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporaryFailure(type(error).__name__) from error


class FakeTextGateway:
    """Keeps what was sent; ``fail_with`` makes the next texts fail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fail_with: Exception | None = None

    async def send(self, to: str, text: str, reference: str) -> None:
        """Remember it, or raise ``fail_with``."""
        if self.fail_with:
            raise self.fail_with
        self.sent.append((to, text))


def _filled(template: Any, places: Mapping[str, str]) -> Any:
    """A template with its places filled, once each: what a text says is never taken for a place."""
    if isinstance(template, str):
        pieces = template.split("{")
        filled = [pieces[0]]
        for piece in pieces[1:]:
            name, closed, rest = piece.partition("}")
            filled.append(places[name] + rest if closed and name in places else "{" + piece)
        return "".join(filled)
    if isinstance(template, dict):
        return {name: _filled(value, places) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, places) for value in template]
    return template


def read_rules(path: Path) -> GatewayRules:
    """The gateway that a TOML file describes; ValueError says what is wrong with it."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(str(error)) from error
    if unknown := raw.keys() - _KEYS:
        raise ValueError(f"{min(unknown)}: não existe esta chave")
    headers, body = raw.get("headers", {}), raw.get("body", {})
    success = raw.get("success", [200, 201, 202])
    if urlsplit(str(raw.get("url", ""))).scheme not in ("http", "https"):
        raise ValueError("url: esperado um endereço http:// ou https://")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError("headers: esperados nomes e textos")
    if not isinstance(success, list) or not success or any(type(status) is not int for status in success):
        raise ValueError("success: esperada uma lista de códigos HTTP, como [200, 202]")
    written = orjson.dumps(body).decode()
    for place in ("{text}", "{to}"):
        if place not in written and not (place == "{to}" and "{number}" in written):
            raise ValueError(f"body: falta o lugar de {place}")
    return GatewayRules(raw["url"], headers, body, frozenset(success), str(raw.get("signature", "")))
