"""Recordings over HTTP: the room's controls and sign, the page, the video by ranges, chapters, the log."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from quart import Response

from app.factory import Application, create_app
from app.parts import Parts
from app.services import recordings, seats, sessions
from app.services.chapters import Chapter
from app.services.recordings import Studio
from app.settings import Settings
from app.web.recordings import clock, webvtt
from models import Recording, RecordingAccess, RecordingState
from models.rules.people import Role, Viewer
from models.rules.recording import Take
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.factories.people import make_user, viewer_of
from tests.factories.recordings import VIDEO, all_agree, compose
from tests.web.browser import Browser

JSON = {"Accept": "application/json"}


@dataclass
class Office:
    """A hearing in session and its people's browsers."""

    application: Application
    table: Table

    @property
    def studio(self) -> Studio:
        """Where the application records."""
        parts = self.application.parts
        return Studio(parts.profile.recording, parts.segments)

    async def browser(self, viewer: Viewer) -> Browser:
        """Somebody's browser with the room's page open."""
        browser = Browser(self.application.quart)
        token = await sessions.start(viewer.user_id, now=START, address="", device="")
        browser.keep(sessions.cookie_name(secure=False), token)
        await browser.get("/acessibilidade")
        return browser

    async def page(self, browser: Browser, path: str = "") -> str:
        """The room's page, or another."""
        got = await browser.get(path or f"/audiencias/{self.table.id}")
        assert got.status_code == 200, path
        return str(await got.get_data(as_text=True))

    async def truth(self, browser: Browser) -> dict[str, object]:
        """What the room's scripts are told."""
        found = await (await browser.get(f"/audiencias/{self.table.id}/estado")).get_json()
        return {"recording": found["recording"], "controls": set(found["controls"])}

    async def act(self, browser: Browser, rest: str, **form: str) -> Response:
        """Something done with the recording."""
        return await browser.post(f"/audiencias/{self.table.id}/gravacao/{rest}", form, **JSON)

    async def ready(self) -> Recording:
        """A recording of a minute that is composed."""
        await all_agree(self.table, START)
        for seconds, what in ((0, Take.START), (60, Take.STOP)):
            now = START + timedelta(seconds=seconds)
            await recordings.act(self.table.id, self.table.mediator, what, self.studio, now=now)
        recording = await Recording.get()
        return await compose(recording.id, self.studio, self.application.parts.storage, START)


@pytest.fixture
async def office(application: Application) -> Office:
    table = await make_table(starts_at=START + timedelta(minutes=5))
    for viewer in (table.mediator, table.consumer, table.agent):
        await table.come(viewer, START)
    await seats.admit(table.id, table.mediator, None, now=START)
    office = Office(application, table)
    mediator = await office.browser(table.mediator)
    opened = await mediator.post(f"/audiencias/{table.id}/conducao/open", {}, **JSON)
    assert opened.status_code == 204
    return office


async def refused(answer: Response, status: int, code: str) -> None:
    assert (answer.status_code, (await answer.get_json())["error"]) == (status, code)


async def test_the_mediator_records_when_everybody_agreed_and_all_see_it(office: Office) -> None:
    mediator, consumer, agent = [
        await office.browser(who)
        for who in (office.table.mediator, office.table.consumer, office.table.agent)
    ]
    assert "Para gravar, falta o acordo de: Ana Souza" in await office.page(mediator)
    assert "O Procon pode gravar a sua participação?" in await office.page(consumer)
    assert "record" not in (await office.truth(mediator))["controls"]
    await refused(await office.act(mediator, "record"), 409, "recording_not_agreed")

    for shown in ({}, {"version": "2020-01/30"}):
        answer = await office.act(consumer, "acordo", answer="agreed", **shown)
        await refused(answer, 409, "recording_question_changed")
    asked = office.application.parts.profile.recording.question
    for browser in (consumer, agent):
        assert f'name="version" value="{asked}"' in await office.page(browser)
        assert (await office.act(browser, "acordo", answer="agreed", version=asked)).status_code == 204
    page = await office.page(consumer)
    assert "O Procon pode gravar a sua participação?" not in page
    assert "Retirar o acordo com a gravação" in page
    assert "concorda com a gravação" in await office.page(mediator)

    assert "record" in (await office.truth(mediator))["controls"]
    assert (await office.act(mediator, "record")).status_code == 204
    for browser in (mediator, consumer, agent):
        page = await office.page(browser)
        assert "recording-on" in page
        assert "Gravando" in page
        assert (await office.truth(browser))["recording"] == {"capture": "running", "failing": False}
    assert {"record_pause", "record_stop"} <= set((await office.truth(mediator))["controls"])  # type: ignore[call-overload]
    assert "Parar a gravação" in await office.page(mediator)
    assert "Parar a gravação" not in await office.page(consumer)

    assert (await office.act(mediator, "record_pause")).status_code == 204
    assert "Gravação em pausa" in await office.page(consumer)
    assert (await office.act(mediator, "record_resume")).status_code == 204
    assert (await office.act(mediator, "record_stop")).status_code == 204
    assert "recording-sign" not in await office.page(consumer)
    await refused(await office.act(mediator, "record_stop"), 409, "recording_not_now")


