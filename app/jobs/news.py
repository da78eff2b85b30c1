"""The ``push`` and ``text_message`` jobs: news on a person's devices and on their telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.adapters.push import Gone
from app.jobs.runner import Hopeless, Later
from app.parts import Parts
from app.services import news_choices, push_devices
from models.rules.news import News


async def send_push(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """Show news on one device, after the person's quiet hours; one that is gone is forgotten."""
    target = await push_devices.target(payload["device"])
    if target is None:
        return
    news = News(payload["news"])
    if news is not News.ACCOUNT:
        await _wait_for_morning(target.user_id, parts)
    shown = push_devices.message(news, payload["path"], payload["case"], agency=parts.profile.agency.name)
    try:
        await parts.push.send(target.subscription, shown)
    except Gone:
        await push_devices.forget(target.id)
    else:
        await push_devices.reached(target.id, parts.clock.now())


async def send_text(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """Send one text message; a code (``to`` a number) goes at once, news wait for the morning."""
    if parts.texts is None:
        raise Hopeless("no gateway")
    to = payload.get("to", "")
    if "user" in payload:
        await _wait_for_morning(payload["user"], parts)
        to = (await news_choices.of_person(payload["user"])).texts_to
    if to:  # else the number was taken back meanwhile
        await parts.texts.send(to, payload["text"], f"text-{job_id}")


async def _wait_for_morning(user_id: int, parts: Parts) -> None:
    choices = await news_choices.of_person(user_id)
    until = choices.quiet_until(parts.clock.now(), parts.profile.agency.zone)
    if until is not None:
        raise Later(until)
