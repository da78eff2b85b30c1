"""The menu of each role: which pages stand in the header."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import gettext as _
from models.rules.people import Role, Viewer


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu; current on its own page and on those below it."""

    label: str
    url: str

    def is_current(self, path: str) -> bool:
        """Whether ``path`` is this entry's page or lies below it."""
        return path == self.url or (self.url != "/" and path.startswith(self.url + "/"))


def navigation(viewer: Viewer | None) -> tuple[NavItem, ...]:
    """The entries that ``viewer`` gets; without a session, the public ones."""
    if viewer is None:
        return (NavItem(_("Início"), "/"), NavItem(_("Verificar documento"), "/verificar"))
    return _MENUS[viewer.role]()


def _consumer() -> tuple[NavItem, ...]:
    return (NavItem(_("Meu cadastro"), "/cadastro"), NavItem(_("Minhas reclamações"), "/reclamacoes"))


def _company() -> tuple[NavItem, ...]:
    return (NavItem(_("Reclamações recebidas"), "/empresa"),)


def _staff() -> tuple[NavItem, ...]:
    return (NavItem(_("Triagem"), "/triagem"), NavItem(_("Casos"), "/casos"))


_MENUS = {
    Role.CONSUMER: _consumer,
    Role.COMPANY: _company,
    Role.ATTENDANT: _staff,
    Role.MEDIATOR: _staff,
    Role.LEGAL: _staff,
    Role.COORDINATOR: _staff,
    Role.AUDITOR: _staff,
}
