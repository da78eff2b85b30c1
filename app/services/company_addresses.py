"""Where a company is reached by post: kept by staff and by its own people, and used for letters with AR.

What a letter was sent to stays in its attempt (``Delivery.address``), whatever the company's file says later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.db import transaction
from app.services.account_form import read_address
from app.services.companies import keeper
from models import Company, Delivery, Representation
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.people import Role, Viewer
from models.rules.postal import ADDRESS_FIELDS, PostalAddress, postal_address
from models.rules.representation import Power

ROOT, HEAD_OFFICE = 8, "0001"
"""A CNPJ begins with what all establishments share; the four characters after that number them."""


@dataclass(frozen=True)
class CompanyAddress:
    """A company's address as its own people see it; only its owners may change it."""

    id: int
    name: str
    address: PostalAddress | None
    may_change: bool


async def of_company(company_id: int, viewer: Viewer, *, today: date) -> CompanyAddress:
    """The address of a company that the viewer speaks for, or spoke for; NotFound."""
    company = await Company.get_or_none(id=company_id, merged_into_id=None)
    if company is None or company_id not in (*viewer.company_ids, *viewer.ended_ids):
        raise NotFound
    may_change = await owns(company_id, viewer, today=today)
    return CompanyAddress(
        company_id, company.trade_name or company.legal_name, address_of(company), may_change
    )


async def change(company_id: int, viewer: Viewer, typed: Mapping[str, str], *, today: date) -> None:
    """Write down where a company is reached; empty for unknown. Invalid, NotFound, Refused("owner_only")."""
    values, wrong = read_address(typed)
    if wrong:
        raise Invalid(wrong)
    async with transaction():
        company = await Company.filter(id=company_id, merged_into_id=None).select_for_update().get_or_none()
        if company is None:
            raise NotFound
        if viewer.role is not Role.COMPANY:
            keeper(viewer)
        elif not await owns(company_id, viewer, today=today):
            raise Refused("owner_only") if company_id in viewer.company_ids else NotFound
        await company.update_from_dict(values).save(update_fields=list(values))


async def owns(company_id: int, viewer: Viewer, *, today: date) -> bool:
    """Whether a person speaks for the company as its owner today."""
    mine = Representation.filter(company_id=company_id, user_id=viewer.user_id, power=Power.OWNER)
    found = await mine.filter(ended_at=None).first()
    return found is not None and (found.valid_until is None or found.valid_until >= today)


def address_of(company: Company) -> PostalAddress | None:
    """The address in a company's file."""
    return postal_address({name: getattr(company, name) for name in ADDRESS_FIELDS})


async def for_letter(company: Company) -> str | None:
    """Where a letter to a company goes, as far as it is known; None when somebody has to find it.

    The company's own address, else the last one where a letter was not refused, else that of its head
    office. To where the last letter came back from, none is sent again.
    """
    candidates = [
        address_of(company),
        await _last_that_held(company),
        *([address_of(head)] if (head := await _head_office(company)) else []),
    ]
    for one in candidates:
        if one and not await _came_back(company, str(one)):
            return str(one)
    return None


async def _last_that_held(company: Company) -> str | None:
    letters = Delivery.filter(notice__case__company_id=company.id, channel=Channel.LETTER)
    last = await letters.exclude(status=DeliveryStatus.FAILED).order_by("-id").first()
    return last.address if last else None


async def _head_office(company: Company) -> Company | None:
    head = company.cnpj[:ROOT] + HEAD_OFFICE
    return await Company.filter(cnpj__startswith=head, merged_into_id=None).exclude(id=company.id).first()


async def _came_back(company: Company, address: str) -> bool:
    letters = Delivery.filter(
        notice__case__company__cnpj__startswith=company.cnpj[:ROOT],
        channel=Channel.LETTER,
        address=address,
    )
    last = await letters.order_by("-id").first()
    return last is not None and last.status is DeliveryStatus.FAILED
