"""A notice by official publication: its text, for the gazette and for the page of the case.

The gazette is read by everybody. So the text names neither the consumer nor what happened (LGPD, art. 6,
III), and not the notice's code, with which, and with the public CNPJ, anybody could take the case over.
"""

from __future__ import annotations

from datetime import datetime

from app.adapters.documents import Letterhead
from app.services import standard_texts
from models import Delivery, Notice
from models.rules.delivery import Channel
from models.rules.identity import written_cnpj


async def paragraphs(notice: Notice, agency: Letterhead) -> tuple[str, ...]:
    """The text in the words that are in force; ``notice`` with its case and company."""
    company = notice.case.company
    values = {
        "agency": agency.legal_name,
        "company": company.legal_name if company else "",
        "cnpj": written_cnpj(company.cnpj) if company else "",
        "protocol": notice.case.protocol or "",
        "explanation": notice.explanation,
        "contact": f"{agency.address}, telefone {agency.phone}, e-mail {agency.email}",
    }
    return (await standard_texts.worded("publication_paper", values)).paragraphs


async def of_case(case_id: int, agency: Letterhead) -> tuple[str, ...]:
    """The text for the page of a case whose last notice is to be published; empty when it is not."""
    notice = await Notice.filter(case_id=case_id).order_by("-id").select_related("case__company").first()
    if notice is None or not await Delivery.exists(notice_id=notice.id, channel=Channel.PUBLICATION):
        return ()
    return await paragraphs(notice, agency)


def signed(agency: Letterhead, at: datetime) -> str:
    """Agency and date beneath the text."""
    return f"{agency.name}, {at.astimezone(agency.zone):%d/%m/%Y}."
