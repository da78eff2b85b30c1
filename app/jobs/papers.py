"""The jobs that print: the receipt of a complaint, the notice to the company, the term of a hearing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.jobs.runner import Hopeless
from app.parts import Parts
from app.services import exports
from app.services.case_copy import Issuer
from app.services.execution_kit import Reckoning, seal_kit
from app.services.letterhead import letterhead
from app.services.notice_paper import make_letter, make_notice
from app.services.presence_paper import seal_presence
from app.services.press import Press
from app.services.receipts import make_receipt
from app.services.sealing import seal_minutes
from app.services.settlements import seal_settlement


async def print_receipt(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``receipt`` job: ``case`` is the case's id."""
    await make_receipt(payload["case"], _press(parts), now=parts.clock.now())


async def print_notice(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``notice`` job: ``notice`` is the notice's id."""
    await make_notice(payload["notice"], _press(parts), now=parts.clock.now())


async def print_notice_letter(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``notice_letter`` job: ``delivery`` is the attempt's id."""
    await make_letter(payload["delivery"], _press(parts), now=parts.clock.now())


async def print_minutes(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``seal_minutes`` job: ``hearing`` is the hearing's id."""
    await seal_minutes(payload["hearing"], _press(parts), now=parts.clock.now())


async def print_presence(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``seal_presence`` job: ``hearing`` is the hearing's id, ``until`` a moment of one that goes on."""
    until = payload.get("until")
    await seal_presence(
        payload["hearing"],
        _press(parts),
        tolerance_minutes=parts.profile.hearing.tolerance_minutes,
        until=datetime.fromisoformat(until) if until else None,
        now=parts.clock.now(),
    )


async def print_settlement(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``seal_settlement`` job: ``offer`` is the accepted offer's id."""
    await seal_settlement(payload["offer"], _press(parts), now=parts.clock.now())


async def print_kit(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``seal_kit`` job: ``case`` is the case's id, ``breach`` the number of the event that told of it."""
    now = parts.clock.now()
    how = Reckoning(parts.profile.execution, parts.profile.agency.zone)
    await seal_kit(payload["case"], payload["breach"], _press(parts), how, now=now)


async def export_case(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """The ``export_case`` job: ``export`` is the copy's id."""
    export = UUID(payload["export"])
    try:
        await exports.make(
            export, issuer(parts), storage=parts.storage, seal=parts.seal, now=parts.clock.now()
        )
    except Exception as error:
        await exports.give_up(export)
        raise Hopeless("export") from error


def issuer(parts: Parts) -> Issuer:
    """The agency as copies of cases name it."""
    agency = parts.profile.agency
    return Issuer(agency.legal_name, parts.public_url, agency.zone)


def _press(parts: Parts) -> Press:
    return Press(
        agency=letterhead(parts.profile),
        site=parts.public_url,
        pdf=parts.pdf,
        seal=parts.seal,
        storage=parts.storage,
    )
