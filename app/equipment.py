"""The adapters of a real system, as its settings say."""

from __future__ import annotations

from pathlib import Path

import structlog

from app.adapters import captions
from app.adapters.bounces import MaildirBounces
from app.adapters.cards import ChildCards
from app.adapters.clock import Clock, SystemClock
from app.adapters.composer import ChildComposer
from app.adapters.holidays import HolidayCalendar
from app.adapters.inspect import SandboxInspector
from app.adapters.mail import Mail, SmtpMail
from app.adapters.outbox import OutboxMail
from app.adapters.passwords import Argon2Passwords
from app.adapters.pdf import TypstPdfMaker
from app.adapters.push import WebPush, kept_key
from app.adapters.scan import ClamdScanner, NoScanner, Scanner
from app.adapters.seal import Seal, self_made
from app.adapters.segments import SegmentFolders
from app.adapters.storage import FolderStorage
from app.adapters.text_gateway import HttpTextGateway, read_rules
from app.adapters.vault import Vault
from app.parts import Parts
from app.profile import HolidayRules, SettingsError
from app.services.rehearsals import Rehearsals
from app.settings import Settings, kept_secret
from app.tasks import Tasks
from models.rules.rehearsal import LENGTH

log = structlog.get_logger(__name__)

SELF_MADE = "seal-self-made.p12"
PDF_TEMPLATES = Path(__file__).parent / "templates" / "pdf"
VIDEO_FONT = Path(__file__).parent.parent / "static" / "vendor" / "raleway" / "raleway-latin-600.woff2"
"""The pages' own letters; a distribution's fonts are not counted on."""


def real_parts(settings: Settings) -> Parts:
    """Make every adapter; a setting that one of them cannot use raises SettingsError naming it."""
    clock = SystemClock()
    captions_lack = captions.trouble(settings.captions_model)
    if captions_lack not in ("", captions.OFF):
        log.warning("captions_unusable", model=settings.captions_model, lacks=captions_lack)
    return Parts(
        profile=settings.profile,
        public_url=settings.public_url,
        secret_key=settings.secret_key,
        secure=settings.secure,
        demo=settings.demo,
        metrics_token=settings.metrics_token,
        clock=clock,
        passwords=Argon2Passwords(),
        storage=FolderStorage(settings.data_dir / "files", _storage_key(settings)),
        vault=Vault(_storage_key(settings)),
        segments=SegmentFolders(settings.data_dir / "recordings", _storage_key(settings)),
        cards=ChildCards(settings.data_dir / "rehearsals", VIDEO_FONT),
        composer=ChildComposer(VIDEO_FONT),
        inspector=SandboxInspector(),
        scanner=_scanner(settings),
        mail=_mail(settings, clock),
        push=_push(settings, clock),
        pdf=TypstPdfMaker(PDF_TEMPLATES),
        seal=agency_seal(settings, clock),
        holidays=listed_holidays(settings.profile.calendar),
        tasks=Tasks(),
        captions_lack=captions_lack,
        bounces=MaildirBounces(Path(settings.bounces)) if settings.bounces else None,
        texts=_texts(settings),
        rehearsals=Rehearsals(settings.rehearsals, settings.rehearsal_seconds / LENGTH.total_seconds()),
    )


def listed_holidays(rules: HolidayRules) -> HolidayCalendar:
    """The holidays of a municipality by its profile; a day or key that does not exist raises ValueError."""
    return HolidayCalendar(rules.country, rules.subdivision, rules.municipal_fixed, rules.municipal_movable)


def _storage_key(settings: Settings) -> bytes:
    return bytes.fromhex(kept_secret(settings.data_dir / "storage-key"))


def _scanner(settings: Settings) -> Scanner:
    if not settings.clamd:
        return NoScanner()
    try:
        return ClamdScanner(settings.clamd)
    except ValueError as error:
        raise SettingsError(f"PROCON_CLAMD: {error}") from error


def _mail(settings: Settings, clock: Clock) -> Mail:
    if not settings.mail_url:
        return OutboxMail(settings.data_dir / "outbox", settings.mail_from, clock)
    try:
        return SmtpMail(settings.mail_url, settings.mail_from, clock)
    except ValueError as error:
        raise SettingsError(f"PROCON_MAIL_URL: {error}") from error


def _push(settings: Settings, clock: Clock) -> WebPush:
    path = Path(settings.push_key) if settings.push_key else settings.data_dir / "push-key.pem"
    try:
        key = kept_key(path)
    except (OSError, ValueError) as error:
        raise SettingsError(f"PROCON_PUSH_KEY: {path} não guarda uma chave P-256 (PEM)") from error
    contact = f"mailto:{settings.profile.agency.email}"
    return WebPush(key, contact, clock, own_hosts=settings.push_hosts)


def _texts(settings: Settings) -> HttpTextGateway | None:
    if not settings.text_gateway:
        return None
    try:
        return HttpTextGateway(read_rules(Path(settings.text_gateway)), settings.text_secret)
    except ValueError as error:
        raise SettingsError(f"PROCON_TEXT_GATEWAY: {settings.text_gateway}: {error}") from error


def agency_seal(settings: Settings, clock: Clock) -> Seal:
    """The agency's certificate, or one of our own making, which only this system trusts."""
    seal = kept_seal(settings)
    if seal is None:
        password = kept_secret(settings.data_dir / "seal-password")
        self_made(settings.data_dir / SELF_MADE, password, settings.profile.agency.name, clock.now())
        seal = kept_seal(settings)
    assert seal is not None  # noqa: S101  it was made a moment ago
    return seal


def kept_seal(settings: Settings) -> Seal | None:
    """The agency's certificate, or the one that was made here before; None when there is neither."""
    path, password = Path(settings.seal_p12), settings.seal_password
    if not settings.seal_p12:
        path = settings.data_dir / SELF_MADE
        if not path.exists():
            return None
        password = kept_secret(settings.data_dir / "seal-password")
    return Seal(path, password, settings.seal_former, settings.seal_tsa)
