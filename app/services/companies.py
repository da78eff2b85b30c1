"""Companies: look-up, the register that staff keeps, and the people who speak for each one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from app.db import transaction
from app.services import first_access, letters, standing
from app.services.account_form import read_address
from app.services.first_access import NO_PASSWORD
from app.services.letters import Text
from models import Case, Company, Paper, Power, Representation, User
from models.rules.case_machine import State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.identity import normal_cnpj, normal_email, normal_phone
from models.rules.people import Role, Viewer
from models.rules.postal import ADDRESS_FIELDS, PostalAddress, postal_address
from models.rules.representation import PaperAct, PaperState

PAGE = 50
_KEEPERS = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR})
_NAME_LIMIT = 160
NAMES_MAX = 20


@dataclass(frozen=True)
class CompanyHit:
    """A company as a look-up shows it; ``name`` is the trade name, or the legal one without it."""

    id: int
    name: str
    legal_name: str
    cnpj: str


@dataclass(frozen=True)
class CompanyForm:
    """A company as typed."""

    cnpj: str
    legal_name: str
    trade_name: str = ""
    email: str = ""
    phone: str = ""
    other_names: str = ""
    """One name a line."""
    address: Mapping[str, str] = field(default_factory=dict)
    """By ``models.rules.postal.ADDRESS_FIELDS``; empty for unknown."""


@dataclass(frozen=True)
class Speaker:
    """A person who speaks for a company; ``pending`` until they have set their password."""

    user_id: int
    name: str
    email: str
    power: Power
    may_settle: bool
    valid_until: date | None
    pending: bool


@dataclass(frozen=True)
class CompanyCase:
    """One line of a company's cases."""

    id: int
    protocol: str | None
    state: State
    changed_at: datetime


@dataclass(frozen=True)
class CompanyFile:
    """A company with its people and its newest cases, for staff."""

    id: int
    cnpj: str
    legal_name: str
    trade_name: str
    email: str
    phone: str
    other_names: tuple[str, ...]
    address: PostalAddress | None
    speakers: tuple[Speaker, ...]
    cases: tuple[CompanyCase, ...]

    @property
    def name(self) -> str:
        """How people call it."""
        return self.trade_name or self.legal_name


@dataclass(frozen=True)
class Invitation:
    """Whom a coordinator invites to speak for a company, as typed."""

    name: str
    email: str
    power: str
    may_settle: bool
    valid_until: date | None = None


