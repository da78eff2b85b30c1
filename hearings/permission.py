"""Who may hear, see and record whom: the one place where it is decided."""

from dataclasses import dataclass

from hearings.negotiation import AUDIO


@dataclass(frozen=True, slots=True)
class Standing:
    """What the web said of a seat: let in or still waiting outside, silenced or not.

    `circle` names a private room; "" is the hearing itself. `interpreter` changes nothing here: it is what
    the order of bandwidth and the page's display ask for.
    """

    seat: str
    admitted: bool
    muted: bool
    circle: str = ""
    interpreter: bool = False


def may_receive(receiver: Standing, sender: Standing) -> bool:
    """Whether the receiver has the sender's tracks at all: two seats, both let in, in the same circle."""
    return (
        receiver.seat != sender.seat
        and receiver.admitted
        and sender.admitted
        and receiver.circle == sender.circle
    )


def may_flow(receiver: Standing, sender: Standing, media: str) -> bool:
    """Whether packets of this medium pass now: a silenced seat is seen and not heard."""
    return may_receive(receiver, sender) and not (media == AUDIO and sender.muted)


def may_record(sender: Standing, media: str) -> bool:
    """Whether this medium goes into the hearing's recording: never what is said outside or in private."""
    return sender.admitted and not sender.circle and not (media == AUDIO and sender.muted)
