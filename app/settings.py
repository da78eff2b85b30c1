"""Settings: read once from the environment and from the municipality profile, frozen afterwards.

Only ``app.factory``, ``app.asgi`` and ``app.cli`` read them; every other part receives what it needs
as arguments, so that a test can hand in its own.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import time
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.profile_lines import line_of
from models.rules.case_machine import State
from models.rules.delivery import Channel
from models.rules.hearing import Outcome
from models.rules.house_rules import HouseRules
from models.rules.minutes import OPENING, unknown_variables
from models.rules.people import Role
from models.rules.recording import RecordingPolicy
from models.rules.rescheduling import SchedulingPolicy
from models.rules.slots import CLAIM_MINUTES
from models.rules.terms import Term

PROFILES = Path(__file__).parent / "profiles"


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what is expected."""


@dataclass(frozen=True)
class Agency:
    """Who the Procon is: shown in pages, letters and documents."""

    name: str
    legal_name: str
    city: str
    state: str
    ibge_code: str
    address: str
    phone: str
    email: str
    timezone: str
    opening_hours: str

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone, in which terms are counted and times are shown."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class HolidayRules:
    """Which holidays stop a term: national and state by the ``holidays`` library, municipal by list."""

    country: str
    subdivision: str
    municipal_fixed: tuple[tuple[str, str], ...]
    municipal_movable: tuple[str, ...]


@dataclass(frozen=True)
class HearingRules:
    """Lengths that rule a hearing, in minutes, and the local hours between which hearings are set.

    ``keep_connections_days`` is how long the record says how each person was connected, ``keep_help_days``
    how long the words with somebody who asked for help are kept.
    ``hold_when_party_drops``: while a party is away, nothing is frozen nor signed. ``sealed_rounds`` is how
    often a hearing's sealed-zone test may be answered.
    """

    slot_minutes: int
    tolerance_minutes: int
    sign_in_opens_minutes: int
    opens: time
    closes: time
    keep_connections_days: int
    hold_when_party_drops: bool = True
    keep_help_days: int = 30
    sealed_rounds: int = 3

    def __post_init__(self) -> None:
        for name in ("keep_connections_days", "keep_help_days"):
            if (days := getattr(self, name)) < 1:
                raise SettingsError(f"hearing.{name}: {days} não é um número positivo de dias")


@dataclass(frozen=True)
class ReminderRules:
    """How many days before a term ends who must act is reminded, and from which local hour on."""

    days_before: tuple[int, ...]
    hour: time


@dataclass(frozen=True)
class Profile:
    """One municipality: everything that differs from one Procon to another.

    ``logo`` is the SVG picture on its documents, empty for none.
    """

    agency: Agency
    logo: str
    cep_ranges: tuple[tuple[str, str], ...]
    calendar: HolidayRules
    terms: Mapping[str, Term]
    channels: tuple[Channel, ...]
    reminders: ReminderRules
    hearing: HearingRules
    scheduling: SchedulingPolicy
    house_rules: HouseRules
    recording: RecordingPolicy
    minutes: Mapping[str, tuple[str, ...]]
    upload_max_bytes: int
    upload_max_files: int


@dataclass(frozen=True)
class Settings:
    """Everything that a start of the system depends on.

    ``database_url`` is a Tortoise address (``sqlite://…`` or ``postgres://…``); ``mail_url`` is
    ``smtp://user:password@host:port`` or empty, which keeps letters in ``data_dir/outbox``;
    ``media_processes`` is how many media processes this machine runs, their control doors at the host and
    port of ``media_door`` and the ports that follow (0: any). ``turn_secret`` is shared with the TURN relays
    at ``turn_urls``; a login there is good for ``turn_seconds``. ``rehearsals`` is how many run at one time
    in a web process, each for about ``rehearsal_seconds``.
    """

    profile: Profile
    data_dir: Path
    database_url: str
    host: str
    port: int
    public_url: str
    secret_key: str
    demo: bool
    redis_url: str
    mail_url: str
    mail_from: str
    bounces: str
    clamd: str
    seal_p12: str
    seal_password: str
    seal_former: tuple[str, ...]
    seal_tsa: str
    media_processes: int
    media_door: tuple[str, int]
    media_secret: str
    media_udp_port: int
    media_addresses: tuple[str, ...]
    media_codec: str
    captions_model: str
    turn_urls: tuple[str, ...]
    turn_secret: str
    turn_seconds: int
    rehearsals: int
    rehearsal_seconds: int
    trusted_proxies: int
    metrics_token: str

    @property
    def secure(self) -> bool:
        """Whether the public address is HTTPS; cookies are then marked Secure."""
        return self.public_url.startswith("https://")


