"""The copy of a case on its page: asked for, watched, taken; nobody else's."""

from __future__ import annotations

from app.factory import Application
from app.jobs.papers import export_case
from app.services import queue
from app.services.exports import EXPORT_JOB
from tests.conftest import START
from tests.factories.hearings import make_table
from tests.web.test_presence import browser_of


async def test_a_party_asks_for_a_copy_watches_it_and_takes_it(application: Application) -> None:
    table = await make_table(starts_at=START)
    browser, other = await browser_of(application, table.consumer), await browser_of(application, table.agent)
    page = f"/casos/{table.case.id}"
    html = await (await browser.get(page)).get_data(as_text=True)
    assert "Pedir uma cópia" in html

    answer = await browser.post(f"{page}/copia", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}#copia")
    (job,) = await queue.claim(START, 5, [EXPORT_JOB])
    address = f"/copias/{job.payload['export']}"
    assert await (await browser.get(f"{address}/estado")).get_json() == {"state": "waiting", "progress": 0}
    assert f'data-copy="{address}"' in await (await browser.get(page)).get_data(as_text=True)
    assert (await browser.get(address)).status_code == 410

    await export_case(job.id, job.payload, application.parts)

    assert await (await browser.get(f"{address}/estado")).get_json() == {"state": "ready", "progress": 100}
    taken = await browser.raw("GET", address)
    data = await taken.get_data(as_text=False)
    assert (taken.status_code, data[:2], taken.mimetype) == (200, b"PK", "application/zip")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert "Baixar a cópia" in await (await browser.get(page)).get_data(as_text=True)
    assert (await other.get(address)).status_code == 404
    assert (await other.get(f"{address}/estado")).status_code == 404
