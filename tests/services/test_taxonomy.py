"""The taxonomy's file and its table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.services import taxonomy
from models import Problem

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 11, 23)


async def test_the_delivered_file_has_the_seven_areas_and_loads_twice_without_a_change() -> None:
    await taxonomy.load(TODAY)
    first = await Problem.all().order_by("id").values()
    await taxonomy.load(TODAY)

    assert await Problem.all().order_by("id").values() == first
    assert 60 <= len(first) <= 90
    assert [area.name for area in await taxonomy.tree(TODAY)] == [
        "Alimentos",
        "Assuntos Financeiros",
        "Habitação",
        "Produtos",
        "Saúde",
        "Serviços Essenciais",
        "Serviços Privados",
    ]


async def test_a_problem_that_leaves_the_file_is_closed_and_one_that_comes_back_is_open(
    tmp_path: Path,
) -> None:
    file = tmp_path / "taxonomy.toml"

    def write(*problems: str) -> None:
        lines = ", ".join(f'["{code}", "Problema {code}"]' for code in problems)
        file.write_text(
            'valid_from = 2026-01-01\n[[area]]\nname = "Saúde"\n[[area.subject]]\nname = "Plano"\n'
            f"problems = [{lines}]\n",
            "utf-8",
        )

    write("SA0101", "SA0102")
    await taxonomy.load(TODAY, file)
    gone = await Problem.get(code="SA0102")
    write("SA0101")
    await taxonomy.load(TODAY, file)

    assert not await taxonomy.may_choose(gone.id, TODAY)
    assert await taxonomy.may_choose(gone.id, date(2026, 11, 22))
    assert [leaf.code for area in await taxonomy.tree(TODAY) for leaf in area.subjects[0].problems] == [
        "SA0101"
    ]

    write("SA0101", "SA0102")
    await taxonomy.load(TODAY, file)
    assert await taxonomy.may_choose(gone.id, TODAY)


async def test_a_problem_is_not_offered_before_its_first_day() -> None:
    await taxonomy.load(TODAY)
    assert await taxonomy.tree(date(2025, 12, 31)) == ()
