"""A company that nobody knew: notified by e-mail, in by the notice's code, then its representation proved."""

from __future__ import annotations

import re

import pytest

from app.demo.papers import bill
from models import Case, Delivery, DeliveryStep, Representation
from models.rules.case_machine import State
from tests.flows import chapters
from tests.flows.house import House, signed_in
from tests.flows.people import Person, people
from tests.flows.test_attendance import ANA, at_the_counter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

COMPANY, CNPJ = "Móveis do Vale Ltda.", "AB.12C.D34/EF56-02"
DESK, RUI = "sac@moveis.example", "rui@moveis.example"
SECRET = "cadeira azul de balanço"


async def notified(marina: Person, case: int) -> None:
    """The CIP goes to a company that is not in the register."""
    page = await marina.open(f"/casos/{case}/notificar")
    typed = {"company": "new", "legal_name": COMPANY, "cnpj": CNPJ, "email": DESK}
    page = await marina.send(page.form("/notificar"), **typed)
    assert page.path == f"/casos/{case}", page.faults()


async def code_of(post: Person) -> str:
    """The code in the letter that reached the company's desk."""
    page = await post.open((await post.letter(DESK, "Notificação do Procon")).path)
    found = re.search(r"/notificacao/([0-9A-Z-]+)", page.words)
    assert found
    return found[1]


async def first_password(rui: Person, post: Person) -> None:
    """Who never had an account makes a password by a code, and signs in."""
    await rui.fill("/senha/recuperar", email=RUI)
    code = await post.code(RUI, "nova senha")
    await rui.send(rui.page.form(), email=RUI, code=code, password=SECRET, password_again=SECRET)
    assert rui.page.path == "/entrar", rui.page.faults()
    await rui.signs_in(SECRET, RUI)


async def test_a_company_comes_in_by_the_code_and_proves_whom_it_speaks_for(house: House) -> None:
    async with people(house.url, "ana", "marina", "rui", "post") as (ana, marina, rui, post):
        await signed_in(marina, "marina")
        await signed_in(ana, "ana")
        case, other = await at_the_counter(marina), await at_the_counter(marina)
        await notified(marina, case)
        code = await code_of(post)

        page = await rui.open(f"/notificacao/{code}")
        for said in ("É obrigatório responder", "Até quando?", "E se eu não responder?", COMPANY):
            assert said in page.words
        assert "Ana" not in page.words, "the code alone tells nothing of the complaint"
        who = {"name": "Rui Sá", "email": RUI, "power": "agent"}
        page = await rui.send(page.form("/assumir#assumir"), cnpj="11.222.333/0001-81", **who)
        assert (page.status, page.faults()) == (
            422,
            ["Este CNPJ não é o da empresa notificada. Confira na notificação."],
        )
        assert ("name", "Rui Sá") in page.form("/assumir#assumir").filled({}), "what was typed is kept"
        async with house.database():
            assert (await Case.get(id=case)).state is State.NOTIFIED
        page = await rui.send(page.form("/assumir#assumir"), cnpj=CNPJ, **who)
        assert "Veja o seu e-mail" in page.words
        async with house.database():
            row = await Case.get(id=case)
            assert row.state is State.ACKNOWLEDGED, "who appears by the code is aware: the term runs"
            assert row.due_on is not None
            attempts = [(a.channel, a.status) for a in await Delivery.filter(notice__case_id=case)]
            assert ("email", "acknowledged") in attempts
            assert await DeliveryStep.filter(delivery__notice__case_id=case, note__contains="Rui Sá").exists()
        await post.letter(RUI, "Você assumiu um caso pela empresa")

        await first_password(rui, post)
        page = await rui.open(f"/casos/{case}")
        assert (page.status, page.offers("/resposta")) == (200, True)
        assert chapters.FACTS in page.words
        assert (await rui.open(f"/casos/{other}")).status == 404, "this case and no other"

        await rui.open(f"/casos/{case}")
        empty = await rui.send(rui.page.form("/representacao"))
        assert empty.status == 422
        await chapters.uploads(rui, "power", "carta de preposição.pdf", bill("Rui Sá", "Rua A, 1"))
        page = await rui.fill(f"/casos/{case}", "/representacao")
        assert page.path == f"/casos/{case}"
        assert not (await ana.open(f"/casos/{case}")).links("preposi"), "the consumer does not see it"

        page = await marina.open(f"/casos/{case}")
        form = next(f for f in ("/representacao/1", "/representacao/2") if page.offers(f))
        refused = await marina.send(page.form(form), verdict="refuse", claim_reason="")
        assert refused.status == 422
        await marina.fill(f"/casos/{case}", form, verdict="accept", may_settle="1")
        await post.letter(RUI, "Representação conferida")
        async with house.database():
            (speaks,) = await Representation.filter(user__email=RUI)
            assert (speaks.power, speaks.may_settle) == ("agent", True)

        answer = "O produto sai amanhã, e devolvemos o frete. Pedimos desculpas."
        await rui.fill(f"/casos/{case}", "/resposta", answer=answer)
        await post.letter(ANA, "respondeu")
        assert answer in (await ana.open(f"/casos/{case}")).words
        assert house.faults() == []
