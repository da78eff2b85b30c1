"""What is written to people about the service of a notice: summons, awareness, failures, the next means."""

from __future__ import annotations

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
        button=_("Abrir a notificação"),
        path=f"/notificacao/{notice.code}",
    )


async def tell_awareness(file: Opened, notice: Notice, now: datetime) -> None:
    """The company's term began: it learns so by law, the consumer as news."""
    people = await casefile.people_of(file.case)
    for side, news in ((Side.CONSUMER, News.PROGRESS), (Side.COMPANY, News.LEGAL)):
        text = Text(
            subject=_("O prazo da empresa começou: reclamação %(protocol)s")
            % {"protocol": file.case.protocol},
            paragraphs=(
                _("Como o prazo foi contado: %(explanation)s") % {"explanation": notice.explanation},
            ),
            button=_("Abrir a reclamação"),
            path=f"/casos/{file.case.id}",
            case=file.case.id,
            news=news,
        )
        await letters.write(people.get(side, []), f"aware:{notice.id}:{side}", text, now=now)


async def tell_failure(file: Opened, delivery: Delivery, note: str, now: datetime) -> None:
    """Who has the case in hand learns that an attempt failed, to try another means."""
    text = Text(
        subject=_("Notificação não entregue: reclamação %(protocol)s") % {"protocol": file.case.protocol},
        paragraphs=(
            _("Uma tentativa de entregar a notificação à empresa falhou: %(address)s.")
            % {"address": delivery.address or "—"},
            *((_("O que foi informado: %(note)s") % {"note": note},) if note else ()),
        ),
        button=_("Tentar por outro meio"),
        path=f"/casos/{file.case.id}#notificacao",
        case=file.case.id,
    )
    await _to_handler(file, f"undelivered:{delivery.id}", text, now)


async def tell_escalation(
    file: Opened, notice: Notice, channel: Channel, *, begun: bool, now: datetime
) -> None:
    """Who has the case in hand learns which means is next, and what is left to do by hand."""
    if not begun:
        said = _("Pela regra, o próximo meio é: %(means)s. Informe o que falta e comece a entrega.")
    elif channel in PRINTED:
        said = _("Pela regra, a entrega continua por: %(means)s. O documento está no caso, para imprimir.")
    else:
        said = _("Pela regra, a entrega continua por: %(means)s. O sistema já enviou.")
    text = Text(
        subject=_("Próximo meio de entrega: reclamação %(protocol)s") % {"protocol": file.case.protocol},
        paragraphs=(said % {"means": _(CHANNELS[channel])},),
        button=_("Abrir a notificação"),
        path=f"/casos/{file.case.id}#notificacao",
        case=file.case.id,
    )
    await _to_handler(file, f"escalated:{notice.id}:{channel}", text, now)


async def _to_handler(file: Opened, key: str, text: Text, now: datetime) -> None:
    handler = await User.get_or_none(id=file.case.handler_id) if file.case.handler_id else None
    if handler is not None and not (file.viewer and file.viewer.user_id == handler.id):
        await letters.write([handler], key, text, now=now)
