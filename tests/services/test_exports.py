"""The copy of a case: cut to its side, made once, checked offline; what was changed is told."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.adapters.case_archive import EVENTS, MANIFEST, SIGNATURE
from app.adapters.pdf import FakePdfMaker
from app.adapters.seal import FakeSeal
from app.adapters.storage import FolderStorage
from app.db import transaction
from app.services import (
    case_copy,
    casefile,
    casework,
    chat,
    conduct,
    exports,
    fulfilment,
    notices,
    offers,
    offline_check,
    reschedule_requests,
    sealing,
    thread,
)
from app.services.case_copy import Issuer
from app.services.notices import Choice
from app.services.offers import Draft
from app.services.offline_check import Report
from app.services.press import Press
from models import (
    Case,
    CaseExport,
    Document,
    DocumentAccess,
    DocumentKind,
    ExportState,
    Hearing,
    Obligation,
    User,
)
from models.rules.case_machine import State
from models.rules.errors import NotFound, Refused
from models.rules.evidence import COMPLAINT_TEXT, CONFLICT_TEXT, bound, complaint_words
from models.rules.fulfilment import Word
from models.rules.people import Role, Side, Viewer
from models.rules.rescheduling import SchedulingPolicy
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.offers import BROWSER, SOON, accepted, offered, refund
from tests.factories.people import NOW, make_user, viewer_of
from tests.services.parties import ANSWER_TERM, Parties, make_parties
from tests.services.signing import freeze, sign
from tests.services.test_registrations import make_upload
from tests.services.test_sealing import AGENCY

pytestmark = pytest.mark.usefixtures("database")

ISSUER = Issuer("Procon de Teste", "https://procon.exemplo", AGENCY.zone)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    """A real folder."""
    return FolderStorage(tmp_path / "files", b"k" * 32)


async def settled(storage: FolderStorage) -> Table:
    """A case with an agreement, its sealed term, a line said to all and a note of the agency's."""
    table = await (await make_table()).agreed()
    await chat.say(table.id, table.consumer, "Bom dia.", now=NOW)
    shown = await freeze(table)
    for viewer in (table.consumer, table.agent, table.mediator):
        await sign(table, viewer, shown)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)
    press = Press(AGENCY, "https://procon.exemplo", FakePdfMaker(), FakeSeal(), storage)
    await sealing.seal_minutes(table.id, press, now=NOW)
    await casework.add_note(table.case.id, table.mediator, "Só para nós.", now=NOW)
    return table


async def archived(
    table: Table | Parties, storage: FolderStorage, path: Path, side: Side = Side.STAFF
) -> Path:
    """The copy of a case as a file."""
    copy = await case_copy.copied(table.case.id, side, ISSUER, now=NOW)
    sealed = await FakeSeal().sign_data(copy.manifest)
    data = b"".join([piece async for piece in exports.archive(copy, sealed, storage)])
    await asyncio.to_thread(path.write_bytes, data)
    return path


async def checked(path: Path) -> Report:
    """What the offline check says."""
    return await offline_check.check_case(path, FakeSeal())  # type: ignore[arg-type]  # it checks as well


async def test_a_copy_holds_for_each_side_and_shows_what_it_may_know(
    storage: FolderStorage, tmp_path: Path
) -> None:
    table = await settled(storage)
    for side in (Side.CONSUMER, Side.COMPANY, Side.STAFF):
        path = await archived(table, storage, tmp_path / f"{side}.zip", side)
        report = await checked(path)
        assert report.findings == []
        with zipfile.ZipFile(path) as archive:
            lines = [json.loads(line) for line in archive.read(EVENTS).splitlines()]
            data = json.loads(archive.read("caso.json"))
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        withheld = [line for line in lines if line.get("withheld")]
        assert len(withheld) == (0 if side is Side.STAFF else 1)
        assert ("Só para nós." in json.dumps(data, ensure_ascii=False)) == (side is Side.STAFF)
        (hearing,) = data["audiencias"]
        assert ("203.0.113.7" in json.dumps(hearing)) == (side is Side.STAFF)
        assert [line["text"] for line in hearing["conversa"]] == ["Bom dia."]
        assert data["consumidor"]["nome"] == "Ana Souza"


