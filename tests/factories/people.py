"""Accounts, companies and the links between them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from models import Company, Power, Representation, User
from models.rules.people import Role, Viewer

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
_number = itertools.count(1)


async def make_user(role: Role = Role.CONSUMER, **values: Any) -> User:
    """An account with a confirmed e-mail address; the password hash opens nothing."""
    n = next(_number)
    known: dict[str, Any] = {
        "role": role,
        "name": f"Pessoa {n}",
        "email": f"pessoa{n}@exemplo.com",
        "phone": "48999990000",
        "password_hash": "x",
        "email_confirmed_at": NOW,
        "created_at": NOW,
        "cep": "88801500",
        "street": "Rua das Flores",
        "number": str(n),
        "district": "Centro",
        "city": "Criciúma",
        "uf": "SC",
    }
    return await User.create(**(known | values))


async def make_company(**values: Any) -> Company:
    """A company; its CNPJ has the right form, not the right digits."""
    n = next(_number)
    known: dict[str, Any] = {
        "cnpj": f"{n:012d}00",
        "legal_name": f"Empresa {n} Ltda.",
        "search": f"empresa {n}",
        "email": f"empresa{n}@exemplo.com",
        "created_at": NOW,
    }
    return await Company.create(**(known | values))


async def make_agent(company: Company, *, may_settle: bool = True, power: Power = Power.AGENT) -> User:
    """A person who speaks for ``company``."""
    user = await make_user(Role.COMPANY, cpf=None)
    await Representation.create(company=company, user=user, power=power, may_settle=may_settle)
    return user


def viewer_of(user: User, *companies: Company) -> Viewer:
    """``user`` as the rules see them."""
    return Viewer(user.id, user.role, user.name, user.email or "", tuple(company.id for company in companies))
