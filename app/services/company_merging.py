"""Duplicates of a company: one entry stays, with the cases, people and names of the other.

Suppliers are entered in haste, once by the head office and once by a branch or with another name. Nothing
is deleted: the duplicate remains as a row that points to the one that stays, and each of its cases records
the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db import transaction
from app.services import casefile
from app.services.companies import NAMES_MAX, CompanyHit, search_text
from models import Case, Company, Paper, Representation
from models.rules.errors import Conflict, NotFound, Refused
from models.rules.people import Role, Viewer
from models.rules.postal import ADDRESS_FIELDS

ROOT = 8
"""Characters of a CNPJ that all establishments of one company share (IN RFB 2.119/2022, art. 2)."""


@dataclass(frozen=True)
class Merging:
    """What a merge would move, shown before it is done."""

    stays: CompanyHit
    goes: CompanyHit
    cases: int
    people: int
    same_root: bool


async def branches(company_id: int) -> list[CompanyHit]:
    """The other establishments of the same company: CNPJs of one root."""
    company = await _living(company_id)
    found = (
        await Company.filter(cnpj__startswith=company.cnpj[:ROOT], merged_into_id=None)
        .exclude(id=company_id)
        .order_by("cnpj")
    )
    return [_hit(one) for one in found]


async def proposed(stays_id: int, goes_id: int, viewer: Viewer) -> Merging:
    """What would move; NotFound, or Refused("same_company", "not_yours")."""
    stays, goes = await _both(stays_id, goes_id, viewer)
    return Merging(
        _hit(stays),
        _hit(goes),
        await Case.filter(company_id=goes_id).count(),
        await Representation.filter(company_id=goes_id).count(),
        stays.cnpj[:ROOT] == goes.cnpj[:ROOT],
    )


async def merge(stays_id: int, goes_id: int, viewer: Viewer, *, cases: int, now: datetime) -> None:
    """Make two entries one. ``cases`` is how many the person was told would move: Conflict when more came.

    Who speaks for both keeps what the entry that stays says of them.
    """
    async with transaction():
        await Company.filter(id__in=[stays_id, goes_id]).order_by("id").select_for_update()
        stays, goes = await _both(stays_id, goes_id, viewer)
        moving = await Case.filter(company_id=goes_id).order_by("id").values_list("id", flat=True)
        if len(moving) != cases:
            raise Conflict("company_changed")
        for case_id in moving:
            file = await casefile.opened(int(str(case_id)), viewer)
            facts = {"from": goes.cnpj, "to": stays.cnpj}
            await casefile.record(file, "company_merged", now=now, facts=facts, company_id=stays_id)
        both = await Representation.filter(company_id=stays_id).values_list("user_id", flat=True)
        await Representation.filter(company_id=goes_id, user_id__in=list(both)).delete()
        await Representation.filter(company_id=goes_id).update(company_id=stays_id)
        await Paper.filter(company_id=goes_id).update(company_id=stays_id)
        await _take_names(stays, goes)
        goes.merged_into_id = stays_id
        await goes.save(update_fields=["merged_into_id"])


async def _both(stays_id: int, goes_id: int, viewer: Viewer) -> tuple[Company, Company]:
    if viewer.role is not Role.COORDINATOR:
        raise Refused("not_yours")
    if stays_id == goes_id:
        raise Refused("same_company")
    return await _living(stays_id), await _living(goes_id)


async def _living(company_id: int) -> Company:
    company = await Company.get_or_none(id=company_id, merged_into_id=None)
    if company is None:
        raise NotFound
    return company


async def _take_names(stays: Company, goes: Company) -> None:
    known = {stays.legal_name, stays.trade_name}
    names = [
        *stays.other_names.splitlines(),
        goes.legal_name,
        goes.trade_name,
        *goes.other_names.splitlines(),
    ]
    others = [name for name in dict.fromkeys(names) if name and name not in known][:NAMES_MAX]
    stays.other_names = "\n".join(others)
    if not stays.street:
        stays.update_from_dict({name: getattr(goes, name) for name in ADDRESS_FIELDS})
    stays.email = stays.email or goes.email
    stays.phone = stays.phone or goes.phone
    stays.search = search_text(stays.cnpj, stays.legal_name, stays.trade_name, others)
    await stays.save(update_fields=["other_names", "email", "phone", "search", *ADDRESS_FIELDS])


def _hit(company: Company) -> CompanyHit:
    return CompanyHit(company.id, company.trade_name or company.legal_name, company.legal_name, company.cnpj)
