"""Pages of the news: what a person is told by which means, their devices, their number, and unsubscribing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Blueprint, Response, current_app, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.adapters.push import Subscription
from app.i18n import gettext as _
from app.services import news_choices, push_devices
from app.services.news_choices import KINDS
from app.web import csrf, devices
from app.web.access import PUBLIC, SIGNED_IN, requires, viewer
from app.web.errors import field_sentences, sentence
from app.web.forms import choices, form, query
from app.web.limits import limit, limit_address
from app.web.parts import parts
from app.web.render import render
from app.web.today import now
from models.rules.errors import Invalid, Refused
from models.rules.news import CHOSEN, Means, News, choice, may_choose

blueprint = Blueprint("news", __name__)

PAGE = "/conta/avisos"


@blueprint.get(PAGE)
@requires(SIGNED_IN)
async def show() -> str:
    """The choices, the devices and the number of the person."""
    return await _page({})


@blueprint.post(PAGE)
@requires(SIGNED_IN)
async def choose() -> ResponseReturnValue:
    """Keep the choices."""
    typed = await form()
    ticked = [choice(news, Means(means)) for news in CHOSEN for means in await _ticked(news)]
    try:
        await news_choices.choose(
            viewer().user_id, ticked, typed.get("quiet_from", ""), typed.get("quiet_to", "")
        )
    except Invalid as error:
        kept = typed | {f"kind_{news}": await _ticked(news) for news in CHOSEN}
        return await _page(field_sentences(error), kept), 422
    return redirect(url_for(".show", guardado="1"), 303)


async def _ticked(news: News) -> list[str]:
    return [means for means in await choices(f"kind_{news}") if means in set(Means)]


@blueprint.get(f"{PAGE}/trabalhador.js")
@requires(PUBLIC)
async def worker() -> ResponseReturnValue:
    """The worker that shows what was pushed; it lives here and serves no page (ADR 0075)."""
    static: Any = current_app.view_functions["static"]
    response: Response = await static("js/account/push-worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.post(f"{PAGE}/aparelhos")
@requires(SIGNED_IN)
async def add_device() -> ResponseReturnValue:
    """Enter this browser, as its script says (JSON: endpoint, p256dh, auth)."""
    await limit("push_device", viewer().user_id)
    sent = await request.get_json()
    given: dict[str, Any] = sent if isinstance(sent, dict) else {}
    subscription = Subscription(**{n: str(given.get(n, "")) for n in ("endpoint", "p256dh", "auth")})
    label = devices.label(request.headers.get("User-Agent", ""))
    device = await push_devices.add(
        viewer().user_id, subscription, label, accepted=parts().push.accepts, now=now()
    )
    return {"device": device}, 201


@blueprint.post(f"{PAGE}/aparelhos/<int:device_id>/testar")
@requires(SIGNED_IN)
async def test_device(device_id: int) -> ResponseReturnValue:
    """Send a test to one of the person's devices."""
    await limit("push_test", viewer().user_id)
    await push_devices.test(viewer().user_id, device_id, now=now())
    return redirect(url_for(".show", testado=device_id), 303)


@blueprint.post(f"{PAGE}/aparelhos/<int:device_id>/remover")
@requires(SIGNED_IN)
async def remove_device(device_id: int) -> ResponseReturnValue:
    """Nothing more on that device."""
    await push_devices.remove(viewer().user_id, device_id)
    return redirect(url_for(".show"), 303)


@blueprint.post(f"{PAGE}/numero")
@requires(SIGNED_IN)
async def ask_number() -> ResponseReturnValue:
    """Send a code to a telephone number."""
    typed = await form()
    await limit_address("code_request_address")
    await limit("code_request", viewer().user_id)
    try:
        await news_choices.ask_number(
            viewer().user_id,
            typed.get("number", ""),
            agency=parts().profile.agency.name,
            secret=parts().secret_key,
            now=now(),
        )
    except Invalid as error:
        return await _page(field_sentences(error), typed), 422
    return redirect(url_for(".show") + "#numero", 303)


@blueprint.post(f"{PAGE}/numero/confirmar")
@requires(SIGNED_IN)
async def confirm_number() -> ResponseReturnValue:
    """The code that came to the number."""
    typed = await form()
    await limit("code_try", viewer().user_id)
    try:
        await news_choices.confirm_number(
            viewer().user_id, typed.get("code", ""), secret=parts().secret_key, now=now()
        )
    except Refused as error:
        return await _page({"code": sentence(error.code)}, typed), 422
    return redirect(url_for(".show") + "#numero", 303)


@blueprint.post(f"{PAGE}/numero/remover")
@requires(SIGNED_IN)
async def forget_number() -> ResponseReturnValue:
    """No more text messages."""
    await news_choices.forget_number(viewer().user_id)
    return redirect(url_for(".show") + "#numero", 303)


@blueprint.get("/avisos/cancelar/<token>")
@requires(PUBLIC)
async def unsubscribe_page(token: str) -> str:
    """Where the link of an optional e-mail leads: a button, since programs open links too."""
    _user, news = news_choices.read_token(token, secret=parts().secret_key)
    return _unsubscribed(token, news, done=False)


@blueprint.post("/avisos/cancelar/<token>")
@requires(PUBLIC)
@csrf.keyed
async def unsubscribe(token: str) -> str:
    """No more e-mails of that kind: the page's button, or the mail program's own (RFC 8058)."""
    await limit_address("verify_address")
    news = await news_choices.unsubscribe(token, secret=parts().secret_key)
    return _unsubscribed(token, news, done=True)


def _unsubscribed(token: str, news: News, *, done: bool) -> str:
    return render("accounts/unsubscribe.html", token=token, kind=_(KINDS[news]), done=done)


def _possible(news: News) -> list[str]:
    return [means.value for means in Means if may_choose(news, means)]


async def _page(errors: Mapping[str, str], typed: Mapping[str, Any] | None = None) -> str:
    person = viewer().user_id
    known = await news_choices.of_person(person)
    kept = {
        f"kind_{news}": [m.value for m in Means if may_choose(news, m) and known.wants(news, m)]
        for news in CHOSEN
    }
    values = {**kept, "quiet_from": known.quiet_from, "quiet_to": known.quiet_to, **(typed or {})}
    return render(
        "accounts/news.html",
        form={"values": values, "errors": errors},
        kinds=[(news.value, _(KINDS[news]), _possible(news)) for news in CHOSEN],
        known=known,
        devices=await push_devices.of_person(person),
        push_key=parts().push.public_key,
        texts=parts().texts is not None,
        saved=query("guardado") == "1",
        tested=query("testado"),
    )
