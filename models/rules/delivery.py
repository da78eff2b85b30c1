"""Serving a notice: by which means, how far each attempt came, and what of it makes the company aware.

A term runs from certain awareness only (Decreto 2.181/1997, arts. 42 and 42-A): an e-mail that was sent, or
even opened by somebody, is no certainty; a representative who opens the case in the portal, a receipt that
came back signed (AR), an official publication and a person who signs are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

AWARENESS, REDELIVERY = "awareness", "redelivery"
"""Terms of service: how long an attempt is waited for, how soon one that failed is followed by another."""


class Channel(StrEnum):
    """A means of serving a notice."""

    PORTAL = "portal"
    EMAIL = "email"
    LETTER = "letter"
    """Registered letter with acknowledgement of receipt (AR)."""
    PUBLICATION = "publication"
    IN_PERSON = "in_person"


class DeliveryStatus(StrEnum):
    """How far an attempt came."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


C, D = Channel, DeliveryStatus
_REACHED = (D.QUEUED, D.SENT, D.DELIVERED, D.OPENED, D.ACKNOWLEDGED)
BY_HAND = {
    C.EMAIL: (D.DELIVERED, D.FAILED),
    C.LETTER: (D.SENT, D.DELIVERED, D.FAILED),
    C.PUBLICATION: (D.DELIVERED,),
    C.IN_PERSON: (D.ACKNOWLEDGED, D.FAILED),
}
"""What staff writes down of each means; the portal and the mail server tell the rest themselves."""

AWARE = frozenset(
    {
        (C.PORTAL, D.OPENED),
        (C.PORTAL, D.ACKNOWLEDGED),
        (C.EMAIL, D.ACKNOWLEDGED),
        (C.LETTER, D.DELIVERED),
        (C.PUBLICATION, D.DELIVERED),
        (C.IN_PERSON, D.ACKNOWLEDGED),
    }
)
"""What makes the company aware, by law."""

AWARE_HOW = {
    C.PORTAL: "acesso no portal",
    C.EMAIL: "comparecimento com o código da notificação",
    C.LETTER: "AR recebido",
    C.PUBLICATION: "publicação oficial",
    C.IN_PERSON: "recebida em mãos",
}
"""How the awareness is known, as the sentence of the term says it."""
BEFORE_AWARENESS = (AWARENESS, REDELIVERY)
"""The agency's own terms while a notice is served: the company's has not begun."""

PROVED = frozenset({(C.LETTER, D.DELIVERED), (C.PUBLICATION, D.DELIVERED), (C.IN_PERSON, D.ACKNOWLEDGED)})
"""What staff may only write down with a document that proves it."""
PRINTED = frozenset({C.LETTER, C.PUBLICATION, C.IN_PERSON})
"""What is printed for the attempt: the letter, the text for the gazette, the copy that is signed."""
del C, D


def may_follow(before: DeliveryStatus, after: DeliveryStatus) -> bool:
    """Whether an attempt that came to ``before`` can come to ``after``: onwards, or to a failure.

    An attempt that failed is over, and so is one that was acknowledged; mail may bounce after it was sent.
    """
    if before in (DeliveryStatus.FAILED, DeliveryStatus.ACKNOWLEDGED):
        return False
    if after is DeliveryStatus.FAILED:
        return before in (DeliveryStatus.QUEUED, DeliveryStatus.SENT)
    return _REACHED.index(after) > _REACHED.index(before)


def next_channel(order: Sequence[Channel], tried: Collection[Channel], *, has_email: bool) -> Channel | None:
    """The means to try next: the first of the profile's order that was not tried and can be; None for none.

    Nobody is served at an e-mail that the company has not; the portal serves by itself who has an account.
    """
    useless = {Channel.PORTAL} if has_email else {Channel.PORTAL, Channel.EMAIL}
    return next((channel for channel in order if channel not in tried and channel not in useless), None)
