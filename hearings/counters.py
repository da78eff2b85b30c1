"""What the media port dropped and why: a fixed set of integers, so hostile traffic cannot grow memory."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """Datagrams since the process started."""

    received: int = 0
    sent: int = 0
    send_blocked: int = 0
    unknown_source: int = 0
    unknown_kind: int = 0
    limited: int = 0
    stun_refused: int = 0
    stun_malformed: int = 0
    early: int = 0
    srtp_refused: int = 0
    rtp_malformed: int = 0
    rtp_unrouted: int = 0
    rtcp_malformed: int = 0
    dtls_overflow: int = 0
    failures: int = 0

    def snapshot(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)
