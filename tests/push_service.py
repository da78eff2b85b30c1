"""A push service and a browser's half of it: takes messages over HTTP, checks who signed, decrypts them.

The decryption is written out from RFC 8291 and RFC 8188 and shares nothing with the library that encrypts.
"""

from __future__ import annotations

import asyncio
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.adapters.push import Subscription


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The same, read."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(length: int, salt: bytes, info: bytes, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Agent:
    """A browser's keys; ``read`` is what its user agent does before the service worker sees a message."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = bytes(range(16))

    @property
    def point(self) -> bytes:
        """The public key, uncompressed."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def subscription(self, endpoint: str) -> Subscription:
        """What its page would send to the site."""
        return Subscription(endpoint, encoded(self.point), encoded(self.auth))

    def read(self, body: bytes) -> bytes:
        """Decrypt a message of one record (RFC 8291, section 3; RFC 8188, section 2)."""
        salt, (record,), length = body[:16], struct.unpack("!L", body[16:20]), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= record <= 4096
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        )
        material = _derived(32, self.auth, b"WebPush: info\0" + self.point + theirs, shared)
        key = _derived(16, salt, b"Content-Encoding: aes128gcm\0", material)
        nonce = _derived(12, salt, b"Content-Encoding: nonce\0", material)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        text, mark, padding = plain.rpartition(b"\x02")
        assert mark
        assert not padding.strip(b"\0")
        return text


@dataclass
class PushService:
    """What arrived, and what it answers: ``answers`` one after another, then 201."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    waits: float = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """A message for one of its browsers."""
        self.taken.append((dict(request.headers), await request.read()))
        self.arrived.set()
        await asyncio.sleep(self.waits)
        status = self.answers.pop(0) if self.answers else 201
        return web.Response(status=status, headers={"Location": f"{self.url}/elsewhere"})


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """The running service."""
    service = PushService()
    application = web.Application()
    application.router.add_post("/{name}", service.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


def signer(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The claims of a message's VAPID token and the key that signed it, the signature checked (RFC 8292)."""
    scheme, _, parameters = headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    given = dict(part.strip().split("=", 1) for part in parameters.split(","))
    head, claims, signature = given["t"].split(".")
    assert json.loads(decoded(head))["alg"] == "ES256"
    raw = decoded(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(given["k"]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(decoded(claims)), given["k"]
