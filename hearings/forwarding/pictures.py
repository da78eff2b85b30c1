"""What a change of layer needs to know of a packet's payload."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureIds:
    """Whether a receiver can begin with this packet, and VP8's numbers, -1 for one that is absent.

    `wide` says that the PictureID has 15 bits and not 7.
    """

    keyframe: bool
    picture: int = -1
    wide: bool = False
    tl0: int = -1


NONE = PictureIds(keyframe=False)
BEGINNING = PictureIds(keyframe=True)
