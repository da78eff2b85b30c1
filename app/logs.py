"""Logs: JSON lines on standard error, from structlog and from every library that uses ``logging``.

An event has a constant name and ids. What libraries write is masked, since a database error may quote
the value that offended it (LGPD art. 46).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog

_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # an e-mail address
    r"|\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b"  # a CPF
    r"|\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b"  # a CNPJ as people write it
)
MASK = "[…]"


def configure(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send everything to ``stream``, standard error by default; called once, by the command line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_personal,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("socketio", "engineio", "tortoise", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def mask_personal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what looks like a CPF, a CNPJ or an e-mail address in every text of an event."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _PERSONAL.sub(MASK, value)
    return event


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=repr).decode()
