"""Who may hear and see whom: the one place where it is decided."""

from dataclasses import dataclass

from hearings.negotiation import AUDIO


@dataclass(frozen=True, slots=True)
class Standing:
    """What the web said of a seat: let in or still waiting outside, and silenced or not."""

    seat: str
    admitted: bool
    muted: bool


def may_receive(receiver: Standing, sender: Standing) -> bool:
    """Whether the receiver has the sender's tracks at all: both are in the room and they are two."""
    return receiver.seat != sender.seat and receiver.admitted and sender.admitted


def may_flow(receiver: Standing, sender: Standing, media: str) -> bool:
    """Whether packets of this medium pass now: a silenced seat is seen and not heard."""
    return may_receive(receiver, sender) and not (media == AUDIO and sender.muted)
