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

import pypdfium2
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

STAMP = "signature_time_stamp_token"


async def report(data: bytes) -> dict[str, Any]:
    """What the first seal in the file says about the file."""
    pages = _pages(data)
    seals = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    if not seals:
        return {"sealed": False, "pages": pages}
    seal = seals[0]
    certificate = seal.signer_cert
    signed_at = seal.self_reported_timestamp
    # Whose certificate it is, is for the caller to judge by its hash: here it vouches for itself, at the
    # time when it signed, since a seal does not end with its certificate's validity.
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=signed_at)
    authority = _time_context(seal)
    status = await async_validate_pdf_signature(
        seal, context, ts_validation_context=authority, skip_diff=True
    )
    coverage = seal.evaluate_signature_coverage()
    whole = coverage == SignatureCoverageLevel.ENTIRE_FILE
    stamp = status.timestamp_validity
    stamp_holds = stamp is None if authority is None else stamp is not None and stamp.intact and stamp.valid
    return {
        "sealed": True,
        "intact": status.intact
        and status.valid
        and status.trusted
        and stamp_holds
        and _token_exact(seal)
        and _contents_exact(data, seal),
        "covers_whole_file": whole,
        "stamped_at": stamp.timestamp.isoformat() if stamp is not None and stamp.intact else None,
        "pages": pages,
        "changes": "" if whole else _changed_pages(data, seal),
        "signer": certificate.subject.native.get("common_name", ""),
        "signed_at": signed_at.isoformat() if signed_at else None,
        "certificate_sha256": hashlib.sha256(certificate.dump()).hexdigest(),
    }


def _unsigned(signer: Any) -> list[str]:
    """The attributes that the signature does not cover: a time stamp covers the signature."""
    attributes = signer["unsigned_attrs"]
    return [attribute["type"].native for attribute in attributes] if attributes else []


def _time_context(seal: Any) -> ValidationContext | None:
    """For the time stamp in the seal, if there is one: its authority vouches for itself, at its own time."""
    token = _token(seal)
    if token is None:
        return None
    certificates = [one.chosen for one in token["certificates"] if one.name == "certificate"]
    moment = token["encap_content_info"]["content"].parsed["gen_time"].native
    return ValidationContext(trust_roots=certificates, allow_fetching=False, moment=moment)


def _token(seal: Any) -> Any:
    """The time stamp in the seal, None without one."""
    stamps = [one for one in seal.signer_info["unsigned_attrs"] or () if one["type"].native == STAMP]
    return stamps[0]["values"][0]["content"] if stamps else None


def _token_exact(seal: Any) -> bool:
    """The same of the time stamp's envelope; what chain rides along in it is bound by nobody."""
    token = _token(seal)
    if token is None:
        return True
    (signer,) = token["signer_infos"]
    serial = signer["sid"].chosen["serial_number"].native
    certificate = next(one.chosen for one in token["certificates"] if one.chosen.serial_number == serial)
    return envelope_exact(token, signer, certificate, "v3")


def _changed_pages(data: bytes, seal: Any) -> str:
    """The pages whose text is not that of the sealed revision, as a list in words; empty when none is."""
    start, _, end, rest = (int(number) for number in seal.byte_range)
    sealed, now = _texts(data[start : end + rest]), _texts(data)
    count = max(len(sealed), len(now))
    pages = [n + 1 for n in range(count) if sealed[n : n + 1] != now[n : n + 1]]
    return ", ".join(map(str, pages))


def _pages(data: bytes) -> list[str]:
    """A digest of each page's text; none of a file that cannot be opened."""
    try:
        return [hashlib.sha256(text.encode()).hexdigest()[:16] for text in _texts(data)]
    except pypdfium2.PdfiumError:
        return []


def _texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def _contents_exact(data: bytes, seal: Any) -> bool:
    """Whether the hole of the seal holds the seal alone, as we write it: DER in hex, then zeros.

    A signature does not cover the hole that it is written into; what is changed there must be seen here.
    """
    start, length, end, _ = (int(number) for number in seal.byte_range)
    hole = data[start + length : end]
    der = cms.ContentInfo.load(seal.pkcs7_content).dump(force=True)
    written = der.hex().upper().encode().ljust(len(hole) - 2, b"0")
    return hole == b"<" + written + b">" and envelope_exact(
        seal.signed_data, seal.signer_info, seal.signer_cert
    )


def envelope_exact(envelope: Any, signer: Any, certificate: Any, version: str = "v1") -> bool:
    """Whether the parts of the envelope that no signature covers are the only ones that fit (RFC 5652)."""
    issuer_and_serial = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    return bool(
        (envelope["version"].native, signer["version"].native) == (version, "v1")
        and [algorithm.dump() for algorithm in envelope["digest_algorithms"]]
        == [signer["digest_algorithm"].dump()]
        and signer["sid"].chosen.dump() == issuer_and_serial.dump()
        and _unsigned(signer) in ([], [STAMP])
        and not envelope["crls"]
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(report(sys.stdin.buffer.read()))))
