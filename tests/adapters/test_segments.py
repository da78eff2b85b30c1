"""Recordings' folders and keys: each key opens for its own recording alone."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from app.adapters.segments import SegmentFolders
from app.adapters.storage import Damaged

MASTER = bytes(range(32))


def test_a_key_is_kept_wrapped_and_opens_for_its_recording_alone(tmp_path: Path) -> None:
    segments = SegmentFolders(tmp_path / "recordings", MASTER)
    one, other = uuid4(), uuid4()
    place = segments.new(one)

    key = segments.unwrap(one, place.wrapped)
    assert len(key) == 32
    assert key not in place.wrapped
    assert SegmentFolders(tmp_path / "recordings", MASTER).unwrap(one, place.wrapped) == key
    assert segments.unwrap(one, segments.new(one).wrapped) != key

    with pytest.raises(Damaged):
        segments.unwrap(other, place.wrapped)
    with pytest.raises(Damaged):
        SegmentFolders(tmp_path, bytes(32)).unwrap(one, place.wrapped)
    with pytest.raises(Damaged):
        segments.unwrap(one, place.wrapped[:-1] + bytes([place.wrapped[-1] ^ 1]))


def test_folders_are_made_by_who_writes_and_removed_whole(tmp_path: Path) -> None:
    segments = SegmentFolders(tmp_path / "recordings", MASTER)
    folder = segments.new(uuid4()).folder
    path = segments.path(folder)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.exists()
    assert not segments.written(folder)

    path.mkdir()
    assert not segments.written(folder)
    (path / "0001-7.mkv.enc").write_bytes(b"x")
    assert segments.written(folder)
    segments.remove(folder)
    segments.remove(folder)
    assert not path.exists()

    for wrong in ("", "..", "../../etc", "a" * 31, "/" * 32):
        with pytest.raises(ValueError):
            segments.path(wrong)


def test_free_space_is_that_of_the_disk(tmp_path: Path) -> None:
    assert SegmentFolders(tmp_path, MASTER).free() > 0
    assert SegmentFolders(tmp_path, MASTER, lambda path: 7).free() == 7
