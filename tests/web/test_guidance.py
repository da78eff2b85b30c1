"""The guided way in, as a visitor and a citizen walk it, up to the complaint that knows its problem."""

from __future__ import annotations

from app.factory import Application
from app.services import registrations, taxonomy
from models import Case, Problem
from models.rules.case_machine import State
from tests.conftest import START
from tests.factories.people import NOW, make_user, viewer_of
from tests.web.browser import Browser
from tests.web.test_documents import signed_in
from tests.web.test_intake_pages import text_of

WAY = "empresa.proprio.moro.protocolo"
FOUND = f"/orientacao?r={WAY}.FI.FI02.FI0201"


def visitor(application: Application) -> Browser:
    return Browser(application.quart)


async def test_a_visitor_answers_question_after_question(application: Application) -> None:
    browser = visitor(application)
    await taxonomy.load(START.date())
    page = await text_of(await browser.get("/orientacao"))
    assert "Com quem você tem o problema?" in page
    assert 'href="/orientacao?r=empresa"' in page

    page = await text_of(await browser.get("/orientacao?r=empresa.proprio"))
    assert "O que liga o caso a Criciúma?" in page, "the city is the profile's"
    assert 'href="/orientacao?r=empresa"' in page, "the second answer can be changed"

    page = await text_of(await browser.get(f"/orientacao?r={WAY}"))
    assert "O Procon pode ajudar" in page
    assert "Assuntos Financeiros" in page

    page = await text_of(await browser.get("/orientacao?r=trabalho"))
    assert "Relação de trabalho não é com o Procon" in page
    assert "/casos/novo" not in page


async def test_an_address_that_was_typed_is_not_found_and_nothing_breaks(application: Application) -> None:
    browser = visitor(application)
    for typed in ("x", "empresa..proprio", "empresa.<b>", ".".join(["a"] * 40), "%C3%A9", "empresa.FI"):
        assert (await browser.get(f"/orientacao?r={typed}")).status_code == 404, typed


async def test_a_citizens_registration_begins_with_what_was_found(application: Application) -> None:
    await taxonomy.load(START.date())
    user = await make_user()
    browser = await signed_in(application, user)
    page = await text_of(await browser.get(FOUND))
    assert "Extrato de empréstimos do INSS ou contracheque" in page
    assert 'name="problem" value="FI0201"' in page

    await browser.post("/casos/novo", {"problem": "FI0201"})
    case = await Case.get(consumer_id=user.id).select_related("problem")
    assert case.problem is not None
    assert case.problem.code == "FI0201"

    await browser.post("/casos/novo", {"problem": "PR0301"})
    await case.refresh_from_db()
    chosen = await Problem.get(code="PR0301")
    assert (await Case.filter(consumer_id=user.id).count(), case.problem_id) == (1, chosen.id)

    await Case.filter(id=case.id).update(state=State.ACCEPTED)
    page = await text_of(await browser.get(f"/casos/{case.id}/reclamacao"))
    assert f'<option value="{chosen.id}" selected>' in page


async def test_a_visitors_browser_remembers_it_until_the_registration(application: Application) -> None:
    await taxonomy.load(START.date())
    seen = await visitor(application).get(FOUND)
    (cookie,) = [line for line in seen.headers.getlist("Set-Cookie") if line.startswith("procon_orientacao")]
    assert "HttpOnly" in cookie
    assert "Max-Age=604800" in cookie

    citizen = await signed_in(application, await make_user())
    citizen.keep("procon_orientacao", "FI0201")
    begun = await citizen.post("/casos/novo")
    case = await Case.get(id=int(begun.headers["Location"].split("/")[2])).select_related("problem")
    assert case.problem is not None
    assert case.problem.code == "FI0201"
    assert any(line.startswith("procon_orientacao=;") for line in begun.headers.getlist("Set-Cookie")), (
        "it is told once"
    )


async def test_an_invented_problem_begins_a_registration_about_nothing(application: Application) -> None:
    user = await make_user()
    browser = await signed_in(application, user)
    assert (await browser.post("/casos/novo", {"problem": "ZZ9999"})).status_code == 303
    assert (await Case.get(consumer_id=user.id)).problem_id is None
    assert await registrations.begin(viewer_of(user), NOW) == (await Case.get(consumer_id=user.id)).id
