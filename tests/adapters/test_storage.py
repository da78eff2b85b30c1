"""Storage: streamed in, encrypted, read by ranges, and honest about damage."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.storage import BODY, CHUNK, SEALED_CHUNK, Damaged, EmptyFile, FileTooLarge, FolderStorage

KEY = bytes(range(32))
MARK = b"CPF do consumidor"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path, KEY)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def whole(storage: FolderStorage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in storage.read(key, start, end)])


def on_disk(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_an_upload_is_received_kept_read_and_deleted(storage: FolderStorage, tmp_path: Path) -> None:
    data = MARK * 20_000
    received = await storage.receive(stream(data[:10], data[10:]), max_bytes=len(data))
    assert (received.size, received.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert received.head == data[:4096]
    assert received.path.stat().st_mode & 0o777 == 0o600
    assert received.path.read_bytes() == data

    key = await storage.keep(received)
    assert on_disk(tmp_path) == [tmp_path / "objects" / key[:2] / key[2:4] / key]
    assert on_disk(tmp_path)[0].stat().st_mode & 0o777 == 0o600
    assert MARK not in on_disk(tmp_path)[0].read_bytes()
    assert await whole(storage, key) == data
    assert await storage.size(key) == len(data)

    await storage.delete(key)
    await storage.delete(key)
    assert on_disk(tmp_path) == []
    with pytest.raises(Damaged):
        await whole(storage, key)
    with pytest.raises(Damaged):
        await storage.size(key)


async def test_refused_uploads_leave_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge) as too_large:
        await storage.receive(stream(b"123", b"45"), max_bytes=4)
    assert (too_large.value.code, too_large.value.facts) == ("too_large", {"max_bytes": 4})
    with pytest.raises(EmptyFile):
        await storage.receive(stream(b"", b""), max_bytes=4)
    await storage.discard(await storage.receive(stream(b"1234"), max_bytes=4))
    assert on_disk(tmp_path) == []


async def test_a_client_that_leaves_leaves_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield bytes(CHUNK)
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(storage.receive(endless(), max_bytes=10 * CHUNK))
    await begun.wait()
    assert len(on_disk(tmp_path)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("pieces", [(), (1,), (CHUNK,), (7, CHUNK, CHUNK + 3, 1), (4 * CHUNK + 9,)])
async def test_a_stream_is_kept_under_its_own_key_and_replaced(
    storage: FolderStorage, tmp_path: Path, pieces: tuple[int, ...]
) -> None:
    key = "ab" * 16
    await storage.put_stream(key, iter([b"an earlier try"]))
    sent = [os.urandom(length) for length in pieces]
    kept = await storage.put_stream(key, iter(sent))
    whole_bytes = b"".join(sent)
    assert (kept.size, kept.sha256) == (len(whole_bytes), hashlib.sha256(whole_bytes).hexdigest())
    assert await whole(storage, key) == whole_bytes
    assert on_disk(tmp_path) == [tmp_path / "objects" / "ab" / "ab" / key]


async def test_a_stream_that_breaks_leaves_what_was_there(storage: FolderStorage, tmp_path: Path) -> None:
    key = "cd" * 16
    await storage.put_stream(key, iter([b"whole"]))

    def breaks() -> Iterator[bytes]:
        yield bytes(3 * CHUNK)
        raise EOFError

    with pytest.raises(EOFError):
        await storage.put_stream(key, breaks())
    assert await whole(storage, key) == b"whole"
    assert len(on_disk(tmp_path)) == 1
    with pytest.raises(ValueError, match="key"):
        await storage.put_stream("../../etc/passwd", iter([b"x"]))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 7]))
def test_any_range_is_the_slice_of_what_was_put(data: st.DataObject, size: int) -> None:
    start = data.draw(st.integers(0, size + 2))
    end = data.draw(st.none() | st.integers(0, size + 2))
    content = os.urandom(size)

    async def put_and_read(folder: str) -> bytes:
        storage = FolderStorage(Path(folder), KEY)
        key = await storage.put(content)
        assert await storage.size(key) == size
        return await whole(storage, key, start, end)

    with tempfile.TemporaryDirectory() as folder:
        assert asyncio.run(put_and_read(folder)) == content[start:end]


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, BODY + 2 * SEALED_CHUNK + 99 + 16 - 1), flip=st.integers(1, 255))
def test_any_changed_byte_is_told(place: int, flip: int) -> None:
    async def tamper_and_read(folder: str) -> None:
        storage = FolderStorage(Path(folder), KEY)
        key = await storage.put(bytes(2 * CHUNK + 99))
        path = on_disk(Path(folder))[0]
        raw = bytearray(path.read_bytes())
        raw[place] ^= flip
        path.write_bytes(raw)
        with pytest.raises(Damaged):
            await whole(storage, key)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(tamper_and_read(folder))


@pytest.mark.parametrize(
    "cut",
    [
        0,
        3,
        BODY - 1,
        BODY,
        BODY + 15,
        BODY + SEALED_CHUNK,
        BODY + 2 * SEALED_CHUNK,
        BODY + 2 * SEALED_CHUNK + 50,
    ],
)
async def test_a_shortened_object_is_told_even_when_its_beginning_is_asked(
    storage: FolderStorage, tmp_path: Path, cut: int
) -> None:
    key = await storage.put(bytes(2 * CHUNK + 99))
    os.truncate(on_disk(tmp_path)[0], cut)
    with pytest.raises(Damaged):
        await whole(storage, key, 0, 10)
    with pytest.raises(Damaged):
        await storage.size(key)


async def test_objects_and_chunks_cannot_be_exchanged(storage: FolderStorage, tmp_path: Path) -> None:
    mine, other = await storage.put(bytes(3 * CHUNK)), await storage.put(b"1" * 3 * CHUNK)
    mine_path, other_path = (tmp_path / "objects" / k[:2] / k[2:4] / k for k in (mine, other))
    raw = other_path.read_bytes()
    mine_path.write_bytes(raw)
    with pytest.raises(Damaged):
        await whole(storage, mine)
    first, second = BODY, BODY + SEALED_CHUNK
    other_path.write_bytes(
        raw[:first] + raw[second : second + SEALED_CHUNK] * 2 + raw[second + SEALED_CHUNK :]
    )
    with pytest.raises(Damaged):
        await whole(storage, other)


async def test_another_master_key_opens_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    key = await storage.put(b"segredo")
    with pytest.raises(Damaged):
        await whole(FolderStorage(tmp_path, bytes(32)), key)
    with pytest.raises(ValueError, match="32 bytes"):
        FolderStorage(tmp_path, b"short")


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n"])
async def test_a_key_is_never_a_path(storage: FolderStorage, key: str) -> None:
    with pytest.raises(ValueError, match="not an object key"):
        await whole(storage, key)
    with pytest.raises(ValueError, match="not an object key"):
        await storage.delete(key)


async def test_old_temporary_files_are_swept_and_young_ones_stay(storage: FolderStorage) -> None:
    old = await storage.receive(stream(b"old"), max_bytes=9)
    young = await storage.receive(stream(b"young"), max_bytes=9)
    now = datetime.fromtimestamp(young.path.stat().st_mtime, UTC)
    an_hour_ago = (now - timedelta(hours=1)).timestamp()
    os.utime(old.path, (an_hour_ago, an_hour_ago))
    assert await storage.sweep(now - timedelta(minutes=30)) == 1
    assert not old.path.exists()
    assert young.path.exists()


async def test_health(storage: FolderStorage, tmp_path: Path) -> None:
    assert await storage.healthy()
    assert on_disk(tmp_path) == []
    (tmp_path / "incoming").rmdir()
    assert not await storage.healthy()


async def test_200_megabytes_pass_in_little_memory(storage: FolderStorage) -> None:
    piece = os.urandom(128 * 1024)
    size = 200 * 1024 * 1024
    process = psutil.Process()
    await storage.keep(await storage.receive(stream(piece), max_bytes=size))  # warm
    before = process.memory_info().rss
    peak = 0

    async def source() -> AsyncIterator[bytes]:
        nonlocal peak
        for number in range(size // len(piece)):
            yield piece
            if number % 64 == 0:
                peak = max(peak, process.memory_info().rss)

    received = await storage.receive(source(), max_bytes=size)
    key = await storage.keep(received)
    read = 0
    async for part in storage.read(key):
        read += len(part)
        peak = max(peak, process.memory_info().rss)
    assert read == received.size == size
    assert peak - before < 16 * 1024 * 1024
