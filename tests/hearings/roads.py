"""The way between one person's browser and the media process, as bad as a test wants it."""

from types import TracebackType

from bench.network.candidates import replace_candidates
from bench.network.cases import CLEAN, Condition
from bench.network.relay import HOST, Hop, Line, Relay


class Road:
    """A `Road` of tests.hearings.browsers: each connection gets a hop of its own, all on one line."""

    def __init__(self, udp_port: int, seed: int = 7) -> None:
        self._relay = Relay()
        self._line = Line(seed)
        self._target = (HOST, udp_port)
        self._hops: dict[tuple[str, int], Hop] = {}

    def __enter__(self) -> "Road":
        self._relay.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._relay.__exit__(kind, error, trace)

    def __call__(self, connection: str, generation: int, sdp: str) -> str:
        """The server's SDP, leading over the hop of this connection."""
        key = (connection, generation)
        if key not in self._hops:
            self._hops[key] = self._relay.hop(self._line)
            self._relay.aim(self._hops[key], self._target)
        return replace_candidates(sdp, self._hops[key].front_address)

    def becomes(self, condition: Condition = CLEAN) -> None:
        """Both directions are like this from now on."""
        self._relay.set(self._line, condition)

    def moves(self) -> None:
        """The server sees other addresses from now on, as when a telephone leaves the Wi-Fi."""
        self._relay.move(self._line)

    @property
    def lost(self) -> tuple[int, int]:
        """Datagrams lost on the way to the server and on the way back."""
        return self._line.up.lost, self._line.down.lost
