"""Static files: lasting addresses, compression, nothing outside the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from quart import Quart

from app.web import static_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "js").mkdir(parents=True)
    (folder / "js" / "start.js").write_text("export const a = 1;\n" * 50)
    (folder / ".hidden").write_text("x")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def site(
    root: Path, *, reload: bool = False
) -> tuple[Quart, static_files.StaticFiles | static_files.LiveFolder]:
    app = Quart("static_site", static_folder=None)
    return app, static_files.install(app, root, reload=reload)


async def test_an_address_with_the_version_lasts_for_ever(root: Path) -> None:
    app, files = site(root)
    answer = await app.test_client().get(files.url("js/start.js"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_a_changed_file_changes_every_address(root: Path) -> None:
    _app, before = site(root)
    (root / "js" / "start.js").write_text("export const a = 2;\n")
    _app, after = site(root)
    assert before.url("js/start.js") != after.url("js/start.js")


async def test_a_plain_address_is_checked_again(root: Path) -> None:
    app, _files = site(root)
    client = app.test_client()
    first = await client.get("/static/js/start.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.get("/static/js/start.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert await again.get_data() == b""


async def test_text_is_sent_compressed_to_those_who_take_it(root: Path) -> None:
    app, files = site(root)
    client = app.test_client()
    packed = await client.get(files.url("js/start.js"), headers={"Accept-Encoding": "gzip, br"})
    plain = await client.get(files.url("js/start.js"), headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert len(await packed.get_data()) < len(await plain.get_data())
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "%2e%2e/secret.txt", ".hidden", "none.js", "0123456789ab/js/start.js"]
)
async def test_nothing_else_is_served(root: Path, path: str) -> None:
    app, _files = site(root)
    assert (await app.test_client().get(f"/static/{path}")).status_code == 404


async def test_a_name_that_does_not_exist_fails_where_it_is_written(root: Path) -> None:
    for reload in (False, True):
        _app, files = site(root, reload=reload)
        with pytest.raises(KeyError, match="none"):
            files.url("none.js")


async def test_while_developing_a_changed_file_is_seen_at_once(root: Path) -> None:
    app, files = site(root, reload=True)
    (root / "js" / "start.js").write_text("new")
    answer = await app.test_client().get(files.url("js/start.js"))
    assert await answer.get_data() == b"new"
