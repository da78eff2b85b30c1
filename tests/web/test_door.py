"""After a change the relay and the jobs are woken; after a refusal or a reading they are not."""

from __future__ import annotations

import asyncio

import pytest
from quart import Quart

from app.wake import Bell
from app.web.parts import EXTENSION
from tests.web.browser import Browser


async def rings(bell: Bell) -> bool:
    """Whether the bell was rung."""
    try:
        async with asyncio.timeout(0.05):
            await bell.wait(5)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(("path", "rung"), [("/eco", True), ("/erro/refused", False)])
async def test_the_bell_rings_after_what_succeeded(
    site: Quart, browser: Browser, path: str, rung: bool
) -> None:
    bell = site.extensions[EXTENSION].wake.subscribe()
    await browser.get("/entrar")
    assert not await rings(bell)
    await browser.post(path)
    assert await rings(bell) is rung
