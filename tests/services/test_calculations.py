"""Calculations as typed, the series they use, the report and the petition in a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.adapters.pdf import FakePdfMaker
from app.adapters.storage import FolderStorage
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import calculations, indices, petitions
from models import Case, CaseEvent, Document
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from tests.factories.people import NOW
from tests.services.parties import make_parties

pytestmark = pytest.mark.usefixtures("database")

PROFILE = load_profile(PROFILES / "criciuma.toml")
TODAY = date(2026, 11, 23)
CSV = "mes;percentual\n01/2026;1,00\n02/2026;2\n"
SOURCE = "IBGE, tabela de teste, consulta de hoje"


async def test_a_series_is_imported_and_a_charge_is_doubled_and_corrected() -> None:
    assert await indices.import_csv("INPC", "INPC", SOURCE, CSV, today=TODAY, now=NOW) == 2
    await indices.check("inpc", now=NOW)
    assert (await indices.monthly("inpc"))[0].checked
    again = "02/2026;2,0\n03/2026;-0,5"
    assert await indices.import_csv("inpc", "INPC", SOURCE, again, today=TODAY, now=NOW) == 3
    (series,) = await indices.all_series()
    assert (series.code, series.first, series.last) == ("inpc", date(2026, 1, 1), date(2026, 3, 1))
    assert not series.checked, "new values are to be checked anew"
    typed = {"charges": "10/01/2026 100,00\n\n15/02/2026; 50", "until": "2026-03-25", "doubled": "1"}
    found = await calculations.undue({**typed, "series": "inpc", "percent": "1,0", "since": "2026-02-10"})
    assert [line.corrected_cents for line in found.result.lines] == [20_604, 10_200]
    assert found.result.missing == ()
    assert any(SOURCE in line for line in found.method())
    assert found.unchecked == ("INPC",)
    with pytest.raises(NotFound):
        await indices.check("nada", now=NOW)


async def test_a_month_without_a_value_is_named_and_interest_may_come_from_a_series() -> None:
    await indices.import_csv(
        "taxa-legal", "Taxa legal", SOURCE, "01/2026;0,5\n03/2026;0,7", today=TODAY, now=NOW
    )
    typed = {
        "charges": "10/01/2026 100,00",
        "until": "2026-05-02",
        "rates": "taxa-legal",
        "since": "2026-01-10",
    }
    found = await calculations.undue(typed)
    assert (found.result.interest_cents, found.missing) == (120, "02/2026, 04/2026")
    assert "Meses sem valor carregado, contados como zero: 02/2026, 04/2026." in found.method()
    paper = calculations.report(found, profile=PROFILE, protocol="1", now=NOW).to_json()
    assert b'"missing":"02/2026, 04/2026"' in paper.replace(b": ", b":")
    with pytest.raises(Invalid) as caught:
        await calculations.undue({**typed, "percent": "1"})
    assert caught.value.fields == {"rates": "interest_twice"}


async def test_what_cannot_be_read_is_named_with_its_line() -> None:
    with pytest.raises(Invalid) as caught:
        await calculations.undue(
            {"charges": "10/01/2026 100,00\n31/02/2026 5", "until": "x", "percent": "101"}
        )
    assert caught.value.fields == {
        "charges": "charge_line",
        "until": "date_invalid",
        "percent": "percent_invalid",
        "since": "date_invalid",
    } or set(caught.value.fields) == {"charges", "until", "percent"}
    assert caught.value.facts["line"] == 2
    with pytest.raises(Invalid) as wrong:
        await indices.import_csv("!", "", "", "13/2026;1", today=TODAY, now=NOW)
    assert (set(wrong.value.fields), wrong.value.facts["line"]) == ({"code", "name", "source", "text"}, 1)


def test_a_loan_says_what_is_charged_too_much() -> None:
    found = calculations.loan({"amount": "1.000,00", "count": "3", "rate": "2", "charged": "400,00"})
    assert (found.paid_cents, found.over_cents) == (104_027, 15_973)
    assert calculations.loan({"amount": "10,00", "count": "3"}).interest_cents == 0
    with pytest.raises(Invalid) as caught:
        calculations.loan({"amount": "x", "count": "0", "rate": "-1", "charged": "y"})
    assert set(caught.value.fields) == {"amount", "count", "rate", "charged"}


async def test_report_and_petition_are_put_into_the_case(tmp_path: Path) -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    await Case.filter(id=people.case.id).update(sent_at=NOW, amount_cents=10_000)
    press = {
        "profile": PROFILE,
        "pdf": FakePdfMaker(),
        "storage": FolderStorage(tmp_path / "files", bytes(32)),
        "now": NOW,
    }
    found = await calculations.undue({"charges": "10/01/2026 100,00", "until": "2026-03-25"})
    sheet = await petitions.sheet(people.case.id, people.attendant)
    facts = "Comprei uma geladeira que nunca chegou, e a loja não devolve o dinheiro."

    await calculations.attach(people.case.id, people.attendant, found, **press)  # type: ignore[arg-type]
    await petitions.make(
        people.case.id,
        people.attendant,
        {**sheet.values, "facts": facts},
        **press,  # type: ignore[arg-type]
    )

    kinds = {row["kind"]: row["sides"] for row in await Document.all().values("kind", "sides")}
    assert kinds == {"calculation": "consumer,company,staff", "petition": "consumer,staff"}
    assert await CaseEvent.filter(name="document_ready").count() == 2
    with pytest.raises(Refused):
        await petitions.sheet(people.case.id, people.consumer)
    with pytest.raises(Invalid):
        await petitions.make(people.case.id, people.attendant, {"facts": "curto"}, **press)  # type: ignore[arg-type]