def fold(text: str) -> str:
    """Lower case, no accents, letters and digits in words parted by one space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def search_text(cnpj: str, legal_name: str, trade_name: str, other_names: Sequence[str] = ()) -> str:
    """What ``Company.search`` holds: the CNPJ and the folded names, words parted by one space."""
    names = [fold(name) for name in (legal_name, trade_name, *other_names)]
    return " ".join([cnpj.lower(), *filter(None, names)])[:340]


async def search(typed: str, limit: int = 10) -> list[CompanyHit]:
    """Companies whose CNPJ begins with, or whose names have words that begin with, what was typed."""
    words = fold(typed).split()
    cnpj = re.sub(r"[./\-\s]", "", typed).upper()
    if len(cnpj) < 2 or not words:
        return []
    by_name = Q(*[Q(search__startswith=word) | Q(search__contains=f" {word}") for word in words[:6]])
    wanted = by_name | Q(cnpj__startswith=cnpj) if cnpj[0].isalnum() and len(cnpj) >= 4 else by_name
    return await _hits(Q(wanted), limit)


async def by_cnpj(cnpj: str) -> Company | None:
    """The company with this CNPJ; of a duplicate, the entry that stays."""
    found = await Company.get_or_none(cnpj=cnpj)
    while found is not None and found.merged_into_id is not None:
        found = await Company.get(id=found.merged_into_id)
    return found


async def candidates(name: str, cnpj: str) -> list[CompanyHit]:
    """The companies that a consumer may have meant: the one with that CNPJ, or some with that name."""
    known = await by_cnpj(cnpj) if cnpj else None
    if known is not None:
        return await _hits(Q(id=known.id), 1)
    return await search(name, 5)


async def page(typed: str = "", after: str = "") -> list[CompanyHit]:
    """The register in order of name, ``PAGE`` and one more; ``after`` is the last legal name shown."""
    if typed:
        return await search(typed, PAGE)
    return await _hits(Q(legal_name__gt=after), PAGE + 1)


async def _hits(wanted: Q, limit: int) -> list[CompanyHit]:
    found = await (
        Company.filter(wanted, merged_into_id=None)
        .order_by("legal_name", "id")
        .limit(limit)
        .values("id", "cnpj", "legal_name", "trade_name")
    )
    return [
        CompanyHit(row["id"], row["trade_name"] or row["legal_name"], row["legal_name"], row["cnpj"])
        for row in found
    ]


async def names(company_ids: Collection[int]) -> list[str]:
    """How people call these companies, in order of name."""
    found = await _hits(Q(id__in=list(company_ids)), len(company_ids)) if company_ids else []
    return [hit.name for hit in found]


async def file(company_id: int) -> CompanyFile:
    """One company with its people and its fifty newest cases; NotFound, of a duplicate too."""
    company = await Company.get_or_none(id=company_id, merged_into_id=None)
    if company is None:
        raise NotFound
    people = (
        await Representation.filter(company_id=company_id)
        .order_by("user__name", "id")
        .values(
            "user_id",
            "power",
            "may_settle",
            "valid_until",
            name="user__name",
            email="user__email",
            password="user__password_hash",  # noqa: S106 -- the name of a column
        )
    )
    cases = (
        await Case.filter(company_id=company_id)
        .order_by("-changed_at", "-id")
        .limit(PAGE)
        .values("id", "protocol", "state", "changed_at")
    )
    return CompanyFile(
        id=company.id,
        cnpj=company.cnpj,
        legal_name=company.legal_name,
        trade_name=company.trade_name,
        email=company.email,
        phone=company.phone,
        other_names=tuple(company.other_names.splitlines()),
        address=postal_address({name: getattr(company, name) for name in ADDRESS_FIELDS}),
        speakers=tuple(
            Speaker(
                row["user_id"],
                row["name"],
                row["email"],
                Power(row["power"]),
                bool(row["may_settle"]),
                row["valid_until"],
                pending=row["password"] == NO_PASSWORD,
            )
            for row in people
        ),
        cases=tuple(
            CompanyCase(row["id"], row["protocol"], State(row["state"]), row["changed_at"]) for row in cases
        ),
    )


async def create(viewer: Viewer, form: CompanyForm, *, now: datetime) -> int:
    """Enter a company into the register; answers its id.

    A CNPJ that is there already is the error ``cnpj_taken``: the person should choose that company.
    """
    async with transaction():
        return await created(viewer, form, now=now)


async def created(viewer: Viewer, form: CompanyForm, *, now: datetime) -> int:
    """The same inside the caller's transaction."""
    keeper(viewer)
    values = checked(form)
    if await Company.filter(cnpj=values["cnpj"]).exists():
        raise Invalid({"cnpj": "cnpj_taken"})
    company = await Company.create(**values, search=_search_of(values), created_at=now)
    return int(company.id)


async def change(company_id: int, viewer: Viewer, form: CompanyForm) -> None:
    """Correct a company's data; its CNPJ stays, since it names the company."""
    keeper(viewer)
    async with transaction():
        company = await Company.filter(id=company_id).select_for_update().get_or_none()
        if company is None:
            raise NotFound
        values = checked(replace(form, cnpj=company.cnpj))
        await Company.filter(id=company_id).update(**values, search=_search_of(values))


def keeper(viewer: Viewer) -> None:
    """Only those who work on cases keep the register."""
    if viewer.role not in _KEEPERS:
        raise Refused("not_yours")


