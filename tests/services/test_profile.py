"""A municipality's profile: what it switches, and how wrong values are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.profile_lines import line_of
from app.settings import PROFILES, SettingsError, load_profile

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
    with pytest.raises(SettingsError, match=r"at line \d+"):
        load_profile(profile(tmp_path, HOLD, "hold_when_party_drops = sim"))


def test_a_line_is_found_by_table_and_key() -> None:
    text = "[one]\nkey = 1\n[two]\n\nkey = 2\n"
    assert [line_of(text, name) for name in ("one.key", "two.key", "two", "two.other", "three.key")] == [
        2,
        5,
        3,
        3,
        None,
    ]


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
