"""The door of the web: what happens to every request before its view and to every answer after it.

Order before: CSRF and origin, who it is, whether they may. Order after: cookies, headers, and a wake for
the relay and the jobs when something may have changed.
"""

from __future__ import annotations

from quart import Quart, Response, request
from quart.typing import ResponseReturnValue

from app.parts import Parts
from app.web import access, csrf, failures, headers, limits, metrics
from app.web.parts import give, parts


def install(app: Quart, parts_of_app: Parts, *, redis_url: str) -> None:
    """Put the door into ``app``; call it before blueprints are registered."""
    give(app, parts_of_app)
    metrics.install(app)
    failures.install(app)
    limits.install(app, redis_url)
    every_answer = headers.every_answer(parts_of_app.public_url, secure=parts_of_app.secure)

    async def enter() -> ResponseReturnValue | None:
        await access.identify()
        if request.endpoint is not None:
            await csrf.check()
        return await access.admit()

    async def leave(response: Response) -> Response:
        csrf.keep(response)
        headers.apply(response, every_answer)
        if request.method not in csrf.SAFE and response.status_code < 400:
            parts().wake.ring()
        return response

    async def check_permissions() -> None:
        access.permissions(app)

    app.before_request(enter)
    app.after_request(leave)
    app.before_serving(check_permissions)
