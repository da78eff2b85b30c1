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
        return (
            NavItem(_("Início"), "/"),
            NavItem(_("Orientação"), "/orientacao"),
            NavItem(_("Verificar documento"), "/verificar"),
        )
    return _MENUS[viewer.role]()


def _consumer() -> tuple[NavItem, ...]:
    return (
        NavItem(_("Minhas reclamações"), "/painel"),
        NavItem(_("Consultas"), "/atendimentos"),
        NavItem(_("Orientação"), "/orientacao"),
        NavItem(_("Verificar documento"), "/verificar"),
    )


def _company() -> tuple[NavItem, ...]:
    return (
        NavItem(_("Reclamações recebidas"), "/painel"),
        NavItem(_("Todos os casos"), "/casos"),
        NavItem(_("Indicadores"), "/empresa"),
        NavItem(_("Representação"), "/empresa/representacao"),
    )


def _guest() -> tuple[NavItem, ...]:
    return (NavItem(_("Minha audiência"), "/painel"),)


def _staff() -> tuple[NavItem, ...]:
    return (
        NavItem(_("Painel"), "/painel"),
        NavItem(_("Casos"), "/casos"),
        NavItem(_("Empresas"), "/empresas"),
        NavItem(_("Prazos"), "/prazos"),
    )


def _centre() -> NavItem:
    return NavItem(_("Central de audiências"), "/audiencias/central")


def _watching() -> tuple[NavItem, ...]:
    return (*_staff(), _centre())


def _triage() -> tuple[NavItem, ...]:
    panel, *rest = _watching()
    return (
        panel,
        NavItem(_("Balcão"), "/balcao/atendimento"),
        NavItem(_("Senhas"), "/senhas"),
        NavItem(_("Atendimentos"), "/atendimentos"),
        NavItem(_("Triagem"), "/triagem"),
        *rest,
    )


def _legal() -> tuple[NavItem, ...]:
    return (*_staff(), NavItem(_("Atendimentos"), "/atendimentos"))


def _mediator() -> tuple[NavItem, ...]:
    return (*_watching(), NavItem(_("Agenda"), "/agenda"), NavItem(_("Pauta"), "/pauta"))


def _coordinator() -> tuple[NavItem, ...]:
    return (
        *_triage(),
        NavItem(_("Agenda"), "/agenda"),
        NavItem(_("Pauta"), "/pauta"),
        NavItem(_("Atrasos"), "/atrasos"),
        NavItem(_("Ajustes"), "/ajustes"),
    )


_MENUS = {
    Role.CONSUMER: _consumer,
    Role.COMPANY: _company,
    Role.ATTENDANT: _triage,
    Role.MEDIATOR: _mediator,
    Role.LEGAL: _legal,
    Role.COORDINATOR: _coordinator,
    Role.AUDITOR: _watching,
    Role.GUEST: _guest,
}
