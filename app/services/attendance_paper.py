"""Attendances on paper: the letter to the citizen, and the receipt of the counter with its QR."""

from __future__ import annotations

from datetime import datetime

from app.adapters.attendance_documents import AttendanceLetter, CounterReceipt
from app.i18n import gettext as _
from app.profile import Profile
from app.services import standard_texts
from app.services.attendance_view import Page
from app.services.counter import Made
from app.services.letterhead import letterhead


async def letter(page: Page, *, profile: Profile, site: str, now: datetime) -> AttendanceLetter:
    """The attendance as a letter: what was asked, and the answer, or where to go."""
    body = page.body
    values = {"consumer": page.line.name, "agency": profile.agency.name}
    closing = await standard_texts.worded("forwarding_paper" if body else "guidance_paper", values)
    return AttendanceLetter(
        agency=letterhead(profile),
        protocol=page.line.number,
        issued_at=now,
        title=_("Encaminhamento a outro órgão") if body else _("Orientação ao consumidor"),
        name=page.line.name,
        asked_at=page.line.created_at,
        question=page.question,
        answer=page.answer,
        body=body.name if body else "",
        reach=body.reach.replace("{city}", profile.agency.city) if body else "",
        basis=body.basis if body else "",
        url=f"{site}/atendimentos/{page.line.id}",
        closing=closing.paragraphs,
    )


def receipt(made: Made, name: str, *, profile: Profile, site: str, now: datetime) -> CounterReceipt:
    """The paper that the citizen takes home: protocol, code, and the QR with which they go on."""
    return CounterReceipt(
        agency=letterhead(profile),
        protocol=made.protocol,
        issued_at=now,
        name=name,
        code=made.code,
        url=f"{site}/continuar/{made.code}",
        claimed=made.claimed,
    )
