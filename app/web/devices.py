"""What a person recognises a browser by, from its User-Agent: "Chrome, Android"."""

from __future__ import annotations

from app.i18n import gettext as _

# Order matters: each of these also claims to be the ones below it.
_BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def label(user_agent: str) -> str:
    """Browser and system, as far as the header tells."""
    known = [
        next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or _("Navegador desconhecido")
