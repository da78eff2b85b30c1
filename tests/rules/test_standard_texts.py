"""Standard texts: what may stand in braces, and how a text is filled in."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import standard_texts
from models.rules.standard_texts import (
    Medium,
    UnclosedBrace,
    Wording,
    absent,
    filled,
    filled_all,
    named,
    unknown,
    worded,
)

SERVICES = Path(__file__).parents[2] / "app" / "services"
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


@pytest.mark.parametrize(
    ("company", "said"),
    [("Eletro Ltda.", "A Eletro Ltda. Veja."), ("Eletro", "A Eletro. Veja."), ("Já!", "A Já! Veja.")],
)
def test_a_value_that_ends_a_sentence_gets_no_second_full_stop(company: str, said: str) -> None:
    assert filled("A {company}. Veja.", {"company": company}) == said


def test_a_paragraph_that_comes_out_empty_is_left_out() -> None:
    assert filled_all(["Presente {consumer}.", "{company}"], {"consumer": "Ana", "company": " "}) == (
        "Presente Ana.",
    )


def test_what_somebody_wrote_keeps_its_paragraphs_and_a_missing_value_is_no_letter() -> None:
    kind = standard_texts.kinds()["consultation_answered"]
    words = worded(kind, Wording("Oi", ("{answer}",)), {"number": "1", "answer": "Um.\nDois.\n\n\nTrês."})
    assert words.paragraphs == ("Um.\nDois.", "Três.")
    with pytest.raises(KeyError, match="answer"):
        worded(kind, Wording("Oi", ("Nada.",)), {"number": "1"})


@pytest.mark.parametrize("kind", standard_texts.kinds().values(), ids=lambda kind: kind.id)
def test_every_original_names_only_what_is_explained_and_can_be_shown(kind: standard_texts.Kind) -> None:
    for text in (kind.original.subject, *kind.original.paragraphs, *kind.fixed):
        assert unknown(text, kind.names) == ()
    assert all(variable.meaning.endswith(".") and variable.sample for variable in kind.variables)
    assert len(kind.id) <= 40
    shown = worded(kind, kind.original, kind.samples)
    assert shown.subject or kind.medium is not Medium.LETTER
    assert shown.paragraphs
    assert not absent(kind, kind.original)
    assert absent(kind, Wording(kind.original.subject, ("Nada.",))) == kind.required


SECURITY = {
    "account_confirm": "digits",
    "account_new_password": "digits",
    "code_to_sign": "digits",
    "code_to_accept": "digits",
    "hearing_set": "when",
    "summons": "code explanation",
    "summons_opening": "code explanation",
    "term_recounted": "day explanation",
    "documents_asked": "missing reason day explanation",
    "registration_refused": "cause reason next",
}


@pytest.mark.parametrize(("name", "variables"), SECURITY.items())
def test_no_editor_can_take_from_a_letter_what_it_is_for(name: str, variables: str) -> None:
    kind = standard_texts.kinds()[name]
    fixed = {name for text in kind.fixed for name in named(text)}
    assert set(variables.split()) <= fixed | set(kind.required)


def test_every_letter_is_a_standard_text_and_every_standard_text_is_used() -> None:
    written: set[str] = set()
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written.add(node.value)
            if isinstance(node, ast.Call):
                made = getattr(node.func, "id", getattr(node.func, "attr", ""))
                assert made != "Text" or path.name in {"letters.py", "text_preview.py"}, path.name
    of_minutes = {name for name, kind in standard_texts.kinds().items() if kind.medium is Medium.MINUTES}
    assert standard_texts.kinds().keys() - of_minutes <= written
