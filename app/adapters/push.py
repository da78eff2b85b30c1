"""Web push: a message for one browser, encrypted so that the push service cannot read it (RFC 8291).

The service is whichever one the browser names in its subscription, so its address comes from outside: only
https to public addresses is asked, no redirect is followed, and no answer is read (ADR 0075).
"""

from __future__ import annotations

import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import aiohttp
import http_ece
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from app.adapters.clock import Clock
from app.adapters.errors import PermanentFailure, TemporaryFailure

SECONDS = 20.0
TOKEN_LASTS = timedelta(hours=12)
"""RFC 8292, section 2: at most 24 hours."""
PADDED_BYTES = 1024
"""Every message has this length before it is encrypted, so that its length tells nothing."""
ENDPOINT_LONGEST = 2000

Urgency = Literal["normal", "high"]


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached: the push service's address for it and its keys, base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class PushMessage:
    """``body`` is what the service worker gets (JSON). After ``ttl`` it is not delivered any more.

    A message with the ``topic`` of one that still waits takes its place (RFC 8030, section 5.4): at most 32
    characters of base64url.
    """

    body: bytes
    ttl: timedelta
    urgency: Urgency = "normal"
    topic: str = ""


class Gone(Exception):
    """The browser has no such subscription any more (404 or 410): forget it."""


class Push(Protocol):
    """Sends to browsers."""

    @property
    def public_key(self) -> str:
        """What a page subscribes with (applicationServerKey), base64url."""
        ...

    def accepts(self, subscription: Subscription) -> bool:
        """Whether that is a subscription to which we would send."""
        ...

    async def send(self, subscription: Subscription, message: PushMessage) -> None:
        """Hand it to the push service; raises Gone, TemporaryFailure or PermanentFailure."""
        ...


class WebPush:
    """Sends by the push service that the subscription names, signed with our key (VAPID, RFC 8292)."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        contact: str,
        clock: Clock,
        *,
        own_hosts: Collection[str] = (),
        seconds: float = SECONDS,
    ) -> None:
        """``contact`` is whom a push service writes to (``mailto:…``).

        ``own_hosts`` ("push.example:8080") may be asked over http and at private addresses too: a push
        service in the agency's own network.
        """
        self._vapid = Vapid02(key)
        self._contact = contact
        self._clock = clock
        self._own_hosts = frozenset(own_hosts)
        self._seconds = seconds
        self._public_key = _encoded(_point(key.public_key()))

    @property
    def public_key(self) -> str:
        """See Push.public_key."""
        return self._public_key

    def accepts(self, subscription: Subscription) -> bool:
        """See Push.accepts."""
        return self._may_ask(subscription.endpoint) and _keys(subscription) is not None

    async def send(self, subscription: Subscription, message: PushMessage) -> None:
        """See Push.send."""
        keys = _keys(subscription)
        if keys is None or not self._may_ask(subscription.endpoint):
            raise PermanentFailure("malformed")
        body = _encrypted(message.body, *keys)
        status = await self._post(subscription.endpoint, body, self._headers(subscription, message))
        if status in (404, 410):
            raise Gone
        if status in (408, 425, 429) or status >= 500:
            raise TemporaryFailure(f"push_{status}")
        if not 200 <= status < 300:
            raise PermanentFailure(f"push_{status}")

    async def _post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> int:
        own = urlsplit(endpoint).netloc in self._own_hosts
        connector = aiohttp.TCPConnector(resolver=None if own else _PublicOnly())
        limit = aiohttp.ClientTimeout(total=self._seconds)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=limit) as session,
                session.post(endpoint, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporaryFailure(type(error).__name__) from error

    def _headers(self, subscription: Subscription, message: PushMessage) -> dict[str, str]:
        split = urlsplit(subscription.endpoint)
        expires = int((self._clock.now() + TOKEN_LASTS).timestamp())
        claims = {"aud": f"{split.scheme}://{split.netloc}", "exp": expires, "sub": self._contact}
        signed: dict[str, str] = self._vapid.sign(claims)
        topic = {"Topic": message.topic} if message.topic else {}
        return {
            **signed,
            **topic,
            "TTL": str(int(message.ttl.total_seconds())),
            "Urgency": message.urgency,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }

    def _may_ask(self, endpoint: str) -> bool:
        try:
            split = urlsplit(endpoint)
            if len(endpoint) > ENDPOINT_LONGEST or not split.hostname or split.username:
                return False
            if split.netloc in self._own_hosts:
                return split.scheme in ("http", "https")
            return split.scheme == "https" and split.port in (None, 443) and _may_be_public(split.hostname)
        except ValueError:
            return False


class FakePush:
    """Keeps what was sent; ``fail_with`` makes the next messages fail."""

    public_key = "fake"

    def __init__(self) -> None:
        self.sent: list[tuple[Subscription, PushMessage]] = []
        self.fail_with: Exception | None = None

    def accepts(self, subscription: Subscription) -> bool:
        """Whatever is https."""
        return subscription.endpoint.startswith("https://")

    async def send(self, subscription: Subscription, message: PushMessage) -> None:
        """Remember it, or raise ``fail_with``."""
        if self.fail_with:
            raise self.fail_with
        self.sent.append((subscription, message))


class _PublicOnly(AbstractResolver):
    """Names lead to public addresses only, so that nobody makes us ask our own network."""

    def __init__(self) -> None:
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a name; OSError when there is none."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if ip_address(one["host"].partition("%")[0]).is_global]
        if not public:
            raise OSError("no public address")
        return public

    async def close(self) -> None:
        """Nothing of ours is open."""
        await self._inner.close()


def _may_be_public(host: str) -> bool:
    """False for an address that is not public; a name is looked at when it is resolved."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host


def _encrypted(body: bytes, public: bytes, auth: bytes) -> bytes:
    """The message as one record of aes128gcm (RFC 8188), padded with spaces, which JSON does not mind."""
    if len(body) > PADDED_BYTES:
        raise PermanentFailure("too_long")
    encrypted: bytes = http_ece.encrypt(
        body.ljust(PADDED_BYTES),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=public,
        auth_secret=auth,
        version="aes128gcm",
    )
    return encrypted


def _keys(subscription: Subscription) -> tuple[bytes, bytes] | None:
    """The browser's public key and secret, None when they are none (RFC 8291, section 3.1 and 3.2)."""
    try:
        public, auth = _decoded(subscription.p256dh), _decoded(subscription.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        return None
    return (public, auth) if len(public) == 65 and len(auth) == 16 else None


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    if not text.isascii():
        raise ValueError("base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in that PEM file, made at the first start. Another one would silence every subscription.

    Raises ValueError when the file holds no P-256 key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.touch(mode=0o600, exist_ok=True)
        path.write_bytes(made)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key
