"""Papers for the demonstration: an identity card, a bill and a shop's receipt, marked as examples."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Literal

import typst
from PIL import Image

TEMPLATE = Path(__file__).parent / "papers.typ"
DOTS_PER_INCH = 150.0

Lines = list[tuple[str, str]]


def identity_card(name: str, cpf: str) -> bytes:
    """A JPEG that looks like an identity card."""
    lines = [("Nome", name), ("CPF", cpf), ("Nascimento", "12/03/1988"), ("Validade", "12/03/2033")]
    return _picture("card", "DOCUMENTO DE IDENTIDADE", lines, "JPEG")


def bill(name: str, address: str) -> bytes:
    """A one-page PDF that looks like an electricity bill."""
    lines = [
        ("Cliente", name),
        ("Endereço da unidade", address),
        ("Referência", "novembro de 2026"),
        ("Vencimento", "10/12/2026"),
        ("Consumo", "182 kWh"),
        ("Total a pagar", "R$ 164,87"),
    ]
    return _made("page", "Companhia de Energia", lines, "pdf")


def receipt(store: str, amount: str) -> bytes:
    """A PNG that looks like the proof of a payment."""
    lines = [("Recebedor", store), ("Forma", "Cartão de crédito"), ("Total", amount)]
    return _picture("page", "Comprovante de pagamento", lines, "PNG")


def appointment(company: str, person: str, until: str) -> bytes:
    """A PDF that looks like a carta de preposição."""
    lines = [
        ("Empresa", company),
        ("Nomeia preposto", person),
        ("Poderes", "transigir e firmar acordo"),
        ("Válida até", until),
        ("Assina", "O administrador"),
    ]
    return _made("page", "Carta de preposição", lines, "pdf")


def mandate(company: str, person: str) -> bytes:
    """A PDF that looks like a procuração."""
    lines = [
        ("Outorgante", company),
        ("Outorgado", person),
        ("Poderes", "foro em geral, transigir, receber e dar quitação"),
        ("Assina", "O administrador"),
    ]
    return _made("page", "Procuração", lines, "pdf")


def letter_receipt(company: str) -> bytes:
    """A PNG that looks like the receipt of a registered letter, signed at the company."""
    lines = [("Destinatário", company), ("Recebido por", "Setor de protocolo"), ("Objeto", "BR123456785BR")]
    return _picture("page", "Aviso de recebimento", lines, "PNG")


def _picture(kind: str, title: str, lines: Lines, image_format: str) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(_made(kind, title, lines, "png"))) as image:
        image.convert("RGB").save(out, image_format, quality=88)
    return out.getvalue()


def _made(kind: str, title: str, lines: Lines, output: Literal["pdf", "png"]) -> bytes:
    data = json.dumps({"kind": kind, "title": title, "lines": lines})
    made = typst.compile(
        TEMPLATE, format=output, ppi=DOTS_PER_INCH, sys_inputs={"data": data}, ignore_system_fonts=True
    )
    assert isinstance(made, bytes)  # noqa: S101 - one page comes in one piece
    return made
