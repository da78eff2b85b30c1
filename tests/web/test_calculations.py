"""Indices and calculations over HTTP: a table is loaded, seen, checked; a missing month is said first."""

from __future__ import annotations

import re

from models import Attendance
from models.rules.case_machine import State
from tests.services.parties import make_parties
from tests.web.browser import SignIn

TABLE = '"data";"Série"\n"01/01/2026";"1,00"\n"01/03/2026";"-0,50"\n"Fonte";"Teste"'
SERIES = {"code": "ipca", "name": "IPCA", "source": "Valores de teste"}


async def test_a_table_is_loaded_checked_and_what_it_lacks_is_said(enter: SignIn) -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    helena = await enter(people.coordinator)
    marina = await enter(people.attendant)
    page = await (await helena.get("/calculos/indices?serie=ipca")).get_data(as_text=True)
    assert 'value="ipca"' in page, "what is known of a series need not be typed"
    wrong = await helena.post("/calculos/indices", {**SERIES, "text": f"{TABLE}\nnada"})
    assert (wrong.status_code, "Linha 5: escreva" in await wrong.get_data(as_text=True)) == (422, True)
    assert (await helena.post("/calculos/indices", {**SERIES, "text": TABLE})).status_code == 303
    page = await (await helena.get("/calculos/indices")).get_data(as_text=True)
    assert len(re.findall('<rect class="part-rate"', page)) == 2
    for said in ("a conferir", "Faltam meses no meio da série", "02/2026", "-0,50%"):
        assert said in page

    typed = {"charges": "10/01/2026 100,00", "until": "2026-04-02", "doubled": "1", "series": "ipca"}
    await marina.get("/calculos")
    page = await (await marina.post("/calculos", typed)).get_data(as_text=True)
    for said in ("O total não está completo", "02/2026", "ainda não foram conferidos", "part-doubled"):
        assert said in page
    assert (await marina.post("/calculos/indices/ipca/conferir")).status_code == 403
    assert (await helena.post("/calculos/indices/ipca/conferir")).status_code == 303
    page = await (await marina.post("/calculos", typed)).get_data(as_text=True)
    assert "ainda não foram conferidos" not in page
    twice = await marina.post("/calculos", {**typed, "rates": "ipca", "percent": "1", "since": "2026-02-01"})
    page = await twice.get_data(as_text=True)
    assert (twice.status_code, "não os dois" in page) == (422, True)
    assert '<option value="ipca" selected>' in page
    await marina.post(
        "/atendimentos", {"channel": "counter", "name": "Bia", "question": "Cobraram seguro que não pedi."}
    )
    asked = await Attendance.get()
    way = f"/atendimentos/{asked.id}"
    assert f"/calculos?atendimento={asked.id}" in await (await marina.get(way)).get_data(as_text=True)
    answered = await marina.post("/calculos", {**typed, "attendance": str(asked.id), "do": "answer"})
    assert (answered.status_code, answered.headers["Location"]) == (303, way)
    page = await (await marina.get(way)).get_data(as_text=True)
    for said in (
        "Cobrança indevida: R$ 200,99 em 02/04/2026.",
        "Pago em 10/01/2026: R$ 100,00",
        "A resposta do Procon",
    ):
        assert said in page.replace("\xa0", " ")
    late = await marina.post("/calculos", {**typed, "attendance": str(asked.id), "do": "answer"})
    assert late.status_code == 409

    await marina.get("/calculos/parcelas")
    page = await (
        await marina.post("/calculos/parcelas", {"amount": "1.000,00", "count": "12", "rate": "2"})
    ).get_data(as_text=True)
    assert len(re.findall('<rect class="part-', page)) == 24
