"""What rules this agency: what the coordination edits, and the municipality's profile as it was read."""

from __future__ import annotations

from quart import Blueprint

from app.adapters import captions
from app.i18n import N_, ngettext
from app.i18n import gettext as _
from app.services.duty_words import term_names
from app.web.access import requires
from app.web.parts import parts
from app.web.render import render
from models.rules.identity import written_cep
from models.rules.people import Role
from models.rules.retention import After
from models.rules.terms import Term
from models.rules.territory import Link

blueprint = Blueprint("agency_page", __name__)

LINKS = {
    Link.RESIDENCE: N_("moradia no município"),
    Link.RELATION: N_("lugar da compra, do contrato ou do serviço"),
}
PAPERS = {"residence": N_("Comprovantes de residência"), "identity": N_("Documentos de identidade")}
SINCE = {After.TRIAGE: N_("decisão do cadastro"), After.CLOSING: N_("fim do caso")}

CAPTIONS = {
    "": N_("Disponíveis: o conciliador liga e desliga em cada audiência. A fala é ouvida só nesta máquina."),
    captions.OFF: N_(
        "Esta unidade não tem: nenhum modelo de fala está configurado (PROCON_CAPTIONS_MODEL). "
        "Quem está em uma audiência lê isso nos ajustes da sala."
    ),
    captions.NO_LIBRARY: N_(
        "Não funcionam: há um modelo configurado, mas falta o programa que o lê (requirements/captions.txt)."
    ),
    captions.NO_FOLDER: N_(
        "Não funcionam: a pasta do modelo configurado em PROCON_CAPTIONS_MODEL não existe nesta máquina."
    ),
}
"""What is said of the live captions, by what they lack."""


@blueprint.get("/ajustes")
@requires(Role.COORDINATOR, Role.AUDITOR)
async def show() -> str:
    """Ways to what can be edited, and the profile with what nobody has confirmed yet."""
    profile, names = parts().profile, term_names()
    rules, hearing = profile.retention.items(), _("audiência")
    return render(
        "agency/show.html",
        links="; ".join(_(words) for link, words in LINKS.items() if link in profile.territory.links),
        ceps="; ".join(
            f"{written_cep(first)} a {written_cep(last)}" for first, last in profile.territory.cep_ranges
        ),
        terms=[(names.get(act, act), _written(term), term.source) for act, term in profile.terms.items()],
        captions=_(CAPTIONS[parts().captions_lack]),
        kept=[
            *((_(PAPERS[kind]), rule.days, _(SINCE[rule.after]), rule.source) for kind, rule in rules),
            (_("Vídeos das audiências"), profile.recording.keep_days, hearing, profile.recording.source),
            (_("Como cada pessoa esteve conectada"), profile.hearing.keep_connections_days, hearing, "—"),
            (_("Conversas de quem pediu ajuda"), profile.hearing.keep_help_days, hearing, "—"),
        ],
    )


def _written(term: Term) -> str:
    if term.kind == "business":
        return ngettext("%(num)s dia útil", "%(num)s dias úteis", term.days) % {"num": term.days}
    return ngettext("%(num)s dia corrido", "%(num)s dias corridos", term.days) % {"num": term.days}
