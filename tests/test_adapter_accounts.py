"""Accounts of families: each event of the guide, what it sends, and what it refuses."""

import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

pytest.importorskip("attrs")

from hypothesis import given
from hypothesis import strategies as st

from clae_rules import InvalidValueError
from clae_rules.adapters.accounts import (
    CNIL,
    Account,
    AccountRules,
    AccountState,
    Service,
    Step,
    Strength,
    change_login,
    change_password,
    choose_password,
    connected,
    failed,
    invite,
    lose_password,
    password_faults,
    resend,
    unlock,
    unreceived,
)

GUICHET = Service(
    name="Guichet Unique",
    email="guichet@exemple.fr",
    phone="04 50 96 69 00",
    portal="https://cluses.portail-familles.app",
)
RULES = AccountRules(service=GUICHET, link_hours=48, most_failures=3)
START = datetime(2021, 6, 1, 9, tzinfo=UTC)
GOOD = "Un0-Crayon-Vert"


def hour(n: float) -> datetime:
    """An instant, so many hours after the first."""
    return START + timedelta(hours=n)


def link(account: Account) -> str:
    """A link as a framework makes it, of the account as it will be."""
    return f"https://cluses.portail-familles.app/mot-de-passe?jeton=SIGNE-{account.code}-{account.links}"


def invited() -> Step:
    """An account just opened."""
    return invite(
        RULES, code="c7", identifier="lea.martin", email="lea@exemple.fr", name="Léa Martin", at=hour(0), link=link
    )


def active() -> Account:
    """An account whose password was chosen in the first hour."""
    return choose_password(RULES, invited().account, GOOD, GOOD, link=1, at=hour(1)).account


def locked() -> Account:
    """An account after three wrong passwords."""
    account = active()
    for _ in range(3):
        account = failed(RULES, account, at=hour(2)).account
    return account


def words(mail: EmailMessage | None) -> str:
    """The text of a mail."""
    assert mail is not None
    found = mail.get_body(("plain",))
    assert found is not None
    return str(found.get_content())


def refused(act: Callable[[], object]) -> list[str]:
    """Why an event is refused, in French, a line each."""
    with pytest.raises(InvalidValueError) as caught:
        act()
    assert caught.value.text("en")
    return str(caught.value).splitlines()


def test_the_invitation_tells_the_identifier_and_leads_to_the_password() -> None:
    """Guide A: a mail with the identifier, whose link leads to the choice of a password; it bears no password."""
    account, mail = invited()
    assert (account.state, account.links, account.link_until) == (AccountState.INVITED, 1, hour(48))
    assert words(mail) == (
        "Bonjour Léa Martin,\n\n"
        "Un compte vous est ouvert sur le portail familles.\n\n"
        "Votre identifiant : lea.martin\n\n"
        "Le lien ci-dessous vous permet de choisir votre mot de passe. Il sert une fois, pendant 48 h.\n\n"
        "Choisir mon mot de passe :\nhttps://cluses.portail-familles.app/mot-de-passe?jeton=SIGNE-c7-1\n\n"
        "--\nGuichet Unique\n04 50 96 69 00\nhttps://cluses.portail-familles.app\n"
    )


def test_an_invitation_that_did_not_come_is_sent_again_by_the_service() -> None:
    """Guide A: the page tells whom to call; the new link opens, and the former no longer does."""
    assert unreceived(GUICHET).endswith(
        "À défaut, appelez le 04 50 96 69 00 (Guichet Unique) : un mail de création de compte vous sera renvoyé."
    )
    account, mail = resend(RULES, invited().account, at=hour(100), link=link)
    assert "SIGNE-c7-2" in words(mail)
    assert refused(lambda: choose_password(RULES, account, GOOD, GOOD, link=1, at=hour(101))) == [
        "link : ce lien a servi, ou un autre l'a remplacé ; demandez-en un autre"
    ]
    assert choose_password(RULES, account, GOOD, GOOD, link=2, at=hour(101)).account.state is AccountState.ACTIVE


