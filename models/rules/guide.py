"""The guided way in: a short tree of questions that ends with what is best to do.

The tree is data (``app/data/guide.toml``); what lies here says what a sound tree is and how it is walked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from models.rules.territory import Link


class Verdict(StrEnum):
    """Where a path through the tree ends."""

    COMPLAINT = "complaint"
    """A consumer matter of this agency: register it."""
    ELSEWHERE = "elsewhere"
    """A matter of another body (extra-Procon)."""


@dataclass(frozen=True)
class Option:
    """An answer: its code in the address, its words, and the question or ending it leads to.

    One with a ``link`` is there only where the municipality's rule admits that link.
    """

    code: str
    label: str
    to: str
    hint: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Question:
    """A question with at least two answers."""

    id: str
    text: str
    options: tuple[Option, ...]
    hint: str = ""


@dataclass(frozen=True)
class Ending:
    """What a path ends with: the verdict, why, and where to go or what to do."""

    id: str
    verdict: Verdict
    title: str
    why: str
    todo: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """A question that was answered; ``path`` are the answers before it, to change this one."""

    question: Question
    option: Option
    path: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a person is in the tree: what they answered, and the question or the ending that follows."""

    answered: tuple[Answered, ...]
    here: Question | Ending

    @property
    def path(self) -> tuple[str, ...]:
        """The codes of the answers so far."""
        return tuple(one.option.code for one in self.answered)


class UnknownAnswer(ValueError):
    """A path that this tree does not have: the address was typed, or the tree has changed since."""


@dataclass(frozen=True)
class Guide:
    """The tree: its first question, and all questions and endings by id."""

    start: str
    questions: Mapping[str, Question]
    endings: Mapping[str, Ending]

    def walk(self, answers: Sequence[str]) -> Place:
        """Follow ``answers`` from the start; UnknownAnswer where one does not exist."""
        here = self.at(self.start)
        answered: list[Answered] = []
        for code in answers:
            options = here.options if isinstance(here, Question) else ()
            option = next((one for one in options if one.code == code), None)
            if option is None or not isinstance(here, Question):
                raise UnknownAnswer(code)
            answered.append(Answered(here, option, tuple(answers[: len(answered)])))
            here = self.at(option.to)
        return Place(tuple(answered), here)

    def admitting(self, links: Collection[Link]) -> Guide:
        """The tree of a municipality that admits these links."""
        questions = {
            name: replace(
                question,
                options=tuple(one for one in question.options if one.link is None or one.link in links),
            )
            for name, question in self.questions.items()
        }
        return replace(self, questions=questions)

    def at(self, place: str) -> Question | Ending:
        """The question or ending of an id."""
        return self.questions[place] if place in self.questions else self.endings[place]


def faults(guide: Guide) -> list[str]:
    """What is wrong with a tree, a sentence each; an empty list for a sound one.

    Every answer leads somewhere that exists, no way leads back to where it came from, every question and
    ending can be reached, codes are unique within their question, and every question is a real choice.
    """
    found: list[str] = []
    reached: set[str] = set()
    _visit(guide, guide.start, (), reached, found)
    unreached = {*guide.questions, *guide.endings} - reached
    found += [f"{place}: nothing leads here" for place in unreached]
    for question in guide.questions.values():
        codes = [option.code for option in question.options]
        if len(codes) < 2:
            found.append(f"{question.id}: fewer than two answers")
        if len(set(codes)) < len(codes):
            found.append(f"{question.id}: the same code twice")
    return sorted(set(found))


def _visit(guide: Guide, place: str, way: tuple[str, ...], reached: set[str], found: list[str]) -> None:
    if place in way:
        found.append(f"{place}: leads back to itself")
        return
    reached.add(place)
    if place in guide.endings:
        return
    if place not in guide.questions:
        reached.discard(place)
        found.append(f"{place}: does not exist")
        return
    for option in guide.questions[place].options:
        _visit(guide, option.to, (*way, place), reached, found)
