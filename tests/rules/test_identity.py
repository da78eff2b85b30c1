"""CPF, alphanumeric CNPJ, CEP, phone, e-mail and protocol numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.identity import (
    in_territory,
    normal_cep,
    normal_cnpj,
    normal_cpf,
    normal_email,
    normal_phone,
    protocol_number,
)


def cnpj_digits(base: str) -> str:
    """IN RFB 2.229/2024: value = ord − 48, weights 2 to 9 from the right, modulo 11."""
    for _ in range(2):
        weights = [2 + index % 8 for index in range(len(base))]
        total = sum((ord(c) - 48) * w for c, w in zip(reversed(base), weights, strict=True))
        base += str(0 if total % 11 < 2 else 11 - total % 11)
    return base


@pytest.mark.parametrize("typed", ["529.982.247-25", "52998224725", " 529 982 247 25 "])
def test_valid_cpf(typed: str) -> None:
    assert normal_cpf(typed) == "52998224725"


@pytest.mark.parametrize("typed", ["529.982.247-24", "11111111111", "00000000000", "123", "", "5299822472a"])
def test_invalid_cpf(typed: str) -> None:
    assert normal_cpf(typed) is None


@pytest.mark.parametrize("typed", ["12.ABC.345/01DE-35", "12abc34501de35", "12ABC34501DE35"])
def test_alphanumeric_cnpj(typed: str) -> None:
    assert normal_cnpj(typed) == "12ABC34501DE35"


@pytest.mark.parametrize("typed", ["12ABC34501DE36", "00000000000000", "12ABC34501DEAB", "1234", ""])
def test_invalid_cnpj(typed: str) -> None:
    assert normal_cnpj(typed) is None


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=12, max_size=12))
def test_every_cnpj_with_right_digits_is_accepted(base: str) -> None:
    full = cnpj_digits(base)
    expected = None if len(set(full)) == 1 else full
    assert normal_cnpj(full) == expected
    wrong = full[:-1] + str((int(full[-1]) + 1) % 10)
    assert normal_cnpj(wrong) is None


def test_cep_and_territory() -> None:
    assert normal_cep("88801-500") == "88801500"
    assert normal_cep("8880-150") is None
    ranges = (("88800000", "88819999"),)
    assert in_territory("88800000", ranges)
    assert in_territory("88819999", ranges)
    assert not in_territory("88820000", ranges)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("(48) 99999-1234", "48999991234"),
        ("+55 48 3445-8500", "4834458500"),
        ("99999-1234", None),
        ("048 99999", None),
    ],
)
def test_phone(typed: str, normal: str | None) -> None:
    assert normal_phone(typed) == normal


def test_email() -> None:
    assert normal_email(" Ana@Exemplo.com.BR ") == "ana@exemplo.com.br"
    assert normal_email("ana@exemplo") is None
    assert normal_email("a na@exemplo.com") is None


@given(st.integers(1, 999_999), st.integers(0, 9))
def test_protocol_finds_a_mistyped_digit(sequence: int, digit: int) -> None:
    number = protocol_number(2026, sequence)
    assert number.startswith("2026.")
    assert len(number) == 13
    body, check = number[5:11], number[12]
    mistyped = body[:-1] + str(digit)
    if mistyped != body:
        other = protocol_number(2026, int(mistyped))
        # modulo 11 with the ten folded into nought misses at most the pair of remainders 0 and 10
        assert other[12] != check or check == "0"
