"""The guided way in over the real tree and the real taxonomy."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services import guidance, taxonomy
from app.services.guidance import Stand, Unsound
from models import Problem
from models.rules.errors import NotFound
from models.rules.guide import Verdict
from tests.factories.people import NOW

TODAY = NOW.date()
OURS = ("empresa", "proprio", "moro", "protocolo")


@pytest.fixture
async def known(database: str) -> None:
    """The taxonomy is in the database."""
    await taxonomy.load(TODAY)


with_taxonomy = pytest.mark.usefixtures("known")


@with_taxonomy
async def test_every_way_through_ends_with_a_problem_or_with_who_else_can_help() -> None:
    ends: dict[Verdict, int] = {Verdict.COMPLAINT: 0, Verdict.ELSEWHERE: 0}
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        stand = await guidance.stand(waiting.pop(), TODAY)
        assert [one.path for one in stand.said] == [stand.path[:n] for n in range(len(stand.path))]
        if stand.ending is None:
            waiting += [(*stand.path, choice.code) for choice in stand.choices]
            continue
        ends[stand.ending.verdict] += 1
        assert stand.ending.todo, "nobody is sent away without being told where to"
        assert bool(stand.choices) == (stand.ending.verdict is Verdict.COMPLAINT)
    assert ends[Verdict.COMPLAINT] >= 6
    assert ends[Verdict.ELSEWHERE] >= 7


@with_taxonomy
async def test_every_problem_can_be_reached_and_says_what_to_bring() -> None:
    reached: set[str] = set()
    for area in (await guidance.stand(OURS, TODAY)).choices:
        for subject in (await guidance.stand((*OURS, area.code), TODAY)).choices:
            for leaf in (await guidance.stand((*OURS, area.code, subject.code), TODAY)).choices:
                done = await guidance.stand((*OURS, area.code, subject.code, leaf.code), TODAY)
                assert done.problem is not None
                assert len(done.bring) > 2, f"{leaf.code}: more than what everybody brings"
                assert not done.choices
                reached.add(done.problem.code)
    assert reached == set(await Problem.all().values_list("code", flat=True))


@with_taxonomy
async def test_what_to_bring_goes_from_the_general_to_the_special() -> None:
    done: Stand = await guidance.stand((*OURS, "FI", "FI02", "FI0201"), TODAY)
    assert done.bring[0].startswith("Nota fiscal")
    assert done.bring[-1].startswith("Extrato de empréstimos")
    assert "Fotos do produto, do rótulo e da validade" not in done.bring


@with_taxonomy
@pytest.mark.parametrize(
    "path",
    [
        ("nada",),
        ("trabalho", "mais"),
        ("trabalho", "FI"),
        ("empresa", "FI"),
        (*OURS, "XX"),
        (*OURS, "FI", "PR01"),
        (*OURS, "FI", "FI02", "FI0101"),
        (*OURS, "FI", "FI02", "FI0201", "FI0201"),
    ],
)
async def test_an_invented_path_is_not_found(path: tuple[str, ...]) -> None:
    with pytest.raises(NotFound):
        await guidance.stand(path, TODAY)


@with_taxonomy
async def test_a_problem_that_is_no_longer_chosen_is_not_offered() -> None:
    await Problem.filter(code="FI0201").update(valid_to=TODAY.replace(day=1))
    choices = (await guidance.stand((*OURS, "FI", "FI02"), TODAY)).choices
    assert "FI0201" not in {choice.code for choice in choices}
    assert await taxonomy.problem("FI0201", TODAY) is None


def test_a_file_with_faults_names_them(tmp_path: Path) -> None:
    file = tmp_path / "guide.toml"
    file.write_text(
        'start = "a"\n[question.a]\ntext = "?"\noptions = [{ code = "x", label = "X", to = "b" }]\n'
        "[ending]\n[bring]\n"
    )
    with pytest.raises(Unsound) as wrong:
        guidance.read(file)
    assert str(wrong.value).splitlines() == ["a: fewer than two answers", "b: does not exist"]
