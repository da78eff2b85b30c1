"""Offers and counter-offers of the parties, before or without a hearing, and what becomes of them (ADR 0070).

At most one offer is open in a case. Whoever answers says which one they read: when another stands in its
place meanwhile, the act is refused with what changed, and nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, clauses, obligations, parties, queue, scheduling
from app.services.casefile import Opened
from app.services.clauses import Proposal
from app.services.invitations import Invite
from app.services.negotiation import TEXT_MAX, say, tell
from app.services.offer_signing import Confirmed
from app.services.offer_signing import keep as keep_signature
from app.services.settlements import SEAL_SETTLEMENT_JOB
from app.services.signatures import Evidence
from app.services.standing import may_settle
from app.services.wording import side_label
from models import Case, Clause, Offer, OfferState, Statement, StatementKind
from models.rules.agreement import ClauseKind, ClauseState, ClauseTerms, text_hash
from models.rules.case_machine import Action
from models.rules.errors import Conflict, Invalid, NotFound, Refused
from models.rules.evidence import bound, offer_name, statement_name
from models.rules.news import News
from models.rules.offers import OTHER, PARTY_SIDES, Act, changes, expired, settlement_text, step, summary
from models.rules.people import Side, Viewer

REASON_MAX = 2000
MOST_CLAUSES = 8
MOST_VERSIONS = 60
LASTS_DAYS = 10
"""How long an offer stands unless its author says otherwise."""
MOST_DAYS = 60
SESSION = "session"
"""How an offer's author stands by it: the account that was signed in."""


@dataclass(frozen=True)
class Draft:
    """What is to be offered: obligations, a note, and the last day on which it can be accepted."""

    clauses: tuple[Proposal, ...]
    note: str
    expires_on: date | None = None

    def terms(self) -> tuple[ClauseTerms, ...]:
        """The obligations as clauses of an agreement, numbered from 1."""
        return tuple(clause.terms(number) for number, clause in enumerate(self.clauses, start=1))


def check(draft: Draft, today: date) -> None:
    """Raise Invalid for an offer that cannot stand; a clause's fields are called ``c1_amount`` and so on."""
    wrong: dict[str, str] = {}
    for number, clause in enumerate(draft.clauses, start=1):
        wrong |= {f"c{number}_{field}": code for field, code in _wrong_clause(clause, today).items()}
    if not draft.clauses:
        wrong["clauses"] = "agreement_without_clauses"
    if len(draft.note) > TEXT_MAX:
        wrong["note"] = "too_long"
    last = draft.expires_on or today + timedelta(days=LASTS_DAYS)
    if last < today:
        wrong["expires_on"] = "date_past"
    elif last > today + timedelta(days=MOST_DAYS):
        wrong["expires_on"] = "offer_too_long"
    if wrong or len(draft.clauses) > MOST_CLAUSES:
        raise Invalid(wrong or {"clauses": "too_many_clauses"}, max=MOST_DAYS)


def _wrong_clause(clause: Proposal, today: date) -> dict[str, str]:
    """An obligation has a date, so that its fulfilment can be watched; only an abstention may lack one."""
    wrong: dict[str, str] = {}
    try:
        clauses.check(clause, today)
    except Invalid as error:
        wrong = dict(error.fields)
    if clause.due_on is None and clause.kind is not ClauseKind.NOT_DO:
        wrong["due_on"] = "required"
    return wrong


async def text_of(case: Case, side: Side, terms: Sequence[ClauseTerms], note: str) -> str:
    """The canonical text of what ``side`` offers in a case."""
    names = await parties.of_case(case)
    return settlement_text(
        protocol=case.protocol or "",
        consumer=names.consumer_name,
        company=names.company_name,
        by=side_label(side),
        terms=terms,
        note=note,
    )


async def preview(case_id: int, viewer: Viewer, draft: Draft, *, today: date) -> str:
    """How an offer would read, checked and not kept."""
    case, side = await casefile.view(case_id, viewer)
    check(draft, today)
    return await text_of(case, side, draft.terms(), draft.note)


