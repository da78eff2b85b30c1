"""Files over HTTP: raw uploads, ranges, pictures, and nothing that could run."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Response

from app.factory import Application
from app.services import sessions
from app.web.stored import attachment
from models import Case, Document, DocumentAccess, User
from models.rules.case_machine import State
from models.rules.people import Role
from tests.conftest import START
from tests.factories.cases import make_case
from tests.factories.people import make_user
from tests.web.browser import Browser

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


async def signed_in(application: Application, user: User) -> Browser:
    browser = Browser(application.quart)
    token = await sessions.start(user.id, now=START, address="", device="")
    browser.keep(sessions.cookie_name(secure=False), token)
    await browser.get("/acessibilidade")
    return browser


async def drafting(application: Application) -> tuple[Browser, Case]:
    user = await make_user()
    return await signed_in(application, user), await make_case(State.DRAFT, user)


async def upload(browser: Browser, case: Case, data: bytes = PDF, **options: Any) -> Response:
    headers = {
        "Origin": "http://localhost",
        "X-CSRF-Token": browser.token,
        "Accept": "application/json",
        "Content-Type": "application/x-msdownload",
        "X-File-Name": "Conta%20de%20luz%20n%C2%BA%201.pdf",
    } | options.pop("headers", {})
    path = f"/casos/{case.id}/documentos?tipo={options.pop('kind', 'residence')}"
    return await browser.raw("POST", path, data=data, headers=headers, **options)


async def fetch(browser: Browser, path: str, **headers: str) -> Response:
    return await browser.raw("GET", path, headers=headers)


async def test_an_upload_comes_back_as_it_was_and_cannot_run(application: Application) -> None:
    browser, case = await drafting(application)

    answer = await upload(browser, case)

    assert answer.status_code == 201
    file = await answer.get_json()
    assert (file["filename"], file["media_type"], file["size"]) == (
        "Conta de luz nº 1.pdf",
        "application/pdf",
        len(PDF),
    )
    got = await fetch(browser, file["url"])
    assert await got.get_data() == PDF
    assert got.content_type == "application/pdf"
    assert got.headers["Content-Disposition"].startswith('attachment; filename="Conta de luz no 1.pdf"')
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "private, no-cache"
    assert await DocumentAccess.all().count() == 1


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-8", 206, PDF[:9]),
        ("bytes=100-", 206, PDF[100:]),
        ("bytes=-5", 206, PDF[-5:]),
        ("bytes=0-99999999", 206, PDF),
        ("bytes=0-1,4-5", 200, PDF),
        ("lines=1-2", 200, PDF),
        ("bytes=99999999-", 416, None),
    ],
)
async def test_one_range_is_answered(
    application: Application, asked: str, status: int, expected: bytes | None
) -> None:
    browser, case = await drafting(application)
    url = (await (await upload(browser, case)).get_json())["url"]

    got = await fetch(browser, url, Range=asked)

    assert got.status_code == status
    if expected is not None:
        assert await got.get_data() == expected
        assert got.content_length == len(expected)
    if status == 206:
        assert got.headers["Content-Range"].endswith(f"/{len(PDF)}")
    if status == 416:
        assert got.headers["Content-Range"] == f"bytes */{len(PDF)}"


async def test_a_copy_is_asked_about_and_not_sent_again(application: Application) -> None:
    browser, case = await drafting(application)
    file = await (await upload(browser, case)).get_json()

    for url in (file["url"], file["preview"]):
        first = await fetch(browser, url)
        again = await fetch(browser, url, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, await again.get_data()) == (304, b"")
    stale = await fetch(browser, file["url"], Range="bytes=0-1", **{"If-Range": '"other"'})
    assert stale.status_code == 200


async def test_pages_are_pictures(application: Application) -> None:
    browser, case = await drafting(application)
    file = await (await upload(browser, case)).get_json()

    page = await fetch(browser, f"{file['url']}/paginas/1?largura=900")

    assert (page.status_code, page.content_type) == (200, "image/webp")
    assert (await fetch(browser, f"{file['url']}/paginas/2")).status_code == 404
    assert (await fetch(browser, f"{file['url']}/paginas/0")).status_code == 404


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"MZ program", 422, "wrong_type"),
        (b"", 422, "empty"),
        (PDF + b"infected", 422, "infected"),
        (PDF + bytes(26 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["type", "empty", "infected", "large"],
)
async def test_a_bad_file_gets_a_sentence(
    application: Application, data: bytes, status: int, code: str
) -> None:
    browser, case = await drafting(application)

    answer = await upload(browser, case, data)

    assert answer.status_code == status
    body = await answer.get_json()
    assert body["error"] == code
    assert body["message"].endswith(".")
    assert not await Document.exists()


async def test_an_upload_without_the_pages_token_is_refused(application: Application) -> None:
    browser, case = await drafting(application)
    assert (await upload(browser, case, headers={"X-CSRF-Token": "0" * 64})).status_code == 403
    assert (await upload(browser, case, headers={"Origin": "https://evil.example"})).status_code == 403


async def test_other_peoples_files_do_not_exist(application: Application) -> None:
    browser, case = await drafting(application)
    url = (await (await upload(browser, case)).get_json())["url"]
    stranger = await signed_in(application, await make_user())
    attendant = await signed_in(application, await make_user(Role.ATTENDANT, cpf=None))

    for other in (stranger, attendant):
        for path in (url, f"{url}/paginas/1"):
            assert (await fetch(other, path)).status_code == 404
    assert (await upload(stranger, case)).status_code == 404
    assert (await upload(browser, case, kind="minutes")).status_code == 404
    assert (await upload(browser, case, kind="nonsense")).status_code == 404
    assert (await fetch(Browser(application.quart), url)).status_code == 303


async def test_an_upload_is_taken_back_by_its_owner(application: Application) -> None:
    browser, case = await drafting(application)
    url = (await (await upload(browser, case)).get_json())["url"]
    headers = {"Origin": "http://localhost", "X-CSRF-Token": browser.token, "Accept": "application/json"}

    assert (await browser.raw("DELETE", url, headers=headers)).status_code == 200
    assert (await fetch(browser, url)).status_code == 404
    assert (await browser.raw("DELETE", url, headers=headers)).status_code == 404


def test_a_name_cannot_break_the_header() -> None:
    assert attachment('a"b\\c.pdf') == "attachment; filename=\"abc.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf"
