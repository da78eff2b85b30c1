"""The agency as its documents show it."""

from __future__ import annotations

from dataclasses import fields

from app.adapters.documents import Letterhead
from app.profile import Profile


def letterhead(profile: Profile) -> Letterhead:
    """Name, address and logo of the profile, for the head and the foot of a document."""
    named = {field.name: getattr(profile.agency, field.name, "") for field in fields(Letterhead)}
    return Letterhead(**{**named, "logo": profile.logo})
