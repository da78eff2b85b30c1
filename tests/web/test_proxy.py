"""Whom the application takes for the client, behind proxies of ours and without."""

from __future__ import annotations

from typing import Any

import pytest

from app.proxy import TrustedProxies


async def seen(hops: int, headers: list[tuple[bytes, bytes]], kind: str = "http") -> dict[str, Any]:
    """The scope that the application gets."""
    found: dict[str, Any] = {}

    async def application(scope: dict[str, Any], receive: object, send: object) -> None:
        found.update(scope)

    scheme = "http" if kind == "http" else "ws"
    scope = {"type": kind, "scheme": scheme, "client": ("10.0.0.1", 999), "headers": headers}
    await TrustedProxies(application, hops)(scope, None, None)
    return found


FORWARDED = [(b"x-forwarded-for", b"6.6.6.6, 200.1.2.3"), (b"X-Forwarded-For", b"10.0.0.9")]


@pytest.mark.parametrize(
    ("hops", "client"),
    [(0, "10.0.0.1"), (1, "10.0.0.9"), (2, "200.1.2.3"), (3, "6.6.6.6"), (4, "10.0.0.1")],
)
async def test_so_many_hops_are_believed_from_the_right(hops: int, client: str) -> None:
    assert (await seen(hops, FORWARDED))["client"][0] == client


async def test_what_is_no_address_is_not_taken_for_one() -> None:
    assert (await seen(1, [(b"x-forwarded-for", b"<script>")]))["client"][0] == "10.0.0.1"


@pytest.mark.parametrize(
    ("kind", "said", "scheme"),
    [("http", b"https", "https"), ("websocket", b"https", "wss"), ("http", b"gopher", "http")],
)
async def test_the_scheme_is_the_outer_one(kind: str, said: bytes, scheme: str) -> None:
    assert (await seen(1, [(b"x-forwarded-proto", said)], kind))["scheme"] == scheme


async def test_the_headers_themselves_go_no_further() -> None:
    headers = [*FORWARDED, (b"x-forwarded-host", b"evil"), (b"host", b"procon")]
    assert (await seen(0, headers))["headers"] == [(b"host", b"procon")]
