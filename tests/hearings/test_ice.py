"""ICE-lite: who is answered, which path is used, what strangers cost."""

from dataclasses import dataclass, field

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from hearings.counters import Counters
from hearings.ice import MAX_PATHS, REFUSALS_PER_S, STALE_PATH_S, IceLite, IcePeer, Path

HOME = Path(0, ("192.0.2.10", 5000))
AWAY = Path(0, ("198.51.100.7", 6000))


@dataclass
class Table:
    """What the packet path would go by."""

    routes: dict[Path, object] = field(default_factory=dict)
    aims: dict[object, Path | None] = field(default_factory=dict)

    def bind(self, path: Path, owner: object) -> None:
        self.routes[path] = owner

    def unbind(self, path: Path) -> None:
        del self.routes[path]

    def aim(self, owner: object, path: Path | None) -> None:
        self.aims[owner] = path


@dataclass
class Site:
    """An ICE agent whose answers are kept."""

    sent: list[tuple[Path, bytes]] = field(default_factory=list)
    table: Table = field(default_factory=Table)
    counters: Counters = field(default_factory=Counters)

    def __post_init__(self) -> None:
        self.ice = IceLite(lambda path, data: self.sent.append((path, data)), self.table, self.counters)


@pytest.fixture
def site() -> Site:
    return Site()


def check(peer: IcePeer, *, nominate: bool = False, credentials=None, password: str | None = None) -> bytes:
    """A browser's connectivity check."""
    credentials = credentials or peer.credentials
    message = stun.Message(
        stun.Method.BINDING,
        stun.Class.REQUEST,
        attributes={"USERNAME": f"{credentials.ufrag}:remote", "PRIORITY": 1, "ICE-CONTROLLING": 7},
    )
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or credentials.password).encode())
    return bytes(message)


def test_a_true_check_is_answered_with_the_seen_address_and_bound(site: Site) -> None:
    peer = site.ice.open("owner")
    request = check(peer)
    assert site.ice.receive(request, HOME, 0.0) is peer
    path, data = site.sent[0]
    answer = stun.parse_message(data)
    assert path == HOME
    assert answer.message_class == stun.Class.RESPONSE
    assert answer.transaction_id == stun.parse_message(request).transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == HOME.address
    assert answer.check_message_integrity(peer.credentials.password.encode())
    assert site.ice.peer_at(HOME) is peer


@pytest.mark.parametrize("lie", ["password", "user", "unsigned"])
def test_a_check_that_is_not_signed_for_us_is_dropped_in_silence(site: Site, lie: str) -> None:
    peer = site.ice.open("owner")
    data = {
        "password": check(peer, password="wrong"),
        "user": check(IceLite(lambda *_: None, Table(), Counters()).open("other")),
        "unsigned": bytes(
            stun.Message(
                stun.Method.BINDING,
                stun.Class.REQUEST,
                attributes={"USERNAME": f"{peer.credentials.ufrag}:x"},
            )
        ),
    }[lie]
    assert site.ice.receive(data, HOME, 0.0) is None
    assert site.sent == []
    assert site.ice.peer_at(HOME) is None
    assert site.counters.stun_refused == 1


def test_the_path_moves_by_nomination_and_by_silence_only(site: Site) -> None:
    peer = site.ice.open("owner")
    site.ice.receive(check(peer), HOME, 0.0)
    site.ice.receive(check(peer), AWAY, 1.0)
    assert peer.path == HOME
    site.ice.receive(check(peer, nominate=True), AWAY, 1.1)
    assert peer.path == AWAY
    site.ice.receive(check(peer), HOME, 1.1 + STALE_PATH_S + 0.1)
    assert peer.path == HOME


def test_old_credentials_live_until_a_pair_of_the_new_ones_is_nominated(site: Site) -> None:
    peer = site.ice.open("owner")
    old = peer.credentials
    site.ice.receive(check(peer, nominate=True), HOME, 0.0)
    new = site.ice.restart(peer)
    assert new != old
    assert site.ice.receive(check(peer, credentials=old), HOME, 1.0) is peer
    assert site.ice.receive(check(peer), AWAY, 1.1) is peer
    assert peer.path == HOME
    assert site.ice.receive(check(peer, nominate=True), AWAY, 1.2) is peer
    assert peer.path == AWAY
    assert site.ice.receive(check(peer, credentials=old), HOME, 1.3) is None


