"""The only place where the parts are joined into an application."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import socketio
from quart import Quart

from app import db, gauges
from app.adapters.clock import Clock
from app.equipment import real_parts
from app.jobs import compositions, letters, news, papers, reminders, rounds
from app.jobs.rounds import ROUNDS
from app.jobs.runner import Lane, Runner
from app.media_children import MediaChildren, media_command
from app.parts import Parts
from app.proxy import TrustedProxies
from app.services import letters as queued
from app.services import notices
from app.services.calendars import RECOUNT_JOB
from app.services.complaints import RECEIPT_JOB
from app.services.conduct import PRESENCE_JOB, SEAL_JOB
from app.services.deliveries import LETTER_JOB
from app.services.exports import EXPORT_JOB
from app.services.follow_up import OFFER_AGAIN_JOB
from app.services.fulfilment import KIT_JOB
from app.services.hearing_reminders import REMINDER_JOB
from app.services.news_choices import TEXT_JOB
from app.services.push_devices import PUSH_JOB
from app.services.recordings import COMPOSE_JOB
from app.services.relays import Relays
from app.services.settlements import SEAL_SETTLEMENT_JOB
from app.services.standing import JOB as STANDING_JOB
from app.services.term_reminders import JOB as REMINDERS_JOB
from app.settings import Settings
from app.web import body, csrf, devices, door, render, site
from realtime.board import Board
from realtime.cases import Cases
from realtime.centre import Centre
from realtime.countdowns import Countdowns
from realtime.counter import Counter
from realtime.fleet import Fleet
from realtime.hearings import Hearings
from realtime.identity import Guard
from realtime.quality import QualityRecord
from realtime.recorder import Recorder
from realtime.rehearsals import RehearsalRooms
from realtime.relay import Relay

MESSAGE_BYTES = 100_000
FAREWELL_SECONDS = 2.0

Work = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Application:
    """A joined system: an ASGI application, and its members for those who start or test it."""

    parts: Parts
    quart: Quart
    sio: Any
    asgi: TrustedProxies

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer as ASGI says."""
        await self.asgi(scope, receive, send)

    async def leave(self) -> None:
        """Say goodbye to every browser, so that it looks for another process at once.

        Engine.IO waits until each goodbye is sent, also to a browser that no longer listens.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                if self.sio.eio.sockets:
                    await self.sio.eio.disconnect()


def create_app(
    settings: Settings, *, parts: Parts | None = None, jobs: bool = True, media: bool = True
) -> Application:
    """Join everything as ``settings`` say; with ``parts`` of its own, a test chooses the adapters.

    The database, the background work and the media processes begin and end with the application (ASGI
    lifespan). ``media`` says whether this process starts the machine's media processes, as its children;
    it finds all those that there are in the database. ``jobs`` says whether the queue's jobs are done in
    this process.
    """
    parts = parts or real_parts(settings)
    sio = _socketio(settings)
    fleet = Fleet(settings.media_secret)
    children = media_children(settings, parts.clock, fleet.ring) if media else None
    parts = _with_checks(parts, fleet)
    quart = _quart(settings, parts)
    work = {"fleet": fleet.run, **_sockets(settings, sio, parts, fleet), **(_jobs(parts) if jobs else {})}
    quart.while_serving(_lifespan(settings, parts, children, work))
    asgi = TrustedProxies(socketio.ASGIApp(sio, quart), settings.trusted_proxies)
    return Application(parts=parts, quart=quart, sio=sio, asgi=asgi)


def media_children(
    settings: Settings, clock: Clock, changed: Callable[[], None] = lambda: None
) -> MediaChildren:
    """The media processes that ``settings`` ask this machine for; see ``MediaChildren``."""
    host, door_port = settings.media_door
    commands = [
        media_command(
            number,
            host=host,
            door_port=door_port,
            udp_port=settings.media_udp_port,
            addresses=settings.media_addresses,
            codec=settings.media_codec,
            captions=settings.captions_model,
        )
        for number in range(settings.media_processes)
    ]
    return MediaChildren(commands, settings.media_secret, clock, changed)


def _with_checks(parts: Parts, fleet: Fleet) -> Parts:
    async def database() -> bool:
        return bool(await db.rows("SELECT 1 AS one"))

    async def media() -> bool:
        return bool(fleet.sessions)

    return replace(parts, checks={"database": database, "media": media, "storage": parts.storage.healthy})


def _quart(settings: Settings, parts: Parts) -> Quart:
    quart = Quart("app", static_folder=None, template_folder=None)
    quart.secret_key = settings.secret_key
    body.install(quart)
    door.install(quart, parts, redis_url=settings.redis_url)
    render.install(quart, profile=settings.profile, csrf_token=csrf.token)
    site.register(quart)
    return quart


def _socketio(settings: Settings) -> Any:
    """The Socket.IO server: WebSocket only, so that any process may answer any browser."""
    manager = socketio.AsyncRedisManager(settings.redis_url) if settings.redis_url else None
    return socketio.AsyncServer(
        async_mode="asgi",
        client_manager=manager,
        transports=["websocket"],
        max_http_buffer_size=MESSAGE_BYTES,
        logger=logging.getLogger("socketio"),  # without one each library writes lines of its own
        engineio_logger=logging.getLogger("engineio"),
        # without a list the library allows the Origin that equals the Host, which it takes for http
        cors_allowed_origins=[settings.public_url] if settings.secure else None,
    )


def _sockets(settings: Settings, sio: Any, parts: Parts, fleet: Fleet) -> dict[str, Work]:
    """Give ``sio`` its namespaces; what has to run behind them, by name."""

    def timed(namespace: str, message: str, seconds: float) -> None:
        parts.metrics.messages.labels(namespace, message).observe(seconds)

    cases = Cases(parts.clock, secure=parts.secure, timed=timed)
    centre = Centre(parts.clock, secure=parts.secure, timed=timed)
    quality = QualityRecord(parts.clock)
    relays = Relays(settings.turn_urls, settings.turn_secret, settings.turn_seconds)
    hearings = Hearings(
        fleet,
        parts.clock,
        parts.wake,
        Recorder(parts.segments, parts.clock, parts.wake),
        quality,
        secure=parts.secure,
        opens_minutes=parts.profile.hearing.sign_in_opens_minutes,
        rules=parts.profile.house_rules.version,
        device_label=devices.label,
        timed=timed,
        relays=relays,
        watched=centre.figures,
    )
    rehearsals = RehearsalRooms(
        fleet,
        parts.rehearsals,
        parts.cards,
        parts.clock,
        secure=parts.secure,
        relays=relays,
        timed=timed,
    )
    board = Board(sio, timed)
    counter = Counter(sio, parts.clock, parts.profile.agency.zone, secure=parts.secure, timed=timed)
    together = (cases, hearings, rehearsals, centre, counter)
    for namespace in (*together, board):
        sio.register_namespace(namespace)
    namespaces = tuple(namespace.namespace for namespace in together)
    gauges.join(parts.metrics, sio, namespaces, fleet, parts.clock)
    guard = Guard(sio, parts.clock, namespaces)
    countdowns = Countdowns(parts.clock, parts.wake, parts.house)
    relay = Relay(sio, parts.wake.subscribe(), (hearings.relayed, countdowns.relayed, board.relayed))
    return {
        "relay": relay.run,
        "counter": partial(counter.run, parts.wake.subscribe()),
        "socket_guard": guard.run,
        "hearings_sweep": hearings.sweep,
        "countdowns": countdowns.run,
        "quality": quality.run,
        "rehearsals": rehearsals.run,
        "loop_lag": parts.metrics.watch_loop,
    }


LETTERS_AND_PAPERS = Lane(
    {
        queued.KIND: letters.send_letter,
        RECEIPT_JOB: papers.print_receipt,
        notices.JOB: papers.print_notice,
        LETTER_JOB: papers.print_notice_letter,
        SEAL_JOB: papers.print_minutes,
        PRESENCE_JOB: papers.print_presence,
        SEAL_SETTLEMENT_JOB: papers.print_settlement,
        KIT_JOB: papers.print_kit,
        RECOUNT_JOB: rounds.recount_terms,
        REMINDERS_JOB: rounds.remind_of_terms,
        REMINDER_JOB: reminders.remind_of_hearing,
        STANDING_JOB: rounds.tell_standing,
        OFFER_AGAIN_JOB: rounds.offer_again,
    },
    at_once=4,
    seconds=90,
)
NEWS = Lane({PUSH_JOB: news.send_push, TEXT_JOB: news.send_text}, at_once=8, seconds=60)
"""Beside the letters: the services asked here are whichever people's browsers name, and may be slow."""
COPIES = Lane({EXPORT_JOB: papers.export_case}, at_once=1, seconds=1800)
VIDEOS = Lane({COMPOSE_JOB: compositions.compose_recording}, at_once=1, seconds=12 * 3600)
"""One at a time: a composition takes a processor for half as long as the hearing was."""


def _jobs(parts: Parts) -> dict[str, Work]:
    runner = Runner(parts, ROUNDS)
    return {
        "jobs": partial(runner.run_jobs, LETTERS_AND_PAPERS, parts.wake.subscribe()),
        "news": partial(runner.run_jobs, NEWS, parts.wake.subscribe()),
        "copies": partial(runner.run_jobs, COPIES, parts.wake.subscribe()),
        "videos": partial(runner.run_jobs, VIDEOS, parts.wake.subscribe()),
        "rounds": runner.run_rounds,
    }


def _lifespan(settings: Settings, parts: Parts, media: MediaChildren | None, work: Mapping[str, Work]) -> Any:
    async def lifespan() -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await db.connect(settings.database_url)
            stack.push_async_callback(db.close)
            if media is not None:
                media.start()
                stack.push_async_callback(media.close)
            stack.push_async_callback(parts.tasks.close)
            for name, begin in work.items():
                parts.tasks.spawn(begin(), name=name)
            yield

    return lifespan
