"""How a person to whom the agency gave an account gets in: by a password of their own, or with it."""

from __future__ import annotations

from app.i18n import gettext as _
from models import User

NO_PASSWORD = "!"  # noqa: S105  no hash: nothing that is typed opens this account


def way_in(user: User, path: str) -> tuple[str, str, str]:
    """For a letter: the sentence, the button where it is not the letter's own, and where that leads.

    ``path`` is where who has a password already goes.
    """
    if user.password_hash == NO_PASSWORD:
        return (
            _("Para o primeiro acesso, peça o código e crie sua senha."),
            _("Criar minha senha"),
            "/senha/recuperar",
        )
    return _("Entre com a senha que você já usa."), "", path
