"""Papers for the demonstration: an identity card and a bill, drawn and marked as examples."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

PAPER = (1240, 1754)
CARD = (1200, 760)
INK = "#1b1b1b"
FADED = "#5f6b7a"
MARK = "#c9d3df"


def identity_card(name: str, cpf: str) -> bytes:
    """A JPEG that looks like an identity card, across which stands EXEMPLO."""
    image = Image.new("RGB", CARD, "#e9f2ec")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((20, 20, CARD[0] - 20, CARD[1] - 20), 32, outline="#2e7d4f", width=6)
    draw.rectangle((60, 170, 340, 540), fill="#cfdcd3", outline="#2e7d4f", width=3)
    draw.ellipse((140, 220, 260, 340), fill="#8fa697")
    draw.pieslice((90, 350, 310, 640), 180, 360, fill="#8fa697")
    draw.text((60, 70), "DOCUMENTO DE IDENTIDADE", INK, font=_font(48))
    for row, (label, value) in enumerate(
        (("Nome", name), ("CPF", cpf), ("Nascimento", "12/03/1988"), ("Validade", "12/03/2033"))
    ):
        top = 170 + row * 110
        draw.text((400, top), label, FADED, font=_font(28))
        draw.text((400, top + 36), value, INK, font=_font(42))
    draw.text((300, 620), "EXEMPLO: SEM VALIDADE", "#a33a3a", font=_font(50))
    return _saved(image, "JPEG")


def bill(name: str, address: str) -> bytes:
    """A one-page PDF that looks like an electricity bill."""
    image = Image.new("RGB", PAPER, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, PAPER[0], 190), fill="#123f7a")
    draw.text((80, 60), "Companhia de Energia (exemplo)", "white", font=_font(60))
    draw.text((80, 260), "Conta de energia elétrica", INK, font=_font(52))
    for row, (label, value) in enumerate(
        (
            ("Cliente", name),
            ("Endereço da unidade", address),
            ("Referência", "novembro de 2026"),
            ("Vencimento", "10/12/2026"),
            ("Consumo", "182 kWh"),
            ("Total a pagar", "R$ 164,87"),
        )
    ):
        top = 380 + row * 130
        draw.text((80, top), label, FADED, font=_font(30))
        draw.text((80, top + 42), value, INK, font=_font(38))
        draw.line((80, top + 106, PAPER[0] - 80, top + 106), MARK, 2)
    draw.text((260, 1400), "EXEMPLO: SEM VALIDADE", "#a33a3a", font=_font(60))
    return _saved(image, "PDF")


def receipt(store: str, amount: str) -> bytes:
    """A PNG that looks like a shop's receipt."""
    image = Image.new("RGB", (800, 1000), "#fffdf5")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(
        (store, "CUPOM (EXEMPLO)", "", "1 refrigerador frost free", f"Total {amount}", "Pago no crédito")
    ):
        draw.text((70, 80 + row * 90), line, INK, font=_font(44))
    return _saved(image, "PNG")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({"resolution": 150.0} if kind == "PDF" else {}))
    return out.getvalue()