def test_restarts_and_roaming_do_not_grow_memory(site: Site) -> None:
    peer = site.ice.open("owner")
    site.ice.receive(check(peer, nominate=True), HOME, 0.0)
    for number in range(50):
        site.ice.restart(peer)
        site.ice.receive(check(peer), Path(0, ("192.0.2.99", number + 1)), number * 0.01)
    assert len(site.ice) == 2
    assert len(peer.paths) <= MAX_PATHS
    site.ice.close(peer)
    assert len(site.ice) == 0
    assert site.ice.peer_at(HOME) is None


def test_a_browser_address_goes_over_to_its_next_connection(site: Site) -> None:
    first, second = site.ice.open("first"), site.ice.open("second")
    site.ice.receive(check(first), HOME, 0.0)
    site.ice.receive(check(second), HOME, 1.0)
    site.ice.close(first)
    assert site.ice.peer_at(HOME) is second


def test_a_host_whose_checks_keep_failing_is_not_listened_to_for_a_second(site: Site) -> None:
    peer = site.ice.open("owner")
    for _ in range(REFUSALS_PER_S):
        assert not site.ice.limited(HOME)
        site.ice.receive(check(peer, password="wrong"), HOME, 0.0)
    assert site.ice.limited(HOME)
    assert not site.ice.limited(AWAY)
    site.ice.forget_refusals()
    assert not site.ice.limited(HOME)


def test_an_address_of_ip_version_6_is_told_as_seen(site: Site) -> None:
    peer = site.ice.open("owner")
    path = Path(1, ("2001:db8::7", 5000, 0, 0))
    assert site.ice.receive(check(peer), path, 0.0) is peer
    assert stun.parse_message(site.sent[0][1]).attributes["XOR-MAPPED-ADDRESS"] == path.address[:2]


acts = st.lists(
    st.tuples(
        st.sampled_from(["check", "nominate", "restart", "close", "open", "old"]),
        st.integers(0, 3),  # whose
        st.integers(0, 11),  # from where
        st.floats(0.0, 10.0),  # after how long
    ),
    max_size=60,
)


@given(acts)
def test_the_packet_path_always_goes_by_what_is_bound(acts: list[tuple[str, int, int, float]]) -> None:
    """Four browsers check, nominate, restart, leave and come back from twelve addresses in any order."""
    site = Site()
    peers = {seat: site.ice.open(seat) for seat in range(4)}
    old = {seat: peer.credentials for seat, peer in peers.items()}
    now = 0.0
    for act, seat, place, pause in acts:
        now += pause
        peer, path = peers[seat], Path(0, ("192.0.2.1", place + 1))
        if act == "restart":
            site.ice.restart(peer)
        elif act == "close":
            site.ice.close(peer)
        elif act == "open":
            site.ice.close(peer)
            peers[seat] = site.ice.open(seat)
            old[seat] = peers[seat].credentials
        else:
            credentials = old[seat] if act == "old" else peer.credentials
            data = check(peer, nominate=act == "nominate", credentials=credentials)
            site.ice.receive(data, path, now)
        bound = {path: peer.owner for peer in peers.values() for path in peer.paths}
        assert site.table.routes == bound
        for seat, peer in peers.items():
            assert site.table.aims.get(seat) == peer.path
            assert peer.path is None or peer.path in peer.paths
            assert len(peer.paths) <= MAX_PATHS


@given(st.binary(max_size=200))
def test_no_bytes_raise_or_bind(data: bytes) -> None:
    site = Site()
    site.ice.open("owner")
    assert site.ice.receive(data, HOME, 0.0) is None
    assert site.sent == []


@given(st.data())
def test_no_damaged_check_raises_or_is_believed_with_another_user(data: st.DataObject) -> None:
    site = Site()
    peer = site.ice.open("owner")
    good = bytearray(check(peer))
    for at in data.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=4)):
        good[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    whole = bytes(good)
    # Damage to the bytes after the signature, or none at all, may leave a check that is still true.
    if site.ice.receive(whole[:cut], HOME, 0.0) is not None:
        assert stun.parse_message(whole[:cut]).check_message_integrity(peer.credentials.password.encode())
