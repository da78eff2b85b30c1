"""Interface texts: Brazilian Portuguese is the source, so a text without a translation stands as it is.

A further language is a catalogue in ``app/translations/<locale>/LC_MESSAGES/messages.po``; docs/frontend.md
has the commands. Text with values is written with named places, ``_("Olá, %(name)s") % {"name": name}``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

SOURCE_LOCALE = "pt_BR"
CATALOGUES = Path(__file__).parent / "translations"


@cache
def catalogue(locale: str = SOURCE_LOCALE) -> NullTranslations:
    """The texts of one language; one that passes every text through when there is no compiled file."""
    return Translations.load(CATALOGUES, [locale])


def gettext(message: str) -> str:
    """The text in the interface's language."""
    return catalogue().ugettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the text that goes with ``count``."""
    return catalogue().ungettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "a text, translated where it is used"
    """Mark a text for translation without translating it yet."""
    return message
