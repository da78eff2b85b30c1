"""TURN for browsers behind firewalls that let no UDP out: the relays, and who may use them for how long.

The relays are coturn's, sharing a secret with us; a login is made without asking them (REST API for access to
TURN services, draft-uberti-behave-turn-rest-00). It belongs to one person's sitting and runs out by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Relays:
    """Relays by their addresses (RFC 7065, ``turn:host:port?transport=tcp``); none without ``urls``.

    ``seconds`` is how long a login is good.
    """

    urls: tuple[str, ...] = ()
    secret: str = ""
    seconds: int = 7200

    def ice_servers(self, sitting: str, now: datetime) -> tuple[dict[str, Any], ...]:
        """What a browser hands to its RTCPeerConnection; ``sitting`` is whose login it is, told to nobody."""
        if not self.urls:
            return ()
        username = f"{int(now.timestamp()) + self.seconds}:{self._opaque(sitting)}"
        digest = hmac.digest(self.secret.encode(), username.encode(), hashlib.sha1)
        credential = base64.b64encode(digest).decode()
        return ({"urls": list(self.urls), "username": username, "credential": credential},)

    def _opaque(self, sitting: str) -> str:
        """The same in a sitting's every login, so that a relay can count by it; it says nothing of whose."""
        return hmac.new(self.secret.encode(), f"sitting {sitting}".encode(), hashlib.sha256).hexdigest()[:16]
