"""By which means a letter reaches its person: the e-mail, beside it a push to each device or a text.

A letter's job asks here when it is done, so what the person chose meanwhile counts. Every further means is
a job of its own with its own tries, and its key makes it go out once, however often the letter is tried.
"""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.i18n import gettext as _
from app.services import news_choices, queue
from app.services.letters import Text
from app.services.news_choices import SHORT, TEXT_JOB
from app.services.push_devices import PUSH_JOB
from models import PushDevice
from models.rules.news import Means, News

PERSONAL = "/audiencias/entrada/"
"""Links that open a hearing for who holds them: they stay in the letter."""


async def spread(
    letter_job: int, user_id: int, text: Text, *, agency: str, site: str, texts: bool, now: datetime
) -> bool:
    """Queue what goes out beside the e-mail of a letter; answers whether the e-mail itself is wanted.

    ``texts`` says whether there is a gateway for text messages.
    """
    choices = await news_choices.of_person(user_id)
    if text.news is News.ACCOUNT:
        return True
    path = _page(text)
    async with transaction():
        if choices.wants(text.news, Means.PUSH):
            for device_id in await PushDevice.filter(user_id=user_id).values_list("id", flat=True):
                payload = {"device": device_id, "news": text.news.value, "path": path, "case": text.case}
                await queue.enqueue(PUSH_JOB, f"{PUSH_JOB}:{letter_job}:{device_id}", payload, now=now)
        if texts and choices.texts_to and choices.wants(text.news, Means.TEXT):
            said = _("%(agency)s: %(what)s. Veja em %(url)s")
            words = said % {"agency": agency, "what": _(SHORT[text.news]), "url": f"{site}{path}"}
            payload = {"text": words, "user": user_id}
            await queue.enqueue(TEXT_JOB, f"{TEXT_JOB}:{letter_job}", payload, now=now)
    return choices.wants(text.news, Means.EMAIL)


def _page(text: Text) -> str:
    """Where a push or a text leads: the letter's page, unless that is a personal link."""
    if text.path and not text.path.startswith(PERSONAL):
        return text.path
    return text.page or (f"/casos/{text.case}" if text.case else "/painel")
