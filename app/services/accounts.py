"""Accounts: registering, proving the e-mail, signing in, and new passwords.

Nobody learns here whether a CPF or an e-mail has an account: the answer is the same and the owner gets a
letter. Hashing happens in the caller's hands before a transaction, never inside one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from app.adapters.passwords import Passwords
from app.db import transaction
from app.services import codes, letters, push_devices, sessions
from app.services.account_form import Contact, Registration
from models import Case, User
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.news import News
from models.rules.people import Role


@dataclass(frozen=True)
class Account:
    """What the account page shows."""

    name: str
    email: str
    role: Role
    cpf: str
    contact: Contact
    address: str
    created_at: datetime


async def register(new: Registration, password_hash: str, *, secret: str, now: datetime) -> None:
    """Make a consumer's account and write the letter with the code that confirms its e-mail.

    When the e-mail or the CPF belongs to a confirmed account, nothing is made and its owner is told by
    letter; an account that was never confirmed gives way, so nobody can hold another person's CPF by
    typing it first. The caller cannot tell the cases apart.
    """
    try:
        async with transaction():
            known = await User.filter(Q(email=new.email) | Q(cpf=new.cpf))
            if await _at_counter_before(known):
                told = await letters.standard("account_at_counter", {}, path="/continuar", news=News.ACCOUNT)
                key = f"counter-account:{now.isoformat()}"
                await letters.write_to(new.email, new.name, key, told, now=now)
                return
            if owners := [user for user in known if not _never_used(user)]:
                await _tell_owners(owners, now)
                return
            await User.filter(id__in=[user.id for user in known]).delete()
            user = await User.create(
                role=Role.CONSUMER, password_hash=password_hash, created_at=now, **asdict(new)
            )
            await write_code(user, codes.CONFIRM_EMAIL, secret=secret, now=now)
    except IntegrityError:
        return  # the same person's second click came first, and its letter is on the way


async def send_code(email: str, purpose: str, *, secret: str, now: datetime) -> None:
    """Write the letter with a new code, when there is such an account that can use it."""
    async with transaction():
        user = await User.get_or_none(email=email, disabled_at=None)
        if user and (purpose == codes.NEW_PASSWORD or user.email_confirmed_at is None):
            await write_code(user, purpose, secret=secret, now=now)


async def confirm_email(email: str, code: str, *, secret: str, now: datetime) -> int:
    """Prove the e-mail of a new account and return its id; Refused("code_wrong")."""
    user = await User.get_or_none(email=email, disabled_at=None, email_confirmed_at=None)
    if user is None:
        raise Refused("code_wrong")
    await codes.check(user.id, codes.CONFIRM_EMAIL, code, secret=secret, now=now)
    await User.filter(id=user.id).update(email_confirmed_at=now)
    return user.id


async def sign_in(email: str, password: str, *, passwords: Passwords) -> int:
    """The id of the account that opens with this password.

    Refused("sign_in_wrong") for a wrong password and for an unknown or disabled account alike, after the
    same work; Refused("email_unconfirmed") when only the code is missing. Raises Busy.
    """
    user = await User.get_or_none(email=email, disabled_at=None)
    stored = user.password_hash if user else None
    if not await passwords.verify(password, stored) or user is None:
        raise Refused("sign_in_wrong")
    if user.email_confirmed_at is None:
        raise Refused("email_unconfirmed")
    if passwords.needs_rehash(user.password_hash):
        newer = await passwords.hash(password)
        await User.filter(id=user.id, password_hash=stored).update(password_hash=newer)
    return user.id


async def new_password(email: str, code: str, password_hash: str, *, secret: str, now: datetime) -> None:
    """Set a password by a code, which proves the e-mail too, and sign out everywhere.

    Browsers that took news take none any more: whoever had the account may have added one.

    Refused("code_wrong"), for an unknown account as well.
    """
    user = await User.get_or_none(email=email, disabled_at=None)
    if user is None:
        raise Refused("code_wrong")
    await codes.check(user.id, codes.NEW_PASSWORD, code, secret=secret, now=now)
    async with transaction():
        await User.filter(id=user.id).update(
            password_hash=password_hash, email_confirmed_at=user.email_confirmed_at or now
        )
        await sessions.end_all(user.id)
        await push_devices.remove_all(user.id)
        await _tell_password_changed(user, now)


async def change_password(
    user_id: int, old: str, new: str, *, session_id: int, passwords: Passwords, now: datetime
) -> None:
    """Change the password of a signed-in person and sign out their other browsers.

    Invalid when ``old`` is not the present one or ``new`` is weak. Raises Busy.
    """
    user = await User.get(id=user_id)
    if not await passwords.verify(old, user.password_hash):
        raise Invalid({"password_old": "password_wrong"})
    hashed = await passwords.hash(new)
    async with transaction():
        await User.filter(id=user_id).update(password_hash=hashed)
        await sessions.end_all(user_id, but=session_id)
        await _tell_password_changed(user, now)


async def account(user_id: int) -> Account:
    """The person's own data."""
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise NotFound
    line = ", ".join(part for part in (user.street, user.number, user.complement, user.district) if part)
    town = f"{user.city}/{user.uf}" if user.city else ""
    return Account(
        name=user.name,
        email=user.email or "",
        role=user.role,
        cpf=user.cpf or "",
        contact=Contact(**{field.name: getattr(user, field.name) for field in fields(Contact)}),
        address=" · ".join(part for part in (line, town) if part),
        created_at=user.created_at,
    )


async def change_contact(user_id: int, contact: Contact) -> None:
    """Another telephone or address. Cases already sent keep the address they were sent with."""
    await User.filter(id=user_id).update(**asdict(contact))


async def _at_counter_before(known: Iterable[User]) -> bool:
    """Whether one of these accounts was made at the counter and holds a case that nobody signs in to yet."""
    unused = [user.id for user in known if _never_used(user)]
    return bool(unused) and await Case.filter(consumer_id__in=unused).exists()


def _never_used(user: User) -> bool:
    return user.role is Role.CONSUMER and user.email_confirmed_at is None


async def write_code(user: User, purpose: str, *, secret: str, now: datetime) -> None:
    """Write the letter with a new code, inside the caller's transaction."""
    code = await codes.issue(user.id, purpose, secret=secret, now=now)
    confirms = purpose == codes.CONFIRM_EMAIL
    text = await letters.standard(
        "account_confirm" if confirms else "account_new_password",
        codes.values(code),
        path="/cadastro/confirmar" if confirms else "/senha/nova",
        news=News.ACCOUNT,
    )
    await letters.write([user], f"code:{purpose}:{now.isoformat()}", text, now=now)


async def _tell_owners(owners: Iterable[User], now: datetime) -> None:
    text = await letters.standard("account_known", {}, path="/entrar", news=News.ACCOUNT)
    await letters.write(owners, f"account-known:{now:%Y-%m-%d}", text, now=now)


async def _tell_password_changed(user: User, now: datetime) -> None:
    text = await letters.standard("account_password_changed", {}, path="/senha/recuperar", news=News.ACCOUNT)
    await letters.write([user], f"password-changed:{now.isoformat()}", text, now=now)
