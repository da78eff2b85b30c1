"""Standard texts: what may stand in braces, and how a text is filled in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import standard_texts
from models.rules.standard_texts import Medium, UnclosedBrace, filled, filled_all, named, unknown, worded

NAMES = ("consumer", "company")


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("{consumer} e {company}", ()),
        ("{consumidor}", ("consumidor",)),
        ("{agency.__class__}", ("agency.__class__",)),
        ("{consumer!r}", ("consumer!r",)),
        ("{consumer:>9999999}", ("consumer:>9999999",)),
        ("{}", ("",)),
        ("{0}", ("0",)),
        ("{{livre}}", ()),
    ],
)
def test_nothing_but_a_known_name_may_stand_in_braces(text: str, stray: tuple[str, ...]) -> None:
    assert unknown(text, NAMES) == stray


@pytest.mark.parametrize("text", ["Aos {consumer, abriu-se", "fecha }", "{"])
def test_braces_that_do_not_close_are_an_error(text: str) -> None:
    with pytest.raises(UnclosedBrace):
        named(text)


@given(st.text(), st.text())
def test_what_people_write_is_never_read_as_a_text_of_ours(name: str, company: str) -> None:
    values = {"consumer": name, "company": company}
    assert filled("{consumer}|{company}|{{x}}", values) == f"{name}|{company}|{{x}}"


def test_a_paragraph_that_comes_out_empty_is_left_out() -> None:
    assert filled_all(["Presente {consumer}.", "{company}"], {"consumer": "Ana", "company": " "}) == (
        "Presente Ana.",
    )


@pytest.mark.parametrize("kind", standard_texts.kinds().values(), ids=lambda kind: kind.id)
def test_every_original_names_only_what_is_explained_and_can_be_shown(kind: standard_texts.Kind) -> None:
    for text in (kind.original.subject, *kind.original.paragraphs, *kind.fixed):
        assert unknown(text, kind.names) == ()
    assert all(variable.meaning.endswith(".") and variable.sample for variable in kind.variables)
    assert len(kind.id) <= 40
    shown = worded(kind, kind.original, kind.samples)
    assert shown.subject or kind.medium is not Medium.LETTER
    assert shown.paragraphs
