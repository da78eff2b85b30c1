"""The store's wallet: the preposto's paper, checked and soon over, and one that waits for its check."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from uuid import UUID

from app.demo import papers
from app.demo.people import Cast
from app.parts import Parts
from app.services import wallet, wallet_checks
from app.services.documents import Intake, Limits
from app.services.wallet import PaperForm
from app.services.wallet_checks import PaperVerdict


def intake_of(parts: Parts) -> Intake:
    """What an upload of the demonstration passes through: the same as everybody's."""
    limits = Limits(parts.profile.upload_max_bytes, parts.profile.upload_max_files)
    return Intake(parts.storage, parts.inspector, parts.scanner, limits)


async def fill_wallet(parts: Parts, cast: Cast, now: datetime) -> None:
    """Put both papers there, the first as checked by the attendant."""
    store = cast.companies["Estrela do Sul"].legal_name
    today = now.astimezone(parts.profile.agency.zone).date()
    until = today + timedelta(days=20)
    paulo, rita = cast.viewers["paulo"].name, cast.viewers["rita"].name
    content = papers.appointment(store, paulo, f"{until:%d/%m/%Y}")
    carta = await _sent(parts, cast, "paulo", content, "appointment", until, now)
    verdict = PaperVerdict(accept=True, may_settle=True, valid_until=until)
    await wallet_checks.decide(carta, cast.viewers["marina"], verdict, today=today, now=now)
    await _sent(parts, cast, "rita", papers.mandate(store, rita), "mandate", None, now)


async def _sent(
    parts: Parts, cast: Cast, who: str, content: bytes, kind: str, until: date | None, now: datetime
) -> UUID:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    viewer = cast.viewers[who]
    (company,) = viewer.company_ids
    await wallet.receive(company, viewer, f"{kind}.pdf", chunks(), intake=intake_of(parts), now=now)
    form = PaperForm(kind, str(viewer.user_id), may_settle=True, valid_until=until)
    today = now.astimezone(parts.profile.agency.zone).date()
    return await wallet.send(company, viewer, form, today=today, now=now)
