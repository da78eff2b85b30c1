"""Settings: read once from the environment and from the municipality profile, frozen afterwards.

Only ``app.factory``, ``app.asgi`` and ``app.cli`` read them; every other part receives what it needs
as arguments, so that a test can hand in its own.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.profile import PROFILES, Profile, SettingsError
from app.profile_reading import load_profile


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
    push_key: str
    push_hosts: tuple[str, ...]
    text_gateway: str
    text_secret: str
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
        push_key=env.get("PROCON_PUSH_KEY", ""),
        push_hosts=tuple(host for host in env.get("PROCON_PUSH_HOSTS", "").split(",") if host),
        text_gateway=env.get("PROCON_TEXT_GATEWAY", ""),
        text_secret=env.get("PROCON_TEXT_SECRET", ""),
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
