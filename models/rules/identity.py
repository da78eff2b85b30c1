"""CPF, CNPJ, CEP, phone and protocol numbers: normalised to plain text, checked, and written for people.

CNPJ is alphanumeric since July 2026 (IN RFB 2.229/2024): twelve characters A-Z and 0-9 and two check
digits, so it is text, upper case, and never a number.
"""

from __future__ import annotations

import re

from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf


def normal_cpf(typed: str) -> str | None:
    """Eleven digits of a valid CPF, or None. Repeated digits pass the checksum but are nobody's."""
    digits = re.sub(r"[.\-\s]", "", typed)
    if len(set(digits)) == 1 or not stdnum_cpf.is_valid(digits):
        return None
    return digits


def normal_cnpj(typed: str) -> str | None:
    """Fourteen characters of a valid CNPJ, alphanumeric included, upper case; or None."""
    text = re.sub(r"[./\-\s]", "", typed).upper()
    if len(set(text)) == 1 or not stdnum_cnpj.is_valid(text):
        return None
    return text


def normal_cep(typed: str) -> str | None:
    """Eight digits of a postal code, or None."""
    digits = re.sub(r"[.\-\s]", "", typed)
    return digits if re.fullmatch(r"[0-9]{8}", digits) else None


def normal_phone(typed: str) -> str | None:
    """Ten or eleven digits with the area code, country code dropped; or None."""
    digits = re.sub(r"[^0-9]", "", typed)
    if len(digits) in (12, 13) and digits.startswith("55"):
        digits = digits[2:]
    return digits if re.fullmatch(r"[1-9]{2}[0-9]{8,9}", digits) else None


def e164(typed: str) -> str | None:
    """A mobile number as gateways want it (ITU-T E.164), or None: Brazilian with its area code, or with +.

    That a foreign number exists is not looked up: a code sent to it proves it (ADR 0076).
    """
    digits = re.sub(r"[^0-9]", "", typed)
    if typed.strip().startswith("+") and not digits.startswith("55"):
        return f"+{digits}" if re.fullmatch(r"[1-9][0-9]{7,14}", digits) else None
    national = normal_phone(typed)
    return f"+55{national}" if national and re.fullmatch(r"[1-9]{2}9[0-9]{8}", national) else None


def normal_email(typed: str) -> str | None:
    """A lower-case address with one @ and a dot in the domain, or None; the code by mail proves it."""
    text = typed.strip().lower()
    return text if len(text) <= 254 and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) else None


def written_cpf(digits: str) -> str:
    """``12345678909`` → ``123.456.789-09``; anything of another length stays as it is."""
    return _shaped(digits, "###.###.###-##")


def masked_cpf(digits: str) -> str:
    """``12345678909`` → ``***.456.789-**``: what the other side of a case may see."""
    return f"***.{digits[3:6]}.{digits[6:9]}-**" if len(digits) == 11 else "***"


def written_cnpj(text: str) -> str:
    """``12ABC34501DE35`` → ``12.ABC.345/01DE-35``; anything of another length stays as it is."""
    return _shaped(text, "##.###.###/####-##")


def written_cep(digits: str) -> str:
    """``88801000`` → ``88801-000``."""
    return _shaped(digits, "#####-###")


def written_phone(digits: str) -> str:
    """``48999990000`` → ``(48) 99999-0000``; ten digits are a fixed line."""
    return _shaped(digits, "(##) #####-####" if len(digits) == 11 else "(##) ####-####")


def _shaped(text: str, shape: str) -> str:
    if len(text) != shape.count("#"):
        return text
    characters = iter(text)
    return "".join(next(characters) if place == "#" else place for place in shape)


def in_territory(cep: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    """Whether a normal CEP lies in one of the municipality's ranges (both ends included)."""
    return any(first <= cep <= last for first, last in ranges)


def protocol_number(year: int, sequence: int) -> str:
    """A case's protocol: year, six-digit sequence and a modulo-11 check digit, as "2026.000123-2"."""
    body = f"{year:04d}{sequence:06d}"
    total = sum(int(digit) * weight for digit, weight in zip(reversed(body), range(2, 12), strict=True))
    check = (total * 10) % 11 % 10
    return f"{year:04d}.{sequence:06d}-{check}"
