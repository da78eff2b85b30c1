"""The agency's seal on a PDF (PAdES B-B, or B-T with a time stamp; ADR 0012, 0066) and the check of one."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError

from app.adapters.bounds import BoundedThreads
from app.adapters.cage import Cage

WORKER = Path(__file__).with_name("seal_worker.py")
DATA_WORKER = Path(__file__).with_name("data_seal_worker.py")
FIELD = "Selo"
READABLE_FIELD = "Selo eletrônico do órgão"
VALIDITY = timedelta(days=3652)
AT_ONCE = 2
WAITING = 32
SECONDS = 20.0
TSA_SECONDS = 5

log = structlog.get_logger(__name__)


class SealError(Exception):
    """The certificate cannot be used, or the PDF cannot be sealed."""


@dataclass(frozen=True)
class SealReport:
    """What a check found.

    ``sealed``: there is a seal that can be read. ``intact``: not one byte that it covers, nor of the seal
    itself, was changed. ``covers_whole_file``: nothing was appended after it. ``trusted``: it was made
    with the agency's certificate of today or a former one. ``signed_at`` is the time that the sealing
    machine stated, aware; ``stamped_at`` that of a time-stamping authority. ``changes`` lists the pages whose
    text is not the sealed one any more, when something was appended; ``pages`` has a digest of each text.
    """

    sealed: bool
    intact: bool = False
    covers_whole_file: bool = False
    trusted: bool = False
    signer: str = ""
    signed_at: datetime | None = None
    certificate_sha256: str = ""
    stamped_at: datetime | None = None
    changes: str = ""
    pages: tuple[str, ...] = ()

    @property
    def authentic(self) -> bool:
        """Sealed by the agency and unchanged since, in every byte."""
        return self.sealed and self.intact and self.covers_whole_file and self.trusted


class Sealer(Protocol):
    """Seals and checks PDFs."""

    certificate_sha256: str

    async def sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        """The PDF with an invisible seal that allows no later change; raises SealError or Busy."""
        ...

    async def verify(self, pdf: bytes) -> SealReport:
        """Check a file from anybody, PDF or not; raises Busy when too many wait."""
        ...

    async def sign_data(self, data: bytes) -> bytes:
        """A detached seal over other data (CMS with CAdES attributes, DER); raises SealError or Busy."""
        ...

    async def verify_data(self, data: bytes, seal: bytes) -> SealReport:
        """Check a detached seal from anybody; raises Busy when too many wait."""
        ...


class SealCheck:
    """Checks strangers' files in the cage, against the certificates that are known to be the agency's."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        """``trusted``: SHA-256 of certificates, in hex."""
        self._trusted = frozenset(trusted)
        self._cage = Cage(AT_ONCE, WAITING, SECONDS)

    async def verify(self, pdf: bytes) -> SealReport:
        """See Sealer.verify."""
        return self._judged(await self._cage.run(WORKER, data=pdf))

    async def verify_data(self, data: bytes, seal: bytes) -> SealReport:
        """See Sealer.verify_data."""
        given = len(data).to_bytes(8, "big") + data + seal
        return self._judged(await self._cage.run(DATA_WORKER, data=given))

    def _judged(self, answer: bytes) -> SealReport:
        """A worker's answer, with whose certificate it is."""
        found: dict[str, Any] = json.loads(answer or b'{"sealed": false}')
        pages = tuple(found.get("pages", ()))
        if not found["sealed"]:
            return SealReport(sealed=False, pages=pages)
        stamped = found.get("stamped_at")
        return SealReport(
            sealed=True,
            intact=found["intact"],
            covers_whole_file=found["covers_whole_file"],
            trusted=found["certificate_sha256"] in self._trusted,
            signer=found["signer"],
            signed_at=datetime.fromisoformat(found["signed_at"]) if found["signed_at"] else None,
            certificate_sha256=found["certificate_sha256"],
            stamped_at=datetime.fromisoformat(stamped) if stamped else None,
            changes=found.get("changes", ""),
            pages=pages,
        )