def test_the_first_connection_sets_the_password_entered_twice() -> None:
    """Guide A: « Nouveau mot de passe », « Confirmer le nouveau mot de passe », then a mail of confirmation."""
    account, mail = choose_password(RULES, invited().account, GOOD, GOOD, link=1, at=hour(1))
    assert (account.state, account.link_until) == (AccountState.ACTIVE, None)
    assert words(mail).split("\n\n")[1:3] == [
        "Votre mot de passe a été modifié.",
        "Si vous n'êtes pas à l'origine de cette modification, appelez le 04 50 96 69 00 (Guichet Unique).",
    ]


def test_every_reason_of_a_refusal_is_told_at_once() -> None:
    """The clock, the link and both entries are judged together."""
    assert refused(lambda: choose_password(RULES, invited().account, "court", "Court", link=0, at=hour(-1))) == [
        "at : lu « 2021-06-01T08:00:00+00:00 », avant le dernier événement (2021-06-01T09:00:00+00:00) ; l'horloge recule, remettez-la à l'heure",
        "link : ce lien a servi, ou un autre l'a remplacé ; demandez-en un autre",
        "password : mot de passe trop faible ; il faut 12 caractères de 4 sortes (minuscules, capitales, chiffres, autres), ou 14 caractères de 3 sortes (minuscules, capitales, chiffres, autres), ou 20 caractères en 7 mots",
        "password_again : les deux saisies diffèrent ; il faut deux fois le même mot de passe",
    ]


def test_a_link_opens_once_and_for_a_time() -> None:
    """The instant of its end is too late; a link that was used opens no more."""
    account = invited().account
    assert choose_password(RULES, account, GOOD, GOOD, link=1, at=hour(48) - timedelta(microseconds=1))
    assert refused(lambda: choose_password(RULES, account, GOOD, GOOD, link=1, at=hour(48))) == [
        "link : ce lien ne sert plus depuis le 2021-06-03T09:00:00+00:00 ; demandez-en un autre"
    ]
    assert refused(lambda: choose_password(RULES, active(), GOOD, GOOD, link=1, at=hour(2)))[0].startswith("link : ")


def test_a_lost_password_is_asked_for_and_chosen_anew() -> None:
    """The former password holds until then: asking changes nothing but the link."""
    account, mail = lose_password(RULES, active(), at=hour(5), link=link)
    assert (account.state, account.links) == (AccountState.ACTIVE, 2)
    assert "SIGNE-c7-2" in words(mail)
    assert connected(RULES, account, at=hour(6)).account.link_until is None
    chosen, mail = choose_password(RULES, account, GOOD, GOOD, link=2, at=hour(6))
    assert (chosen.link_until, chosen.failures) == (None, 0)
    assert "a été modifié" in words(mail)


def test_too_many_wrong_passwords_lock_the_account() -> None:
    """The n-th in a row locks and tells it, once; the right one in between begins the count again."""
    account = active()
    for at in (2, 3):
        account, mail = failed(RULES, account, at=hour(at))
        assert mail is None
    account = connected(RULES, account, at=hour(4)).account
    assert account.failures == 0
    account = failed(RULES, failed(RULES, account, at=hour(5)).account, at=hour(5)).account
    account, mail = failed(RULES, account, at=hour(6))
    assert account.state is AccountState.LOCKED
    assert "verrouillé après 3 mots de passe erronés" in words(mail)
    assert "appelez le 04 50 96 69 00 (Guichet Unique)" in words(mail)
    assert failed(RULES, account, at=hour(7)) == Step(account)


def test_a_locked_account_is_opened_by_the_service_alone() -> None:
    """No password, lost or right, opens it; the link that was asked for before it was locked is dead."""
    account = locked()
    late: dict[str, Any] = {"at": hour(3)}
    way = "il faut un compte « actif » ; appelez le 04 50 96 69 00 (Guichet Unique)"
    assert refused(lambda: connected(RULES, account, **late)) == [f"state : compte « verrouillé » ; {way}"]
    assert refused(lambda: lose_password(RULES, account, link=link, **late)) == [
        f"state : compte « verrouillé » ; {way}"
    ]
    assert refused(lambda: change_password(RULES, account, GOOD, GOOD, **late)) == [
        f"state : compte « verrouillé » ; {way}"
    ]
    assert len(refused(lambda: choose_password(RULES, account, GOOD, GOOD, link=1, **late))) == 2
    opened, mail = unlock(RULES, account, at=hour(3))
    assert (opened.state, opened.failures) == (AccountState.ACTIVE, 0)
    assert "de nouveau ouvert" in words(mail)
    assert refused(lambda: unlock(RULES, opened, at=hour(4))) == [
        "state : compte « actif » ; il faut un compte « verrouillé » ; rien à déverrouiller"
    ]


