"""Cases in any state."""

from __future__ import annotations

from typing import Any

from models import Case, User
from models.rules.case_machine import State
from tests.factories.people import NOW, make_user


async def make_case(state: State = State.SUBMITTED, consumer: User | None = None, **values: Any) -> Case:
    """A case of ``consumer`` (a new one by default) without events."""
    known: dict[str, Any] = {
        "state": state,
        "consumer": consumer or await make_user(),
        "conflict": "Cobrança indevida na fatura do telefone.",
        "created_at": NOW,
        "changed_at": NOW,
    }
    return await Case.create(**(known | values))
