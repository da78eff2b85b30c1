"""What pages say of an offer's state: its words and their tone."""

from __future__ import annotations

from collections.abc import Mapping

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.offers import OfferState

_WORDS: Mapping[OfferState, tuple[str, str]] = {
    OfferState.OPEN: (N_("aguardando resposta"), "warning"),
    OfferState.ACCEPTED: (N_("aceita"), "success"),
    OfferState.REFUSED: (N_("recusada"), "danger"),
    OfferState.COUNTERED: (N_("respondida com contraproposta"), "neutral"),
    OfferState.REPLACED: (N_("substituída por quem a fez"), "neutral"),
    OfferState.WITHDRAWN: (N_("retirada"), "neutral"),
    OfferState.EXPIRED: (N_("perdeu a validade"), "neutral"),
}


def state_words() -> Mapping[OfferState, tuple[str, str]]:
    """The words and the tone of each state."""
    return {state: (_(words), tone) for state, (words, tone) in _WORDS.items()}
