"""For whom a hearing waits."""

from __future__ import annotations

import pytest

from models.rules.hearing import HearingState, SeatRole
from models.rules.holding import Presence, away

CONSUMER, COMPANY, MEDIATOR = SeatRole.CONSUMER, SeatRole.COMPANY, SeatRole.MEDIATOR


def there(*roles: SeatRole) -> list[Presence]:
    """Everybody was let in; only these are connected."""
    return [Presence(role, True, role in roles) for role in (CONSUMER, COMPANY, MEDIATOR)]


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ((CONSUMER, COMPANY, MEDIATOR), ()),
        ((COMPANY, MEDIATOR), (CONSUMER,)),
        ((CONSUMER, MEDIATOR), (COMPANY,)),
        ((MEDIATOR,), (CONSUMER, COMPANY)),
        ((CONSUMER, COMPANY), ()),
    ],
)
def test_the_hearing_waits_for_parties(present: tuple[SeatRole, ...], expected: tuple[SeatRole, ...]) -> None:
    for state in HearingState:
        running = state in (HearingState.IN_SESSION, HearingState.PAUSED, HearingState.SUSPENDED)
        assert away(state, there(*present), ()) == (expected if running else ())


def test_one_of_several_of_a_side_is_enough() -> None:
    seats = [*there(CONSUMER), Presence(COMPANY, True, True)]
    assert away(HearingState.IN_SESSION, seats, ()) == ()


def test_who_never_came_in_and_who_has_signed_are_not_waited_for() -> None:
    never = [Presence(CONSUMER, False, True), Presence(COMPANY, True, False)]
    assert away(HearingState.IN_SESSION, never, ()) == (COMPANY,)
    assert away(HearingState.IN_SESSION, never, (COMPANY,)) == ()
