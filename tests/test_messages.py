"""The mails of the service: what they say, and what nobody can make them say."""

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

pytest.importorskip("attrs")

from clae_rules import InvalidValueError
from clae_rules.adapters._contacts import email_address, phone_number, phone_text, postal_code, web_address
from clae_rules.adapters._messages import Link, Service, message
from clae_rules.adapters._records import RefusedValueError

GUICHET = Service(
    name="Guichet Unique",
    town="Cluses",
    email="guichet@exemple.fr",
    phone="04 50 96 69 00",
    portal="https://cluses.portail-familles.app",
)


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    found = mail.get_body(("plain",)), mail.get_body(("html",))
    assert found[0] is not None
    assert found[1] is not None
    return found[0].get_content(), found[1].get_content()


def test_a_mail_says_the_same_as_text_and_as_html() -> None:
    """A paragraph, a list, a link and the signature stand in both forms, accents and euros included."""
    link = Link(label="Choisir mon mot de passe", address="https://cluses.portail-familles.app/m?jeton=a&b=c")
    said = ["Bonjour Zoë,\nvoici :", ("Périscolaire midi 2 — 0,25\xa0€", "Repas")]
    mail = message("Réservation validée", "zoe@exemple.fr", said, sender=GUICHET, to_name="Zoë Dœuff", link=link)
    plain, rich = parts(mail)
    assert plain == (
        "Bonjour Zoë,\nvoici :\n\n- Périscolaire midi 2 — 0,25\xa0€\n- Repas\n\n"
        "Choisir mon mot de passe :\nhttps://cluses.portail-familles.app/m?jeton=a&b=c\n\n"
        "--\nGuichet Unique, Cluses\n04 50 96 69 00\nhttps://cluses.portail-familles.app\n"
    )
    assert "<p>Bonjour Zoë,<br>voici :</p>" in rich
    assert "<ul><li>Périscolaire midi 2 — 0,25\xa0€</li><li>Repas</li></ul>" in rich
    assert 'href="https://cluses.portail-familles.app/m?jeton=a&amp;b=c"' in rich
    assert '<html lang="fr">' in rich
    assert mail.get_content_type() == "multipart/alternative"
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("fr", "auto-generated")


def test_a_mail_is_read_back_as_it_was_sent() -> None:
    """The bytes that a server takes, with long lines and names, hold the same subject, addresses and words."""
    long = "é" * 4000 + " €"
    mail = message("Réservation " + "annulée " * 15, "a@exemple.fr", [long], sender=GUICHET, to_name="Zoë, dite « Zo »")
    wire = mail.as_bytes(policy=email.policy.SMTP)
    back = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(back, EmailMessage)
    assert all(len(line) <= 998 for line in wire.splitlines())
    assert back["Subject"] == mail["Subject"]
    assert [(one.display_name, one.addr_spec) for one in back["To"].addresses] == [("Zoë, dite « Zo »", "a@exemple.fr")]
    assert [one.replace("\r\n", "\n") for one in parts(back)] == [*parts(mail)]
    assert parts(mail)[0].startswith(long + "\n")


def test_the_same_arguments_make_the_same_bytes() -> None:
    """Nothing of a mail is drawn at random or read from a clock."""
    mails = [message("Essai", "a@exemple.fr", ["Bonjour"], sender=GUICHET) for _ in range(2)]
    assert mails[0].as_bytes() == mails[1].as_bytes()
    assert mails[0]["Date"] is None
    at = datetime.fromisoformat("2021-09-06T08:30:00+02:00")
    dated = message("Essai", "a@exemple.fr", ["Bonjour"], sender=GUICHET, at=at)
    assert str(dated["Date"]) == "Mon, 06 Sep 2021 08:30:00 +0200"


@pytest.mark.parametrize("end", ("\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00", "\u202e", "\u200b", "\ud800"))
def test_no_header_is_injected(end: str) -> None:
    """An end of line, a control or an unseen character in a header is refused; none of it is repeated."""
    for given in ({"subject": f"Essai{end}Bcc: x@y.fr"}, {"to": f"a@exemple.fr{end}"}, {"to_name": f"Léa{end}Bcc: x"}):
        arguments: dict[str, Any] = {"subject": "Essai", "to": "a@exemple.fr", **given}
        with pytest.raises(InvalidValueError) as caught:
            message(**arguments, paragraphs=["Bonjour"], sender=GUICHET)
        assert "Bcc" not in str(caught.value)
        assert [fault.path for fault in caught.value.faults] == [tuple(given)]


def test_every_fault_of_a_mail_is_told_at_once() -> None:
    """Subject, address and paragraphs are judged together."""
    with pytest.raises(InvalidValueError) as caught:
        message("", "personne", ["Bonjour", "\x1b[31m", ("", "Repas")], sender=GUICHET)
    assert [fault.path for fault in caught.value.faults] == [
        ("subject",), ("to",), ("paragraphs", 1), ("paragraphs", 2, 0),
    ]  # fmt: skip


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


def test_words_are_never_html() -> None:
    """What families and the service write is escaped everywhere: paragraphs, lists, names, subject."""
    evil = "</title><script>alert('x')</script><img src=x onerror=\"y\">"
    town = Service(name="<b>G</b>", email="g@exemple.fr", phone="0450966900", portal="https://a.fr")
    rich = parts(message(evil, "a@exemple.fr", [evil, (evil,)], sender=town))[1]
    tags = Tags()
    tags.feed(rich)
    assert not {"script", "img", "b"} & set(tags.seen)
    assert tags.seen.count("title") == 1


