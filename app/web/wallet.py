"""A company's wallet over HTTP: papers sent and read as pictures, and the agency's check of each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import company_addresses, wallet, wallet_checks
from app.services.delivery_words import POWERS
from app.services.wallet import NOBODY, SOMEBODY_ELSE, PaperForm, PaperView
from app.services.wallet_checks import PaperVerdict
from app.services.wallet_words import ACTS, KINDS, STATES, words
from app.web.access import STAFF, requires, viewer
from app.web.errors import field_sentences, sentence, status_of
from app.web.files import THUMBNAIL, arriving, page_picture
from app.web.forms import form
from app.web.parts import parts
from app.web.render import render
from app.web.stored import Stored, attachment, sent
from app.web.today import now, today, typed_day
from models.rules.errors import Invalid, Refused
from models.rules.people import Role

blueprint = Blueprint("wallet", __name__)

_CHECKERS = (Role.ATTENDANT, Role.MEDIATOR, Role.LEGAL, Role.COORDINATOR)
_STAFF = (*_CHECKERS, Role.AUDITOR)
_READERS = (Role.COMPANY, *_STAFF)


@blueprint.get("/empresa/representacao")
@requires(Role.COMPANY)
async def own() -> ResponseReturnValue:
    """The wallet of the person's company; a choice when there are several."""
    mine = wallet.companies_of(viewer())
    if len(mine) == 1:
        return redirect(url_for(".show", company_id=mine[0]), 303)
    return render("wallet/choose.html", companies=await wallet.named(mine))


@blueprint.get("/empresas/<int:company_id>/carteira")
@requires(Role.COMPANY)
async def show(company_id: int) -> str:
    """The papers of a company, and the form for another."""
    return await _page(company_id, {}, {})


@blueprint.post("/empresas/<int:company_id>/carteira/arquivo")
@requires(Role.COMPANY)
async def upload(company_id: int) -> ResponseReturnValue:
    """Take in one file (the body itself)."""
    sent_file = await arriving()
    paper = await wallet.receive(
        company_id, viewer(), sent_file.filename, sent_file.chunks, intake=sent_file.intake, now=now()
    )
    return _described(paper), 201


@blueprint.delete("/carteira/papeis/<uuid:paper_id>")
@requires(Role.COMPANY)
async def take_back(paper_id: UUID) -> ResponseReturnValue:
    """Remove an upload that was not sent yet."""
    await wallet.take_back(paper_id, viewer(), storage=parts().storage)
    return {"id": str(paper_id)}


@blueprint.post("/empresas/<int:company_id>/carteira")
@requires(Role.COMPANY)
async def send(company_id: int) -> ResponseReturnValue:
    """Send the uploaded paper to be checked."""
    typed = await form()
    until = typed.get("valid_until", "")
    try:
        if until and typed_day(until) is None:
            raise Invalid({"valid_until": "date_invalid"})
        wanted = PaperForm(
            kind=typed.get("kind", ""),
            holder=typed.get("holder", ""),
            name=typed.get("holder_name", ""),
            email=typed.get("holder_email", ""),
            may_settle=bool(typed.get("may_settle")),
            valid_until=typed_day(until),
        )
        await wallet.send(company_id, viewer(), wanted, today=today(), now=now())
    except Invalid as error:
        names = {"name": "holder_name", "email": "holder_email"}
        wrong = {names.get(name, name): said for name, said in field_sentences(error).items()}
        return await _page(company_id, typed, wrong), 422
    return redirect(url_for(".show", company_id=company_id), 303)


@blueprint.post("/carteira/papeis/<uuid:paper_id>/retirar")
@requires(Role.COMPANY)
async def withdraw(paper_id: UUID) -> ResponseReturnValue:
    """Take a paper back; its holder's power falls with it."""
    company_id = await wallet.withdraw(paper_id, viewer(), today=today(), now=now())
    if company_id in wallet.companies_of(viewer()):
        return redirect(url_for(".show", company_id=company_id), 303)
    return redirect(url_for(".own"), 303)


@blueprint.get("/carteira/papeis/<uuid:paper_id>")
@requires(*_READERS)
async def download(paper_id: UUID) -> ResponseReturnValue:
    """The paper as it was uploaded."""
    paper = await _opened(paper_id)
    name = attachment(paper.filename)
    return await sent(Stored(paper.storage_key, paper.size, paper.sha256, paper.media_type, name))


