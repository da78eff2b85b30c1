"""The taxonomy as the coordination keeps it, beside the program's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from app.services import guidance, taxonomy, taxonomy_editing
from models import Case, Problem, ProblemChange
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound
from models.rules.people import Role, Viewer
from models.rules.taxonomy import Change, GovGroup
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)
SCOOTER = {"area": "Produtos", "subject": "Patinetes", "label": "Bateria que não carrega"}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """A form that comes back with this code beside a field."""
    with pytest.raises(Invalid) as caught:
        yield
    assert list(caught.value.fields.values()) == [code]


async def helena() -> Viewer:
    await taxonomy.load(TODAY)
    return viewer_of(await make_user(Role.COORDINATOR, cpf=None))


def words(code: str, lines: list[taxonomy_editing.Line]) -> str:
    return next(line.label for line in lines if line.code == code)


async def test_what_is_added_gets_its_code_can_be_chosen_and_outlives_the_file() -> None:
    viewer = await helena()
    code = await taxonomy_editing.add(viewer, SCOOTER, today=TODAY, now=NOW)
    assert code == "PR0601", "a new subject of an area that is there"
    more = {**SCOOTER, "label": "Freio que falha"}
    assert await taxonomy_editing.add(viewer, more, today=TODAY, now=NOW) == "PR0602"
    new = {"area": "Mobilidade", "subject": "Bicicletas", "label": "Cobrança após a devolução"}
    assert await taxonomy_editing.add(viewer, new, today=TODAY, now=NOW) == "MO0101"
    with refused("problem_known"):
        await taxonomy_editing.add(viewer, SCOOTER, today=TODAY, now=NOW)

    await taxonomy.load(TOMORROW)

    assert await taxonomy.problem("PR0601", TOMORROW) is not None
    stand = await guidance.stand(("empresa", "proprio", "moro", "nao", "MO", "MO01", "MO0101"), TOMORROW)
    assert stand.problem is not None
    assert [(entry.code, entry.change) for entry in await taxonomy_editing.history()] == [
        ("MO0101", Change.ADDED),
        ("PR0602", Change.ADDED),
        ("PR0601", Change.ADDED),
    ]


async def test_a_renamed_problem_keeps_its_code_and_old_cases_keep_their_words() -> None:
    viewer = await helena()
    old = await Problem.get(code="FI0201")
    case = await make_case(State.UNDER_ANALYSIS, problem_id=old.id)
    wanted = {"name": "Consignado que não pedi", "valid_from": TOMORROW.isoformat()}

    await taxonomy_editing.rename(viewer, "FI0201", wanted, today=TODAY, now=NOW)

    assert await taxonomy.may_choose(old.id, TODAY)
    assert not await taxonomy.may_choose(old.id, TOMORROW)
    leaf = await taxonomy.problem("FI0201", TOMORROW)
    assert leaf is not None
    assert leaf.label == "Consignado que não pedi"
    kept = await Case.get(id=case.id).select_related("problem")
    assert kept.problem is not None
    assert kept.problem.label == "Empréstimo não contratado"
    line = next(line for line in await taxonomy_editing.lines() if line.code == "FI0201")
    assert (line.label, line.cases, line.edited) == ("Consignado que não pedi", 1, True)

    await taxonomy.load(TOMORROW)
    assert (await taxonomy.problem("FI0201", TOMORROW)) == leaf, "the file does not take it back"
    with refused("renamed_already"):
        await taxonomy_editing.rename(
            viewer, "FI0201", {**wanted, "name": "Outra vez"}, today=TOMORROW, now=NOW
        )


async def test_an_area_and_a_subject_are_renamed_with_all_that_is_in_them() -> None:
    viewer = await helena()
    later = {"valid_from": TOMORROW.isoformat()}
    inside = await Problem.filter(code__startswith="FI02").count()
    changed = await taxonomy_editing.rename(
        viewer, "FI02", {"name": "Consignado", **later}, today=TODAY, now=NOW
    )
    assert changed == inside
    subjects = {s.name for area in await taxonomy.tree(TOMORROW) for s in area.subjects}
    assert "Consignado" in subjects
    assert "Empréstimo consignado" not in subjects
    assert await taxonomy_editing.rename(viewer, "HA", {"name": "Moradia", **later}, today=TODAY, now=NOW) > 1
    assert "Moradia" in [area.name for area in await taxonomy.tree(TOMORROW)]
    assert "Habitação" in [area.name for area in await taxonomy.tree(TODAY)]


async def test_closed_is_closed_whatever_the_file_says_until_it_is_reopened() -> None:
    viewer = await helena()
    problem = await Problem.get(code="AL0101")
    with refused("day_past"):
        await taxonomy_editing.close(viewer, "AL0101", TODAY - timedelta(days=2), today=TODAY, now=NOW)
    await taxonomy_editing.close(viewer, "AL0101", TODAY, today=TODAY, now=NOW)
    await taxonomy.load(TOMORROW)
    assert not await taxonomy.may_choose(problem.id, TOMORROW)
    await taxonomy_editing.reopen(viewer, "AL0101", now=NOW)
    assert await taxonomy.may_choose(problem.id, TOMORROW)


async def test_the_map_to_the_federal_groups_is_delivered_and_edited() -> None:
    viewer = await helena()
    assert await Problem.filter(gov_group="").count() == 0
    assert set(await Problem.all().values_list("gov_group", flat=True)) <= set(GovGroup)
    wanted = {"gov_group": GovGroup.SERVICE, "gov_problem": "Demanda não resolvida"}
    await taxonomy_editing.map_to_gov(viewer, "AL0101", wanted, now=NOW)
    row = await Problem.get(code="AL0101")
    assert (row.gov_group, row.gov_problem) == (GovGroup.SERVICE, "Demanda não resolvida")
    with refused("choice_invalid"):
        await taxonomy_editing.map_to_gov(viewer, "AL0101", {"gov_group": "Outro"}, now=NOW)


async def test_a_csv_that_comes_back_as_it_went_changes_nothing_and_edited_lines_do() -> None:
    viewer = await helena()
    sent = await taxonomy_editing.export_csv()
    same = await taxonomy_editing.import_csv(viewer, "\ufeff" + sent, today=TODAY, now=NOW)
    assert same == taxonomy_editing.Imported(0, 0, 0, 0)
    assert not await ProblemChange.exists()

    text = sent.replace("Produto vencido ou estragado", "Alimento vencido")
    text = re.sub(r"(?m)^(AL0102;.*;2026-01-01;);", r"\g<1>2026-12-31;", text)
    text += ";Produtos;Patinetes;Bateria que não carrega;;;Vício de Qualidade;\r\n"
    done = await taxonomy_editing.import_csv(viewer, text, today=TODAY, now=NOW)
    assert (done.added, done.renamed, done.closed) == (1, 1, 1)
    assert words("AL0101", await taxonomy_editing.lines()) == "Alimento vencido"
    assert words("PR0601", await taxonomy_editing.lines()) == "Bateria que não carrega"


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("codigo;area", "code;area", "csv_heading", 1),
        (";Produto vencido ou estragado;", ";;", "csv_words", 2),
        ("AL0103;", "AL0103;;", "csv_columns", 4),
        ("AL0103;", "AL0999;", "csv_code", 4),
        ("AL0103;", "ZZ01;", "csv_code", 4),
    ],
)
async def test_a_wrong_line_is_named_and_nothing_is_entered(
    before: str, after: str, code: str, line: int
) -> None:
    viewer = await helena()
    sent = await taxonomy_editing.export_csv()
    text = sent.replace(before, after, 1).replace("Compra ou saque não", "Compra não", 1)
    rows = await Problem.all().order_by("id").values()
    with pytest.raises(Invalid) as caught:
        await taxonomy_editing.import_csv(viewer, text, today=TODAY, now=NOW)
    assert (caught.value.fields, caught.value.facts["line"]) == ({"text": code}, line)
    assert await Problem.all().order_by("id").values() == rows


async def test_only_the_coordination_edits() -> None:
    await helena()
    marina = viewer_of(await make_user(Role.ATTENDANT, cpf=None))
    with pytest.raises(NotFound):
        await taxonomy_editing.add(marina, SCOOTER, today=TODAY, now=NOW)
    with pytest.raises(NotFound):
        await taxonomy_editing.close(marina, "AL0101", TODAY, today=TODAY, now=NOW)