@pytest.mark.parametrize(
    "given",
    (
        "javascript:alert(1)", "http://exemple.fr", "https://", "https:///a", "https://a.fr/x y", 'https://a.fr/"x',
        "https://a.fr/<x>", "https://exemple.fr@evil.fr/", "https://a.fr/\r\nBcc: x", "https://é.fr", "https://[::1", 7,
        "https://a.fr/" + "a" * 2000,
    ),
)  # fmt: skip
def test_a_link_leads_to_a_web_address(given: object) -> None:
    """Only https, in ASCII, without what could leave the attribute or hide where it leads."""
    with pytest.raises(RefusedValueError):
        web_address(given)


def test_a_link_is_not_shown() -> None:
    """A link may carry what opens an account: its address is in no repr and in no message."""
    assert "jeton" not in repr(Link(label="Ouvrir", address="https://a.fr/?jeton=abc"))
    with pytest.raises(InvalidValueError) as caught:
        Link(label="Ouvrir", address="http://a.fr/?jeton=abc")
    assert "jeton" not in str(caught.value)
    assert web_address("http://localhost:8000/x?jeton=1") == "http://localhost:8000/x?jeton=1"


@pytest.mark.parametrize(
    ("given", "kept"),
    (
        ("04 50 96 69 00", "0450966900"),
        ("04\u00a050\u202f96.69-00", "0450966900"),
        ("+33 (0)4 50 96 69 00", "0450966900"),
        ("0033450966900", "0450966900"),
        ("+33 6 12 34 56 78", "0612345678"),
        ("0692 12 34 56", "0692123456"),
        ("+262 692 12 34 56", "0692123456"),
        ("+590690123456", "0690123456"),
        ("+508 41 12 34", "0508411234"),
        ("+508 708 40 12 34", "0708401234"),
        ("+41 22 345 67 89", "+41223456789"),
        ("0041223456789", "+41223456789"),
        ("09 70 12 34 56", "0970123456"),
    ),
)
def test_a_telephone_is_read_as_people_write_it(given: str, kept: str) -> None:
    """One number has one form: ten digits in the French plan, overseas included; « + » and its code elsewhere."""
    assert phone_number(given) == kept
    assert phone_number(phone_text(kept)) == kept


@pytest.mark.parametrize(
    "given",
    (
        "", "112", "4 50 96 69 00", "00 50 96 69 00", "04 50 96 69 0", "04 50 96 69 000", "+33 04 50 96 69 00", "+33 45",
        "+262 12", "+0 12345678", "+" + "1" * 16, "٠٤٥٠٩٦٦٩٠٠", "０４５０９６６９００", "04 50 96 69 0O", "tél. 0450966900",
        "04509669\r\n00", "0450966900;ext=1", 450966900, None, b"0450966900", "0 4" * 30,
    ),
)  # fmt: skip
def test_what_is_no_telephone_is_refused(given: object) -> None:
    """Too few or many digits, digits of other scripts, words, lines and numbers without their zero are refused."""
    with pytest.raises(RefusedValueError):
        phone_number(given)


@pytest.mark.parametrize(
    "given",
    (
        "a@exemple.fr",
        "prenom.nom+clae@sous.domaine.exemple.fr",
        "o'neil@exemple.fr",
        "x@xn--caf-dma.fr",
        "a" * 64 + "@b.fr",
    ),
)
def test_an_email_is_one_that_browsers_send(given: str) -> None:
    """A dot-atom, an at sign and a domain of at least two labels."""
    assert email_address(given) == given


@pytest.mark.parametrize(
    "given",
    (
        "", "a", "@b.fr", "a@", "a@b", "a@b.", "a@.fr", "a@-b.fr", "a@b-.fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a b@c.fr",
        "a@b@c.fr", '"a b"@c.fr', "a@[127.0.0.1]", "a@127.0.0.1", "é@c.fr", "a@é.fr", "a@b.fr\r\nBcc: x@y.fr", "a@b.fr\n",
        "a@b.fr\x00", "Léa <a@b.fr>", "a@b.fr,c@d.fr", "\u202ea@b.fr", "a@b.\uff46r", "a" * 65 + "@b.fr",
        "a@" + "b." * 130 + "fr", "a@" + "b" * 64 + ".fr", "\u212a@b.fr", "a@\u212a.fr", None, 3, "a@b.fr" * 100,
    ),
)  # fmt: skip
def test_what_is_no_email_is_refused(given: object) -> None:
    """Two at signs, quotes, machines, accents, look-alikes, ends of line and lists are refused."""
    with pytest.raises(RefusedValueError):
        email_address(given)


@pytest.mark.parametrize(
    "given", ("01000", "20090", "74300", "74302", "75116", "95880", "97133", "97400", "98800", "98000")
)
def test_a_postcode_is_of_france(given: str) -> None:
    """Metropolitan, Corsica, CEDEX, overseas and Monaco."""
    assert postal_code(given) == given


@pytest.mark.parametrize(
    "given",
    ("", "2A004", "2B000", "7430", "743000", "96000", "97900", "98900", "99100", "７４３００", 74300, "F-74300", None),
)
def test_what_is_no_postcode_is_refused(given: object) -> None:
    """The INSEE's 2A and 2B, four or six digits, départements that are none and numbers are refused."""
    with pytest.raises(RefusedValueError):
        postal_code(given)
