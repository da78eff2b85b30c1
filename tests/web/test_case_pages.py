"""The pages of a case's course over HTTP: who may open them, what they show, what a refusal keeps."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any, cast

import pytest
from quart import Quart, Response

from app.adapters.clock import FakeClock
from app.adapters.seal import FakeSeal, SealReport
from app.parts import Parts
from app.services import notices
from app.services.notices import Choice
from models import (
    Case,
    Company,
    Document,
    DocumentKind,
    Hearing,
    Job,
    Notice,
    Offer,
    Representation,
    User,
)
from models.rules.case_machine import State
from models.rules.people import Role, Viewer
from tests.factories.people import NOW, make_company, make_user
from tests.services.parties import ANSWER_TERM, NoHolidays, Parties, make_parties
from tests.web.browser import ORIGIN, Browser, SignIn


class NoSeal(FakeSeal):
    """A seal that finds none."""

    async def sign(self, pdf: bytes, reason: str, location: str, name: str) -> bytes:
        """The same file."""
        return pdf

    async def verify(self, pdf: bytes) -> SealReport:
        """Nothing is sealed."""
        return SealReport(sealed=False)


@pytest.fixture
def page_parts(fake_parts: Parts, clock: FakeClock) -> Parts:
    """Without holidays, and nothing is sealed."""
    return replace(fake_parts, clock=clock, holidays=NoHolidays(), seal=NoSeal())


async def _text(response: Response) -> str:
    return cast(str, await response.get_data(as_text=True))


def _ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


async def _case_page(browser: Browser, people: Parties) -> str:
    response = await browser.get(f"/casos/{people.case.id}")
    assert response.status_code == 200
    return await _text(response)


async def test_each_side_sees_its_page_of_the_case(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    for viewer in (people.consumer, people.agent, people.attendant, people.coordinator):
        html = await _case_page(await enter(viewer), people)
        assert f'data-live-case="{people.case.id}"' in html
        ids = _ids(html)
        assert len(ids) == len(set(ids)), "an id appears twice"
        assert ("Rua Secreta" in html) == (viewer in (people.attendant, people.coordinator))
        assert ("Responder à reclamação" in html) == (viewer is people.agent)
    strangers = await make_parties(State.NOTIFIED)
    for viewer in (strangers.consumer, strangers.agent):
        assert (await (await enter(viewer)).get(f"/casos/{people.case.id}")).status_code == 404


async def test_answer_offer_counter_and_acceptance(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    agent, consumer = await enter(people.agent), await enter(people.consumer)
    path = f"/casos/{people.case.id}"
    await agent.get(path)
    assert (await agent.post(f"{path}/resposta", {"answer": "Vamos devolver o valor."})).status_code == 303
    sent = _offer_form(amount="1.234,50", instalments="2")
    previewed = await agent.post(f"{path}/propostas", sent | {"do": "preview"})
    assert "restituir o valor de R$ 1.234,50, em 2 parcelas mensais" in await _text(previewed)
    assert not await Offer.exists()
    assert (await agent.post(f"{path}/propostas", sent)).status_code == 303
    offer = await Offer.get()

    html = await _case_page(consumer, people)
    assert "Vamos devolver o valor." in html
    assert "R$ 1.234,50" in html
    own = f"{path}/propostas/{offer.id}"
    page = await _text(await consumer.get(own))
    assert f'value="{offer.text_hash}"' in page
    assert "Parcela 2: R$ 617,25" in page

    assert (await consumer.post(f"{own}/codigo")).status_code == 200
    letter = await Job.get(unique_key__startswith=f"letter:accept:{offer.id}")
    code = letter.payload["subject"][:6]
    given = {"text_hash": offer.text_hash, "code": code}
    unread = await consumer.post(f"{own}/aceitar", given)
    assert unread.status_code == 422
    assert f'value="{code}"' in await _text(unread)
    wrong = await consumer.post(f"{own}/aceitar", given | {"read": "1", "code": "1"})
    assert "Código incorreto" in await _text(wrong)
    assert (await agent.post(f"{own}/aceitar", given | {"read": "1"})).status_code == 409
    assert (await consumer.post(f"{own}/aceitar", given | {"read": "1"})).status_code == 303
    assert (await Case.get(id=people.case.id)).state is State.FULFILMENT
    assert "a cumprir" in await _case_page(consumer, people)


def _offer_form(number: int = 1, **typed: str) -> dict[str, str]:
    """The form of an offer with one obligation, as a browser sends it."""
    own = {"kind": "refund", "debtor": "company", "amount": "100,00", "due_on": "2026-12-20"} | typed
    return {"count": str(number), "seen": "", "note": ""} | {f"c1_{name}": v for name, v in own.items()}


async def test_the_form_of_an_offer_grows_and_shrinks_and_loses_nothing(enter: SignIn) -> None:
    people = await make_parties(State.ANSWERED)
    consumer = await enter(people.consumer)
    path = f"/casos/{people.case.id}/propostas"
    assert (await consumer.get(f"{path}/nova")).status_code == 200
    grown = await _text(await consumer.post(path, _offer_form(text="Por PIX.") | {"do": "add"}))
    assert 'name="count" value="2"' in grown
    assert "Por PIX.</textarea>" in grown
    second = {
        "c2_kind": "do",
        "c2_debtor": "company",
        "c2_text": "Buscar a geladeira.",
        "c2_due_on": "2026-12-21",
    }
    shrunk = await _text(await consumer.post(path, _offer_form(2) | second | {"do": "remove_1"}))
    assert 'name="count" value="1"' in shrunk
    assert "Buscar a geladeira.</textarea>" in shrunk
    wrong = await consumer.post(path, _offer_form(2) | second | {"c2_due_on": "", "c1_amount": "12.50"})
    html = await _text(wrong)
    assert wrong.status_code == 422
    assert "Escreva o valor" in html
    assert "Buscar a geladeira.</textarea>" in html
    sent = await consumer.post(path, _offer_form(2, text="Por PIX.") | second)
    assert sent.status_code == 303
    offer = await Offer.get()
    assert "Cláusula 2. A empresa obriga-se a fazer, até 21/12/2026: Buscar a geladeira." in offer.final_text
    again = await _text(await consumer.get(f"{path}/nova"))
    assert "Buscar a geladeira.</textarea>" in again
    assert "Trocar a proposta" in again
    assert (await consumer.post(f"{path}/{offer.id}/retirar")).status_code == 303


async def test_what_was_typed_stays_when_it_is_refused(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    agent, consumer = await enter(people.agent), await enter(people.consumer)
    path = f"/casos/{people.case.id}"
    await agent.get(path)
    short = await agent.post(f"{path}/resposta", {"answer": "curto demais"})
    assert short.status_code == 422
    assert "curto demais</textarea>" in await _text(short)
    await agent.post(f"{path}/propostas", _offer_form(text="Primeira"))
    first = await Offer.get()
    await _case_page(consumer, people)
    seen = {"seen": str(first.id)}
    await agent.post(f"{path}/propostas", _offer_form(text="Segunda", amount="200,00") | seen)

    late = await consumer.post(f"{path}/propostas", _offer_form(text="Quero três vezes isso") | seen)
    html = await _text(late)
    assert late.status_code == 409
    assert "A negociação mudou enquanto você lia: agora vale a versão 2" in html
    assert "valor: de R$ 100,00 para R$ 200,00" in html
    assert "Quero três vezes isso</textarea>" in html
    assert "Segunda" in html
    refused = await consumer.post(f"{path}/propostas/{first.id}/recusar", {"reason": "É pouco demais."})
    html = await _text(refused)
    assert refused.status_code == 409
    assert "É pouco demais." in html
    assert "O que está em aberto agora" in html
    given = {"text_hash": first.text_hash, "read": "1", "code": "123456"}
    assert (await consumer.post(f"{path}/propostas/{first.id}/aceitar", given)).status_code == 409


async def test_staff_notifies_a_new_company_and_its_person_lands_on_the_case(
    enter: SignIn, pages: Quart
) -> None:
    people = await make_parties(State.UNDER_ANALYSIS)
    staff = await enter(people.attendant)
    path = f"/casos/{people.case.id}/notificar"
    assert "Loja do Bairro" in await _text(await staff.get(path))
    typed = {"company": "new", "legal_name": "Loja do Bairro Ltda.", "cnpj": "1", "email": "loja@exemplo.com"}
    refused = await staff.post(path, typed)
    assert refused.status_code == 422
    assert "loja@exemplo.com" in await _text(refused)
    assert (await staff.post(path, typed | {"cnpj": "12.ABC.345/01DE-35"})).status_code == 303

    company = await Company.get(cnpj="12ABC34501DE35")
    notice = await Notice.get(case_id=people.case.id)
    public = await _text(await Browser(pages).get(f"/notificacao/{notice.code}"))
    assert "Loja do Bairro Ltda." in public
    assert people.consumer.name not in public
    assert "geladeira" not in public

    await Representation.create(company=company, user_id=people.agent.user_id, power="agent", may_settle=True)
    agent = await enter(people.agent)
    landed = await agent.get(f"/notificacao/{notice.code}")
    assert landed.headers["Location"] == f"/casos/{people.case.id}"
    await notice.refresh_from_db()
    assert notice.opened_at == NOW


async def test_another_companys_person_reads_only_what_everybody_reads(enter: SignIn) -> None:
    people, others = await make_parties(State.UNDER_ANALYSIS), await make_parties(State.NOTIFIED)
    code = await notices.notify(
        people.case.id, people.attendant, Choice(people.company.id), now=NOW, rules=ANSWER_TERM
    )
    response = await (await enter(others.agent)).get(f"/notificacao/{code}")
    assert response.status_code == 200
    assert (await Notice.get()).opened_at is None


async def test_a_mediator_schedules_and_cancels(enter: SignIn) -> None:
    people = await make_parties(State.ANSWERED)
    mediator = await enter(people.mediator)
    path = f"/casos/{people.case.id}/audiencia"
    assert (await mediator.get(path)).status_code == 200
    typed = {"date": "2026-11-24", "time": "14:00", "minutes": "40"}
    refused = await mediator.post(path, typed)
    assert refused.status_code == 422
    assert "prazo de convocação" in await _text(refused)
    assert (await mediator.post(path, {"date": "x", "time": "y", "minutes": "z"})).status_code == 422
    assert (await mediator.post(path, typed | {"short_notice": "1"})).status_code == 303
    hearing = await Hearing.get()
    assert people.consumer.name in await _text(await mediator.get("/agenda?de=2026-11-24"))

    html = await _case_page(mediator, people)
    assert len(_ids(html)) == len(set(_ids(html)))
    empty = await mediator.post(f"/audiencias/{hearing.id}/cancelar", {"cancel_reason": ""})
    assert empty.status_code == 422
    done = await mediator.post(f"/audiencias/{hearing.id}/cancelar", {"cancel_reason": "Falta de luz"})
    assert done.status_code == 303
    assert "Falta de luz" in await _case_page(mediator, people)


async def test_lists_and_panels_open_for_each_role(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    assert people.case.protocol is not None
    for viewer in (people.consumer, people.agent, people.attendant, people.mediator, people.coordinator):
        panel_page = await (await enter(viewer)).get("/painel")
        assert panel_page.status_code == 200
    listed = await (await enter(people.attendant)).get("/casos?situacao=notified&busca=pessoa")
    assert people.case.protocol in await _text(listed)
    assert "O que falta fazer" in await _text(await (await enter(people.agent)).get("/painel"))


async def test_staff_keeps_the_register_and_a_coordinator_invites(enter: SignIn) -> None:
    people = await make_parties(State.NOTIFIED)
    coordinator, attendant = await enter(people.coordinator), await enter(people.attendant)
    await coordinator.get("/empresas/nova")
    made = await coordinator.post("/empresas", {"cnpj": "11.222.333/0001-81", "legal_name": "Casa Nova S.A."})
    path = made.headers["Location"]
    invited = await coordinator.post(
        f"{path}/pessoas",
        {
            "person_name": "Ana Preposta",
            "person_email": "ana@casa.example",
            "power": "agent",
            "may_settle": "1",
        },
    )
    assert invited.status_code == 303
    user = await User.get(email="ana@casa.example")
    html = await _text(await coordinator.get(path))
    assert "ainda sem senha" in html
    assert len(_ids(html)) == len(set(_ids(html)))
    wrong = await coordinator.post(f"{path}/pessoas", {"person_email": "x"})
    assert wrong.status_code == 422
    assert "campo-person_email" in await _text(wrong)
    await attendant.get(path)
    assert (await attendant.post(f"{path}/pessoas", {})).status_code == 403
    assert (await coordinator.post(f"{path}/pessoas/{user.id}/desligar")).status_code == 303


async def test_the_look_up_is_json_for_people_who_are_signed_in(enter: SignIn, pages: Quart) -> None:
    company = await make_company(search="12abc casa nova", trade_name="Casa Nova")
    consumer = await enter((await make_parties(State.NOTIFIED)).consumer)
    answer = await (await consumer.get("/empresas/busca?q=nova")).get_json()
    assert [(one["id"], one["name"]) for one in answer["companies"]] == [(company.id, "Casa Nova")]
    assert (await Browser(pages).get("/empresas/busca?q=nova", Accept="application/json")).status_code == 401


async def _check(pages: Quart, data: bytes, query: str = "") -> dict[str, Any]:
    browser = Browser(pages)
    await browser.get("/verificar")
    response = await browser.raw(
        "POST",
        f"/verificar{query}",
        data=data,
        headers={
            "Origin": ORIGIN,
            "X-CSRF-Token": browser.token,
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
        },
    )
    assert response.status_code == 200
    return cast(dict[str, Any], await response.get_json())


async def test_anybody_verifies_a_document(pages: Quart, page_parts: Parts) -> None:
    people = await make_parties(State.FULFILMENT)
    content = b"%PDF-1.7 termo"
    document = await Document.create(
        case=people.case,
        kind=DocumentKind.MINUTES,
        sides="consumer,company,staff",
        filename="termo.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=await page_parts.storage.put(content),
        at=NOW,
        attached_at=NOW,
        code="ABCD-EFGH-JKLM",
    )
    visitor = Browser(pages)
    typed = await visitor.get("/verificar?codigo=abcd efgh jklm")
    assert typed.headers["Location"] == "/verificar/ABCD-EFGH-JKLM"
    html = await _text(await visitor.get("/verificar/ABCD-EFGH-JKLM"))
    assert document.sha256 in html
    assert "Termo de audiência" in html
    assert people.consumer.name not in html
    assert (await visitor.get("/verificar/AAAA-AAAA-AAAA")).status_code == 404

    found = await _check(pages, content)
    assert (found["verdict"], dict(found["document"])["Processo"]) == ("authentic", people.case.protocol)
    assert (await _check(pages, content + b" "))["verdict"] == "unknown"
    changed = await _check(pages, content + b" ", "?codigo=ABCDEFGHJKLM")
    assert changed["verdict"] == "changed"
    assert "há 1 byte a mais" in changed["details"][0]
    await page_parts.storage.delete(document.storage_key)
    lost = await _check(pages, content + b" ", "?codigo=ABCDEFGHJKLM")
    assert (lost["verdict"], lost["details"]) == ("changed", [])


async def test_notes_stay_with_the_staff_and_the_lead_archives(enter: SignIn) -> None:
    people = await make_parties(State.NO_AGREEMENT)
    attendant, coordinator = await enter(people.attendant), await enter(people.coordinator)
    path = f"/casos/{people.case.id}"
    await attendant.get(path)
    await attendant.post(f"{path}/anotacoes", {"note": "Reincidente."})
    assert "Reincidente." in await _case_page(attendant, people)
    assert "Reincidente." not in await _case_page(await enter(people.consumer), people)
    assert (await attendant.post(f"{path}/arquivar", {"archive_reason": "x"})).status_code == 403
    await coordinator.get(path)
    assert (await coordinator.post(f"{path}/arquivar", {"archive_reason": ""})).status_code == 422
    assert (await coordinator.post(f"{path}/arquivar", {"archive_reason": "Sem acordo"})).status_code == 303
    auditor = await make_user(Role.AUDITOR, cpf=None)
    seen = await enter(Viewer(auditor.id, auditor.role, auditor.name, auditor.email))
    assert 'name="note"' not in await _case_page(seen, people)


@pytest.mark.parametrize(
    ("side", "act", "field"),
    [
        ("agent", "resposta", "answer"),
        ("attendant", "ligacoes", "said"),
        ("coordinator", "arquivar", "archive_reason"),
    ],
)
async def test_who_comes_too_late_is_told_what_is_possible_and_keeps_every_word(
    enter: SignIn, side: str, act: str, field: str
) -> None:
    people = await make_parties(State.NOTIFIED)
    late = await enter(getattr(people, side))
    now_possible = await _next_step(late, people)
    await Case.filter(id=people.case.id).update(state=State.ARCHIVED)
    words = "O reembolso <sai> em cinco dias, na mesma conta."
    call = {"number": "0800 123 4567", "spoke_with": "Eva, do SAC", "result": "solved"}
    response = await late.post(f"/casos/{people.case.id}/{act}", {**call, field: words})
    html = await _text(response)
    assert response.status_code == 409
    assert "Isto não pode ser feito na situação atual do caso." in html
    assert "O reembolso &lt;sai&gt; em cinco dias, na mesma conta." in html
    assert await _next_step(late, people) in html
    assert now_possible not in html


async def _next_step(browser: Browser, people: Parties) -> str:
    """The sentence that says who must act now."""
    html = await _case_page(browser, people)
    found = re.search(r'class="next-step-sentence">(.*?)</p>', html, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1]).strip()
