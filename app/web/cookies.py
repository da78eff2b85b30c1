"""Cookies of ours, all alike: no script reads one, no form of another site takes one along (SameSite)."""

from __future__ import annotations

from quart import Response

from app.web.parts import parts


def put(response: Response, name: str, value: str, *, path: str = "/", seconds: int | None = None) -> None:
    """Keep ``value`` in the browser for ``seconds``, or until it closes."""
    response.set_cookie(
        name, value, max_age=seconds, path=path, secure=parts().secure, httponly=True, samesite="Lax"
    )


def drop(response: Response, name: str, *, path: str = "/") -> None:
    """Take it out of the browser; ``path`` is the one it was put with."""
    response.delete_cookie(name, path=path, secure=parts().secure, httponly=True, samesite="Lax")
