"""Freezing and signing a hearing's text, as the tests of several modules do it."""

from __future__ import annotations

from datetime import timedelta

from app.adapters.vault import Vault
from app.services import signatures
from app.services.signatures import Evidence
from models import Job
from models.rules.hearing import Outcome
from models.rules.outcomes import CAUSES, Cause
from models.rules.people import Viewer
from tests.factories.hearings import HOUSE, Table
from tests.factories.people import NOW

SECRET = "s" * 64
VAULT = Vault(bytes(32))
EVIDENCE = Evidence("203.0.113.7", "Mozilla/5.0")


async def freeze(
    table: Table,
    outcome: Outcome = Outcome.FULL_AGREEMENT,
    cause: Cause | None = None,
    at: timedelta = timedelta(),
) -> str:
    """The mediator freezes, with the first cause where one is needed; gives the hash that people see."""
    default = next(iter(CAUSES.get(outcome, ())), None)
    await signatures.freeze(
        table.id,
        table.mediator,
        outcome,
        cause or default,
        tolerance_minutes=HOUSE.tolerance_minutes,
        now=NOW + at,
    )
    return (await table.now()).text_hash


async def code_for(table: Table, viewer: Viewer) -> str:
    """Ask for a code and read the letter that brings it."""
    await signatures.ask_code(table.id, viewer, secret=SECRET, now=NOW)
    letter = (await Job.filter(kind="letter").order_by("-id").first()).payload  # type: ignore[union-attr]
    assert letter["to"] == viewer.email
    return str(letter["subject"][:6])


async def sign(table: Table, viewer: Viewer, shown: str, code: str | None = None) -> None:
    """Sign as a person does: ask, read, type."""
    code = code or await code_for(table, viewer)
    await signatures.sign(
        table.id, viewer, code=code, shown_hash=shown, evidence=EVIDENCE, secret=SECRET, vault=VAULT, now=NOW
    )
