"""Text messages to a real HTTP gateway that takes, refuses, delays and fails."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from app.adapters.errors import PermanentFailure, TemporaryFailure
from app.adapters.text_gateway import FakeTextGateway, HttpTextGateway, TextGateway, read_rules
from app.equipment import real_parts
from app.settings import SettingsError, load

SECRET = "s3gr&do"
TOML = """
url = "URL/v2/messages"
success = [202]
signature = "X-Signature"

[headers]
Authorization = "Bearer {secret}"

[body]
channel = "whatsapp"
reference = "{reference}"
recipients = [{ phone = "{number}" }]
content = { type = "text", text = "{text}", raw = "{unknown} {", to = "{to}" }
ttl = 3600
"""


@dataclass
class Gateway:
    """What arrived, and how it answers."""

    url: str = ""
    status: int = 202
    waits: float = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        await asyncio.sleep(self.waits)
        return web.Response(status=self.status, headers={"Location": "/v2/messages"})


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """The running gateway."""
    made = Gateway()
    application = web.Application()
    application.router.add_post("/v2/messages", made.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


def sender(tmp_path: Path, url: str, seconds: float = 5) -> HttpTextGateway:
    file = tmp_path / "gateway.toml"
    file.write_text(TOML.replace("URL", url), "utf-8")
    return HttpTextGateway(read_rules(file), SECRET, seconds)


async def test_the_text_goes_as_the_file_says(tmp_path: Path) -> None:
    text = 'Olá, "{to}" {secret}\n'  # what a text says is no place to fill
    async with gateway() as server:
        await sender(tmp_path, server.url).send("+5548999990000", text, "text-7")
    ((headers, body),) = server.taken
    assert json.loads(body) == {
        "channel": "whatsapp",
        "reference": "text-7",
        "recipients": [{"phone": "5548999990000"}],
        "content": {"type": "text", "text": text, "raw": "{unknown} {", "to": "+5548999990000"},
        "ttl": 3600,
    }
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Signature"] == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, PermanentFailure),
        (401, PermanentFailure),
        (200, PermanentFailure),
        (302, PermanentFailure),
        (408, TemporaryFailure),
        (429, TemporaryFailure),
        (500, TemporaryFailure),
        (503, TemporaryFailure),
    ],
)
async def test_refusals_are_told_apart(tmp_path: Path, status: int, failure: type[Exception]) -> None:
    async with gateway() as server:
        server.status = status
        with pytest.raises(failure, match=f"gateway_{status}"):
            await sender(tmp_path, server.url).send("+5548999990000", "Olá", "text-7")
        assert len(server.taken) == 1


async def test_a_gateway_that_is_away_or_slow_is_temporary(tmp_path: Path, unused_tcp_port: int) -> None:
    with pytest.raises(TemporaryFailure):
        await sender(tmp_path, f"http://127.0.0.1:{unused_tcp_port}").send("+5548999990000", "Olá", "text-7")
    async with gateway() as server:
        server.waits = 5
        with pytest.raises(TemporaryFailure, match="TimeoutError"):
            await sender(tmp_path, server.url, seconds=0.2).send("+5548999990000", "Olá", "text-7")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("url = ", "Invalid"),
        ('url = "ftp://x"\n[body]\na = "{to}{text}"', "url"),
        ('url = "http://x"\n[body]\na = "{to}"', "{text}"),
        ('url = "http://x"\n[body]\na = "{text}"', "{to}"),
        ('url = "http://x"\nsucess = [200]\n[body]\na = "{to}{text}"', "sucess"),
        ('url = "http://x"\nsuccess = "200"\n[body]\na = "{to}{text}"', "success"),
        ('url = "http://x"\nheaders = ["a"]\n[body]\na = "{to}{text}"', "headers"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(written, "utf-8")
    with pytest.raises(ValueError, match=said.replace("{", r"\{")):
        read_rules(file)


@pytest.mark.parametrize(
    ("name", "file"), [("PROCON_TEXT_GATEWAY", 'url = "x"'), ("PROCON_PUSH_KEY", "-----BEGIN NOTHING-----")]
)
def test_a_start_with_a_wrong_file_says_which(tmp_path: Path, name: str, file: str) -> None:
    (tmp_path / "file").write_text(file)
    settings = load({"PROCON_DATA_DIR": str(tmp_path), name: str(tmp_path / "file")})
    with pytest.raises(SettingsError, match=name):
        real_parts(settings)


async def test_the_fake_keeps_the_contract() -> None:
    fake = FakeTextGateway()
    texts: TextGateway = fake
    await texts.send("+5548999990000", "Olá", "text-7")
    fake.fail_with = TemporaryFailure("gateway_503")
    with pytest.raises(TemporaryFailure):
        await texts.send("+5548999990000", "Olá", "text-7")
    assert fake.sent == [("+5548999990000", "Olá")]
