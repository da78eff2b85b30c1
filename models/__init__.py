"""The bottom of the house: tables by subject. Rules that need no database are in ``models.rules``."""

from models.agreements import (
    Clause,
    Obligation,
    ObligationProof,
    OfferSignature,
    Paragraph,
    Remark,
    SealedRound,
)
from models.alerts import Alert, HelpMessage
from models.attendance import Attendance, AttendanceStep, Ticket
from models.calendar import CalendarDay, CalendarYear, DayKind
from models.cases import (
    Case,
    CaseEvent,
    CompanyCall,
    Draft,
    Notice,
    Offer,
    ProtocolCounter,
    SolvedBy,
    Statement,
    StatementKind,
    ThreadBookmark,
)
from models.companies import Company, Paper, PaperStep, Representation
from models.documents import Document, DocumentAccess, DocumentKind
from models.exports import CaseExport, ExportState
from models.hearings import (
    Consultation,
    ConsultationMember,
    Hearing,
    HearingMessage,
    MediaProcess,
    Seat,
    SeatLink,
    Signature,
)
from models.indices import IndexSeries, IndexValue
from models.jobs import Job
from models.news import NewsChoice, PushDevice
from models.notices import Claim, Delivery, DeliveryStep
from models.people import Code, RecoveryCode, SecondFactor, Session, User
from models.recordings import Recording, RecordingAccess, RecordingState, SeatQuality
from models.rules.offers import OfferState
from models.rules.representation import Power
from models.scheduling import (
    Absence,
    AbsenceKind,
    HearingBlock,
    OfferedSlot,
    OfferedState,
    RescheduleRequest,
    SlotClaim,
    WorkingHours,
)
from models.taxonomy import Problem, ProblemChange
from models.texts import StandardText

__all__ = [
    "Absence",
    "AbsenceKind",
    "Alert",
    "Attendance",
    "AttendanceStep",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseEvent",
    "CaseExport",
    "Claim",
    "Clause",
    "Code",
    "Company",
    "CompanyCall",
    "Consultation",
    "ConsultationMember",
    "DayKind",
    "Delivery",
    "DeliveryStep",
    "Document",
    "DocumentAccess",
    "DocumentKind",
    "Draft",
    "ExportState",
    "Hearing",
    "HearingBlock",
    "HearingMessage",
    "HelpMessage",
    "IndexSeries",
    "IndexValue",
    "Job",
    "MediaProcess",
    "NewsChoice",
    "Notice",
    "Obligation",
    "ObligationProof",
    "Offer",
    "OfferSignature",
    "OfferState",
    "OfferedSlot",
    "OfferedState",
    "Paper",
    "PaperStep",
    "Paragraph",
    "Power",
    "Problem",
    "ProblemChange",
    "ProtocolCounter",
    "PushDevice",
    "Recording",
    "RecordingAccess",
    "RecordingState",
    "RecoveryCode",
    "Remark",
    "Representation",
    "RescheduleRequest",
    "SealedRound",
    "Seat",
    "SeatLink",
    "SeatQuality",
    "SecondFactor",
    "Session",
    "Signature",
    "SlotClaim",
    "SolvedBy",
    "StandardText",
    "Statement",
    "StatementKind",
    "ThreadBookmark",
    "Ticket",
    "User",
    "WorkingHours",
]
