"""Web push to a real endpoint: who signed, what only the browser can read, and where we never send."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.adapters.clock import FakeClock
from app.adapters.errors import PermanentFailure, TemporaryFailure
from app.adapters.push import PADDED_BYTES, FakePush, Gone, Push, PushMessage, Subscription, WebPush, kept_key
from tests.conftest import START
from tests.push_service import Agent, PushService, decoded, push_service, signer

MESSAGE = PushMessage(b'{"title":"Procon"}', timedelta(hours=6), "high", "reminder-17")
CONTACT = "mailto:procon@criciuma.example"


def sender(tmp_path: Path, service: PushService | None = None, seconds: float = 5) -> WebPush:
    hosts = [urlsplit(service.url).netloc] if service else []
    key = kept_key(tmp_path / "push.pem")
    return WebPush(key, CONTACT, FakeClock(START), own_hosts=hosts, seconds=seconds)


async def test_only_the_browser_reads_it_and_the_service_knows_who_sent(tmp_path: Path) -> None:
    agent = Agent()
    async with push_service() as service:
        push = sender(tmp_path, service)
        subscription = agent.subscription(f"{service.url}/ana")
        assert push.accepts(subscription)
        await push.send(subscription, MESSAGE)
        await push.send(subscription, PushMessage(b"{}", timedelta(0)))
        (headers, body), (_, other) = service.taken
        claims, key = signer(headers)
        assert claims == {
            "aud": service.url,
            "exp": int((START + timedelta(hours=12)).timestamp()),
            "sub": CONTACT,
        }
    assert key == push.public_key
    assert (headers["TTL"], headers["Urgency"], headers["Topic"]) == ("21600", "high", "reminder-17")
    assert headers["Content-Encoding"] == "aes128gcm"
    assert agent.read(body) == MESSAGE.body.ljust(PADDED_BYTES)
    assert b"Procon" not in body
    assert len(body) == len(other), "the length tells nothing"
    assert body[:16] != other[:16], "each message has a salt of its own"
    with pytest.raises(Exception, match=r"^$"):  # InvalidTag says nothing
        Agent(auth=agent.auth).read(body)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (404, Gone),
        (410, Gone),
        (429, TemporaryFailure),
        (503, TemporaryFailure),
        (400, PermanentFailure),
        (403, PermanentFailure),
        (413, PermanentFailure),
        (307, PermanentFailure),
    ],
)
async def test_refusals_are_told_apart(tmp_path: Path, status: int, failure: type[Exception]) -> None:
    async with push_service() as service:
        service.answers = [status]
        with pytest.raises(failure):
            await sender(tmp_path, service).send(Agent().subscription(f"{service.url}/ana"), MESSAGE)
        assert len(service.taken) == 1, "no redirect is followed"


async def test_a_service_that_is_away_or_silent_is_temporary(tmp_path: Path, unused_tcp_port: int) -> None:
    async with push_service() as service:
        service.waits = 5
        for one in (PushService(f"http://127.0.0.1:{unused_tcp_port}"), service):
            with pytest.raises(TemporaryFailure):
                await sender(tmp_path, one, seconds=0.3).send(Agent().subscription(f"{one.url}/ana"), MESSAGE)


@pytest.mark.parametrize(
    "endpoint",
    [
        *("", "ana", "http://push.example/ana", "https://127.0.0.1/ana", "https://[::1]/ana"),
        *(
            "https://10.0.0.5/ana",
            "https://169.254.169.254/ana",
            "https://push/ana",
            "ftp://push.example/ana",
        ),
        *("https://push.example:8443/ana", "https://u@push.example/ana", "https://push.example:x/ana"),
        "https://push.example/" + "a" * 2000,
    ],
)
async def test_nobody_makes_us_ask_our_own_network(tmp_path: Path, endpoint: str) -> None:
    push = sender(tmp_path)
    assert push.accepts(Agent().subscription("https://push.example/ana"))
    assert not push.accepts(Agent().subscription(endpoint))
    with pytest.raises(PermanentFailure):
        await push.send(Agent().subscription(endpoint), MESSAGE)


async def test_a_name_that_leads_into_our_own_network_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(TemporaryFailure, match="ClientConnector"):
        await sender(tmp_path).send(Agent().subscription("https://localhost.localdomain/ana"), MESSAGE)


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("", "AAAA"), ("á", "é"), ("AAAA", "A" * 22), ("B" + "A" * 86, "A" * 22)]
)
async def test_keys_that_are_none_are_refused(tmp_path: Path, p256dh: str, auth: str) -> None:
    wrong = Subscription("https://push.example/ana", p256dh, auth)
    assert not sender(tmp_path).accepts(wrong)


def test_the_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    first, again = sender(tmp_path), sender(tmp_path)
    assert first.public_key == again.public_key
    assert len(decoded(first.public_key)) == 65
    assert (tmp_path / "push.pem").stat().st_mode & 0o077 == 0
    (tmp_path / "other.pem").write_text("nothing")
    with pytest.raises(ValueError, match=r"P-256|PEM|load"):
        kept_key(tmp_path / "other.pem")


async def test_the_fake_keeps_the_contract() -> None:
    fake = FakePush()
    push: Push = fake
    subscription = Agent().subscription("https://push.example/ana")
    assert push.accepts(subscription)
    await push.send(subscription, MESSAGE)
    fake.fail_with = Gone()
    with pytest.raises(Gone):
        await push.send(subscription, MESSAGE)
    assert fake.sent == [(subscription, MESSAGE)]
