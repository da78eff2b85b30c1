"""Standard texts: whose words are in force, and what becomes of versions."""

from __future__ import annotations

import pytest

from app import standard_texts as catalogue
from app.profile import PROFILES
from app.profile_reading import load_profile
from app.services import letters, standard_texts
from app.services.letter_face import face
from models import StandardText
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.people import Role
from models.rules.standard_texts import Wording
from tests.factories.people import NOW, make_user, viewer_of

pytestmark = pytest.mark.usefixtures("database")

KIND = catalogue.kinds()["registration_submitted"]
OURS = KIND.original.subject
CITY = {KIND.id: Wording("Palavras da cidade", ("Olá, {consumer}.",))}
MINE = Wording("Palavras da coordenação", ("Chegou, {consumer}.",))


async def subject() -> str:
    return (await letters.standard(KIND.id, {"consumer": "Ana"})).subject


async def test_the_coordinations_words_go_before_the_citys_and_those_before_ours() -> None:
    helena = viewer_of(await make_user(Role.COORDINATOR, cpf=None, name="Helena Costa"))
    assert await subject() == OURS
    await standard_texts.load(CITY, NOW)
    await standard_texts.load(CITY, NOW)
    assert await StandardText.all().count() == 1, "twice is once"
    assert await subject() == "Palavras da cidade"

    await standard_texts.save(helena, KIND, MINE, 1, now=NOW)
    await standard_texts.load({}, NOW)
    text = await letters.standard(KIND.id, {"consumer": "{Ana}"}, path="/casos/7", case=7)
    assert (text.subject, text.paragraphs) == ("Palavras da coordenação", ("Chegou, {Ana}.",))
    assert (text.button, text.path, text.case) == ("Acompanhar", "/casos/7", 7)

    desk = await standard_texts.desk(KIND.id, {})
    assert (desk.revision, desk.wording) == (3, MINE)
    await standard_texts.revert(helena, KIND, desk.revision, now=NOW)
    assert await subject() == OURS, "the city has taken its words back, too"
    versions = (await standard_texts.desk(KIND.id, {})).versions
    assert [(one.revision, one.author, one.reverted) for one in versions] == [
        (4, "Helena Costa", True),
        (3, "", True),
        (2, "Helena Costa", False),
        (1, "", False),
    ]


async def test_who_saves_upon_an_older_version_is_told_who_was_quicker() -> None:
    helena = viewer_of(await make_user(Role.COORDINATOR, cpf=None, name="Helena Costa"))
    clara = viewer_of(await make_user(Role.COORDINATOR, cpf=None, name="Clara"))
    await standard_texts.save(helena, KIND, MINE, 0, now=NOW)
    with pytest.raises(Conflict) as caught:
        await standard_texts.save(clara, KIND, MINE, 0, now=NOW)
    assert (caught.value.code, caught.value.facts["by"]) == ("wording_changed", "Helena Costa")
    marina = viewer_of(await make_user(Role.ATTENDANT, cpf=None))
    with pytest.raises(NotFound):
        await standard_texts.save(marina, KIND, MINE, 1, now=NOW)


@pytest.mark.parametrize(
    ("subject", "body", "fields"),
    [
        ("", "Oi.", {"subject": "required"}),
        ("Oi", " \n\n ", {"body": "required"}),
        ("Oi {cpf}", "Oi.", {"subject": "variable_unknown"}),
        ("Oi", "Oi {consumer.id}", {"body": "variable_unknown"}),
        ("Oi", "Oi {consumer", {"body": "braces_unclosed"}),
        ("O" * 151, "x" * 6001, {"subject": "too_long", "body": "too_long"}),
    ],
)
def test_what_cannot_be_sent_is_refused_by_field(subject: str, body: str, fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        standard_texts.read(KIND, subject, body)
    assert caught.value.fields == fields


def test_the_html_keeps_lines_and_amounts_whole_and_links_to_this_site_alone() -> None:
    text = letters.Text(
        "Oi", ("Pague R$ 1.234,50.\n<b>Ana</b> https://p.example/a?b=1&c=K7QX-M2WD. https://mau.example/x",)
    )
    profile = load_profile(PROFILES / "criciuma.toml")
    about = {
        "name": "Ana",
        "agency": profile.agency,
        "link": "",
        "now": "",
        "account": False,
        "unsubscribe": "",
    }
    html = face({"text": text, "site": "https://p.example", **about}).html
    assert '<span style="white-space:nowrap;">R$ 1.234,50</span>.<br>&lt;b&gt;Ana&lt;/b&gt; ' in html
    assert 'href="https://p.example/a?b=1&amp;c=K7QX-M2WD" ' in html
    assert "K7QX-M2WD</a>. https://mau.example/x" in html


def test_a_code_cannot_be_edited_out_of_its_letter() -> None:
    kind = catalogue.kinds()["account_new_password"]
    with pytest.raises(Invalid) as caught:
        standard_texts.read(kind, "{digits} é o código", "Digite o código que está no assunto.")
    assert caught.value.fields == {"body": "variable_absent"}
    assert caught.value.facts["absent"] == "{digits}"


def test_paragraphs_are_told_apart_by_an_empty_line() -> None:
    wording = standard_texts.read(KIND, "Oi", "Um\nsó.\r\n\r\n\r\n\r\nDois.")
    assert wording.paragraphs == ("Um só.", "Dois.")


async def test_what_the_law_fixes_goes_out_after_whatever_was_written() -> None:
    helena = viewer_of(await make_user(Role.COORDINATOR, cpf=None))
    kind = catalogue.kinds()["summons"]
    await standard_texts.save(helena, kind, Wording("Aviso", ("Prezados.",)), 0, now=NOW)
    words = await standard_texts.worded("summons", kind.samples)
    assert words.paragraphs[0] == "Prezados."
    assert len(words.paragraphs) == 1 + len(kind.fixed)
    assert any("A resposta é obrigatória" in text for text in words.paragraphs)


async def test_minutes_are_the_profiles_until_the_coordination_words_them() -> None:
    helena = viewer_of(await make_user(Role.COORDINATOR, cpf=None))
    texts = load_profile(PROFILES / "criciuma.toml").minutes
    assert await standard_texts.minutes("opening", texts["opening"]) == texts["opening"]
    kind = standard_texts.known("minutes_opening", texts)
    assert kind.original.paragraphs == texts["opening"]
    await standard_texts.save(helena, kind, Wording("", ("Abriu-se às {opened}.",)), 0, now=NOW)
    assert tuple(await standard_texts.minutes("opening", texts["opening"])) == ("Abriu-se às {opened}.",)