@blueprint.get("/carteira/papeis/<uuid:paper_id>/paginas/<int:page>")
@requires(*_READERS)
async def picture(paper_id: UUID, page: int) -> ResponseReturnValue:
    """A page of it as a picture at least ``largura`` pixels wide, of the widths drawn."""
    return await page_picture(await _opened(paper_id), page)


@blueprint.get("/representacoes")
@requires(STAFF)
async def board() -> str:
    """What waits for a check, and whose power ends or has ended."""
    return render(
        "wallet/board.html",
        board=await wallet_checks.board(today(), max(parts().profile.reminders.powers_before)),
        kinds=words(KINDS),
        power_words=words(POWERS),
        today=today(),
    )


@blueprint.get("/representacoes/<uuid:paper_id>")
@requires(STAFF)
async def check(paper_id: UUID) -> str:
    """A paper beside what the company says of it."""
    return await _check(paper_id, {}, {})


@blueprint.post("/representacoes/<uuid:paper_id>")
@requires(*_CHECKERS)
async def decide(paper_id: UUID) -> ResponseReturnValue:
    """Accept or refuse it."""
    typed = await form()
    try:
        await wallet_checks.decide(paper_id, viewer(), _verdict(typed), today=today(), now=now())
    except Invalid as error:
        return await _check(paper_id, typed, field_sentences(error)), 422
    except Refused as error:
        return await _check(paper_id, typed, {"": sentence(error.code)}), status_of(error)
    return redirect(url_for(".board"), 303)


def _verdict(typed: Mapping[str, str]) -> PaperVerdict:
    until, chosen = typed.get("valid_until", ""), typed.get("verdict", "")
    wrong = {}
    if chosen not in ("accept", "refuse"):
        wrong["verdict"] = "choice_missing"
    if until and typed_day(until) is None:
        wrong["valid_until"] = "date_invalid"
    if wrong:
        raise Invalid(wrong)
    return PaperVerdict(
        accept=chosen == "accept",
        may_settle=bool(typed.get("may_settle")),
        valid_until=typed_day(until),
        reason=typed.get("reason", ""),
    )


async def _opened(paper_id: UUID) -> PaperView:
    return await wallet.opened(paper_id, viewer(), address=request.remote_addr or "", now=now())


def _described(paper: PaperView) -> dict[str, str | int]:
    return {
        "id": str(paper.id),
        "filename": paper.filename,
        "size": paper.size,
        "media_type": paper.media_type,
        "pages": paper.pages,
        "url": url_for(".download", paper_id=paper.id),
        "preview": url_for(".picture", paper_id=paper.id, page=1, largura=THUMBNAIL),
    }


async def _page(company_id: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    found = await wallet.page(company_id, viewer())
    options = [(str(holder.user_id), holder.name, holder.email) for holder in found.holders]
    options += [
        (SOMEBODY_ELSE, _("Outra pessoa"), _("Recebe acesso quando o Procon conferir.")),
        (NOBODY, _("Ninguém: é o contrato social"), _("Fica guardado para as conferências seguintes.")),
    ]
    return render(
        "wallet/show.html",
        wallet=found,
        drafts=[_described(found.draft)] if found.draft else [],
        holder_options=options,
        kind_options=list(words(KINDS).items()),
        kinds=words(KINDS),
        states=STATES,
        power_words=words(POWERS),
        warned=await wallet.warnings(viewer(), today(), parts().profile.reminders.powers_before),
        speaks=company_id in viewer().company_ids,
        place=await company_addresses.of_company(company_id, viewer(), today=today()),
        form={"values": typed, "errors": errors},
        today=today(),
    )


async def _check(paper_id: UUID, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    page = await wallet_checks.page(paper_id)
    known = {
        "may_settle": "1" if page.paper.may_settle else "",
        "valid_until": page.paper.valid_until.isoformat() if page.paper.valid_until else "",
    }
    return render(
        "wallet/check.html",
        page=page,
        paper=page.paper,
        kinds=words(KINDS),
        states=STATES,
        acts=words(ACTS),
        power_words=words(POWERS),
        may_decide=viewer().role in _CHECKERS and page.paper.state == "waiting",
        form={"values": typed or known, "errors": errors},
        today=today(),
    )
