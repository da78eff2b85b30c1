"""Logins at the relays: as coturn computes them, one for each sitting, gone after their time."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from app.services.relays import Relays

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
RELAYS = Relays(("turn:relay.example:3478", "turns:relay.example:5349?transport=tcp"), "shared", 600)


def test_a_login_is_made_as_the_relay_checks_it() -> None:
    (server,) = RELAYS.ice_servers("3-7-2", NOW)
    expiry, _, who = server["username"].partition(":")
    assert int(expiry) == int(NOW.timestamp()) + 600
    assert who
    assert "3-7-2" not in server["username"]
    signature = hmac.new(b"shared", server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == signature
    assert server["urls"] == list(RELAYS.urls)


def test_a_sitting_keeps_its_name_at_the_relay_and_no_other_has_it() -> None:
    def name(sitting: str, now: datetime) -> str:
        return str(RELAYS.ice_servers(sitting, now)[0]["username"]).partition(":")[2]

    assert name("3-7-2", NOW) == name("3-7-2", NOW + timedelta(hours=1))
    assert len({name(sitting, NOW) for sitting in ("3-7-2", "3-7-3", "3-8-2", "4-7-2")}) == 4


def test_without_relays_nothing_is_handed_out() -> None:
    assert Relays().ice_servers("3-7-2", NOW) == ()
