"""What a person typed, cleaned the same way everywhere."""

from __future__ import annotations

import re

from quart import request

from app.web.csrf import FIELD, FORMS

_KEPT_AS_TYPED = "password"
A_PAGES_OWN = re.compile(r"(?!\d{4}-\d\d-\d\d$)[a-z0-9_-]*")
"""What hidden fields and choices say: codes and numbers. Anything else, and a date, somebody typed."""


def clean(text: str) -> str:
    """One line ending, no NUL (PostgreSQL refuses it), nothing but text at the ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


async def form() -> dict[str, str]:
    """The fields of the request's form, cleaned; of a repeated field, the first.

    Fields whose name begins with "password" come as typed: a space may belong to one.
    """
    fields = await request.form
    return {
        name: value if name.startswith(_KEPT_AS_TYPED) else clean(value)
        for name, value in fields.items()
        if name != FIELD
    }


async def choices(name: str) -> list[str]:
    """All values of a repeated field, such as check boxes of one name, cleaned."""
    return [clean(value) for value in (await request.form).getlist(name)]


async def typed_texts() -> list[str]:
    """What somebody typed into the form that was sent and would have to type again; no secrets."""
    if request.method != "POST" or request.mimetype not in FORMS:
        return []
    typed = await form()
    return [
        text
        for name, text in typed.items()
        if not A_PAGES_OWN.fullmatch(text) and not name.startswith(_KEPT_AS_TYPED)
    ]


def query(name: str, default: str = "") -> str:
    """One value of the address's query, cleaned."""
    return clean(request.args.get(name, default))


def safe_path(typed: str | None, default: str) -> str:
    """``typed`` when it is a path of this site, else ``default``: an address to return to is never a host.

    Browsers read "//host" and "/\\host" as another site, and drop tabs and line breaks before they look.
    """
    if not typed or not typed.startswith("/") or typed[1:2] in ("/", "\\"):
        return default
    if any(character <= " " or character == "\\" for character in typed):
        return default
    return typed