class Seal(SealCheck):
    """Seals with a PKCS#12 certificate."""

    def __init__(self, p12_path: Path, password: str, former: Iterable[str] = (), tsa: str = "") -> None:
        """``former``: SHA-256 in hex of certificates used before, whose seals stay trusted.

        ``tsa`` is the address of a time-stamping authority (RFC 3161), empty for none. While it does not
        answer, seals are made without its stamp.
        """
        signer = signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]  # pyHanko left it out
            str(p12_path), passphrase=password.encode()
        )
        if signer is None:
            raise SealError("the certificate file or its password is wrong")
        self._signer = signer
        self.certificate_sha256 = hashlib.sha256(signer.signing_cert.dump()).hexdigest()
        super().__init__({self.certificate_sha256, *former})
        self._threads = BoundedThreads("seal", AT_ONCE, WAITING)
        self._tsa = tsa

    async def sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        """See Sealer.sign."""
        return await self._threads.run(self._sign, pdf, reason, location, name)

    async def sign_data(self, data: bytes) -> bytes:
        """See Sealer.sign_data."""
        return await self._threads.run(self._sign_data, data)

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _sign_data(self, data: bytes) -> bytes:
        try:
            made = asyncio.run(
                self._signer.async_sign_general_data(data, "sha256", detached=True, use_cades=True)
            )
        except Exception as error:  # as for PDFs
            raise SealError(type(error).__name__) from error
        sealed: bytes = made.dump()
        return sealed

    def _sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        try:
            if self._tsa:
                try:
                    stamper = HTTPTimeStamper(self._tsa, timeout=TSA_SECONDS)
                    return asyncio.run(self._signed(pdf, reason, location, name, stamper))
                except (TimestampRequestError, ValueError) as error:
                    log.warning("seal_not_stamped", error=type(error).__name__)
            return asyncio.run(self._signed(pdf, reason, location, name, None))
        except Exception as error:  # pyHanko has no common ancestor for what a PDF can make it say
            raise SealError(type(error).__name__) from error

    async def _signed(
        self, pdf: bytes, reason: str, location: str, name: str, stamper: TimeStamper | None
    ) -> bytes:
        out = io.BytesIO()
        await signers.async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            signers.PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm="sha256",
                reason=reason,
                location=location,
                name=name,
                certify=True,
                docmdp_permissions=fields.MDPPerm.NO_CHANGES,
                subfilter=fields.SigSeedSubFilter.PADES,
            ),
            signer=self._signer,
            timestamper=stamper,
            new_field_spec=fields.SigFieldSpec(
                FIELD,
                readable_field_name=READABLE_FIELD,
                # Outside the page: an invisible field that both PDF/A-2 and PDF/UA-1 admit.
                invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
            ),
            output=out,
        )
        return out.getvalue()


class FakeSeal:
    """Appends a line that says so; any other byte makes it broken."""

    MARK = b"\n%%fake seal "
    certificate_sha256 = "0" * 64

    async def sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        """The PDF with the line."""
        return pdf + self.MARK + hashlib.sha256(pdf).hexdigest().encode()

    async def verify(self, pdf: bytes) -> SealReport:
        """Whether the line fits what is before it."""
        body, mark, digest = pdf.rpartition(self.MARK)
        intact = bool(mark) and hashlib.sha256(body).hexdigest().encode() == digest
        return SealReport(sealed=bool(mark), intact=intact, covers_whole_file=intact, trusted=True)

    async def sign_data(self, data: bytes) -> bytes:
        """The mark and the hash."""
        return self.MARK + hashlib.sha256(data).hexdigest().encode()

    async def verify_data(self, data: bytes, seal: bytes) -> SealReport:
        """Whether the seal is that of the data."""
        intact = seal == await self.sign_data(data)
        return SealReport(
            sealed=seal.startswith(self.MARK), intact=intact, covers_whole_file=True, trusted=True
        )


def self_made(path: Path, password: str, agency_name: str, now: datetime) -> None:
    """Make a certificate of our own (EC P-256, ten years) for development; ``path`` must be free.

    Nobody but this system trusts it: production uses an ICP-Brasil certificate of the agency.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{agency_name[:40]} (desenvolvimento)"),
        ]
    )
    usage = {
        use: use in ("digital_signature", "content_commitment")
        for use in (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        )
    }
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(secrets.token_bytes(19)))
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    data = pkcs12.serialize_key_and_certificates(
        b"selo", key, certificate, None, BestAvailableEncryption(password.encode())
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
