"""What a person chose, from a letter's job to their devices and their telephone, over a real push service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.adapters.clock import FakeClock
from app.adapters.errors import TemporaryFailure
from app.adapters.mail import FakeMail
from app.adapters.push import WebPush
from app.adapters.text_gateway import FakeTextGateway
from app.db import transaction
from app.factory import LETTERS_AND_PAPERS, NEWS
from app.jobs.runner import Runner
from app.parts import Parts
from app.services import letters, news_choices, push_devices
from app.services.letters import Text
from models import Job, NewsChoice, PushDevice, User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.news import Means, News, choice
from tests.conftest import START
from tests.factories.people import make_user
from tests.push_service import Agent, PushService, push_service, signer

pytestmark = pytest.mark.usefixtures("database")
ZONE = ZoneInfo("America/Sao_Paulo")
SECRET = "s" * 64
PATH = "/casos/7"


async def worked(parts: Parts, done: Callable[[], Awaitable[bool]] | None = None) -> None:
    """The runner's own lanes do what is due, until nothing is or ``done`` says so."""

    async def idle() -> bool:
        now = parts.clock.now()
        return not await Job.filter(done_at=None, failed_at=None, run_at__lte=now).exists()

    runner = Runner(parts, ())
    tasks = [
        asyncio.create_task(runner.run_jobs(lane, parts.wake.subscribe()))
        for lane in (LETTERS_AND_PAPERS, NEWS)
    ]
    try:
        async with asyncio.timeout(60):
            while not await (done or idle)():
                parts.wake.ring()
                await asyncio.sleep(0.02)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def equipped(parts: Parts, service: PushService) -> Parts:
    """With a real web push, to a service that runs here, and a gateway for texts."""
    push = WebPush(
        ec.generate_private_key(ec.SECP256R1()),
        "mailto:procon@exemplo.com",
        parts.clock,
        own_hosts=[urlsplit(service.url).netloc],
    )
    return replace(parts, push=push, texts=FakeTextGateway())


async def told(person: User, key: str, news: News, path: str = PATH, page: str = "") -> None:
    """Somebody writes to the person."""
    async with transaction():
        text = Text("Um assunto", ("Palavras da Ana.",), "Abrir", path, news=news, page=page)
        await letters.write([person], key, text, now=START)


async def test_news_reach_every_device_once_and_say_nothing_private(fake_parts: Parts) -> None:
    person, phone, desk = await make_user(), Agent(), Agent()
    async with push_service() as service:
        parts = equipped(fake_parts, service)
        for name, agent in (("phone", phone), ("desk", desk)):
            subscription = agent.subscription(f"{service.url}/{name}")
            for _ in range(2):  # a browser that says it again is the same device
                await push_devices.add(
                    person.id, subscription, "Chrome, Android", accepted=parts.push.accepts, now=START
                )
        await told(person, "a", News.MESSAGE)
        await told(person, "b", News.REMINDER, "/audiencias/entrada/geheim", "/audiencias/3")
        await told(person, "c", News.ACCOUNT, "/senha/nova")
        service.answers = [503]  # one try fails and is made again
        await worked(parts)
        assert isinstance(fake_parts.clock, FakeClock)
        fake_parts.clock.advance(timedelta(minutes=1))
        await worked(parts)

        read = [json.loads(agent.read(body)) for agent in (phone, desk) for body in _taken(service, agent)]
        paths = sorted(shown["path"] for shown in read)
        assert paths == [*["/audiencias/3"] * 2, *[PATH] * 2]
        assert len(service.taken) == 5
        assert {signer(headers)[1] for headers, _ in service.taken} == {parts.push.public_key}
        agency = parts.profile.agency.name
        assert {shown["title"] for shown in read} == {f"{agency}: mensagem nova", f"{agency}: lembrete"}
        for private in ("Ana", "Um assunto", "geheim", person.name):
            assert private not in json.dumps(read)
        assert isinstance(parts.mail, FakeMail)
        assert len(parts.mail.sent) == 3

        service.answers = [410, 404]
        await told(person, "d", News.LEGAL)
        await worked(parts)
        assert not await PushDevice.exists(), "the service says that both are gone"


def _taken(service: PushService, agent: Agent) -> list[bytes]:
    """The messages that this browser can read, each once: what was refused came again."""
    mine = {}
    for _headers, body in service.taken:
        try:
            mine[agent.read(body)] = body
        except Exception:
            continue
    return list(mine.values())


async def test_the_person_chooses_and_the_law_does_not_ask(fake_parts: Parts) -> None:
    person = await make_user()
    async with push_service() as service:
        parts = equipped(fake_parts, service)
        await push_devices.add(
            person.id,
            Agent().subscription(f"{service.url}/ana"),
            "",
            accepted=parts.push.accepts,
            now=START,
        )
        await news_choices.choose(person.id, [choice(News.MESSAGE, Means.PUSH)], "", "")
        for news in News:
            await told(person, news.value, news)
        await worked(parts)
        assert len(service.taken) == 1, "only the message may ring"
    assert isinstance(parts.mail, FakeMail)
    sent = {letter.text.count("comodidade"): letter for letter in parts.mail.sent}
    assert len(parts.mail.sent) == 2, "legal news and codes always go by e-mail"
    assert set(sent) == {0}
    assert all(letter.unsubscribe == "" for letter in parts.mail.sent)


