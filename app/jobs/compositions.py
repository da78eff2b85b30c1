"""The ``compose_recording`` job: the segments of a recording become one video in its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from app.adapters.composer import Stretch, Uncomposable, VideoOrder, Words
from app.adapters.storage import Kept
from app.i18n import gettext as _
from app.jobs.runner import Hopeless
from app.parts import Parts
from app.services import compositions
from app.services.compositions import Composition
from app.services.wording import seat_role_label


async def compose_recording(job_id: int, payload: Mapping[str, Any], parts: Parts) -> None:
    """``recording`` is the recording's id; one that is composed already only loses its segments."""
    recording = UUID(payload["recording"])
    wanted = await compositions.ordered(recording, parts.segments)
    if wanted is not None:
        await _compose(wanted, parts)
    await compositions.forget_segments(recording, parts.segments)


async def _compose(wanted: Composition, parts: Parts) -> None:
    async def keep(pieces: Iterator[bytes]) -> Kept:
        return await parts.storage.put_stream(wanted.storage_key, pieces)

    async def told(percent: int) -> None:
        await compositions.progressed(wanted.recording, percent)

    try:
        video = await parts.composer.compose(_order(wanted, parts), keep, told)
    except Exception as error:
        cause = error.cause if isinstance(error, Uncomposable) else "compose"
        await compositions.stumbled(wanted.recording, cause)
        if isinstance(error, Uncomposable) and error.final:
            raise Hopeless(cause) from error
        raise
    await compositions.composed(wanted, video.kept, video.length, now=parts.clock.now())


def _order(wanted: Composition, parts: Parts) -> VideoOrder:
    agency = parts.profile.agency
    return VideoOrder(
        folder=wanted.folder,
        key=wanted.key,
        timezone=agency.timezone,
        names={str(one.seat): f"{one.name} ({seat_role_label(one.role)})" for one in wanted.people},
        words=Words(
            title=_("%(agency)s · Reclamação %(protocol)s")
            % {"agency": agency.name, "protocol": wanted.protocol},
            paused=_("Gravação pausada"),
            no_picture=_("sem imagem"),
            screen=_("Tela"),
            nobody=_("Ninguém na sala"),
        ),
        stretches=tuple(
            Stretch(
                at_ms=round(piece.at.timestamp() * 1000),
                until_ms=round(piece.until.timestamp() * 1000),
                paused=piece.paused,
                length_ms=round(piece.length.total_seconds() * 1000),
            )
            for piece in wanted.course.pieces
        ),
    )
