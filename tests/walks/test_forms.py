"""Every form keeps what was typed: each one that a page of the walk shows is sent with something wrong.

A form of every endpoint is filled, field by field, with words that can be found again and with choices that
it did not have at first; many are wrong by that alone, and ``WRONG`` says for the others what is. The answer
is a page that holds every typed value, and where the form stands again, every choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from quart import Quart
from structlog.testing import capture_logs
from werkzeug.exceptions import HTTPException

from tests.flows.page import Element, Form, Page
from tests.walks.table import TABLE
from tests.walks.world import PEOPLE, STATES, World
from tests.web.browser import ORIGIN

SITE = "http://localhost"
TYPED = {
    "text": "Palavras de {name} que ficam",
    "search": "Palavras de {name} que ficam",
    "email": "endereco-{name}",
    "tel": "12{name}",
    "number": "7",
    "date": "2001-02-03",
    "time": "03:04",
    "datetime-local": "2001-02-03T04:05",
    "month": "2001-02",
}
"""What is typed into a field of each type; passwords, files and hidden fields are never written back."""

LONG = " ".join(["palavras"] * 2000)
WRONG: dict[str, dict[str, str]] = {
    "assistance.ask": {"text": LONG},
    "attendance.create": {"question": "curta"},
    "attendance.rate": {"rating_text": LONG},
    "attendance.ex_officio": {"company_name": "X"},
    "bulk_answers.answer": {"answer": "curta"},
    "cases.add_note": {"note": LONG},
    "negotiation.answer": {"answer": "curta"},
    "negotiation.reply": {"reply": LONG},
    "news.choose": {"quiet_from": "99:99"},
    "offers.refuse": {"reason": LONG},
    "preliminary.call": {"said": LONG},
    "registration.supply": {"text": LONG},
    "scheduling.cancel": {"cancel_reason": LONG},
    "terms.add": {"first": "ontem"},
    "thread.write": {"message": LONG},
    "triage.ask": {"ask_reason": LONG},
    "triage.refuse": {"refuse_reason": LONG},
    "wallet.decide": {"reason": LONG},
}
"""What makes a form wrong that its typed words leave right."""

FORMS = 45

PAGES = (*TABLE, *((f"/casos/{{{state}}}", (200,) * len(PEOPLE)) for state in STATES))


@dataclass(frozen=True)
class Found:
    """A form of an endpoint as one person saw it first."""

    person: str
    page: str
    path: str
    form: Form


async def test_every_form_keeps_what_was_typed(whole_site: Quart, world: World) -> None:
    lost = []
    with capture_logs() as logs:
        forms = await _forms(whole_site, world)
        for endpoint, found in sorted(forms.items()):
            lost += [f"{endpoint} ({found.page}): {fault}" for fault in await _faults(endpoint, found, world)]
    crashed = {repr(line["exc_info"]) for line in logs if line["event"] == "request_failed"}
    assert not lost, "\n".join([*lost, *crashed])
    assert len(forms) >= FORMS, "the walk finds fewer forms than it did"


async def _forms(site: Quart, world: World) -> dict[str, Found]:
    """By endpoint, the first form with a field to type in that anybody of the walk is shown."""
    adapter = site.url_map.bind("localhost")
    forms: dict[str, Found] = {}
    for address, expected in PAGES:
        path = address.format(**world.names)
        for person, status in zip(PEOPLE, expected, strict=True):
            if status != 200 or path.endswith((".pdf", ".csv", ".json", ".js", "/dados", "/estado")):
                continue
            page = await _opened(world, person, path)
            if page is None:
                continue
            for form in _posted(page):
                try:
                    endpoint, _arguments = adapter.match(urlsplit(form.action).path, method="POST")
                except HTTPException:
                    continue
                if any(True for _name, _kind in _fields(form.element)):
                    forms.setdefault(endpoint, Found(person, address, path, form))
    return forms


async def _opened(world: World, person: str, path: str) -> Page | None:
    response = await world.browsers[person].get(path)
    html = await response.get_data(as_text=True)
    return Page(f"{SITE}{path}", response.status_code, html) if "<main" in html else None


def _posted(page: Page) -> Iterator[Form]:
    for element in page.root.every("form", method="post"):
        action = element.attributes.get("action") or page.url
        yield Form(element, action if action.startswith("http") else f"{SITE}{action}")


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    """The names of the fields that somebody types in, with their types."""
    for control in form.every():
        name, kind = control.attributes.get("name", ""), control.attributes.get("type", "text")
        if name and control.tag == "textarea":
            yield name, "text"
        elif name and control.tag == "input" and kind in TYPED:
            yield name, kind


def _chosen(form: Form) -> dict[str, str | list[str]]:
    """By name, what somebody chooses: the last of a list and of radio buttons, every box."""
    chosen: dict[str, str | list[str]] = {}
    for control in form.element.every():
        name, kind = control.attributes.get("name", ""), control.attributes.get("type", "text")
        if name and control.tag == "select":
            values = [option.attributes["value"] for option in control.every("option")]
            chosen[name] = values[-1] if values else ""
        elif name and control.tag == "input" and kind == "radio":
            chosen[name] = control.attributes.get("value", "on")
        elif name and control.tag == "input" and kind == "checkbox":
            ticked = chosen.setdefault(name, [])
            assert isinstance(ticked, list)
            ticked.append(control.attributes.get("value", "on"))
    return {name: value for name, value in chosen.items() if value}


async def _faults(endpoint: str, found: Found, world: World) -> list[str]:
    wrong = WRONG.get(endpoint, {})
    typed = {name: TYPED[kind].format(name=name[:6]) for name, kind in _fields(found.form.element)} | wrong
    chosen = _chosen(found.form)
    sent = {name: value for name, value in found.form.filled({}) if name != "csrf_token"} | chosen | typed
    browser = world.browsers[found.person]
    await browser.get(found.path)
    url = urlsplit(found.form.action)
    response = await browser.raw(
        "POST",
        f"{url.path}?{url.query}" if url.query else url.path,
        data=urlencode(sent, doseq=True),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": ORIGIN,
            "X-CSRF-Token": browser.token,
        },
    )
    if 300 <= response.status_code < 400:
        return [f"accepted {typed} with {response.status_code}: say in WRONG what is wrong"]
    page = Page(found.form.action, response.status_code, await response.get_data(as_text=True))
    fields = {control.attributes.get("value", "") for control in page.root.every("input")}
    lost = [
        f"{response.status_code} loses {name} = {value[:40]!r}"
        for name, value in typed.items()
        if value not in fields and value not in page.main.text
    ]
    kept = [value for form in _posted(page) if form.action == found.form.action for value in form.filled({})]
    lost += [
        f"{response.status_code} loses the choice {name} = {one}"
        for name, value in (chosen.items() if kept else ())
        for one in ([value] if isinstance(value, str) else value)
        if name not in wrong and (name, one) not in kept
    ]
    return lost
