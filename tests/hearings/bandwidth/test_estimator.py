"""The estimate over simulated lines: where it settles, what it survives, and what it does to the sound."""

import pytest

from hearings.bandwidth.estimator import FLOOR, START, Estimator
from hearings.bandwidth.feedback import Feedback
from hearings.forwarding.transport import RING, Departures
from tests.hearings.bandwidth.line import AUDIO, VIDEO, BusyReceiver, Line, Trip

VOICES = 2 * 67_200


def greedy(trip: Trip) -> float:
    """As much video as the estimate leaves beside the sound."""
    return max(0, trip.estimator.bits_per_second - VOICES)


def camera(trip: Trip) -> float:
    """A camera of 1.5 Mbit/s, less when the estimate is less."""
    return min(greedy(trip), 1_500_000)


def layers(trip: Trip) -> float:
    """A camera in two layers, the better one where it fits with room to spare."""
    room = trip.estimator.bits_per_second / 1.2 - VOICES
    return 650_000 if room >= 650_000 else 150_000 if room >= 150_000 else 0


def late_sound(trip: Trip, part: float) -> float:
    """The delay in seconds that this part of the voices' packets do not exceed."""
    delays = sorted(trip.heard[AUDIO].delays)
    return delays[int((len(delays) - 1) * part)]


@pytest.mark.parametrize("probing", [True, False])
@pytest.mark.parametrize("rate", [300_000, 700_000, 2_000_000])
def test_it_settles_at_what_the_line_carries(rate: int, probing: bool) -> None:
    trip = Trip(Line(lambda _: rate), greedy, wanted=8e6 if probing else 0.0).run(20)
    settled = trip.now
    trip.forget().run(40)
    assert 0.75 * rate < trip.mean(settled) < 1.05 * rate
    assert 0.7 * rate < trip.carried(40) <= rate
    assert trip.heard[AUDIO].received == trip.heard[AUDIO].sent, "no voice is lost in our own queue"
    assert late_sound(trip, 0.5) < 0.03 + 0.05
    assert late_sound(trip, 0.95) < 0.03 + 0.18


def test_a_good_line_is_known_within_seconds() -> None:
    trip = Trip(Line(lambda _: 5e6), greedy, wanted=3e6).run(3)
    assert trip.estimator.bits_per_second > 2_000_000


def test_it_falls_with_the_line_and_comes_back() -> None:
    trip = Trip(Line(lambda at: 500e3 if 120 <= at < 140 else 2e6), greedy, wanted=4e6).run(20)
    trip.run(1.5)
    assert trip.estimator.bits_per_second < 550_000
    trip.forget().run(18)
    assert trip.heard[AUDIO].received == trip.heard[AUDIO].sent
    assert late_sound(trip, 0.9) < 0.15
    trip.run(20)
    assert trip.estimator.bits_per_second > 1_400_000


@pytest.mark.parametrize("burst", [1, 5])
@pytest.mark.parametrize("loss", [0.02, 0.1, 0.2])
def test_loss_that_is_the_lines_own_starves_nobody(loss: float, burst: float) -> None:
    trip = Trip(Line(lambda _: 5e6, loss=loss, burst=burst), camera, wanted=2.5e6)
    trip.run(15)
    settled = trip.now
    trip.run(45)
    assert trip.mean(settled) > 1_500_000
    assert trip.worst(settled) > 700_000, "a trial sends less for two seconds, never little"


@pytest.mark.parametrize("loss", [0.05, 0.1])
def test_a_good_line_that_loses_in_bursts_is_known_soon_too(loss: float) -> None:
    """A probe that a burst happened to hit is made again: nobody looks at small pictures because of it."""
    known = []
    for seed in range(8):
        trip = Trip(Line(lambda _: 5e6, loss=loss, burst=3, jitter_s=0.01, seed=seed), camera, wanted=2.5e6)
        began = trip.now
        trip.run(6)
        good = (at - began for at, estimate in trip.estimates if estimate > 2_000_000)
        known.append(next(good, float("inf")))
    assert sorted(known)[4] < 3.0
    assert max(known) < 6.0