@pytest.mark.parametrize(
    "act",
    (
        lambda account: connected(RULES, account, at=hour(1)),
        lambda account: lose_password(RULES, account, at=hour(1), link=link),
        lambda account: change_password(RULES, account, GOOD, GOOD, at=hour(1)),
        lambda account: change_login(RULES, account, at=hour(1), identifier="lea"),
        lambda account: unlock(RULES, account, at=hour(1)),
    ),
)
def test_an_invited_account_only_chooses_its_password(act: Callable[[Account], object]) -> None:
    """Out of order: nothing else can be before a password was chosen; a failure leaves it as it is."""
    account = invited().account
    (said,) = refused(lambda: act(account))
    assert said.startswith("state : compte « invité » ; il faut un compte ")
    assert failed(RULES, account, at=hour(1)) == Step(account)


def test_an_active_account_is_not_invited_again() -> None:
    """A password was chosen already: the way is to ask for another."""
    (said,) = refused(lambda: resend(RULES, active(), at=hour(2), link=link))
    assert "redemandez-en un" in said


def test_the_login_is_changed_and_the_former_address_is_told() -> None:
    """Guide B.2: who took the account over cannot hide it from its holder; a wrong value is refused."""
    account, mail = change_login(RULES, active(), at=hour(2), identifier="lea", email="LEA@Autre.FR")
    assert (account.identifier, account.email) == ("lea", "LEA@autre.fr")
    assert mail is not None
    assert mail["To"].addresses[0].addr_spec == "lea@exemple.fr"
    assert mail["Date"].datetime == hour(2)
    assert change_login(RULES, active(), at=hour(2)).account.email == "lea@exemple.fr"
    assert len(refused(lambda: change_login(RULES, active(), at=hour(2), identifier="", email="a\r\nBcc: b@c.fr"))) == 2


def test_a_lock_ends_a_link_that_was_asked_for() -> None:
    """Once opened again, the account asks for a new one: who provoked the lock may hold the former."""
    account = lose_password(RULES, active(), at=hour(2), link=link).account
    for _ in range(3):
        account = failed(RULES, account, at=hour(3)).account
    account = unlock(RULES, account, at=hour(4)).account
    assert refused(lambda: choose_password(RULES, account, GOOD, GOOD, link=2, at=hour(5)))[0].startswith("link : ")


EVENTS: tuple[Callable[[datetime], object], ...] = (
    lambda at: resend(RULES, invited().account, at=at, link=link),
    lambda at: choose_password(RULES, invited().account, GOOD, GOOD, link=1, at=at),
    lambda at: change_password(RULES, active(), GOOD, GOOD, at=at),
    lambda at: lose_password(RULES, active(), at=at, link=link),
    lambda at: failed(RULES, active(), at=at),
    lambda at: connected(RULES, active(), at=at),
    lambda at: unlock(RULES, locked(), at=at),
    lambda at: change_login(RULES, active(), at=at),
)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("at", (hour(-1), datetime(2021, 7, 1), "2021-07-01", None))
def test_a_clock_that_goes_back_is_refused(event: Callable[[datetime], object], at: Any) -> None:
    """No event comes before the last one, and each has an instant with its zone."""
    assert any(line.startswith("at : ") for line in refused(lambda: event(at)))


def test_an_event_may_come_at_the_same_instant_in_another_zone() -> None:
    """Instants are compared as instants: 11:00 in Paris in summer is 09:00 UTC."""
    paris = datetime.fromisoformat("2021-06-01T11:00+02:00")
    assert choose_password(RULES, invited().account, GOOD, GOOD, link=1, at=paris).account.at == START


