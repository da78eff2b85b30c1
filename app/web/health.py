"""Whether the process is alive and whether it is ready to serve, for supervisors and proxies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson
import structlog
from quart import Blueprint, Response

from app.parts import Check
from app.web.access import PUBLIC, requires
from app.web.parts import parts

log = structlog.get_logger(__name__)
blueprint = Blueprint("health", __name__)

CHECK_SECONDS = 3.0


@blueprint.get("/healthz")
@requires(PUBLIC)
async def alive() -> Response:
    """200 as long as the event loop turns; it asks nothing of others."""
    return _answer({"alive": True}, 200)


@blueprint.get("/readyz")
@requires(PUBLIC)
async def ready() -> Response:
    """200 when the database, the media process and the storage answer; otherwise 503 and which did not."""
    results = await _ask_all(parts().checks)
    failed = sorted(name for name, well in results.items() if not well)
    return _answer({"ready": not failed, "failed": failed}, 503 if failed else 200)


async def _ask_all(checks: Mapping[str, Check]) -> dict[str, bool]:
    answers = await asyncio.gather(*(_ask(name, check) for name, check in checks.items()))
    return dict(zip(checks, answers, strict=True))


async def _ask(name: str, check: Check) -> bool:
    """A check that fails in any way, or takes too long, is a "no": this page must always answer."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:
        log.warning("check_failed", check=name, error=type(error).__name__)
        return False


def _answer(content: dict[str, object], status: int) -> Response:
    return Response(
        orjson.dumps(content), status, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )
