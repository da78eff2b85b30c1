"""Offers over HTTP: written on a page of their own, read in full, and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from quart import Blueprint, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.i18n import gettext as _
from app.services import cases, offer_signing, offers, second_factor
from app.services.case_story import OfferView
from app.services.cases import CasePage
from app.services.offers import LASTS_DAYS, MOST_CLAUSES, MOST_DAYS, Draft
from app.services.settlements import signature_lines
from app.services.signatures import Evidence
from app.services.wording import seat_role_label
from app.web.access import SIGNED_IN, requires, viewer
from app.web.cases import back
from app.web.clauses import proposal
from app.web.errors import field_sentences, sentence, status_of
from app.web.forms import form
from app.web.hearings_words import clause_kinds
from app.web.limits import limit
from app.web.offer_words import state_words
from app.web.parts import parts
from app.web.render import render
from app.web.today import now, today, typed_day
from models import Case, Offer
from models.rules.agreement import ClauseKind, ClauseTerms, text_hash
from models.rules.case_machine import Action
from models.rules.errors import Conflict, DomainError, Invalid, NotFound, Refused
from models.rules.hearing import SeatRole
from models.rules.money import written_cents
from models.rules.people import Role

blueprint = Blueprint("offers", __name__)

_OFFERS = "/casos/<int:case_id>/propostas"
_PARTIES = (Role.CONSUMER, Role.COMPANY)
_FIELDS = (
    *("kind", "debtor", "amount", "instalments", "due_on", "text", "place"),
    *("fine_percent", "fine", "accelerates"),
)


@blueprint.get(f"{_OFFERS}/nova")
@requires(*_PARTIES)
async def write(case_id: int) -> ResponseReturnValue:
    """The form of an offer; it begins with the obligations of the newest one."""
    page = await cases.page(case_id, viewer())
    if not page.may(Action.OFFER):
        return redirect(url_for("cases.show", case_id=case_id), 303)
    newest = page.offers[-1] if page.offers else None
    values = {"expires_on": (today() + timedelta(days=LASTS_DAYS)).isoformat(), "note": ""}
    values |= _typed(newest.terms) if newest else {"count": "1", "c1_kind": "refund", "c1_debtor": "company"}
    return await _form(page, values, {})


@blueprint.post(_OFFERS)
@requires(*_PARTIES)
async def make(case_id: int) -> ResponseReturnValue:
    """Another obligation in the form, one less, how the offer would read, or the offer itself."""
    typed = await form()
    page = await cases.page(case_id, viewer())
    do = typed.get("do", "send")
    if do == "add" or do.startswith("remove_"):
        return await _form(page, _resized(typed, do), {})
    try:
        draft = _draft(typed)
        if do == "preview":
            text = await offers.preview(case_id, viewer(), draft, today=today())
            return await _form(page, typed, {}, preview=text)
        await offers.make(
            case_id,
            viewer(),
            draft,
            seen=_number(typed.get("seen", "")),
            evidence=_evidence(),
            now=now(),
            today=today(),
        )
    except (Invalid, Refused, Conflict) as error:
        if error.code == "not_now":
            raise  # the negotiation is over: the case as it is now says more than this form
        page = await cases.page(case_id, viewer())
        return await _form(page, typed, _errors(error)), status_of(error)
    return redirect(url_for("cases.show", case_id=case_id, _anchor="conversa"), 303)


@blueprint.get(f"{_OFFERS}/<int:offer_id>")
@requires(SIGNED_IN)
async def show(case_id: int, offer_id: int) -> ResponseReturnValue:
    """An offer in full: its text, what changed, who stands by it, and what one may do with it."""
    return await _read(case_id, offer_id, _Shown())


@blueprint.post(f"{_OFFERS}/<int:offer_id>/codigo")
@requires(*_PARTIES)
async def ask_code(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Send the code that accepts this text."""
    await limit("sign_code", viewer().user_id)
    typed = await form()
    try:
        offer = await offers.may_accept(case_id, viewer(), offer_id, today=today())
        await offer_signing.ask_code(offer, viewer(), secret=parts().secret_key, now=now())
    except (Refused, Conflict) as error:
        return await _read(case_id, offer_id, _Shown("accept", typed, error))
    return await _read(case_id, offer_id, _Shown("accept", typed, sent=True))


