"""The people and companies of the demonstration. Names, numbers and addresses are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.profile import Profile
from app.services.companies import search_text
from models import Company, Power, Representation, User
from models.rules.people import Role, Viewer

PASSWORD = "Conciliar-2026"  # noqa: S105 - printed at start: the demonstration's accounts are open to all
DOMAIN = "demo.procon.example"


@dataclass(frozen=True)
class Elsewhere:
    """A residence outside the municipality."""

    cep: str
    city: str
    uf: str


@dataclass(frozen=True)
class Person:
    """An account to be made."""

    login: str
    name: str
    role: Role
    cpf: str | None = None
    step: int = 0
    """The CEP, as steps from the first one of the municipality."""
    street: str = ""
    number: str = ""
    district: str = ""
    elsewhere: Elsewhere | None = None

    @property
    def email(self) -> str:
        """The address that signs in."""
        return f"{self.login}@{DOMAIN}"


PEOPLE = (
    Person("ana", "Ana Souza", Role.CONSUMER, "52998224725", 1500, "Rua João Pessoa", "120", "Centro"),
    Person(
        "bruno",
        "Bruno Martins",
        Role.CONSUMER,
        "11144477735",
        0,
        "Avenida Getúlio Vargas",
        "45",
        "Centro",
        Elsewhere("88900000", "Araranguá", "SC"),
    ),
    Person(
        "carla",
        "Carla Dias",
        Role.CONSUMER,
        "39053344705",
        2100,
        "Rua Henrique Lage",
        "900",
        "Santa Bárbara",
    ),
    Person(
        "diego",
        "Diego Rocha",
        Role.CONSUMER,
        "86288366757",
        2000,
        "Avenida Centenário",
        "3300",
        "Pio Corrêa",
    ),
    Person("marina", "Marina Alves", Role.ATTENDANT),
    Person("joao", "João Pereira", Role.MEDIATOR),
    Person("lucia", "Lúcia Prado", Role.MEDIATOR),
    Person("helena", "Helena Costa", Role.COORDINATOR),
    Person("otavio", "Otávio Reis", Role.LEGAL),
    Person("clara", "Clara Nunes", Role.AUDITOR),
    Person("paulo", "Paulo Lima", Role.COMPANY),
    Person("rita", "Rita Campos", Role.COMPANY),
    Person("sandra", "Sandra Moraes", Role.COMPANY),
)
STORE = ("11222333000181", "Loja Estrela do Sul Ltda.", "Estrela do Sul", "350")
TELECOM = ("12ABC34501DE35", "Telefonia Horizonte S.A.", "Horizonte", "")
BANK = ("33444555000181", "Banco Vale Verde S.A.", "Vale Verde", "1200")
"""CNPJ, legal and trade name, and the number in its street, empty while its address is not known."""


@dataclass(frozen=True)
class Cast:
    """Who plays: viewers by login, companies by trade name."""

    viewers: dict[str, Viewer]
    companies: dict[str, Company]


async def make_cast(password_hash: str, now: datetime, profile: Profile) -> Cast:
    """Make every account and company, most in the profile's city; all accounts have the same password."""
    users = {person.login: await _make_user(person, password_hash, now, profile) for person in PEOPLE}
    companies = {known[2]: await _make_company(*known, now, profile) for known in (STORE, TELECOM, BANK)}
    links = {
        "paulo": ("Estrela do Sul", Power.AGENT, True),
        "rita": ("Estrela do Sul", Power.LAWYER, False),
        "sandra": ("Horizonte", Power.OWNER, True),
    }
    for login, (trade, power, may_settle) in links.items():
        await Representation.create(
            company=companies[trade], user=users[login], power=power, may_settle=may_settle
        )
    viewers = {
        login: Viewer(
            user.id,
            user.role,
            user.name,
            user.email or "",
            (companies[links[login][0]].id,) if login in links else (),
        )
        for login, user in users.items()
    }
    return Cast(viewers, companies)


async def _make_user(person: Person, password_hash: str, now: datetime, profile: Profile) -> User:
    first = int(profile.territory.cep_ranges[0][0])
    home = person.elsewhere or Elsewhere(
        f"{first + person.step:08d}", profile.agency.city, profile.agency.state
    )
    return await User.create(
        role=person.role,
        name=person.name,
        email=person.email,
        cpf=person.cpf,
        phone="48999990000",
        password_hash=password_hash,
        email_confirmed_at=now,
        created_at=now,
        cep=home.cep if person.street else "",
        street=person.street,
        number=person.number,
        district=person.district,
        city=home.city if person.street else "",
        uf=home.uf if person.street else "",
    )


async def _make_company(
    cnpj: str, legal_name: str, trade_name: str, number: str, now: datetime, profile: Profile
) -> Company:
    agency, cep = profile.agency, profile.territory.cep_ranges[0][0]
    return await Company.create(
        cnpj=cnpj,
        legal_name=legal_name,
        trade_name=trade_name,
        email=f"atendimento@{trade_name.lower().replace(' ', '')}.{DOMAIN}",
        search=search_text(cnpj, legal_name, trade_name),
        created_at=now,
        cep=cep if number else "",
        street="Avenida Centenário" if number else "",
        number=number,
        district="Centro" if number else "",
        city=agency.city if number else "",
        uf=agency.state if number else "",
    )
