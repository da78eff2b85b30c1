"""The public check of documents: by code, by QR, or by dropping the file."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import verification
from app.services.verification import Issued, Verdict
from app.web.access import PUBLIC, requires
from app.web.body import body_chunks
from app.web.filters import for_zone
from app.web.forms import query
from app.web.limits import limit_address
from app.web.parts import parts
from app.web.render import render
from models import DocumentKind
from models.rules.public_code import normal_code

blueprint = Blueprint("verification", __name__)

MAX_BYTES = 10 * 1024 * 1024
"""More than any document that is issued here."""


@blueprint.get("/verificar")
@requires(PUBLIC)
async def index() -> ResponseReturnValue:
    """Where a code is typed or a file is dropped."""
    typed = query("codigo")[:60]
    if code := normal_code(typed):
        return redirect(url_for(".show", code=code), 303)
    return render(
        "verification/index.html",
        typed=typed,
        searched=bool(typed),
        issued=None,
        kind="",
        max_bytes=MAX_BYTES,
    )


@blueprint.get("/verificar/<code>")
@requires(PUBLIC)
async def show(code: str) -> ResponseReturnValue:
    """What is known of the document with that code, as its QR opens it."""
    await limit_address("verify_address")
    issued = await verification.by_code(code[:60])
    page = render(
        "verification/index.html",
        typed=code[:60],
        searched=True,
        issued=issued,
        kind=kind_label(issued.kind) if issued else "",
        max_bytes=MAX_BYTES,
    )
    return page, 200 if issued else 404


@blueprint.post("/verificar")
@requires(PUBLIC)
async def check() -> dict[str, Any]:
    """Check the file that is the request's raw body; ``codigo`` in the address is the code it should have."""
    await limit_address("verify_address")
    chunks = body_chunks(request, MAX_BYTES)
    result = await verification.check_file(chunks, query("codigo")[:60], seal=parts().seal)
    title, text = _words(result.verdict)
    return {
        "verdict": result.verdict,
        "title": title,
        "text": text,
        "sha256": result.sha256,
        "document": _shown(result.issued) if result.issued else None,
    }


def kind_label(kind: DocumentKind) -> str:
    """What an issued document is called."""
    return {
        DocumentKind.RECEIPT: _("Recibo de reclamação"),
        DocumentKind.NOTICE: _("Notificação à empresa"),
        DocumentKind.MINUTES: _("Termo de audiência"),
        DocumentKind.SETTLEMENT: _("Termo de acordo"),
        DocumentKind.PRESENCE: _("Certidão de presença"),
    }.get(kind, _("Documento"))


def _shown(issued: Issued) -> list[tuple[str, str]]:
    """Pairs of name and value, in the order in which they are shown."""
    at = for_zone(parts().profile.agency.zone)["datetime"]
    return [
        (_("Documento"), kind_label(issued.kind)),
        (_("Emitido por"), parts().profile.agency.legal_name),
        (_("Processo"), issued.protocol),
        (_("Data"), at(issued.at)),
        (_("Código"), issued.code),
    ]


def _words(verdict: Verdict) -> tuple[str, str]:
    return {
        Verdict.AUTHENTIC: (
            _("Documento autêntico"),
            _("O arquivo é idêntico ao documento emitido: nenhum byte foi alterado."),
        ),
        Verdict.CHANGED: (
            _("Documento alterado"),
            _("Este arquivo não é igual ao documento emitido. Não confie no conteúdo dele."),
        ),
        Verdict.UNKNOWN: (
            _("Documento não reconhecido"),
            _("Este arquivo não foi emitido por este Procon, ou foi impresso e digitalizado de novo."),
        ),
    }[verdict]
