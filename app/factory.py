"""The only place where the parts are joined into an application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import socketio
from quart import Quart

from app import db
from app.adapters.clock import SystemClock
from app.adapters.inspect import SandboxInspector
from app.adapters.passwords import Argon2Passwords
from app.adapters.storage import FolderStorage
from app.media_child import MediaChild, media_command
from app.parts import Parts
from app.proxy import TrustedProxies
from app.settings import Settings, kept_secret
from app.tasks import Tasks
from app.web import body, current
from app.web.health import health

STATIC = Path(__file__).parent.parent / "static"
MESSAGE_BYTES = 100_000


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
        """Say goodbye to every browser, so that it looks for another process at once."""
        if self.sio.eio.sockets:
            await self.sio.eio.disconnect()


def create_app(settings: Settings, *, parts: Parts | None = None) -> Application:
    """Join everything as ``settings`` say; with ``parts`` of its own, a test chooses the adapters.

    The database opens and closes with the application (ASGI lifespan), as do the media process, unless
    ``settings.media_door`` names one that runs elsewhere, and the background tasks.
    """
    media = None if settings.media_door else _media_child(settings)
    parts = parts or real_parts(settings, media)
    quart = _quart(settings, parts)
    sio = _socketio(settings)
    # Socket namespaces join here: realtime.register(sio, parts)
    quart.while_serving(_lifespan(settings, parts, media))
    asgi = TrustedProxies(socketio.ASGIApp(sio, quart), settings.trusted_proxies)
    return Application(parts=parts, quart=quart, sio=sio, asgi=asgi)


def real_parts(settings: Settings, media: MediaChild | None) -> Parts:
    """The adapters of a real system."""
    storage = FolderStorage(
        settings.data_dir / "files", bytes.fromhex(kept_secret(settings.data_dir / "storage-key"))
    )

    async def media_runs() -> bool:
        return media is None or media.current is not None

    return Parts(
        profile=settings.profile,
        public_url=settings.public_url,
        secure=settings.secure,
        demo=settings.demo,
        clock=SystemClock(),
        passwords=Argon2Passwords(),
        storage=storage,
        inspector=SandboxInspector(),
        tasks=Tasks(),
        checks={"database": database_answers, "media": media_runs, "storage": storage.healthy},
    )


async def database_answers() -> bool:
    """Whether the database answers a query."""
    return bool(await db.rows("SELECT 1 AS one"))


def _quart(settings: Settings, parts: Parts) -> Quart:
    quart = Quart("app", static_folder=str(STATIC), static_url_path="/static", template_folder=None)
    quart.secret_key = settings.secret_key
    body.install(quart)
    current.give(quart, parts)
    quart.register_blueprint(health)
    # The other blueprints join here: app.web.register(quart)
    return quart


def _socketio(settings: Settings) -> Any:
    """The Socket.IO server: WebSocket only, so that any process may answer any browser."""
    manager = socketio.AsyncRedisManager(settings.redis_url) if settings.redis_url else None
    return socketio.AsyncServer(
        async_mode="asgi",
        client_manager=manager,
        transports=["websocket"],
        max_http_buffer_size=MESSAGE_BYTES,
        # without a list the library allows the Origin that equals the Host, which it takes for http
        cors_allowed_origins=[settings.public_url] if settings.secure else None,
    )


def _media_child(settings: Settings) -> MediaChild:
    return MediaChild(
        media_command(udp_port=settings.media_udp_port, addresses=settings.media_addresses),
        {"PROCON_MEDIA_SECRET": settings.media_secret},
    )


def _lifespan(settings: Settings, parts: Parts, media: MediaChild | None) -> Any:
    async def lifespan() -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await db.connect(settings.database_url)
            stack.push_async_callback(db.close)
            stack.push_async_callback(parts.tasks.close)
            if media is not None:
                media.start()
                stack.push_async_callback(media.close)
            # The jobs and the relay start here, as tasks of parts.tasks
            yield

    return lifespan
