"""Standard texts as they will look, with sample data: a letter, paragraphs, or a page of PDF."""

from __future__ import annotations

from datetime import date, datetime

from app.adapters.attendance_documents import AttendanceLetter
from app.adapters.documents import Check, Complaint, NoticeData, Parties
from app.i18n import gettext as _
from app.profile import Profile
from app.services.letter_face import Face, face
from app.services.letterhead import letterhead
from app.services.letters import Text
from models.rules.standard_texts import Kind, Wording, worded

CODE = "K7QX-M2WD"
PAPERS = frozenset({"notice_paper", "guidance_paper", "forwarding_paper"})
"""The kinds whose PDF can be looked at."""


def sample(kind: Kind, wording: Wording, profile: Profile) -> Wording:
    """The words with each variable's sample, and the agency's own name."""
    return worded(kind, wording, {**kind.samples, "agency": profile.agency.name})


def letter(kind: Kind, wording: Wording, *, profile: Profile, site: str) -> Face:
    """An e-mail of this kind to somebody invented."""
    words = sample(kind, wording, profile)
    text = Text(words.subject, words.paragraphs, button=kind.button, path="/casos/1")
    context = {
        "text": text,
        "name": kind.samples.get("consumer") or kind.samples.get("company", _("Nome")),
        "agency": profile.agency,
        "link": f"{site}/casos/1",
        "now": "",
        "site": site,
        "account": False,
        "unsubscribe": "",
    }
    return face(context)


def paper(
    kind: Kind, wording: Wording, *, profile: Profile, site: str, now: datetime
) -> NoticeData | AttendanceLetter:
    """The document that this kind is part of, about an invented matter."""
    words = sample(kind, wording, profile).paragraphs
    names = kind.samples
    if kind.id == "notice_paper":
        return NoticeData(
            agency=letterhead(profile),
            protocol=names["protocol"],
            issued_at=now,
            parties=Parties(
                consumer_name=names["consumer"],
                consumer_document="",
                company_name=names["company"],
                company_document="11222333000181",
            ),
            complaint=Complaint(
                area="Produtos",
                subject="Eletrodomésticos e móveis",
                problem="Defeito não consertado em 30 dias",
                occurred_on=date(now.year, 1, 15),
                amount_cents=249_900,
                facts=_("Aqui fica o que o consumidor relata."),
                request=_("Aqui fica o que o consumidor pede."),
            ),
            exhibit_count=2,
            due_on=None,
            term_explanation=_("Exemplo: o prazo e a sua contagem ficam aqui."),
            consequences=(_("Aqui ficam as consequências de não responder."),),
            access_code=CODE,
            access_url=f"{site}/notificacao/{CODE}",
            check=Check(code=CODE, site=site.partition("://")[2], url=f"{site}/verificar/{CODE}"),
            lead=words,
        )
    forwards = kind.id == "forwarding_paper"
    return AttendanceLetter(
        agency=letterhead(profile),
        protocol="A-2026-00001",
        issued_at=now,
        title=_("Encaminhamento a outro órgão") if forwards else _("Orientação ao consumidor"),
        name=names["consumer"],
        asked_at=now,
        question=_("Aqui fica o que foi perguntado."),
        answer=_("Aqui fica o que o Procon respondeu."),
        body=_("Juizado Especial Cível") if forwards else "",
        reach=_("Aqui fica como procurar o órgão.") if forwards else "",
        basis="Lei 9.099/1995" if forwards else "",
        url=f"{site}/atendimentos/1",
        closing=words,
    )
