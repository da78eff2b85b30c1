"""How a letter looks, as plain text and as HTML (``app/templates/mail``): the same sent and in a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.i18n import gettext, ngettext

TEMPLATES = Path(__file__).parent.parent / "templates" / "mail"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined] # added by the extension


@dataclass(frozen=True)
class Face:
    """The two bodies of an e-mail."""

    text: str
    html: str


def face(context: Mapping[str, Any]) -> Face:
    """A letter; ``context`` has what the two templates name, as ``app.jobs.letters`` gives it."""
    return Face(
        _environment.get_template("letter.txt").render(context),
        _environment.get_template("letter.html").render(context),
    )