@blueprint.post(f"{_OFFERS}/<int:offer_id>/aceitar")
@requires(*_PARTIES)
async def accept(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Accept the text that the page showed, read and confirmed by the account."""
    typed = await form()
    await limit("code_try", viewer().user_id)
    shown = typed.get("text_hash", "")[:64]
    try:
        offer = await offers.may_accept(case_id, viewer(), offer_id, today=today())
        if offer.text_hash != shown:
            raise Conflict("offer_changed", text=_("o texto não é mais o que estava na página"))
        if not typed.get("read"):
            raise Invalid({"read": "must_accept"})
        confirmed = await offer_signing.confirm(
            offer_id,
            viewer(),
            code=typed.get("code", ""),
            shown_hash=shown,
            evidence=_evidence(),
            secret=parts().secret_key,
            vault=parts().vault,
            now=now(),
        )
        await offers.accept(
            case_id,
            viewer(),
            offer_id,
            shown_hash=shown,
            confirmed=confirmed,
            now=now(),
            today=today(),
            invite=parts().invite,
        )
    except (Invalid, Refused, Conflict) as error:
        return await _read(case_id, offer_id, _Shown("accept", typed, error))
    return back(case_id)


@blueprint.post(f"{_OFFERS}/<int:offer_id>/recusar")
@requires(*_PARTIES)
async def refuse(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Refuse the other side's offer, with the reason."""
    typed = await form()
    try:
        await offers.refuse(case_id, viewer(), offer_id, typed.get("reason", ""), now=now(), today=today())
    except (Invalid, Refused, Conflict) as error:
        return await _read(case_id, offer_id, _Shown("refuse", typed, error))
    return back(case_id)


@blueprint.post(f"{_OFFERS}/<int:offer_id>/retirar")
@requires(*_PARTIES)
async def withdraw(case_id: int, offer_id: int) -> ResponseReturnValue:
    """Take one's own offer back."""
    try:
        await offers.withdraw(case_id, viewer(), offer_id, now=now(), today=today())
    except (Refused, Conflict) as error:
        return await _read(case_id, offer_id, _Shown("withdraw", {}, error))
    return back(case_id)


@dataclass(frozen=True)
class _Shown:
    """What the page of an offer says after a form was sent: which one, what was typed, why it was refused."""

    name: str = ""
    typed: Mapping[str, str] | None = None
    error: DomainError | None = None
    sent: bool = False

    def forms(self) -> dict[str, dict[str, Any]]:
        """The forms as they are shown again."""
        if not self.name:
            return {}
        values = dict(self.typed or {})
        return {self.name: {"values": values, "errors": _errors(self.error) if self.error else {}}}


async def _read(case_id: int, offer_id: int, shown: _Shown) -> ResponseReturnValue:
    page = await cases.page(case_id, viewer())
    view = next((offer for offer in page.offers if offer.id == offer_id), None)
    if view is None:
        raise NotFound
    standing = page.open_offer
    offer = await Offer.get(id=offer_id)
    text = offer.final_text or await offers.text_of(
        await Case.get(id=case_id), view.side, view.terms, view.note
    )
    html = render(
        "offers/show.html",
        page=page,
        case=page.case,
        offer=view,
        text=text,
        text_hash=text_hash(text),
        signatures=await signature_lines(offer_id),
        standing=standing if standing and standing.id != offer_id else None,
        answerable=_answerable(page, view),
        withdrawable=view.mine
        and view.state == "open"
        and page.may(Action.WITHDRAW_OFFER)
        and page.may_settle,
        factor=await second_factor.enrolled(viewer().user_id),
        forms=shown.forms(),
        blank={"values": {}, "errors": {}},
        sent=shown.sent,
        state_words=state_words(),
        role_label=seat_role_label,
    )
    return html, status_of(shown.error) if shown.error else 200


def _answerable(page: CasePage, view: OfferView) -> bool:
    open_now = view.state == "open" and (view.expires_on is None or view.expires_on >= today())
    return open_now and not view.mine and page.may(Action.ACCEPT_OFFER)


async def _form(
    page: CasePage, typed: Mapping[str, str], errors: Mapping[str, str], *, preview: str = ""
) -> str:
    standing = page.open_offer
    return render(
        "offers/form.html",
        page=page,
        case=page.case,
        form={"values": typed, "errors": errors},
        count=_count(typed),
        most=MOST_CLAUSES,
        most_days=MOST_DAYS,
        standing=standing,
        preview=preview,
        kinds=clause_kinds(),
        debtors=[(SeatRole.COMPANY, _("A empresa")), (SeatRole.CONSUMER, _("O consumidor"))],
        today=today(),
        last=today() + timedelta(days=MOST_DAYS),
        state_words=state_words(),
        role_label=seat_role_label,
    )


def _errors(error: DomainError) -> dict[str, str]:
    if isinstance(error, Invalid):
        found = field_sentences(error)
        # One about the offer as a whole has no field of its own
        return {"" if name == "clauses" else name: words for name, words in found.items()}
    return {"": sentence(error.code, error.facts)}


def _count(typed: Mapping[str, str]) -> int:
    return max(1, min(MOST_CLAUSES, _number(typed.get("count", "")) or 1))


def _draft(typed: Mapping[str, str]) -> Draft:
    """An offer as it was typed; Invalid names every field that cannot be read."""
    wrong: dict[str, str] = {}
    found = []
    for number in range(1, _count(typed) + 1):
        own = {name: typed.get(f"c{number}_{name}", "") for name in _FIELDS}
        try:
            found.append(proposal(own))
        except Invalid as error:
            wrong |= {f"c{number}_{field}": code for field, code in error.fields.items()}
    day = typed.get("expires_on", "")
    if day and typed_day(day) is None:
        wrong["expires_on"] = "date_invalid"
    if wrong:
        raise Invalid(wrong)
    return Draft(tuple(found), typed.get("note", ""), typed_day(day))


def _resized(typed: Mapping[str, str], do: str) -> dict[str, str]:
    """The form with one obligation more, or without one of them; what was typed in the others stays."""
    rows = [
        {name: typed.get(f"c{number}_{name}", "") for name in _FIELDS}
        for number in range(1, _count(typed) + 1)
    ]
    if do == "add" and len(rows) < MOST_CLAUSES:
        rows.append({"kind": ClauseKind.DO.value, "debtor": SeatRole.COMPANY.value})
    elif (gone := _number(do.removeprefix("remove_"))) and gone <= len(rows) > 1:
        del rows[gone - 1]
    kept = {name: typed.get(name, "") for name in ("note", "expires_on", "seen")}
    return kept | _numbered(rows)


def _numbered(rows: list[dict[str, str]]) -> dict[str, str]:
    fields = {f"c{number}_{name}": v for number, row in enumerate(rows, start=1) for name, v in row.items()}
    return {"count": str(len(rows))} | fields


def _typed(terms: tuple[ClauseTerms, ...]) -> dict[str, str]:
    """Obligations as they are typed into the form."""

    def amount(cents: int | None) -> str:
        return "" if cents is None else written_cents(cents)

    rows = [
        {
            "kind": one.kind.value,
            "debtor": one.debtor.value,
            "amount": amount(one.amount_cents),
            "instalments": str(one.instalments) if one.instalments > 1 else "",
            "due_on": one.due_on.isoformat() if one.due_on and one.due_on >= today() else "",
            "text": one.text,
            "place": one.place,
            "fine_percent": str(one.penalty.fine_percent or ""),
            "fine": amount(one.penalty.fine_cents),
            "accelerates": "1" if one.penalty.accelerates else "",
        }
        for one in terms
    ]
    return _numbered(rows)


def _evidence() -> Evidence:
    return Evidence(request.remote_addr or "", request.headers.get("User-Agent", ""))


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
