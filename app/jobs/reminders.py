"""The ``hearing_reminder`` job: a hearing is near, and its parties are told so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.parts import Parts
from app.services import hearing_reminders


async def remind_of_hearing(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """``hearing`` is the hearing's id, ``moment`` which reminder it is."""
    await hearing_reminders.remind(payload, now=parts.clock.now(), invite=parts.invite)
