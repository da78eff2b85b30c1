"""Every route that changes something: no token, no entry; closed to visitors, other roles, strangers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quart import Quart
from structlog.testing import capture_logs

from app.web import access, csrf
from models.rules.people import Role
from tests.walks.world import World
from tests.web.browser import ORIGIN

ROLE_OF = {
    "consumer": Role.CONSUMER,
    "company": Role.COMPANY,
    "attendant": Role.ATTENDANT,
    "mediator": Role.MEDIATOR,
    "legal": Role.LEGAL,
    "coordinator": Role.COORDINATOR,
    "auditor": Role.AUDITOR,
}

CLAUSE = {"kind": "refund", "debtor": "company", "amount": "10,00", "due_on": "2026-12-10"}
BODIES: dict[str, dict[str, Any]] = {
    "registration.save_draft": {"json": {"revision": 0, "values": {}}},
    "hearings.device_tested": {"json": {"camera": "ok", "microphone": "ok", "speaker": "ok"}},
    "hearing_acts.say": {"form": {"text": "Bom dia.", "audience": "all"}},
    "clauses.propose": {"form": CLAUSE},
    "clauses.revise": {"form": CLAUSE},
    "clauses.preview": {"form": CLAUSE},
    "hearing_minutes.write": {"json": {"text": "Aberta a audiência.", "after": None}},
    "hearing_minutes.apply": {"form": {"template": "no_agreement"}},
    "hearing_minutes.remark": {"form": {"text": "Houve atraso."}},
    "sealed_zone.give": {"form": {"limit": "10,00"}},
    "participation.choose": {"form": {"mode": "audio"}},
    "assistance.devices": {"json": {"camera": "skipped", "microphone": "ok"}},
    "centre.answer": {"form": {"text": "Estou aqui."}},
    "participation.release": {"form": {"reason": "Caiu a luz na casa do consumidor."}},
    "thread.mark_read": {"json": {"last": 1}},
    "reschedule_requests.ask": {"form": {"ask_reason": "Tenho uma cirurgia marcada nesse dia."}},
    "hearing_acts.agree": {"form": {"answer": "agreed"}},
    "hearing_acts.sign": {"form": {"code": "123456", "text_hash": "0" * 64}},
}
"""What the routes are sent that look at the words before they look at the person."""

KEYED = {"news.unsubscribe"}
"""Asked for by mail programs (RFC 8058): a signed token in the address is the key, and without it 404."""

CODE_FIRST = {"hearing_acts.sign"}
"""A stranger has no code, and is told so (422) before it matters whether there is such a hearing."""


def changes(site: Quart, world: World) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of each unsafe route; the things in it belong to the world's case."""
    adapter = site.url_map.bind("localhost")
    values: dict[str, Any] = {
        "case_id": world.names["notified"],
        "hearing_id": world.names["hearing"],
        "document_id": world.names["exhibit"],
        "company_id": world.names["firm"],
        "paper_id": world.names["paper"],
        "recording_id": world.names["recording"],
        "name": "complaint",
        "act": "open",
        "verdict": "deixar",
        "word": "kept",
    }
    for rule in site.url_map.iter_rules():
        arguments = {name: values.get(name, 1) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - csrf.SAFE):
            yield rule.endpoint, method, adapter.build(rule.endpoint, arguments, method=method)


async def status(
    world: World, person: str, method: str, path: str, token: str = "", body: dict[str, Any] | None = None
) -> int:
    """What a person gets for a request, empty or with ``body``, from a page of the site."""
    headers = {"Origin": ORIGIN} | ({csrf.HEADER: token} if token else {})
    response = await world.browsers[person].raw(method, path, headers=headers, **(body or {}))
    return response.status_code


async def tokens(world: World) -> dict[str, str]:
    """Each person's token."""
    for browser in world.browsers.values():
        await browser.get("/privacidade")
    return {name: browser.token for name, browser in world.browsers.items()}


async def test_without_the_token_nothing_changes(whole_site: Quart, world: World) -> None:
    await tokens(world)
    for endpoint, method, path in changes(whole_site, world):
        for person in ("visitor", "consumer", "coordinator"):
            refused = 404 if endpoint in KEYED else 403
            assert await status(world, person, method, path) == refused, f"{endpoint} for {person}"


async def test_visitors_are_sent_to_sign_in(whole_site: Quart, world: World) -> None:
    given = await tokens(world)
    for endpoint, method, path in changes(whole_site, world):
        if access.permission_of(whole_site, endpoint) is not None:
            got = await status(world, "visitor", method, path, given["visitor"])
            assert got == 303, endpoint


async def test_other_roles_are_refused(whole_site: Quart, world: World) -> None:
    given = await tokens(world)
    for endpoint, method, path in changes(whole_site, world):
        roles = access.permission_of(whole_site, endpoint)
        for person, role in ROLE_OF.items():
            if roles is not None and role not in roles:
                got = await status(world, person, method, path, given[person])
                assert got == 403, f"{endpoint} for {person}"


async def test_other_peoples_things_do_not_exist(whole_site: Quart, world: World) -> None:
    given = await tokens(world)
    theirs = ("/casos/", "/audiencias/", "/documentos/")
    own = ("/casos/novo", "/audiencias/ensaio/")
    """Of nobody else, whoever asks."""
    wrong = []
    with capture_logs():
        for endpoint, method, path in changes(whole_site, world):
            roles = access.permission_of(whole_site, endpoint)
            for person, role in (("stranger", Role.CONSUMER), ("competitor", Role.COMPANY)):
                if not path.startswith(theirs) or path.startswith(own) or roles is None or role not in roles:
                    continue
                got = await status(world, person, method, path, given[person], BODIES.get(endpoint))
                if got != (422 if endpoint in CODE_FIRST else 404):
                    wrong.append(f"{method} {path} ({endpoint}) for {person}: {got}")
    assert not wrong, "\n".join(wrong)