def test_loss_upon_a_narrow_line_is_told_from_the_lines_own() -> None:
    trip = Trip(Line(lambda _: 700e3, loss=0.15), greedy, wanted=2.5e6).run(20)
    settled = trip.now
    trip.forget().run(40)
    assert 450_000 < trip.mean(settled) < 750_000
    assert late_sound(trip, 0.95) < 0.2


def test_a_policer_that_shows_no_queue_is_obeyed() -> None:
    trip = Trip(Line(lambda _: 500e3, queue_s=0.03), greedy, wanted=2.5e6).run(20)
    settled = trip.now
    trip.forget().run(40)
    assert 300_000 < trip.mean(settled) < 560_000
    assert trip.heard[AUDIO].received > 0.9 * trip.heard[AUDIO].sent


def test_room_is_made_for_others_and_taken_back() -> None:
    line = Line(lambda _: 2e6, cross=lambda at: 1e6 if 120 <= at < 140 else 0.0)
    trip = Trip(line, greedy, wanted=2.5e6).run(25)
    settled = trip.now
    trip.run(15)
    assert 400_000 < trip.mean(settled) < 1_150_000
    trip.run(20)
    assert trip.estimator.bits_per_second > 1_400_000


def test_jitter_is_no_queue() -> None:
    trip = Trip(Line(lambda _: 3e6, jitter_s=0.03), camera, wanted=2.5e6).run(10)
    settled = trip.now
    trip.run(30)
    assert trip.mean(settled) > 2_000_000
    assert trip.worst(settled) > 1_200_000


def test_a_receiver_that_is_busy_keeps_its_picture() -> None:
    """Its delays look like a queue, and little comes through meanwhile."""
    without = []
    for seed in range(8):
        trip = Trip(BusyReceiver(lambda _: 10e6, delay_s=0.02, seed=seed), layers, wanted=1.6e6).run(5)
        settled = trip.now
        trip.run(35)
        since = [estimate for at, estimate in trip.estimates if at >= settled]
        without.append(sum(one < 1.2 * (150_000 + VOICES) for one in since) / len(since))
    assert sum(without) / len(without) < 0.05, "the part of the time in which there was room for sound alone"


def test_three_seconds_of_nothing_teach_nothing() -> None:
    trip = Trip(Line(lambda _: 3e6, broken=(120, 123)), camera, wanted=2.5e6).run(19)
    before = trip.estimator.bits_per_second
    trip.run(5)
    assert trip.estimator.bits_per_second >= 0.95 * before


def test_a_keyframe_now_and_then_costs_little() -> None:
    trip = Trip(Line(lambda _: 2e6), camera, wanted=2.5e6, keyframe_every_s=4).run(10)
    settled = trip.now
    trip.run(30)
    assert trip.mean(settled) > 1_300_000


def test_a_long_way_is_no_narrow_one() -> None:
    trip = Trip(Line(lambda _: 1e6, delay_s=0.2), greedy, wanted=2.5e6, back_s=0.2).run(20)
    settled = trip.now
    trip.run(40)
    assert 700_000 < trip.mean(settled) < 1_050_000


@pytest.mark.parametrize("loss", [0.0, 0.02])
def test_a_way_that_becomes_longer_is_no_queue_for_long(loss: float) -> None:
    """As when a telephone goes from Wi-Fi to the mobile network in the middle of a hearing."""
    line = Line(lambda _: 20e6, delay_s=0.01, loss=loss, burst=2, jitter_s=0.02)
    trip = Trip(line, camera, wanted=2e6, back_s=0.01).run(8)
    line.delay_s = trip.back_s = 0.2
    trip.run(3)
    assert trip.estimator.queue_s < 0.03
    trip.run(5)
    assert trip.estimator.bits_per_second > 1_900_000


