"""A page asks the database as often for many lines as for few, and finds each line by an index."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.db import dialect, rows
from models import Attendance, Case, Company, Document, DocumentKind, Hearing, Paper, Seat, Statement, User
from models import StatementKind as Said
from models.rules.attendance import Channel, Kind, Stage
from models.rules.case_machine import State
from models.rules.hearing import HearingState, SeatRole
from models.rules.people import Role, Side
from models.rules.representation import PaperKind, PaperState
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_agent, make_company, make_user, viewer_of
from tests.web.browser import SignIn

FEW, MANY = 2, 9
SCANNED = {
    *("case_file", "problem", "problem_change", "standard_text", "calendar_day", "company"),
    *("media_process", "representation"),
}
"""Tables that some page reads as a whole: they are small, or the page is about all of it."""


class _Asked(logging.Handler):
    """Keeps what Tortoise says it asks: the statement and its values."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.queries: list[tuple[str, list[Any]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        query, values = (*(record.args if isinstance(record.args, tuple) else ()), "", None)[:2]
        if str(query).lstrip().upper().startswith("SELECT"):
            self.queries.append((str(query), [*values] if isinstance(values, list | tuple) else []))


@contextmanager
def asked() -> Iterator[list[tuple[str, list[Any]]]]:
    """The queries that are asked meanwhile."""
    logger, handler = logging.getLogger("tortoise.db_client"), _Asked()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.queries
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)


class _Agency:
    """Everybody whose pages are opened, and what fills them."""

    company: Company
    people: dict[str, User]
    first: Case

    async def made(self) -> _Agency:
        self.company = await make_company()
        self.people = {role.value: await make_user(role) for role in (Role.COORDINATOR, Role.MEDIATOR)}
        self.people |= {"consumer": await make_user(), "company": await make_agent(self.company)}
        await self.filled(FEW)
        return self

    async def filled(self, count: int) -> None:
        """So many more cases with a hearing each, papers, attendances, messages and documents."""
        for number in range(count):
            case = await make_case(
                State.HEARING_SCHEDULED,
                self.people["consumer"],
                company=self.company,
                notified_at=NOW,
                handler=self.people["coordinator"],
            )
            self.first = self.first if hasattr(self, "first") else case
            await self._hearing(case, number)
            await self._papers(self.first)
            await make_case(State.SUBMITTED, self.people["consumer"], submitted_at=NOW)

    async def _hearing(self, case: Case, number: int) -> None:
        hearing = await Hearing.create(
            case=case,
            mediator=self.people["mediator"],
            starts_at=NOW + timedelta(hours=1 + number % 4),
            minutes=40,
            state=HearingState.NOT_STARTED,
        )
        for name, role in (("consumer", SeatRole.CONSUMER), ("company", SeatRole.COMPANY)):
            await Seat.create(hearing=hearing, user=self.people[name], role=role, may_sign=True)

    async def _papers(self, case: Case) -> None:
        agent, consumer = self.people["company"], self.people["consumer"]
        file = {
            "filename": "a.pdf",
            "media_type": "application/pdf",
            "size": 1,
            "sha256": "0" * 64,
            "at": NOW,
        }
        known: dict[str, Any] = {**file, "storage_key": "x", "id": uuid4()}
        await Paper.create(
            company=self.company,
            kind=PaperKind.APPOINTMENT,
            state=PaperState.WAITING,
            owner=agent,
            holder=agent,
            **known,
        )
        await Document.create(
            case=case,
            owner=consumer,
            kind=DocumentKind.EXHIBIT,
            sides="consumer,company,staff",
            attached_at=NOW,
            **known,
        )
        await Statement.create(
            case=case, kind=Said.MESSAGE, side=Side.CONSUMER, author=consumer, text="Bom dia", at=NOW
        )
        await Attendance.create(
            kind=Kind.CONSULTATION,
            stage=Stage.WAITING,
            channel=Channel.ONLINE,
            citizen=consumer,
            question="Posso?",
            created_at=NOW,
            changed_at=NOW,
        )

    def pages(self) -> dict[str, tuple[str, ...]]:
        """The pages with lists, by whose they are."""
        case = f"/casos/{self.first.id}"
        return {
            "coordinator": (
                *("/painel", "/casos?meus=1", "/atrasos", "/triagem", "/atendimentos", "/agenda", "/pauta"),
                *("/agenda/blocos", "/empresas", f"/empresas/{self.company.id}", "/representacoes"),
                *("/audiencias/central", "/calendario", "/senhas", case),
            ),
            "company": (
                *("/painel", "/casos", "/empresa", "/empresa/respostas", case),
                f"/empresas/{self.company.id}/carteira",
            ),
            "consumer": ("/painel", "/atendimentos", "/conta", case),
        }


@pytest.mark.usefixtures("pages")
async def test_a_page_asks_as_often_for_many_lines_as_for_few_and_by_an_index(enter: SignIn) -> None:
    agency = await _Agency().made()
    few = await _counts(agency, enter)
    await agency.filled(MANY)
    assert await _counts(agency, enter) == few


async def _counts(agency: _Agency, enter: SignIn) -> dict[tuple[str, str], int]:
    counts = {}
    for name, paths in agency.pages().items():
        browser = await enter(viewer_of(agency.people[name], agency.company))
        for path in paths:
            await browser.get(path)  # what is done once, such as noting the opening of a notice
            with asked() as queries:
                response = await browser.get(path)
            assert response.status_code == 200, path
            counts[name, path] = len(queries)
            if dialect() == "sqlite":
                assert await _scanned(queries) <= SCANNED, path
    return counts


async def _scanned(queries: list[tuple[str, list[Any]]]) -> set[str]:
    """The tables through which SQLite would go from end to end, without an index that narrows them."""
    found = set()
    for query, values in queries:
        aliases = dict(re.findall(r"(?:FROM|JOIN) \"?(\w+)\"? \"?(\w+)\"?", query))
        for step in await rows(f"EXPLAIN QUERY PLAN {query}", values):
            scan = re.fullmatch(r"SCAN (\w+)", str(step["detail"]))
            if scan:
                table = next((name for name, alias in aliases.items() if alias == scan[1]), scan[1])
                found.add(table)
    return found
