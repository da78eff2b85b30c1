"""Pages of accounts: registering, confirming the e-mail, signing in and out, passwords, one's own data."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from quart import Blueprint, Response, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.services import accounts, codes, push_devices, second_factor, sessions
from app.services.account_form import password_faults, read_contact, read_registration
from app.web import access, cookies, signing_in
from app.web.access import PUBLIC, SIGNED_IN, requires, viewer
from app.web.errors import field_sentences, sentence
from app.web.forms import form, query, safe_path
from app.web.limits import limit, limit_address
from app.web.parts import parts
from app.web.render import render
from models.rules.errors import Invalid, Refused
from models.rules.identity import normal_email
from models.rules.people import Role
from models.rules.postal import STATES

blueprint = Blueprint("accounts", __name__)

HOME = "/painel"
EMAIL_COOKIE = "procon-email"
HOUR_SECONDS = 3600
_STATE_OPTIONS = [(uf, uf) for uf in STATES]


@blueprint.get("/cadastro")
@requires(PUBLIC)
async def register_page() -> ResponseReturnValue:
    """The form of a new account; who has one is sent home."""
    if access.current_viewer():
        return _go(HOME)
    agency = parts().profile.agency
    return _page("register", {"city": agency.city, "uf": agency.state})


@blueprint.post("/cadastro")
@requires(PUBLIC)
async def register() -> ResponseReturnValue:
    """Ask for an account; the answer is the same whether or not the e-mail or the CPF has one."""
    typed = await form()
    try:
        new = read_registration(typed)
    except Invalid as error:
        return _page("register", typed, field_sentences(error)), 422
    await limit_address("register_address")
    await limit("code_request", new.email)
    password_hash = await parts().passwords.hash(typed["password"])
    await accounts.register(new, password_hash, **_now_and_secret())
    return remembering(new.email, _go(url_for(".confirm_page")))


@blueprint.get("/cadastro/confirmar")
@requires(PUBLIC)
async def confirm_page() -> ResponseReturnValue:
    """Where the code of the e-mail is typed."""
    return _page("confirm", {"email": _remembered()}, resent=query("reenviado") == "1")


@blueprint.post("/cadastro/confirmar")
@requires(PUBLIC)
async def confirm() -> ResponseReturnValue:
    """Prove the e-mail; the person is then signed in."""
    typed = await form()
    email = _email(typed)
    await _limit_code_tries(email)
    try:
        user_id = await accounts.confirm_email(email, typed.get("code", ""), **_now_and_secret())
    except Refused as error:
        return _page("confirm", typed, {"code": sentence(error.code)}, resent=False), 422
    return await _signed_in(user_id, HOME)


@blueprint.post("/cadastro/confirmar/reenviar")
@requires(PUBLIC)
async def resend() -> ResponseReturnValue:
    """Another code for a new account."""
    email = _email(await form())
    await _send_code(email, codes.CONFIRM_EMAIL)
    return remembering(email, _go(url_for(".confirm_page", reenviado=1)))


@blueprint.get("/entrar")
@requires(PUBLIC)
async def sign_in_page() -> ResponseReturnValue:
    """The sign-in form; ``continuar`` is the page to go to afterwards."""
    if access.current_viewer():
        return _go(safe_path(query("continuar"), HOME))
    return _sign_in_page({"continuar": query("continuar")}, {})


@blueprint.post("/entrar")
@requires(PUBLIC)
async def sign_in() -> ResponseReturnValue:
    """Check the password and begin a session."""
    typed = await form()
    email = _email(typed)
    await limit_address("sign_in_address")
    await limit("sign_in_account", email)
    try:
        user_id = await accounts.sign_in(email, typed.get("password", ""), passwords=parts().passwords)
    except Refused as error:
        if error.code != "email_unconfirmed":
            return _sign_in_page(typed, {"": sentence(error.code)}), 422
        await _send_code(email, codes.CONFIRM_EMAIL)
        return remembering(email, _go(url_for(".confirm_page")))
    return await _signed_in(user_id, safe_path(typed.get("continuar"), HOME))


@blueprint.post("/sair")
@requires(PUBLIC)
async def sign_out() -> ResponseReturnValue:
    """End the session of this browser; without one there is nothing to do."""
    if token := access.session_token():
        await sessions.end(token)
    return _signed_out()


@blueprint.get("/senha/recuperar")
@requires(PUBLIC)
async def recover_page() -> ResponseReturnValue:
    """Where a new password is asked for."""
    return _page("recover", {})


@blueprint.post("/senha/recuperar")
@requires(PUBLIC)
async def recover() -> ResponseReturnValue:
    """Send a code for a new password, if there is such an account; the answer does not tell."""
    typed = await form()
    email = normal_email(typed.get("email", ""))
    if email is None:
        return _page("recover", typed, {"email": sentence("email_invalid")}), 422
    await _send_code(email, codes.NEW_PASSWORD)
    return remembering(email, _go(url_for(".new_password_page")))


@blueprint.get("/senha/nova")
@requires(PUBLIC)
async def new_password_page() -> ResponseReturnValue:
    """Where the code and the new password are typed."""
    return _page("new_password", {"email": _remembered()})


@blueprint.post("/senha/nova")
@requires(PUBLIC)
async def new_password() -> ResponseReturnValue:
    """Set the new password and ask the person to sign in with it."""
    typed = await form()
    email = _email(typed)
    if faults := password_faults(typed, personal=(email,)):
        return _page("new_password", typed, _sentences(faults)), 422
    await _limit_code_tries(email)
    hashed = await parts().passwords.hash(typed["password"])
    try:
        await accounts.new_password(email, typed.get("code", ""), hashed, **_now_and_secret())
    except Refused as error:
        return _page("new_password", typed, {"code": sentence(error.code)}), 422
    return _go(url_for(".sign_in_page", senha="nova"))


@blueprint.get("/conta")
@requires(SIGNED_IN)
async def account_page() -> ResponseReturnValue:
    """The person's data, where they are signed in, and the form for another password."""
    return await _account_page({})


