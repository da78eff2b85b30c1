"""The complaint: written by an accepted citizen, sent under a protocol number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.db import rows, transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.services import casefile, companies, documents, drafts, letters, queue, taxonomy
from app.services.casefile import Opened
from app.services.documents import File
from app.services.drafts import Saved
from app.services.letters import Text
from models import DocumentKind, User
from models.rules.case_machine import Action, State
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import COMPLAINT_TEXT, bound, complaint_words
from models.rules.identity import normal_cnpj, protocol_number
from models.rules.money import typed_cents
from models.rules.people import Side, Viewer

FACTS = (50, 8000)
WISH_TEXT = (10, 1000)
NAME_MAX = 160
EARLIEST = date(1990, 9, 11)
"""The day on which the Código de Defesa do Consumidor was enacted: an earlier date is a slip."""
RECEIPT_JOB = "receipt"

WISHES = {
    "refund": N_("Devolução do valor pago"),
    "exchange": N_("Troca do produto"),
    "repair": N_("Conserto ou novo serviço"),
    "deliver": N_("Entrega ou cumprimento da oferta"),
    "cancel": N_("Cancelamento do contrato, sem multa"),
    "uncharge": N_("Cancelamento da cobrança ou da negativação"),
    "renegotiate": N_("Renegociação da dívida"),
    "other": N_("Outro pedido"),
}
"""What a consumer may ask for (CDC arts. 18, 20, 35 and 49 behind most of them)."""


@dataclass(frozen=True)
class Complaint:
    """A complaint that is in order; its fields are columns of the case.

    The company is the one chosen, or name and perhaps CNPJ as typed; ``amount_cents`` in centavos.
    """

    company_id: int | None
    company_name: str
    company_cnpj: str
    problem_id: int
    facts: str
    occurred_on: date
    amount_cents: int | None
    request: str

    @property
    def words(self) -> dict[str, Any]:
        """What its event binds."""
        return complaint_words(self.facts, self.request, self.occurred_on, self.amount_cents)


@dataclass(frozen=True)
class Sheet:
    """The complaint's form: what was typed so far, the exhibits, and what may be chosen."""

    case_id: int
    draft: Saved
    exhibits: tuple[File, ...]
    areas: tuple[taxonomy.Area, ...]


async def sheet(case_id: int, viewer: Viewer, today: date) -> Sheet:
    """The form of an accepted case; NotFound for anybody but the citizen, Refused at another time."""
    case, side = await casefile.view(case_id, viewer)
    if side is not Side.CONSUMER:
        raise NotFound
    if case.state is not State.ACCEPTED:
        raise Refused("not_now", state=case.state)
    files = await documents.of_case(case_id, side, viewer, {DocumentKind.EXHIBIT})
    draft = await drafts.load(case_id, "complaint", viewer)
    if not draft.values and case.problem_id:
        draft = replace(draft, values={"problem": str(case.problem_id)})
    return Sheet(
        case_id=case_id,
        draft=draft,
        exhibits=tuple(file for file in files if file.attached_at is None),
        areas=await taxonomy.tree(today),
    )


async def send(case_id: int, viewer: Viewer, values: Mapping[str, str], *, today: date, now: datetime) -> str:
    """Send the complaint as typed (``drafts.FORMS["complaint"].fields``); answers the protocol number.

    ``today`` is the agency's date. Invalid names every field that is wrong, at once.
    """
    complaint = await checked(values, today)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.SEND_COMPLAINT)
        protocol = await next_protocol(today.year)
        exhibits = await documents.attach(
            file.case, viewer, {DocumentKind.EXHIBIT}, company_too=True, now=now
        )
        await drafts.drop(case_id, "complaint")
        await _record(file, to, complaint, protocol, exhibits, now)
        await queue.enqueue(RECEIPT_JOB, f"{RECEIPT_JOB}:{case_id}", {"case": case_id}, now=now)
        user = await User.get(id=file.case.consumer_id)
        text = await sent_letter(case_id, protocol, user.name, complaint)
        await letters.write([user], f"case:{case_id}:sent", text, now=now)
        return protocol


