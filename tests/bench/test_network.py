"""The bench's own instruments: a line does what its condition says, a figure is what the samples say."""

import socket
import time
from itertools import pairwise
from typing import Any

import pytest

from bench.network.candidates import replace_candidates, server_address
from bench.network.cases import CASES, CLEAN, Condition
from bench.network.figures import read
from bench.network.lane import Lane
from bench.network.relay import HOST, Line, Relay


def through(condition: Condition, *, size: int = 1000, every: float = 0.002, seconds: float = 60.0):
    """When each datagram of a steady stream arrives."""
    lane = Lane(3)
    lane.set(condition, 0.0)
    times = [number * every for number in range(int(seconds / every))]
    return lane, [(sent, lane.admit(size, sent)) for sent in times]


@pytest.mark.parametrize("loss", [0.02, 0.10, 0.20])
def test_a_lane_loses_what_it_should_in_bursts(loss: float) -> None:
    lane, arrivals = through(Condition(loss=loss), seconds=600)
    lost = [arrives is None for _, arrives in arrivals]
    assert sum(lost) / len(lost) == pytest.approx(loss, rel=0.15)
    bursts = sum(1 for before, now in pairwise(lost) if now and not before)
    assert sum(lost) / bursts * 0.002 == pytest.approx(0.030, rel=0.25)
    assert lane.lost == sum(lost)


def test_the_bad_moments_do_not_depend_on_what_is_sent() -> None:
    _, many = through(Condition(loss=0.1), every=0.001)
    _, few = through(Condition(loss=0.1), every=0.010, size=100)
    gone = {round(sent, 6): arrives is None for sent, arrives in many}
    assert all(gone[round(sent, 6)] == (arrives is None) for sent, arrives in few)


def test_a_limited_lane_lets_its_rate_through_and_keeps_nobody_waiting_longer_than_its_queue() -> None:
    lane, arrivals = through(Condition(rate=1_000_000, delay_s=0.0))  # 4 Mbit/s are offered
    assert lane.bytes * 8 / 60 == pytest.approx(1_000_000, rel=0.02)
    assert max(arrives - sent for sent, arrives in arrivals if arrives is not None) <= 0.3
    assert lane.crowded > 0


def test_order_is_kept_but_for_those_held_back() -> None:
    _, jittered = through(Condition(jitter_s=0.02))
    times = [arrives for _, arrives in jittered]
    assert times == sorted(times)
    _, disordered = through(Condition(overtaken=0.05))
    times = [arrives for _, arrives in disordered]
    assert times != sorted(times)


def test_a_clean_lane_only_delays() -> None:
    _, arrivals = through(CLEAN)
    assert all(arrives == pytest.approx(sent + CLEAN.delay_s) for sent, arrives in arrivals)


def test_the_relay_passes_on_both_ways_and_moves() -> None:
    with Relay() as relay, _socket() as browser, _socket() as server:
        line = Line(1)
        hop = relay.hop(line)
        relay.aim(hop, server.getsockname())
        browser.sendto(b"hello", hop.front_address)
        data, seen = server.recvfrom(100)
        assert (data, seen) == (b"hello", hop.back_address)
        server.sendto(b"welcome", seen)
        assert browser.recvfrom(100) == (b"welcome", hop.front_address)
        relay.move(line)
        browser.sendto(b"again", hop.front_address)
        data, moved = server.recvfrom(100)
        assert data == b"again"
        assert moved != seen
        relay.set(line, Condition(dead=True))
        browser.sendto(b"lost", hop.front_address)
        deadline = time.monotonic() + 5
        while not line.up.lost and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (line.up.lost, line.up.passed, line.down.passed) == (1, 2, 1)
        relay.clear(line)
        assert line.hops == []


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((HOST, 0))
    sock.settimeout(5)
    return sock


def test_the_relay_takes_the_servers_place_in_an_sdp() -> None:
    sdp = (
        "v=0\r\nm=audio 9 X 1\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\n"
        "a=candidate:1 1 udp 99 192.0.2.7 4444 typ host\r\na=candidate:2 1 udp 9 fd00::1 5 typ host\r\n"
    )
    assert server_address(sdp) == ("192.0.2.7", 4444)
    replaced = replace_candidates(sdp, ("192.0.2.9", 5555))
    assert server_address(replaced) == ("192.0.2.9", 5555)
    assert replaced.count("a=candidate:") == 1


def sample(at: float, frames: int, heard: int, **more: float) -> dict[str, Any]:
    """What a page notes: video and audio of seat b."""
    blank = dict.fromkeys(("freezes", "frozen", "height", "concealed", "bytes"), 0.0)
    both = {**blank, "frames": frames, "heard": heard, "packets": frames, **more}
    return {"at": at * 1000, "rtt": 0.02, "streams": {"b/video": both, "b/audio": both}}


def test_figures_are_growth_within_the_window() -> None:
    samples = [sample(t / 10, 20 * t // 10, 4800 * t, concealed=48 * t, frozen=t / 100) for t in range(201)]
    figures = read(samples, "b", 5.0, 15.0)
    assert figures.frames == pytest.approx(20, rel=0.05)
    assert figures.frozen == pytest.approx(1.0)
    assert figures.concealed == pytest.approx(0.01)


def test_a_picture_that_never_comes_back_counts_as_frozen_and_its_sound_as_concealed() -> None:
    samples = [sample(t / 10, min(t, 50), 4800 * min(t, 50)) for t in range(101)]
    figures = read(samples, "b", 0.0, 10.0, over=6.0)
    assert figures.frozen == pytest.approx(5.0, abs=0.2)
    assert figures.concealed == pytest.approx(0.5, abs=0.02)
    assert figures.back == pytest.approx(4.0)


def test_a_new_connection_counts_from_its_beginning_and_the_time_between_as_frozen() -> None:
    before = [sample(t / 10, 100 + t, 4800 * (100 + t)) for t in range(50)]
    after = [sample(t / 10, t - 69, 4800 * (t - 69)) for t in range(70, 101)]
    figures = read(before + after, "b", 0.0, 10.0, over=5.0)
    assert figures.frames * 10 == pytest.approx(49 + 31)
    assert figures.frozen == pytest.approx(2.1, abs=0.2)
    assert figures.back == pytest.approx(2.2, abs=0.2)


def test_every_case_has_its_own_name_and_the_verdict_has_its_two() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert {"blackout", "loss-20"} <= set(names)
