"""The pages of accounts, as a person walks through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart

from app.adapters.clock import FakeClock
from app.adapters.mail import Attachment, Letter
from app.services.sessions import cookie_name
from models import Job, Session, User
from tests.factories.people import make_user
from tests.services.test_accounts import TYPED
from tests.web.browser import Browser
from tests.web.conftest import MakeSite

SignedIn = Callable[[User], Any]
COOKIE = cookie_name(secure=False)
EMAIL, PASSWORD = "maria@exemplo.com", TYPED["password"]


async def code_for(email: str) -> str:
    """The code in the newest letter to an address."""
    subjects = [
        job.payload["subject"] for job in await Job.all().order_by("-id") if job.payload["to"] == email
    ]
    found = re.match(r"\d{6}", subjects[0])
    assert found
    return found[0]


async def text(response: Any) -> str:
    return str(await response.get_data(as_text=True))


@pytest.fixture
async def registered(browser: Browser) -> Browser:
    """A browser that has just asked for an account."""
    response = await browser.fill("/cadastro", TYPED)
    assert response.headers["Location"] == "/cadastro/confirmar"
    return browser


@pytest.fixture
async def member(site: Quart) -> User:
    """A person with an account and a password."""
    return await make_user(email=EMAIL, password_hash=f"plain:{PASSWORD}")


async def test_from_the_form_to_being_signed_in(registered: Browser) -> None:
    page = await text(await registered.get("/cadastro/confirmar"))
    assert f'value="{EMAIL}"' in page
    response = await registered.post("/cadastro/confirmar", {"email": EMAIL, "code": await code_for(EMAIL)})
    assert response.headers["Location"] == "/painel"
    assert (await registered.get("/painel")).status_code == 200
    assert (await registered.get("/cadastro")).headers["Location"] == "/painel"


async def test_a_form_that_comes_back_keeps_everything_but_the_passwords(browser: Browser) -> None:
    response = await browser.fill("/cadastro", TYPED | {"cpf": "529.982.247-26", "name": '"><b>'})
    page = await text(response)
    assert response.status_code == 422
    assert page.count("Este CPF não é válido") == 2
    assert 'value="529.982.247-26"' in page
    assert "&#34;&gt;&lt;b&gt;" in page
    assert PASSWORD not in page
    assert await User.all().count() == 0


async def test_a_known_e_mail_gets_the_same_answer(member: User, browser: Browser) -> None:
    response = await browser.fill("/cadastro", TYPED)
    assert (response.status_code, response.headers["Location"]) == (303, "/cadastro/confirmar")
    assert await User.all().count() == 1
    assert (await Job.get()).payload["to"] == EMAIL


async def test_a_wrong_code_is_told_and_another_can_be_asked(registered: Browser, clock: FakeClock) -> None:
    first = await code_for(EMAIL)
    await registered.get("/cadastro/confirmar")
    wrong = await registered.post("/cadastro/confirmar", {"email": EMAIL, "code": "abc"})
    assert wrong.status_code == 422
    assert "Código incorreto" in await text(wrong)
    clock.advance(timedelta(minutes=1))
    again = await registered.post("/cadastro/confirmar/reenviar", {"email": EMAIL})
    assert again.headers["Location"] == "/cadastro/confirmar?reenviado=1"
    second = await code_for(EMAIL)
    if first != second:
        assert (
            await registered.post("/cadastro/confirmar", {"email": EMAIL, "code": first})
        ).status_code == 422
    right = await registered.post("/cadastro/confirmar", {"email": EMAIL, "code": second})
    assert right.status_code == 303


async def test_signing_in_before_confirming_leads_to_a_new_code(
    registered: Browser, clock: FakeClock
) -> None:
    clock.advance(timedelta(minutes=1))
    response = await registered.fill("/entrar", {"email": EMAIL, "password": PASSWORD})
    assert response.headers["Location"] == "/cadastro/confirmar"
    assert COOKIE not in registered.cookies()
    assert await Job.all().count() == 2


async def test_signing_in_and_out(member: User, browser: Browser) -> None:
    sent = {"email": EMAIL.upper(), "password": PASSWORD, "continuar": "/equipe?x=1"}
    response = await browser.fill("/entrar", sent)
    assert response.headers["Location"] == "/equipe?x=1"
    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith(f"{COOKIE}=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    token = browser.cookies()[COOKIE]

    await browser.get("/painel")
    assert (await browser.post("/sair")).headers["Location"] == "/entrar"
    assert COOKIE not in browser.cookies()
    browser.keep(COOKIE, token)
    assert (await browser.get("/painel")).status_code == 303


@pytest.mark.parametrize("target", ["https://mal.example", "//mal.example", "/\\mal.example"])
async def test_signing_in_never_leads_to_another_site(member: User, browser: Browser, target: str) -> None:
    sent = {"email": EMAIL, "password": PASSWORD, "continuar": target}
    assert (await browser.fill("/entrar", sent)).headers["Location"] == "/painel"


async def test_a_new_sign_in_ends_the_old_session(member: User, signed_in: SignedIn) -> None:
    browser = await signed_in(member)
    before = browser.cookies()[COOKIE]
    await browser.post("/entrar", {"email": EMAIL, "password": PASSWORD})
    assert browser.cookies()[COOKIE] != before
    assert await Session.all().count() == 1


async def test_wrong_password_and_unknown_account_look_the_same(member: User, browser: Browser) -> None:
    pages = []
    for email in (EMAIL, "outra@exemplo.com"):
        response = await browser.fill("/entrar", {"email": email, "password": "errada"})
        assert response.status_code == 422
        pages.append((await text(response)).replace(email, ""))
    assert pages[0] == pages[1]


async def test_guessing_is_stopped_for_known_and_unknown_alike(member: User, browser: Browser) -> None:
    for email in (EMAIL, "outra@exemplo.com"):
        sent = {"email": email, "password": "errada"}
        statuses = [(await browser.fill("/entrar", sent)).status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]
    response = await browser.fill("/entrar", {"email": EMAIL, "password": PASSWORD})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


async def test_a_forgotten_password(member: User, browser: Browser) -> None:
    response = await browser.fill("/senha/recuperar", {"email": EMAIL})
    assert response.headers["Location"] == "/senha/nova"
    new = {"email": EMAIL, "code": await code_for(EMAIL), "password": "margarida no vaso"}
    weak = await browser.fill("/senha/nova", new | {"password": "curta", "password_again": "curta"})
    assert weak.status_code == 422
    done = await browser.post("/senha/nova", new | {"password_again": new["password"]})
    assert done.headers["Location"] == "/entrar?senha=nova"
    assert "Entre com a nova senha" in await text(await browser.get("/entrar?senha=nova"))
    for password, status in ((PASSWORD, 422), (new["password"], 303)):
        response = await browser.fill("/entrar", {"email": EMAIL, "password": password})
        assert response.status_code == status


async def test_asking_a_new_password_does_not_tell_who_has_an_account(browser: Browser) -> None:
    response = await browser.fill("/senha/recuperar", {"email": "ninguem@exemplo.com"})
    assert response.headers["Location"] == "/senha/nova"
    assert await Job.all().count() == 0


async def test_the_account_page_and_its_browsers(member: User, signed_in: SignedIn, clock: FakeClock) -> None:
    here, there, elsewhere = [await signed_in(member) for _ in range(3)]
    clock.advance(timedelta(minutes=10))
    page = await text(await here.get("/conta"))
    assert page.count("Firefox, Linux") == 3
    assert page.count("este aparelho") == 1
    others = re.findall(r"/conta/aparelhos/(\d+)/sair", page)
    assert len(others) == 2

    assert (await here.post(f"/conta/aparelhos/{others[0]}/sair")).status_code == 303
    opened = [(await browser.get("/conta")).status_code for browser in (there, elsewhere)]
    assert sorted(opened) == [200, 303]
    stranger = await signed_in(await make_user())
    assert (await stranger.post(f"/conta/aparelhos/{others[1]}/sair")).status_code == 404

    assert (await here.post("/conta/aparelhos/sair")).headers["Location"] == "/entrar"
    assert await Session.filter(user_id=member.id).count() == 0


async def test_changing_the_password_from_the_account(member: User, signed_in: SignedIn) -> None:
    here, there = await signed_in(member), await signed_in(member)
    new = {"password": "margarida no vaso", "password_again": "margarida no vaso"}
    wrong = await here.post("/conta/senha", new | {"password_old": "errada"})
    assert wrong.status_code == 422
    assert "A senha atual não confere" in await text(wrong)
    done = await here.post("/conta/senha", new | {"password_old": PASSWORD})
    assert done.headers["Location"] == "/conta?senha=nova"
    assert "os outros aparelhos foram desconectados" in await text(await here.get("/conta?senha=nova"))
    assert (await there.get("/conta")).status_code == 303


async def test_the_demonstrations_post_exists_in_a_demonstration_only(
    browser: Browser, make_site: MakeSite
) -> None:
    assert (await browser.get("/desenvolvimento/correio")).status_code == 404
    demo = make_site(demo=True)
    mail = demo.extensions["procon"].mail
    await mail.send(_letter())
    reader = Browser(demo)
    page = await text(await reader.get("/desenvolvimento/correio"))
    name = re.search(r'/desenvolvimento/correio/(\d+\.eml)"', page)
    assert name
    letter = await text(await reader.get(f"/desenvolvimento/correio/{name[1]}"))
    assert "123456" in letter
    assert "<b>alto</b>" not in letter
    file = await reader.get(f"/desenvolvimento/correio/{name[1]}/anexos/0")
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''convite%C3%A7%C3%A3o.ics"
    assert file.mimetype == "application/octet-stream"
    for wrong in (f"{name[1]}/anexos/9", "999999999.eml", "..%2Fsecret-key", "x"):
        assert (await reader.get(f"/desenvolvimento/correio/{wrong}")).status_code == 404


def _letter() -> Letter:
    return Letter(
        to="maria@exemplo.com",
        subject="Seu código",
        text="O código é 123456. <b>alto</b>",
        message_id="<1@exemplo.com>",
        attachments=(Attachment("conviteção.ics", "text/calendar", b"BEGIN:VCALENDAR"),),
    )


async def test_telephone_and_address_are_the_persons_to_change(member: User, signed_in: SignedIn) -> None:
    browser = await signed_in(member)
    shown = await text(await browser.get("/conta/contato"))
    assert "Telefone e endereço" in shown
    new = {
        "phone": "(48) 99999-0000",
        "cep": "88801-000",
        "street": "Rua Nova",
        "number": "7",
        "complement": "",
        "district": "Centro",
        "city": "Criciúma",
        "uf": "SC",
    }
    wrong = await browser.post("/conta/contato", new | {"cep": "1", "street": ""})
    assert wrong.status_code == 422
    page = await text(wrong)
    assert "Informe um CEP com 8 números" in page
    assert 'value="7"' in page  # what was typed is kept
    done = await browser.post("/conta/contato", new)
    assert done.headers["Location"] == "/conta?contato=novo"
    page = await text(await browser.get("/conta?contato=novo"))
    assert "Rua Nova, 7, Centro" in page
    assert (await User.get(id=member.id)).cep == "88801000"
