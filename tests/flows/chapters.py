"""The steps of a case as people take them in their browsers; the stories put them together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from app.demo.papers import bill, identity_card
from app.demo.people import STORE
from tests.flows.house import city, local_now, residence
from tests.flows.page import Page
from tests.flows.people import Person

NAME = "Ana Beatriz Lima"
EMAIL = "ana.lima@exemplo.com"
CPF = "153.509.460-56"
SECRET = "quatro pontes no rio 7"
CONFLICT = "Comprei um refrigerador pela internet. A entrega não veio e a loja não devolve o dinheiro."
FACTS = (
    "Comprei o refrigerador em 3 de outubro, com entrega em dez dias. O produto não chegou, e em quatro "
    "ligações a loja só disse que o pedido está em separação."
)
SIGNATURE = "código de assinatura"
ACCEPTANCE = "código para aceitar o acordo"


@dataclass(frozen=True)
class Account:
    """What Ana typed when she registered."""

    name: str = NAME
    email: str = EMAIL
    cpf: str = CPF


async def registers(ana: Person, post: Person, who: Account = Account()) -> Page:
    """A new account; the code comes by letter and the person is then signed in."""
    await ana.fill(
        "/cadastro",
        name=who.name,
        cpf=who.cpf,
        phone="(48) 99911-2233",
        email=who.email,
        **residence(),
        city=city().agency.city,
        uf=city().agency.state,
        password=SECRET,
        password_again=SECRET,
        accept="1",
    )
    assert ana.page.path == "/cadastro/confirmar"
    code = await post.code(who.email, "código do seu cadastro")
    page = await ana.send(ana.page.form(), code=code)
    assert (page.status, page.path) == (200, "/painel")
    return page


async def begins(ana: Person) -> int:
    """A registration is begun; its case."""
    await ana.fill("/painel", "/casos/novo")
    assert ana.page.path.endswith("/cadastro")
    return int(ana.page.path.split("/")[2])


async def uploads(person: Person, kind: str, name: str, content: bytes) -> str:
    """A file is taken in; its address."""
    answer = await person.upload(kind, name, content)
    assert answer.status == 201, answer
    return str(answer.body["url"])


async def hands_in(ana: Person, case: int) -> Page:
    """Both papers and the conflict: the registration goes to the triage."""
    await ana.open(f"/casos/{case}/cadastro")
    await uploads(ana, "residence", "conta de luz.pdf", bill(NAME, "Rua João Pessoa, 120"))
    await uploads(ana, "identity", "identidade.jpg", identity_card(NAME, CPF))
    page = await ana.send(ana.page.form("/cadastro"), conflict=CONFLICT)
    assert page.path == f"/casos/{case}", page.faults()
    return page


async def takes(marina: Person, case: int) -> None:
    """The attendant takes the registration from the queue."""
    await marina.fill(f"/casos/{case}/triagem", "/triagem/assumir")


async def accepts(marina: Person, case: int) -> None:
    """The attendant has the registration on her desk, ticks what she checked, accepts."""
    await marina.fill(
        f"/casos/{case}/triagem",
        "/triagem/aceitar",
        checked=["residence", "identity", "consumer_relation"],
    )
    assert marina.page.path == "/triagem"


def first_problem(page: Page) -> str:
    """The first problem of the complaint's list."""
    (select,) = page.main.every("select", name="problem")
    values = (option.attributes["value"] for option in select.every("option"))
    return next(value for value in values if value)


def complaint(page: Page) -> dict[str, str | list[str]]:
    """What Ana writes into the form of her complaint against the store."""
    cnpj, legal_name, *_ = STORE
    return {
        "company_name": legal_name,
        "company_cnpj": cnpj,
        "problem": first_problem(page),
        "facts": FACTS,
        "occurred_on": (local_now().date() - timedelta(days=51)).isoformat(),
        "amount": "2.499,00",
        "wish": "refund",
    }


async def complains(ana: Person, case: int) -> Page:
    """The complaint is written and sent."""
    await ana.open(f"/casos/{case}/reclamacao")
    page = await ana.send(ana.page.form(), **complaint(ana.page))
    assert page.path == f"/casos/{case}", page.faults()
    return page


