"""Uploads are judged by content, in a process that may crash or hang without harm."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image

from app.adapters import inspect
from app.adapters.errors import BadFile, Busy
from app.adapters.inspect import FakeInspector, Inspection, Inspector, SandboxInspector
from models.rules.errors import NotFound
from tests.adapters import files

Save = Callable[[bytes], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def save(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return save


@pytest.fixture
def inspector() -> SandboxInspector:
    return SandboxInspector()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (files.pdf(3), Inspection("application/pdf", 3, "pdf")),
        (b"\r\n" + files.pdf(1), Inspection("application/pdf", 1, "pdf")),
        (files.encrypted_pdf(""), Inspection("application/pdf", 1, "pdf")),
        (files.photo("JPEG"), Inspection("image/jpeg", 1, "jpg")),
        (files.photo("PNG"), Inspection("image/png", 1, "png")),
        (files.photo("HEIF"), Inspection("image/heic", 1, "heic")),
    ],
    ids=["pdf", "pdf-after-newline", "pdf-owner-password-only", "jpeg", "png", "heic"],
)
async def test_what_is_accepted(
    inspector: SandboxInspector, save: Save, data: bytes, expected: Inspection
) -> None:
    assert await inspector.inspect(save(data)) == expected


def jumbled(data: bytes) -> bytes:
    return data[:200] + bytes(len(data) - 200)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 docx", "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "wrong_type"),
        (b"<html>%PDF-1.7</html>", "wrong_type"),
        (b"GIF89a" + bytes(100), "wrong_type"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1", "wrong_type"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "wrong_type"),
        (b"MZ" + bytes(100), "wrong_type"),
        (files.encrypted_pdf("segredo"), "pdf_encrypted"),
        (files.pdf(201), "too_many_pages"),
        (b"%PDF-1.7\n", "unreadable"),
        (jumbled(files.pdf(1)), "unreadable"),
        (files.photo("JPEG", (800, 400))[:900], "unreadable"),
        (jumbled(files.photo("PNG", (800, 400))), "unreadable"),
        (files.photo("HEIF")[:300], "unreadable"),
        (files.png_bomb(50_000, 50_000), "too_many_pixels"),
        (files.png_bomb(7_000, 7_000), "unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
async def test_what_is_refused(inspector: SandboxInspector, save: Save, data: bytes, code: str) -> None:
    with pytest.raises(BadFile) as refused:
        await inspector.inspect(save(data))
    assert refused.value.code == code


async def picture(
    inspector: SandboxInspector, source: Path | bytes, page: int = 1, width: int = 400
) -> Image.Image:
    image = Image.open(io.BytesIO(await inspector.render_page(source, page, width)))
    assert image.format == "WEBP"
    image.load()
    return image


async def test_pages_of_a_pdf_are_drawn(inspector: SandboxInspector, save: Save) -> None:
    path = save(files.pdf(2))
    first, second = await picture(inspector, path), await picture(inspector, path, page=2)
    assert first.width == second.width == 400
    assert first.height == pytest.approx(400 * 297 / 210, abs=2)
    assert first.tobytes() != second.tobytes()
    assert first.convert("L").getextrema()[0] < 128  # there is ink
    for page in (0, 3):
        with pytest.raises(NotFound):
            await inspector.render_page(path, page, 400)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "HEIF"])
async def test_photos_are_drawn_upright_without_metadata(inspector: SandboxInspector, format_: str) -> None:
    data = files.photo(format_, (320, 160), turned=True)
    assert b"Fabricante" in data
    drawn = await inspector.render_page(data, 1, 80)
    assert b"Fabricante" not in drawn
    assert b"EXIF" not in drawn
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    assert image.size == (80, 160)
    top, bottom = image.getpixel((40, 20)), image.getpixel((40, 140))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]
    with pytest.raises(NotFound):
        await inspector.render_page(data, 2, 80)


async def test_a_small_picture_is_not_blown_up_and_transparency_is_paper(inspector: SandboxInspector) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    image = await picture(inspector, out.getvalue())
    assert image.size == (30, 20)
    assert image.convert("RGB").getpixel((15, 10)) == (255, 255, 255)


Children = Callable[[], set[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """The processes that were begun since; servers of other tests are no business of this one."""
    before = set(psutil.Process().children())
    return lambda: set(psutil.Process().children()) - before


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that never comes back."""
    worker = tmp_path / "hang.py"
    worker.write_text("import time\nwhile True: time.sleep(1)\n")
    monkeypatch.setattr(inspect, "WORKER", worker)


@pytest.mark.usefixtures("hanging")
async def test_a_file_that_hangs_its_parser_is_given_up_and_the_process_killed(
    save: Save, children: Children
) -> None:
    with pytest.raises(BadFile, match="unreadable"):
        await SandboxInspector(seconds=0.5).inspect(save(files.pdf()))
    assert children() == set()


@pytest.mark.usefixtures("hanging")
async def test_a_caller_that_leaves_takes_the_process_along(save: Save, children: Children) -> None:
    task = asyncio.create_task(SandboxInspector().inspect(save(files.pdf())))
    while not children():  # noqa: ASYNC110  another process has no event to wait for
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == set()


async def test_a_file_that_crashes_its_parser_is_unreadable(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "crash.py"
    worker.write_text("import os\nprint('{}', flush=True)\nos.abort()\n")
    monkeypatch.setattr(inspect, "WORKER", worker)
    with pytest.raises(BadFile, match="unreadable"):
        await SandboxInspector().inspect(save(files.pdf()))


@pytest.mark.usefixtures("hanging")
async def test_the_queue_has_an_end(save: Save) -> None:
    inspector, path = SandboxInspector(at_once=1, waiting=1, seconds=1), save(files.pdf())
    queued = [asyncio.create_task(inspector.inspect(path)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await inspector.inspect(path)
    for task in queued:
        task.cancel()
    await asyncio.gather(*queued, return_exceptions=True)


async def test_the_fake_keeps_the_contract(save: Save) -> None:
    fake: Inspector = FakeInspector()
    assert await fake.inspect(save(files.pdf())) == Inspection("application/pdf", 1, "pdf")
    with pytest.raises(BadFile, match="wrong_type"):
        await fake.inspect(save(b"MZ"))
    with pytest.raises(NotFound):
        await fake.render_page(b"", 2, 10)
