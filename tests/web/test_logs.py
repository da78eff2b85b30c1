"""Logs are JSON lines and hold no personal data, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, with the logging of the test run put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_event_is_one_json_line(written: io.StringIO) -> None:
    structlog.get_logger("test").info("case_opened", case=7)
    line = json.loads(written.getvalue())
    assert (line["event"], line["case"], line["level"]) == ("case_opened", 7, "info")


@pytest.mark.parametrize(
    "personal", ["52998224725", "529.982.247-25", "maria.souza+procon@exemplo.com.br", "12.345.678/0001-95"]
)
def test_a_library_that_quotes_a_person_is_masked(written: io.StringIO, personal: str) -> None:
    try:
        raise ValueError(f"Key (cpf)=({personal}) already exists")
    except ValueError:
        logging.getLogger("asyncpg").exception("failed for %s", personal)
    assert personal not in written.getvalue()
    assert json.loads(written.getvalue())["event"] == f"failed for {logs.MASK}"
    assert "ValueError" in written.getvalue()
