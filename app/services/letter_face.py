"""How a letter looks, as plain text and as HTML (``app/templates/mail``): the same sent and in a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

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


_WHOLE = re.compile(
    r"R\$\s[\d.]+,\d\d"
    r"|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b"
    r"|\b\d{4}\.\d{6}-\d\b|\bA-\d{4}-\d{5}\b"
    r"|\b\d\d/\d\d/\d{4}, \d\dh\d\d\b"
)
"""What a line must not end within: amounts, codes, protocols, a day with its hour."""
_ADDRESS = re.compile(r"""(https?://[^\s<>"']+[^\s<>"'.,;:])""")


def _dressed(words: str, site: str) -> Markup:
    """A line of a letter for HTML: amounts and codes stay whole, addresses of this site are links."""
    return Markup().join(_part(part, site) for part in _ADDRESS.split(words))


def _part(words: str, site: str) -> Markup:
    safe = str(escape(words))
    if words.startswith(f"{site}/") and _ADDRESS.fullmatch(words):
        made = f'<a href="{safe}" style="color:#1351b4;">{safe}</a>'
    elif _ADDRESS.fullmatch(words):
        made = safe
    else:
        made = _WHOLE.sub(r'<span style="white-space:nowrap;">\g<0></span>', safe)
    return Markup(made)  # noqa: S704  escaped above; only our own tags were added


_environment.filters["dressed"] = _dressed


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