@pytest.mark.parametrize(
    ("password", "fits"),
    (
        ("Abcdefgh1234", False), ("Abcdefgh123!", True), ("Abcdefghij1234", True), ("abcdefghij1234", False),
        ("le petit chat boit du lait froid", True), ("le petit chat boit du lait", False), ("a b c d e f g h i j k l m", False),
        ("Éléphant-rose-74", True), ("!" * 60, False), ("", False),
    ),
)  # fmt: skip
def test_a_password_is_strong_enough_in_one_way_or_another(password: str, fits: bool) -> None:
    """The CNIL's examples: 12 characters of four kinds, 14 of three, or seven words."""
    assert any(one.fits(password) for one in CNIL) is fits


def test_strength_is_data() -> None:
    """A town says how strong, in its own words; a password is not made of the identifier or the address."""
    rules = AccountRules(service=GUICHET, strengths=(Strength(least=8, kinds=3),))
    assert password_faults(rules, active(), "Ab345678", "Ab345678") == ()
    for own in ("LEA.Martin8", "x!Lea@Exemple.fr1"):
        assert [one.path for one in password_faults(rules, active(), own, own)] == [("password",)]
    bads: tuple[Any, ...] = ("Aa1!" * 100, None, b"Ab345678")
    for bad in bads:
        assert [one.path for one in password_faults(rules, active(), bad, bad)] == [("password",)]


def test_no_secret_and_no_name_is_shown() -> None:
    """Of an account only its code and state are in a repr; no error, its causes included, tells a password."""
    assert repr(active()).startswith("Account(code='c7', state=<AccountState.ACTIVE")
    assert not [word for word in ("lea", "Léa", "Martin", "SIGNE") if word in repr(active()) + repr(invited())]
    password = "motdepasse"
    with pytest.raises(InvalidValueError) as caught:
        choose_password(RULES, invited().account, password, f"{password}2", link=1, at=hour(1))
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(pickle.dumps(caught.value))
    assert password not in told
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert pickle.loads(pickle.dumps(active())) == active()


def test_wrong_values_are_named_all_at_once() -> None:
    """An invitation tells every field that cannot be, without repeating any; nobody injects a header."""
    bad: dict[str, Any] = {
        "code": "c 7",
        "identifier": "x" * 81,
        "email": "lea@exemple.fr\r\nBcc: b@c.fr",
        "name": "Léa\nBcc: b@c.fr",
    }
    lines = refused(lambda: invite(RULES, at=datetime(2021, 6, 1), link=link, **bad))
    assert [line.split(" : ")[0] for line in lines] == ["code", "identifier", "email", "name", "at"]
    assert "Bcc" not in "".join(lines)


@pytest.mark.parametrize("more", ({"failures": 1}, {"state": "verrouillé"}, {"link_until": hour(1)}))
def test_an_account_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    """Failures before a password, a lock without failure and a link that was not sent contradict one another."""
    assert len(refused(lambda: Account(code="c", identifier="i", email="a@b.fr", name="n", at=START, **more))) == 1


ACTS: dict[str, Callable[[Account, datetime], Step]] = {
    "wrong": lambda account, at: failed(RULES, account, at=at),
    "reset": lambda account, at: choose_password(RULES, account, GOOD, GOOD, link=account.links, at=at),
    "right": lambda account, at: connected(RULES, account, at=at),
    "change": lambda account, at: change_password(RULES, account, GOOD, GOOD, at=at),
    "lost": lambda account, at: lose_password(RULES, account, at=at, link=link),
    "unlock": lambda account, at: unlock(RULES, account, at=at),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 30)), max_size=15))
def test_whatever_comes_an_account_keeps_its_word(story: list[tuple[str, int]]) -> None:
    """Against a plain count: locked after three wrong in a row, opened by the service only, links once and in time."""
    account, failures, opens_until, now = active(), 0, 0, 1
    for event, wait in story:
        now += wait
        is_locked = failures == 3
        possible = {"wrong": True, "unlock": is_locked, "reset": not is_locked and now < opens_until}
        if not possible.get(event, not is_locked):
            with pytest.raises(InvalidValueError):
                ACTS[event](account, hour(now))
            continue
        account = ACTS[event](account, hour(now)).account
        if event == "wrong":
            failures += not is_locked
            opens_until = 0 if failures == 3 else opens_until
        else:
            failures = failures if event == "lost" else 0
            opens_until = now + 48 if event == "lost" else 0
        assert (account.state is AccountState.LOCKED, account.failures) == (failures == 3, failures)