async def test_one_click_unsubscribes_from_what_is_optional(fake_parts: Parts) -> None:
    person = await make_user()
    await told(person, "a", News.REMINDER)
    await worked(replace(fake_parts, secret_key=SECRET))
    assert isinstance(fake_parts.mail, FakeMail)
    (letter,) = fake_parts.mail.sent
    assert letter.html is not None
    assert letter.unsubscribe in letter.text
    assert letter.unsubscribe in letter.html
    token = letter.unsubscribe.rpartition("/")[2]
    for _ in range(2):
        assert await news_choices.unsubscribe(token, secret=SECRET) is News.REMINDER
    await told(person, "b", News.REMINDER)
    await told(person, "c", News.MESSAGE)
    await worked(fake_parts)
    assert len(fake_parts.mail.sent) == 2
    legal = news_choices.unsubscribe_token(person.id, News.LEGAL, secret=SECRET)
    for forged in (legal, token + "x", "", token.replace(".", "")):
        with pytest.raises(NotFound):
            await news_choices.unsubscribe(forged, secret=SECRET)


async def test_a_number_takes_texts_once_its_code_came_back_and_not_at_night(fake_parts: Parts) -> None:
    person, gateway = await make_user(), FakeTextGateway()
    parts = replace(fake_parts, texts=gateway)
    clock = parts.clock
    assert isinstance(clock, FakeClock)

    async def ask(typed: str) -> None:
        await news_choices.ask_number(person.id, typed, agency="Procon", secret=SECRET, now=clock.now())

    for typed in ("", "48 3445-8500", "123", "+0123456789", "(48) 9999"):
        with pytest.raises(Invalid):
            await ask(typed)
    await ask("(48) 99999-1234")
    await told(person, "a", News.REMINDER)
    gateway.fail_with = TemporaryFailure("gateway_503")
    await worked(parts)
    gateway.fail_with = None
    clock.advance(timedelta(minutes=1))
    await worked(parts)
    ((to, said),) = gateway.sent
    assert to == "+5548999991234", "no news before the code"
    code = next(word for word in said.split() if word.isdigit())
    with pytest.raises(Refused):
        await news_choices.confirm_number(person.id, "000000", secret=SECRET, now=clock.now())
    await news_choices.confirm_number(person.id, code, secret=SECRET, now=clock.now())

    clock.advance(timedelta(hours=13))  # 22h01 in the agency's zone
    assert clock.now().astimezone(ZONE).hour == 22
    await told(person, "b", News.REMINDER)
    await told(person, "c", News.MESSAGE)  # not by text, unless asked for
    await worked(parts)
    assert len(gateway.sent) == 1, "the night is quiet"
    waiting = await Job.get(kind=news_choices.TEXT_JOB, done_at=None)
    assert (waiting.run_at.astimezone(ZONE).hour, waiting.attempts) == (7, 0)
    clock.advance(timedelta(hours=9))
    await worked(parts)
    words = f"{parts.profile.agency.name}: lembrete. Veja em {parts.public_url}{PATH}"
    assert gateway.sent[1:] == [("+5548999991234", words)]

    await news_choices.forget_number(person.id)
    await told(person, "d", News.LEGAL)
    await worked(parts)
    assert len(gateway.sent) == 2
    assert (await NewsChoice.get(user_id=person.id)).number == ""


async def test_a_browser_belongs_to_who_used_it_last(fake_parts: Parts) -> None:
    ana, bia = await make_user(), await make_user()
    accepted = fake_parts.push.accepts
    shared = Agent().subscription("https://push.example/shared")
    first = await push_devices.add(ana.id, shared, "Firefox", accepted=accepted, now=START)
    await push_devices.add(bia.id, shared, "Firefox", accepted=accepted, now=START)
    assert await push_devices.of_person(ana.id) == ()
    assert await push_devices.target(first) is None, "what waits for Ana does not reach Bia"
    with pytest.raises(NotFound):
        await push_devices.remove(ana.id, (await push_devices.of_person(bia.id))[0].id)
    with pytest.raises(Invalid):
        await push_devices.add(ana.id, Agent().subscription("http://x"), "", accepted=accepted, now=START)
    for number in range(push_devices.MOST + 3):
        await push_devices.add(
            ana.id,
            Agent().subscription(f"https://push.example/{number}"),
            str(number),
            accepted=accepted,
            now=START,
        )
    labels = [device.label for device in await push_devices.of_person(ana.id)]
    assert labels == [str(number) for number in range(3, push_devices.MOST + 3)]
