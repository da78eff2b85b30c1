"""The antivirus, against a loopback that speaks INSTREAM and against a real clamd."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.adapters.scan import ClamdScanner, FakeScanner, NoScanner, Scanner, ScanUnavailable, Verdict

Reply = Callable[[bytes], Awaitable[bytes]]
# Written in two halves so that a scanner of the developer's machine leaves this file alone.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


@asynccontextmanager
async def loopback(reply: Reply) -> AsyncIterator[str]:
    """A server that reads one INSTREAM and answers what ``reply`` makes of the bytes."""
    handled = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            data = b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                data += await reader.readexactly(size)
            writer.write(await reply(data))
        finally:
            writer.close()
            handled.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        await handled.wait()
        server.close()
        await server.wait_closed()


async def test_the_whole_file_is_streamed_and_the_answer_read(tmp_path: Path) -> None:
    seen: list[bytes] = []

    async def clean(data: bytes) -> bytes:
        seen.append(data)
        return b"stream: OK\0"

    file = tmp_path / "file"
    content = bytes(range(256)) * 3000
    file.write_bytes(content)
    async with loopback(clean) as address:
        assert await ClamdScanner(address).scan(file) == Verdict(clean=True, scanned=True)
    assert seen == [content]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict(False, True, "Win.Test.EICAR_HDB-1")),
        (b"INSTREAM size limit exceeded. ERROR\0", None),
        (b"", None),
        (b"x" * 10_000, None),
    ],
)
async def test_answers(tmp_path: Path, answer: bytes, verdict: Verdict | None) -> None:
    async def reply(_: bytes) -> bytes:
        return answer

    file = tmp_path / "file"
    file.write_bytes(b"x")
    async with loopback(reply) as address:
        if verdict:
            assert await ClamdScanner(address).scan(file) == verdict
        else:
            with pytest.raises(ScanUnavailable):
                await ClamdScanner(address).scan(file)


async def test_a_scanner_that_is_away_or_silent_is_unavailable(tmp_path: Path, unused_tcp_port: int) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    with pytest.raises(ScanUnavailable):
        await ClamdScanner(f"127.0.0.1:{unused_tcp_port}").scan(file)
    with pytest.raises(ScanUnavailable):
        await ClamdScanner(str(tmp_path / "no-socket")).scan(file)

    async def never(_: bytes) -> bytes:
        await asyncio.sleep(0.6)
        return b"stream: OK\0"

    async with loopback(never) as address:
        with pytest.raises(ScanUnavailable):
            await ClamdScanner(address, seconds=0.2).scan(file)


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", ":3310", "localhost:x"])
def test_a_wrong_address_is_told_at_start(address: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        ClamdScanner(address)


async def test_without_a_scanner_nobody_pretends_to_have_looked(tmp_path: Path) -> None:
    assert await NoScanner().scan(tmp_path) == Verdict(clean=True, scanned=False)


async def test_the_fake_keeps_the_contract(tmp_path: Path) -> None:
    fake = FakeScanner()
    scanner: Scanner = fake
    file = tmp_path / "file"
    file.write_bytes(b"infected")
    assert not (await scanner.scan(file)).clean
    file.write_bytes(b"well")
    assert (await scanner.scan(file)).clean
    fake.available = False
    with pytest.raises(ScanUnavailable):
        await scanner.scan(file)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """A real clamd that knows one signature of ours; answers its socket."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("clamd is not installed (package clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "own.ndb").write_text(f"Test.Eicar:0:0:{EICAR[:20].hex()}\n")
    socket = folder / "socket"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}\nLocalSocket {socket}\nForeground yes\n"
        f"StreamMaxLength 1M\nTemporaryDirectory {folder}\n"
    )
    process = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not socket.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    yield str(socket)
    process.terminate()
    process.wait()


@pytest.mark.servers
async def test_the_real_clamd_finds_what_it_knows_and_clears_the_rest(clamd: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(EICAR)
    verdict = await ClamdScanner(clamd).scan(file)
    assert (verdict.clean, verdict.scanned) == (False, True)
    assert verdict.signature.startswith("Test.Eicar")
    file.write_bytes(b"Conta de luz" * 1000)
    assert await ClamdScanner(clamd).scan(file) == Verdict(clean=True, scanned=True)
    file.write_bytes(bytes(3 * 1024 * 1024))
    with pytest.raises(ScanUnavailable):  # over the server's limit: neither cleared nor condemned
        await ClamdScanner(clamd).scan(file)
