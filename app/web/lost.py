"""What was typed for a form that a page has no more: shown to be copied, with why it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from app.web.forms import typed_texts


@dataclass(frozen=True)
class Lost:
    """Why an act was refused, and what was typed for it; ``gone``: the page has no place to say the why."""

    why: tuple[str, ...]
    texts: tuple[str, ...]
    gone: bool = True


async def lost_from(page: str, why: Sequence[str]) -> Lost | None:
    """What ``page``, the answer as rendered, does not show of the refusal; None when it shows all."""
    texts = tuple(text for text in await typed_texts() if str(escape(text)) not in page)
    gone = any(str(escape(said)) not in page for said in why)
    return Lost(tuple(why), texts, gone) if texts or gone else None
