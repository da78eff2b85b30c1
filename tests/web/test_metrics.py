"""What Prometheus reads: who may, and that it names nobody and grows with nothing that others choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from quart import Quart

from app.factory import create_app
from app.parts import Parts
from app.services import queue
from app.settings import Settings
from tests.conftest import START

TOKEN = "the token of the tests"
HERE = {"client": ("127.0.0.1", 999), "procon.forwarded": False}


@pytest.fixture
async def site(settings: Settings, fake_parts: Parts, database: str) -> Quart:
    """The whole site, without jobs and media."""
    parts = replace(fake_parts, metrics_token=TOKEN)
    return create_app(settings, parts=parts, jobs=False, media=False).quart


async def read(site: Quart) -> dict[str, Metric]:
    """The families, by name, as somebody on this machine reads them."""
    response = await site.test_client().get("/metrics", scope_base=HERE)
    assert response.status_code == 200
    text = await response.get_data(as_text=True)
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family: Metric, ending: str = "") -> dict[tuple[str, ...], float]:
    """The samples of a family by the values of their labels."""
    return {
        tuple(sample.labels.values()): sample.value
        for sample in family.samples
        if sample.name == family.name + ending
    }


@pytest.mark.parametrize(
    ("scope", "headers", "status"),
    [
        (HERE, {}, 200),
        ({**HERE, "client": ("::1", 9)}, {}, 200),
        ({**HERE, "client": ("10.0.0.7", 9)}, {}, 401),
        ({**HERE, "procon.forwarded": True}, {}, 401),
        ({**HERE, "client": ("10.0.0.7", 9)}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({**HERE, "client": ("10.0.0.7", 9)}, {"Authorization": "Bearer another"}, 401),
        ({**HERE, "client": ("10.0.0.7", 9)}, {"Authorization": f"Basic {TOKEN}"}, 401),
        ({**HERE, "client": ("10.0.0.7", 9)}, {"Authorization": "Bearer ção"}, 401),
    ],
)
async def test_this_machine_and_who_has_the_token_may_read(
    site: Quart, scope: Mapping[str, Any], headers: dict[str, str], status: int
) -> None:
    response = await site.test_client().get("/metrics", scope_base=dict(scope), headers=headers)
    assert response.status_code == status
    assert (b"procon_http_request_seconds" in await response.get_data()) == (status == 200)


async def test_without_a_token_in_the_settings_none_will_do(
    settings: Settings, fake_parts: Parts, database: str
) -> None:
    site = create_app(settings, parts=fake_parts, jobs=False, media=False).quart
    scope = {**HERE, "client": ("10.0.0.7", 9)}
    response = await site.test_client().get(
        "/metrics", scope_base=scope, headers={"Authorization": "Bearer "}
    )
    assert response.status_code == 401


async def test_requests_are_timed_by_route_and_never_by_address(site: Quart) -> None:
    browser = site.test_client()
    for path in ("/entrar", "/casos/17", "/casos/18", "/nowhere/529.982.247-25", "/other"):
        await browser.get(path)
    await browser.open("/entrar", method="BREW")

    counted = values((await read(site))["procon_http_request_seconds"], "_count")

    assert counted["GET", "accounts.sign_in_page", "2xx"] == 1
    assert counted["GET", "cases.show", "3xx"] == 2
    assert counted["GET", "other", "4xx"] == 2
    assert counted["other", "other", "4xx"] == 1
    assert not any("529" in "".join(labels) or "/" in "".join(labels) for labels in counted)


async def test_jobs_are_counted_by_kind_and_state(site: Quart) -> None:
    for key, minutes in (("a", -5), ("b", -1), ("c", 60)):
        at = START + timedelta(minutes=minutes)
        await queue.enqueue("letter", key, {"to": "ana@exemplo.com"}, now=START, at=at)
    (first, *_) = await queue.claim(START, 1, ["letter"])
    await queue.failed(first, "no", START, final=True)

    families = await read(site)

    assert values(families["procon_jobs"]) == {
        ("letter", "due"): 1,
        ("letter", "later"): 1,
        ("letter", "failed"): 1,
    }
    assert values(families["procon_job_waiting_seconds"]) == {(): 60}
    sockets = {("/cases",): 0, ("/hearings",): 0, ("/rehearsals",): 0, ("/centre",): 0, ("/counter",): 0}
    assert values(families["procon_sockets"]) == sockets
