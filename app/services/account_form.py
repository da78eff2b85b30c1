"""What a person types to get an account, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise

from models.rules.errors import Invalid
from models.rules.identity import normal_cep, normal_cpf, normal_email, normal_phone
from models.rules.postal import ADDRESS_FIELDS, STATES

PASSWORD_LEAST = 10
PASSWORD_MOST = 200
PASSWORD_DISTINCT = 5

_LENGTHS = {"name": 160, "street": 160, "number": 20, "complement": 80, "district": 80, "city": 80}
_NORMAL = {
    "cpf": (normal_cpf, "cpf_invalid"),
    "email": (normal_email, "email_invalid"),
    "phone": (normal_phone, "phone_invalid"),
    "cep": (normal_cep, "cep_invalid"),
}
_COMMON = frozenset(
    {"senha", "minhasenha", "password", "qwerty", "qwertyuiop", "asdfghjkl", "abc", "abcdefghij"}
    | {"mudar", "brasil", "criciuma", "criciúma", "procon", "consumidor", "teamo", "flamengo", "admin"}
)
"""What is left of much-used passwords without digits and signs."""


@dataclass(frozen=True)
class Contact:
    """Where a person lives and is called; every value is normal (digits only)."""

    phone: str
    cep: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    uf: str


@dataclass(frozen=True)
class Registration(Contact):
    """A person who asks for an account; the e-mail is in lower case."""

    name: str
    email: str
    cpf: str


_CONTACT = [field.name for field in fields(Contact)]


def read_contact(typed: Mapping[str, str]) -> Contact:
    """Telephone and address, checked; Invalid names every wrong field at once."""
    values, wrong = _read(typed, _CONTACT)
    if wrong:
        raise Invalid(wrong)
    return Contact(**values)


def read_registration(typed: Mapping[str, str]) -> Registration:
    """The registration and its passwords, checked; Invalid names every wrong field at once."""
    values, wrong = _read(typed, ["name", "cpf", "email", *_CONTACT])
    if "name" not in wrong and len(values["name"].split()) < 2:
        wrong["name"] = "name_invalid"
    wrong |= password_faults(typed, personal=(values["name"], values["email"], values["cpf"]))
    if not typed.get("accept"):
        wrong["accept"] = "must_accept"
    if wrong:
        raise Invalid(wrong)
    return Registration(**values)


def read_at_counter(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A citizen as an attendant types them, and what is wrong by field; an e-mail and a telephone if any.

    The values are columns of the account; without an address, ``email`` is empty.
    """
    given = ["email"] if typed.get("email", "").strip() else []
    given += ["phone"] if typed.get("phone", "").strip() else []
    names = [name for name in _CONTACT if name != "phone"]
    values, wrong = _read(typed, ["name", "cpf", *given, *names])
    if "name" not in wrong and len(values["name"].split()) < 2:
        wrong["name"] = "name_invalid"
    return {"phone": "", "email": "", **values}, wrong


def read_address(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A postal address that need not be known, and what is wrong by field: empty, or whole and right."""
    if not any(typed.get(name, "").strip() for name in ADDRESS_FIELDS):
        return dict.fromkeys(ADDRESS_FIELDS, ""), {}
    return _read(typed, ADDRESS_FIELDS)


def _read(typed: Mapping[str, str], names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The normal values of those fields, and what is wrong with them by field."""
    values = {name: typed.get(name, "").strip() for name in names}
    wrong = {name: "required" for name, value in values.items() if not value and name != "complement"}
    for name, most in _LENGTHS.items():
        if len(values.get(name, "")) > most:
            wrong[name] = "too_long"
    for name, (normal, code) in _NORMAL.items():
        if name not in values or name in wrong:
            continue
        found = normal(values[name])
        if found is None:
            wrong[name] = code
        else:
            values[name] = found
    if "uf" not in wrong and values["uf"] not in STATES:
        wrong["uf"] = "uf_invalid"
    return values, {name: wrong[name] for name in values if name in wrong}


def password_faults(typed: Mapping[str, str], *, personal: Iterable[str] = ()) -> dict[str, str]:
    """What is wrong with ``password`` and its repetition ``password_again``, by field.

    Length and not being guessable, as NIST SP 800-63B section 5.1.1.2 advises, and no rules of
    composition; ``personal`` are texts of the person that it must not be made of.
    """
    password = typed.get("password", "")
    if code := _weakness(password, personal):
        return {"password": code}
    if password != typed.get("password_again", ""):
        return {"password_again": "password_different"}
    return {}


def _weakness(password: str, personal: Iterable[str]) -> str | None:
    if len(password) < PASSWORD_LEAST:
        return "password_short"
    if len(password) > PASSWORD_MOST:
        return "password_long"
    folded = password.casefold()
    if any(part in folded for part in _parts(personal)):
        return "password_personal"
    letters = re.sub(r"[\W\d_]", "", folded)
    if len(set(folded)) < PASSWORD_DISTINCT or letters in _COMMON or _is_sequence(folded):
        return "password_common"
    return None


def _parts(personal: Iterable[str]) -> list[str]:
    """The words of the person's texts that are long enough to give a password away."""
    words = (word for text in personal for word in re.split(r"[\s@.\-_]+", text.casefold()))
    return [word for word in words if len(word) >= 4 and word not in ("gmail", "hotmail", "outlook")]


def _is_sequence(text: str) -> bool:
    """Each character follows the one before it, as in "1234567890" or "zyxwvutsrq"."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}
