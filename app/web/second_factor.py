"""The second factor: its step of signing in, and the page where an account takes it into use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from quart import Blueprint, redirect, url_for
from quart.typing import ResponseReturnValue

from app.adapters.qr import qr_svg
from app.services import second_factor
from app.web import signing_in
from app.web.access import PUBLIC, SIGNED_IN, requires, viewer
from app.web.errors import sentence
from app.web.forms import form
from app.web.limits import limit, limit_address
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.errors import Refused

blueprint = Blueprint("second_factor", __name__)

_PAGE = "/conta/segundo-fator"


@blueprint.get("/entrar/codigo")
@requires(PUBLIC)
async def ask() -> ResponseReturnValue:
    """The second step of signing in."""
    if signing_in.proven() is None:
        return redirect(url_for("accounts.sign_in_page"), 303)
    return _ask({})


@blueprint.post("/entrar/codigo")
@requires(PUBLIC)
async def answer() -> ResponseReturnValue:
    """Check the code and begin the session."""
    waiting = signing_in.proven()
    if waiting is None:
        return redirect(url_for("accounts.sign_in_page"), 303)
    await limit_address("code_try_address")
    await limit("code_try", waiting.user_id)
    code = (await form()).get("code", "")
    try:
        await second_factor.check(
            waiting.user_id, code, vault=parts().vault, secret=parts().secret_key, now=now()
        )
    except Refused as error:
        return _ask({"code": sentence(error.code)}), 422
    return await signing_in.session_begins(waiting.user_id, waiting.path)


@blueprint.get(_PAGE)
@requires(SIGNED_IN)
async def show() -> str:
    """Whether there is one; how to take one into use."""
    return await _page({})


@blueprint.post(f"{_PAGE}/iniciar")
@requires(SIGNED_IN)
async def begin() -> ResponseReturnValue:
    """Make a secret for the authenticator app."""
    await second_factor.begin(viewer().user_id, vault=parts().vault)
    return redirect(url_for(".show"), 303)


@blueprint.post(f"{_PAGE}/confirmar")
@requires(SIGNED_IN)
async def confirm() -> ResponseReturnValue:
    """Take it into use by the first code; the recovery codes are shown this once."""
    await limit("code_try", viewer().user_id)
    code = (await form()).get("code", "")
    try:
        codes = await second_factor.confirm(
            viewer().user_id, code, vault=parts().vault, secret=parts().secret_key, now=now()
        )
    except Refused as error:
        return await _page({"code": sentence(error.code)}), 422
    return await _page({}, codes)


@blueprint.post(f"{_PAGE}/codigos")
@requires(SIGNED_IN)
async def renew() -> ResponseReturnValue:
    """Other recovery codes."""
    await limit("code_try", viewer().user_id)
    code = (await form()).get("code", "")
    try:
        codes = await second_factor.renew_codes(
            viewer().user_id, code, vault=parts().vault, secret=parts().secret_key, now=now()
        )
    except Refused as error:
        return await _page({"code": sentence(error.code)}), 422
    return await _page({}, codes)


@blueprint.post(f"{_PAGE}/remover")
@requires(SIGNED_IN)
async def remove() -> ResponseReturnValue:
    """Go without one again."""
    await limit("code_try", viewer().user_id)
    code = (await form()).get("code", "")
    try:
        await second_factor.remove(
            viewer().user_id, code, vault=parts().vault, secret=parts().secret_key, now=now()
        )
    except Refused as error:
        return await _page({"code": sentence(error.code)}), 422
    return redirect(url_for(".show"), 303)


def _ask(errors: Mapping[str, str]) -> str:
    return render("accounts/second_step.html", form={"values": {}, "errors": errors})


async def _page(errors: Mapping[str, str], codes: Sequence[str] = ()) -> str:
    person, agency = viewer().user_id, parts().profile.agency.name
    pending = await second_factor.pending(person, vault=parts().vault, issuer=agency)
    return render(
        "accounts/second_factor.html",
        form={"values": {}, "errors": errors},
        standing=await second_factor.standing(person),
        pending=pending,
        qr=Markup(qr_svg(pending.uri)) if pending else "",  # noqa: S704  our own picture
        codes=codes,
    )