async def test_a_failure_is_seen_by_all_and_told_to_the_mediator(office: Office) -> None:
    mediator, consumer = [await office.browser(who) for who in (office.table.mediator, office.table.consumer)]
    await all_agree(office.table, START)
    await office.act(mediator, "record")
    await recordings.reported((await Recording.get()).id, "disk_full", now=START)
    for browser in (mediator, consumer):
        page = await office.page(browser)
        assert "A gravação falhou: o disco do servidor está cheio." in page
        assert "recording-on" not in page
        assert (await office.truth(browser))["recording"] == {"capture": "running", "failing": True}
    assert "pare e grave de novo" in await office.page(mediator)
    assert "pare e grave de novo" not in await office.page(consumer)


async def test_who_is_not_the_mediator_or_says_nothing_sensible_is_refused(office: Office) -> None:
    consumer, mediator = [await office.browser(who) for who in (office.table.consumer, office.table.mediator)]
    await refused(await office.act(consumer, "record"), 403, "not_for_role")
    await refused(await office.act(mediator, "acordo", answer="agreed"), 403, "not_for_role")
    assert (await office.act(consumer, "acordo", answer="perhaps")).status_code == 422
    assert (await office.act(mediator, "explode")).status_code == 404


async def test_a_full_disk_is_told_in_a_sentence(office: Office) -> None:
    await all_agree(office.table, START)
    segments = office.application.parts.segments
    segments._measure = lambda path: 1000  # type: ignore[attr-defined]
    mediator = await office.browser(office.table.mediator)
    answer = await office.act(mediator, "record")
    assert answer.status_code == 503
    assert "Falta espaço no servidor" in (await answer.get_json())["message"]


async def test_the_entry_says_that_a_hearing_may_be_recorded(office: Office) -> None:
    page = await office.page(await office.browser(office.table.consumer))
    assert "O Procon pode gravá-la, se todos concordarem" in page
    assert "por 1.825\u00a0dias (5\u00a0anos)" in page


async def test_where_nothing_is_recorded_nobody_is_asked(settings: Settings, fake_parts: Parts) -> None:
    off = replace(fake_parts.profile, recording=replace(fake_parts.profile.recording, enabled=False))
    joined = create_app(settings, parts=replace(fake_parts, profile=off), jobs=False, media=False)
    async with joined.quart.test_app():
        table = await make_table(starts_at=START + timedelta(minutes=5))
        office = Office(joined, table)
        page = await office.page(await office.browser(table.consumer))
        assert (
            "gravação"
            not in page.lower().replace("impressão", "").split("<main", 1)[1].split("application/json")[0]
        )
        assert "O Procon pode gravá-la" not in page


async def test_the_page_shows_the_video_its_chapters_and_its_digest(office: Office) -> None:
    recording = await office.ready()
    consumer = await office.browser(office.table.consumer)
    page = await office.page(consumer, f"/gravacoes/{recording.id}")
    assert f'src="/gravacoes/{recording.id}/video"' in page
    assert f'src="/gravacoes/{recording.id}/capitulos.vtt"' in page
    assert recording.sha256 in page
    assert "Início da gravação" in page
    assert "Quem abriu" not in page
    case = await office.page(consumer, f"/casos/{office.table.case.id}")
    assert f'href="/gravacoes/{recording.id}"' in case


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        (None, 200, 0, len(VIDEO)),
        ("bytes=0-", 206, 0, len(VIDEO)),
        ("bytes=100000-100099", 206, 100_000, 100_100),
        ("bytes=-5", 206, len(VIDEO) - 5, len(VIDEO)),
    ],
)
async def test_the_video_is_read_by_ranges(
    office: Office, asked: str | None, status: int, start: int, end: int
) -> None:
    recording = await office.ready()
    browser = await office.browser(office.table.agent)
    headers = {"Range": asked} if asked else {}
    got = await browser.raw("GET", f"/gravacoes/{recording.id}/video", headers=headers)
    assert (got.status_code, await got.get_data()) == (status, VIDEO[start:end])
    assert (got.content_type, got.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert got.headers["ETag"] == f'"{recording.sha256}"'
    assert got.headers["Content-Disposition"].startswith("inline; filename=")
    if status == 206:
        assert got.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(VIDEO)}"


