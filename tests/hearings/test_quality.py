"""The publisher's limit follows its receivers' loss."""

from types import SimpleNamespace

from hearings.quality import CEILING, FLOOR, BandwidthLimit


def receivers(*losses: float) -> list[SimpleNamespace]:
    return [SimpleNamespace(fraction_lost=loss) for loss in losses]


def test_loss_lowers_to_the_floor_and_quiet_raises_to_the_ceiling() -> None:
    limit = BandwidthLimit()
    limit.update(receivers(0.0, 0.5), 0.0)
    assert limit.bits_per_second == CEILING * 3 // 4
    limit.update(receivers(0.0, 0.5), 0.5)
    assert limit.bits_per_second == CEILING * 3 // 4, "judged at most once a second"
    for second in range(1, 60):
        limit.update(receivers(0.5), second)
    assert limit.bits_per_second == FLOOR
    limit.update(receivers(0.05), 60)
    assert limit.bits_per_second == FLOOR, "in between nothing changes"
    for second in range(61, 120):
        limit.update([], second)
    assert limit.bits_per_second == CEILING
