"""A municipality's profile: what it switches, and how wrong values are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.profile import PROFILES, SettingsError
from app.profile_lines import line_of
from app.profile_reading import load_profile

SHIPPED = (PROFILES / "criciuma.toml").read_text("utf-8")
HOLD = "hold_when_party_drops = true"


def profile(folder: Path, before: str, after: str) -> Path:
    """The profile that is shipped, with one change."""
    assert before in SHIPPED
    path = folder / "outro.toml"
    path.write_text(SHIPPED.replace(before, after, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "holds"), [(HOLD, True), (HOLD.replace("true", "false"), False), ("", True)]
)
def test_the_hold_is_switched_in_the_profile_and_on_unless_it_says_so(
    tmp_path: Path, written: str, holds: bool
) -> None:
    assert load_profile(profile(tmp_path, HOLD, written)).hearing.hold_when_party_drops is holds


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            HOLD,
            'hold_when_party_drops = "não"',
            "hearing.hold_when_party_drops: esperado true ou false, veio 'não'",
        ),
        (HOLD, "hold_when_party_drops = 1", "hearing.hold_when_party_drops: esperado true ou false, veio 1"),
        (HOLD, "hold_when_someone_drops = true", "hearing.hold_when_someone_drops: não existe esta chave"),
        (
            "slot_minutes = 40",
            'slot_minutes = "40"',
            "hearing.slot_minutes: esperado um número inteiro, veio '40'",
        ),
        ('state = "SC"', "state = 42", "agency.state: esperado um texto, veio 42"),
        ('ibge_code = "4204608"', 'ibge_code = "42"', "agency.ibge_code: '42' não tem sete algarismos"),
        (
            'timezone = "America/Sao_Paulo"',
            'timezone = "Criciuma"',
            "agency.timezone: 'Criciuma' não é",
        ),
        (
            'cep_ranges = [["88800000", "88819999"]]',
            'cep_ranges = [["88819999", "88800000"]]',
            "territory.cep_ranges: 88819999 a 88800000 não é uma faixa",
        ),
        (
            'links = ["residence", "relation"]',
            'links = ["moradia"]',
            "territory.links: 'moradia' não é um destes: residence, relation",
        ),
        ('name = "Unidade móvel"', 'nome = "Unidade móvel"', "offices[2].nome: não existe esta chave"),
        ("II = 0.0075188", 'II = "muito"', "fine.natures.II: esperado um número positivo, veio 'muito'"),
        ("minimum_ufir = 200", "minimum_ufir = 0", "fine.minimum_ufir: o mínimo é positivo"),
        ('subdivision = "SC"', 'subdivision = "XX"', "calendar.subdivision: 'XX' não é um estado de BR"),
        (
            'municipal_fixed = [["01-06", "Epifania"], ["12-04", "Santa Bárbara, padroeira"]]',
            'municipal_fixed = [["31-12", "Epifania"]]',
            "calendar.municipal_fixed: '31-12' não é um dia, como 12-04",
        ),
        (
            'municipal_movable = ["corpus-christi"]',
            'municipal_movable = ["pascoa"]',
            "calendar.municipal_movable: 'pascoa' não é um destes",
        ),
        (
            "days_before = [3, 1]",
            'days_before = ["3"]',
            "reminders.days_before: esperado uma lista",
        ),
        ("party_reschedules = 1", "party_reschedules = 1.5", "scheduling.party_reschedules: esperado um"),
        (
            "not_held_reschedules = 1",
            "not_held_reschedules = -1",
            "scheduling.not_held_reschedules: esperado de 0 a 10, veio -1",
        ),
        ("powers_before = [30, 7]", "powers_before = []", "reminders.powers_before: esperada uma lista"),
        ("undated_days = 30", "undated_days = 0", "reminders.undated_days: 0 não é um número positivo"),
        ("powers_before = [30, 7]", "power_days = 30", "reminders.power_days: não existe esta chave"),
        ("max_files_per_case = 40", "max_files_per_case = 0", "uploads.max_files_per_case: 0 não é"),
        (
            'roles = ["mediator", "coordinator"]',
            'roles = ["juiz"]',
            "recording.roles: 'juiz' não é",
        ),
        ("opens = 08:00:00", "opens = 8", "hearing.opens: esperado uma hora, como 08:00:00, veio 8"),
        (
            "keep_connections_days = 1825",
            "keep_connections_days = 0",
            "hearing.keep_connections_days: 0 não é",
        ),
    ],
)
def test_a_wrong_value_is_told_with_file_line_and_key(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    path = profile(tmp_path, before, after)
    line = 1 + path.read_text("utf-8").split(after)[0].count("\n")
    with pytest.raises(SettingsError) as caught:
        load_profile(path)
    assert str(caught.value).startswith(f"Perfil {path}, linha {line}: {said}")


def test_a_missing_value_is_told_with_the_line_of_its_table(tmp_path: Path) -> None:
    path = profile(tmp_path, "slot_minutes = 40\n", "")
    line = path.read_text("utf-8").splitlines().index("[hearing]") + 1
    with pytest.raises(SettingsError, match=f"linha {line}: hearing.slot_minutes: falta"):
        load_profile(path)


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = profile(tmp_path, HOLD, "hold_when_party_drops = sim")
    line = path.read_text("utf-8").splitlines().index("hold_when_party_drops = sim") + 1
    with pytest.raises(SettingsError, match=f"linha {line}: não é TOML válido"):
        load_profile(path)


@pytest.mark.parametrize(
    ("table", "said"),
    [("appeal", "appeal: falta esta tabela"), ("terms.triage", "terms.triage: falta o prazo deste ato")],
)
def test_a_missing_table_is_told(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_profile(profile(tmp_path, f"[{table}]", "[sobra]"))


def test_a_text_of_the_municipality_may_name_only_its_variables(tmp_path: Path) -> None:
    end = "max_files_per_case = 40\n"
    own = '[texts.registration_submitted]\nparagraphs = ["Olá, {consumer}."]\n'
    found = load_profile(profile(tmp_path, end, end + own)).texts["registration_submitted"]
    assert (found.subject, found.paragraphs) == ("Recebemos o seu cadastro", ("Olá, {consumer}.",))
    for wrong, said in (
        (
            own.replace("{consumer}", "{cpf}"),
            r"texts.registration_submitted.paragraphs: não existe a",
        ),
        (own.replace("_submitted", "_perdido"), r"texts.registration_perdido: não existe este texto padrão"),
    ):
        with pytest.raises(SettingsError, match=said) as caught:
            load_profile(profile(tmp_path, end, end + wrong))
        assert "linha " in str(caught.value)


def test_what_is_to_be_confirmed_is_known_by_line() -> None:
    marked = load_profile(PROFILES / "criciuma.toml").unconfirmed
    lines = SHIPPED.splitlines()
    assert marked
    assert all("[conferir]" in lines[number - 1] and said for number, said in marked)


def test_a_line_is_found_by_table_and_key() -> None:
    text = "[one]\nkey = 1\n[two]\n\nkey = 2\n[[list]]\nkey = 3\n[[list]]\nkey = 4\n"
    names = ("one.key", "two.key", "two", "two.other", "three.key", "list[2].key", "list[1].other", "list")
    assert [line_of(text, name) for name in names] == [2, 5, 3, 3, None, 9, 6, 6]


def test_the_logo_is_a_picture_beside_the_profile(tmp_path: Path) -> None:
    named = 'logo = "criciuma.svg"'
    assert load_profile(profile(tmp_path, named, named)).logo.startswith("<svg")
    (tmp_path / "marca.svg").write_text("<svg/>", "utf-8")
    assert load_profile(profile(tmp_path, named, 'logo = "marca.svg"')).logo == "<svg/>"
    assert load_profile(profile(tmp_path, named, "")).logo == ""
    (tmp_path / "marca.svg").write_text("GIF89a", "utf-8")
    for name in ("marca.svg", "nenhuma.svg"):
        with pytest.raises(SettingsError, match=r"documents\.logo"):
            load_profile(profile(tmp_path, named, f'logo = "{name}"'))
