"""Checks the agency's detached seal (CMS, RFC 5652) over data from a stranger and answers a line of JSON.

Run by ``app.adapters.seal`` in the cage; standard input holds eight bytes with the length of the data, the
data, and the seal in DER. It imports nothing of the system but its neighbour's rule.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import runpy
import sys
from pathlib import Path
from typing import Any

from asn1crypto import cms
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

envelope_exact = runpy.run_path(str(Path(__file__).with_name("seal_worker.py")))["envelope_exact"]


async def report(data: bytes, seal: bytes) -> dict[str, Any]:
    """What the seal says about the data."""
    content = cms.ContentInfo.load(seal, strict=True)
    signed: cms.SignedData = content["content"]
    certificate = next(one.chosen for one in signed["certificates"] if one.name == "certificate")
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=_moment(signed))
    status = await async_validate_detached_cms(
        io.BytesIO(data), signed, signer_validation_context=context, key_usage_settings=None
    )
    canonical = content.dump(force=True) == seal and envelope_exact(
        signed, signed["signer_infos"][0], certificate
    )
    return {
        "sealed": True,
        "intact": bool(status.intact and status.valid and status.trusted and canonical),
        "covers_whole_file": True,
        "signer": certificate.subject.native.get("common_name", ""),
        "signed_at": _moment(signed).isoformat(),
        "certificate_sha256": hashlib.sha256(certificate.dump()).hexdigest(),
    }


def _moment(signed: cms.SignedData) -> Any:
    """When it was sealed, by the sealing machine."""
    for attribute in signed["signer_infos"][0]["signed_attrs"]:
        if attribute["type"].native == "signing_time":
            return attribute["values"][0].native
    raise ValueError("no time")


if __name__ == "__main__":
    given = sys.stdin.buffer.read()
    length = int.from_bytes(given[:8], "big")
    print(json.dumps(asyncio.run(report(given[8 : 8 + length], given[8 + length :]))))
