"""The demonstration: accounts of every role, companies, and cases in different states.

Loaded once into an empty database; a later call keeps what is there and prints the logins again.
"""

from __future__ import annotations

from app import db
from app.demo.people import DOMAIN, PASSWORD, PEOPLE, make_cast
from app.demo.story import Narrator
from app.equipment import real_parts
from app.parts import Parts
from app.services import standard_texts, taxonomy
from app.services.wording import role_label
from app.settings import Settings
from models import User


async def load(settings: Settings) -> str:
    """Load the demonstration unless it is there; the lines to print."""
    parts = real_parts(settings)
    await db.connect(settings.database_url)
    try:
        if not await User.exists(email__endswith=f"@{DOMAIN}"):
            await _load(parts)
    finally:
        await parts.tasks.close()
        await db.close()
    return _logins()


async def _load(parts: Parts) -> None:
    now = parts.clock.now()
    await standard_texts.load(parts.profile.texts, now)
    await taxonomy.load(now.astimezone(parts.profile.agency.zone).date())
    cast = await make_cast(await parts.passwords.hash(PASSWORD), now, parts.profile)
    await Narrator(parts, cast, now).tell_all()


def _logins() -> str:
    lines = [f"Demonstração. A senha de todas as contas é {PASSWORD}", ""]
    lines += [f"  {role_label(person.role):<12} {person.email}" for person in PEOPLE]
    lines += ["", "As cartas que seriam enviadas estão em /desenvolvimento/correio", ""]
    return "\n".join(lines)
