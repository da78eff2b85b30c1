"""The review of a refused registration: asked for once by the citizen, decided by somebody else.

The citizen is told the reasons of a refusal (Decreto 2.181/1997, art. 39) and may ask for another look.
"""

from __future__ import annotations

from datetime import datetime

from app.db import transaction
from app.services import casefile
from models import CaseEvent
from models.rules.case_machine import Action
from models.rules.errors import Invalid, Refused
from models.rules.people import Viewer

WORDS = (20, 2000)


async def ask(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """Ask for a review, saying why; Refused("review_used") when one was decided already."""
    least, most = WORDS
    text = text.strip()
    if not least <= len(text) <= most:
        raise Invalid({"text": "text_length"}, min=least, max=most)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ASK_REVIEW)
        if await asked(case_id):
            raise Refused("review_used")
        facts = {"text": text}
        await casefile.record(
            file, "review_asked", now=now, to=to, facts=facts, closed_at=None, handler_id=None
        )


async def asked(case_id: int) -> bool:
    """Whether the case's review has been asked for."""
    return await CaseEvent.filter(case_id=case_id, name="review_asked").exists()


async def is_own_decision(case_id: int, viewer: Viewer) -> bool:
    """Whether it was this person who refused the registration: then its review is for somebody else."""
    refused = CaseEvent.filter(case_id=case_id, name="registration_refused", actor_id=viewer.user_id)
    return await refused.exists()


async def check_decider(case_id: int, viewer: Viewer) -> None:
    """Refused("own_decision") to who refused the registration before."""
    if await is_own_decision(case_id, viewer):
        raise Refused("own_decision")
