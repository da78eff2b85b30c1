"""The JSON API: its document, and what each person gets from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart

from app.db import transaction
from app.services import casefile, taxonomy
from models import Case, Company, User
from models.rules.case_machine import State
from models.rules.people import Role
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user
from tests.web.browser import Browser

SignedIn = Callable[[User], Any]


async def get(browser: Browser, path: str, status: int = 200) -> Any:
    response = await browser.get(f"/api/v1{path}")
    assert response.mimetype == "application/json"
    assert response.status_code == status
    return await response.get_json()


async def test_the_document_describes_every_address_of_the_api_and_no_other(
    browser: Browser, site: Quart
) -> None:
    document = await get(browser, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    served = {
        rule.rule.replace("<int:case_id>", "{case_id}")
        for rule in site.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
    }
    assert set(document["paths"]) == served
    assert document["components"]["securitySchemes"]["session"]["in"] == "cookie"
    mine = document["paths"]["/api/v1/cases"]["get"]
    assert mine["security"] == [{"session": []}]
    assert mine["parameters"][0]["name"] == "after"
    schema = mine["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"items", "next"}


async def test_the_agency_and_the_taxonomy_are_public(browser: Browser) -> None:
    await taxonomy.load(NOW.date())
    assert (await get(browser, "/agency"))["city"] == "Criciúma"
    problems = (await get(browser, "/problems"))["items"]
    assert set(problems[0]) == {"code", "area", "subject", "label"}


@pytest.mark.parametrize("path", ["/me", "/cases", "/cases/1", "/cases/1/events", "/companies?q=loja"])
async def test_the_rest_asks_who_it_is(browser: Browser, path: str) -> None:
    assert (await get(browser, path, 401))["error"] == "unauthorized"


async def test_me(signed_in: SignedIn) -> None:
    company = await make_company()
    agent = await make_agent(company)
    assert await get(await signed_in(agent), "/me") == {
        "id": agent.id,
        "role": "company",
        "name": agent.name,
        "email": agent.email,
        "company_ids": [company.id],
    }


async def test_a_list_goes_on_by_key(signed_in: SignedIn) -> None:
    user = await make_user()
    made = [(await make_case(consumer=user, changed_at=NOW + timedelta(seconds=n))).id for n in range(53)]
    await make_case()
    browser = await signed_in(user)
    first = await get(browser, "/cases")
    assert first["items"][0]["state_label"] == "Aguardando triagem"
    response = await browser.raw("GET", "/api/v1/cases", query_string={"after": first["next"]})
    second = await response.get_json()
    assert [case["id"] for case in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


async def notified(company: Company) -> Case:
    return await make_case(State.NOTIFIED, company_id=company.id, notified_at=NOW, facts="Não entregou.")


async def test_a_case_is_for_its_people_only(signed_in: SignedIn) -> None:
    company = await make_company(trade_name="Loja Boa")
    case = await notified(company)
    owner = await User.get(id=case.consumer_id)
    both = {"accept_offer", "offer", "refuse_offer", "withdraw_offer", "write_message"}
    theirs = both | {"acknowledge", "answer"}
    for user, actions in ((owner, both), (await make_agent(company), theirs)):
        found = await get(await signed_in(user), f"/cases/{case.id}")
        assert (found["company"], found["facts"], found["state"]) == ("Loja Boa", "Não entregou.", "notified")
        assert sorted(found["actions"]) == sorted(actions)
        assert "cpf" not in found
    for stranger in (await make_user(), await make_agent(await make_company())):
        for path in (f"/cases/{case.id}", f"/cases/{case.id}/events"):
            assert (await get(await signed_in(stranger), path, 404))["error"] == "not_found"


async def test_an_event_of_others_is_a_bare_number(signed_in: SignedIn) -> None:
    company = await make_company()
    case = await notified(company)
    async with transaction():
        for name in ("complaint_sent", "company_notified"):
            await casefile.record(await casefile.opened(case.id, None), name, now=NOW)
    consumer = await signed_in(await User.get(id=case.consumer_id))
    agent = await signed_in(await make_agent(company))
    seen = await get(consumer, f"/cases/{case.id}/events")
    assert [event["name"] for event in seen["items"]] == ["complaint_sent", "company_notified"]
    seen = await get(agent, f"/cases/{case.id}/events")
    assert seen["items"][0] == {"seq": 1, "name": None, "text": None, "at": None, "facts": None}
    assert (seen["items"][1]["name"], seen["more"]) == ("company_notified", False)
    assert [e["seq"] for e in (await get(agent, f"/cases/{case.id}/events?after=1"))["items"]] == [2]
    assert (await get(agent, f"/cases/{case.id}/events?after=x", 400))["error"] == "bad_request"


async def test_companies_are_found_by_name(signed_in: SignedIn) -> None:
    found = await make_company(trade_name="Mercado Azul", search=" mercado azul")
    await make_company(search=" outra")
    browser = await signed_in(await make_user(Role.ATTENDANT))
    assert (await get(browser, "/companies?q=azul"))["items"] == [
        {"id": found.id, "name": "Mercado Azul", "cnpj": found.cnpj}
    ]
    assert (await get(browser, "/companies"))["items"] == []
