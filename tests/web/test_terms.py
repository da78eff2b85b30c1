"""The simulator of terms, the calendar, and the panel that warns of a year nobody has looked through."""

from __future__ import annotations

from app.factory import Application
from models import CalendarDay
from models.rules.people import Role
from tests.factories.people import make_user
from tests.web.browser import ORIGIN, Browser
from tests.web.test_documents import PDF, signed_in
from tests.web.test_intake_pages import text_of

DECREE = {
    "kind": "optional",
    "first": "2026-12-24",
    "last": "2026-12-31",
    "name": "Recesso & férias",
    "decree": "Decreto 1.234/2026",
}


async def staff(application: Application, role: Role) -> Browser:
    return await signed_in(application, await make_user(role, cpf=None))


async def test_the_simulator_counts_and_says_why(application: Application) -> None:
    browser = await staff(application, Role.ATTENDANT)
    page = await text_of(await browser.get("/prazos?ato=proprio&dias=10&tipo=calendar&inicio=2026-11-24"))
    assert "04/12" in page, "the last day would be the patron saint's"
    assert "Vence em" in page
    assert 'datetime="2026-12-07"' in page

    page = await text_of(await browser.get("/prazos?ato=company_answer&inicio=2026-12-03"))
    assert "10 dias corridos, contados da ciência da notificação em 03/12/2026, sem incluir esse dia;" in page
    assert "04/12/2026 (Santa Bárbara, padroeira) é feriado e conta, porque os dias são corridos" in page

    page = await text_of(await browser.get("/prazos?ato=proprio&dias=0&tipo=business&inicio=ontem"))
    assert "Informe um dia entre um ano atrás e um ano adiante." in page
    assert 'value="ontem"' in page
    assert "Vence em" not in page


async def test_days_set_by_decree_move_terms_until_they_are_revoked(application: Application) -> None:
    browser = await staff(application, Role.COORDINATOR)
    asked = "/prazos?ato=proprio&dias=10&tipo=calendar&inicio=2026-12-17"
    assert 'datetime="2026-12-28"' in await text_of(await browser.get(asked))

    wrong = await browser.fill("/calendario", {**DECREE, "last": "2026-12-01"})
    assert wrong.status_code == 422
    assert "Recesso &amp; férias" in await text_of(wrong)

    sent = await browser.fill("/calendario", {**DECREE, "kind": "holiday"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/calendario?ano=2026")
    assert 'datetime="2027-01-04"' in await text_of(await browser.get(asked))
    entry = await CalendarDay.get(name=DECREE["name"])
    await browser.fill("/calendario?ano=2026", {}, f"/calendario/{entry.id}/revogar?ano=2026")
    assert 'datetime="2026-12-28"' in await text_of(await browser.get(asked))
    assert "Revogado" in await text_of(await browser.get("/calendario?ano=2026"))


async def test_the_coordinators_panel_warns_of_a_year_that_nobody_looked_through(
    application: Application,
) -> None:
    browser = await staff(application, Role.COORDINATOR)
    colleague = await staff(application, Role.ATTENDANT)
    for year in (2026, 2027):
        warning = f"O calendário de {year} ainda não foi conferido"
        assert warning in await text_of(await browser.get("/painel"))
        assert warning not in await text_of(await colleague.get("/painel"))
        await browser.fill(f"/calendario?ano={year}", {}, f"/calendario/confirmar?ano={year}")
    assert "ainda não foi conferido" not in await text_of(await browser.get("/painel"))


async def test_a_guest_sees_no_queues(application: Application) -> None:
    browser = await staff(application, Role.GUEST)
    page = await text_of(await browser.get("/painel"))
    assert "convidado de uma audiência" in page
    assert "na triagem" not in page


async def test_the_published_decree_is_kept_beside_its_days(application: Application) -> None:
    browser = await staff(application, Role.COORDINATOR)
    await browser.fill("/calendario", DECREE)
    entry = await CalendarDay.get()
    url = f"/calendario/{entry.id}/decreto"
    assert (await browser.get(url)).status_code == 404

    await browser.get("/calendario?ano=2026")
    headers = {"Origin": ORIGIN, "X-CSRF-Token": browser.token}
    for name in ("rascunho.pdf", "Decreto%201.234.pdf"):
        named = {**headers, "X-File-Name": name, "Content-Type": "application/octet-stream"}
        sent = await browser.raw("POST", url, headers=named, data=PDF)
        assert sent.status_code == 201
    assert (await sent.get_json())["filename"] == "Decreto 1.234.pdf"

    reader = await staff(application, Role.MEDIATOR)
    page = await text_of(await reader.get("/calendario?ano=2026"))
    assert f'href="{url}">Decreto 1.234.pdf' in page
    assert await (await reader.raw("GET", url)).get_data() == PDF
    assert (await reader.raw("DELETE", url, headers=headers)).status_code == 403

    assert (await browser.raw("DELETE", url, headers=headers)).status_code == 200
    assert (await browser.get(url)).status_code == 404


async def test_the_profile_is_shown_with_what_nobody_has_confirmed(application: Application) -> None:
    browser = await staff(application, Role.COORDINATOR)
    page = await text_of(await browser.get("/ajustes"))
    for words in (
        "Unidade móvel",
        "10 dias corridos",
        "REC × NAT + VA",
        "88800-000 a 88819-999",
        "linha ",
        "nenhum modelo",
    ):
        assert words in page
