"""Recordings of hearings: their page with the player, the video by ranges, and its chapters as WebVTT."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quart import Blueprint, Response, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import compositions, playback
from app.services.chapters import Chapter
from app.services.event_words import recording_cause
from app.services.wording import role_label
from app.web.access import SIGNED_IN, requires, viewer
from app.web.failures import wants_json
from app.web.forms import query
from app.web.parts import parts
from app.web.render import render
from app.web.stored import Stored, attachment, sent
from app.web.today import now
from models.rules.people import Role

blueprint = Blueprint("recordings", __name__)

MEDIA_TYPE = "video/mp4"


@blueprint.get("/gravacoes/<uuid:recording_id>")
@requires(SIGNED_IN)
async def show(recording_id: UUID) -> str:
    """The video, its chapters, how it is known to be whole, and to the agency who opened it."""
    page = await playback.page(recording_id, viewer())
    return render(
        "recordings/show.html",
        page=page,
        recording=page.recording,
        filename=_filename(page.protocol, page.recording.started_at),
        clock=clock,
        cause=recording_cause,
        role_label=role_label,
    )


@blueprint.get("/gravacoes/<uuid:recording_id>/video")
@requires(SIGNED_IN)
async def video(recording_id: UUID) -> ResponseReturnValue:
    """The video, whole or a range of it; ``baixar=1`` gives it as a file. Each opening is logged."""
    if request.method == "HEAD":
        found = await playback.video(recording_id, viewer())
    else:
        address = request.remote_addr or ""
        found = await playback.opened(recording_id, viewer(), address=address, now=now())
    name = attachment(_filename(found.protocol, found.started_at))
    disposition = name if query("baixar") == "1" else name.replace("attachment", "inline", 1)
    return await sent(Stored(found.storage_key, found.size, found.sha256, MEDIA_TYPE, disposition))


@blueprint.get("/gravacoes/<uuid:recording_id>/capitulos.vtt")
@requires(SIGNED_IN)
async def chapters(recording_id: UUID) -> Response:
    """The chapters as a WebVTT file."""
    page = await playback.page(recording_id, viewer())
    return Response(webvtt(page.chapters, page.recording.length), mimetype="text/vtt")


@blueprint.get("/gravacoes/<uuid:recording_id>/estado")
@requires(SIGNED_IN)
async def state(recording_id: UUID) -> dict[str, Any]:
    """How far the video is: {state, progress}."""
    found = await playback.state(recording_id, viewer())
    return {"state": found.state, "progress": found.progress}


@blueprint.post("/gravacoes/<uuid:recording_id>/refazer")
@requires(Role.MEDIATOR, Role.COORDINATOR)
async def again(recording_id: UUID) -> ResponseReturnValue:
    """Have the video made once more after that failed for good."""
    await compositions.again(recording_id, viewer(), now=now())
    if wants_json():
        return "", 204
    found = await playback.state(recording_id, viewer())
    return redirect(url_for("cases.show", case_id=found.case_id), 303)


def webvtt(found: Sequence[Chapter], length: timedelta) -> str:
    """Chapters as WebVTT (W3C): each lasts until the next begins."""
    ends = [chapter.at for chapter in found[1:]] + [length]
    cues = [
        f"{number}\n{_cue(chapter.at)} --> {_cue(max(end, chapter.at + timedelta(milliseconds=1)))}\n"
        f"{_plain(chapter.title)}\n"
        for number, (chapter, end) in enumerate(zip(found, ends, strict=True), 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def clock(position: timedelta) -> str:
    """A place in a video: 4:07, 1:02:30."""
    minutes, seconds = divmod(int(position.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _cue(position: timedelta) -> str:
    seconds, milliseconds = divmod(position // timedelta(milliseconds=1), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"


def _plain(title: str) -> str:
    """A title as WebVTT may hold it: one line, without its marks."""
    line = " ".join(title.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _filename(protocol: str, started_at: datetime) -> str:
    local = started_at.astimezone(parts().profile.agency.zone)
    return _("Audiência %(protocol)s, %(day)s.mp4") % {
        "protocol": protocol,
        "day": f"{local:%d-%m-%Y %Hh%M}",
    }
