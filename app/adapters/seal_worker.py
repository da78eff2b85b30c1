"""Checks the seal of one PDF from a stranger and answers a line of JSON.

Run by ``app.adapters.seal`` in the cage, with the file on standard input. It imports nothing of the
system. A crash or silence counts as "no readable seal".
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import sys
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext


async def report(data: bytes) -> dict[str, Any]:
    """What the first seal in the file says about the file."""
    seals = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    if not seals:
        return {"sealed": False}
    seal = seals[0]
    certificate = seal.signer_cert
    signed_at = seal.self_reported_timestamp
    # Whose certificate it is, is for the caller to judge by its hash: here it vouches for itself, at the
    # time when it signed, since a seal does not end with its certificate's validity.
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=signed_at)
    status = await async_validate_pdf_signature(seal, context, skip_diff=True)
    coverage = seal.evaluate_signature_coverage()
    return {
        "sealed": True,
        "intact": status.intact and status.valid and status.trusted and _contents_exact(data, seal),
        "covers_whole_file": coverage == SignatureCoverageLevel.ENTIRE_FILE,
        "signer": certificate.subject.native.get("common_name", ""),
        "signed_at": signed_at.isoformat() if signed_at else None,
        "certificate_sha256": hashlib.sha256(certificate.dump()).hexdigest(),
    }


def _contents_exact(data: bytes, seal: Any) -> bool:
    """Whether the hole of the seal holds the seal alone, as we write it: DER in hex, then zeros.

    A signature does not cover the hole that it is written into; what is changed there must be seen here.
    """
    start, length, end, _ = (int(number) for number in seal.byte_range)
    hole = data[start + length : end]
    der = cms.ContentInfo.load(seal.pkcs7_content).dump(force=True)
    written = der.hex().upper().encode().ljust(len(hole) - 2, b"0")
    return hole == b"<" + written + b">" and _envelope_exact(seal)


def _envelope_exact(seal: Any) -> bool:
    """Whether the parts of the envelope that no signature covers are the only ones that fit (RFC 5652)."""
    envelope, signer, certificate = seal.signed_data, seal.signer_info, seal.signer_cert
    issuer_and_serial = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    return bool(
        envelope["version"].native == signer["version"].native == "v1"
        and [algorithm.dump() for algorithm in envelope["digest_algorithms"]]
        == [signer["digest_algorithm"].dump()]
        and signer["sid"].chosen.dump() == issuer_and_serial.dump()
        and not signer["unsigned_attrs"]
        and not envelope["crls"]
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(report(sys.stdin.buffer.read()))))
