"""Reads a municipality's profile from TOML; whatever is missing or wrong is told by file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from holidays import list_supported_countries

from app import standard_texts
from app.profile import (
    ACTS,
    PROFILES,
    Agency,
    AppealBody,
    CounterRules,
    ExecutionRules,
    FineFormula,
    HearingRules,
    HolidayRules,
    Office,
    Profile,
    ReminderRules,
    SettingsError,
)
from app.profile_lines import line_of, unconfirmed
from models.rules.case_machine import State
from models.rules.delivery import Channel
from models.rules.hearing import Outcome
from models.rules.house_rules import HouseRules
from models.rules.minutes import OPENING, VARIABLES
from models.rules.people import Role
from models.rules.recording import RecordingPolicy
from models.rules.rescheduling import SchedulingPolicy
from models.rules.retention import ERASABLE, After, KeepRule
from models.rules.slots import CLAIM_MINUTES
from models.rules.standard_texts import Medium, UnclosedBrace, Wording, absent, unknown
from models.rules.term_words import USUAL
from models.rules.terms import Term
from models.rules.territory import Link, Territory

MOVABLE = ("carnival", "corpus-christi")
"""Movable days that a municipality may have made holidays (``app.adapters.holidays``)."""
ANY_COMMON_YEAR = 2025

Raw = Mapping[str, Any]
_Word = TypeVar("_Word", bound=StrEnum)

_TYPES: Mapping[str, tuple[Any, str]] = {
    "str": (str, "um texto"),
    "int": (int, "um número inteiro"),
    "Decimal": (Decimal, "um número com ponto, como 1.0"),
    "bool": (bool, "true ou false"),
    "time": (time, "uma hora, como 08:00:00"),
    "tuple[str, ...]": (list, "uma lista de nomes"),
    "tuple[int, ...]": (list, "uma lista de números, como [3, 1]"),
    "frozenset[State]": (list, "uma lista de situações"),
    "frozenset[Role]": (list, "uma lista de papéis"),
    "tuple[tuple[str, str], ...]": (list, 'uma lista de pares, como [["88800000", "88819999"]]'),
    "Mapping[str, Decimal]": (dict, "uma tabela de números"),
}
"""By the type of a field: what its value must be, and how that is said."""


def load_profile(path: Path) -> Profile:
    """Read a municipality profile (TOML); a missing or wrong value raises SettingsError naming its line."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Perfil {path}: não pode ser lido ({error})") from error
    try:
        return _profile(tomllib.loads(text, parse_float=Decimal), path.parent, unconfirmed(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"Perfil {path}{_syntax_line(str(error))}: não é TOML válido ({error})"
        ) from error
    except SettingsError as error:
        line = line_of(text, str(error).partition(":")[0])
        raise SettingsError(f"Perfil {path}{f', linha {line}' if line else ''}: {error}") from error


def _syntax_line(said: str) -> str:
    found = re.search(r"at line (\d+)", said)
    return f", linha {found[1]}" if found else ""


def _profile(raw: Raw, folder: Path, marked: tuple[tuple[int, str], ...]) -> Profile:
    uploads = _table(raw, "uploads")
    house_rules = _values("house_rules", _table(raw, "house_rules"), HouseRules)
    return Profile(
        agency=_agency(_table(raw, "agency")),
        logo=_logo(raw.get("documents", {}), folder),
        territory=_territory(_table(raw, "territory")),
        offices=_offices(raw.get("offices", [])),
        appeal=AppealBody(**_values("appeal", _table(raw, "appeal"), AppealBody)),
        fine=_fine(_table(raw, "fine")),
        calendar=_calendar(_table(raw, "calendar")),
        terms=_terms(_table(raw, "terms")),
        channels=_channels(_table(raw, "service")),
        begins_itself=_begins_itself(_table(raw, "service")),
        reminders=_reminders(_table(raw, "reminders")),
        counter=_counter(_table(raw, "counter")),
        execution=_execution(_table(raw, "execution")),
        hearing=HearingRules(**_values("hearing", _table(raw, "hearing"), HearingRules)),
        scheduling=_scheduling(_table(raw, "scheduling")),
        house_rules=HouseRules(**house_rules),
        recording=_recording(_table(raw, "recording")),
        retention=_retention(_table(raw, "retention")),
        minutes=_minutes(raw.get("minutes", {})),
        upload_max_bytes=_positive("uploads", uploads, "max_megabytes") * 1024 * 1024,
        upload_max_files=_positive("uploads", uploads, "max_files_per_case"),
        texts=_texts(raw.get("texts", {})),
        unconfirmed=marked,
    )


def _table(raw: Raw, name: str) -> Raw:
    found = raw.get(name)
    if not isinstance(found, dict):
        raise SettingsError(f"{name}: falta esta tabela")
    return found


def _values(section: str, raw: Raw, shape: type) -> dict[str, Any]:
    """The values of a table as ``shape`` takes them; lists become tuples.

    Every key is a field of it, none is missing that has no default, and the types are right.
    """
    known = {field.name: field for field in fields(shape)}
    for name in raw:
        if name not in known:
            raise SettingsError(f"{section}.{name}: não existe esta chave")
    values = {}
    for name, field in known.items():
        if name not in raw:
            if field.default is MISSING:
                raise SettingsError(f"{section}.{name}: falta")
            continue
        values[name] = _value(f"{section}.{name}", raw[name], str(field.type))
    return values


def _value(name: str, value: Any, wanted: str) -> Any:
    kind, said = _TYPES[wanted]
    inner = {"tuple[str, ...]": str, "tuple[int, ...]": int}.get(wanted)
    if type(value) is not kind or (inner and any(type(one) is not inner for one in value)):
        raise SettingsError(f"{name}: esperado {said}, veio {value!r}")
    return tuple(value) if kind is list else value


def _positive(section: str, raw: Raw, name: str) -> int:
    if name not in raw:
        raise SettingsError(f"{section}.{name}: falta")
    number: int = _value(f"{section}.{name}", raw[name], "int")
    if number < 1:
        raise SettingsError(f"{section}.{name}: {number} não é um número positivo")
    return number


def _agency(raw: Raw) -> Agency:
    agency = Agency(**_values("agency", raw, Agency))
    if agency.timezone not in available_timezones():
        raise SettingsError(f"agency.timezone: {agency.timezone!r} não é um fuso, como America/Sao_Paulo")
    ZoneInfo(agency.timezone)
    if not re.fullmatch(r"[0-9]{7}", agency.ibge_code):
        raise SettingsError(f"agency.ibge_code: {agency.ibge_code!r} não tem sete algarismos")
    return agency


def _logo(raw: Raw, folder: Path) -> str:
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


def _territory(raw: Raw) -> Territory:
    for name in raw.keys() - {"cep_ranges", "links", "source"}:
        raise SettingsError(f"territory.{name}: não existe esta chave")
    ranges = _pairs("territory.cep_ranges", raw.get("cep_ranges"))
    for first, last in ranges:
        if not all(re.fullmatch(r"[0-9]{8}", cep) for cep in (first, last)) or first > last:
            raise SettingsError(
                f"territory.cep_ranges: {first} a {last} não é uma faixa de CEP de oito algarismos"
            )
    links = _choices("territory.links", raw.get("links"), Link)
    source = _value("territory.source", raw.get("source"), "str")
    return Territory(ranges, frozenset(links), source)


def _pairs(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    said = _TYPES["tuple[tuple[str, str], ...]"][1]
    if not isinstance(value, list):
        raise SettingsError(f"{name}: esperada {said}, veio {value!r}")
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
            raise SettingsError(f"{name}: esperada {said}, veio {pair!r}")
    return tuple((first, last) for first, last in value)


def _choices(name: str, value: Any, of: type[_Word]) -> tuple[_Word, ...]:
    """At least one of the words of an enumeration, in the order written."""
    words = ", ".join(of)
    if not isinstance(value, list) or not value:
        raise SettingsError(f"{name}: esperada uma lista com ao menos um destes: {words}")
    for one in value:
        if one not in words.split(", "):
            raise SettingsError(f"{name}: {one!r} não é um destes: {words}")
    return tuple(of(one) for one in value)


def _offices(raw: Any) -> tuple[Office, ...]:
    if not isinstance(raw, list):
        raise SettingsError("offices: escreva cada posto com [[offices]]")
    return tuple(
        Office(**_values(f"offices[{number}]", one, Office)) for number, one in enumerate(raw, start=1)
    )


def _fine(raw: Raw) -> FineFormula:
    values = _values("fine", {"natures": {}, **raw}, FineFormula)
    for name, factor in values["natures"].items():
        if not isinstance(factor, (Decimal, int)) or isinstance(factor, bool) or factor <= 0:
            raise SettingsError(f"fine.natures.{name}: esperado um número positivo, veio {factor!r}")
    if not 0 < values["minimum_ufir"] < values["maximum_ufir"]:
        raise SettingsError("fine.minimum_ufir: o mínimo é positivo e menor que o máximo")
    return FineFormula(**{**values, "natures": {name: Decimal(n) for name, n in values["natures"].items()}})


def _calendar(raw: Raw) -> HolidayRules:
    for name in raw.keys() - {field.name for field in fields(HolidayRules)}:
        raise SettingsError(f"calendar.{name}: não existe esta chave")
    country = _value("calendar.country", raw.get("country"), "str")
    subdivision = _value("calendar.subdivision", raw.get("subdivision"), "str")
    supported = list_supported_countries()
    if country not in supported:
        raise SettingsError(f"calendar.country: {country!r} não é um país conhecido, como BR")
    if subdivision not in supported[country]:
        raise SettingsError(f"calendar.subdivision: {subdivision!r} não é um estado de {country}")
    fixed = _pairs("calendar.municipal_fixed", raw.get("municipal_fixed"))
    for day, _name in fixed:
        try:
            date.fromisoformat(f"{ANY_COMMON_YEAR}-{day}")
        except ValueError as error:
            raise SettingsError(f"calendar.municipal_fixed: {day!r} não é um dia, como 12-04") from error
    movable = _value("calendar.municipal_movable", raw.get("municipal_movable"), "tuple[str, ...]")
    for key in movable:
        if key not in MOVABLE:
            raise SettingsError(f"calendar.municipal_movable: {key!r} não é um destes: {', '.join(MOVABLE)}")
    return HolidayRules(country, subdivision, fixed, movable)


def _terms(raw: Raw) -> dict[str, Term]:
    for act in ACTS:
        if act not in raw:
            raise SettingsError(f"terms.{act}: falta o prazo deste ato")
    return {act: _term(act, values) for act, values in raw.items()}


def _term(act: str, raw: Any) -> Term:
    section = f"terms.{act}"
    if not isinstance(raw, dict):
        raise SettingsError(f"{section}: esperada uma tabela com days, kind e source")
    values: dict[str, Any] = {"excludes_first": True, "rolls": True}
    wanted = {"days": "int", "kind": "str", "source": "str", "excludes_first": "bool", "rolls": "bool"}
    for name in raw.keys() - wanted.keys():
        raise SettingsError(f"{section}.{name}: não existe esta chave")
    for name, kind in wanted.items():
        if name not in raw and name not in values:
            raise SettingsError(f"{section}.{name}: falta")
        if name in raw:
            values[name] = _value(f"{section}.{name}", raw[name], kind)
    if values["kind"] not in ("calendar", "business"):
        raise SettingsError(f'{section}.kind: "{values["kind"]}" não é "calendar" nem "business"')
    if values["days"] < 1:
        raise SettingsError(f"{section}.days: {values['days']} não é um número positivo de dias")
    kind = cast(Literal["calendar", "business"], values["kind"])
    return Term(act=act, trigger=USUAL.get(act, ""), **{**values, "kind": kind})


def _channels(raw: Raw) -> tuple[Channel, ...]:
    return _choices("service.channels", raw.get("channels"), Channel)


def _begins_itself(raw: Raw) -> frozenset[Channel]:
    """The means of service that the system may begin by rule; without the key, none."""
    return frozenset(_choices("service.begins_itself", raw.get("begins_itself", []), Channel))


def _reminders(raw: Raw) -> ReminderRules:
    rules = ReminderRules(**_values("reminders", raw, ReminderRules))
    for name in ("days_before", "powers_before"):
        days = getattr(rules, name)
        if not days or min(days) < 0:
            raise SettingsError(f"reminders.{name}: esperada uma lista de dias, veio {raw[name]!r}")
    _positive("reminders", raw, "undated_days")
    return rules


def _counter(raw: Raw) -> CounterRules:
    rules = CounterRules(**_values("counter", raw, CounterRules))
    if not 0 <= rules.priorities_in_a_row <= 20:
        raise SettingsError(
            f"counter.priorities_in_a_row: esperado de 0 a 20, veio {rules.priorities_in_a_row}"
        )
    return rules


def _execution(raw: Raw) -> ExecutionRules:
    rules = ExecutionRules(**_values("execution", raw, ExecutionRules))
    if not 0 <= rules.interest_percent <= 100:
        raise SettingsError(f"execution.interest_percent: {rules.interest_percent} não é um percentual")
    return rules


def _scheduling(raw: Raw) -> SchedulingPolicy:
    values = _values("scheduling", raw, SchedulingPolicy)
    if not all(values.get("rooms", ("x",))) or values.get("rooms") == ():
        raise SettingsError("scheduling.rooms: esperada ao menos uma sala, pelo nome")
    for name in raw.get("offer_by_itself", ()):
        if name not in set(State):
            raise SettingsError(f"scheduling.offer_by_itself: {name!r} não é situação de um caso")
    values["offer_by_itself"] = frozenset(State(name) for name in raw.get("offer_by_itself", ()))
    policy = SchedulingPolicy(**values)
    for name in ("step_minutes", "offers", "offer_days"):
        if getattr(policy, name) < 1:
            raise SettingsError(f"scheduling.{name}: {getattr(policy, name)} não é um número positivo")
    for name in ("party_reschedules", "not_held_reschedules"):
        if not 0 <= getattr(policy, name) <= 10:
            raise SettingsError(f"scheduling.{name}: esperado de 0 a 10, veio {getattr(policy, name)}")
    if policy.ask_hours < 0:
        raise SettingsError(f"scheduling.ask_hours: {policy.ask_hours} não é um número de horas")
    if policy.step_minutes % CLAIM_MINUTES or 60 % policy.step_minutes:
        raise SettingsError("scheduling.step_minutes: use 5, 10, 15, 20, 30 ou 60")
    return policy


def _recording(raw: Raw) -> RecordingPolicy:
    wanted = {"enabled": "bool", "keep_days": "int", "min_free_megabytes": "int", "source": "str"}
    for name in raw.keys() - wanted.keys() - {"roles"}:
        raise SettingsError(f"recording.{name}: não existe esta chave")
    values = {}
    for name, kind in wanted.items():
        if name not in raw:
            raise SettingsError(f"recording.{name}: falta")
        values[name] = _value(f"recording.{name}", raw[name], kind)
    return RecordingPolicy(
        enabled=values["enabled"],
        roles=frozenset(_choices("recording.roles", raw.get("roles"), Role)),
        keep_days=_positive("recording", raw, "keep_days"),
        free_bytes=values["min_free_megabytes"] * 1024 * 1024,
        source=values["source"],
    )


def _retention(raw: Raw) -> dict[str, KeepRule]:
    """How long each kind of personal paper is kept; what is a case's evidence is not among them."""
    found = {}
    for kind in ERASABLE:
        section = f"retention.{kind}"
        given = _table({section: raw.get(kind)}, section)
        for name in given.keys() - {"days", "after", "source"}:
            raise SettingsError(f"{section}.{name}: não existe esta chave")
        after = given.get("after")
        if after not in set(After):
            raise SettingsError(f"{section}.after: {after!r} não é um destes: {', '.join(After)}")
        source = _value(f"{section}.source", given.get("source"), "str")
        found[kind] = KeepRule(_positive(section, given, "days"), After(after), source)
    for name in raw.keys() - found.keys():
        raise SettingsError(f"retention.{name}: só se apagam {' e '.join(ERASABLE)}; o resto é prova do caso")
    return found


def _minutes(raw: Raw) -> dict[str, tuple[str, ...]]:
    """The texts of the minutes, for the opening and for each outcome: the municipality's own, else ours."""
    known = {OPENING, *Outcome}
    kinds = standard_texts.kinds()
    found = {name: kinds[f"{standard_texts.MINUTES}{name}"].original.paragraphs for name in known}
    for name, texts in raw.items():
        if name not in known:
            raise SettingsError(f"minutes.{name}: não existe este resultado")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise SettingsError(f"minutes.{name}: esperada uma lista de textos")
        _check_names(f"minutes.{name}", texts, VARIABLES)
        found[name] = tuple(texts)
    return found


def _texts(raw: Raw) -> dict[str, Wording]:
    """The municipality's own wordings of standard texts."""
    known = standard_texts.kinds()
    found = {}
    for name, values in raw.items():
        section = f"texts.{name}"
        if name not in known or known[name].medium is Medium.MINUTES:
            raise SettingsError(f"{section}: não existe este texto padrão")
        wording = Wording(**_values(section, {"subject": known[name].original.subject, **values}, Wording))
        _check_names(f"{section}.subject", [wording.subject], known[name].names)
        _check_names(f"{section}.paragraphs", wording.paragraphs, known[name].names)
        if missing := absent(known[name], wording):
            raise SettingsError(f"{section}.paragraphs: falta a variável {{{missing[0]}}}")
        found[name] = wording
    return found


def _check_names(where: str, texts: Any, names: frozenset[str]) -> None:
    for text in texts:
        try:
            wrong = unknown(text, names)
        except UnclosedBrace as error:
            raise SettingsError(f"{where}: chaves que não fecham em {text!r}") from error
        if wrong:
            raise SettingsError(f"{where}: não existe a variável {{{wrong[0]}}}")
