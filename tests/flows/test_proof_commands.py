"""``procon export`` and ``procon verify`` as they are typed: with a real seal, and away from the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import typst

from app import cli, db
from app.adapters.seal import Seal
from app.services import chat
from app.settings import load
from tests.factories.hearings import make_table
from tests.factories.people import NOW


async def stocked(url: str) -> str:
    """A case with a hearing in session; its protocol."""
    await db.connect(url)
    try:
        table = await (await make_table()).in_session()
        await chat.say(table.id, table.consumer, "Bom dia.", now=NOW)
        return str(table.case.protocol)
    finally:
        await db.close()


def test_a_case_is_exported_and_verified_elsewhere(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, away = tmp_path / "casa", tmp_path / "fora"
    monkeypatch.setenv("PROCON_DATA_DIR", str(home))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    protocol = asyncio.run(stocked(sqlite_url))
    archive, folder = tmp_path / "caso.zip", tmp_path / "caso"

    assert cli.main(["export", protocol, str(archive)]) == 0
    assert cli.main(["export", protocol, str(folder)]) == 0
    assert cli.main(["export", protocol, str(archive)]) == 2  # it is there already
    assert cli.main(["export", "2026.999999-9", str(tmp_path / "outro.zip")]) == 2
    for copy in (archive, folder):
        assert cli.main(["verify", str(copy)]) == 0
    said = capsys.readouterr().out
    assert f"Reclamação {protocol}" in said
    assert said.rstrip().endswith("AUTÊNTICO")

    monkeypatch.setenv("PROCON_DATA_DIR", str(away))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nao/existe")
    assert cli.main(["verify", str(archive)]) == 1
    assert "não é de um certificado conhecido" in capsys.readouterr().out
    assert not (away / "seal-self-made.p12").exists()  # looking makes nothing
    settings = load({"PROCON_DATA_DIR": str(home)})
    password = (settings.data_dir / "seal-password").read_text("ascii")
    seal = Seal(home / "seal-self-made.p12", password)
    fingerprint = seal.certificate_sha256.upper()
    shown = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2))
    assert cli.main(["verify", str(archive), "--certificado", shown]) == 0

    sealed = asyncio.run(seal.sign(_pdf(), "Termo", "Criciúma/SC", "Procon"))
    seal.close()
    pdf = tmp_path / "termo.pdf"
    pdf.write_bytes(sealed)
    assert cli.main(["verify", str(pdf), "--certificado", fingerprint]) == 0
    capsys.readouterr()
    at = sealed.index(b"/Title")
    pdf.write_bytes(sealed[:at] + b"/Tit1e" + sealed[at + 6 :])
    assert cli.main(["verify", str(pdf), "--certificado", fingerprint]) == 1
    assert "foi alterado depois de selado" in capsys.readouterr().out
    assert cli.main(["verify", str(tmp_path / "nada.pdf")]) == 2
    assert cli.main(["verify", str(pdf), "--certificado", "abc"]) == 2


def _pdf() -> bytes:
    source = b'#set document(title: "Termo")\n#set text(lang: "pt")\n= Termo'
    made = typst.compile(source, pdf_standards=["a-2a", "ua-1"])
    assert isinstance(made, bytes)
    return made
