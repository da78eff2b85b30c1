"""What is written to people about the service of a notice: summons, awareness, failures, the next means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.i18n import gettext as _
from app.services import casefile, letters
from app.services.casefile import Opened
from app.services.delivery_words import CHANNELS
from app.services.letters import Text
from models import Delivery, Notice, User
from models.rules.delivery import PRINTED, Channel
from models.rules.news import News
from models.rules.people import Side


async def summons(protocol: str, company: str, notice: Notice) -> Text:
    """The e-mail to a company: must I, until when, what if not, and where to go."""
    values = {
        "company": company,
        "protocol": protocol,
        "explanation": notice.explanation,
        "code": notice.code,
    }
    return await letters.standard(
        "summons_opening" if notice.opening else "summons",
        values,
        path=f"/notificacao/{notice.code}",
    )


async def tell_awareness(file: Opened, notice: Notice, now: datetime) -> None:
    """The company's term began: it learns so by law, the consumer as news."""
    people = await casefile.people_of(file.case)
    values = {"protocol": file.case.protocol or "", "explanation": notice.explanation}
    for side, kind, news in (
        (Side.CONSUMER, "awareness_consumer", News.PROGRESS),
        (Side.COMPANY, "awareness_company", News.LEGAL),
    ):
        text = await letters.standard(
            kind, values, path=f"/casos/{file.case.id}", case=file.case.id, news=news
        )
        await letters.write(people.get(side, []), f"aware:{notice.id}:{side}", text, now=now)


async def tell_failure(file: Opened, delivery: Delivery, note: str, now: datetime) -> None:
    """Who has the case in hand learns that an attempt failed, to try another means."""
    values = {
        "address": delivery.address or "—",
        "note": _("O que foi informado: %(note)s") % {"note": note} if note else "",
    }
    await _to_handler(file, f"undelivered:{delivery.id}", "delivery_failed", values, now)


async def tell_escalation(
    file: Opened, notice: Notice, channel: Channel, *, begun: bool, known: bool, now: datetime
) -> None:
    """Who has the case in hand learns which means is next, and what is left to do by hand.

    ``known``: there is an address for it.
    """
    if begun:
        kind = "delivery_to_print" if channel in PRINTED else "delivery_sent"
    else:
        kind = "delivery_to_begin" if known or channel is not Channel.LETTER else "delivery_address_missing"
    key = f"escalated:{notice.id}:{channel}{':begun' if begun else ''}"
    await _to_handler(file, key, kind, {"means": _(CHANNELS[channel])}, now)


async def _to_handler(file: Opened, key: str, kind: str, values: Mapping[str, str], now: datetime) -> None:
    case = file.case
    handler = await User.get_or_none(id=case.handler_id) if case.handler_id else None
    if handler is None or (file.viewer and file.viewer.user_id == handler.id):
        return
    values = {"protocol": case.protocol or "", **values}
    text = await letters.standard(kind, values, path=f"/casos/{case.id}#notificacao", case=case.id)
    await letters.write([handler], key, text, now=now)
