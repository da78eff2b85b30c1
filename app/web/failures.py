"""From an error to an answer: one page, one JSON shape, whatever went wrong.

JSON is ``{"error": code, "message": sentence, "fields": {name: sentence}}``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import orjson
import structlog
from quart import Quart, Response, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.i18n import N_
from app.i18n import gettext as _
from app.web.errors import field_sentences, said_of, sentence, status_of
from app.web.forms import typed_texts
from app.web.render import render
from models.rules.errors import DomainError, Invalid

log = structlog.get_logger(__name__)

HTTP_CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    415: "unsupported_type",
    416: "range_not_available",
    429: "too_many",
}
"""The code of an error that the HTTP layer itself raised."""

TITLES = {
    400: N_("Pedido não entendido"),
    401: N_("Entre na sua conta"),
    403: N_("Acesso não permitido"),
    404: N_("Página não encontrada"),
    405: N_("Pedido não aceito"),
    408: N_("O envio demorou demais"),
    409: N_("Não foi possível fazer isto agora"),
    410: N_("Este endereço não vale mais"),
    413: N_("Envio grande demais"),
    415: N_("Tipo de conteúdo não aceito"),
    416: N_("Parte do arquivo não encontrada"),
    422: N_("Confira o que foi preenchido"),
    429: N_("Muitas tentativas"),
    500: N_("Algo deu errado"),
    503: N_("Sistema ocupado"),
}


def install(app: Quart) -> None:
    """Answer every error of ``app`` by this module."""
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unforeseen)


def wants_json() -> bool:
    """Whether the asker reads JSON and not pages."""
    accept = request.headers.get("Accept", "")
    asked = "application/json" in accept and "text/html" not in accept
    return asked or request.path.startswith("/api/")


async def domain_error(error: DomainError) -> ResponseReturnValue:
    """An act that the rules refuse."""
    fields = field_sentences(error) if isinstance(error, Invalid) else {}
    # A page of another site must not be able to put its words on ours.
    elsewhere = error.code == "csrf" and not error.facts["ours"]
    kept = [] if elsewhere or wants_json() else await typed_texts()
    answer = _answer(status_of(error), error.code, said_of(error), fields, kept)
    if "retry_seconds" in error.facts:
        answer.headers["Retry-After"] = str(error.facts["retry_seconds"])
    return answer


async def http_error(error: HTTPException) -> ResponseReturnValue:
    """A request that the HTTP layer itself refuses, or an answer raised as an exception (a redirect)."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error  # type: ignore[return-value]  # Quart answers what it holds
    code = HTTP_CODES.get(status, "bad_request")
    kept = await typed_texts() if code == "unauthorized" and not wants_json() else []
    answer = _answer(status, code, sentence(code), {}, kept)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            answer.headers[name] = value
    return answer


async def unforeseen(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged with a number, and the number told to the person."""
    number = secrets.token_hex(4)
    log.error("request_failed", id=number, endpoint=request.endpoint, exc_info=error)
    return _answer(500, "internal", sentence("internal", {"id": number}), {})


def _answer(
    status: int, code: str, message: str, fields: Mapping[str, str], kept: Sequence[str] = ()
) -> Response:
    """``kept`` are texts that the person would otherwise have lost."""
    if wants_json():
        body = orjson.dumps({"error": code, "message": message, "fields": fields})
        return Response(body, status, mimetype="application/json")
    title = _(TITLES.get(status, TITLES[400]))
    page = render("errors/error.html", status=status, title=title, message=message, kept=kept)
    return Response(page, status)
