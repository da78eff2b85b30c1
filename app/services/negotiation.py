"""What the parties tell each other before the hearing: answer, offer, counter-offer, acceptance.

At most one offer is open in a case. Whoever answers an offer says which one they read: when another
stands in its place meanwhile, the act is refused with what changed and nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, documents, letters, queue, scheduling
from app.services.casefile import Opened
from app.services.invitations import Invite
from app.services.letters import Text
from app.services.settlements import SEAL_SETTLEMENT_JOB
from app.services.terms import AGREED
from models import Case, DocumentKind, Offer, OfferState, Representation, Statement, StatementKind
from models.rules.agreement import money
from models.rules.case_machine import Action
from models.rules.errors import Conflict, Invalid, Refused
from models.rules.evidence import bound, offer_name, offer_words, statement_name
from models.rules.people import Side, Viewer

ANSWER_MIN = 20
TEXT_MAX = 8000
REASON_MAX = 2000
INSTALMENTS_MAX = 120
_OTHER = {Side.CONSUMER: Side.COMPANY, Side.COMPANY: Side.CONSUMER}


@dataclass(frozen=True)
class OfferTerms:
    """What is offered; centavos, number of equal monthly payments, and by when."""

    text: str
    amount_cents: int | None = None
    instalments: int = 1
    due_on: date | None = None


async def answer(case_id: int, viewer: Viewer, text: str, *, now: datetime) -> None:
    """The company's answer, with the files that its person uploaded for it; may be completed later."""
    text = text.strip()
    if not ANSWER_MIN <= len(text) <= TEXT_MAX:
        raise Invalid({"text": "answer_length"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ANSWER)
        statement = await _say(file, StatementKind.ANSWER, text, now)
        files = await documents.attach(file.case, viewer, (DocumentKind.ANSWER,), company_too=True, now=now)
        await casefile.record(
            file,
            "company_answered",
            now=now,
            to=to,
            facts={
                "statement": statement.id,
                "documents": len(files),
                **bound(files, {statement_name(statement.id): text}),
            },
            due_on=None,
        )
        await _write(
            file,
            _OTHER[file.side],
            _("A empresa respondeu: reclamação %(protocol)s"),
            _("A resposta da empresa já está na página da sua reclamação."),
            now,
        )


async def offer(
    case_id: int, viewer: Viewer, terms: OfferTerms, *, seen: int | None, now: datetime, today: date
) -> None:
    """An offer of the company or a counter-offer of the consumer; it takes the place of the open one.

    ``seen`` is the open offer that the person read, None for none.
    """
    terms = _checked(terms, today)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        company = file.side is Side.COMPANY
        file.step(Action.OFFER if company else Action.COUNTER_OFFER)
        before = await _open_offer(case_id)
        _same(before, seen)
        if not company and not await Offer.filter(case_id=case_id).exists():
            raise Refused("no_offer_yet")
        await _may_settle(file)
        if before is not None:
            await _decide(before, OfferState.COUNTERED, now)
        made = await Offer.create(
            case_id=case_id,
            side=file.side,
            author_id=viewer.user_id,
            text=terms.text,
            amount_cents=terms.amount_cents,
            instalments=terms.instalments,
            due_on=terms.due_on,
            state=OfferState.OPEN,
            at=now,
        )
        counters = before is not None and before.side is not file.side
        name = "offer_countered" if counters or not company else "offer_made"
        words = offer_words(terms.text, terms.amount_cents, terms.instalments, terms.due_on)
        facts = {"offer": made.id, "by": file.side, **bound(texts={offer_name(made.id): words})}
        await casefile.record(file, name, now=now, facts=facts)
        await _write(
            file,
            _OTHER[file.side],
            _("Proposta de acordo: reclamação %(protocol)s"),
            _("Há uma proposta para você: %(terms)s. Você pode aceitar, recusar ou propor outra.")
            % {"terms": summary(terms)},
            now,
        )


async def refuse(case_id: int, viewer: Viewer, offer_id: int, reason: str, *, now: datetime) -> None:
    """Refuse the other side's open offer, saying why."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Invalid({"reason": "reason_required" if not reason else "too_long"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.REFUSE_OFFER)
        theirs = await _theirs(file, offer_id)
        await _decide(theirs, OfferState.REFUSED, now)
        said = await _say(file, StatementKind.REPLY, reason, now)
        facts = {"offer": theirs.id, "statement": said.id, "by": file.side}
        facts |= bound(texts={statement_name(said.id): reason})
        await casefile.record(file, "offer_refused", now=now, facts=facts)
        await _write(
            file,
            _OTHER[file.side],
            _("Proposta recusada: reclamação %(protocol)s"),
            _("A outra parte recusou a sua proposta e explicou o motivo. Você pode fazer outra."),
            now,
        )


async def accept(case_id: int, viewer: Viewer, offer_id: int, *, now: datetime, invite: Invite) -> None:
    """Accept the other side's open offer: the case goes to fulfilment and a set hearing is cancelled.

    While the hearing is running the agreement is made in it: Refused("hearing_running").
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ACCEPT_OFFER)
        theirs = await _theirs(file, offer_id)
        await _may_settle(file)
        await scheduling.drop_hearings(file, _("As partes fizeram um acordo."), now=now, invite=invite)
        await _decide(theirs, OfferState.ACCEPTED, now)
        await casefile.record(
            file,
            "offer_accepted",
            now=now,
            to=to,
            facts={"offer": theirs.id, "by": file.side},
            due_on=theirs.due_on,
            due_explanation="",
            **AGREED,
        )
        await queue.enqueue(
            SEAL_SETTLEMENT_JOB, f"{SEAL_SETTLEMENT_JOB}:{theirs.id}", {"offer": theirs.id}, now=now
        )
        agreed = summary(OfferTerms(theirs.text, theirs.amount_cents, theirs.instalments, theirs.due_on))
        subject = _("Acordo feito: reclamação %(protocol)s")
        body = _("As partes fizeram um acordo: %(terms)s.") % {"terms": agreed}
        for side in (Side.CONSUMER, Side.COMPANY):
            await _write(file, side, subject, body, now)


