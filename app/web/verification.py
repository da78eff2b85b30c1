"""The public check of documents: by code, by QR, or by dropping the file."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.i18n import ngettext
from app.services import verification
from app.services.verification import Check, Difference, Issued, Reason, Verdict
from app.web.access import PUBLIC, requires
from app.web.body import body_chunks
from app.web.filters import for_zone, number
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
        certificate=parts().seal.certificate_sha256,
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
        certificate=parts().seal.certificate_sha256,
    )
    return page, 200 if issued else 404


@blueprint.post("/verificar")
@requires(PUBLIC)
async def check() -> dict[str, Any]:
    """Check the file that is the request's raw body; ``codigo`` in the address is the code it should have."""
    await limit_address("verify_address")
    chunks = body_chunks(request, MAX_BYTES)
    result = await verification.check_file(
        chunks, query("codigo")[:60], seal=parts().seal, storage=parts().storage
    )
    title, text = _words(result)
    return {
        "verdict": result.verdict,
        "title": title,
        "text": text,
        "details": _details(result),
        "sha256": result.sha256,
        "document": _shown(result.issued) if result.issued else None,
    }


def kind_label(kind: DocumentKind) -> str:
    """What an issued document is called."""
    return {
        DocumentKind.RECEIPT: _("Recibo de reclamação"),
        DocumentKind.CALCULATION: _("Memória de cálculo"),
        DocumentKind.PETITION: _("Inicial para o Juizado Especial"),
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


def _words(result: Check) -> tuple[str, str]:
    """What was found, and what it means for who holds the file."""
    title = {
        Verdict.AUTHENTIC: _("Documento autêntico"),
        Verdict.CHANGED: _("Documento alterado"),
        Verdict.UNKNOWN: _("Documento não reconhecido"),
    }[result.verdict]
    altered = _("Este arquivo não é igual ao documento emitido. Não confie no que ele diz: peça o original.")
    return title, {
        Reason.SAME: _("O arquivo é idêntico ao documento emitido: nenhum byte foi alterado."),
        Reason.ANOTHER: _("O arquivo é autêntico, mas é outro documento: não é o do código informado."),
        Reason.DIFFERENT: altered,
        Reason.BROKEN: altered,
        Reason.APPENDED: _(
            "Algo foi acrescentado depois do selo do Procon. Vale só o que o selo cobre: peça o original."
        ),
        Reason.UNREGISTERED: _(
            "O selo do Procon está íntegro, mas este arquivo não está entre os emitidos. Fale com o Procon."
        ),
        Reason.FOREIGN: _("O selo do arquivo é de outro certificado: não foi emitido por este Procon."),
        Reason.UNSEALED: _(
            "Este arquivo não foi emitido por este Procon, ou foi impresso, digitalizado ou salvo de novo."
        ),
    }[result.reason]


def _details(result: Check) -> list[str]:
    """What is known of how the file differs, and of its seal."""
    told = []
    if (difference := result.difference) is not None:
        told.append(_difference_words(difference))
        told.append(
            _("Mudou o texto das páginas: %(pages)s.") % {"pages": ", ".join(map(str, difference.pages))}
            if difference.pages
            else _("O texto que se lê nas páginas é o mesmo, ou não pôde ser lido: mudou algo que não se vê.")
        )
    report = result.report
    if report is not None and report.sealed and report.signed_at is not None:
        at = for_zone(parts().profile.agency.zone)["datetime"]
        told.append(_("Selo de %(name)s, %(when)s.") % {"name": report.signer, "when": at(report.signed_at)})
    return told


def _difference_words(difference: Difference) -> str:
    words = []
    if difference.count:
        sentence = ngettext("1 byte é outro", "%(num)s bytes são outros", difference.count)
        words.append(sentence % {"num": number(difference.count)})
    if difference.longer:
        length = abs(difference.longer)
        sentence = (
            ngettext("há 1 byte a mais", "há %(num)s bytes a mais", length)
            if difference.longer > 0
            else ngettext("falta 1 byte", "faltam %(num)s bytes", length)
        )
        words.append(sentence % {"num": number(length)})
    return _("Comparado com o original: %(what)s, a partir do byte %(first)s.") % {
        "what": _(" e ").join(words),
        "first": number(difference.first),
    }
