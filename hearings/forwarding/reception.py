"""What a receiver report says of one incoming stream (RFC 3550 section 6.4.1)."""

from hearings.forwarding import rtcp
from hearings.forwarding.sequence import SequenceWindow


class Reception:
    """Jitter and loss of a stream, and the publisher's clock as its last sender report tells it."""

    def __init__(self, clock_rate: int) -> None:
        self.clock_rate = clock_rate
        self.jitter = 0.0
        self.sent: tuple[int, int] | None = None
        """The last sender report: 64-bit NTP time and 32-bit timestamp."""
        self._transit: float | None = None
        self._report_at = 0.0
        self._expected_before = self._accepted_before = 0

    def measure(self, timestamp: int, now: float) -> None:
        """Take the first packet of a frame into the interarrival jitter, in clock units."""
        transit = now * self.clock_rate - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self.clock_rate * 10:  # a wrap or a new clock is no jitter
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def note(self, ntp: int, timestamp: int, now: float) -> None:
        """Remember the publisher's sender report."""
        self.sent = (ntp, timestamp)
        self._report_at = now

    def captured(self, timestamp: int) -> float | None:
        """The publisher's wall clock (seconds of NTP) at a timestamp, None before its first report."""
        if self.sent is None:
            return None
        ntp, base = self.sent
        since = (timestamp - base + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return ntp / 4294967296 + since / self.clock_rate

    def block(self, ssrc: int, window: SequenceWindow, now: float) -> bytes:
        """The report block on what came since the last one."""
        expected = window.expected - self._expected_before
        accepted = window.accepted - self._accepted_before
        self._expected_before, self._accepted_before = window.expected, window.accepted
        lost = max(0, expected - accepted)
        return rtcp.report_block(
            ssrc,
            fraction=lost * 256 // expected if expected > 0 else 0,
            lost=max(0, window.expected - window.accepted),
            highest=window.newest - (window.first & ~0xFFFF),
            jitter=int(self.jitter),
            last_report=self.sent[0] >> 16 & 0xFFFFFFFF if self.sent else 0,
            delay=int((now - self._report_at) * 65536) if self.sent else 0,
        )
