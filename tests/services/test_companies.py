"""Companies: look-up as people type, the register, and inviting who speaks for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.services import companies, company_addresses
from app.services.companies import CompanyForm, Invitation
from models import Company, Job, Power, Representation, User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from tests.factories.people import NOW, make_agent, make_user, viewer_of
from tests.services.parties import TODAY

pytestmark = pytest.mark.usefixtures("database")

FORM = CompanyForm("12.abc.345/01de-35", "Eletrônicos São José Ltda.", "Eletro São José", "sac@ele.example")


async def _staff(role: Role = Role.ATTENDANT) -> Viewer:
    return viewer_of(await make_user(role, cpf=None))


@pytest.mark.parametrize(
    "typed",
    ["eletronicos", "SAO JOSE", "são jos", "josé eletro", "12ABC345", "12.abc.345/01", "12abc34501de35"],
)
async def test_a_company_is_found_as_people_type_it(typed: str) -> None:
    number = await companies.create(await _staff(), FORM, now=NOW)
    hits = await companies.search(typed)
    assert [(hit.id, hit.name) for hit in hits] == [(number, "Eletro São José")]


@pytest.mark.parametrize("typed", ["", "e", "tronicos", "eletro maria", "%", "__", "' OR 1=1"])
async def test_what_is_not_there_is_not_found(typed: str) -> None:
    await companies.create(await _staff(), FORM, now=NOW)
    assert await companies.search(typed) == []


async def test_the_register_keeps_normal_forms_and_one_company_per_cnpj() -> None:
    staff = await _staff()
    await companies.create(staff, FORM, now=NOW)
    company = await Company.get()
    assert (company.cnpj, company.search[:19]) == ("12ABC34501DE35", "12abc34501de35 elet")
    with pytest.raises(Invalid) as caught:
        await companies.create(staff, FORM, now=NOW)
    assert caught.value.fields == {"cnpj": "cnpj_taken"}
    with pytest.raises(Invalid) as caught:
        await companies.create(staff, CompanyForm("1", "x", email="y", phone="z"), now=NOW)
    assert set(caught.value.fields) == {"cnpj", "legal_name", "email", "phone"}
    with pytest.raises(Refused):
        await companies.create(await _staff(Role.AUDITOR), FORM, now=NOW)


async def test_a_correction_keeps_the_cnpj_and_is_found_again() -> None:
    staff = await _staff()
    number = await companies.create(staff, FORM, now=NOW)
    await companies.change(number, staff, CompanyForm("ignored", "Casa Nova S.A."))
    assert [hit.cnpj for hit in await companies.search("casa")] == ["12ABC34501DE35"]
    assert await companies.search("eletro") == []


ADDRESS = {
    "cep": "88801-010",
    "street": "Rua Henrique Lage",
    "number": "267",
    "complement": "galpão 3",
    "district": "Comerciário",
    "city": "Criciúma",
    "uf": "SC",
}
WRITTEN = "Rua Henrique Lage, 267, galpão 3\nComerciário\n88801-010 Criciúma/SC"


async def test_an_address_is_whole_or_unknown_and_its_owner_corrects_it() -> None:
    staff = await _staff()
    for typed, wrong in (
        ({"street": "Rua A"}, {"cep", "number", "district", "city", "uf"}),
        (ADDRESS | {"cep": "888", "uf": "XX", "city": "x" * 81}, {"cep", "uf", "city"}),
    ):
        with pytest.raises(Invalid) as caught:
            await companies.create(staff, replace(FORM, address=typed), now=NOW)
        assert set(caught.value.fields) == wrong
    number = await companies.create(staff, replace(FORM, address=ADDRESS), now=NOW)
    assert str((await companies.file(number)).address) == WRITTEN

    company = await Company.get(id=number)
    owner, agent = await make_agent(company, power=Power.OWNER), await make_agent(company)
    moved = ADDRESS | {"number": "300", "complement": ""}
    change = company_addresses.change
    await change(number, viewer_of(owner, company), moved, today=TODAY)
    assert (await Company.get(id=number)).number == "300"
    with pytest.raises(Refused, match="owner_only"):
        await change(number, viewer_of(agent, company), ADDRESS, today=TODAY)
    with pytest.raises(NotFound):
        await change(number, viewer_of(await make_user(Role.COMPANY, cpf=None)), ADDRESS, today=TODAY)
    await Representation.filter(user_id=owner.id).update(valid_until=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="owner_only"):
        await change(number, viewer_of(owner, company), ADDRESS, today=TODAY)
    await change(number, staff, {}, today=TODAY)
    assert (await companies.file(number)).address is None


async def test_candidates_prefer_the_cnpj_to_the_name() -> None:
    staff = await _staff()
    first = await companies.create(staff, FORM, now=NOW)
    second = await companies.create(staff, CompanyForm("11.222.333/0001-81", "Eletro Outra"), now=NOW)
    assert [hit.id for hit in await companies.candidates("Eletro Outra", "12ABC34501DE35")] == [first]
    assert [hit.id for hit in await companies.candidates("outra", "")] == [second]


async def test_an_invited_person_gets_an_account_that_opens_with_nothing_yet() -> None:
    coordinator = await _staff(Role.COORDINATOR)
    number = await companies.create(coordinator, FORM, now=NOW)
    invitation = Invitation("Ana Preposta", " ANA@ele.example ", "agent", True, TODAY + timedelta(days=30))

    user_id = await companies.invite(number, coordinator, invitation, now=NOW, today=TODAY)

    user = await User.get(id=user_id)
    assert (user.role, user.email, user.cpf) == (Role.COMPANY, "ana@ele.example", None)
    link = await Representation.get(user_id=user_id)
    assert (link.power, link.may_settle, link.valid_until) == (Power.AGENT, True, TODAY + timedelta(days=30))
    letter = await Job.get()
    assert letter.payload["to"] == "ana@ele.example"
    speakers = (await companies.file(number)).speakers
    assert [(speaker.name, speaker.pending) for speaker in speakers] == [("Ana Preposta", True)]


async def test_a_second_invitation_changes_the_link_and_unlinking_ends_it() -> None:
    coordinator = await _staff(Role.COORDINATOR)
    number = await companies.create(coordinator, FORM, now=NOW)
    ana = Invitation("Ana Preposta", "ana@ele.example", "agent", True)
    user_id = await companies.invite(number, coordinator, ana, now=NOW, today=TODAY)
    again = Invitation("Ana Preposta", "ana@ele.example", "lawyer", False)
    later = NOW + timedelta(minutes=1)
    assert await companies.invite(number, coordinator, again, now=later, today=TODAY) == user_id
    assert (await Representation.get()).power is Power.LAWYER

    await companies.unlink(number, user_id, coordinator, now=later)
    assert not await Representation.exists()


async def test_only_a_coordinator_invites_and_never_an_account_of_another_kind() -> None:
    coordinator = await _staff(Role.COORDINATOR)
    number = await companies.create(coordinator, FORM, now=NOW)
    consumer = await make_user()
    with pytest.raises(Invalid) as caught:
        await companies.invite(
            number, coordinator, Invitation("Ana Silva", consumer.email, "agent", True), now=NOW, today=TODAY
        )
    assert caught.value.fields == {"email": "email_taken"}
    with pytest.raises(Refused):
        await companies.invite(
            number,
            await _staff(),
            Invitation("Ana Silva", "a@b.example", "agent", True),
            now=NOW,
            today=TODAY,
        )
    wrong = Invitation("", "x", "boss", True, TODAY - timedelta(days=1))
    with pytest.raises(Invalid) as caught:
        await companies.invite(number, coordinator, wrong, now=NOW, today=TODAY)
    assert set(caught.value.fields) == {"name", "email", "power", "valid_until"}