def summary(terms: OfferTerms) -> str:
    """An offer in one line: amount, instalments and date, or the beginning of its text."""
    parts = []
    if terms.amount_cents is not None:
        parts.append(money(terms.amount_cents))
        if terms.instalments > 1:
            parts.append(_("em %(count)s parcelas mensais") % {"count": terms.instalments})
    if terms.due_on is not None:
        parts.append(_("até %(day)s") % {"day": f"{terms.due_on:%d/%m/%Y}"})
    return ", ".join(parts) if parts else " ".join(terms.text.split())[:120]


def _checked(terms: OfferTerms, today: date) -> OfferTerms:
    text = terms.text.strip()
    rules: dict[str, Callable[[], str | None]] = {
        "text": lambda: "required" if not text else "too_long" if len(text) > TEXT_MAX else None,
        "amount": lambda: (
            "amount_invalid" if terms.amount_cents is not None and terms.amount_cents < 1 else None
        ),
        "instalments": lambda: _wrong_instalments(terms),
        "due_on": lambda: "date_past" if terms.due_on is not None and terms.due_on < today else None,
    }
    wrong = {field: code for field, rule in rules.items() if (code := rule())}
    if wrong:
        raise Invalid(wrong)
    return OfferTerms(text, terms.amount_cents, terms.instalments, terms.due_on)


def _wrong_instalments(terms: OfferTerms) -> str | None:
    if not 1 <= terms.instalments <= INSTALMENTS_MAX:
        return "instalments_invalid"
    if terms.instalments > 1 and (terms.amount_cents is None or terms.amount_cents < terms.instalments):
        return "instalments_need_amount"
    return None


async def _say(file: Opened, kind: StatementKind, text: str, now: datetime) -> Statement:
    assert file.viewer is not None  # noqa: S101 -- only a person says something
    return await Statement.create(
        case_id=file.case.id, kind=kind, side=file.side, author_id=file.viewer.user_id, text=text, at=now
    )


async def _open_offer(case_id: int) -> Offer | None:
    return await Offer.filter(case_id=case_id, state=OfferState.OPEN).order_by("-id").first()


def _same(standing: Offer | None, seen: int | None) -> None:
    if (standing.id if standing else None) != seen:
        raise Conflict("offer_changed")


async def _theirs(file: Opened, offer_id: int) -> Offer:
    """The open offer of the other side, which must be the one that the person read."""
    standing = await _open_offer(file.case.id)
    _same(standing, offer_id)
    assert standing is not None  # noqa: S101 -- its id equals offer_id
    if standing.side is file.side:
        raise Refused("own_offer")
    return standing


async def _may_settle(file: Opened) -> None:
    """Only a person with power to settle binds a company (CPC art. 105: special powers)."""
    if file.side is not Side.COMPANY:
        return
    power = await Representation.get_or_none(company_id=file.case.company_id, user_id=_actor(file))
    if power is None or not power.may_settle:
        raise Refused("no_power_to_settle")


def _actor(file: Opened) -> int:
    assert file.viewer is not None  # noqa: S101 -- the parties are people
    return file.viewer.user_id


async def _decide(standing: Offer, state: OfferState, now: datetime) -> None:
    standing.state, standing.decided_at = state, now
    await standing.save(update_fields=["state", "decided_at"])


async def _write(file: Opened, side: Side, subject: str, body: str, now: datetime) -> None:
    case: Case = file.case
    await letters.write(
        (await casefile.people_of(case)).get(side, []),
        f"case:{case.id}:{case.version}",
        Text(
            subject=subject % {"protocol": case.protocol},
            paragraphs=(body,),
            button=_("Abrir a reclamação"),
            path=f"/casos/{case.id}",
            case=case.id,
        ),
        now=now,
    )