async def make(
    case_id: int,
    viewer: Viewer,
    draft: Draft,
    *,
    seen: int | None,
    evidence: Evidence,
    now: datetime,
    today: date,
) -> int:
    """Offer, or offer something else; it takes the place of the open offer, whoever made that. Its id.

    ``seen`` is the open offer that the person read, None for none. Raises Invalid, Refused, or
    Conflict("offer_changed") with ``text``, what stands there now.
    """
    check(draft, today)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.OFFER)
        before = await standing(case_id)
        await _same(before, seen, today)
        await _may_settle(file)
        counters = before is not None and before.side is not file.side
        if before is not None:
            await decide(before, step(before.state, Act.OFFER, before.side, file.side), now)
        made = await _write(file, viewer, draft, now, today)
        digest = await keep_signature(made, viewer, Confirmed(SESSION, evidence), now=now)
        facts = {"offer": made.id, "by": file.side, "version": made.version, "evidence": digest}
        facts |= bound(texts={offer_name(made.id): made.final_text})
        await casefile.record(file, "offer_countered" if counters else "offer_made", now=now, facts=facts)
        await tell(
            file,
            OTHER[file.side],
            "offer_made",
            now,
            news=News.PROGRESS,
            path=f"/casos/{case_id}/propostas/{made.id}",
            terms=summary(draft.terms()),
            day=f"{made.expires_on:%d/%m/%Y}",
        )
    return made.id


async def _write(file: Opened, viewer: Viewer, draft: Draft, now: datetime, today: date) -> Offer:
    case = file.case
    version = 1 + await Offer.filter(case_id=case.id).count()
    if version > MOST_VERSIONS:
        raise Refused("too_many_offers")
    terms = draft.terms()
    text = await text_of(case, file.side, terms, draft.note)
    made = await Offer.create(
        case_id=case.id,
        side=file.side,
        author_id=viewer.user_id,
        version=version,
        text=draft.note.strip(),
        final_text=text,
        text_hash=text_hash(text),
        expires_on=draft.expires_on or today + timedelta(days=LASTS_DAYS),
        state=OfferState.OPEN,
        at=now,
    )
    await Clause.bulk_create([clauses.row(one, viewer, now, offer_id=made.id) for one in terms])
    return made


async def refuse(
    case_id: int, viewer: Viewer, offer_id: int, reason: str, *, now: datetime, today: date
) -> None:
    """Refuse the other side's open offer, saying why."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Invalid({"reason": "reason_required" if not reason else "too_long"})
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.REFUSE_OFFER)
        theirs = await _read(case_id, offer_id, today)
        after = step(theirs.state, Act.REFUSE, theirs.side, file.side)
        await decide(theirs, after, now)
        said: Statement = await say(file, StatementKind.REPLY, reason, now)
        facts = {"offer": theirs.id, "statement": said.id, "by": file.side}
        facts |= bound(texts={statement_name(said.id): reason})
        await casefile.record(file, "offer_refused", now=now, facts=facts)
        await tell(file, OTHER[file.side], "offer_refused", now, news=News.PROGRESS)


async def withdraw(case_id: int, viewer: Viewer, offer_id: int, *, now: datetime, today: date) -> None:
    """Take one's own side's open offer back before it is accepted (Código Civil, art. 428, IV)."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.WITHDRAW_OFFER)
        mine = await _read(case_id, offer_id, today)
        await _may_settle(file)
        await decide(mine, step(mine.state, Act.WITHDRAW, mine.side, file.side), now)
        await casefile.record(file, "offer_withdrawn", now=now, facts={"offer": mine.id, "by": file.side})
        await tell(file, OTHER[file.side], "offer_withdrawn", now, news=News.PROGRESS)


async def may_accept(case_id: int, viewer: Viewer, offer_id: int, *, today: date) -> Offer:
    """The open offer that the viewer could accept now; refused as ``accept``."""
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.ACCEPT_OFFER)
        theirs = await _read(case_id, offer_id, today)
        step(theirs.state, Act.ACCEPT, theirs.side, file.side)
        await _may_settle(file)
    return theirs


async def accept(
    case_id: int,
    viewer: Viewer,
    offer_id: int,
    *,
    shown_hash: str,
    confirmed: Confirmed,
    now: datetime,
    today: date,
    invite: Invite,
) -> None:
    """Accept the other side's open offer, whose text the page showed with ``shown_hash``.

    Its obligations are entered with their dates, the case goes to fulfilment and a set hearing is cancelled.
    While the hearing is running the agreement is made in it: Refused("hearing_running").
    """
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        to = file.step(Action.ACCEPT_OFFER)
        theirs = await _read(case_id, offer_id, today)
        after = step(theirs.state, Act.ACCEPT, theirs.side, file.side)
        await _may_settle(file)
        if theirs.text_hash != shown_hash:
            raise Conflict("offer_changed", text=theirs.final_text)
        await scheduling.drop_hearings(file, _("As partes fizeram um acordo."), now=now, invite=invite)
        await decide(theirs, after, now)
        digest = await keep_signature(theirs, viewer, confirmed, now=now)
        await Clause.filter(offer_id=theirs.id).update(state=ClauseState.FROZEN)
        first = await obligations.book(await clauses.of_offer(theirs.id), file.case, today)
        facts = {
            "offer": theirs.id,
            "by": file.side,
            "words": shown_hash,
            "method": confirmed.method,
            "evidence": digest,
        }
        await casefile.record(
            file,
            "offer_accepted",
            now=now,
            to=to,
            facts=facts,
            due_on=first,
            due_explanation=obligations.explained(first),
        )
        key = f"{SEAL_SETTLEMENT_JOB}:{theirs.id}"
        await queue.enqueue(SEAL_SETTLEMENT_JOB, key, {"offer": theirs.id}, now=now)
        agreed = summary(await terms_of(theirs.id))
        for side in (Side.CONSUMER, Side.COMPANY):
            await tell(file, side, "offer_accepted", now, news=News.LEGAL, terms=agreed)


