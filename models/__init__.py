"""The bottom of the house: tables by subject. Rules that need no database are in ``models.rules``."""

from models.calendar import CalendarDay, CalendarYear, DayKind
from models.cases import (
    Case,
    CaseEvent,
    CompanyCall,
    Draft,
    Notice,
    Offer,
    OfferState,
    Problem,
    ProtocolCounter,
    SolvedBy,
    Statement,
    StatementKind,
)
from models.companies import Company, Power, Representation
from models.documents import Document, DocumentAccess, DocumentKind
from models.hearings import (
    Clause,
    Consultation,
    ConsultationMember,
    Hearing,
    HearingMessage,
    MediaProcess,
    Seat,
    SeatLink,
    Signature,
)
from models.jobs import Job
from models.people import Code, Session, User
from models.recordings import Recording, RecordingAccess, RecordingState, SeatQuality

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseEvent",
    "Clause",
    "Code",
    "Company",
    "CompanyCall",
    "Consultation",
    "ConsultationMember",
    "DayKind",
    "Document",
    "DocumentAccess",
    "DocumentKind",
    "Draft",
    "Hearing",
    "HearingMessage",
    "Job",
    "MediaProcess",
    "Notice",
    "Offer",
    "OfferState",
    "Power",
    "Problem",
    "ProtocolCounter",
    "Recording",
    "RecordingAccess",
    "RecordingState",
    "Representation",
    "Seat",
    "SeatLink",
    "SeatQuality",
    "Session",
    "Signature",
    "SolvedBy",
    "Statement",
    "StatementKind",
    "User",
]
