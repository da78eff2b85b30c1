"""The agency's seal: a changed byte, an appended one and somebody else's seal are told."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from app.adapters import seal_worker
from app.adapters.seal import FakeSeal, Seal, Sealer, SealError, SealReport, self_made

NAME = "Procon de Criciúma"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seal") / "new folder" / "selo.p12"
    self_made(path, "senha", NAME, NOW)
    return path


@pytest.fixture
def seal(certificate: Path) -> Iterator[Seal]:
    seal = Seal(certificate, "senha")
    yield seal
    seal.close()


@pytest.fixture(scope="module")
def plain() -> bytes:
    source = (
        b'#set document(title: [Termo]); #set text(lang: "pt", region: "br")\n= Termo de acordo\nClausulas.'
    )
    return typst.compile(source, pdf_standards=["a-2a", "ua-1"])


@pytest.fixture
async def sealed(seal: Seal, plain: bytes) -> bytes:
    return await seal.sign(plain, "Termo de audiência", "Criciúma/SC", NAME)


async def test_a_seal_is_authentic(seal: Seal, sealed: bytes) -> None:
    report = await seal.verify(sealed)
    assert report.authentic
    assert report.signer == f"{NAME} (desenvolvimento)"
    assert report.certificate_sha256 == seal.certificate_sha256
    assert report.signed_at is not None
    assert abs(report.signed_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_archive_and_accessibility_claims_survive(sealed: bytes, plain: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(sealed))
    metadata = reader.root["/Metadata"].data
    assert b'pdfaid:part="2"' in metadata
    assert b'pdfaid:conformance="A"' in metadata
    assert b'pdfuaid:part="1"' in metadata
    assert reader.root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root
    widget = reader.root["/AcroForm"]["/Fields"][0].get_object()
    assert widget["/TU"] == "Selo eletrônico do órgão"  # what a screen reader says (PDF/UA-1, 7.18.1)
    assert max(widget["/Rect"]) < 0  # outside the page
    assert sealed.startswith(plain)


async def test_a_changed_byte_anywhere_is_told(
    sealed: bytes, seal: Seal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(20261123)
    hole = sealed.index(b"/Contents <") + len(b"/Contents ")
    end = sealed.index(b">", hole)
    written = len(sealed[hole:end].rstrip(b"0"))
    places = {
        *chance.sample(range(len(sealed)), 50),
        *range(hole + 40, hole + 90),  # versions and algorithms of the envelope, covered by no signature
        *chance.sample(range(hole, hole + written), 40),
        *chance.sample(range(hole + written, end), 10),  # the padding
        0,
        len(sealed) - 1,
    }
    for place in sorted(places):
        changed = bytearray(sealed)
        changed[place] ^= 1 if chr(changed[place]) in "024689ACEG" else 7
        assert not await believed(bytes(changed), seal), place


async def believed(data: bytes, seal: Seal) -> bool:
    """What the worker says of it, without a process for each of hundreds of files."""
    try:
        found = await seal_worker.report(data)
    except Exception:  # in its process any error is a crash, and a crash is "no readable seal"
        return False
    return bool(
        found["sealed"] and found["intact"] and found["certificate_sha256"] == seal.certificate_sha256
    )


async def test_the_other_case_of_the_digits_is_a_change(sealed: bytes, seal: Seal) -> None:
    hole = sealed.index(b"/Contents <")
    changed = sealed[:hole] + sealed[hole : hole + 300].replace(b"A", b"a") + sealed[hole + 300 :]
    assert changed != sealed
    assert not await believed(changed, seal)


async def test_something_appended_is_told(sealed: bytes, seal: Seal) -> None:
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    writer.root["/Extra"] = generic.pdf_string("cláusula nova")
    writer.update_root()
    writer.write(out)
    report = await seal.verify(out.getvalue())
    assert (report.sealed, report.intact, report.covers_whole_file) == (True, True, False)
    assert not report.authentic
    assert not (await seal.verify(sealed + b"\n%more")).authentic


async def test_somebody_elses_seal_is_not_ours(
    seal: Seal, sealed: bytes, plain: bytes, tmp_path: Path
) -> None:
    self_made(tmp_path / "other.p12", "x", NAME, NOW)  # the same name, another key
    other = Seal(tmp_path / "other.p12", "x")
    report = await seal.verify(await other.sign(plain, "Termo de audiência", "Criciúma/SC", NAME))
    assert (report.intact, report.covers_whole_file, report.trusted) == (True, True, False)
    assert not report.authentic
    other.close()

    renewed = Seal(tmp_path / "other.p12", "x", former=[seal.certificate_sha256])
    assert (await renewed.verify(sealed)).authentic
    renewed.close()


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
async def test_what_has_no_seal(seal: Seal, data: bytes, plain: bytes) -> None:
    assert await seal.verify(data) == SealReport(sealed=False)
    assert await seal.verify(plain) == SealReport(sealed=False)


async def test_what_cannot_be_sealed(seal: Seal, certificate: Path) -> None:
    with pytest.raises(SealError):
        await seal.sign(b"not a pdf", "x", "x", "x")
    with pytest.raises(SealError):
        Seal(certificate, "another password")


def test_the_certificate_file_is_private_and_never_overwritten(certificate: Path) -> None:
    assert certificate.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        self_made(certificate, "senha", NAME, NOW)


async def test_the_fake_keeps_the_contract() -> None:
    fake: Sealer = FakeSeal()
    sealed = await fake.sign(b"%PDF", "x", "x", "x")
    assert (await fake.verify(sealed)).authentic
    assert not (await fake.verify(sealed.replace(b"%PDF", b"%PDG"))).authentic
    assert not (await fake.verify(b"%PDF")).authentic
