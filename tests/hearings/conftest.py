"""The room that the tests of the engine share."""

from collections.abc import AsyncIterator

import pytest

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
