"""The parties of a case as texts for both sides name them."""

from __future__ import annotations

from dataclasses import dataclass

from models import Case, Company, User
from models.rules.identity import written_cnpj


@dataclass(frozen=True)
class PartyNames:
    """Names as they stand in minutes and in the signed text; the company with its CNPJ."""

    consumer_name: str
    company_name: str


async def of_case(case: Case) -> PartyNames:
    """The consumer's name, and the company's registered one with its CNPJ."""
    consumer = await User.get(id=case.consumer_id)
    company = await Company.get_or_none(id=case.company_id)
    named = f"{company.legal_name}, CNPJ {written_cnpj(company.cnpj)}" if company else case.company_name
    return PartyNames(consumer.name, named)
