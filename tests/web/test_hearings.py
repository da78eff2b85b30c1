"""The hearing room over HTTP: its page for each person, its truth, and the acts that its scripts send."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from quart import Response
from structlog.testing import capture_logs

from app.factory import Application
from app.services import seats, sessions
from models import Clause, Hearing, HearingMessage, Job, Remark, Seat, Signature
from models.rules.hearing import HearingState
from models.rules.people import Viewer
from tests.conftest import START
from tests.factories.hearings import Table, make_table
from tests.web.browser import ORIGIN, Browser

CLAUSE = {
    "kind": "refund",
    "debtor": "company",
    "amount": "1.120,50",
    "instalments": "2",
    "due_on": "2027-01-10",
    "text": "por PIX",
}


class Regions(HTMLParser):
    """Reads a page: the live regions around what the page's scripts hold."""

    KEPT = ("data-preview", "data-tiles", "data-bar")
    VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str | None] = []
        self.around: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        known = dict(attrs)
        for name in self.KEPT:
            if name in known:
                self.around[name] = [region for region in self.open if region]
        if tag not in self.VOID:
            self.open.append(known.get("data-live"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag not in self.VOID:
            self.open.pop()


@dataclass
class Office:
    """A hearing and a browser for each of its people."""

    application: Application
    table: Table

    async def browser(self, viewer: Viewer) -> Browser:
        """Somebody's browser, with the room's page open."""
        browser = Browser(self.application.quart)
        token = await sessions.start(viewer.user_id, now=START, address="", device="")
        browser.keep(sessions.cookie_name(secure=False), token)
        await browser.get(self.path())
        return browser

    def path(self, rest: str = "") -> str:
        """An address of this hearing."""
        return f"/audiencias/{self.table.id}{rest}"

    async def act(self, browser: Browser, rest: str, form: dict[str, str] | None = None) -> Response:
        """An act as the page's scripts send it."""
        return await browser.post(self.path(rest), form, Accept="application/json")

    async def send(self, browser: Browser, rest: str, body: Any, method: str = "PUT") -> Response:
        """A JSON body as the page's scripts send it."""
        headers = {"Origin": ORIGIN, "X-CSRF-Token": browser.token, "Accept": "application/json"}
        return await browser.raw(method, self.path(rest), json=body, headers=headers)


async def text_of(response: Response) -> str:
    return await response.get_data(as_text=True)


@pytest.fixture
async def office(application: Application) -> Office:
    """A hearing that begins in five minutes."""
    return Office(application, await make_table(starts_at=START + timedelta(minutes=5)))


@pytest.fixture
async def session(office: Office) -> Office:
    """The same, everybody in and the hearing open."""
    table = office.table
    for viewer in (table.mediator, table.consumer, table.agent):
        await table.come(viewer, at=START)
    await seats.admit(table.id, table.mediator, None, now=START)
    assert (await office.act(await office.browser(table.mediator), "/conducao/open")).status_code == 204
    return office


async def test_each_person_sees_the_sentence_and_the_controls_of_their_own(office: Office) -> None:
    consumer = await text_of(await (await office.browser(office.table.consumer)).get(office.path()))
    mediator = await text_of(await (await office.browser(office.table.mediator)).get(office.path()))

    assert "A sala de espera está aberta." in consumer
    assert "data-record-url" not in consumer
    assert "/conducao/" not in consumer
    assert "Você ainda não está na sala." in mediator
    assert "data-record-url" in mediator


async def test_the_truth_changes_with_admission(office: Office) -> None:
    table = office.table
    browser = await office.browser(table.consumer)
    entry = await table.come(table.consumer, at=START)
    before = await (await browser.get(office.path("/estado"))).get_json()
    assert (before["me"]["admitted"], before["media"]) == (False, False)
    assert "say" not in before["controls"]

    mediator = await office.browser(table.mediator)
    assert (await office.act(mediator, f"/lugares/{entry.seat}/admitir")).status_code == 204

    after = await (await browser.get(office.path("/estado"))).get_json()
    assert (after["me"]["admitted"], after["media"]) == (True, True)
    assert after["version"] > before["version"]
    inside = [person["name"] for person in after["people"] if person["inside"]]
    assert inside == ["Ana Souza"]


async def test_pictures_stand_outside_of_what_live_pages_replace(session: Office) -> None:
    page = await text_of(await (await session.browser(session.table.consumer)).get(session.path()))
    regions = Regions()
    regions.feed(page)
    assert regions.around == {"data-preview": [], "data-tiles": [], "data-bar": []}


async def test_a_private_room_from_call_to_end_over_http(session: Office) -> None:
    table = session.table
    mediator, ana = await session.browser(table.mediator), await session.browser(table.consumer)
    agent = await session.browser(table.agent)

    async def private(browser: Browser) -> Any:
        return (await (await browser.get(session.path("/estado"))).get_json())["private"]

    assert "Chamar para sala reservada" in await text_of(await mediator.get(session.path()))
    assert "Chamar para sala reservada" not in await text_of(await ana.get(session.path()))
    seat = (await table.seat(table.consumer)).id
    assert (await session.act(mediator, f"/reservadas/chamar/{seat}")).status_code == 204
    call = await private(ana)
    assert (call["part"], call["caller"], call["seconds"]) == ("called", "Rita Melo", 30)
    assert "Rita Melo chama você" in await text_of(await ana.get(session.path()))
    assert await private(agent) is None

    assert (await session.act(ana, f"/reservadas/{call['id']}/atender")).status_code == 204
    assert "Sala reservada com Rita Melo" in await text_of(await ana.get(session.path()))
    truth = await (await agent.get(session.path("/estado"))).get_json()
    assert [person["apart"] for person in truth["people"]] == [True, False, True]
    told = {"text": "só nós dois", "audience": "private"}
    assert (await session.act(ana, "/mensagens", told)).status_code == 204
    assert "só nós dois" in await text_of(await mediator.get(session.path()))
    assert "só nós dois" not in await text_of(await agent.get(session.path()))

    assert (await session.act(ana, "/reservadas/sair")).status_code == 204
    assert [await private(one) for one in (mediator, ana)] == [None, None]
    assert (await session.act(ana, "/mensagens", told)).status_code == 409
    assert (await session.act(ana, "/mensagens", {"text": "x", "audience": "company"})).status_code == 422
    assert (await session.act(mediator, f"/reservadas/{call['id']}/encerrar")).status_code == 204
    assert (await session.act(ana, f"/reservadas/{call['id']}/recusar")).status_code == 409


async def test_hands_word_spotlight_and_silence_over_http(session: Office) -> None:
    table = session.table
    mediator, ana = await session.browser(table.mediator), await session.browser(table.consumer)
    seat, agent = (await table.seat(table.consumer)).id, (await table.seat(table.agent)).id

    for path in ("/mao/levantar", "/mao/baixar", "/mao/levantar"):
        assert (await session.act(ana, path)).status_code == 204
    assert "mão levantada (1ª)" in await text_of(await mediator.get(session.path()))
    for path in (f"/lugares/{seat}/palavra", f"/lugares/{seat}/destaque", "/lugares/silenciar"):
        assert (await session.act(ana, path)).status_code == 403
        assert (await session.act(mediator, path)).status_code == 204
    truth = await (await ana.get(session.path("/estado"))).get_json()
    assert truth["spotlight"] == str(seat)
    muted = {person["seat"]: person["muted"] for person in truth["people"]}
    assert (muted[str(seat)], muted[str(agent)]) == (False, True)
    assert "Você está com a palavra." in await text_of(await ana.get(session.path()))
    for path in ("/palavra/devolver", "/destaque/encerrar", f"/lugares/{seat}/mao"):
        assert (await session.act(mediator, path)).status_code == 204
    hearing = await table.now()
    assert (hearing.floor, hearing.spotlight) == (None, None)


async def test_the_device_test_is_kept_and_read_by_the_mediator(office: Office) -> None:
    browser = await office.browser(office.table.consumer)
    assert (await browser.get(office.path("/teste"))).status_code == 200
    headers = {"Origin": ORIGIN, "X-CSRF-Token": browser.token, "Accept": "application/json"}
    mediator = await office.browser(office.table.mediator)
    opened = {"camera": "ok", "microphone": "ok"}
    await browser.raw("POST", office.path("/aparelho"), json=opened, headers=headers)
    only_entered = "aparelho não testado; ao entrar, abriu câmera e microfone"
    assert only_entered in await text_of(await mediator.get(office.path()))

    found = {"camera": "ok", "microphone": "failed", "speaker": "ok"}
    kept = await browser.raw("POST", office.path("/teste"), json=found, headers=headers)
    assert kept.status_code == 204
    wrong = await browser.raw("POST", office.path("/teste"), json={"camera": "great"}, headers=headers)
    assert wrong.status_code == 422

    assert "problema no teste: microfone" in await text_of(await mediator.get(office.path()))
    found |= {"microphone": "ok"}
    await browser.raw("POST", office.path("/teste"), json=found, headers=headers)
    assert "aparelho testado em parte; sem teste: rede" in await text_of(await mediator.get(office.path()))


async def test_parties_conduct_nothing(session: Office) -> None:
    consumer = await session.browser(session.table.consumer)
    seat = (await session.table.seat(session.table.agent)).id
    for rest in (
        "/conducao/pause",
        "/encerrar",
        "/lugares/admitir",
        f"/lugares/{seat}/silenciar",
        f"/lugares/{seat}/devolver",
        "/texto/fechar",
        "/texto/reabrir",
    ):
        assert (await session.act(consumer, rest)).status_code == 403, rest
    assert (await session.send(consumer, "/ata/paragrafos", {"text": "x"}, "POST")).status_code == 403
    assert (await session.act(consumer, "/ata/modelo", {"template": "no_agreement"})).status_code == 403
    assert (await session.act(consumer, "/reserva/abrir")).status_code == 403
    assert (await Hearing.get(id=session.table.id)).state is HearingState.IN_SESSION


async def test_unknown_acts_and_values_are_refused(session: Office) -> None:
    mediator = await session.browser(session.table.mediator)
    assert (await session.act(mediator, "/conducao/close")).status_code == 404
    assert (await session.act(mediator, "/conducao/dance")).status_code == 404
    assert (await session.act(mediator, "/texto/fechar", {"outcome": "victory"})).status_code == 422
    for body in (None, {}, {"text": 1, "revision": 1}, {"text": "x", "revision": "1"}, []):
        assert (await session.send(mediator, "/ata/paragrafos/1", body)).status_code in (400, 422), body
    for body in (None, {}, {"text": 1}, {"text": " "}, {"text": "x", "after": "1"}):
        made = await session.send(mediator, "/ata/paragrafos", body, "POST")
        assert made.status_code in (400, 422), body
    assert (await session.act(mediator, "/ata/modelo", {"template": "opening"})).status_code == 422
    for form, code in (
        ({"outcome": "company_absent"}, "cause"),
        ({"outcome": "no_agreement", "cause": "of_agency"}, "cause"),
    ):
        refused = await session.act(mediator, "/texto/fechar", form)
        assert (refused.status_code, set((await refused.get_json())["fields"])) == (422, {code})


async def test_mute_and_send_back(session: Office) -> None:
    mediator = await session.browser(session.table.mediator)
    seat = await session.table.seat(session.table.consumer)
    for rest, column, value in (
        ("silenciar", "muted", True),
        ("liberar", "muted", False),
        ("devolver", "admitted", False),
    ):
        assert (await session.act(mediator, f"/lugares/{seat.id}/{rest}")).status_code == 204
        assert getattr(await Seat.get(id=seat.id), column) is value


async def test_what_is_said_appears_escaped_for_the_others(session: Office) -> None:
    consumer = await session.browser(session.table.consumer)
    assert (await session.act(consumer, "/mensagens", {"text": "<b>Oi</b>"})).status_code == 204
    assert (await session.act(consumer, "/mensagens", {"text": " "})).status_code == 422

    agent = await session.browser(session.table.agent)
    page = await text_of(await agent.get(session.path()))
    assert "&lt;b&gt;Oi&lt;/b&gt;" in page
    assert await HearingMessage.all().count() == 1


async def test_minutes_are_read_along_and_a_late_window_gets_the_newer_text(session: Office) -> None:
    mediator = await session.browser(session.table.mediator)
    made = await session.send(mediator, "/ata/paragrafos", {"text": "Ata em curso."}, "POST")
    paragraph = (await made.get_json())["paragraph"]
    assert (made.status_code, await made.get_json()) == (201, {"paragraph": paragraph, "revision": 1})
    path = f"/ata/paragrafos/{paragraph}"
    saved = await session.send(mediator, path, {"revision": 1, "text": "Ata <b>em curso</b>."})
    assert (saved.status_code, await saved.get_json()) == (200, {"revision": 2})

    late = await session.send(mediator, path, {"revision": 1, "text": "Outra."})
    answer = await late.get_json()
    assert (late.status_code, answer["revision"], answer["by"]) == (409, 2, "Rita Melo")
    assert answer["text"] == "Ata <b>em curso</b>."

    page = await text_of(await mediator.get(session.path()))
    assert session.path("/ata/minuta.pdf") in page
    draft = await mediator.get(session.path("/ata/minuta.pdf"))
    assert (draft.status_code, draft.mimetype) == (200, "application/pdf")
    data = json.loads((await draft.get_data()).partition(b"\n")[2])
    assert (data["title"], data["check"], data["outcome"]) == (
        "Minuta: Termo de audiência",
        None,
        "Ainda não escolhido",
    )
    assert data["paragraphs"][-1]["text"] == "Ata <b>em curso</b>."

    consumer = await session.browser(session.table.consumer)
    assert (await consumer.get(session.path("/ata/minuta.pdf"))).status_code == 403
    page = await text_of(await consumer.get(session.path()))
    assert "Ata &lt;b&gt;em curso&lt;/b&gt;." in page
    assert "Rita Melo, às" in page
    assert (await session.act(consumer, f"{path}/observacoes", {"text": "Houve atraso."})).status_code == 204
    assert "Houve atraso." in await text_of(await mediator.get(session.path()))
    remark = (await Remark.get()).id
    assert (await session.act(mediator, f"/ata/observacoes/{remark}/dancar")).status_code == 404
    assert (await session.act(mediator, f"/ata/observacoes/{remark}/aceitar")).status_code == 204
    assert "pediu que constasse: “Houve atraso.”" in await text_of(await consumer.get(session.path()))
    assert (await session.act(mediator, f"{path}/remover", {"revision": "1"})).status_code == 409
    assert (await session.act(mediator, f"{path}/remover", {"revision": "2"})).status_code == 204


async def test_a_sealed_limit_is_on_no_page_and_in_no_answer(session: Office) -> None:
    table = session.table
    browsers = [await session.browser(one) for one in (table.consumer, table.agent, table.mediator)]
    consumer, agent, mediator = browsers
    assert (await session.act(mediator, "/reserva/abrir")).status_code == 204
    with capture_logs() as logs:
        first = await session.act(consumer, "/reserva/limite", {"limit": "7.654,32"})
        assert (first.status_code, await first.get_data()) == (204, b"")
        wrong = await session.act(agent, "/reserva/limite", {"limit": "8.765.43"})
        assert (wrong.status_code, (await wrong.get_json())["fields"].keys()) == (422, {"limit"})
        assert "8.765" not in await text_of(wrong)
        pages = [await text_of(await one.get(session.path())) for one in browsers]
        assert (await session.act(agent, "/reserva/limite", {"limit": "7.654,31"})).status_code == 204
        pages += [await text_of(await one.get(session.path())) for one in browsers]
        pages += [await text_of(await one.get(session.path("/estado"))) for one in browsers]
    assert all("os dois limites ainda não se encontram" in page for page in pages[3:6])
    said = "".join([*pages, str(logs)])
    assert not any(limit in said for limit in ("7.654", "7654", "765432", "765431"))


async def test_a_clause_is_shown_while_it_is_typed(session: Office) -> None:
    agent = await session.browser(session.table.agent)
    shown = await text_of(await session.act(agent, "/clausulas/previa", {**CLAUSE, "instalments": "3"}))
    assert [amount in shown for amount in ("373,50", "1.120,50")] == [True, True]
    assert shown.count("<tr>") == 5
    wrong = await text_of(await session.act(agent, "/clausulas/previa", {**CLAUSE, "fine_percent": "101"}))
    assert "de 1 a 100 por cento" in wrong
    assert not await Clause.exists()


async def test_a_clause_changed_meanwhile_is_said_with_its_words(session: Office) -> None:
    agent = await session.browser(session.table.agent)
    mediator = await session.browser(session.table.mediator)
    await session.act(agent, "/clausulas", CLAUSE)
    path = f"/clausulas/{(await Clause.get()).id}"
    assert (await session.act(mediator, path, {**CLAUSE, "place": "na loja"})).status_code == 204
    late = await session.act(agent, path, {**CLAUSE, "place": "em casa"})
    answer = await late.get_json()
    assert (late.status_code, answer["error"]) == (409, "clause_changed")
    assert "Local: na loja." in answer["message"]
    page = await text_of(await agent.get(session.path()))
    assert "Versões anteriores (1)" in page


async def test_a_clause_from_its_form_to_both_acceptances(session: Office) -> None:
    agent = await session.browser(session.table.agent)
    wrong = await session.act(agent, "/clausulas", {**CLAUSE, "amount": "muito", "due_on": "ontem"})
    answer = await wrong.get_json()
    assert wrong.status_code == 422
    assert set(answer["fields"]) == {"amount", "due_on"}

    assert (await session.act(agent, "/clausulas", CLAUSE)).status_code == 204
    clause = await Clause.get()
    assert (clause.amount_cents, clause.instalments) == (112_050, 2)
    consumer = await session.browser(session.table.consumer)
    page = await text_of(await consumer.get(session.path()))
    assert "restituir o valor de R$ 1.120,50, em 2 parcelas mensais" in page
    assert f"/clausulas/{clause.id}/aceitar" in page

    assert (await session.act(consumer, f"/clausulas/{clause.id}/aceitar")).status_code == 204
    assert f"/clausulas/{clause.id}/aceitar" not in await text_of(await consumer.get(session.path()))
    assert (await session.act(agent, f"/clausulas/{clause.id}/retirar")).status_code == 403


async def test_from_frozen_text_to_signatures_and_the_end(session: Office) -> None:
    table = session.table
    browsers = {
        viewer: await session.browser(viewer) for viewer in (table.consumer, table.agent, table.mediator)
    }
    await session.act(browsers[table.agent], "/clausulas", CLAUSE)
    clause = await Clause.get()
    await session.act(browsers[table.consumer], f"/clausulas/{clause.id}/aceitar")
    frozen = await session.act(browsers[table.mediator], "/texto/fechar", {"outcome": "full_agreement"})
    assert frozen.status_code == 204
    early = await session.act(browsers[table.mediator], "/encerrar")
    assert (early.status_code, (await early.get_json())["error"]) == (409, "signatures_missing")

    for viewer, browser in browsers.items():
        shown = (await table.now()).text_hash
        assert shown in await text_of(await browser.get(session.path()))
        assert (await session.act(browser, "/assinatura/codigo")).status_code == 204
        letter = await Job.filter(kind="letter").order_by("-id").first()
        code = letter.payload["subject"][:6]  # type: ignore[union-attr]
        wrong = "000000" if code != "000000" else "111111"
        refused = await session.act(browser, "/assinatura", {"code": wrong, "text_hash": shown})
        assert (refused.status_code, (await refused.get_json())["error"]) == (422, "code_wrong")
        signed = await session.act(browser, "/assinatura", {"code": code, "text_hash": shown})
        assert signed.status_code == 204, viewer

    assert await Signature.all().count() == 3
    assert (await session.act(browsers[table.mediator], "/encerrar")).status_code == 204
    page = await text_of(await browsers[table.consumer].get(session.path()))
    assert "O termo está sendo selado." in page
    assert 'data-phase="over"' in page


async def test_without_scripts_an_act_comes_back_to_the_room(session: Office) -> None:
    consumer = await session.browser(session.table.consumer)
    answer = await consumer.post(session.path("/mensagens"), {"text": "Bom dia"})
    assert (answer.status_code, answer.headers["Location"]) == (303, session.path())
