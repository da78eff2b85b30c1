"""Offers between the parties: what may become of one, by whom, and what changed since the one before.

At most one offer is open in a case. Who offers anew closes it: the other side's is countered, one's own is
replaced. It binds who made it until its last day, unless withdrawn before it was accepted (Código Civil,
arts. 427 to 431, CDC art. 30; ADR 0070).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.agreement import KIND_TEXT, ClauseTerms, clause_text, money, obligation_text, penalty_text
from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.people import Side

PARTY_SIDES: Mapping[Side, SeatRole] = {Side.CONSUMER: SeatRole.CONSUMER, Side.COMPANY: SeatRole.COMPANY}
"""The sides that offer, as an agreement names them."""
OTHER: Mapping[Side, Side] = {Side.CONSUMER: Side.COMPANY, Side.COMPANY: Side.CONSUMER}


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    COUNTERED = "countered"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    """What happens to an offer."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    OFFER = "offer"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Who(StrEnum):
    """Who acts, as the offer sees them."""

    AUTHOR = "author"
    OTHER = "other"
    CLOCK = "clock"


TABLE: Mapping[tuple[OfferState, Act, Who], OfferState] = {
    (OfferState.OPEN, Act.ACCEPT, Who.OTHER): OfferState.ACCEPTED,
    (OfferState.OPEN, Act.REFUSE, Who.OTHER): OfferState.REFUSED,
    (OfferState.OPEN, Act.OFFER, Who.OTHER): OfferState.COUNTERED,
    (OfferState.OPEN, Act.OFFER, Who.AUTHOR): OfferState.REPLACED,
    (OfferState.OPEN, Act.WITHDRAW, Who.AUTHOR): OfferState.WITHDRAWN,
    (OfferState.OPEN, Act.EXPIRE, Who.CLOCK): OfferState.EXPIRED,
}


def who(author: Side, side: Side) -> Who:
    """What ``side`` is to an offer of ``author``."""
    if side is Side.SYSTEM:
        return Who.CLOCK
    return Who.AUTHOR if side is author else Who.OTHER


def step(state: OfferState, act: Act, author: Side, side: Side) -> OfferState:
    """What an offer is after ``act``.

    Refused("offer_over") when nothing can happen to it any more, "own_offer" when the answer is the other
    side's, "not_your_offer" when only its author may do this.
    """
    if state is not OfferState.OPEN:
        raise Refused("offer_over")
    after = TABLE.get((state, act, who(author, side)))
    if after is None:
        raise Refused("not_your_offer" if act is Act.WITHDRAW else "own_offer")
    return after


def expired(expires_on: date | None, today: date) -> bool:
    """Whether its last day has passed; that day itself is in time."""
    return expires_on is not None and expires_on < today


@dataclass(frozen=True)
class Change:
    """How one obligation differs from the version before; ``before`` or ``after`` is empty when it had none.

    ``parts`` say what differs within one that is in both.
    """

    before: str
    after: str
    parts: tuple[str, ...] = ()


def changes(before: Sequence[ClauseTerms], after: Sequence[ClauseTerms]) -> tuple[Change, ...]:
    """What changed between two versions: obligations are compared by kind and debtor, in their order."""
    old, found = _grouped(before), []
    for key, new in _grouped(after).items():
        earlier = old.pop(key, [])
        for index, terms in enumerate(new):
            if index >= len(earlier):
                found.append(Change("", obligation_text(terms)))
            elif parts := _parts(earlier[index], terms):
                found.append(Change(obligation_text(earlier[index]), obligation_text(terms), parts))
        found += [Change(obligation_text(gone), "") for gone in earlier[len(new) :]]
    found += [Change(obligation_text(gone), "") for rest in old.values() for gone in rest]
    return tuple(found)


def _grouped(clauses: Iterable[ClauseTerms]) -> dict[tuple[str, str], list[ClauseTerms]]:
    groups: dict[tuple[str, str], list[ClauseTerms]] = defaultdict(list)
    for clause in clauses:
        groups[clause.kind.value, clause.debtor.value].append(clause)
    return groups


_NONE = "nada"
_PARTS: tuple[tuple[str, Callable[[ClauseTerms], str]], ...] = (
    ("valor", lambda terms: money(terms.amount_cents) if terms.amount_cents is not None else _NONE),
    ("parcelas", lambda terms: str(terms.instalments)),
    ("data", lambda terms: f"{terms.due_on:%d/%m/%Y}" if terms.due_on else _NONE),
    ("detalhes", lambda terms: f"“{' '.join(terms.text.split())}”" if terms.text.strip() else _NONE),
    ("local", lambda terms: terms.place.strip() or _NONE),
    ("se não for cumprida", lambda terms: penalty_text(terms.penalty) or _NONE),
)


def _parts(before: ClauseTerms, after: ClauseTerms) -> tuple[str, ...]:
    found = []
    for name, words in _PARTS:
        old, new = words(before), words(after)
        if old != new:
            found.append(f"{name}: de {old} para {new}")
    return tuple(found)


def summary(terms: Sequence[ClauseTerms]) -> str:
    """An offer in one line: what its first obligation comes to, and how many others there are."""
    if not terms:
        return ""
    first = terms[0]
    parts = [KIND_TEXT[first.kind]]
    if first.amount_cents is not None:
        parts[0] += f" {money(first.amount_cents)}"
        if first.instalments > 1:
            parts.append(f"em {first.instalments} parcelas mensais")
    elif first.text.strip():
        parts[0] += f": {' '.join(first.text.split())[:120]}"
    if first.due_on is not None:
        parts.append(f"até {first.due_on:%d/%m/%Y}")
    line = ", ".join(parts)
    more = len(terms) - 1
    return line + (f" e mais {more} obrigaç{'ão' if more == 1 else 'ões'}" if more else "")


def settlement_text(
    *, protocol: str, consumer: str, company: str, by: str, terms: Sequence[ClauseTerms], note: str
) -> str:
    """The canonical text of an offer, and of the agreement once it is accepted; lines end in LF.

    ``by`` is who offered, ``note`` what they wrote beside the obligations. Each payment of an obligation in
    instalments has a line of its own, as in a hearing's agreement.
    """
    lines = [
        f"Reclamação {protocol}",
        f"Consumidor: {consumer}",
        f"Fornecedor: {company}",
        f"Proposta de: {by}",
        "",
    ]
    for clause in terms:
        lines.append(clause_text(clause))
        lines += [
            f"Parcela {one.number}: {money(one.amount_cents)}, até {one.due_on:%d/%m/%Y}."
            for one in clause.payments
        ]
    if said := "\n".join(line.rstrip() for line in note.strip().splitlines()):
        lines += ["", f"Observação: {said}"]
    return "\n".join(lines) + "\n"
