"""``/metrics`` for Prometheus, and the timing of every request by the name of its route."""

from __future__ import annotations

import asyncio
import hmac
from ipaddress import ip_address

from quart import Blueprint, Quart, Response, g, request

from app.metrics import CONTENT_TYPE
from app.web.access import PUBLIC, requires
from app.web.parts import parts

blueprint = Blueprint("metrics", __name__)

OTHER = "other"
"""The route of what no route answers, and the method of what nobody should ask with."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Quart) -> None:
    """Time every request of ``app``; call it before anything else that looks at requests."""

    async def begin() -> None:
        g.began = asyncio.get_running_loop().time()

    async def end(response: Response) -> Response:
        began = g.get("began")
        if began is not None:
            method = request.method if request.method in METHODS else OTHER
            labels = (method, request.endpoint or OTHER, f"{response.status_code // 100}xx")
            parts().metrics.requests.labels(*labels).observe(asyncio.get_running_loop().time() - began)
        return response

    app.before_request(begin)
    app.after_request(end)


@blueprint.get("/metrics")
@requires(PUBLIC)
async def metrics() -> Response:
    """Everything, to who asks from this very machine or shows the token; 401 to all others."""
    if not (_from_here() or _has_token(parts().metrics_token)):
        return Response("", 401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    text = await parts().metrics.text()
    return Response(text, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _from_here() -> bool:
    """A loopback connection that nobody forwarded: behind a proxy on this machine, everybody has one."""
    if request.scope.get("procon.forwarded", True):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token(token: str) -> bool:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme == "Bearer" and hmac.compare_digest(shown.encode(), token.encode())
