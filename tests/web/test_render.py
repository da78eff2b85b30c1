"""Templates: the frame of every page, the form's macros, and what may never stand in a page."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, UndefinedError
from quart import Quart, g

from app.profile import PROFILES
from app.profile_reading import load_profile
from app.web import render
from models.rules.people import Role, Viewer

FIELD = '{% from "components/form.html" import field, error_summary %}'


@pytest.fixture
def app() -> Quart:
    made = Quart("render_site", static_folder=None)
    render.install(made, profile=load_profile(PROFILES / "criciuma.toml"), csrf_token=lambda: "ficha")
    return made


def environment(app: Quart) -> Environment:
    found: Environment = app.extensions[render.EXTENSION]
    return found


async def test_the_frame_greets_who_is_signed_in(app: Quart) -> None:
    async with app.test_request_context("/"):
        anonymous = render.render("home/privacy.html")
        g.viewer = Viewer(7, Role.CONSUMER, "Ana <b>Souza</b>", "ana@example.com")
        person = render.render("home/privacy.html")
    assert 'href="/entrar"' in anonymous
    assert 'action="/sair"' in person
    assert "Ana &lt;b&gt;Souza&lt;/b&gt;" in person
    assert '<meta name="csrf-token" content="ficha">' in person


async def test_a_page_asks_for_nothing_that_the_policy_forbids(app: Quart) -> None:
    async with app.test_request_context("/"):
        page = render.render("home/index.html")
    scripts = re.findall(r"<script[^>]*>", page)
    assert all("src=" in tag or "application/json" in tag for tag in scripts)
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!www\.planalto|www\.consumidor)', page)


PAGES = sorted(
    path.relative_to(render.TEMPLATES).as_posix()
    for path in render.TEMPLATES.rglob("*.html")
    if path.parent.name != "mail"  # letters are not pages: mail programs read inline styles alone
)


@pytest.mark.parametrize("template", PAGES)
def test_every_template_is_well_formed_and_has_no_inline_style(app: Quart, template: str) -> None:
    environment(app).get_template(template)
    assert not re.search(r"\sstyle=", (render.TEMPLATES / template).read_text("utf-8"))


def test_a_name_that_is_missing_is_a_mistake(app: Quart) -> None:
    with pytest.raises(UndefinedError):
        environment(app).from_string("{{ nothing }}").render()


def test_an_error_is_linked_to_its_field(app: Quart) -> None:
    source = FIELD + '{{ error_summary(form) }}{{ field(form, "cpf", "CPF", type="cpf", hint="Só números") }}'
    form = {"values": {"cpf": '1"2'}, "errors": {"cpf": "CPF inválido."}}
    html = environment(app).from_string(source).render(form=form)
    assert '<a href="#campo-cpf">CPF inválido.</a>' in html
    assert 'id="campo-cpf"' in html
    assert 'aria-describedby="dica-cpf erro-cpf"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="1&#34;2"' in html


def test_a_password_never_comes_back(app: Quart) -> None:
    source = FIELD + '{{ field(form, "senha", "Senha", type="password") }}'
    form = {"values": {"senha": "segredo"}, "errors": {}}
    assert "segredo" not in environment(app).from_string(source).render(form=form)


def test_what_was_chosen_is_chosen_again(app: Quart) -> None:
    source = FIELD + (
        '{{ field(form, "a", "A", type="select", options=options) }}'
        '{{ field(form, "b", "B", type="radio", options=options) }}'
        '{{ field(form, "c", "C", type="checkboxes", options=options) }}'
    )
    form = {"values": {"a": 2, "b": "1", "c": ["1", "2"]}, "errors": {}}
    html = environment(app).from_string(source).render(form=form, options=[(1, "um"), (2, "dois")])
    assert re.findall(r'<option value="(\d)" selected', html) == ["2"]
    assert re.findall(r'type="radio"[^>]*value="(\d)" checked', html) == ["1"]
    assert re.findall(r'type="checkbox"[^>]*value="(\d)" checked', html) == ["1", "2"]
