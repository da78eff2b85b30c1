"""One shape for every error, as a page and as JSON."""

from __future__ import annotations

import re

import pytest
from structlog.testing import capture_logs

from tests.web.browser import Browser

ERRORS = [
    ("/erro/not_found", 404, "not_found"),
    ("/erro/refused", 409, "not_now"),
    ("/erro/invalid", 422, "invalid"),
    ("/erro/too_many", 429, "too_many"),
    ("/erro/outro", 500, "internal"),
    ("/nao-existe", 404, "not_found"),
    ("/eco", 405, "method_not_allowed"),
]


@pytest.mark.parametrize(("path", "status", "code"), ERRORS)
async def test_a_program_gets_code_and_sentence(browser: Browser, path: str, status: int, code: str) -> None:
    response = await browser.get(path, Accept="application/json")
    answer = await response.get_json()
    assert (response.status_code, answer["error"]) == (status, code)
    assert answer["message"].endswith(".")
    assert answer["fields"] == (
        {"cpf": "Este CPF não é válido. Confira os números."} if code == "invalid" else {}
    )


@pytest.mark.parametrize(("path", "status", "code"), ERRORS)
async def test_a_person_gets_a_page(browser: Browser, path: str, status: int, code: str) -> None:
    response = await browser.get(path)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert "<h1" in await response.get_data(as_text=True)


async def test_headers_of_refusals(browser: Browser) -> None:
    assert (await browser.get("/erro/too_many")).headers["Retry-After"] == "60"
    assert set((await browser.get("/eco")).headers["Allow"].split(", ")) >= {"POST", "PUT"}


async def test_a_fault_of_ours_has_a_number_in_the_log_and_on_the_page(browser: Browser) -> None:
    with capture_logs() as logs:
        html = await (await browser.get("/erro/outro")).get_data(as_text=True)
    (line,) = [line for line in logs if line["event"] == "request_failed"]
    assert re.search(rf"\b{line['id']}\b", html)
    assert line["endpoint"] == "pages.fail"
    assert "broken" not in html


async def test_a_refused_form_gives_the_person_their_words_back(browser: Browser) -> None:
    await browser.get("/entrar")
    typed = {
        "reason": "A conta está <cortada> embaixo.",
        "code": "123456",
        "password": "uma senha longa com espaços",
    }
    html = await (await browser.post("/erro/refused", typed)).get_data(as_text=True)
    assert "A conta está &lt;cortada&gt; embaixo." in html
    assert "123456" not in html
    assert "senha longa" not in html


async def test_a_foreign_page_cannot_put_words_on_ours(browser: Browser) -> None:
    await browser.get("/entrar")
    typed = {"reason": "Ligue já para este número de telefone"}
    response = await browser.post("/erro/refused", typed, Origin="https://outro.example")
    assert response.status_code == 403
    assert "Ligue já" not in await response.get_data(as_text=True)