async def receipt(ana: Person, case: int) -> bytes:
    """The receipt to which the page of a case leads."""
    page = await ana.open(f"/casos/{case}")
    (place,) = page.main.having("data-receipt")
    (link,) = place.every("a")
    return await ana.download(link.attributes["href"])


async def answers(paulo: Person, case: int) -> None:
    """The company answers and offers to give the money back."""
    await paulo.fill(
        f"/casos/{case}",
        "/resposta",
        answer="O pedido foi extraviado pela transportadora. Pedimos desculpas e queremos resolver.",
    )
    await offers(paulo, case, "Devolução por PIX", "1.500,00")


async def offers(person: Person, case: int, text: str, amount: str) -> Page:
    """An offer, or a counter-offer: money back."""
    due = (local_now().date() + timedelta(days=15)).isoformat()
    return await person.fill(
        f"/casos/{case}/propostas/nova", "/propostas", c1_text=text, c1_amount=amount, c1_due_on=due
    )


async def open_offer(person: Person, case: int) -> Page:
    """The page of the offer that waits for an answer."""
    page = await person.open(f"/casos/{case}")
    links = (link for link in page.links(f"/casos/{case}/propostas/") if not link.endswith("/nova"))
    return await person.open(next(links))


async def accepts_offer(person: Person, post: Person, case: int, email: str) -> Page:
    """The open offer is read, a code is asked for, comes by letter and accepts it."""
    page = await open_offer(person, case)
    await person.act("/codigo")
    code = await post.code(email, ACCEPTANCE)
    return await person.send(page.form("/aceitar"), read=["1"], code=code)


async def schedules(joao: Person, case: int) -> int:
    """The mediator sets the hearing for the next minute; the parties agree to the short notice."""
    at = local_now() + timedelta(minutes=1)
    await joao.fill(
        f"/casos/{case}/audiencia",
        date=at.date().isoformat(),
        time=f"{at:%H:%M}",
        short_notice="1",
        out_of_hours="1",
    )
    assert joao.page.path == f"/casos/{case}"
    return hearing_of(joao.page)


def hearing_of(page: Page) -> int:
    """The hearing to which the page of a case leads."""
    return int(page.links("/audiencias/")[0].split("/")[2])


async def act(person: Person, hearing: int, end: str, /, **typed: str | list[str]) -> None:
    """Something is done in the room, which must be taken."""
    await person.open(f"/audiencias/{hearing}")
    answer = await person.act(end, **typed)
    assert answer.status == 204, answer


async def opens(joao: Person, hearing: int) -> None:
    """The mediator begins to count and does not wait for the end."""
    await act(joao, hearing, "/contagem/iniciar")
    await act(joao, hearing, "/conducao/open")


async def writes(joao: Person, hearing: int, more: str) -> None:
    """The mediator adds to the minutes."""
    page = await joao.open(f"/audiencias/{hearing}")
    (record,) = page.main.having("data-record-url")
    url = record.attributes["data-record-url"]
    answer = await joao.ask("POST", url, json={"text": more, "after": None})
    assert answer.status == 201, answer


async def proposes(person: Person, hearing: int) -> None:
    """A clause: the company gives the money back."""
    await act(
        person,
        hearing,
        "/clausulas",
        debtor="company",
        kind="refund",
        amount="2.499,00",
        instalments="2",
        due_on=(local_now().date() + timedelta(days=20)).isoformat(),
        text="Por PIX, na chave que o consumidor informar.",
    )


async def put_aside(joao: Person, hearing: int) -> None:
    """The mediator takes out the clause that came with the last offer: the parties agree on another."""
    page = await joao.open(f"/audiencias/{hearing}")
    await act(joao, hearing, _action(page, r"/clausulas/\d+/retirar$"))


def acceptance(page: Page) -> str:
    """Where the first clause that the page lets one accept is accepted."""
    return _action(page, r"/clausulas/\d+/aceitar$")


def _action(page: Page, pattern: str) -> str:
    actions = (form.attributes.get("action", "") for form in page.main.every("form"))
    return next(action for action in actions if re.search(pattern, action))


async def signs(person: Person, post: Person, hearing: int, email: str) -> None:
    """A code is asked for, comes by letter, and signs the text that the page shows."""
    await act(person, hearing, "/assinatura/codigo")
    code = await post.code(email, SIGNATURE)
    await act(person, hearing, "/assinatura", code=code)
