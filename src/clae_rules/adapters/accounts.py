"""
The account of a family on the portal: invited, active or locked, and the mails that each event sends.

An event is a function from an account and an instant to the next account and its mail, for the framework to keep and to
send. What cannot be (a wrong state, a link used twice or too late, a clock that goes back) is refused, every reason at
once. Passwords, their hashes, tokens and sessions belong to the framework: none is kept here. A password passes through
to be judged; a link is made by the framework, of the account as it will be, and is only put in the mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum
from typing import Any, NamedTuple

from ..described import Plain
from ..errors import Fault, raise_all
from ._contacts import email_address
from ._messages import Link, Service, message
from ._passwords import CNIL, Strength, entered_twice
from ._records import (
    Form,
    Record,
    RefusedValueError,
    a,
    a_code,
    field,
    instant,
    one_of,
    optional,
    record,
    several,
    text,
    whole,
)

__all__ = [
    "CNIL",
    "Account",
    "AccountRules",
    "AccountState",
    "Service",
    "Step",
    "Strength",
    "change_login",
    "change_password",
    "choose_password",
    "connected",
    "failed",
    "invite",
    "lose_password",
    "password_faults",
    "resend",
    "unlock",
    "unreceived",
]

#: What makes the address that a mail leads to, of the account as it will be.
Linked = Callable[["Account"], str]


class AccountState(Enum):
    """What an account is."""

    INVITED = "invité"
    ACTIVE = "actif"
    LOCKED = "verrouillé"


def _from_1(plain: dict[str, Plain]) -> dict[str, Plain]:
    """Version 1 counted no links, called a locked account « bloqué » and an address « mail »."""
    kept = {("courriel" if key == "mail" else key): value for key, value in plain.items()}
    kept["liens"] = 0 if kept.get("lien_jusqu_au") is None else 1
    kept["etat"] = AccountState.LOCKED.value if kept.get("etat") == "bloqué" else kept.get("etat")
    return kept


@record
class Account(Record):
    """
    An account, of which only the code and the state may be shown.

    Args:
        code: What stands for it in logs, links and other records.
        identifier: What its holder types to connect; unique in the portal's store.
        email: Where its mails go.
        name: How its holder is greeted.
        state: Invited until a password is chosen; locked after too many failures.
        at: Instant of the last event; none may come before.
        links: How many links were sent: a link bears its number, and only the last one opens.
        link_until: Instant from which the last link no longer opens; None where it was used, or none was sent.
        failures: Wrong passwords in a row.
    """

    FORM = Form("compte", 2, {1: _from_1})

    code: str = field(a_code)
    identifier: str = field(text(80), key="identifiant", private=True)
    email: str = field(email_address, key="courriel", private=True)
    name: str = field(text(120), key="nom", private=True)
    state: AccountState = field(one_of(AccountState), key="etat", default=AccountState.INVITED)
    at: datetime = field(instant, key="dernier_evenement")
    links: int = field(whole(0, 1_000_000), key="liens", default=0)
    link_until: datetime | None = field(optional(instant), key="lien_jusqu_au", default=None)
    failures: int = field(whole(0, 1000), key="echecs", default=0)

    def faults(self) -> Iterator[Fault]:
        """A link that opens was sent, and only a password that was chosen can have been wrong."""
        if self.link_until is not None and not self.links:
            fr, en = "un lien qui sert encore a été envoyé ; il faut le compter", "a link that opens was sent; count it"
            yield Fault(("links",), fr, en)
        if self.state is AccountState.INVITED and self.failures:
            fr, en = "un compte invité n'a pas encore de mot de passe ; il faut 0", "no password yet; expected 0"
            yield Fault(("failures",), fr, en)
        if self.state is AccountState.LOCKED and not self.failures:
            fr, en = "un compte se verrouille après des échecs ; il en faut", "locked after failures; expected some"
            yield Fault(("failures",), fr, en)


@record
class AccountRules(Record):
    """
    What a town decides of its accounts; the defaults are « hypothese », the guide is silent.

    Args:
        service: Who writes, unlocks and sends again.
        link_hours: How long a link opens.
        most_failures: How many wrong passwords in a row lock the account.
        strengths: The ways to be strong enough, of which one is needed.
    """

    FORM = Form("règles des comptes")

    service: Service = field(a(Service))
    link_hours: int = field(whole(1, 24 * 30), key="heures_du_lien", default=48)
    most_failures: int = field(whole(1, 1000), key="echecs_avant_verrou", default=5)
    strengths: tuple[Strength, ...] = field(several(a(Strength), 10), key="forces", default=CNIL)


class Step(NamedTuple):
    """What an event gives: the account to keep, and the mail to send; None where there is none."""

    account: Account
    message: EmailMessage | None = None


def invite(
    rules: AccountRules, *, code: str, identifier: str, email: str, name: str, at: datetime, link: Linked
) -> Step:
    """
    The service opens an account; the mail tells the identifier and leads to the choice of a password (guide A).

    The guide's mail also bears a password: none is ever written here, and the link it leads to sets one anyway.

    Args:
        link: What makes the link of the account as it will be: sign its `code` and `links`, and give them back to
            `choose_password`.

    Raises:
        InvalidValueError: If a value is none.
    """
    opened = Account(code=code, identifier=identifier, email=email, name=name, at=at)
    return _invitation(rules, opened, at, link)


def resend(rules: AccountRules, account: Account, *, at: datetime, link: Linked) -> Step:
    """
    The service sends the invitation again: « appelez le Guichet Unique afin qu'ils puissent vous renvoyer un mail » (A).

    Raises:
        InvalidValueError: If a password was chosen already, or the clock goes back.
    """
    way = ("un mot de passe est déjà choisi ; s'il est perdu, redemandez-en un", "a password was chosen already")
    raise_all([*_state_faults(account, way, AccountState.INVITED), *_clock_faults(account, at)])
    return _invitation(rules, account, at, link)


def _invitation(rules: AccountRules, account: Account, at: datetime, link: Linked) -> Step:
    said = [
        "Un compte vous est ouvert sur le portail familles.",
        f"Votre identifiant : {account.identifier}",
        f"Le lien ci-dessous vous permet de choisir votre mot de passe. Il sert une fois, pendant {rules.link_hours} h.",
    ]
    return _linked(rules, account, at, link, "Votre compte sur le portail familles", said)


def choose_password(
    rules: AccountRules, account: Account, password: str, password_again: str, *, link: int, at: datetime
) -> Step:
    """
    The password behind a link is entered twice: at the first connection, or after a loss; a mail confirms it (guide A).

    Args:
        link: The number of the link that was followed, as it was signed.

    Raises:
        InvalidValueError: If the link is not the last one sent, was used or is too old; if the account is locked; if
            the passwords differ or are too weak; if the clock goes back. No password is repeated.
    """
    open_states = (AccountState.INVITED, AccountState.ACTIVE)
    raise_all([
        *_state_faults(account, _call(rules), *open_states),
        *_clock_faults(account, at),
        *_link_faults(account, link, at),
        *password_faults(rules, account, password, password_again),
    ])  # fmt: skip
    chosen = account.changed(state=AccountState.ACTIVE, at=at, link_until=None, failures=0)
    return _confirmed(rules, chosen)


def change_password(rules: AccountRules, account: Account, password: str, password_again: str, *, at: datetime) -> Step:
    """
    Who is connected changes the password, once the framework has checked the former; a mail confirms it.

    Raises:
        InvalidValueError: If the account is not active, the passwords differ or are too weak, or the clock goes back.
    """
    raise_all([
        *_state_faults(account, _call(rules), AccountState.ACTIVE),
        *_clock_faults(account, at),
        *password_faults(rules, account, password, password_again),
    ])  # fmt: skip
    return _confirmed(rules, account.changed(at=at, link_until=None, failures=0))


def _confirmed(rules: AccountRules, account: Account) -> Step:
    said = ["Votre mot de passe a été modifié.", _not_you(rules)]
    return Step(account, _mail(rules, account, account.at, "Votre mot de passe a été modifié", said))


def lose_password(rules: AccountRules, account: Account, *, at: datetime, link: Linked) -> Step:
    """
    A new password is asked for; the mail leads to its choice, and the former one holds until then.

    The page answers the same whether or not an account was found, so that nobody learns who has one.

    Raises:
        InvalidValueError: If the account is not active, or the clock goes back.
    """
    raise_all([*_state_faults(account, _call(rules), AccountState.ACTIVE), *_clock_faults(account, at)])
    said = [
        "Un nouveau mot de passe a été demandé pour votre compte.",
        f"Le lien ci-dessous vous permet de le choisir. Il sert une fois, pendant {rules.link_hours} h.",
        "Si vous n'avez rien demandé, ne faites rien : votre mot de passe ne change pas.",
    ]
    return _linked(rules, account, at, link, "Choisir un nouveau mot de passe", said)


def failed(rules: AccountRules, account: Account, *, at: datetime) -> Step:
    """
    A wrong password was typed; one too many locks the account, and a mail tells it.

    Where there is no password yet, or the account is locked already, nothing changes: the page answers the same.

    Raises:
        InvalidValueError: If the clock goes back.
    """
    raise_all(_clock_faults(account, at))
    if account.state is not AccountState.ACTIVE:
        return Step(account)
    failures = account.failures + 1
    if failures < rules.most_failures:
        return Step(account.changed(at=at, failures=failures))
    locked = account.changed(at=at, failures=failures, state=AccountState.LOCKED, link_until=None)
    said = [
        f"Votre compte est verrouillé après {failures} mots de passe erronés.",
        f"Pour le rouvrir, appelez {rules.service.call}.",
    ]
    return Step(locked, _mail(rules, locked, at, "Votre compte est verrouillé", said))


def connected(rules: AccountRules, account: Account, *, at: datetime) -> Step:
    """
    The right password was typed: failures in a row are forgotten, and so is a link that was asked for.

    Raises:
        InvalidValueError: If the account is not active, or the clock goes back.
    """
    raise_all([*_state_faults(account, _call(rules), AccountState.ACTIVE), *_clock_faults(account, at)])
    return Step(account.changed(at=at, failures=0, link_until=None))


def unlock(rules: AccountRules, account: Account, *, at: datetime) -> Step:
    """
    The service opens a locked account again, its password unchanged.

    Raises:
        InvalidValueError: If the account is not locked, or the clock goes back.
    """
    way = ("rien à déverrouiller", "nothing to unlock")
    raise_all([*_state_faults(account, way, AccountState.LOCKED), *_clock_faults(account, at)])
    opened = account.changed(at=at, failures=0, state=AccountState.ACTIVE)
    said = [
        "Votre compte est de nouveau ouvert.",
        "Si votre mot de passe est perdu, demandez-en un autre sur le portail.",
    ]
    return Step(opened, _mail(rules, opened, at, "Votre compte est de nouveau ouvert", said))


def change_login(
    rules: AccountRules, account: Account, *, at: datetime, identifier: str | None = None, email: str | None = None
) -> Step:
    """
    Who is connected changes what he connects with, or where his mails go; the former address is told (guide B.2).

    Raises:
        InvalidValueError: If the account is not active, the clock goes back, or a value is none.
    """
    raise_all([*_state_faults(account, _call(rules), AccountState.ACTIVE), *_clock_faults(account, at)])
    given = {"identifier": identifier, "email": email}
    changed = account.changed(at=at, link_until=None, **{name: new for name, new in given.items() if new is not None})
    said = ["Vos informations de connexion ont été modifiées.", _not_you(rules)]
    return Step(changed, _mail(rules, account, at, "Vos informations de connexion ont été modifiées", said))


def password_faults(rules: AccountRules, account: Account, password: str, password_again: str) -> tuple[Fault, ...]:
    """What is wrong with a password entered twice, to tell before anything is asked; nothing of it is repeated."""
    own = (account.identifier, account.email)
    return tuple(entered_twice(password, password_again, strengths=rules.strengths, unlike=own))


def unreceived(service: Service) -> str:
    """What the page says to who has not received the invitation (guide A)."""
    return (
        "Attention, ce mail peut avoir été orienté vers vos spams, merci de vérifier. "
        f"À défaut, appelez {service.call} : un mail de création de compte vous sera renvoyé."
    )


def _linked(rules: AccountRules, account: Account, at: datetime, link: Linked, subject: str, said: list[str]) -> Step:
    until = instant(at) + timedelta(hours=rules.link_hours)
    sent = account.changed(at=at, links=account.links + 1, link_until=until)
    found = Link(label="Choisir mon mot de passe", address=link(sent))
    return Step(sent, _mail(rules, sent, at, subject, said, found))


def _mail(
    rules: AccountRules, account: Account, at: datetime, subject: str, said: list[str], link: Link | None = None
) -> EmailMessage:
    words = [f"Bonjour {account.name},", *said]
    return message(subject, account.email, words, sender=rules.service, to_name=account.name, link=link, at=at)


def _not_you(rules: AccountRules) -> str:
    return f"Si vous n'êtes pas à l'origine de cette modification, appelez {rules.service.call}."


def _call(rules: AccountRules) -> tuple[str, str]:
    return f"appelez {rules.service.call}", "call the service"


def _state_faults(account: Account, way: tuple[str, str], *allowed: AccountState) -> Iterator[Fault]:
    if account.state not in allowed:
        fr = " ou ".join(f"« {one.value} »" for one in allowed)
        en = " or ".join(one.name.lower() for one in allowed)
        yield Fault(
            ("state",),
            f"compte « {account.state.value} » ; il faut un compte {fr} ; {way[0]}",
            f"{account.state.name.lower()} account; expected {en}; {way[1]}",
        )


def _clock_faults(account: Account, at: Any) -> Iterator[Fault]:
    try:
        now = instant(at)
    except RefusedValueError as why:
        yield Fault(("at",), f"il faut {why.fr}", f"expected {why.en}")
        return
    if now < account.at:
        got, last = now.isoformat(), account.at.isoformat()
        fr = f"lu « {got} », avant le dernier événement ({last}) ; l'horloge recule, remettez-la à l'heure"
        yield Fault(("at",), fr, f"got « {got} », before the last event ({last}); the clock goes back, set it right")


def _link_faults(account: Account, link: int, at: Any) -> Iterator[Fault]:
    until = account.link_until
    if until is None or link != account.links:
        fr, en = "ce lien a servi, ou un autre l'a remplacé", "this link was used, or another replaced it"
        yield Fault(("link",), f"{fr} ; demandez-en un autre", f"{en}; ask for another")
    elif isinstance(at, datetime) and at.utcoffset() is not None and at >= until:
        fr, en = "ce lien ne sert plus depuis le", "this link opens no more since"
        yield Fault(
            ("link",), f"{fr} {until.isoformat()} ; demandez-en un autre", f"{en} {until.isoformat()}; ask again"
        )
