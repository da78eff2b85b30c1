"""The offers of a case as pages show them: each version with what changed since the one before."""

from __future__ import annotations

from collections import defaultdict

from app.services import clauses
from app.services.case_story import OfferView
from models import Clause, Offer
from models.rules.agreement import ClauseTerms
from models.rules.offers import changes
from models.rules.people import Side


async def of_case(case_id: int, side: Side) -> tuple[OfferView, ...]:
    """Every version, oldest first, for a person on ``side``."""
    found = await Offer.filter(case_id=case_id).order_by("id").select_related("author")
    if not found:
        return ()
    terms = await _terms([offer.id for offer in found])
    views, before = [], None
    for offer in found:
        own = tuple(terms[offer.id])
        views.append(
            OfferView(
                id=offer.id,
                side=offer.side,
                author=offer.author.name,
                version=offer.version,
                terms=own,
                note=offer.text,
                state=offer.state,
                at=offer.at,
                expires_on=offer.expires_on,
                decided_at=offer.decided_at,
                mine=offer.side is side,
                changes=changes(before, own) if before is not None else (),
            )
        )
        before = own
    return tuple(views)


async def _terms(offer_ids: list[int]) -> dict[int, list[ClauseTerms]]:
    by_offer: dict[int, list[ClauseTerms]] = defaultdict(list)
    for clause in await Clause.filter(offer_id__in=offer_ids).order_by("offer_id", "number"):
        assert clause.offer_id is not None  # noqa: S101  by the filter
        own = by_offer[clause.offer_id]
        own.append(clauses.terms(clause, len(own) + 1))
    return by_offer
