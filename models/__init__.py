"""The bottom of the house: tables by subject. Rules that need no database are in ``models.rules``."""

from models.cases import (
    Case,
    CaseEvent,
    Draft,
    Notice,
    Offer,
    OfferState,
    Problem,
    ProtocolCounter,
    Statement,
    StatementKind,
)
from models.companies import Company, Power, Representation
from models.documents import Document, DocumentAccess, DocumentKind
from models.hearings import Clause, Hearing, HearingMessage, Seat, Signature
from models.jobs import Job
from models.people import Code, Session, User

__all__ = [
    "Case",
    "CaseEvent",
    "Clause",
    "Code",
    "Company",
    "Document",
    "DocumentAccess",
    "DocumentKind",
    "Draft",
    "Hearing",
    "HearingMessage",
    "Job",
    "Notice",
    "Offer",
    "OfferState",
    "Power",
    "Problem",
    "ProtocolCounter",
    "Representation",
    "Seat",
    "Session",
    "Signature",
    "Statement",
    "StatementKind",
    "User",
]
