"""What a media process is started with."""

from dataclasses import dataclass

from hearings.negotiation import VP8


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """Start values of one media process.

    `door_port` and `udp_port` 0 mean "any free port". `addresses` are the announced media addresses, each
    `ADDRESS` or `ADDRESS=LOCAL` where the machine sits behind a one-to-one NAT; empty means "find them".
    `codec` is what pictures are sent in by browsers that have it. `secret` is what a link must show at the
    door. `child` ends the process when its standard input closes; a `spare` child takes ports only when a
    line comes there. `captions` names the model of live captions, empty for none.
    """

    secret: str
    door_host: str = "127.0.0.1"
    door_port: int = 0
    udp_port: int = 0
    addresses: tuple[str, ...] = ()
    codec: str = VP8
    child: bool = False
    spare: bool = False
    max_rooms: int = 64
    captions: str = ""
