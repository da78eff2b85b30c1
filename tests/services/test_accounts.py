"""Accounts: what is asked of a new one, who learns what, and how passwords change."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.adapters.passwords import FakePasswords
from app.adapters.push import Subscription
from app.services import accounts, codes, push_devices, sessions
from app.services.account_form import password_faults, read_registration
from models import Job, Session, User
from models.rules.errors import Invalid, Refused
from models.rules.people import Role
from tests.factories.people import NOW, make_user

SECRET = "s" * 64
PASSWORDS = FakePasswords()
CPF, OTHER_CPF = "52998224725", "11144477735"
TYPED = {
    "name": "Maria de Souza",
    "email": " Maria@Exemplo.com ",
    "cpf": "529.982.247-25",
    "phone": "(48) 99999-0000",
    "cep": "88801-500",
    "street": "Rua das Flores",
    "number": "S/N",
    "complement": "",
    "district": "Centro",
    "city": "Criciúma",
    "uf": "SC",
    "password": "girassol no quintal",
    "password_again": "girassol no quintal",
    "accept": "1",
}


def typed(**changes: str) -> dict[str, str]:
    return TYPED | changes


async def register(**changes: str) -> None:
    new = read_registration(typed(**changes))
    await accounts.register(new, await PASSWORDS.hash(TYPED["password"]), secret=SECRET, now=NOW)


async def letters_to(email: str) -> list[dict[str, Any]]:
    return [job.payload for job in await Job.all().order_by("id") if job.payload["to"] == email]


async def last_code(email: str) -> str:
    found = re.match(r"\d{6}", (await letters_to(email))[-1]["subject"])
    assert found
    return found[0]


def test_values_become_normal() -> None:
    new = read_registration(TYPED)
    assert (new.email, new.cpf, new.phone, new.cep) == (
        "maria@exemplo.com",
        CPF,
        "48999990000",
        "88801500",
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "Maria", "name_invalid"),
        ("name", "", "required"),
        ("name", "a b" * 60, "too_long"),
        ("cpf", "529.982.247-26", "cpf_invalid"),
        ("cpf", "111.111.111-11", "cpf_invalid"),
        ("email", "maria", "email_invalid"),
        ("phone", "999", "phone_invalid"),
        ("cep", "8880", "cep_invalid"),
        ("uf", "XX", "uf_invalid"),
        ("street", " ", "required"),
        ("accept", "", "must_accept"),
        ("password_again", "girassol no jardim", "password_different"),
    ],
)
def test_each_wrong_field_is_named(field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        read_registration(typed(**{field: value}))
    assert error.value.fields == {field: code}


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(Invalid) as error:
        read_registration({})
    assert set(error.value.fields) == {*TYPED} - {"complement", "password_again"}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("curta", "password_short"),
        ("x" * 201, "password_long"),
        ("aaaaaaaaaaaa", "password_common"),
        ("1234567890", "password_common"),
        ("9876543210", "password_common"),
        ("Senha12345!", "password_common"),
        ("souza-forever-1", "password_personal"),
        ("meu52998224725", "password_personal"),
    ],
)
def test_passwords_that_are_easy_to_guess(password: str, code: str) -> None:
    both = {"password": password, "password_again": password}
    assert password_faults(both, personal=("Maria de Souza", CPF)) == {"password": code}


async def test_registering_and_confirming(database: str) -> None:
    await register()
    user = await User.get()
    assert (user.role, user.email, user.email_confirmed_at) == (Role.CONSUMER, "maria@exemplo.com", None)
    code = await last_code(user.email)
    with pytest.raises(Refused, match="email_unconfirmed"):
        await accounts.sign_in(user.email, TYPED["password"], passwords=PASSWORDS)
    assert await accounts.confirm_email(user.email, code, secret=SECRET, now=NOW) == user.id
    assert await accounts.sign_in(user.email, TYPED["password"], passwords=PASSWORDS) == user.id
    with pytest.raises(Refused, match="code_wrong"):
        await accounts.confirm_email(user.email, code, secret=SECRET, now=NOW)


@pytest.mark.parametrize("changes", [{"cpf": OTHER_CPF}, {"email": "outra@exemplo.com"}])
async def test_a_known_person_is_told_by_letter_and_nothing_is_made(
    database: str, changes: dict[str, str]
) -> None:
    owner = await make_user(email="maria@exemplo.com", cpf=CPF)
    await register(**changes)
    assert await User.all().count() == 1
    (letter,) = await letters_to(owner.email)
    assert letter["path"] == "/entrar"
    assert await letters_to("outra@exemplo.com") == []


async def test_an_unconfirmed_account_gives_way(database: str) -> None:
    await register(email="intruso@exemplo.com")
    await register()
    assert [user.email for user in await User.all()] == ["maria@exemplo.com"]


async def test_a_staff_account_that_never_confirmed_does_not_give_way(database: str) -> None:
    staff = await make_user(Role.ATTENDANT, email="maria@exemplo.com", email_confirmed_at=None)
    await register()
    assert [user.id for user in await User.all()] == [staff.id]


async def test_wrong_password_unknown_and_disabled_are_told_alike(database: str) -> None:
    stored = await PASSWORDS.hash("girassol")
    await make_user(email="a@exemplo.com", password_hash=stored)
    await make_user(email="b@exemplo.com", password_hash=stored, disabled_at=NOW)
    for email, password in [
        ("a@exemplo.com", "x"),
        ("b@exemplo.com", "girassol"),
        ("c@exemplo.com", "girassol"),
    ]:
        with pytest.raises(Refused, match="sign_in_wrong"):
            await accounts.sign_in(email, password, passwords=PASSWORDS)


async def test_a_new_password_by_code_signs_out_everywhere(database: str) -> None:
    user = await make_user(email_confirmed_at=None)
    await sessions.start(user.id, now=NOW, address="", device="")
    subscription = Subscription("https://push.example/1", "p256dh", "auth")
    await push_devices.add(user.id, subscription, "Chrome", accepted=lambda _one: True, now=NOW)
    await accounts.send_code(user.email, codes.NEW_PASSWORD, secret=SECRET, now=NOW)
    code = await last_code(user.email)
    await accounts.new_password(
        user.email, code, await PASSWORDS.hash("girassol novo"), secret=SECRET, now=NOW
    )
    assert await accounts.sign_in(user.email, "girassol novo", passwords=PASSWORDS) == user.id
    assert await Session.all().count() == 0
    assert await push_devices.of_person(user.id) == ()
    assert len(await letters_to(user.email)) == 2


async def test_nobody_gets_a_code_without_an_account_that_can_use_it(database: str) -> None:
    confirmed = await make_user()
    disabled = await make_user(disabled_at=NOW)
    await accounts.send_code(confirmed.email, codes.CONFIRM_EMAIL, secret=SECRET, now=NOW)
    await accounts.send_code(disabled.email, codes.NEW_PASSWORD, secret=SECRET, now=NOW)
    await accounts.send_code("ninguem@exemplo.com", codes.NEW_PASSWORD, secret=SECRET, now=NOW)
    assert await Job.all().count() == 0


async def test_changing_the_password_keeps_this_browser_only(database: str) -> None:
    user = await make_user(password_hash=await PASSWORDS.hash("girassol"))
    here = await sessions.start(user.id, now=NOW, address="", device="")
    there = await sessions.start(user.id, now=NOW, address="", device="")
    current = await sessions.current(here, NOW)
    assert current is not None

    async def change(old: str) -> None:
        await accounts.change_password(
            user.id, old, "margarida", session_id=current.session_id, passwords=PASSWORDS, now=NOW
        )

    with pytest.raises(Invalid):
        await change("errada")
    assert await sessions.viewer_of(there, NOW)
    await change("girassol")
    assert await sessions.viewer_of(there, NOW) is None
    assert await sessions.viewer_of(here, NOW)
    assert await accounts.sign_in(user.email, "margarida", passwords=PASSWORDS) == user.id