def load_profile(path: Path) -> Profile:
    """Read a municipality profile (TOML); a missing or wrong value raises SettingsError naming it."""
    try:
        text = path.read_text("utf-8")
        return _profile(tomllib.loads(text), path.parent)
    except SettingsError as error:
        line = line_of(text, str(error).partition(":")[0])
        raise SettingsError(f"Perfil {path}{f', linha {line}' if line else ''}: {error}") from error
    except (OSError, tomllib.TOMLDecodeError) as error:  # the latter names its line
        raise SettingsError(f"Perfil {path}: {error}") from error


def _logo(raw: Mapping[str, Any], folder: Path) -> str:
    """The picture that ``logo`` names: a file beside the profile, or one of ours."""
    name = raw.get("logo", "")
    path = next((path for path in (folder / name, PROFILES / name) if path.is_file()), folder / name)
    try:
        picture = path.read_text("utf-8") if name else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"documents.logo: {name} não é um arquivo SVG que se possa ler") from error
    if name and "<svg" not in picture:
        raise SettingsError(f"documents.logo: {name} não é uma imagem SVG")
    return picture


def _profile(raw: Mapping[str, Any], folder: Path) -> Profile:
    try:
        return Profile(
            agency=Agency(**raw["agency"]),
            logo=_logo(raw.get("documents", {}), folder),
            cep_ranges=tuple((str(a), str(b)) for a, b in raw["territory"]["cep_ranges"]),
            calendar=HolidayRules(
                country=raw["calendar"]["country"],
                subdivision=raw["calendar"]["subdivision"],
                municipal_fixed=tuple((str(d), str(n)) for d, n in raw["calendar"]["municipal_fixed"]),
                municipal_movable=tuple(raw["calendar"]["municipal_movable"]),
            ),
            terms={name: _term(name, value) for name, value in raw["terms"].items()},
            channels=_channels(raw["service"]),
            reminders=_reminders(raw["reminders"]),
            hearing=_hearing(raw["hearing"]),
            scheduling=_scheduling(raw["scheduling"]),
            house_rules=HouseRules(raw["house_rules"]["version"], tuple(raw["house_rules"]["text"])),
            recording=_recording(raw["recording"]),
            minutes=_minutes(raw.get("minutes", {})),
            upload_max_bytes=int(raw["uploads"]["max_megabytes"]) * 1024 * 1024,
            upload_max_files=int(raw["uploads"]["max_files_per_case"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(repr(error)) from error


_TYPES = {
    "int": (int, "um número inteiro"),
    "bool": (bool, "true ou false"),
    "time": (time, "uma hora, como 08:00:00"),
    "tuple[str, ...]": (list, "uma lista de nomes"),
    "frozenset[State]": (list, "uma lista de situações"),
}
"""By the type of a field: what its value must be, and how that is said."""


def _minutes(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The texts of the minutes, one for the opening and one for each outcome that has one."""
    known = {OPENING, *Outcome}
    found = {}
    for name, texts in raw.items():
        if name not in known:
            raise SettingsError(f"minutes.{name}: não existe este resultado")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise SettingsError(f"minutes.{name}: esperada uma lista de textos")
        try:
            unknown = [name for text in texts for name in unknown_variables(text)]
        except ValueError as error:
            raise SettingsError(f"minutes.{name}: chaves que não fecham ({error})") from error
        if unknown:
            raise SettingsError(f"minutes.{name}: não existe a variável {{{unknown[0]}}}")
        found[name] = tuple(texts)
    return found


def _hearing(raw: Mapping[str, Any]) -> HearingRules:
    _check("hearing", raw, HearingRules)
    return HearingRules(**raw)


def _scheduling(raw: Mapping[str, Any]) -> SchedulingPolicy:
    _check("scheduling", raw, SchedulingPolicy)
    values = dict(raw)
    if "rooms" in raw:
        if not raw["rooms"] or not all(isinstance(name, str) and name for name in raw["rooms"]):
            raise SettingsError("scheduling.rooms: esperada ao menos uma sala, pelo nome")
        values["rooms"] = tuple(raw["rooms"])
    if unknown := [name for name in raw.get("offer_by_itself", ()) if name not in set(State)]:
        raise SettingsError(f"scheduling.offer_by_itself: {unknown[0]!r} não é situação de um caso")
    values["offer_by_itself"] = frozenset(State(name) for name in raw.get("offer_by_itself", ()))
    policy = SchedulingPolicy(**values)
    for name in ("step_minutes", "offers", "offer_days"):
        if getattr(policy, name) < 1:
            raise SettingsError(f"scheduling.{name}: {getattr(policy, name)} não é um número positivo")
    if policy.step_minutes % CLAIM_MINUTES or 60 % policy.step_minutes:
        raise SettingsError("scheduling.step_minutes: use 5, 10, 15, 20, 30 ou 60")
    return policy


def _check(section: str, raw: Mapping[str, Any], shape: type) -> None:
    """Every key is a field of ``shape``, none is missing that has no default, and the types are right."""
    known = {field.name: field for field in fields(shape)}
    for name in raw.keys() - known.keys():
        raise SettingsError(f"{section}.{name}: não existe esta chave")
    for name, field in known.items():
        if name not in raw and field.default is MISSING:
            raise SettingsError(f"{section}.{name}: falta")
        wanted, said = _TYPES[str(field.type)]
        if name in raw and type(raw[name]) is not wanted:
            raise SettingsError(f"{section}.{name}: esperado {said}, veio {raw[name]!r}")


def _channels(raw: Mapping[str, Any]) -> tuple[Channel, ...]:
    for name in raw["channels"]:
        if name not in set(Channel):
            raise SettingsError(f'service.channels: "{name}" não é um meio de entrega ({", ".join(Channel)})')
    return tuple(Channel(name) for name in raw["channels"])


def _reminders(raw: Mapping[str, Any]) -> ReminderRules:
    days = raw["days_before"]
    if not isinstance(days, list) or not days or any(type(day) is not int or day < 0 for day in days):
        raise SettingsError(f"reminders.days_before: esperada uma lista de dias, como [3, 1], veio {days!r}")
    if type(raw["hour"]) is not time:
        raise SettingsError(f"reminders.hour: esperado uma hora, como 08:00:00, veio {raw['hour']!r}")
    return ReminderRules(tuple(days), raw["hour"])


def _recording(raw: Mapping[str, Any]) -> RecordingPolicy:
    days = int(raw["keep_days"])
    if days < 1:
        raise SettingsError(f"recording.keep_days: {days} não é um número positivo de dias")
    return RecordingPolicy(
        enabled=raw["enabled"] is True,
        roles=frozenset(Role(role) for role in raw["roles"]),
        keep_days=days,
        free_bytes=int(raw["min_free_megabytes"]) * 1024 * 1024,
        source=str(raw["source"]),
    )


def _term(name: str, raw: Mapping[str, Any]) -> Term:
    kind = raw["kind"]
    if kind not in ("calendar", "business"):
        raise SettingsError(f'terms.{name}.kind: "{kind}" não é "calendar" nem "business"')
    days = int(raw["days"])
    if days < 1:
        raise SettingsError(f"terms.{name}.days: {days} não é um número positivo de dias")
    return Term(
        act=name,
        days=days,
        kind=cast(Literal["calendar", "business"], kind),
        source=str(raw["source"]),
    )


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; see docs/operations.md for each name."""
    env = os.environ if env is None else env
    data_dir = Path(env.get("PROCON_DATA_DIR", "var")).resolve()
    host = env.get("HOST", "127.0.0.1")
    port = int(env.get("PORT", "8000"))
    profile = load_profile(Path(env.get("PROCON_PROFILE", PROFILES / "criciuma.toml")))
    return Settings(
        profile=profile,
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite://{data_dir / 'procon.sqlite3'}",
        host=host,
        port=port,
        public_url=env.get("PROCON_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        secret_key=env.get("PROCON_SECRET_KEY") or kept_secret(data_dir / "secret-key"),
        demo=env.get("PROCON_DEMO", "") == "1",
        redis_url=env.get("REDIS_URL", ""),
        mail_url=env.get("PROCON_MAIL_URL", ""),
        mail_from=env.get("PROCON_MAIL_FROM", profile.agency.email),
        bounces=env.get("PROCON_BOUNCES", ""),
        clamd=env.get("PROCON_CLAMD", ""),
        seal_p12=env.get("PROCON_SEAL_P12", ""),
        seal_password=env.get("PROCON_SEAL_PASSWORD", ""),
        seal_former=_fingerprints(env),
        seal_tsa=env.get("PROCON_SEAL_TSA", ""),
        media_processes=int(env.get("PROCON_MEDIA_PROCESSES", "1")),
        media_door=_host_port("PROCON_MEDIA_DOOR", env.get("PROCON_MEDIA_DOOR", "127.0.0.1")),
        media_secret=env.get("PROCON_MEDIA_SECRET") or kept_secret(data_dir / "media-secret"),
        media_udp_port=int(env.get("PROCON_MEDIA_UDP_PORT", "0")),
        media_addresses=tuple(a for a in env.get("PROCON_MEDIA_ADDRESSES", "").split(",") if a),
        media_codec=_media_codec(env),
        captions_model=_captions_model(env),
        turn_urls=_turn_urls(env),
        turn_secret=env.get("PROCON_TURN_SECRET", ""),
        turn_seconds=int(env.get("PROCON_TURN_SECONDS", "7200")),
        rehearsals=int(env.get("PROCON_REHEARSALS", "8")),
        rehearsal_seconds=int(env.get("PROCON_REHEARSAL_SECONDS", "180")),
        trusted_proxies=int(env.get("PROCON_TRUSTED_PROXIES", "0")),
        metrics_token=env.get("PROCON_METRICS_TOKEN", ""),
    )


def _host_port(name: str, value: str) -> tuple[str, int]:
    """``host``, ``host:port`` or ``[address]:port``."""
    parts = urlsplit(f"//{value}")
    try:
        if parts.hostname and not parts.path:
            return parts.hostname, parts.port or 0
    except ValueError:
        pass
    raise SettingsError(f"{name}: {value} não é um endereço, como 10.0.0.5 ou 10.0.0.5:7000")


def _fingerprints(env: Mapping[str, str]) -> tuple[str, ...]:
    """SHA-256 of certificates, with or without colons."""
    name = "PROCON_SEAL_FORMER"
    given = [one.replace(":", "").strip().lower() for one in env.get(name, "").split(",") if one.strip()]
    for one in given:
        if len(one) != 64 or not set(one) <= set("0123456789abcdef"):
            raise SettingsError(f"{name}: {one} não é o SHA-256 de um certificado")
    return tuple(given)


def _captions_model(env: Mapping[str, str]) -> str:
    """The model of live captions, as ``hearings.captions.recogniser`` names it; empty for no captions."""
    name = env.get("PROCON_CAPTIONS_MODEL", "")
    if name and not re.fullmatch(r"(vosk:/.+|fake:)", name):
        raise SettingsError(f'PROCON_CAPTIONS_MODEL: "{name}" não é "vosk:" e a pasta de um modelo')
    return name


def _media_codec(env: Mapping[str, str]) -> str:
    codec = env.get("PROCON_MEDIA_CODEC", "vp8")
    if codec not in ("vp8", "h264"):
        raise SettingsError(f'PROCON_MEDIA_CODEC: "{codec}" não é "vp8" nem "h264"')
    return codec


def _turn_urls(env: Mapping[str, str]) -> tuple[str, ...]:
    urls = tuple(url for url in env.get("PROCON_TURN_URLS", "").split(",") if url)
    if urls and not env.get("PROCON_TURN_SECRET"):
        raise SettingsError("PROCON_TURN_SECRET: falta o segredo partilhado com o coturn")
    return urls


def kept_secret(path: Path) -> str:
    """A random secret kept in a file only the owner reads; made at the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text("ascii").strip()