async def _record(
    file: Opened, to: State, complaint: Complaint, protocol: str, exhibits: Mapping[UUID, str], now: datetime
) -> None:
    file.case.update_from_dict({**asdict(complaint), "protocol": protocol, "sent_at": now})
    facts = {
        "protocol": protocol,
        "documents": [str(document) for document in exhibits],
        **bound(exhibits, {COMPLAINT_TEXT: complaint.words}),
    }
    await casefile.record(file, "complaint_sent", now=now, to=to, facts=facts)


async def next_protocol(year: int) -> str:
    """The next number of the year, in one statement that two senders cannot both win."""
    counted = await rows(
        "INSERT INTO protocol_counter (year, used) VALUES ($1, 1)"
        " ON CONFLICT (year) DO UPDATE SET used = protocol_counter.used + 1 RETURNING used",
        [year],
    )
    return protocol_number(year, int(counted[0]["used"]))


async def checked(values: Mapping[str, str], today: date) -> Complaint:
    """A complaint as typed, in order; Invalid names every field that is wrong, at once."""
    typed = {name: values.get(name, "").strip() for name in drafts.FORMS["complaint"].fields}
    wrong: dict[str, str] = {}
    company = await _company(typed, wrong)
    problem_id = await _problem(typed["problem"], today, wrong)
    occurred_on = _day(typed["occurred_on"], today, wrong)
    amount = typed_cents(typed["amount"]) if typed["amount"] else None
    if typed["amount"] and not amount:
        wrong["amount"] = "amount_invalid"
    if not FACTS[0] <= len(typed["facts"]) <= FACTS[1]:
        wrong["facts"] = "facts_length"
    request = _request(typed, wrong)
    if wrong or company is None or problem_id is None or occurred_on is None:
        raise Invalid({name: wrong[name] for name in _ORDER if name in wrong})
    return Complaint(*company, problem_id, typed["facts"], occurred_on, amount, request)


_ORDER = ("company_name", "company_cnpj", "problem", "facts", "occurred_on", "amount", "wish", "wish_text")
"""The fields in the order of the page, for the list of errors at its top."""


async def _company(typed: Mapping[str, str], wrong: dict[str, str]) -> tuple[int | None, str, str] | None:
    """Id, name and CNPJ of the company: a known one by its CNPJ, else the name as typed."""
    name, cnpj = typed["company_name"], normal_cnpj(typed["company_cnpj"])
    if typed["company_cnpj"] and cnpj is None:
        wrong["company_cnpj"] = "cnpj_invalid"
    known = await companies.by_cnpj(cnpj) if cnpj else None
    if known is not None:
        return known.id, known.trade_name or known.legal_name, known.cnpj
    if not 2 <= len(name) <= NAME_MAX:
        wrong["company_name"] = "company_missing"
        return None
    return None, name, cnpj or ""


async def _problem(typed: str, today: date, wrong: dict[str, str]) -> int | None:
    if typed.isascii() and typed.isdigit() and await taxonomy.may_choose(int(typed[:9]), today):
        return int(typed)
    wrong["problem"] = "choice_missing"
    return None


def _day(typed: str, today: date, wrong: dict[str, str]) -> date | None:
    """The day of "2026-10-01", as browsers send it, or of "1/10/2026", as typed where they do not."""
    try:
        day = date.fromisoformat("-".join(part.zfill(2) for part in reversed(typed.split("/"))))
    except ValueError:
        wrong["occurred_on"] = "date_invalid"
        return None
    if day > today:
        wrong["occurred_on"] = "date_future"
    elif day < EARLIEST:
        wrong["occurred_on"] = "date_invalid"
    return day


def _request(typed: Mapping[str, str], wrong: dict[str, str]) -> str:
    """What is asked for, as one text: the choice, and the words where there are any."""
    wish, words = typed["wish"], typed["wish_text"]
    least = WISH_TEXT[0] if wish == "other" else 0
    if wish not in WISHES:
        wrong["wish"] = "choice_missing"
        return ""
    if not least <= len(words) <= WISH_TEXT[1]:
        wrong["wish_text"] = "wish_length"
    if wish == "other":
        return words
    return f"{_(WISHES[wish])}. {words}".removesuffix(" ")


async def sent_letter(case_id: int, protocol: str, name: str, complaint: Complaint) -> Text:
    """What the citizen is told when the complaint has its number."""
    values = {"consumer": name, "company": complaint.company_name, "protocol": protocol}
    return await letters.standard(
        "complaint_sent",
        values,
        path=f"/casos/{case_id}",
        case=case_id,
    )
