"""The room and the desk that the tests of the engine share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.hearings.desk import Desk
from tests.hearings.house import House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    house.port.start()
    house.registry.start()
    yield house
    for peer in house.peers:
        await peer.close()
    house.registry.stop()
    await house.port.stop()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("forwarder.unprotect", "forwarder.unprotect_rtcp", "leg.protect", "leg.protect_rtcp"):
        monkeypatch.setattr(f"hearings.forwarding.{name}", lambda *_: 0)
    desk = Desk()
    yield desk
    desk.close()
