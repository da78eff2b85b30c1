"""The documents on paper: what they say, that nothing typed can break them, and what they claim to be."""

from __future__ import annotations

import asyncio
import dataclasses
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest
import typst
from pyhanko.pdf_utils.reader import PdfFileReader

from app.adapters import documents
from app.adapters.document_words import printable
from app.adapters.documents import Document
from app.adapters.glyphs import RANGES, has_glyph
from app.adapters.inspect import SandboxInspector
from app.adapters.pdf import FakePdfMaker, PdfError, PdfMaker, TypstPdfMaker
from app.adapters.qr import qr_svg
from tests.adapters import agreement_papers, papers, pdf_structure

TEMPLATES = Path(documents.__file__).parents[1] / "templates" / "pdf"
LONG = "\n\n".join([papers.STORY] * 12)


@pytest.fixture(scope="module")
def maker() -> Iterator[TypstPdfMaker]:
    maker = TypstPdfMaker(TEMPLATES)
    yield maker
    maker.close()


def text_of(pdf: bytes) -> str:
    """The text of all pages, with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


ALL: dict[str, Document] = {
    "receipt": papers.receipt(),
    "receipt-long": papers.receipt(LONG, 30),
    "receipt-bare": papers.receipt("Só isto.", 0),
    "notice": papers.notice(),
    "notice-long": papers.notice(LONG),
    "notice-letter": replace(
        papers.notice(), mailing="Rua A, 1, sala 2\nCentro\n88801-000 Criciúma/SC", registered=True
    ),
    "notice-consumer": replace(papers.notice(), access_code="", access_url=""),
    "notice-by-hand": replace(papers.notice(), receipt=True),
    "publication": papers.publication(),
    "minutes-without-agreement": agreement_papers.minutes(0, signed=False),
    "minutes": agreement_papers.minutes(1),
    "minutes-draft": replace(agreement_papers.minutes(1, signed=False), check=None, closed_at=None),
    "minutes-long": agreement_papers.minutes(12, LONG),
    "presence": agreement_papers.presence(),
    "presence-long": agreement_papers.presence(16, failures=((0.33, 0.42),), closed=False),
    "settlement": agreement_papers.settlement(),
    "settlement-long": agreement_papers.settlement(LONG, 9),
    "kit": agreement_papers.kit(),
    "kit-long": agreement_papers.kit(40),
    "kit-of-deeds": agreement_papers.kit(0),
    "attendance": papers.attendance(),
    "counter-receipt": papers.counter_receipt(),
    "calculation": papers.calculation(),
    "calculation-long": papers.calculation(60),
    "petition": papers.petition(),
}


@pytest.mark.parametrize("document", ALL.values(), ids=ALL.keys())
async def test_every_document_is_tagged_archival_and_numbered(
    maker: TypstPdfMaker, document: Document
) -> None:
    pdf = await maker.render(document)
    assert pdf_structure.faults(pdf) == []
    reader = PdfFileReader(io.BytesIO(pdf))
    assert reader.root["/Lang"] == "pt-BR"
    info = reader.trailer["/Info"]
    assert "2026.000123" in info["/Title"]
    assert info["/Author"] == papers.AGENCY.legal_name
    assert info["/Subject"]
    if getattr(document, "check", None):
        assert papers.CHECK.code in info["/Keywords"]
        assert papers.CHECK.code.encode() in pdf  # readable without opening: a changed file names its origin
    pages = int(reader.root["/Pages"]["/Count"])
    text = text_of(pdf)
    for page in range(1, pages + 1):
        assert f"Página {page} de {pages}" in text
    assert "Procon de Criciúma" in text
    assert "2026.000123" in text


def test_there_is_a_sample_of_every_template() -> None:
    assert {one.template for one in ALL.values()} == {file.name for file in TEMPLATES.glob("*.typ")} - {
        "base.typ"
    }


async def test_a_fault_of_the_structure_is_found(maker: TypstPdfMaker) -> None:
    pdf = await maker.render(agreement_papers.presence())
    for mended, broken, told in (
        (b"/Alt", b"/Alx", "a figure without an alternative text"),
        (b"/Marked true", b"/Marked null", "not marked as tagged"),
        (b"<pdfuaid:part>1", b"<pdfuaid:part>2", "pdfuaid:part is '2'"),
        (b"/FontFile", b"/FontFilx", "is not embedded"),
        (b"/H2", b"/H4", "a level of heading is skipped"),
        (b"/StructParent ", b"/StructParenx ", "an annotation outside of the tags"),
        (b"/Lang", b"/Lanx", "no language"),
        (b"/Scope", b"/Scopx", "a header cell without its scope"),
    ):
        assert mended in pdf
        assert any(told in one for one in pdf_structure.faults(pdf.replace(mended, broken))), told
    plain = typst.compile(b"= Termo")
    assert isinstance(plain, bytes)
    assert pdf_structure.faults(plain)


async def test_the_receipt_says_what_was_sent(maker: TypstPdfMaker) -> None:
    text = text_of(await maker.render(papers.receipt()))
    for words in (
        "Comprovante de reclamação",
        "Reclamação recebida em 23 de novembro de 2026, às 14:42",  # Brasília time
        "Ana Conceição da Silva",
        "***.456.789-**",
        "Eletrodomésticos: linha branca",
        "12.ABC.345/01DE-35",
        "Produto entregue com defeito ou dano",
        "R$ 3.899,00",
        "a garantia não cobre “dano de transporte”",
        "Troca por uma geladeira igual",
        "71,8 kB",
        papers.exhibits(1)[0].sha256[:32],
        "A empresa é notificada",
    ):
        assert words in text


async def test_the_notice_says_must_i_until_when_and_what_if_not(maker: TypstPdfMaker) -> None:
    text = text_of(await maker.render(papers.notice()))
    for words in (
        "Responda até 7 de dezembro de 2026",
        "04/12/2026 (Santa Bárbara, padroeira), não tem expediente",
        "7KQM-2XHP-9RTW",
        "https://procon.criciuma.example/empresa/",
        "O silêncio é registrado",
        "(48) 3445-8500",
    ):
        assert words in text


async def test_the_minutes_hold_the_signed_words_and_the_evidence(maker: TypstPdfMaker) -> None:
    data = agreement_papers.minutes(12)
    text = text_of(await maker.render(data))
    for clause in data.clauses:
        assert clause.text in text
    for words in (
        "Termo de audiência e acordo",
        "Aos 10 de dezembro de 2026",
        "14:31 a 15:11",
        "Acordo integral",
        "31/12/2026 R$ 974,76",
        "28/02/2027",
        "10/12/2026 15:02:12",
        "Preposto da empresa, com poderes para transigir",
        "senha confirmada",
        "art. 784, III",
        "9RTW-7KQM-2XHP",
        data.signed_text_sha256,
    ):
        assert words in text


async def test_minutes_without_agreement_promise_nothing(maker: TypstPdfMaker) -> None:
    text = text_of(await maker.render(agreement_papers.minutes(0, signed=False)))
    assert "Termo de audiência" in text
    assert "não foi assinado" in text
    assert "784" not in text
    assert "Acordo" not in text


async def test_a_draft_of_the_minutes_says_so_and_cannot_be_verified(maker: TypstPdfMaker) -> None:
    text = text_of(await maker.render(ALL["minutes-draft"]))
    for words in ("Minuta: Termo de audiência e acordo", "Minuta, sem valor", "MINUTA", "Cláusula 1."):
        assert words in text
    for words in ("Confira este documento", "784", papers.CHECK.code):
        assert words not in text


async def test_what_a_person_types_is_shown_and_never_evaluated(maker: TypstPdfMaker) -> None:
    typed = (
        '#panic("x") $x^2$ *não* _é_ @marca <rotulo> \\ #read("base.typ") = Título '
        '// nada `raw` ~ -- "aspas" \\u{41}'
    )
    text = text_of(await maker.render(papers.receipt(typed)))
    assert typed in text


async def test_an_emoji_or_a_hidden_mark_does_not_stop_a_document(maker: TypstPdfMaker) -> None:
    typed = "Fiquei 😡😡 com 中 e \u202egnp.exe\u202c \x00\x07 fim\u200b\ufeff."
    text = text_of(await maker.render(papers.receipt(typed)))
    assert "Fiquei □□ com □ e gnp.exe fim." in text
    assert "como emojis" in text
    assert "como emojis" not in text_of(await maker.render(papers.receipt()))


def test_printable_text() -> None:
    assert printable("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd e"
    assert printable("ac\u0327a\u0303o") == "ação"
    assert printable("R$ 1.234,50 — “ção” … € º ª ½ → ✓") == "R$ 1.234,50 — “ção” … € º ª ½ → ✓"
    assert not has_glyph("\ue000")
    assert not has_glyph("\x1f")


@pytest.mark.parametrize("span", RANGES, ids=lambda span: f"{span[0]:04X}")
async def test_each_character_called_printable_has_a_glyph(
    maker: TypstPdfMaker, span: tuple[int, int]
) -> None:
    characters = printable("".join(map(chr, range(span[0], span[1] + 1))))
    await maker.render(papers.receipt(" ".join(characters) + "."))


async def test_the_same_document_is_the_same_file(maker: TypstPdfMaker) -> None:
    first, second = await asyncio.gather(*(maker.render(agreement_papers.minutes(3)) for _ in range(2)))
    assert first == second
    later = dataclasses.replace(agreement_papers.minutes(3), issued_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert await maker.render(later) != first


async def test_our_documents_pass_our_own_inspection(maker: TypstPdfMaker, tmp_path: Path) -> None:
    file = tmp_path / "termo.pdf"
    file.write_bytes(await maker.render(agreement_papers.minutes(12, LONG)))
    inspection = await SandboxInspector().inspect(file)
    assert (inspection.media_type, inspection.pages >= 3) == ("application/pdf", True)


async def test_a_broken_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "comprovante.typ").write_text('#panic("oops")')
    broken = TypstPdfMaker(tmp_path)
    with pytest.raises(PdfError, match="oops"):
        await broken.render(papers.receipt())
    broken.close()


def test_the_first_of_a_month_is_ordinal() -> None:
    notice = dataclasses.replace(papers.notice(), due_on=date(2026, 12, 1))
    assert "1º de dezembro de 2026" in notice.to_json().decode()
    notice = dataclasses.replace(papers.notice(), due_on=date(2026, 12, 21))
    assert '"21 de dezembro de 2026"' in notice.to_json().decode()


def test_a_qr_is_a_picture_of_its_text() -> None:
    picture = qr_svg("https://procon.criciuma.example/conferir/9RTW-7KQM-2XHP")
    root = ElementTree.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width") == root.get("height")
    assert picture != qr_svg("https://procon.criciuma.example/conferir/9RTW-7KQM-2XHQ")


async def test_the_fake_keeps_the_contract() -> None:
    fake: PdfMaker = FakePdfMaker()
    assert (await fake.render(papers.receipt())).startswith(b"%PDF-")