def checked(form: CompanyForm) -> dict[str, Any]:
    """The normal form of what was typed; Invalid with every wrong field."""
    wrong: dict[str, str] = {}
    cnpj = normal_cnpj(form.cnpj)
    if cnpj is None:
        wrong["cnpj"] = "cnpj_invalid"
    legal_name = " ".join(form.legal_name.split())
    if not 2 <= len(legal_name) <= _NAME_LIMIT:
        wrong["legal_name"] = "name_invalid"
    trade_name = " ".join(form.trade_name.split())
    if len(trade_name) > _NAME_LIMIT:
        wrong["trade_name"] = "name_invalid"
    email = normal_email(form.email) if form.email else ""
    if email is None:
        wrong["email"] = "email_invalid"
    phone = normal_phone(form.phone) if form.phone else ""
    if phone is None:
        wrong["phone"] = "phone_invalid"
    other_names = [name for line in form.other_names.splitlines() if (name := " ".join(line.split()))]
    if len(other_names) > NAMES_MAX or any(len(name) > _NAME_LIMIT for name in other_names):
        wrong["other_names"] = "too_long"
    address, wrong_address = read_address(form.address)
    if wrong := wrong | wrong_address:
        raise Invalid(wrong)
    return {
        **address,
        "other_names": "\n".join(other_names),
        "cnpj": cnpj or "",
        "legal_name": legal_name,
        "trade_name": trade_name,
        "email": email or "",
        "phone": phone or "",
    }


def _search_of(values: dict[str, Any]) -> str:
    return search_text(
        values["cnpj"], values["legal_name"], values["trade_name"], values["other_names"].splitlines()
    )


async def invite(
    company_id: int, viewer: Viewer, invitation: Invitation, *, now: datetime, today: date
) -> int:
    """Let a person speak for a company; answers the account's id.

    Someone new gets an account without a password and a letter that leads to the page where a code sent
    to that same address sets it, so the address is proved by use. Someone who is linked already gets the
    new capacity, power and validity.
    """
    if viewer.role is not Role.COORDINATOR:
        raise Refused("not_yours")
    name, email, power = _checked_invitation(invitation, today)
    async with transaction():
        company = await Company.get_or_none(id=company_id)
        if company is None:
            raise NotFound
        user = await User.get_or_none(email=email)
        if user is None:
            user = await User.create(
                role=Role.COMPANY, name=name, email=email, password_hash=NO_PASSWORD, created_at=now
            )
        elif user.role is not Role.COMPANY:
            raise Invalid({"email": "email_taken"})
        await Representation.update_or_create(
            company_id=company_id,
            user_id=user.id,
            defaults={
                "power": power,
                "may_settle": invitation.may_settle,
                "valid_until": invitation.valid_until,
                "paper_id": None,
                "ended_at": None,
            },
        )
        text = await _welcome(company, user)
        await letters.write([user], f"company:{company_id}:{now.isoformat()}", text, now=now)
    return int(user.id)


def _checked_invitation(invitation: Invitation, today: date) -> tuple[str, str, Power]:
    wrong: dict[str, str] = {}
    name = " ".join(invitation.name.split())
    if not 2 <= len(name) <= _NAME_LIMIT:
        wrong["name"] = "name_invalid"
    email = normal_email(invitation.email)
    if email is None:
        wrong["email"] = "email_invalid"
    if invitation.power not in set(Power):
        wrong["power"] = "choice_invalid"
    if invitation.valid_until is not None and invitation.valid_until < today:
        wrong["valid_until"] = "date_past"
    if wrong:
        raise Invalid(wrong)
    return name, email or "", Power(invitation.power)


async def _welcome(company: Company, user: User) -> Text:
    access, button, path = first_access.way_in(user, "/entrar")
    values = {"company": company.trade_name or company.legal_name, "access": access}
    return await letters.standard("company_linked", values, path=path, button=button)


async def unlink(company_id: int, user_id: int, viewer: Viewer, *, now: datetime) -> None:
    """End a person's link to a company, with its papers; what they did stays in the record."""
    if viewer.role is not Role.COORDINATOR:
        raise Refused("not_yours")
    async with transaction():
        if not await Representation.filter(company_id=company_id, user_id=user_id).delete():
            raise NotFound
        live = (PaperState.WAITING, PaperState.ACCEPTED)
        for paper in await Paper.filter(company_id=company_id, holder_id=user_id, state__in=list(live)):
            paper.state = PaperState.WITHDRAWN
            await paper.save(update_fields=["state"])
            await standing.note(paper, PaperAct.WITHDRAW, viewer, now=now)
