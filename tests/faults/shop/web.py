"""A few pages over the shop, behind our own server: ``python -m tests.faults.shop.web``."""

from __future__ import annotations

import asyncio
import os

from quart import Quart, request
from quart.typing import ResponseReturnValue

from app import db, logs, server
from app.web import body
from tests.faults.shop.models import Loan, Shelf

MEBIBYTE = 1024 * 1024
UPLOAD_LIMIT = 300 * MEBIBYTE

web = Quart(__name__)
body.install(web)


@web.while_serving
async def database():  # type: ignore[no-untyped-def]  # Quart takes a generator function
    await db.connect(os.environ["DATABASE_URL"], models="tests.faults.shop.models")
    yield
    await db.close()


@web.get("/ready")
async def ready() -> ResponseReturnValue:
    return {"loans": await Loan.all().count()}


@web.post("/lend")
async def lend() -> ResponseReturnValue:
    form = await request.form
    async with db.transaction():
        shelf = await Shelf.get(id=int(form["shelf"]))
        await Loan.create(shelf=shelf)
    return "", 204


@web.post("/form")
async def read_form() -> ResponseReturnValue:
    return {"fields": len(await request.form)}


@web.put("/small")
async def small_upload() -> ResponseReturnValue:
    return {"size": sum([len(chunk) async for chunk in body.body_chunks(request, MEBIBYTE)])}


@web.put("/slow")
async def slow_reader() -> ResponseReturnValue:
    """Reads a large upload more slowly than it arrives."""
    size = 0
    async for chunk in body.body_chunks(request, UPLOAD_LIMIT):
        size += len(chunk)
        await asyncio.sleep(0.001)
    return {"size": size}


@web.put("/unread")
async def unread() -> ResponseReturnValue:
    """Waits, as for a session, and never reads."""
    await asyncio.sleep(1)
    return {"size": 0}


@web.get("/wait")
async def wait() -> ResponseReturnValue:
    await asyncio.sleep(2)
    return {"waited": 2}


if __name__ == "__main__":
    logs.configure()
    server.run(web, host=os.environ["HOST"], port=int(os.environ["PORT"]))
