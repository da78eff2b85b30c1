"""What every answer tells the browser to refuse: foreign code, framing, guessing types, keeping copies."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import Response, g

YEAR_SECONDS = 31_536_000


def policy(public_url: str) -> str:
    """The Content-Security-Policy (CSP level 3): nothing but what this site serves itself.

    The socket's address is written out beside 'self' for browsers whose 'self' does not cover ``wss:``.
    """
    split = urlsplit(public_url)
    socket = f"{'wss' if split.scheme == 'https' else 'ws'}://{split.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {socket}",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def every_answer(public_url: str, *, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers of each answer; a view that sets one itself keeps its own."""
    always = (
        ("Content-Security-Policy", policy(public_url)),
        ("X-Content-Type-Options", "nosniff"),
        # The origin check of forms needs the Referer within the site; other sites get none.
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )
    if secure:
        return (*always, ("Strict-Transport-Security", f"max-age={YEAR_SECONDS}; includeSubDomains"))
    return always


def apply(response: Response, headers: tuple[tuple[str, str], ...]) -> None:
    """Add the headers that the answer lacks, and forbid copies of what a signed-in person sees."""
    present = response.headers
    for name, value in headers:
        if name not in present:
            present[name] = value
    if "Cache-Control" not in present:
        present["Cache-Control"] = "no-store" if "session" in g else "private, no-cache"
