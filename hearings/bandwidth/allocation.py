"""Who gets how much of a receiver's line.

Sound first and always; then pictures by rank, first the smallest of each, then better ones as far as they are
of use on the tile that shows them. What is shown stays as long as it fits; what is to be better must fit with
room to spare, so that nothing swings to and fro.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

RISE = 1.2
"""A better picture, or one that was paused, must fit so many times."""
USEFUL = 0.85
"""A layer of this part of the tile's height is as good as any larger one."""
WAIT_S, LONGEST_WAIT_S = 4.0, 60.0
RELAPSE_S = 15.0
"""A fall so soon after a rise shows that the rise was a mistake: the next one waits twice as long."""
ELASTIC_FLOOR = 150_000
"""No camera without simulcast is asked for less, whatever its worst receiver's line."""
ELASTIC_STEP = 1.25
ELASTIC_CEILING = 2_500_000
ELASTIC_HEIGHT = 180

Key = tuple[str, str]
"""(seat, medium)."""


class Rank(enum.IntEnum):
    """Lower is served first."""

    INTERPRETER = 0
    SPEAKER = 1
    SCREEN = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Step:
    """What may be sent of a picture: a layer by its index, its rate on the wire in bit/s, its height.

    A height that is not known is 0. Several steps may have one layer: a camera that can be asked for less.
    """

    layer: int
    rate: int
    height: int


@dataclass(frozen=True, slots=True)
class Want:
    """One picture and its receiver. `tile` is its height on the page in pixels, 0 hidden, None not known.

    `steps` are those possible at present, lowest first; `present` the layer that is sent, None: paused.
    `steady`: no rise for now.
    """

    key: Key
    rank: Rank
    tile: int | None
    steps: tuple[Step, ...]
    present: int | None
    steady: bool = False

    @property
    def useful(self) -> tuple[Step, ...]:
        """The steps up to the first that fills the tile."""
        if self.tile is None:
            return self.steps
        if self.tile == 0:
            return ()
        enough = (i for i, step in enumerate(self.steps) if step.height >= USEFUL * self.tile)
        return self.steps[: next(enough, len(self.steps)) + 1]


@dataclass(frozen=True, slots=True)
class Plan:
    """A step for each want, None: paused. `wanted`: the budget in bit/s that would satisfy everybody."""

    steps: dict[Key, Step | None]
    wanted: int


def allocate(budget: int, sound: int, wants: Iterable[Want]) -> Plan:
    """Divide `budget` bit/s, of which `sound` is spent already, however little that leaves."""
    ordered = sorted(wants, key=lambda want: (want.rank, want.key))
    division = _Division(budget, sound)
    for want in ordered:
        division.climb(want)
    for rank in Rank:
        equals = [want for want in ordered if want.rank is rank]
        # One step each in turn, so that equals fare equally.
        while sum(division.climb(want) for want in equals if want.key in division.chosen):
            pass
    tops = sum(want.useful[-1].rate for want in ordered if want.useful)
    steps = {want.key: division.step(want) for want in ordered}
    return Plan(steps, int((sound + tops) * RISE) + 1)


class _Division:
    """What is spent, and who has which of their useful steps."""

    def __init__(self, budget: int, spent: int) -> None:
        self.chosen: dict[Key, int] = {}
        self._budget = budget
        self._spent = spent

    def step(self, want: Want) -> Step | None:
        """What the want has by now."""
        at = self.chosen.get(want.key)
        return None if at is None else want.useful[at]

    def climb(self, want: Want) -> bool:
        """Give the want its next step if that fits."""
        at = self.chosen.get(want.key, -1) + 1
        if at == len(want.useful):
            return False
        step, before = want.useful[at], self.step(want)
        spent = self._spent + step.rate - (before.rate if before else 0)
        rises = want.present is None or step.layer > want.present
        if (rises and want.steady) or spent * (RISE if rises else 1) > self._budget:
            return False
        self._spent = spent
        self.chosen[want.key] = at
        return True


def elastic_steps(ceiling: int = ELASTIC_CEILING) -> tuple[Step, ...]:
    """The steps up to a rate of a camera without simulcast, which can be asked for any.

    A picture's worth grows slower than its rate: twice the height takes about 2.8 times the bits.
    """
    steps = []
    rate = float(ELASTIC_FLOOR)
    while rate <= min(ceiling, ELASTIC_CEILING):
        steps.append(Step(0, int(rate), int(ELASTIC_HEIGHT * (rate / ELASTIC_FLOOR) ** (2 / 3))))
        rate *= ELASTIC_STEP
    return tuple(steps)


@dataclass(slots=True)
class _Past:
    rose_at: float | None = None
    steady_until: float = float("-inf")
    wait_s: float = WAIT_S


class Steadiness:
    """Who may not rise for now: after a fall for want of room one waits, longer when the rise was in vain."""

    def __init__(self) -> None:
        self._past: dict[Key, _Past] = {}

    def holds(self, key: Key, now: float) -> bool:
        """Whether the picture's want is to be `steady`."""
        past = self._past.get(key)
        return past is not None and now < past.steady_until

    def note(self, wants: Iterable[Want], plan: Plan, now: float) -> None:
        """What was decided; pictures no longer wanted are forgotten."""
        self._past = {want.key: self._after(want, plan.steps[want.key], now) for want in wants}

    def _after(self, want: Want, step: Step | None, now: float) -> _Past:
        past = self._past.get(want.key) or _Past()
        before = -1 if want.present is None else want.present
        after = -1 if step is None else step.layer
        if after > before:
            past.rose_at = now
        elif after < before and want.useful and after < want.useful[-1].layer:
            # Only the first fall after a rise says anything of it: a line that narrows makes many.
            if past.rose_at is not None:
                relapse = now - past.rose_at < RELAPSE_S
                past.wait_s = min(past.wait_s * 2, LONGEST_WAIT_S) if relapse else WAIT_S
                past.rose_at = None
            past.steady_until = now + past.wait_s
        return past
