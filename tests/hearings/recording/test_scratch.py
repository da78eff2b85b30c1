"""The composer's scratch file: any writes and reads are those of a plain file, and the disk shows none."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest

from hearings.recording.scratch import SECTOR, Scratch


@pytest.mark.parametrize("seed", range(4))
def test_it_behaves_as_a_plain_file(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    scratch, plain = Scratch(tmp_path), io.BytesIO()
    one, other = scratch.view(), scratch.view()
    for _ in range(60):
        place = chance.choice([0, 3, SECTOR - 1, SECTOR, SECTOR + 5, 3 * SECTOR - 2])
        data = chance.randbytes(chance.choice([1, 7, SECTOR, 2 * SECTOR + 3]))
        view = chance.choice([one, other])
        view.seek(place)
        plain.seek(place)
        assert view.write(data) == plain.write(data)
        assert view.tell() == plain.tell()
        start = chance.randrange(6 * SECTOR)
        view.seek(start)
        plain.seek(start)
        assert view.read(2 * SECTOR) == plain.read(2 * SECTOR)
        assert view.seek(0, io.SEEK_END) == plain.seek(0, io.SEEK_END)
    assert b"".join(scratch.pieces()) == plain.getvalue()
    scratch.close()


def test_what_was_never_written_is_zeros(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    view = scratch.view()
    view.seek(3 * SECTOR - 2)
    view.write(b"end")
    assert b"".join(scratch.pieces()) == bytes(3 * SECTOR - 2) + b"end"
    scratch.close()


def test_it_has_no_name_and_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.view().write(b"o que foi dito na audiencia" * 4000)
    assert list(tmp_path.iterdir()) == []
    on_disk = os.pread(scratch._file.fileno(), scratch.size, 0)
    assert len(on_disk) >= scratch.size - SECTOR
    assert b"audiencia" not in on_disk
    scratch.close()
