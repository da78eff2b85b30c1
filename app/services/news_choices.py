"""What a person wants to be told, by which means: the choices, the number for texts, unsubscribing.

Legal notices go by e-mail whatever is chosen (``models.rules.news``); the page says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeSerializer

from app.db import transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.services import codes, queue
from models import NewsChoice
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.identity import e164
from models.rules.news import CHOSEN, OPTIONAL, Means, News, choice, may_choose, quiet_until, wanted

TEXT_JOB = "text_message"
QUIET = ("21:00", "07:00")
"""The quiet hours of who never chose any."""
KINDS = {
    News.LEGAL: N_("Prazos, decisões e audiências"),
    News.REMINDER: N_("Lembretes"),
    News.PROGRESS: N_("Andamento dos casos"),
    News.MESSAGE: N_("Mensagens na conversa do caso"),
}
SHORT = {
    News.LEGAL: N_("aviso importante"),
    News.REMINDER: N_("lembrete"),
    News.PROGRESS: N_("novidade em um caso seu"),
    News.MESSAGE: N_("mensagem nova"),
    News.ACCOUNT: N_("aviso de teste"),
}
"""News as they stand on a locked screen: nothing of the person and nothing of the case."""


@dataclass(frozen=True)
class Choices:
    """A person's choices, with the defaults of who never made any; ``number`` is E.164, empty for none."""

    chosen: Mapping[str, bool]
    number: str = ""
    confirmed: bool = False
    quiet_from: str = QUIET[0]
    quiet_to: str = QUIET[1]

    def wants(self, news: News, means: Means) -> bool:
        """Whether news of a kind goes to them by ``means``, if they can be reached by it."""
        return wanted(self.chosen, news, means)

    def quiet_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that ``now`` lies in are over."""
        return quiet_until(now.astimezone(zone), _clock(self.quiet_from), _clock(self.quiet_to))

    @property
    def texts_to(self) -> str:
        """The confirmed number, empty for none."""
        return self.number if self.confirmed else ""


async def of_person(user_id: int) -> Choices:
    """The choices of a person."""
    row = await NewsChoice.get_or_none(user_id=user_id)
    if row is None:
        return Choices({})
    confirmed = row.number_confirmed_at is not None
    return Choices(row.choices, row.number, confirmed, row.quiet_from, row.quiet_to)


async def choose(user_id: int, ticked: Collection[str], quiet_from: str, quiet_to: str) -> None:
    """Keep the choices: ``ticked`` are the wanted ones by ``models.rules.news.choice``."""
    wrong = {
        name: "time_invalid"
        for name, typed in (("quiet_from", quiet_from), ("quiet_to", quiet_to))
        if typed and _clock(typed) is None
    }
    if not wrong and bool(quiet_from) is not bool(quiet_to):
        wrong = {"quiet_to" if quiet_from else "quiet_from": "time_invalid"}
    if wrong:
        raise Invalid(wrong)
    chosen = {
        choice(news, means): choice(news, means) in ticked
        for news in CHOSEN
        for means in Means
        if may_choose(news, means)
    }
    async with transaction():
        row = await _row(user_id)
        row.choices = chosen
        row.quiet_from, row.quiet_to = quiet_from[:5], quiet_to[:5]
        await row.save(update_fields=["choices", "quiet_from", "quiet_to"])


def unsubscribe_token(user_id: int, news: News, *, secret: str) -> str:
    """What the link of an optional e-mail holds: who no longer wants which kind; it never expires."""
    return str(_signer(secret).dumps([user_id, news.value]))


def read_token(token: str, *, secret: str) -> tuple[int, News]:
    """The person and the kind of an unsubscribe link; NotFound when we did not make it."""
    try:
        user_id, news = _signer(secret).loads(token)
        kind = News(news)
    except (BadSignature, TypeError, ValueError):
        raise NotFound from None
    if kind not in OPTIONAL:
        raise NotFound
    return int(user_id), kind


async def unsubscribe(token: str, *, secret: str) -> News:
    """No more e-mails of that kind (RFC 8058); the other means stay. Twice is once."""
    user_id, news = read_token(token, secret=secret)
    async with transaction():
        row = await _row(user_id)
        row.choices = {**row.choices, choice(news, Means.EMAIL): False}
        await row.save(update_fields=["choices"])
    return news


async def ask_number(user_id: int, typed: str, *, agency: str, secret: str, now: datetime) -> None:
    """Send a code to a number, which takes no news before the code was typed; Invalid."""
    number = e164(typed)
    if number is None:
        raise Invalid({"number": "mobile_invalid"})
    async with transaction():
        row = await _row(user_id)
        row.number, row.number_confirmed_at = number, None
        await row.save(update_fields=["number", "number_confirmed_at"])
        code = await codes.issue(user_id, _purpose(number), secret=secret, now=now)
        text = _("%(agency)s: %(code)s é o código para receber avisos neste número. Se não foi você, ignore.")
        payload = {"to": number, "text": text % {"agency": agency, "code": code}}
        await queue.enqueue(TEXT_JOB, f"{TEXT_JOB}:code:{user_id}:{now.isoformat()}", payload, now=now)


async def confirm_number(user_id: int, code: str, *, secret: str, now: datetime) -> None:
    """The code came back: the number takes text messages from now on; Refused("code_wrong")."""
    row = await NewsChoice.get_or_none(user_id=user_id)
    if row is None or not row.number:
        raise Refused("code_wrong")
    await codes.check(user_id, _purpose(row.number), code, secret=secret, now=now)
    await NewsChoice.filter(id=row.id, number=row.number).update(number_confirmed_at=now)


async def forget_number(user_id: int) -> None:
    """No more text messages."""
    await NewsChoice.filter(user_id=user_id).update(number="", number_confirmed_at=None)


async def _row(user_id: int) -> NewsChoice:
    """The person's row, locked, made when there is none, inside the caller's transaction."""
    made = {"choices": {}, "quiet_from": QUIET[0], "quiet_to": QUIET[1]}
    await NewsChoice.get_or_create(made, user_id=user_id)
    return await NewsChoice.filter(user_id=user_id).select_for_update().get()


def _purpose(number: str) -> str:
    return f"text_number:{number}"


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="unsubscribe")


def _clock(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None) if typed else None
    except ValueError:
        return None
