"""Standard texts as they will look, with sample data: a letter, paragraphs, or a page of PDF."""

from __future__ import annotations

from datetime import date, datetime

from app.adapters.attendance_documents import AttendanceLetter
from app.adapters.documents import Check, Complaint, Letterhead, NoticeData, Parties
from app.adapters.petition_document import Petition
from app.adapters.publication_document import PublicationData
from app.i18n import gettext as _
from app.profile import Profile
from app.services.letter_face import Face, face
from app.services.letterhead import letterhead
from app.services.letters import Text
from app.services.publication import signed
from models.rules.standard_texts import Kind, Wording, worded

CODE = "K7QX-M2WD"
CNPJ = "11222333000181"
PAPERS = frozenset(
    {
        "notice_paper",
        "publication_paper",
        "guidance_paper",
        "forwarding_paper",
        "petition_paper",
        "petition_note",
    }
)
"""The kinds whose PDF can be looked at."""


def sample(kind: Kind, wording: Wording, profile: Profile, site: str) -> Wording:
    """The words with each variable's sample, and the agency's own name and address."""
    own = {"agency": profile.agency.name, "test": f"{site}/audiencias/1/teste"}
    return worded(kind, wording, {**kind.samples, **own})


def letter(kind: Kind, wording: Wording, *, profile: Profile, site: str) -> Face:
    """An e-mail of this kind to somebody invented."""
    words = sample(kind, wording, profile, site)
    text = Text(words.subject, words.paragraphs, button=kind.button, path="/")
    context = {
        "text": text,
        "name": kind.samples.get("consumer") or kind.samples.get("company", "Ana Souza"),
        "agency": profile.agency,
        "link": f"{site}/",
        "now": "",
        "site": site,
        "account": False,
        "unsubscribe": "",
    }
    return face(context)


def paper(
    kind: Kind, wording: Wording, *, profile: Profile, site: str, now: datetime
) -> NoticeData | AttendanceLetter | PublicationData | Petition:
    """The document that this kind is part of, about an invented matter."""
    words = sample(kind, wording, profile, site).paragraphs
    match kind.id:
        case "notice_paper":
            return _notice(kind, words, letterhead(profile), site, now)
        case "publication_paper":
            agency = letterhead(profile)
            return PublicationData(
                agency=agency,
                protocol=kind.samples["protocol"],
                issued_at=now,
                paragraphs=words,
                signed=signed(agency, now),
                check=_check(site),
            )
        case "petition_paper" | "petition_note":
            return _petition(kind, words, profile, now)
        case _:
            return _attendance(kind, words, letterhead(profile), site, now)


def _check(site: str) -> Check:
    return Check(code=CODE, site=site.partition("://")[2], url=f"{site}/verificar/{CODE}")


def _notice(kind: Kind, words: tuple[str, ...], agency: Letterhead, site: str, now: datetime) -> NoticeData:
    names = kind.samples
    return NoticeData(
        agency=agency,
        protocol=names["protocol"],
        issued_at=now,
        parties=Parties(
            consumer_name=names["consumer"],
            consumer_document="",
            company_name=names["company"],
            company_document=CNPJ,
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
        check=_check(site),
        lead=words,
    )


def _petition(kind: Kind, words: tuple[str, ...], profile: Profile, now: datetime) -> Petition:
    lead = kind.id == "petition_paper"
    return Petition(
        agency=letterhead(profile),
        protocol="2026.000123-2",
        issued_at=now,
        city=profile.agency.city,
        author="Ana Souza",
        author_cpf="",
        author_address=_("Endereço de quem pede"),
        author_contact=_("Telefone e e-mail de quem pede"),
        company="Eletro Estrela do Sul Ltda.",
        company_cnpj=CNPJ,
        occurred_on=date(now.year, 1, 15),
        facts=_("Aqui fica o que o consumidor relata."),
        basis=_("Aqui fica o direito."),
        requests=(_("Aqui ficam os pedidos."),),
        value_cents=249_900,
        documents=("nota.pdf",),
        lead=words if lead else (),
        closing=() if lead else words,
    )


def _attendance(
    kind: Kind, words: tuple[str, ...], agency: Letterhead, site: str, now: datetime
) -> AttendanceLetter:
    forwards = kind.id == "forwarding_paper"
    return AttendanceLetter(
        agency=agency,
        protocol="A-2026-00001",
        issued_at=now,
        title=_("Encaminhamento a outro órgão") if forwards else _("Orientação ao consumidor"),
        name=kind.samples["consumer"],
        asked_at=now,
        question=_("Aqui fica o que foi perguntado."),
        answer=_("Aqui fica o que o Procon respondeu."),
        body=_("Juizado Especial Cível") if forwards else "",
        reach=_("Aqui fica como procurar o órgão.") if forwards else "",
        basis="Lei 9.099/1995" if forwards else "",
        url=f"{site}/atendimentos/1",
        closing=words,
    )
