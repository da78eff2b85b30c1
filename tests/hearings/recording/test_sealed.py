"""The encrypted file: cut anywhere it opens up to the cut; changed anywhere it does not pass for whole."""

import io
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearings.recording.sealed import BODY, CHUNK, HEAD, KEY, TAG, Damaged, SealedReader, SealedWriter

SECRET = os.urandom(KEY)
NAME = "0001-s1.mkv.enc"


def sealed(folder: Path, pieces: list[bytes], close: bool = True, name: str = NAME) -> Path:
    """A file of these pieces, each flushed."""
    path = folder / name
    path.unlink(missing_ok=True)
    writer = SealedWriter(path, SECRET)
    for piece in pieces:
        writer.write(piece)
        writer.flush()
    assert writer.written == path.stat().st_size
    if close:
        writer.close()
        assert writer.written == path.stat().st_size
    return path


def opened(path: Path) -> tuple[bytes, bool]:
    with SealedReader(path, SECRET) as reader:
        return reader.readall(), reader.complete


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=8), st.booleans())
def test_what_was_written_is_read(tmp_path_factory, pieces: list[bytes], close: bool) -> None:
    path = sealed(tmp_path_factory.mktemp("f"), pieces, close)
    assert opened(path) == (b"".join(pieces), close)


def test_large_pieces_become_several_chunks(tmp_path: Path) -> None:
    plain = os.urandom(3 * CHUNK + 17)
    path = sealed(tmp_path, [plain])
    assert opened(path) == (plain, True)
    assert path.stat().st_size == BODY + len(plain) + 5 * (HEAD + TAG)


def test_cut_at_every_byte_it_opens_up_to_the_last_whole_chunk(tmp_path: Path) -> None:
    pieces = [os.urandom(size) for size in (40, 1, 100, 7)]
    path = sealed(tmp_path, pieces)
    whole = path.read_bytes()
    ends = [BODY]
    for piece in pieces:
        ends.append(ends[-1] + HEAD + len(piece) + TAG)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        chunks = sum(1 for end in ends[1:] if end <= length)
        assert opened(path) == (b"".join(pieces[:chunks]), False)


def test_no_bit_can_be_changed_unnoticed(tmp_path: Path) -> None:
    pieces = [os.urandom(30), os.urandom(12)]
    path = sealed(tmp_path, pieces)
    whole = path.read_bytes()
    plain = b"".join(pieces)
    for place in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            read, complete = opened(path)
        except Damaged:
            continue
        # A changed length may pass for a cut, never for something else that was written.
        assert not complete
        assert plain.startswith(read)
        assert len(read) < len(plain) or place // 8 >= BODY + 2 * (HEAD + TAG) + len(plain)


def test_chunks_cannot_be_swapped_repeated_left_out_or_moved(tmp_path: Path) -> None:
    path = sealed(tmp_path, [b"a" * 50, b"b" * 50, b"c" * 50])
    whole = path.read_bytes()
    size = HEAD + 50 + TAG
    head, *chunks = whole[:BODY], *(whole[BODY + i * size : BODY + (i + 1) * size] for i in range(3))
    end = whole[BODY + 3 * size :]
    for order in ([1, 0, 2], [0, 0, 1, 2], [0, 2], [2, 1, 0]):
        path.write_bytes(head + b"".join(chunks[i] for i in order) + end)
        with pytest.raises(Damaged):
            opened(path)
    path.write_bytes(head + chunks[0] + end)
    with pytest.raises(Damaged):
        opened(path)
    other = sealed(tmp_path, [b"d" * 50], name="0002-s1.mkv.enc").read_bytes()
    path.write_bytes(head + other[BODY:])
    with pytest.raises(Damaged):
        opened(path)


def test_a_file_under_another_name_or_key_does_not_open(tmp_path: Path) -> None:
    path = sealed(tmp_path, [b"x"])
    moved = path.rename(tmp_path / "0001-s2.mkv.enc")
    with pytest.raises(Damaged):
        opened(moved)
    moved.rename(path)
    with pytest.raises(Damaged):
        SealedReader(path, os.urandom(KEY))
    with pytest.raises(ValueError):
        SealedReader(path, b"short")
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(100))
    with pytest.raises(Damaged):
        opened(path)


def test_two_files_of_one_key_share_no_nonce_and_key(tmp_path: Path) -> None:
    bodies = {sealed(tmp_path, [bytes(64)], name=f"{n:04}-s1.mkv.enc").read_bytes()[BODY:] for n in range(50)}
    assert len(bodies) == 50


def test_a_file_is_never_opened_for_writing_twice(tmp_path: Path) -> None:
    sealed(tmp_path, [b"x"])
    with pytest.raises(FileExistsError):
        SealedWriter(tmp_path / NAME, SECRET)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 120)), max_size=20))
def test_it_can_be_read_from_anywhere(tmp_path_factory, reads: list[tuple[int, int]]) -> None:
    plain = bytes(range(250))
    path = sealed(tmp_path_factory.mktemp("f"), [plain[at : at + 31] for at in range(0, 250, 31)])
    with io.BufferedReader(SealedReader(path, SECRET), 16) as file:
        for place, size in reads:
            assert file.seek(place) == place
            assert file.read(size) == plain[place : place + size]
        assert file.seek(-10, io.SEEK_END) == 240
        assert file.read() == plain[240:]


def test_a_full_disk_ends_the_file_where_it_is(tmp_path: Path) -> None:
    """In a process of its own: the limit cannot be taken back."""
    path = tmp_path / NAME
    program = f"""
        import resource
        from pathlib import Path
        from hearings.recording.sealed import SealedWriter
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        writer = SealedWriter(Path({str(path)!r}), bytes.fromhex({SECRET.hex()!r}))
        for number in range(20):
            try:
                writer.write(bytes(100))
                writer.flush()
            except OSError:
                break
        try:
            writer.write(bytes(100))
            writer.flush()
        except ValueError:
            print(number, writer.written)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    whole = (1000 - BODY) // (100 + HEAD + TAG)
    assert done.stdout.split() == [str(whole), "1000"]
    assert opened(path) == (bytes(100 * whole), False)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000
