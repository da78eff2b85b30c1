"""Request bodies that stay small in memory, and handlers that a leaving client does not interrupt.

Quart 0.22 keeps a body that nobody reads in memory, checks its limit against what is unread only (a
chunked body passes it), and cancels the handler when the client goes away, in the middle of whatever
it was writing. ``install`` replaces the two classes concerned; docs/adr/0004-request-bodies.md tells why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import TYPE_CHECKING, Any, cast

from quart import Quart
from quart.asgi import ASGIHTTPConnection
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout

if TYPE_CHECKING:
    from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent
    from quart.typing import ResponseTypes

FORM_LIMIT = 1024 * 1024
BUFFER = 256 * 1024
IDLE_SECONDS = 30.0
DISCARD_SECONDS = 15.0
RESPONSE_SECONDS = 600


def install(app: Quart) -> None:
    """Give ``app`` bounded bodies: forms and JSON up to 1 MiB, files through ``body_chunks``."""
    app.request_class = BoundedRequest
    app.asgi_http_class = Connection
    app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT
    app.config["RESPONSE_TIMEOUT"] = RESPONSE_SECONDS


def body_chunks(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """The raw body of an upload as it arrives, in pieces of up to 320 KiB.

    Past ``max_bytes`` in total it raises RequestEntityTooLarge (413), at once when the length was
    declared; ClientDisconnected (400) when the client leaves before the end; RequestTimeout (408)
    when nothing arrives for 30 seconds. The client waits while the caller does not read.
    """
    body = cast(BoundedBody, request.body)
    body.limit = max_bytes
    return body


class BoundedBody(Body):
    """A body that holds at most ``BUFFER`` and one network read, and counts what was taken out of it.

    The limit is applied when reading, so the handler that knows what it expects can set it.
    """

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(None, None)
        self.limit = max_content_length
        self._declared = expected_content_length or 0
        self._taken = 0
        self._whole: bytes | None = None
        self._discarding = False
        self._room = asyncio.Event()
        self._room.set()

    async def __anext__(self) -> bytes:
        self._refuse_over_limit(self._declared)
        if not self._data and not self._complete.is_set():
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._has_data.wait()
            except TimeoutError:
                raise RequestTimeout from None
        if self._must_raise is not None:
            raise self._must_raise
        if not self._data:
            raise StopAsyncIteration
        return self._take()

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._read_whole().__await__()

    def append(self, data: bytes) -> None:
        """Add what arrived; called by the connection while there is room."""
        if data and not self._discarding:
            self._data.extend(data)
            self._has_data.set()
            if len(self._data) >= BUFFER:
                self._room.clear()

    def clear(self) -> None:
        """Forget what was kept for a second reading."""
        self._whole = b""

    def cut(self) -> None:
        """The client left: whoever waits for the rest is told."""
        if not self._complete.is_set():
            self._must_raise = ClientDisconnected()
            self.set_complete()

    async def room(self) -> None:
        """Wait until there is room for more."""
        await self._room.wait()

    async def discard(self) -> None:
        """Throw away what is unread and what still comes, for a limited time."""
        if self._complete.is_set():
            return
        self._discarding = True
        self._data.clear()
        self._room.set()
        try:
            async with asyncio.timeout(DISCARD_SECONDS):
                await self._complete.wait()
        except TimeoutError:
            return  # the server closes the connection, as the request is still incomplete

    def _take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        self._has_data.clear()
        self._room.set()
        self._taken += len(data)
        self._refuse_over_limit(self._taken)
        return data

    def _refuse_over_limit(self, size: int) -> None:
        if self.limit is not None and size > self.limit:
            raise RequestEntityTooLarge

    async def _read_whole(self) -> bytes:
        if self._whole is None:
            self._whole = b"".join([data async for data in self])
        return self._whole


class BoundedRequest(Request):
    """Quart's request with a bounded body."""

    body_class = BoundedBody


class Connection(ASGIHTTPConnection):
    """One request and its answer; the handler always runs to its end.

    The rest of an unread body is taken in before answering: a server that answers and closes while the
    client still sends makes browsers show a network error in place of the answer.
    """

    _body: BoundedBody
    _left = False

    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        request = self._create_request_from_scope(send)
        self._body = cast(BoundedBody, request.body)
        receiving = asyncio.create_task(self.handle_messages(request, receive))
        try:
            await self.handle_request(request, send)
        except ClientDisconnected:
            return  # nobody is there to read the answer
        finally:
            receiving.cancel()
            await asyncio.wait({receiving})
            if not receiving.cancelled():
                receiving.result()

    async def handle_messages(self, request: Request, receive: ASGIReceiveCallable) -> None:
        """Fill the body while there is room in it."""
        while True:
            await self._body.room()
            message = await receive()
            if message["type"] == "http.request":
                self._body.append(message.get("body", b""))
                if not message.get("more_body", False):
                    self._body.set_complete()
            elif message["type"] == "http.disconnect":
                self._left = True
                self._body.cut()
                return

    async def _send_response(self, send: ASGISendCallable, response: ResponseTypes) -> None:
        async def send_if_there(event: ASGISendEvent) -> None:
            if self._left:
                raise ClientDisconnected
            await send(event)

        await self._body.discard()
        await super()._send_response(send_if_there, response)