async def expire(*, now: datetime, today: date) -> int:
    """End the offers whose last day has passed, and tell both sides; answers how many.

    Each is a transaction of its own and is looked at again under its case's lock.
    """
    late = await Offer.filter(state=OfferState.OPEN, expires_on__lt=today).order_by("id").values("id")
    return sum([await _expire(row["id"], now, today) for row in late])


async def _expire(offer_id: int, now: datetime, today: date) -> bool:
    known = await Offer.get(id=offer_id)
    async with transaction():
        file = await casefile.opened(known.case_id, None)
        offer = await Offer.get(id=offer_id)
        if offer.state is not OfferState.OPEN or not expired(offer.expires_on, today):
            return False
        await decide(offer, step(offer.state, Act.EXPIRE, offer.side, file.side), now)
        await casefile.record(file, "offer_expired", now=now, facts={"offer": offer.id, "by": offer.side})
        day = f"{offer.expires_on:%d/%m/%Y}"
        for side, kind in ((offer.side, "offer_expired_own"), (OTHER[offer.side], "offer_expired_other")):
            await tell(file, side, kind, now, news=News.PROGRESS, day=day)
    return True


async def terms_of(offer_id: int) -> tuple[ClauseTerms, ...]:
    """The obligations of an offer, in their order."""
    found = await clauses.of_offer(offer_id)
    return tuple(clauses.terms(clause, number) for number, clause in enumerate(found, start=1))


async def standing(case_id: int) -> Offer | None:
    """The open offer of a case."""
    return await Offer.filter(case_id=case_id, state=OfferState.OPEN).order_by("-id").first()


async def decide(offer: Offer, state: OfferState, now: datetime) -> None:
    """Write down what became of an offer."""
    offer.state, offer.decided_at = state, now
    await offer.save(update_fields=["state", "decided_at"])


async def _read(case_id: int, offer_id: int, today: date) -> Offer:
    """The open offer, which must be the one that the person read and still stand today."""
    offer = await standing(case_id)
    await _same(offer, offer_id, today)
    assert offer is not None  # noqa: S101 -- its id equals offer_id
    if expired(offer.expires_on, today):
        raise Refused("offer_expired")
    if not offer.final_text:  # made before offers kept their text
        case = await Case.get(id=case_id)
        offer.final_text = await text_of(case, offer.side, await terms_of(offer.id), offer.text)
        offer.text_hash = text_hash(offer.final_text)
        await offer.save(update_fields=["final_text", "text_hash"])
    return offer


async def _same(offer: Offer | None, seen: int | None, today: date) -> None:
    if (offer.id if offer else None) == seen:
        return
    read = await Offer.get_or_none(id=seen) if seen else None
    raise Conflict("offer_changed", text=await _what_changed(read, offer))


async def _what_changed(read: Offer | None, offer: Offer | None) -> str:
    """In one line: what stands instead of what was read."""
    if offer is None:
        words = {
            OfferState.REFUSED: _("a proposta que você lia foi recusada"),
            OfferState.WITHDRAWN: _("a proposta que você lia foi retirada"),
            OfferState.EXPIRED: _("a proposta que você lia perdeu a validade"),
            OfferState.ACCEPTED: _("a proposta que você lia foi aceita"),
        }
        return words.get(read.state, "") if read else _("não há proposta em aberto")
    terms = await terms_of(offer.id)
    who = side_label(offer.side)
    said = _("agora vale a versão %(version)s, de %(who)s: %(terms)s") % {
        "version": offer.version,
        "who": who,
        "terms": summary(terms),
    }
    parts = (
        [part for change in changes(await terms_of(read.id), terms) for part in change.parts] if read else []
    )
    return f"{said} ({'; '.join(parts)})" if parts else said


async def _may_settle(file: Opened) -> None:
    """Only a person with power to settle binds a company (CPC art. 105: special powers)."""
    if file.side not in PARTY_SIDES:
        raise NotFound
    if file.side is not Side.COMPANY:
        return
    assert file.viewer is not None  # noqa: S101 -- the parties are people
    if not await may_settle(file.case.company_id, file.viewer.user_id):
        raise Refused("no_power_to_settle")
