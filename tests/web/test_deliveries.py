"""The ledger's forms on the page of a case: each means, what a refusal keeps, the proof, who may see what."""

from __future__ import annotations

from typing import cast

from quart import Response

from models import Case, Delivery, Job, Notice
from models.rules.case_machine import State
from models.rules.delivery import Channel, DeliveryStatus
from tests.adapters.files import pdf
from tests.factories.people import NOW
from tests.services.parties import TODAY, Parties, make_parties
from tests.web.browser import Browser, SignIn


async def _text(response: Response) -> str:
    return cast(str, await response.get_data(as_text=True))


async def _noticed() -> Parties:
    """A notified case whose notice reached nobody yet."""
    people = await make_parties(State.NOTIFIED)
    await Notice.create(
        case=people.case,
        code="ABCD-EFGH-JKLM",
        channel="letter",
        sent_at=NOW,
        explanation="10 dias corridos a contar da ciência.",
    )
    return people


async def _proof(browser: Browser, case_id: int) -> None:
    """The upload control of the form sends a file."""
    headers = {"Origin": "http://localhost", "X-CSRF-Token": browser.token, "X-File-Name": "ar.pdf"}
    path = f"/casos/{case_id}/documentos?tipo=proof"
    answer = await browser.raw("POST", path, data=pdf(), headers=headers)
    assert answer.status_code == 201, await answer.get_data(as_text=True)


async def test_every_means_begins_with_what_it_needs(enter: SignIn) -> None:
    people = await _noticed()
    staff = await enter(people.attendant)
    path = f"/casos/{people.case.id}"
    await staff.get(path)
    for typed, said in (
        ({"channel": "portal", "address": "x"}, "Escolha uma das opções"),
        ({"channel": "letter", "address": " "}, "Preencha"),
        ({"channel": "email", "address": "a" * 401}, "longo"),
    ):
        refused = await staff.post(f"{path}/entregas", typed)
        html = await _text(refused)
        assert (refused.status_code, said in html) == (422, True), (typed, said)
        assert f'value="{typed["channel"]}" checked' in html or typed["channel"] == "portal"
    assert not await Delivery.exists()
    for channel, address in {
        "email": "sac@moveis.example",
        "letter": "Rua A, 1, 88801-000 Criciúma/SC",
        "publication": "",
        "in_person": "Balcão",
    }.items():
        answer = await staff.post(f"{path}/entregas", {"channel": channel, "address": address})
        assert answer.status_code == 303
    begun = [row.channel for row in await Delivery.all().order_by("id")]
    assert begun == [Channel.EMAIL, Channel.LETTER, Channel.PUBLICATION, Channel.IN_PERSON]
    assert await Job.filter(kind="notice_letter").count() == 3, "a paper for each that is not an e-mail"
    assert await Job.filter(kind="letter", unique_key__startswith="letter:delivery:").count() == 1

    html = await _text(await staff.get(path))
    assert "Texto para o diário oficial" in html
    assert "NOTIFICA" in html
    for other in (people.consumer, people.agent):
        html = await _text(await (await enter(other)).get(path))
        assert "Texto para o diário oficial" not in html
        assert "Tentar por outro meio" not in html
    assert "Rua A, 1" not in await _text(await (await enter(people.consumer)).get(path))
    refused = await (await enter(people.consumer)).fill(path, {"channel": "letter"}, f"{path}/entregas")
    assert refused.status_code == 403


async def test_the_letters_course_from_the_post_to_the_receipt(enter: SignIn) -> None:
    people = await _noticed()
    staff = await enter(people.mediator)
    path = f"/casos/{people.case.id}"
    await staff.get(path)
    await staff.post(f"{path}/entregas", {"channel": "letter", "address": "Rua A, 1"})
    letter = await Delivery.get()

    async def write(status: str, on: str, **more: str) -> Response:
        typed = {f"status_{letter.id}": status, f"on_{letter.id}": on}
        return await staff.post(
            f"{path}/entregas/{letter.id}", typed | {f"{k}_{letter.id}": v for k, v in more.items()}
        )

    sent = await write("sent", TODAY.isoformat(), tracking="BR123456789BR", note="Agência do centro")
    assert sent.status_code == 303
    html = await _text(await staff.get(path))
    assert "Objeto BR123456789BR" in html
    assert "(Agência do centro)" in html
    assert "(Agência do centro)" not in await _text(await (await enter(people.consumer)).get(path))
    case = await Case.get(id=people.case.id)
    assert (case.state, case.due_on) == (State.NOTIFIED, None), "a letter that was posted begins no term"

    for status, on in (("delivered", TODAY.isoformat()), ("", "ontem"), ("opened", TODAY.isoformat())):
        refused = await write(status, on, note="Recebida pelo porteiro")
        assert refused.status_code == 422
        assert 'value="Recebida pelo porteiro"' in await _text(refused)
    await _proof(staff, people.case.id)
    assert (await write("delivered", TODAY.isoformat(), note="Recebida")).status_code == 303
    await case.refresh_from_db()
    assert case.state is State.ACKNOWLEDGED
    assert case.due_on is not None
    html = await _text(await staff.get(path))
    assert "Tentar por outro meio" not in html, "the company is aware"
    assert (await write("failed", TODAY.isoformat())).status_code == 409
    await letter.refresh_from_db()
    assert letter.status is DeliveryStatus.DELIVERED


async def test_handed_over_published_and_refused(enter: SignIn) -> None:
    for channel, status in (("in_person", "acknowledged"), ("publication", "delivered")):
        people = await _noticed_again(channel)
        staff = await enter(people.attendant)
        path = f"/casos/{people.case.id}"
        await staff.get(path)
        await staff.post(f"{path}/entregas", {"channel": channel, "address": "Balcão"})
        attempt = await Delivery.get(notice__case_id=people.case.id)
        typed = {f"status_{attempt.id}": status, f"on_{attempt.id}": TODAY.isoformat()}
        assert (await staff.post(f"{path}/entregas/{attempt.id}", typed)).status_code == 422, "no proof"
        await _proof(staff, people.case.id)
        assert (await staff.post(f"{path}/entregas/{attempt.id}", typed)).status_code == 303
        assert (await Case.get(id=people.case.id)).state is State.ACKNOWLEDGED


async def _noticed_again(code: str) -> Parties:
    people = await make_parties(State.NOTIFIED)
    await Notice.create(
        case=people.case, code=f"{code[:4].upper()}-EFGH-JKLM", channel="letter", sent_at=NOW, explanation=""
    )
    return people
