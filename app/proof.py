"""The commands of proof: ``procon verify`` and ``procon export``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from app.adapters.case_archive import Entry
from app.adapters.seal import SealCheck
from app.profile import SettingsError
from app.settings import Settings

PDF_START = b"%PDF"


def verify(settings: Settings, chosen: argparse.Namespace) -> int:
    """Say whether a sealed PDF or a copied case is as it was issued; needs neither database nor network."""
    from app.services import offline_check

    path = Path(chosen.file)
    seal = SealCheck(known_certificates(settings, chosen.certificado))
    try:
        if path.is_file() and _starts(path) == PDF_START:
            report = asyncio.run(offline_check.check_pdf(path.read_bytes(), seal))
        else:
            path.stat()
            report = asyncio.run(offline_check.check_case(path, seal))
    except OSError as error:
        raise SettingsError(f"{chosen.file}: {error.strerror}") from error
    for line in report.facts:
        print(line)
    for line in report.findings:
        print(f"FALHA  {line}")
    print("AUTÊNTICO" if report.holds else "NÃO CONFERE")
    return 0 if report.holds else 1


def _starts(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(PDF_START))


def known_certificates(settings: Settings, given: list[str]) -> set[str]:
    """The SHA-256 of the agency's certificates: this installation's, former ones, and those ``given``.

    A given one is a SHA-256 in hex, or a certificate file (PEM or DER). Nothing is made that was not there.
    """
    from app.equipment import kept_seal

    known = set(settings.seal_former)
    seal = kept_seal(settings)
    if seal is not None:
        known.add(seal.certificate_sha256)
        seal.close()
    return known | {_sha256_of(one) for one in given}


def _sha256_of(given: str) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    plain = given.replace(":", "").replace(" ", "").lower()
    if len(plain) == 64 and all(digit in "0123456789abcdef" for digit in plain):
        return plain
    try:
        data = Path(given).read_bytes()
        pem = data.lstrip().startswith(b"-----")
        certificate = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
    except (OSError, ValueError) as error:
        raise SettingsError(f"--certificado: {given} não é um SHA-256 nem um certificado") from error
    return certificate.fingerprint(SHA256()).hex()


def export(settings: Settings, chosen: argparse.Namespace) -> int:
    """Write the copy of a case that withholds nothing: a ZIP file, or a folder."""
    target = Path(chosen.target)
    if target.exists():
        raise SettingsError(f"{target}: já existe")
    name = asyncio.run(_export(settings, str(chosen.case), target))
    print(f"caso {name}: {chosen.target}")
    return 0


async def _export(settings: Settings, wanted: str, target: Path) -> str:
    from app import db
    from app.equipment import real_parts
    from app.jobs.papers import issuer
    from app.services import case_copy, exports
    from models import Case
    from models.rules.people import Side

    parts = real_parts(settings)
    await db.connect(settings.database_url)
    try:
        case = await Case.get_or_none(protocol=wanted)
        if case is None and wanted.isdecimal():
            case = await Case.get_or_none(id=int(wanted))
        if case is None:
            raise SettingsError(f"caso {wanted}: não existe")
        copy = await case_copy.copied(case.id, Side.STAFF, issuer(parts), now=parts.clock.now())
        sealed = await parts.seal.sign_data(copy.manifest)
        if target.suffix == ".zip":
            await _write(target, exports.archive(copy, sealed, parts.storage))
        else:
            await _unpack(target, exports.files(copy, sealed, parts.storage))
        return copy.protocol
    finally:
        await db.close()


async def _unpack(target: Path, entries: list[Entry]) -> None:
    for entry in entries:
        await _write(target / entry.name, entry.pieces)


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> None:
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    with path.open("xb") as file:
        async for piece in pieces:
            await asyncio.to_thread(file.write, piece)
