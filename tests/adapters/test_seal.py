"""The agency's seal: a changed byte, an appended one and somebody else's seal are told."""

from __future__ import annotations

import io
import logging
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import typst
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from structlog.testing import capture_logs

from app.adapters import data_seal_worker, seal_worker
from app.adapters.seal import FakeSeal, Seal, SealCheck, Sealer, SealError, self_made

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
    assert not (await seal.verify(data)).sealed
    found = await seal.verify(plain)
    assert (found.sealed, len(found.pages)) == (False, 1)


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


class Authority(BaseHTTPRequestHandler):
    """A time-stamping authority over HTTP (RFC 3161)."""

    stamper: DummyTimeStamper

    def do_POST(self) -> None:
        """Answer one request."""
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.stamper.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[str]:
    """The address of a time-stamping authority."""
    signer = signers.SimpleSigner.load_pkcs12(
        str(make_stamping_certificate(tmp_path / "tsa.p12")), passphrase=b"x"
    )
    assert signer is not None
    Authority.stamper = DummyTimeStamper(signer.signing_cert, signer.signing_key)
    server = HTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def make_stamping_certificate(path: Path) -> Path:
    """An RSA certificate that may stamp times."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Carimbo de teste")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, SHA256())
    )
    encryption = BestAvailableEncryption(b"x")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"t", key, certificate, None, encryption))
    return path


async def test_a_time_stamp_is_in_the_seal_and_is_checked(
    certificate: Path, plain: bytes, authority: str
) -> None:
    stamping = Seal(certificate, "senha", tsa=authority)
    sealed = await stamping.sign(plain, "Termo de audiência", "Criciúma/SC", NAME)
    report = await stamping.verify(sealed)
    assert report.authentic
    assert report.stamped_at is not None
    assert abs(report.stamped_at - datetime.now(UTC)) < timedelta(minutes=1)
    hole = sealed.index(b"/Contents <")
    end = sealed.index(b">", hole)
    written = len(sealed[hole:end].rstrip(b"0"))
    chance = random.Random(20261130)
    for place in chance.sample(range(hole + 12, hole + written), 40):
        changed = bytearray(sealed)
        changed[place] ^= 1 if chr(changed[place]) in "024689ACEG" else 7
        assert not await believed(bytes(changed), stamping), place
    stamping.close()


async def test_an_authority_that_does_not_answer_stops_no_document(certificate: Path, plain: bytes) -> None:
    stamping = Seal(certificate, "senha", tsa="http://127.0.0.1:9/tsa")
    with capture_logs() as logs:
        report = await stamping.verify(await stamping.sign(plain, "Termo", "Criciúma/SC", NAME))
    assert report.authentic
    assert report.stamped_at is None
    assert [line["event"] for line in logs] == ["seal_not_stamped"]
    stamping.close()


async def test_pages_that_differ_from_the_sealed_ones_are_named(seal: Seal, sealed: bytes) -> None:
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write(out)
    report = await seal.verify(out.getvalue())
    assert (report.intact, report.covers_whole_file, report.changes) == (True, False, "1")


async def test_data_is_sealed_beside_it_and_each_byte_counts(seal: Seal, tmp_path: Path) -> None:
    data = "manifesto: ação\n".encode() * 40
    made = await seal.sign_data(data)
    report = await seal.verify_data(data, made)
    assert report.authentic
    assert report.certificate_sha256 == seal.certificate_sha256
    assert not (await seal.verify_data(data + b" ", made)).authentic
    assert not (await seal.verify_data(data, made + b"\0")).sealed
    assert not (await seal.verify_data(data, b"")).sealed
    for place in random.Random(20261130).sample(range(len(made)), 80):
        changed = bytearray(made)
        changed[place] ^= 1
        try:
            found = await data_seal_worker.report(data, bytes(changed))
        except Exception:  # in its process any error is a crash, and a crash is "no readable seal"
            continue
        assert not (found["intact"] and found["certificate_sha256"] == seal.certificate_sha256), place


async def test_a_check_without_a_certificate_of_ours_trusts_none(sealed: bytes, seal: Seal) -> None:
    report = await SealCheck().verify(sealed)
    assert (report.intact, report.trusted) == (True, False)
    assert (await SealCheck([seal.certificate_sha256]).verify(sealed)).authentic
