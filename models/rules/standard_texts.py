"""Standard texts: words with variables in braces, and nothing else that a template could do (ADR 0077).

A text may name the variables of its kind, as ``{consumer}``; there are no attributes, formats, conditions or
loops. A paragraph that is empty once it is filled in is left out, which is how an optional sentence is made;
an empty line in a value, as in what somebody has written or in a list, divides it into paragraphs.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """What a text becomes: an e-mail, part of a PDF, or paragraphs of a hearing's minutes."""

    LETTER = "letter"
    PAPER = "paper"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Wording:
    """The words of a text; ``subject`` is empty for what has none."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Variable:
    """What a text may name: its meaning in a sentence, and a value for previews."""

    name: str
    meaning: str
    sample: str


@dataclass(frozen=True)
class Kind:
    """A kind of text: when it is used, what it may name, its original words.

    ``fixed`` are the paragraphs that the law or safety asks for: shown, sent after the others, and not to be
    edited. ``required`` are the names that the other paragraphs must have: a letter with a code and without
    the code is none. ``button`` is what a letter's button says.
    """

    id: str
    group: str
    title: str
    when: str
    medium: Medium
    variables: tuple[Variable, ...]
    original: Wording
    fixed: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    button: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The names that its texts may have in braces."""
        return frozenset(variable.name for variable in self.variables)

    @property
    def samples(self) -> Mapping[str, str]:
        """A value for each variable, to be looked at."""
        return {variable.name: variable.sample for variable in self.variables}


class UnclosedBrace(ValueError):
    """A brace that opens or closes nothing."""


def named(text: str) -> tuple[str, ...]:
    """What a text has in braces, in order, names or not; UnclosedBrace when it cannot be read."""
    try:
        return tuple(_written(*part) for part in string.Formatter().parse(text) if part[1] is not None)
    except ValueError as error:
        raise UnclosedBrace(text) from error


def _written(literal: str, name: str | None, form: str | None, conversion: str | None) -> str:
    return f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"


def unknown(text: str, names: Collection[str]) -> tuple[str, ...]:
    """What a text has in braces that is no name of ``names``."""
    return tuple(name for name in named(text) if name not in names)


def absent(kind: Kind, wording: Wording) -> tuple[str, ...]:
    """The names that the kind's paragraphs must have and these have not, in the kind's order."""
    said = {name for text in wording.paragraphs for name in named(text)}
    return tuple(name for name in kind.required if name not in said)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables' values; what stands in a value is never read as a variable.

    A value that ends a sentence itself, as "Ltda." does, gets no second full stop.
    """
    made = ""
    value = ""
    for literal, name, _, _ in string.Formatter().parse(text):
        ended = value.rstrip().endswith((".", "!", "?", "…")) and literal.startswith(".")
        made += literal[1:] if ended else literal
        value = values[name] if name is not None else ""
        made += value
    return made


def filled_all(texts: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The texts filled in, without those that came out empty."""
    made = (filled(text, values).strip() for text in texts)
    return tuple(text for text in made if text)


def worded(kind: Kind, wording: Wording, values: Mapping[str, str]) -> Wording:
    """The words as they are sent: the wording filled in, and what the law fixes after it.

    KeyError when a variable of the kind has no value, whether or not the words name it: somebody may edit
    them into naming it.
    """
    if missing := kind.names - values.keys():
        raise KeyError(f"{kind.id}: {', '.join(sorted(missing))}")
    texts = filled_all((*wording.paragraphs, *kind.fixed), values)
    paragraphs = (part.strip() for text in texts for part in text.split("\n\n"))
    return Wording(filled(wording.subject, values), tuple(part for part in paragraphs if part))
