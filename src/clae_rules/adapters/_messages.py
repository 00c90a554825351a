"""
The mails of the service, as values of the standard library: French, text and HTML, the same for the same arguments.

Sending is the framework's, which may give the mail a number (`Message-ID`). Nothing of what a mail says is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from hashlib import sha256
from html import escape
from typing import Any, Final

from ._contacts import email_address, phone_number, phone_text, web_address
from ._records import Form, Record, field, instant, note, optional, record, several, text

__all__ = ["Link", "Service", "message"]

#: A paragraph, or the lines of a list.
Paragraph = str | Sequence[str]
_STYLE: Final = "font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:40em"


@record
class Service(Record):
    """
    Who writes to families: « Guichet Unique ».

    Args:
        name: As the mails are signed.
        email: Where they come from, and where families answer.
        phone: Where families call.
        portal: Address of the portal.
        town: The town, told beside the name; None where the name says it.
    """

    FORM = Form("service")

    name: str = field(text(80), key="nom")
    email: str = field(email_address, key="courriel")
    phone: str = field(phone_number, key="telephone")
    portal: str = field(web_address, key="portail")
    town: str | None = field(optional(text(80)), key="ville", default=None)

    @property
    def signature(self) -> str:
        """The name, and the town where it is told apart."""
        return f"{self.name}, {self.town}" if self.town else self.name

    @property
    def call(self) -> str:
        """How it is called: « le 04 50 96 69 00 (Guichet Unique) »."""
        return f"le {phone_text(self.phone)} ({self.name})"


@record
class Link(Record):
    """
    What a mail invites to follow: its words and its address; shown in full, so that one sees where it leads.

    Args:
        label: What it does, « Choisir mon mot de passe ».
        address: Where it leads; private, since it may carry what opens an account.
    """

    label: str = field(text(80))
    address: str = field(web_address, private=True)


def _paragraph(given: Any) -> Any:
    return note(5000)(given) if isinstance(given, str) else several(text(500), 1000)(given)


@record
class _Written(Record):
    """What a mail says, judged as a whole before any of it becomes a header."""

    subject: str = field(text(150), private=True)
    to: str = field(email_address, private=True)
    to_name: str | None = field(optional(text(120)), default=None, private=True)
    at: datetime | None = field(optional(instant), default=None)
    paragraphs: tuple[Paragraph, ...] = field(several(_paragraph, 200), private=True)


def message(
    subject: str, to: str, paragraphs: Iterable[Paragraph], *,
    sender: Service, to_name: str | None = None, link: Link | None = None, at: datetime | None = None,
) -> EmailMessage:  # fmt: skip
    """
    A mail from the service to a family, as text and as HTML.

    Args:
        subject: On one line.
        to: Address of the family.
        paragraphs: What is said; a text is a paragraph, whose ends of line are kept, a sequence of texts is a list.
        sender: Who writes, and signs.
        to_name: Who is written to; told before the address.
        link: What to follow, after the paragraphs.
        at: Instant of what it tells, its date; the framework gives it one where left out.

    Raises:
        InvalidValueError: If a text has control characters, or an address is none; nothing of it is repeated.

    >>> service = Service(
    ...     name="Guichet Unique", email="guichet@exemple.fr", phone="04 50 96 69 00", portal="https://portail.exemple.fr"
    ... )
    >>> mail = message("Annulation", "lea@exemple.fr", ["Bonjour,", ("Repas <midi>",)], sender=service)
    >>> print(mail.get_body(("plain",)).get_content())
    Bonjour,
    <BLANKLINE>
    - Repas <midi>
    <BLANKLINE>
    --
    Guichet Unique
    04 50 96 69 00
    https://portail.exemple.fr
    <BLANKLINE>
    """
    said = _Written(subject=subject, to=to, to_name=to_name, paragraphs=tuple(paragraphs), at=at)
    mail = EmailMessage()
    mail["Subject"] = said.subject
    mail["From"] = Address(sender.signature, addr_spec=sender.email)
    mail["To"] = Address(said.to_name or "", addr_spec=said.to)
    if said.at is not None:
        mail["Date"] = said.at
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: an absence notice does not answer it
    plain, rich = _plain(said.paragraphs, sender, link), _html(said, sender, link)
    mail.set_content(plain, cte="quoted-printable")
    mail.add_alternative(rich, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = "fr"  # of the whole, and so after its parts
    mail.set_boundary(f"=_{sha256(f'{plain}{rich}'.encode()).hexdigest()[:40]}")  # else drawn at random when sent
    return mail


def _plain(paragraphs: tuple[Paragraph, ...], sender: Service, link: Link | None) -> str:
    parts = [one if isinstance(one, str) else "\n".join(f"- {line}" for line in one) for one in paragraphs]
    parts += [f"{link.label} :\n{link.address}"] if link else []
    parts.append("\n".join(["--", sender.signature, phone_text(sender.phone), sender.portal]))
    return "\n\n".join(parts) + "\n"


def _html(said: _Written, sender: Service, link: Link | None) -> str:
    """The same as HTML: no image, no script, no style but that of the page; every word escaped."""
    parts = [_html_paragraph(one) for one in said.paragraphs]
    if link:
        at = escape(link.address)
        parts.append(f'<p><a href="{at}"><strong>{escape(link.label)}</strong></a><br>{at}</p>')
    portal = escape(sender.portal)
    end = [escape(sender.signature), escape(phone_text(sender.phone)), f'<a href="{portal}">{portal}</a>']
    parts.append(f"<hr>\n<p>{'<br>'.join(end)}</p>")
    head = f'<head><meta charset="utf-8"><title>{escape(said.subject)}</title></head>'
    return (
        f'<!DOCTYPE html>\n<html lang="fr">{head}\n<body style="{_STYLE}">\n' + "\n".join(parts) + "\n</body></html>\n"
    )


def _html_paragraph(one: Paragraph) -> str:
    if isinstance(one, str):
        return f"<p>{escape(one).replace(chr(10), '<br>')}</p>"
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in one) + "</ul>"