def test_a_queue_that_grows_slowly_is_no_longer_way() -> None:
    line = Line(lambda _: 1e6, queue_s=3.0)
    trip = Trip(line, lambda _: 0.0, wanted=0.0).run(2)
    trip.video = lambda _: 1.03e6 - VOICES
    trip.run(6)
    assert trip.estimator.queue_s > 0.1


def test_what_is_not_sent_is_found_by_probes_and_stays_found() -> None:
    trip = Trip(Line(lambda _: 2e6), lambda _: 0.0, wanted=1.5e6).run(5)
    assert trip.estimator.bits_per_second > 1_400_000
    sent = trip.heard["padding"].sent
    trip.run(20)
    assert trip.heard["padding"].sent == sent, "who knows enough probes no more"


def test_a_line_that_carries_no_more_is_probed_rarely_and_harmlessly() -> None:
    trip = Trip(Line(lambda _: 1e6), lambda _: 500_000, wanted=1.8e6).run(20)
    settled = trip.now
    trip.forget().run(60)
    assert trip.worst(settled) > 650_000
    assert trip.mean(settled) < 1.1e6
    assert late_sound(trip, 0.98) < 0.03 + 0.1
    padding = trip.heard["padding"].octets
    assert 0 < padding < 0.05 * trip.heard[VIDEO].octets


def sent(count: int, size: int = 1000) -> Departures:
    departures = Departures()
    for number in range(count):
        departures.sent_at[number & RING - 1] = 1.0 + number * 0.01
        departures.sent_size[number & RING - 1] = size
    departures.number = count
    return departures


def test_remb_is_believed_as_long_as_there_is_nothing_better() -> None:
    estimator = Estimator(sent(10))
    assert estimator.bits_per_second == START
    estimator.on_remb(333_000)
    assert estimator.bits_per_second == 333_000
    estimator.on_remb(1)
    assert estimator.bits_per_second == FLOOR
    estimator.on_feedback(Feedback(0, 0, 0, [0, 40, 80]), 1.2)
    estimator.on_remb(50_000)
    assert estimator.bits_per_second >= START


@pytest.mark.parametrize("base", [10, 11, 5000, 0xFFF0])
def test_feedback_on_what_was_never_sent_changes_nothing(base: int) -> None:
    estimator = Estimator(sent(10))
    estimator.on_feedback(Feedback(0, base, 0, [0, 1, None, 3]), 1.2)
    assert (estimator.bits_per_second, estimator.round_trip_s) == (START, None)


def test_feedback_that_reaches_into_the_future_is_cut() -> None:
    estimator = Estimator(sent(10))
    estimator.on_feedback(Feedback(0, 5, 0, list(range(8000))), 1.2)
    assert estimator.bits_per_second >= START
    assert estimator.round_trip_s == pytest.approx(1.2 - 1.09)


def test_feedback_on_what_was_forgotten_is_ignored() -> None:
    estimator = Estimator(sent(RING + 100))
    estimator.on_feedback(Feedback(0, 50, 0, [0, 1, 2]), 100.0)
    assert estimator.round_trip_s is None


def test_the_same_feedback_twice_is_heard_once() -> None:
    departures = sent(40)
    estimator = Estimator(departures)
    feedback = Feedback(0, 0, 0, [40 * n for n in range(40)])
    estimator.on_feedback(feedback, 1.5)
    first = estimator.round_trip_s
    estimator.on_feedback(feedback, 9.5)
    assert estimator.round_trip_s == first


def test_after_a_long_silence_it_begins_anew() -> None:
    trip = Trip(Line(lambda _: 5e6), camera, wanted=2.5e6).run(10)
    assert trip.estimator.bits_per_second > 2_000_000
    trip.line.broken = (trip.now, trip.now + 20)
    trip.run(20)
    trip.line.rate = lambda _: 300e3
    trip.run(1.5)
    assert trip.estimator.bits_per_second < 900_000