@blueprint.get("/conta/contato")
@requires(Role.CONSUMER)
async def contact_page() -> ResponseReturnValue:
    """The form of the person's telephone and address."""
    known = await accounts.account(viewer().user_id)
    return _page("contact", asdict(known.contact))


@blueprint.post("/conta/contato")
@requires(Role.CONSUMER)
async def change_contact() -> ResponseReturnValue:
    """Keep another telephone or address."""
    typed = await form()
    try:
        await accounts.change_contact(viewer().user_id, read_contact(typed))
    except Invalid as error:
        return _page("contact", typed, field_sentences(error)), 422
    return _go(url_for(".account_page", contato="novo"))


@blueprint.post("/conta/senha")
@requires(SIGNED_IN)
async def change_password() -> ResponseReturnValue:
    """Change the password; the other browsers are signed out."""
    typed = await form()
    await limit("sign_in_account", viewer().email)
    if faults := password_faults(typed, personal=(viewer().name, viewer().email)):
        return await _account_page(_sentences(faults)), 422
    try:
        await accounts.change_password(
            viewer().user_id,
            typed.get("password_old", ""),
            typed["password"],
            session_id=access.current().session_id,
            passwords=parts().passwords,
            now=parts().clock.now(),
        )
    except Invalid as error:
        return await _account_page(field_sentences(error)), 422
    return _go(url_for(".account_page", senha="nova"))


@blueprint.post("/conta/aparelhos/<int:session_id>/sair")
@requires(SIGNED_IN)
async def sign_out_device(session_id: int) -> ResponseReturnValue:
    """End one of the person's sessions."""
    await sessions.end_one(viewer().user_id, session_id)
    return _go(url_for(".account_page"))


@blueprint.post("/conta/aparelhos/sair")
@requires(SIGNED_IN)
async def sign_out_everywhere() -> ResponseReturnValue:
    """End all of the person's sessions, this one included."""
    await sessions.end_all(viewer().user_id)
    await push_devices.remove_all(viewer().user_id)
    return _signed_out()


def _go(path: str) -> Response:
    """On to another page after a change (303: the browser asks for it with GET)."""
    return cast(Response, redirect(path, 303))


def _page(
    name: str, values: Mapping[str, str], errors: Mapping[str, str] | None = None, **context: Any
) -> str:
    shown = {"values": values, "errors": errors or {}}
    return render(f"accounts/{name}.html", form=shown, states=_STATE_OPTIONS, demo=parts().demo, **context)


def _sign_in_page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return _page("sign_in", values, errors, password_is_new=query("senha") == "nova")


async def _account_page(errors: Mapping[str, str]) -> str:
    now = parts().clock.now()
    return _page(
        "account",
        {},
        errors,
        account=await accounts.account(viewer().user_id),
        devices=await sessions.devices(viewer().user_id, access.current().session_id, now),
        password_is_new=query("senha") == "nova",
        contact_is_new=query("contato") == "novo",
        second_factor=await second_factor.standing(viewer().user_id),
    )


def _sentences(faults: Mapping[str, str]) -> dict[str, str]:
    return {name: sentence(code) for name, code in faults.items()}


def _now_and_secret() -> dict[str, Any]:
    return {"now": parts().clock.now(), "secret": parts().secret_key}


def _email(typed: Mapping[str, str]) -> str:
    """The e-mail typed, in its normal form; nobody's when it is none."""
    return normal_email(typed.get("email", "")) or ""


async def _limit_code_tries(email: str) -> None:
    await limit_address("code_try_address")
    await limit("code_try", email)


async def _send_code(email: str, purpose: str) -> None:
    await limit_address("code_request_address")
    await limit("code_request", email)
    await accounts.send_code(email, purpose, **_now_and_secret())


async def _signed_in(user_id: int, path: str) -> Response:
    """On to the session, or to the second factor before it; the typed e-mail is not needed any more."""
    response = await signing_in.first_step(user_id, path)
    cookies.drop(response, EMAIL_COOKIE)
    return response


def _signed_out() -> Response:
    response = _go(url_for(".sign_in_page"))
    access.drop_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def remembering(email: str, response: Response) -> Response:
    """Keep the typed e-mail in the browser for the next form: an address in a URL would reach logs."""
    value = urlsafe_b64encode(email.encode()).decode()
    cookies.put(response, EMAIL_COOKIE, value, seconds=HOUR_SECONDS)
    return response


def _remembered() -> str:
    try:
        return urlsafe_b64decode(request.cookies.get(EMAIL_COOKIE, "")).decode()
    except ValueError:
        return ""
