"""What people of a hearing are sent when it is set, moved or cancelled: a letter with the calendar's entry.

Each change is the same entry with the next SEQUENCE (RFC 5546), so calendars move it and keep no second one.
The company of a block has one entry and one letter for all of the block's hearings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.adapters import ics
from app.i18n import gettext as _
from app.i18n import ngettext
from app.services import letters, seat_links
from app.services.letters import Text
from app.services.scheduling_words import line, moment
from models import Case, Hearing, HearingBlock, Seat, User
from models.rules.hearing import INVITED, HearingState, SeatRole

Method = Literal["REQUEST", "CANCEL"]
CANCELLED = "hearing_cancelled"


@dataclass(frozen=True)
class Invite:
    """What an invitation says of the agency: its name, address, zone and the site's public address."""

    agency: str
    email: str
    zone: ZoneInfo
    site: str

    @property
    def host(self) -> str:
        """The part of a calendar entry's name that makes it the world's only one."""
        return self.site.partition("://")[2].partition(":")[0]


def advice(invite: Invite, hearing_id: int, *, linked: bool) -> dict[str, str]:
    """What every letter about a hearing may say: where to try the device, and that its button is personal."""
    personal = _("O botão desta carta é pessoal e abre a audiência uma vez; depois, entre com a sua senha.")
    return {
        "test": f"{invite.site}/audiencias/{hearing_id}/teste",
        "personal": personal if linked else "",
    }


async def invited(case: Case, hearing: Hearing, why: str = "", *, now: datetime, invite: Invite) -> None:
    """Tell everybody that a hearing was set; ``why`` it is set again, where it is."""
    values = {"again": why, "length": str(hearing.minutes)}
    await _send(case, hearing, "hearing_set", "", values, now=now, invite=invite)


async def moved(
    case: Case, hearing: Hearing, before: datetime, why: str, *, now: datetime, invite: Invite
) -> None:
    """Tell everybody that a hearing has another time, and why."""
    values = {"earlier": moment(before, invite.zone), "why": why, "length": str(hearing.minutes)}
    await _send(case, hearing, "hearing_moved", "guest_moved", values, now=now, invite=invite)


async def cancelled(case: Case, hearing: Hearing, why: str, *, now: datetime, invite: Invite) -> None:
    """Tell everybody that a hearing will not be, and why."""
    values = {"why": why}
    await _send(case, hearing, CANCELLED, "guest_cancelled", values, now=now, invite=invite)


async def unseated(case: Case, hearing: Hearing, person: User, *, now: datetime, invite: Invite) -> None:
    """Take a hearing out of the calendar of a mediator who will not conduct it after all."""
    text = await letters.standard("hearing_other_mediator", {"protocol": case.protocol or ""}, path="/agenda")
    text = replace(text, calendar=_calendar(case, hearing, person, "CANCEL", now, invite))
    await letters.write([person], f"hearing:{hearing.id}:{hearing.invitation}", text, now=now)


async def block_told(block: HearingBlock, *, now: datetime, invite: Invite, why: str = "") -> None:
    """Tell the company's person and the mediator what a block holds now, as one entry of their calendar."""
    found = await (
        Hearing.filter(block_id=block.id)
        .exclude(state=HearingState.CANCELLED)
        .order_by("starts_at")
        .prefetch_related("case")
    )
    count = ngettext("%(num)s audiência", "%(num)s audiências", len(found)) % {"num": len(found)}
    lines = (
        _("%(when)s: reclamação %(protocol)s")
        % {"when": line(one.starts_at, invite.zone), "protocol": one.case.protocol}
        for one in found
    )
    values = {"hearings": count, "list": "\n\n".join(lines)}
    if why:
        kind, values = "hearing_block_changed", {**values, "why": why}
    else:
        kind, values = "hearing_block", {**values, "test": f"{invite.site}/audiencias/{found[0].id}/teste"}
    text = await letters.standard(kind, values, path=f"/audiencias/blocos/{block.id}")
    for person in await User.filter(id__in=[block.agent_id, block.mediator_id]).order_by("id"):
        entry = _block_entry(block, found, person, count, now, invite)
        await letters.write(
            [person], f"block:{block.id}:{block.invitation}", replace(text, calendar=entry), now=now
        )