async def test_one_changed_byte_anywhere_is_told(storage: FolderStorage, tmp_path: Path) -> None:
    whole = (await archived(await settled(storage), storage, tmp_path / "caso.zip")).read_bytes()
    changed = tmp_path / "mudado.zip"
    chance = random.Random(20261130)
    for place in [0, len(whole) - 1, *chance.sample(range(len(whole)), 120)]:
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        changed.write_bytes(data)
        assert not (await checked(changed)).holds, place
    for cut in (whole[:-1], whole + b"\0", b"", b"PK"):
        changed.write_bytes(cut)
        assert not (await checked(changed)).holds


async def unpacked(table: Table | Parties, storage: FolderStorage, tmp_path: Path) -> Path:
    """The copy of a case as a folder."""
    path = await archived(table, storage, tmp_path / "caso.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "caso")
    return tmp_path / "caso"


async def resealed(folder: Path) -> None:
    """Make the manifest fit again, as somebody with the agency's key would who forges the rest."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    for line in manifest["arquivos"]:
        data = (folder / line["nome"]).read_bytes()
        line["bytes"], line["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    raw = json.dumps(manifest).encode()
    (folder / MANIFEST).write_bytes(raw)
    (folder / SIGNATURE).write_bytes(await FakeSeal().sign_data(raw))


async def test_dropped_moved_and_forged_events_are_named(storage: FolderStorage, tmp_path: Path) -> None:
    folder = await unpacked(await settled(storage), storage, tmp_path)
    assert (await checked(folder)).holds
    events = folder / EVENTS
    lines = events.read_text("utf-8").splitlines()

    async def told(changed: list[str]) -> str:
        events.write_text("\n".join(changed) + "\n", "utf-8")
        before = await checked(folder)
        assert any(EVENTS in one and "SHA-256" in one for one in before.findings)
        await resealed(folder)
        return "\n".join((await checked(folder)).findings)

    assert "falta o evento 4" in await told(lines[:3] + lines[4:])
    assert "evento 4 está fora da ordem" in await told([*lines[:3], lines[4], lines[3], *lines[5:]])
    assert "evento 2 está repetido" in await told([*lines[:2], *lines[1:]])
    forged = lines[2].replace('"at":"2026', '"at":"2025')
    assert "evento 3 foi alterado" in await told([*lines[:2], forged, *lines[3:]])
    assert "linha 3 não pode ser lida" in await told([*lines[:2], lines[2][:-1], *lines[3:]])
    assert f"falta o evento {len(lines)}" in await told(lines[:-1])


async def test_texts_signatures_documents_and_stray_files_are_checked(
    storage: FolderStorage, tmp_path: Path
) -> None:
    table = await settled(storage)
    folder = await unpacked(table, storage, tmp_path)
    data = json.loads((folder / "caso.json").read_text("utf-8"))
    final = data["audiencias"][0]["final_text"]
    data["audiencias"][0]["final_text"] = final.replace("120,00", "121,00")
    assert data["audiencias"][0]["final_text"] != final
    data["audiencias"][0]["assinaturas"][0]["address"] = "203.0.113.8"
    data["audiencias"][0]["assinaturas"][1]["user_id"] = 99
    (folder / "caso.json").write_text(json.dumps(data), "utf-8")
    (term,) = (folder / "documentos").iterdir()
    term.write_bytes(term.read_bytes().replace(b"Termo", b"termo", 1))
    (folder / "documentos" / "extra.pdf").write_bytes(b"%PDF")
    await resealed(folder)
    told = "\n".join((await checked(folder)).findings)
    for sentence in (
        "o texto final da audiência não é o que foi assinado",
        "a prova de uma assinatura não é a que o registro guardou",
        "há assinatura que o registro não conhece",
        "não é o documento do evento",
        "o selo do PDF não confere",
        "documentos/extra.pdf: não está no manifesto",
    ):
        assert sentence in told
    term.unlink()
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes() + b" ")
    told = "\n".join((await checked(folder)).findings)
    assert "falta na cópia" in told
    assert f"{SIGNATURE}: o conteúdo ou o próprio selo foi alterado" in told


async def spoken(storage: FolderStorage) -> Table:
    """A case in which the parties wrote, offered and sent papers before and during the hearing."""
    table = await make_table()
    case, today = table.case.id, NOW.date()
    for viewer, kind in ((table.consumer, DocumentKind.MESSAGE), (table.agent, DocumentKind.EXCUSE)):
        data = f"documento de {viewer.name}".encode()
        await make_upload(
            await Case.get(id=case),
            await User.get(id=viewer.user_id),
            kind,
            storage_key=await storage.put(data),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            sides="consumer,staff" if viewer == table.consumer else "company,staff",
        )
    await thread.write(case, table.consumer, "Segue a nota fiscal.", now=NOW)
    draft = Draft((refund(10_000, count=2, due_on=today + timedelta(days=30)),), "Devolvemos.")
    await offers.make(case, table.agent, draft, seen=None, evidence=BROWSER, now=NOW, today=today)
    policy = SchedulingPolicy()
    early = (await Hearing.get(id=table.id)).starts_at - timedelta(days=2)
    await reschedule_requests.ask(table.id, table.agent, "O preposto viaja.", policy=policy, now=early)
    async with transaction():
        file = await casefile.opened(case, table.consumer)
        words = complaint_words(file.case.facts, file.case.request, None, None)
        facts = bound(texts={COMPLAINT_TEXT: words, CONFLICT_TEXT: file.case.conflict})
        await casefile.record(file, "complaint_sent", now=NOW, facts=facts)
    await table.in_session()
    await chat.say(table.id, table.consumer, "Bom dia.", now=NOW)
    return table


async def test_what_people_wrote_and_sent_is_proved_by_the_events_that_brought_it(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """Whoever holds the agency's key and forges manifest and content still contradicts the chain."""
    table = await spoken(storage)
    for side in (Side.CONSUMER, Side.COMPANY):  # each lacks the other's paper, which is no fault
        report = await checked(await archived(table, storage, tmp_path / f"{side}.zip", side))
        assert report.findings == []
    folder = await unpacked(table, storage, tmp_path)
    report = await checked(folder)
    assert report.findings == []
    assert "Documentos que o registro do caso prova: 2 de 2" in report.facts
    whole = (folder / "caso.json").read_text("utf-8")
    data = json.loads(whole)
    for words in (
        *((row, "final_text") for row in data["propostas"]),
        *((row, "text") for row in data["manifestacoes"]),
        *((row, "text") for row in data["audiencias"][0]["conversa"]),
        *((data, name) for name in ("fatos", "pedido", "conflito", "ocorrido_em", "valor_centavos")),
    ):
        row, name = words
        before, row[name] = row[name], "outra coisa" if not isinstance(row[name], int) else row[name] + 1
        (folder / "caso.json").write_text(json.dumps(data), "utf-8")
        await resealed(folder)
        told, *more = (await checked(folder)).findings
        assert "falta ou não é o que foi registrado" in told, name
        assert ["é de outro texto" in one for one in more] == [True] * (row in data["propostas"])
        row[name] = before
    for rows in (data["propostas"], data["manifestacoes"], data["audiencias"][0]["conversa"]):
        taken = rows.pop()
        (folder / "caso.json").write_text(json.dumps(data), "utf-8")
        await resealed(folder)
        assert len((await checked(folder)).findings) == 1
        rows.append(taken)
    (folder / "caso.json").write_text(whole, "utf-8")
    for paper in sorted((folder / "documentos").iterdir()):
        kept = paper.read_bytes()
        paper.write_bytes(kept[:-1] + b"!")
        await resealed(folder)
        (told,) = (await checked(folder)).findings
        assert paper.name in told
        assert "não é o documento do evento" in told
        paper.write_bytes(kept)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    gone = manifest["documentos"].pop()
    manifest["arquivos"] = [one for one in manifest["arquivos"] if one["nome"] != gone["arquivo"]]
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    (folder / gone["arquivo"]).unlink()
    await resealed(folder)
    (told,) = (await checked(folder)).findings
    assert "falta o documento" in told


async def test_an_offers_signatures_its_end_and_what_it_obliges_to_are_those_of_the_record(
    storage: FolderStorage, tmp_path: Path
) -> None:
    people = await make_parties(State.ANSWERED)
    first = await offered(people, people.agent)
    second = await offered(people, people.consumer, refund(60_000), seen=first.id)
    await accepted(people, people.agent, second)
    owed = await Obligation.get()
    later = SOON + timedelta(days=1)
    await fulfilment.word(owed.id, people.consumer, Word.KEPT, now=NOW, today=later)
    for side in (Side.CONSUMER, Side.COMPANY):
        path = await archived(people, storage, tmp_path / f"{side}.zip", side)
        assert (await checked(path)).findings == []
    folder = await unpacked(people, storage, tmp_path)
    whole = (folder / "caso.json").read_text("utf-8")

    async def told(change: Callable[[dict[str, Any]], object]) -> list[str]:
        data = json.loads(whole)
        change(data)
        (folder / "caso.json").write_text(json.dumps(data), "utf-8")
        await resealed(folder)
        return (await checked(folder)).findings

    def signed(offer: int, who: int, **changes: object) -> Callable[[dict[str, Any]], object]:
        return lambda data: data["propostas"][offer]["assinaturas"][who].update(changes)

    assert await told(lambda data: None) == []
    for change, sentence in (
        (signed(1, 1, address="203.0.113.8"), "a prova de uma assinatura da proposta 2 não é"),
        (signed(0, 0, device="Outro"), "a prova de uma assinatura da proposta 1 não é"),
        (signed(1, 1, method="totp"), "a prova de uma assinatura da proposta 2 não é"),
        (signed(1, 1, user_id=99), "há na proposta 2 uma assinatura que o registro não conhece"),
        (signed(1, 0, text_hash="0" * 64), "uma assinatura da proposta 2 é de outro texto"),
        (lambda data: data["propostas"][1]["assinaturas"].pop(), "falta uma assinatura da proposta 2"),
        (lambda data: data["propostas"][0]["assinaturas"].clear(), "falta uma assinatura da proposta 1"),
        (lambda data: data["propostas"][1].update(state="refused"), "a situação da proposta 2 não é"),
        (lambda data: data["propostas"][0].update(state="accepted"), "a situação da proposta 1 não é"),
        (lambda data: data["obrigacoes"][0].update(state="broken"), "a situação da obrigação 1 não é"),
        (lambda data: data["propostas"][0].update(id=7), "há uma proposta que o registro não conhece"),
    ):
        assert sentence in "\n".join(await told(change))


async def test_how_a_notice_was_served_is_checked_and_erased_papers_are_told(
    storage: FolderStorage, tmp_path: Path
) -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    choice = Choice(people.company.id)
    await notices.notify(people.case.id, people.attendant, choice, now=NOW, rules=ANSWER_TERM)
    paper = await make_upload(
        people.case, await User.get(id=people.consumer.user_id), DocumentKind.RESIDENCE, attached_at=NOW
    )
    async with transaction():
        file = await casefile.opened(people.case.id, None)
        await casefile.record(file, "documents_supplied", now=NOW, facts=bound({paper.id: paper.sha256}))
        await Document.filter(id=paper.id).update(erased_at=NOW, storage_key="")
        await casefile.record(file, "document_erased", now=NOW, facts={"document": str(paper.id)})
    folder = await unpacked(people, storage, tmp_path)
    report = await checked(folder)
    assert report.findings == []
    assert "Documentos apagados ao fim do prazo de guarda, como o registro diz: 1" in report.facts
    data = json.loads((folder / "caso.json").read_text("utf-8"))
    portal, *emails = data["entregas"]
    assert (portal["address"], emails[0]["address"]) == (people.agent.name, people.agent.email)
    portal["status"] = "opened"
    data["entregas"] = [portal]
    (folder / "caso.json").write_text(json.dumps(data), "utf-8")
    await resealed(folder)
    told = "\n".join((await checked(folder)).findings)
    assert f"a situação da entrega {portal['id']} não é a do registro" in told
    assert all(f"falta a entrega {email['id']}" in told for email in emails)
    path = await archived(people, storage, tmp_path / "consumidor.zip", Side.CONSUMER)
    with zipfile.ZipFile(path) as archive:
        assert people.agent.email not in archive.read("caso.json").decode()


async def test_what_is_no_copy_is_said(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"%PDF-1.7"):
        (tmp_path / "x.zip").write_bytes(content)
        assert not (await checked(tmp_path / "x.zip")).holds
    (tmp_path / "vazia").mkdir()
    assert not (await checked(tmp_path / "vazia")).holds


async def test_a_copy_is_made_by_a_job_taken_with_a_log_and_gone_after_a_day(
    storage: FolderStorage, tmp_path: Path
) -> None:
    table = await settled(storage)
    first = await exports.ask(table.case.id, table.consumer, address="203.0.113.9", now=NOW)
    assert await exports.ask(table.case.id, table.consumer, address="", now=NOW) == first
    assert await exports.ask(table.case.id, table.agent, address="", now=NOW) != first
    with pytest.raises(Refused, match="export_gone"):
        await exports.taken(first, table.consumer, address="", now=NOW)

    for _ in range(2):
        await exports.make(first, ISSUER, storage=storage, seal=FakeSeal(), now=NOW)

    copy = await exports.taken(first, table.consumer, address="198.51.100.4", now=NOW)
    path = tmp_path / "baixada.zip"
    path.write_bytes(b"".join([piece async for piece in storage.read(copy.storage_key)]))
    assert (await checked(path)).holds
    row = await CaseExport.get(id=first)
    assert (row.side, row.progress, row.times_taken, row.taken_from) == (
        Side.CONSUMER,
        100,
        1,
        "198.51.100.4",
    )
    assert await DocumentAccess.filter(user_id=table.consumer.user_id, address="203.0.113.9").count() == 1
    for viewer in (table.agent, viewer_of(await make_user()), table.mediator):
        with pytest.raises(NotFound):
            await exports.of_viewer(first, viewer)

    assert await exports.expire(storage, now=NOW + timedelta(hours=23)) == 0
    assert await exports.expire(storage, now=NOW + timedelta(hours=24)) == 1
    with pytest.raises(Refused, match="export_gone"):
        await exports.taken(first, table.consumer, address="", now=NOW + timedelta(hours=24))
    assert (await CaseExport.get(id=first)).state is ExportState.EXPIRED


async def test_who_does_not_see_a_case_has_no_copy_of_it(storage: FolderStorage) -> None:
    table = await settled(storage)
    for viewer in (viewer_of(await make_user()), Viewer(10**6, Role.COMPANY, "", "", ())):
        with pytest.raises(NotFound):
            await exports.ask(table.case.id, viewer, address="", now=NOW)


async def test_every_event_of_the_case_is_in_its_chain(storage: FolderStorage) -> None:
    table = await settled(storage)
    names = [link.name for link, _, _ in await casefile.chain(table.case.id)]
    assert {"participant_admitted", "message_said", "text_frozen", "text_signed", "hearing_closed"} <= set(
        names
    )
    assert (await Hearing.get(id=table.id)).sealed_id is not None
