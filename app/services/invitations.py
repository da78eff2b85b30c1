"""What people of a hearing are sent when it is set, moved or cancelled: a letter with the calendar's entry.

Each change is the same entry with the next SEQUENCE (RFC 5546), so calendars move it and keep no second one.
The company of a block has one entry and one letter for all of the block's hearings.
"""

from __future__ import annotations

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


def instructions(invite: Invite, hearing_id: int) -> tuple[str, ...]:
    """What to do before a hearing and what to bring, the same in every letter about it."""
    return (
        _("É por vídeo: use um computador ou celular com câmera e microfone, em lugar calmo e reservado."),
        _("Teste o aparelho antes: %(url)s") % {"url": f"{invite.site}/audiencias/{hearing_id}/teste"},
        _("Tenha à mão um documento com foto e os papéis do caso: notas, contratos, protocolos, fotos."),
        _("O botão desta carta é pessoal e abre a audiência uma vez; depois, entre com a sua senha."),
    )


async def invited(case: Case, hearing: Hearing, why: str = "", *, now: datetime, invite: Invite) -> None:
    """Tell everybody that a hearing was set; ``why`` it is set again, where it is."""
    when = moment(hearing.starts_at, invite.zone)
    text = Text(
        subject=_("Audiência por vídeo em %(when)s: reclamação %(protocol)s")
        % {"when": when, "protocol": case.protocol},
        paragraphs=(
            _("A audiência de conciliação foi marcada para %(when)s (duração prevista: %(minutes)s minutos).")
            % {"when": when, "minutes": hearing.minutes},
            *((why,) if why else ()),
            *instructions(invite, hearing.id),
            _("A sala de espera abre pouco antes do horário."),
            _("Quem não puder vir pede outro dia, com o motivo, na página da reclamação ou ao Procon."),
        ),
        button=_("Testar o aparelho"),
        path=f"/audiencias/{hearing.id}/teste",
        case=case.id,
    )
    await _send(case, hearing, text, "REQUEST", now=now, invite=invite)


async def moved(
    case: Case, hearing: Hearing, before: datetime, why: str, *, now: datetime, invite: Invite
) -> None:
    """Tell everybody that a hearing has another time, and why."""
    when = moment(hearing.starts_at, invite.zone)
    text = Text(
        subject=_("Audiência remarcada para %(when)s: reclamação %(protocol)s")
        % {"when": when, "protocol": case.protocol},
        paragraphs=(
            _("A audiência de %(before)s passou para %(when)s (duração prevista: %(minutes)s minutos).")
            % {"before": moment(before, invite.zone), "when": when, "minutes": hearing.minutes},
            _("Motivo: %(reason)s") % {"reason": why},
            *instructions(invite, hearing.id),
        ),
        button=_("Abrir a audiência"),
        path=f"/audiencias/{hearing.id}",
        case=case.id,
    )
    await _send(case, hearing, text, "REQUEST", now=now, invite=invite)


async def cancelled(case: Case, hearing: Hearing, why: str, *, now: datetime, invite: Invite) -> None:
    """Tell everybody that a hearing will not be, and why."""
    text = Text(
        subject=_("Audiência cancelada: reclamação %(protocol)s") % {"protocol": case.protocol},
        paragraphs=(
            _("A audiência de %(when)s foi cancelada.") % {"when": moment(hearing.starts_at, invite.zone)},
            _("Motivo: %(reason)s") % {"reason": why},
        ),
        button=_("Abrir a reclamação"),
        path=f"/casos/{case.id}",
        case=case.id,
    )
    await _send(case, hearing, text, "CANCEL", now=now, invite=invite)


async def unseated(case: Case, hearing: Hearing, person: User, *, now: datetime, invite: Invite) -> None:
    """Take a hearing out of the calendar of a mediator who will not conduct it after all."""
    text = Text(
        subject=_("Audiência com outro conciliador: reclamação %(protocol)s") % {"protocol": case.protocol},
        paragraphs=(_("A audiência foi remarcada e será conduzida por outra pessoa da equipe."),),
        button=_("Abrir a agenda"),
        path="/agenda",
        calendar=_calendar(case, hearing, person, "CANCEL", now, invite),
    )
    await letters.write([person], f"hearing:{hearing.id}:{hearing.invitation}", text, now=now)


async def block_told(block: HearingBlock, *, now: datetime, invite: Invite, why: str = "") -> None:
    """Tell the company's person and the mediator what a block holds now, as one entry of their calendar."""
    found = await (
        Hearing.filter(block_id=block.id)
        .exclude(state=HearingState.CANCELLED)
        .order_by("starts_at")
        .prefetch_related("case")
    )
    lines = tuple(
        _("%(when)s: reclamação %(protocol)s")
        % {"when": line(one.starts_at, invite.zone), "protocol": one.case.protocol}
        for one in found
    )
    count = ngettext("%(num)s audiência", "%(num)s audiências", len(found)) % {"num": len(found)}
    text = Text(
        subject=_("Bloco com %(count)s por vídeo") % {"count": count},
        paragraphs=(
            *((_("O bloco mudou. Motivo: %(reason)s") % {"reason": why},) if why else ()),
            _("As audiências desta empresa foram reunidas, uma em seguida da outra, com um só preposto:"),
            *lines,
            *(instructions(invite, found[0].id)[:3] if found else ()),
        ),
        button=_("Abrir o bloco"),
        path=f"/audiencias/blocos/{block.id}",
    )
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
    case: Case, hearing: Hearing, text: Text, method: Method, *, now: datetime, invite: Invite
) -> None:
    """To each person with a seat; the entry names that person alone, so nobody's address is told."""
    key = f"hearing:{hearing.id}:{hearing.invitation}"
    guests = await Seat.filter(hearing_id=hearing.id, role__in=list(INVITED)).prefetch_related("user")
    for guest in guests:
        await _tell_guest(guest, hearing, text, method, key, now)
    people = User.filter(seats__hearing_id=hearing.id).exclude(id__in=[guest.user_id for guest in guests])
    if hearing.block_id is not None:
        people = people.filter(seats__role=SeatRole.CONSUMER)  # the others are told of the block
    for person in await people.order_by("id"):
        own = replace(text, calendar=_calendar(case, hearing, person, method, now, invite))
        if method == "REQUEST" and (token := await seat_links.issue(hearing, person.id)):
            own = replace(own, button=_("Abrir a audiência"), path=f"/audiencias/entrada/{token}")
        await letters.write([person], key, own, now=now)


async def _tell_guest(
    guest: Seat, hearing: Hearing, text: Text, method: Method, key: str, now: datetime
) -> None:
    """Guests learn when the hearing is, or that it is not held; not why, and nothing of the case."""
    own = Text(_("Audiência por vídeo do Procon: mudança"), text.paragraphs[:1])
    if method == "REQUEST":
        token = await seat_links.issue(hearing, guest.user_id)
        own = replace(own, button=_("Abrir a audiência"), path=f"/audiencias/entrada/{token}")
    await letters.write_to(guest.email, guest.user.name, f"{key}:guest:{guest.id}", own, now=now)


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
