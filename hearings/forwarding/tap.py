"""A receiver inside the process: the recording takes its packets here, before they are encrypted again."""

from collections.abc import Callable

from hearings.forwarding.follower import Follower
from hearings.forwarding.packet import TAIL

OnPacket = Callable[[int, int, bool, bytes, float], None]
"""on_packet(number, timestamp, marker, payload, now): `number` is extended (it does not wrap) and rises
by one with each packet of the source, `timestamp` has 32 bits, `now` is the arrival in monotonic seconds.
Packets may come out of order, each number at most once; a number that never comes was lost. Video begins
with a keyframe."""
OnReport = Callable[[int, int, float], None]
"""on_report(ntp, timestamp, now): the publisher's sender report (64-bit NTP time) in the tap's timestamps."""


class Tap(Follower):
    """Follows a source like any receiver, at its best live layer; nothing is encrypted, nothing is sent."""

    def __init__(self, on_packet: OnPacket, on_report: OnReport, *, video: bool) -> None:
        super().__init__(video=video)
        self._on_packet = on_packet
        self._on_report = on_report

    def take(self, sequence: int, timestamp: int, marker: int, body: bytearray, now: float) -> None:
        """Hand one packet over."""
        numbers = self.numbers
        self._on_packet(
            sequence + numbers.shift,
            (timestamp + numbers.timestamp_shift) & 0xFFFFFFFF,
            bool(marker),
            bytes(body[TAIL:]),
            now,
        )

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        """Hand the publisher's clock over."""
        self._on_report(ntp, (timestamp + self.numbers.timestamp_shift) & 0xFFFFFFFF, now)
