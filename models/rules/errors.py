"""The one tree of errors that a person may meet: a code and the facts of its sentence.

The sentence in Portuguese and the HTTP status live in ``app.web.errors``; sockets answer
``{"error": code}``. A new code without a sentence fails tests/walks.
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """An act that the rules refuse; ``code`` is constant, ``facts`` fill the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(DomainError):
    """It does not exist, or it is someone else's: the two are told the same way (404)."""

    def __init__(self, code: str = "not_found", **facts: Any) -> None:
        super().__init__(code, **facts)


class Refused(DomainError):
    """The person may see it but may not do this, or not now (403 or 409 by code)."""


class Conflict(DomainError):
    """Somebody else changed it first (409); facts say what is now true."""


class Invalid(DomainError):
    """A value typed by a person is wrong (422); ``fields`` maps field name to error code."""

    def __init__(self, fields: dict[str, str], **facts: Any) -> None:
        super().__init__("invalid", **facts)
        self.fields = fields
