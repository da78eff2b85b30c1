"""The application for an ASGI server that loads a module: ``hypercorn app.asgi:application``."""

from __future__ import annotations

from app import logs
from app.factory import create_app
from app.settings import load

logs.configure()
application = create_app(load())
