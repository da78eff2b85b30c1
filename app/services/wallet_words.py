"""The words of papers and powers, as pages and letters say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from app.i18n import N_
from app.i18n import gettext as _
from models.rules.representation import PaperAct, PaperKind, PaperState

_Name = TypeVar("_Name")

KINDS = {
    PaperKind.APPOINTMENT: N_("Carta de preposição"),
    PaperKind.MANDATE: N_("Procuração"),
    PaperKind.ARTICLES: N_("Contrato social, estatuto ou ata"),
}
STATES = {
    PaperState.DRAFT: (N_("ainda não enviado"), "neutral"),
    PaperState.WAITING: (N_("em conferência"), "info"),
    PaperState.ACCEPTED: (N_("conferido"), "success"),
    PaperState.REFUSED: (N_("não aceito"), "danger"),
    PaperState.WITHDRAWN: (N_("retirado"), "neutral"),
    PaperState.EXPIRED: (N_("vencido"), "warning"),
}
ACTS = {
    PaperAct.SEND: N_("Enviado para conferência"),
    PaperAct.ACCEPT: N_("Conferido e aceito"),
    PaperAct.REFUSE: N_("Não aceito"),
    PaperAct.WITHDRAW: N_("Retirado"),
    PaperAct.EXPIRE: N_("Venceu"),
    PaperAct.OPEN: N_("Documento aberto"),
}


def words(table: Mapping[_Name, str]) -> dict[_Name, str]:
    """A table of words in the person's language."""
    return {name: _(said) for name, said in table.items()}
