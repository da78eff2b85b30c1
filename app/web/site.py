"""The site's subjects, a blueprint each."""

from __future__ import annotations

from quart import Quart

from app.web import (
    accounts,
    agenda,
    assistance,
    blocks,
    cases,
    centre,
    companies,
    complaint,
    consultations,
    countdown,
    development,
    documents,
    exhibits,
    exports,
    floor,
    guests,
    guidance,
    health,
    hearing_acts,
    hearing_door,
    hearings,
    home,
    metrics,
    negotiation,
    notices,
    panel,
    participation,
    preliminary,
    presence,
    quality,
    recordings,
    registration,
    rehearsal,
    scheduling,
    seat_links,
    slots,
    terms,
    thread,
    triage,
    verification,
)
from app.web.api import document

SUBJECTS = (
    health,
    metrics,
    home,
    guidance,
    accounts,
    panel,
    registration,
    documents,
    triage,
    complaint,
    cases,
    preliminary,
    notices,
    negotiation,
    thread,
    scheduling,
    slots,
    agenda,
    blocks,
    terms,
    hearings,
    seat_links,
    hearing_door,
    guests,
    hearing_acts,
    countdown,
    consultations,
    floor,
    participation,
    presence,
    exports,
    exhibits,
    centre,
    assistance,
    quality,
    rehearsal,
    recordings,
    companies,
    verification,
    development,
)


def register(app: Quart) -> None:
    """Put every page and the API into ``app``, behind the door."""
    for subject in SUBJECTS:
        app.register_blueprint(subject.blueprint)
    document.install(app)