def _block_entry(
    block: HearingBlock, found: list[Hearing], person: User, count: str, now: datetime, invite: Invite
) -> str:
    if not found:
        return ""
    url = f"{invite.site}/audiencias/blocos/{block.id}"
    last = found[-1].starts_at + timedelta(minutes=found[-1].minutes)
    return ics.invitation(
        uid=f"block-{block.id}@{invite.host}",
        sequence=block.invitation,
        written_at=now,
        starts_at=found[0].starts_at.astimezone(invite.zone),
        minutes=round((last - found[0].starts_at).total_seconds() / 60),
        summary=_("Bloco de conciliação: %(count)s") % {"count": count},
        description=_("Audiências por vídeo do %(agency)s. Veja o bloco em %(url)s")
        % {"agency": invite.agency, "url": url},
        location=url,
        url=url,
        organizer=ics.Person(invite.agency, invite.email),
        attendees=[ics.Person(person.name, person.email)] if person.email else [],
    )


async def _send(
    case: Case,
    hearing: Hearing,
    kind: str,
    guests_kind: str,
    values: Mapping[str, str],
    *,
    now: datetime,
    invite: Invite,
) -> None:
    """To each person with a seat; the entry names that person alone, so nobody's address is told.

    ``guests_kind`` is empty when there can be no guest yet.
    """
    key = f"hearing:{hearing.id}:{hearing.invitation}"
    values = {**values, "when": moment(hearing.starts_at, invite.zone)}
    guests = await Seat.filter(hearing_id=hearing.id, role__in=list(INVITED)).prefetch_related("user")
    for guest in guests:
        await _tell_guest(guest, hearing, guests_kind, values, key, now)
    people = User.filter(seats__hearing_id=hearing.id).exclude(id__in=[guest.user_id for guest in guests])
    if hearing.block_id is not None:
        people = people.filter(seats__role=SeatRole.CONSUMER)  # the others are told of the block
    values["protocol"] = case.protocol or ""
    for person in await people.order_by("id"):
        text = await _to_person(case, hearing, person, kind, values, invite)
        method: Method = "CANCEL" if kind == CANCELLED else "REQUEST"
        own = replace(text, calendar=_calendar(case, hearing, person, method, now, invite))
        await letters.write([person], key, own, now=now)


async def _to_person(
    case: Case, hearing: Hearing, person: User, kind: str, values: Mapping[str, str], invite: Invite
) -> Text:
    """In the kind's words; a party's button is a link of their own, that of who is of the agency is not."""
    if kind == CANCELLED:
        return await letters.standard(kind, values, path=f"/casos/{case.id}", case=case.id)
    token = await seat_links.issue(hearing, person.id)
    values = {**values, **advice(invite, hearing.id, linked=bool(token))}
    path = f"/audiencias/entrada/{token}" if token else f"/audiencias/{hearing.id}"
    return await letters.standard(kind, values, path=path, page=f"/audiencias/{hearing.id}", case=case.id)


async def _tell_guest(
    guest: Seat, hearing: Hearing, kind: str, values: Mapping[str, str], key: str, now: datetime
) -> None:
    """Guests learn when the hearing is, or that it is not held; not why, and nothing of the case."""
    path = ""
    if kind == "guest_moved":
        path = f"/audiencias/entrada/{await seat_links.issue(hearing, guest.user_id)}"
    text = await letters.standard(kind, values, path=path)
    await letters.write_to(guest.email, guest.user.name, f"{key}:guest:{guest.id}", text, now=now)


def _calendar(
    case: Case, hearing: Hearing, person: User, method: Method, now: datetime, invite: Invite
) -> str:
    url = f"{invite.site}/audiencias/{hearing.id}"
    return ics.invitation(
        uid=f"hearing-{hearing.id}@{invite.host}",
        sequence=hearing.invitation,
        written_at=now,
        starts_at=hearing.starts_at.astimezone(invite.zone),
        minutes=hearing.minutes,
        summary=_("Audiência de conciliação %(protocol)s") % {"protocol": case.protocol},
        description=_("Audiência por vídeo do %(agency)s. Entre pelo endereço %(url)s")
        % {"agency": invite.agency, "url": url},
        location=url,
        url=url,
        organizer=ics.Person(invite.agency, invite.email),
        attendees=[ics.Person(person.name, person.email)] if person.email else [],
        method=method,
    )
