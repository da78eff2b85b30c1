"""Keyframe requests are joined and never forgotten."""

from hearings.forwarding.keyframes import URGENT_S, USUAL_S, KeyframeRequests


def test_the_first_goes_at_once_and_the_rest_are_joined_into_one() -> None:
    requests = KeyframeRequests()
    assert requests.ask(0.0)
    assert not requests.ask(0.01)
    assert not requests.ask(0.02)
    assert not requests.due(USUAL_S - 0.01)
    assert requests.due(USUAL_S)
    assert not requests.due(USUAL_S * 3)


def test_an_urgent_one_waits_less() -> None:
    requests = KeyframeRequests()
    assert requests.ask(0.0)
    assert not requests.ask(0.01, urgent=True)
    assert not requests.ask(0.02)
    assert requests.due(URGENT_S)
    assert requests.ask(URGENT_S * 2, urgent=True)
