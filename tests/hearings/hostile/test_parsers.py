"""Every reader of foreign bytes, against recorded packets that were damaged: it reads, or it says no.

The examples are the same in every run; HOSTILE_EXAMPLES=100000 looks for new ones.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearings import messages
from hearings.bandwidth import feedback
from hearings.errors import HearingError
from hearings.forwarding import h264, rtcp, vp8
from hearings.forwarding.routing import MAX_SSRCS
from hearings.ice import Path
from hearings.negotiation import accepted_mids, publish_answer, published_tracks
from hearings.sdp import TransportDescription, parse, render
from tests.hearings.desk import Desk
from tests.hearings.hostile.nobody import nobodys_site
from tests.hearings.hostile.recorded import (
    ANSWER,
    DTLS,
    MEDIA,
    OFFER,
    RTCP,
    RTP,
    STUN,
    damaged,
    damaged_lines,
)
from tests.hearings.house import House

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "120"))
hostile = settings(
    max_examples=EXAMPLES,
    derandomize="HOSTILE_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OURS = TransportDescription("ours", "p" * 24, "sha-256 " + ":".join(["AB"] * 32), "passive")
HOME = Path(0, ("192.0.2.10", 5000))

pytestmark = pytest.mark.timeout(0 if "HOSTILE_EXAMPLES" in os.environ else 120)


@hostile
@given(damaged(RTCP))
def test_rtcp_is_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        rtcp.read(data)


@hostile
@given(damaged({"transport": RTCP["transport"][12:]}) | st.binary(max_size=60))
def test_transport_feedback_is_read_or_refused(body: bytes) -> None:
    with suppress(ValueError):
        read = feedback.parse(body)
        assert len(read.arrivals) <= feedback.MAX_STATUSES
        with suppress(ValueError):  # what was read need not be writable: arrivals may lie too far apart
            assert feedback.parse(feedback.build(read)).arrivals == read.arrivals


@hostile
@given(damaged(STUN), st.integers(0, 3))
def test_a_damaged_check_binds_nothing(data: bytes, first: int) -> None:
    site = nobodys_site()
    site.open("owner")
    assert site.receive(bytes([first]) + data[1:], HOME, 0.0) is None


@hostile
@given(damaged({name: data[12:] for name, data in RTP.items()}) | st.binary(max_size=40), st.integers(0, 20))
def test_payloads_are_read_and_rewritten_within_their_bounds(data: bytes, at: int) -> None:
    at = min(at, len(data))
    for reader in (vp8.read, h264.read):
        ids = reader(data, at)
        assert -1 <= ids.picture <= 0x7FFF
        assert -1 <= ids.tl0 <= 0xFF
    buffer = bytearray(data) + bytearray(b"behind")
    vp8.rewrite(buffer, at, len(data), 1234, 99)
    assert len(buffer) == len(data) + 6
    assert buffer[:at] == data[:at]
    assert buffer[len(data) :] == b"behind"


@hostile
@given(damaged_lines(OFFER) | damaged_lines(ANSWER))
def test_an_sdp_is_understood_or_refused_and_puts_no_words_into_our_mouth(text: str) -> None:
    with suppress(HearingError):
        description = parse(text)
        accepted_mids(description)
        again = parse(render(description))
        assert parse(render(again)).sections == again.sections
        published_tracks(description)
        answer = render(publish_answer(description, OURS, 1, 1))
        ours = {"v", "o", "s", "t", "a", "m", "c"}
        assert {line[0] for line in answer.split("\r\n") if line} <= ours
        assert answer.count("a=fingerprint:") == answer.count(OURS.fingerprint)
        assert answer.count("a=ice-pwd:") == answer.count(OURS.password)


def test_a_repeated_format_is_one_codec() -> None:
    """Found by fuzzing: codecs times feedback lines would be minutes of work and an answer of gigabytes."""
    line = next(line for line in OFFER.splitlines() if line.startswith("m=video"))
    number = line.split()[3]
    feedback_line = f"a=rtcp-fb:{number} nack"
    lines = [*OFFER.splitlines(), *[feedback_line] * 500]
    repeated = "\r\n".join(one + f" {number}" * 5000 if one == line else one for one in lines)
    for section in parse(repeated).sections:
        numbers = [codec.payload_type for codec in section.codecs]
        assert len(numbers) == len(set(numbers))


@hostile
@given(
    st.sampled_from(sorted(messages.KINDS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(("room", "seat", "sdp", "generation", "sizes", "folder")), inner
            )
        ),
        max_leaves=8,
    ),
)
def test_a_message_at_the_door_is_as_declared_or_refused(name: str, payload: Any) -> None:
    with suppress(HearingError):
        assert isinstance(messages.read(messages.KINDS[name], payload), messages.KINDS[name])


def test_decrypted_media_goes_somewhere_or_nowhere(desk: Desk) -> None:
    """What a publisher can do under its own keys: damaged packets among true ones, on to a receiver."""
    publisher, receiver = desk.browser(), desk.browser()
    for track in published_tracks(parse(OFFER)):
        if track.active:
            source = desk.forwarder.add_in(publisher.leg, track)
            desk.out(receiver, source)
    true = iter(MEDIA * 100)

    @hostile
    @given(damaged(RTP))
    def media(data: bytes) -> None:
        publisher.send(next(true)[1])
        publisher.send(data)
        desk.pass_time(0.02)

    media()
    assert desk.counters.failures == 0
    assert desk.counters.rtp_malformed > 0
    assert receiver.rtp()
    assert len(publisher.leg.routes.layers) <= MAX_SSRCS


async def test_decrypted_reports_are_taken_or_ignored(house: House) -> None:
    """What either side can do under its own keys."""
    await house.publish("a")
    await house.subscribe("b")
    await house.connected("a", "b")
    publisher, subscriber = house.room.seats["a"].publisher, house.room.seats["b"].subscriber
    assert publisher is not None
    assert subscriber is not None
    out = house.out("b", ("a", "video"))
    known = {
        name: data.replace(bytes((0, 0, 0, 7)), out.ssrc.to_bytes(4, "big")) for name, data in RTCP.items()
    }
    clock = iter(range(10**9))

    @hostile
    @given(damaged(known))
    def control(data: bytes) -> None:
        now = next(clock) / 1000
        publisher.connection.receive_rtcp(data, now)
        subscriber.connection.receive_rtcp(data, now)

    control()
    assert house.port.counters.rtcp_malformed > 0


async def test_damaged_handshakes_are_refused(house: House) -> None:
    """Into aiortc's DTLS, which reads on afterwards."""
    peer = await house.publish("a")
    await house.connected("a")
    publisher = house.room.seats["a"].publisher
    assert publisher is not None
    chosen: list[bytes] = []

    @settings(max_examples=min(EXAMPLES, 200), derandomize=True, deadline=None)
    @given(damaged(DTLS))
    def collect(data: bytes) -> None:
        chosen.append(data)

    collect()
    for number, data in enumerate(chosen):
        peer.send_raw(data)
        if number % 20 == 0:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.2)
    assert publisher.connection.up
    assert house.port.counters.failures == 0
