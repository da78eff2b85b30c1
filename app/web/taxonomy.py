"""The taxonomy for the coordination: the tree with its acts, the history, and CSV both ways."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from quart import Blueprint, Response, redirect, url_for
from quart.typing import ResponseReturnValue

from app.i18n import N_
from app.i18n import gettext as _
from app.services import taxonomy_editing
from app.web.access import STAFF, requires, viewer
from app.web.errors import field_sentences
from app.web.forms import form, query
from app.web.render import render
from app.web.stored import attachment
from app.web.today import now, today, typed_day
from models.rules.errors import Invalid
from models.rules.people import Role
from models.rules.taxonomy import AREA, SUBJECT, Change, GovGroup

blueprint = Blueprint("taxonomy", __name__)

CHANGES = {
    Change.ADDED: N_("Incluído"),
    Change.RENAMED: N_("Renomeado"),
    Change.CLOSED: N_("Encerrado"),
    Change.REOPENED: N_("Reaberto"),
    Change.MAPPED: N_("Ligado a consumidor.gov.br"),
}


@blueprint.get("/assuntos")
@requires(STAFF)
async def index() -> str:
    """The taxonomy by area and subject, with what may be done to each."""
    return await _page("", {}, {})


@blueprint.get("/assuntos.csv")
@requires(STAFF)
async def export() -> Response:
    """The whole taxonomy as a spreadsheet reads it."""
    return Response(
        "\ufeff" + await taxonomy_editing.export_csv(),
        mimetype="text/csv",
        headers={"Content-Disposition": attachment("assuntos.csv")},
    )


@blueprint.post("/assuntos")
@requires(Role.COORDINATOR)
async def add() -> ResponseReturnValue:
    """A new problem."""
    typed = await form()
    try:
        code = await taxonomy_editing.add(viewer(), typed, today=today(), now=now())
    except Invalid as error:
        return await _page("add", typed, field_sentences(error)), 422
    return _to(code)


@blueprint.post("/assuntos/importar")
@requires(Role.COORDINATOR)
async def import_csv() -> ResponseReturnValue:
    """Enter a CSV, all of it or nothing."""
    typed = await form()
    try:
        done = await taxonomy_editing.import_csv(viewer(), typed.get("text", ""), today=today(), now=now())
    except Invalid as error:
        return await _page("import", typed, field_sentences(error)), 422
    return redirect(url_for(".index", feito=f"{done.added}.{done.renamed}.{done.closed}.{done.mapped}"), 303)


@blueprint.post("/assuntos/<code>/renomear")
@requires(Role.COORDINATOR)
async def rename(code: str) -> ResponseReturnValue:
    """Other words from a day on, for an area, a subject or a problem."""
    typed = await form()
    try:
        await taxonomy_editing.rename(viewer(), code, typed, today=today(), now=now())
    except Invalid as error:
        return await _page(f"rename-{code}", typed, field_sentences(error)), 422
    return _to(code)


@blueprint.post("/assuntos/<code>/encerrar")
@requires(Role.COORDINATOR)
async def close(code: str) -> ResponseReturnValue:
    """Let a problem be chosen until a day."""
    typed = await form()
    last = typed_day(typed.get("last", ""))
    try:
        await taxonomy_editing.close(viewer(), code, last, today=today(), now=now())
    except Invalid as error:
        return await _page(f"close-{code}", typed, field_sentences(error)), 422
    return _to(code)


@blueprint.post("/assuntos/<code>/reabrir")
@requires(Role.COORDINATOR)
async def reopen(code: str) -> ResponseReturnValue:
    """Let a closed problem be chosen again."""
    await taxonomy_editing.reopen(viewer(), code, now=now())
    return _to(code)


@blueprint.post("/assuntos/<code>/ligar")
@requires(Role.COORDINATOR)
async def map_to_gov(code: str) -> ResponseReturnValue:
    """Say what a problem is called at consumidor.gov.br."""
    typed = await form()
    try:
        await taxonomy_editing.map_to_gov(viewer(), code, typed, now=now())
    except Invalid as error:
        return await _page(f"map-{code}", typed, field_sentences(error)), 422
    return _to(code)


def _to(code: str) -> ResponseReturnValue:
    return redirect(f"{url_for('.index', aberto=code[:AREA])}#codigo-{code}", 303)


def _done() -> str:
    """What an import did, in words, from the numbers in the address."""
    numbers = query("feito").split(".")
    if len(numbers) != 4 or not all(one.isascii() and one.isdigit() and len(one) < 6 for one in numbers):
        return ""
    added, renamed, closed, mapped = numbers
    return _(
        "Importado: %(added)s novos, %(renamed)s renomeados, %(closed)s encerrados, %(mapped)s ligados."
    ) % {"added": added, "renamed": renamed, "closed": closed, "mapped": mapped}


async def _page(which: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    lines = await taxonomy_editing.lines()
    areas = [
        (name, code, [(subject, prefix, list(rows)) for (subject, prefix), rows in groupby(within, _subject)])
        for (name, code), within in groupby(lines, lambda line: (line.area, line.code[:AREA]))
    ]
    return render(
        "taxonomy/index.html",
        areas=areas,
        opened=query("aberto") or which.rpartition("-")[2][:AREA],
        which=which,
        form={"values": typed, "errors": errors},
        blank={"values": {}, "errors": {}},
        groups=[("", _("não ligado")), *((str(group), str(group)) for group in GovGroup)],
        history=await taxonomy_editing.history(),
        changes={change: _(words) for change, words in CHANGES.items()},
        area_names=sorted({line.area for line in lines}),
        subject_names=sorted({line.subject for line in lines}),
        may_edit=viewer().role is Role.COORDINATOR,
        today=today(),
        done=_done(),
        columns=";".join(taxonomy_editing.COLUMNS),
    )


def _subject(line: taxonomy_editing.Line) -> tuple[str, str]:
    return line.subject, line.code[:SUBJECT]
