"""The tree of the guided way in: what makes one sound, and how it is walked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.guide import Ending, Guide, Option, Question, UnknownAnswer, Verdict, faults

YES = Ending("yes", Verdict.COMPLAINT, "Sim", "Porque sim.")
NO = Ending("no", Verdict.ELSEWHERE, "Não", "Porque não.", ("Vá ali.",))


def question(name: str, **ways: str) -> Question:
    return Question(name, f"{name}?", tuple(Option(code, code.title(), to) for code, to in ways.items()))


def tree(*questions: Question, start: str = "a", endings: tuple[Ending, ...] = (YES, NO)) -> Guide:
    return Guide(start, {q.id: q for q in questions}, {e.id: e for e in endings})


GUIDE = tree(question("a", x="b", y="no"), question("b", x="yes", z="no"))


def test_a_sound_tree_has_no_fault() -> None:
    assert faults(GUIDE) == []


def test_answers_lead_to_questions_and_endings_and_can_be_changed() -> None:
    assert GUIDE.walk([]).here is GUIDE.questions["a"]
    halfway = GUIDE.walk(["x"])
    assert (halfway.here, halfway.path) == (GUIDE.questions["b"], ("x",))
    ended = GUIDE.walk(["x", "z"])
    assert ended.here is NO
    assert [(one.question.id, one.option.code, one.path) for one in ended.answered] == [
        ("a", "x", ()),
        ("b", "z", ("x",)),
    ]
    assert GUIDE.walk(["y"]).here is NO, "two ways may meet"


@pytest.mark.parametrize("path", [["z"], ["x", "y"], ["y", "x"], ["x", "x", "x"], [""]])
def test_a_path_that_does_not_exist_is_refused(path: list[str]) -> None:
    with pytest.raises(UnknownAnswer):
        GUIDE.walk(path)


@given(st.lists(st.sampled_from(["x", "y", "z", "w"]), max_size=5))
def test_every_path_either_leads_on_or_is_refused(path: list[str]) -> None:
    try:
        place = GUIDE.walk(path)
    except UnknownAnswer:
        return
    assert list(place.path) == path
    assert place.here in (*GUIDE.questions.values(), *GUIDE.endings.values())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (tree(question("a", x="yes", y="nowhere"), endings=(YES,)), ["nowhere: does not exist"]),
        (tree(question("a", x="yes", y="a"), endings=(YES,)), ["a: leads back to itself"]),
        (tree(question("a", x="yes", y="yes")), ["no: nothing leads here"]),
        (tree(question("a", x="yes"), endings=(YES,)), ["a: fewer than two answers"]),
        (
            tree(Question("a", "a?", (Option("x", "X", "yes"), Option("x", "Y", "no")))),
            ["a: the same code twice"],
        ),
        (
            tree(question("a", x="b", y="no"), question("b", x="a", y="yes")),
            ["a: leads back to itself"],
        ),
    ],
)
def test_a_fault_is_named(wrong: Guide, said: list[str]) -> None:
    assert faults(wrong) == said