async def test_conditions_heads_and_impossible_ranges(office: Office) -> None:
    recording = await office.ready()
    browser = await office.browser(office.table.consumer)
    path = f"/gravacoes/{recording.id}/video"
    tag = f'"{recording.sha256}"'

    head = await browser.raw("HEAD", path)
    assert (head.status_code, head.headers["ETag"], await head.get_data()) == (200, tag, b"")
    assert await RecordingAccess.all().count() == 0

    known = await browser.raw("GET", path, headers={"Range": "bytes=5-9", "If-Range": tag})
    assert (known.status_code, await known.get_data()) == (206, VIDEO[5:10])
    other = await browser.raw("GET", path, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert (other.status_code, len(await other.get_data())) == (200, len(VIDEO))
    same = await browser.raw("GET", path, headers={"If-None-Match": tag})
    assert (same.status_code, await same.get_data()) == (304, b"")
    beyond = await browser.raw("GET", path, headers={"Range": f"bytes={len(VIDEO)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(VIDEO)}")


async def test_a_download_has_a_name_and_each_opening_is_logged(office: Office) -> None:
    recording = await office.ready()
    browser = await office.browser(office.table.consumer)
    got = await browser.raw("GET", f"/gravacoes/{recording.id}/video?baixar=1")
    protocol = office.table.case.protocol
    assert got.headers["Content-Disposition"].startswith(
        f'attachment; filename="Audiencia {protocol}, 23-11-2026 09h00.mp4"'
    )
    assert "filename*=UTF-8''Audi%C3%AAncia" in got.headers["Content-Disposition"]
    await browser.raw("GET", f"/gravacoes/{recording.id}/video")
    access = await RecordingAccess.get()
    assert access.user_id == office.table.consumer.user_id

    auditor = await office.browser(viewer_of(await make_user(Role.AUDITOR)))
    page = await office.page(auditor, f"/gravacoes/{recording.id}")
    assert "Quem abriu" in page
    assert "Ana Souza" in page.split("Quem abriu")[1]


async def test_chapters_are_webvtt(office: Office) -> None:
    recording = await office.ready()
    browser = await office.browser(office.table.consumer)
    got = await browser.get(f"/gravacoes/{recording.id}/capitulos.vtt")
    assert got.mimetype == "text/vtt"
    text = await got.get_data(as_text=True)
    assert str(text).startswith("WEBVTT\n\n1\n00:00:00.000 --> ")
    assert "Início da gravação" in text


def test_each_chapter_lasts_until_the_next() -> None:
    found = [
        Chapter(timedelta(), "Início"),
        Chapter(timedelta(seconds=75, milliseconds=250), "Ata: 1 < 2 & 3\n--> 4"),
        Chapter(timedelta(hours=1, seconds=2), "Fim"),
    ]
    text = webvtt(found, timedelta(hours=1, minutes=5))
    assert text == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:01:15.250\nInício\n\n"
        "2\n00:01:15.250 --> 01:00:02.000\nAta: 1 &lt; 2 &amp; 3 --&gt; 4\n\n"
        "3\n01:00:02.000 --> 01:05:00.000\nFim\n"
    )
    again = webvtt([found[0], replace(found[0], title="Também")], timedelta(seconds=9))
    assert "00:00:00.000 --> 00:00:00.001" in again
    assert [clock(one.at) for one in found] == ["0:00", "1:15", "1:00:02"]


async def test_its_progress_is_told_and_a_failure_may_be_repeated(office: Office) -> None:
    await all_agree(office.table, START)
    for what in (Take.START, Take.STOP):
        await recordings.act(office.table.id, office.table.mediator, what, office.studio, now=START)
    recording = await Recording.get()
    await Recording.filter(id=recording.id).update(progress=37)
    consumer, mediator = [await office.browser(who) for who in (office.table.consumer, office.table.mediator)]
    state = await (await consumer.get(f"/gravacoes/{recording.id}/estado")).get_json()
    assert state == {"state": "composing", "progress": 37}
    case = f"/casos/{office.table.case.id}"
    assert re.search(r'<progress[^>]* value="37"', await office.page(consumer, case))
    again = f"/gravacoes/{recording.id}/refazer"
    await refused(await mediator.post(again, **JSON), 409, "recording_not_failed")

    await Recording.filter(id=recording.id).update(state=RecordingState.FAILED, failure="damaged")
    page = await office.page(mediator, case)
    assert "O vídeo da gravação não pôde ser preparado: o que foi gravado não pôde ser lido." in page
    assert again in page
    assert again not in await office.page(consumer, case)
    await refused(await consumer.post(again, **JSON), 403, "not_for_role")
    answer = await mediator.post(again)
    assert (answer.status_code, answer.headers["Location"]) == (303, case)
    assert (await Recording.get(id=recording.id)).state is RecordingState.COMPOSING


async def test_what_was_deleted_or_went_wrong_is_told(office: Office) -> None:
    recording = await office.ready()
    consumer = await office.browser(office.table.consumer)
    case = f"/casos/{office.table.case.id}"
    await Recording.filter(id=recording.id).update(failure="writer_died")
    assert "Gravação incompleta: o programa que grava parou." in await office.page(consumer, case)
    assert "Gravação incompleta" in await office.page(consumer, f"/gravacoes/{recording.id}")
    await Recording.filter(id=recording.id).update(state=RecordingState.DELETED)
    assert "apagada ao fim do prazo de guarda" in await office.page(consumer, case)
    assert (await consumer.get(f"/gravacoes/{recording.id}")).status_code == 404
