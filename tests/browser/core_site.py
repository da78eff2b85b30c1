"""A small site with the real templates and scripts, and a server side that does as a test says."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, jsonify, request

from app.profile import PROFILES
from app.profile_reading import load_profile
from app.web import render
from app.web.headers import policy

CASE_PAGE = """
{% extends "base.html" %}
{% block main_attrs %}data-live-case="17" data-live-seq="{{ seq }}"{% endblock %}
{% block content %}<h1>Caso</h1>
<section data-live="situacao"><p id="situacao">Situação {{ seq }}</p>
<details id="dobra"><summary>Mais</summary><p>Texto</p></details></section>
<section data-live="resposta"><p id="resposta">Respostas {{ seq }}</p>
<form method="post"><label>Texto <input name="texto" id="texto"></label></form></section>{% endblock %}
"""
FORM_PAGE = """
{% extends "base.html" %}
{% from "components/form.html" import csrf, field, autosave_state %}
{% from "components/upload.html" import upload %}
{% block content %}<h1>Formulário</h1>
<form method="post" data-autosave="/rascunho" data-autosave-revision="{{ revision }}" novalidate>{{ csrf() }}
{{ field(form, "relato", "Relato", type="textarea") }}{{ field(form, "cnpj", "CNPJ", type="cnpj") }}
{{ field(form, "valor", "Valor", type="money") }}{{ autosave_state() }}</form>
{{ upload("provas", "Provas", "/enviar", max_bytes=1000) }}{% endblock %}
"""


class Site:
    """What the server knows and does; tests change it while a browser looks."""

    def __init__(self) -> None:
        self.seq = 1
        self.page_gate = asyncio.Event()
        self.page_gate.set()
        self.pages_served = 0
        self.draft: dict[str, str] = {}
        self.revision = 0
        self.drafts_open = True
        self.uploads: list[tuple[str, bytes]] = []
        self.removed: list[str] = []
        self.upload_status = 201
        self.address = ""
        self.sio = socketio.AsyncServer(async_mode="asgi", transports=["websocket"])
        self.sids: list[str] = []
        self._listen()

    def event(self, seq: int) -> dict[str, Any]:
        """One event as docs/events.md has it."""
        return {"case": 17, "seq": seq, "name": "answered", "text": f"Novidade {seq}", "facts": {}, "at": ""}

    async def happen(self, *, told: bool = True) -> None:
        """One more event; ``told`` False loses its message, as a broken line does."""
        self.seq += 1
        if told:
            await self.sio.emit("event", self.event(self.seq), namespace="/cases")

    def _listen(self) -> None:
        async def connect(sid: str, environ: dict[str, Any], auth: object) -> None:
            self.sids.append(sid)

        async def follow(sid: str, message: dict[str, Any]) -> dict[str, Any]:
            missed = [self.event(seq) for seq in range(message["since"] + 1, self.seq + 1)]
            return {"events": missed, "seq": self.seq}

        self.sio.on("connect", connect, namespace="/cases")
        self.sio.on("follow", follow, namespace="/cases")

    def app(self) -> Quart:
        """The pages, drafts and uploads."""
        app = Quart("core_site", static_folder=None)
        render.install(app, profile=load_profile(PROFILES / "criciuma.toml"), csrf_token=lambda: "ficha")
        environment = app.extensions[render.EXTENSION]
        known = {"viewer": None, "path": "/caso", "nav": ()}

        @app.after_request
        async def strict(response: Any) -> Any:
            response.headers["Content-Security-Policy"] = policy(self.address)
            return response

        @app.get("/caso")
        async def case() -> str:
            seq = self.seq
            self.pages_served += 1
            await self.page_gate.wait()
            return str(environment.from_string(CASE_PAGE).render(known, seq=seq))

        @app.get("/formulario")
        async def form() -> str:
            shown = {"values": self.draft, "errors": {}}
            page = environment.from_string(FORM_PAGE)
            return str(page.render(known, form=shown, revision=self.revision))

        @app.put("/rascunho")
        async def save() -> Any:
            sent = await request.get_json()
            if not self.drafts_open:
                return {"error": "busy", "message": "O sistema está muito ocupado."}, 503
            if sent["revision"] != self.revision:
                body = {"error": "draft_changed", "message": "Mudou.", "revision": self.revision}
                return jsonify(body | {"values": self.draft}), 409
            self.draft, self.revision = sent["values"], self.revision + 1
            return {"revision": self.revision, "saved_at": "2026-11-23T17:32:00Z"}

        @app.post("/enviar")
        async def upload() -> Any:
            body = await request.get_data()
            if self.upload_status != 201:
                return {"error": "busy", "message": "O sistema está muito ocupado."}, self.upload_status
            self.uploads.append((request.headers["X-File-Name"], body))
            name = f"prova-{len(self.uploads)}.pdf"
            file = {"id": len(self.uploads), "filename": name, "size": len(body)}
            return file | {"media_type": "application/pdf", "url": f"/arquivos/{len(self.uploads)}"}, 201

        @app.delete("/arquivos/<number>")
        async def remove(number: str) -> Any:
            self.removed.append(number)
            return "", 204

        return app


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[None]:
    """The site on a free port, ended with the block."""
    listener = socket.create_server(("127.0.0.1", 0))  # listens before the browser asks
    site.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "ERROR"
    over = asyncio.Event()
    task = asyncio.create_task(
        serve(socketio.ASGIApp(site.sio, site.app()), config, shutdown_trigger=over.wait)  # type: ignore[arg-type]
    )
    try:
        yield
    finally:
        over.set()
        await task
