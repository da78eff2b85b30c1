"""The composer's child: a recording becomes a video in storage; a child that misbehaves leaves nothing."""

from __future__ import annotations

import asyncio
import hashlib
import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import av
import psutil
import pytest

from app.adapters.composer import ChildComposer, Keep, Stretch, Uncomposable, VideoOrder, Words
from app.adapters.storage import FolderStorage, Kept
from app.equipment import VIDEO_FONT
from tests.hearings.recording.making import KEY, STARTS, make_recording

STORED = "ab" * 16
WORDS = Words("Procon · 2026.000001-0", "Gravação pausada", "sem imagem", "Tela", "Ninguém")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "r"
    make_recording(path)
    return path


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path, bytes(32))


def order(folder: Path, key: bytes = KEY, seconds: int = 3) -> VideoOrder:
    names = {"s1": "Rita Melo (Conciliador)", "s2": "Ana Souza (Consumidor)"}
    until = STARTS + seconds * 1000
    stretches = (Stretch(STARTS, until, False, seconds * 1000),)
    return VideoOrder(folder, key, "America/Sao_Paulo", names, WORDS, stretches)


def keeper(storage: FolderStorage) -> Keep:
    async def keep(pieces: Iterator[bytes]) -> Kept:
        return await storage.put_stream(STORED, pieces)

    return keep


async def nobody(percent: int) -> None:
    """Hears nothing."""


def children() -> list[psutil.Process]:
    """The Python processes that are ours."""
    return [process for process in psutil.Process().children() if "python" in process.name()]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def child(program: str) -> ChildComposer:
    """A composer whose child does as ``program`` says."""
    return ChildComposer(VIDEO_FONT, (sys.executable, "-c", f"import os, sys, time\n{program}"))


async def test_a_recording_becomes_a_video_in_storage(folder: Path, storage: FolderStorage) -> None:
    heard: list[int] = []

    async def told(percent: int) -> None:
        heard.append(percent)

    video = await ChildComposer(VIDEO_FONT).compose(order(folder), keeper(storage), told)
    stored = b"".join([piece async for piece in storage.read(STORED)])
    assert video.kept == Kept(len(stored), hashlib.sha256(stored).hexdigest())
    assert video.length == timedelta(seconds=3)
    assert heard == sorted(heard)
    assert heard[-1] == 100
    with av.open(io.BytesIO(stored), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) == 60
    assert children() == []


async def test_what_the_child_says_is_wrong_is_told(folder: Path, storage: FolderStorage) -> None:
    for given, cause in ((order(folder, bytes(32)), "damaged"), (order(folder.parent), "empty")):
        with pytest.raises(Uncomposable, match=cause):
            await ChildComposer(VIDEO_FONT).compose(given, keeper(storage), nobody)


@pytest.mark.parametrize(
    "program",
    [
        "sys.exit(3)",
        "print('not json', flush=True); time.sleep(60)",
        "print('{\"size\": 100, \"duration_ms\": 1}', flush=True); os.write(int(sys.argv[2]), b'too few')",
        "print('{\"progress\": 1}', flush=True); os.kill(os.getpid(), 9)",
    ],
)
async def test_a_child_that_fails_leaves_nothing(
    folder: Path, storage: FolderStorage, tmp_path: Path, program: str
) -> None:
    with pytest.raises(Uncomposable, match="compose"):
        await child(program).compose(order(folder), keeper(storage), nobody)
    assert files(tmp_path) == []
    assert children() == []


async def test_a_child_that_says_nothing_is_ended(
    folder: Path, storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.composer.STALLED_SECONDS", 0.2)
    with pytest.raises(Uncomposable, match="compose"):
        await child("time.sleep(60)").compose(order(folder), keeper(storage), nobody)
    assert children() == []


async def test_the_child_ends_with_who_waits_for_it(folder: Path, storage: FolderStorage) -> None:
    begun = asyncio.Event()

    async def told(percent: int) -> None:
        begun.set()

    long = order(folder, seconds=3600)
    task = asyncio.create_task(ChildComposer(VIDEO_FONT).compose(long, keeper(storage), told))
    await begun.wait()
    (process,) = children()
    assert process.nice() == 19
    assert KEY.hex() not in " ".join(process.cmdline())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == []
