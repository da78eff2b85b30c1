"""Standard texts for the coordination: the list, the editor with its live preview, and the versions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from quart import Blueprint, Response, redirect, url_for
from quart.typing import ResponseReturnValue

from app.services import standard_texts, text_preview
from app.web.access import STAFF, requires, viewer
from app.web.errors import field_sentences, sentence
from app.web.forms import form, query
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.people import Role
from models.rules.standard_texts import Kind, Medium, Wording

blueprint = Blueprint("standard_texts", __name__)

_LOOKERS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)
"""Who sees previews: a form is sent for each, and control sends none."""
PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""A letter's HTML has its styles in it, as mail programs want them; it runs and fetches nothing."""


@blueprint.get("/textos")
@requires(STAFF)
async def index() -> str:
    """Every standard text by group, with who worded it last."""
    groups = groupby(await standard_texts.lines(), key=lambda line: line.kind.group)
    return render("texts/index.html", groups=[(name, list(lines)) for name, lines in groups])


@blueprint.get("/textos/<name>")
@requires(STAFF)
async def show(name: str) -> str:
    """One text: words, variables, preview and versions; ``versao`` puts an old one into the editor."""
    desk = await standard_texts.desk(name, parts().profile.minutes)
    wanted = query("versao")
    old = next((one.wording for one in desk.versions if str(one.revision) == wanted), None)
    return _page(desk, _typed(old or desk.wording, desk.revision), {})


@blueprint.post("/textos/<name>")
@requires(Role.COORDINATOR)
async def save(name: str) -> ResponseReturnValue:
    """Keep a new version."""
    typed = await form()
    kind = _kind(name)
    try:
        wording = standard_texts.read(kind, typed.get("subject", ""), typed.get("body", ""))
        await standard_texts.save(viewer(), kind, wording, _revision(typed), now=now())
    except Invalid as error:
        return await _again(name, typed, field_sentences(error)), 422
    except Conflict as error:
        return await _again(name, typed, {"": sentence(error.code, error.facts)}), 409
    return redirect(url_for(".show", name=name), 303)


@blueprint.post("/textos/<name>/original")
@requires(Role.COORDINATOR)
async def revert(name: str) -> ResponseReturnValue:
    """Back to the original words."""
    await standard_texts.revert(viewer(), _kind(name), _revision(await form()), now=now())
    return redirect(url_for(".show", name=name), 303)


@blueprint.post("/textos/<name>/previa")
@requires(*_LOOKERS)
async def preview(name: str) -> Response:
    """What is being typed as it would look: a page for the editor's frame."""
    kind, typed = _kind(name), await form()
    profile, site = parts().profile, parts().public_url
    try:
        wording = standard_texts.read(kind, typed.get("subject", ""), typed.get("body", ""))
    except Invalid as error:
        page = render("texts/preview.html", faults=field_sentences(error).values(), words=None, plain="")
    else:
        if kind.medium is Medium.LETTER:
            looks = text_preview.letter(kind, wording, profile=profile, site=site)
            if typed.get("view") != "text":
                return _framed(looks.html)
            page = render("texts/preview.html", faults=(), words=None, plain=looks.text)
        else:
            words = text_preview.sample(kind, wording, profile, site)
            page = render("texts/preview.html", faults=(), words=words, plain="")
    return _framed(page)


@blueprint.post("/textos/<name>/previa.pdf")
@requires(*_LOOKERS)
async def preview_pdf(name: str) -> ResponseReturnValue:
    """The document with what is being typed, about an invented matter."""
    if name not in text_preview.PAPERS:
        raise NotFound
    kind, typed = _kind(name), await form()
    try:
        wording = standard_texts.read(kind, "", typed.get("body", ""))
    except Invalid as error:
        return await _again(name, typed, field_sentences(error)), 422
    bound = parts()
    paper = text_preview.paper(kind, wording, profile=bound.profile, site=bound.public_url, now=now())
    return Response(await bound.pdf.render(paper), mimetype="application/pdf")


def _framed(page: str) -> Response:
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": PREVIEW_POLICY})


def _kind(name: str) -> Kind:
    return standard_texts.known(name, parts().profile.minutes)


def _revision(typed: Mapping[str, str]) -> int:
    number = typed.get("revision", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0


def _typed(wording: Wording, revision: int) -> dict[str, str]:
    return {
        "subject": wording.subject,
        "body": "\n\n".join(wording.paragraphs),
        "revision": str(revision),
    }


async def _again(name: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    """The editor with what was typed, upon the newest version."""
    desk = await standard_texts.desk(name, parts().profile.minutes)
    return _page(desk, {"subject": "", "body": "", **typed, "revision": str(desk.revision)}, errors)


def _page(desk: standard_texts.Desk, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render(
        "texts/show.html",
        desk=desk,
        kind=desk.kind,
        form={"values": values, "errors": errors},
        may_edit=viewer().role is Role.COORDINATOR,
        has_pdf=desk.kind.id in text_preview.PAPERS,
        limits=(standard_texts.SUBJECT_MAX, standard_texts.BODY_MAX),
    )
