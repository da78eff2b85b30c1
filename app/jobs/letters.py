"""The ``letter`` job: renders a queued letter as text and HTML and hands it to the mail adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.adapters.errors import PermanentFailure
from app.adapters.mail import Attachment, Letter
from app.adapters.storage import Storage
from app.jobs.reckoning import reckoner_of
from app.parts import Parts
from app.services import deliveries, letters, news_choices, spreading
from app.services.duties import standing_of
from app.services.letter_face import face
from app.services.letters import Text
from models import Document
from models.rules.delivery import DeliveryStatus
from models.rules.news import OPTIONAL, News
from models.rules.people import Role


async def send_letter(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """Send one letter, and queue the pushes and text messages that go with it.

    Its Message-ID comes from the job, so a repeated try is the same letter.
    """
    to, name, text = letters.from_payload(payload)
    role = Role(payload["role"]) if "role" in payload else Role.CONSUMER
    user = int(payload.get("user", 0))
    if user and not await _by_email(job_id, user, text, parts):
        return
    unsubscribe = _unsubscribe(user, text, parts) if user and text.news in OPTIONAL else ""
    context = {
        "text": text,
        "name": name,
        "agency": parts.profile.agency,
        "link": f"{parts.public_url}{text.path}",
        "now": await _now(text.case, role, parts) if text.case else "",
        "site": parts.public_url,
        "account": bool(user) and text.news is not News.ACCOUNT,
        "unsubscribe": unsubscribe,
    }
    domain = parts.public_url.partition("://")[2].partition(":")[0]
    looks = face(context)
    letter = Letter(
        to=to,
        subject=text.subject,
        text=looks.text,
        html=looks.html,
        message_id=f"<letter-{job_id}@{domain}>",
        attachments=tuple([await _attachment(key, parts.storage) for key in text.documents]),
        calendar=text.calendar or None,
        unsubscribe=unsubscribe,
    )
    if text.delivery:
        await _serve(text.delivery, letter, parts)
    else:
        await parts.mail.send(letter)


async def _by_email(job_id: int, user: int, text: Text, parts: Parts) -> bool:
    """Queue the other means that the person chose; whether the e-mail is wanted."""
    return await spreading.spread(
        job_id,
        user,
        text,
        agency=parts.profile.agency.name,
        site=parts.public_url,
        texts=parts.texts is not None,
        now=parts.clock.now(),
    )


def _unsubscribe(user: int, text: Text, parts: Parts) -> str:
    token = news_choices.unsubscribe_token(user, text.news, secret=parts.secret_key)
    return f"{parts.public_url}/avisos/cancelar/{token}"


async def _serve(delivery: int, letter: Letter, parts: Parts) -> None:
    """Send the letter of an attempt to serve a notice, and write down what the mail server said."""
    now = parts.clock.now()
    today = now.astimezone(parts.profile.agency.zone).date()
    try:
        await parts.mail.send(letter)
    except PermanentFailure as error:
        await deliveries.mailed(
            delivery, DeliveryStatus.FAILED, letter.message_id, error.reason, today=today, now=now
        )
        raise
    await deliveries.mailed(delivery, DeliveryStatus.SENT, letter.message_id, "", today=today, now=now)


async def _now(case_id: int, role: Role, parts: Parts) -> str:
    """Who must act in the case, as it stands while the letter goes out."""
    reckoner = await reckoner_of(parts)
    standing = await standing_of(case_id, reckoner)
    return reckoner.told(standing, role).sentence if standing else ""


async def _attachment(document_id: str, storage: Storage) -> Attachment:
    document = await Document.get(id=UUID(document_id))
    content = b"".join([chunk async for chunk in storage.read(document.storage_key)])
    return Attachment(document.filename, document.media_type, content)
