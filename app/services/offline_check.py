"""The check of a copied case or of a sealed PDF without the database: what is wrong, where, in Portuguese."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.adapters.case_archive import DATA, EVENTS, FORMAT, MANIFEST, SIGNATURE, Archive, Unreadable
from app.adapters.seal import SealCheck, SealReport
from app.i18n import gettext as _
from app.services.offline_words import wrong_recordings, wrong_words
from models.rules.chain import Fault, Flaw, Link, Told, faults
from models.rules.people import Side

MOST_TOLD = 200
"""Findings beyond these are counted, not told."""


@dataclass
class Report:
    """What a check found: ``facts`` to be read, ``findings`` each with its place; without one all is well."""

    facts: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def wrong(self, place: str, sentence: str) -> None:
        """Add a finding."""
        self.findings.append(f"{place}: {sentence}")


async def check_pdf(data: bytes, seal: SealCheck) -> Report:
    """A sealed PDF: the seal, whose it is, and what was changed."""
    report = Report()
    found = await seal.verify(data)
    report.facts.append(_("SHA-256 do arquivo: %(hash)s") % {"hash": hashlib.sha256(data).hexdigest()})
    if not found.sealed:
        report.wrong("PDF", _("não há selo que se possa ler: nunca houve, ou o arquivo foi refeito."))
        return report
    _tell_seal(report, "PDF", found)
    if not found.covers_whole_file and found.intact:
        report.wrong("PDF", _("algo foi acrescentado depois do selo; a parte selada está intacta."))
    if found.changes:
        report.facts.append(_("Páginas com outro texto que o selado: %(pages)s") % {"pages": found.changes})
    return report


def _tell_seal(report: Report, place: str, found: SealReport) -> None:
    when = f"{found.signed_at:%d/%m/%Y %H:%M:%S %Z}" if found.signed_at else _("data desconhecida")
    report.facts.append(_("Selo de %(signer)s, %(when)s") % {"signer": found.signer, "when": when})
    if found.stamped_at:
        stamp = f"{found.stamped_at:%d/%m/%Y %H:%M:%S %Z}"
        report.facts.append(_("Carimbo do tempo: %(when)s") % {"when": stamp})
    report.facts.append(_("Certificado (SHA-256): %(hash)s") % {"hash": found.certificate_sha256})
    if not found.intact:
        report.wrong(place, _("o conteúdo ou o próprio selo foi alterado depois de selado."))
    if not found.trusted:
        report.wrong(
            place,
            _("o selo não é de um certificado conhecido do órgão: compare o SHA-256 com o publicado."),
        )


async def check_case(path: Path, seal: SealCheck) -> Report:
    """A copied case, a ZIP file or unpacked: manifest and seal, files, chain, texts, signatures, PDFs."""
    report = Report()
    try:
        archive = Archive(path)
    except Unreadable:
        report.wrong(path.name, _("não é a cópia de um caso, ou está danificada demais para ser lida."))
        return report
    try:
        await _CaseCheck(archive, seal, report).run()
        if not archive.exact():
            report.wrong(
                path.name,
                _("o ZIP não é o emitido: foi refeito por outro programa, ou alterado fora dos arquivos."),
            )
    finally:
        archive.close()
    return report


class _CaseCheck:
    """One check of a copied case."""

    def __init__(self, archive: Archive, seal: SealCheck, report: Report) -> None:
        self._archive = archive
        self._seal = seal
        self._report = report

    async def run(self) -> None:
        """Everything; what cannot be read is said, and the rest checked all the same."""
        manifest = await self._manifest()
        if manifest is None:
            return
        try:
            self._files(manifest)
            events = self._events(manifest)
            data = self._data()
            self._bound_files(manifest, events)
            if data is not None:
                for sentence in wrong_words(data, events):
                    self._report.wrong(DATA, sentence)
            for sentence in wrong_recordings(manifest["gravacoes"], events):
                self._report.wrong(MANIFEST, sentence)
            await self._seals(manifest)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._report.wrong(MANIFEST, _("não tem o que deveria ter."))

    async def _manifest(self) -> Mapping[str, Any] | None:
        try:
            raw, sealed = self._archive.text(MANIFEST), self._archive.text(SIGNATURE)
        except Unreadable:
            self._report.wrong(MANIFEST, _("o manifesto ou o selo dele falta, ou não pode ser lido."))
            return None
        found = await self._seal.verify_data(raw, sealed)
        if not found.sealed:
            self._report.wrong(SIGNATURE, _("não é um selo que se possa ler."))
        else:
            _tell_seal(self._report, SIGNATURE, found)
        try:
            manifest = orjson.loads(raw)
            if manifest["formato"] != FORMAT:
                raise ValueError
            self._told(manifest)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            self._report.wrong(MANIFEST, _("não pode ser lido."))
            return None
        return dict(manifest)

    def _told(self, manifest: Mapping[str, Any]) -> None:
        events = manifest["eventos"]
        self._report.facts += [
            _("Reclamação %(protocol)s, cópia emitida por %(agency)s em %(when)s")
            % {"protocol": manifest["processo"], "agency": manifest["orgao"], "when": manifest["emitida_em"]},
            _("%(events)s eventos (%(kept)s reservados a outra parte), %(files)s arquivos")
            % {
                "events": events["quantidade"],
                "kept": events["reservados"],
                "files": len(manifest["arquivos"]),
            },
        ]

    def _files(self, manifest: Mapping[str, Any]) -> None:
        listed = {line["nome"]: line for line in manifest["arquivos"]}
        for name, line in listed.items():
            if name not in self._archive.names:
                self._report.wrong(name, _("está no manifesto e falta na cópia."))
                continue
            digest, size = hashlib.sha256(), 0
            try:
                for piece in self._archive.pieces(name):
                    digest.update(piece)
                    size += len(piece)
            except Unreadable:
                self._report.wrong(name, _("não pode ser lido: está danificado."))
                continue
            if (size, digest.hexdigest()) != (line["bytes"], line["sha256"]):
                self._report.wrong(name, _("o conteúdo não é o que foi copiado: o SHA-256 é outro."))
        known = {*listed, MANIFEST, SIGNATURE}
        for name in self._archive.names:
            if name not in known:
                self._report.wrong(name, _("não está no manifesto: foi posto depois."))
        if len(set(self._archive.names)) != len(self._archive.names):
            self._report.wrong(MANIFEST, _("há arquivos repetidos na cópia."))

    def _events(self, manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The lines of the chain, checked; those that cannot be read are left out and said."""
        lines: list[Mapping[str, Any]] = []
        told: list[Told] = []
        for number, line in enumerate(self._text(EVENTS).splitlines(), start=1):
            try:
                row = orjson.loads(line)
                told.append(_told(row))
                lines.append(row)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                self._report.wrong(EVENTS, _("a linha %(number)s não pode ser lida.") % {"number": number})
        expected = manifest["eventos"]
        found = faults(told, count=expected["quantidade"], head=expected["ultimo"])
        for fault in found[:MOST_TOLD]:
            self._report.wrong(EVENTS, _flaw(fault))
        if len(found) > MOST_TOLD:
            self._report.wrong(EVENTS, _("e mais %(number)s falhas.") % {"number": len(found) - MOST_TOLD})
        return lines

    def _text(self, name: str) -> bytes:
        try:
            return self._archive.text(name)
        except Unreadable:
            return b""  # that it is missing or damaged was said

    def _data(self) -> Mapping[str, Any] | None:
        try:
            return dict(orjson.loads(self._text(DATA)))
        except orjson.JSONDecodeError:
            return None  # its SHA-256 was found wrong

    def _bound_files(self, manifest: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
        """Each document that an event brought into the case is there, and is that document.

        The agency's own copy has them all but those that a later event says were erased (ADR 0088); a party's
        lacks those that only the other may open.
        """
        hashes = {line["nome"]: line["sha256"] for line in manifest["arquivos"]}
        places = {line["id"]: line["arquivo"] for line in manifest["documentos"]}
        erased = {event["facts"]["document"] for event in events if event.get("name") == "document_erased"}
        whole, proved = manifest["copia_de"] == Side.STAFF, set()
        for event in events:
            for document, sha256 in _files_of(event.get("facts") or {}):
                place = places.get(document)
                if place is None:
                    if whole and document not in erased:
                        sentence = _("falta o documento que o evento %(seq)s juntou ao caso.")
                        self._report.wrong(MANIFEST, sentence % {"seq": event["seq"]})
                elif hashes.get(place) != sha256:
                    sentence = _("não é o documento do evento %(seq)s: o SHA-256 é outro.")
                    self._report.wrong(place, sentence % {"seq": event["seq"]})
                else:
                    proved.add(document)
        self._report.facts.append(
            _("Documentos que o registro do caso prova: %(proved)s de %(all)s")
            % {"proved": len(proved), "all": len(places)}
        )
        if erased:
            self._report.facts.append(
                _("Documentos apagados ao fim do prazo de guarda, como o registro diz: %(count)s")
                % {"count": len(erased)}
            )

    async def _seals(self, manifest: Mapping[str, Any]) -> None:
        """Each PDF that the agency issued carries its seal."""
        for line in manifest["documentos"]:
            if not line["codigo"]:
                continue
            found = await self._seal.verify(self._text(line["arquivo"]))
            if not (found.sealed and found.intact and found.covers_whole_file):
                self._report.wrong(line["arquivo"], _("o selo do PDF não confere."))
            elif not found.trusted:
                self._report.wrong(
                    line["arquivo"], _("o selo do PDF não é de um certificado conhecido do órgão.")
                )


def _told(row: Mapping[str, Any]) -> Told:
    link = None
    if not row.get("withheld"):
        at = datetime.fromisoformat(row["at"])
        link = Link(row["case"], row["seq"], row["name"], row["sides"], row["actor"], row["facts"], at)
    return Told(int(row["seq"]), str(row["previous"]), str(row["hash"]), link)


def _files_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The documents that an event binds, and the SHA-256 of each."""
    one = [(facts["document"], facts["sha256"])] if "document" in facts and "sha256" in facts else []
    return one + list((facts.get("files") or {}).items())


def _flaw(fault: Fault) -> str:
    words = {
        Flaw.MISSING: _("falta o evento %(seq)s."),
        Flaw.REPEATED: _("o evento %(seq)s está repetido ou foi acrescentado."),
        Flaw.MISPLACED: _("o evento %(seq)s está fora da ordem."),
        Flaw.UNCHAINED: _("o evento %(seq)s não segue do anterior: um dos dois foi forjado ou trocado."),
        Flaw.CHANGED: _("o evento %(seq)s foi alterado depois de registrado."),
    }
    return words[fault.flaw] % {"seq": fault.seq}
