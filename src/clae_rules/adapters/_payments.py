"""Payments on line, whatever the gateway: what is asked of it, what it tells, and what that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as plain_field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Protocol

from ..errors import Fault, raise_all
from ..money import euros
from ._contacts import email_address
from ._invoice_accounts import InvoiceAccount, Standing, doubts, mismatch, standing
from ._invoice_events import Asked, Notified, Outcome, told_cents
from ._invoices import YEARS, Invoice, moment, positive_cents
from ._records import Form, Record, a, a_code, field, flag, one_of, optional, record, text, whole

#: How long a payment that was asked keeps another from being asked: what eopayment waits between two of PayFiP.
APART: Final = timedelta(minutes=20)


@record
class Payment(Record):
    """
    What is asked of a gateway; made by `payment_of`, which holds it to what is owed.

    Args:
        invoice: Reference of the invoice.
        year: Its exercice.
        amount_cents: What is to be paid.
        email: Where the gateway sends its receipt.
        subject: What the gateway shows.
    """

    FORM = Form("paiement")
    invoice: str = field(a_code, key="facture")
    year: int = field(whole(YEARS[0], YEARS[-1]), key="annee")
    amount_cents: int = field(positive_cents, key="montant_cents")
    email: str = field(email_address, key="courriel", private=True)
    subject: str = field(text(100), key="objet")

    @property
    def reference(self) -> str:
        """The reference of the invoice in letters and digits only, « CLAE2026000001 »."""
        return self.invoice.replace("-", "")


def payment_of(
    invoice: Invoice, account: InvoiceAccount, *, now: datetime, email: str, amount_cents: int | None = None
) -> Payment:
    """
    What to ask of a gateway for an invoice.

    Args:
        invoice: The invoice.
        account: All that happened to it.
        now: The instant, aware.
        email: Where the gateway sends its receipt.
        amount_cents: A part of what is owed; all of it unless said.

    Raises:
        InvalidValueError: If the account is in doubt, nothing is owed, less than what is asked is, or a payment asked
            before may still succeed.
        NaiveInstantError: If *now* has no time zone.
    """
    at = standing(account, now)
    owed = at.balance_cents
    raise_all([*_another(invoice, account), *_doubtful(account, at), *_no_payment(account, now, owed, amount_cents)])
    return Payment(
        invoice=invoice.reference,
        year=invoice.year,
        amount_cents=owed if amount_cents is None else amount_cents,
        email=email,
        subject=f"Facture {invoice.reference}",
    )


def _another(invoice: Invoice, account: InvoiceAccount) -> Iterator[Fault]:
    if account.invoice != invoice.reference:
        fr = f"compte de {account.invoice} ; il faut celui de {invoice.reference}"
        yield Fault(("account",), fr, f"account of {account.invoice}; expected that of {invoice.reference}")


def _doubtful(account: InvoiceAccount, at: Standing) -> Iterator[Fault]:
    """What is in doubt, even if a clock that is ahead told it."""
    for one in dict.fromkeys((*at.doubts, *doubts(account))):
        fr = f"{one.text()} ; rien n'est demandé : la régie vérifie, puis retire ce qui est faux"
        yield Fault(("account",), fr, f"{one.text('en')}; nothing is asked: look, then withdraw what is wrong")


def _no_payment(account: InvoiceAccount, now: datetime, owed: int, asked: int | None) -> Iterator[Fault]:
    if not owed:
        yield Fault(("account",), "rien n'est dû ; il n'y a rien à payer", "nothing is owed; there is nothing to pay")
    elif isinstance(asked, int) and asked > owed:
        fr = f"lu {euros(asked)} ; il reste {euros(owed)} à payer"
        yield Fault(("amount_cents",), fr, f"got {euros(asked)}; {euros(owed)} is owed")
    known = {one.transaction: one for one in account.of(Asked)}
    told = [one for one in account.of(Notified, now) if not mismatch(one, known.get(one.transaction))]
    over = {one.transaction for one in told if one.outcome is not Outcome.WAITING}
    for one in known.values():
        if one.transaction not in over and now < one.at + APART:
            fr = f"un paiement est en cours depuis {one.at:%H:%M} ; attendez-en la fin"
            yield Fault(("account",), fr, f"a payment is under way since {one.at:%H:%M}; wait for its end")


@dataclass(frozen=True, slots=True)
class Redirection:
    """
    Where the family goes to pay.

    Args:
        transaction: The name under which the gateway will tell what became of it.
        url: The page to go to; or
        form: The HTML of a form to send.
        test: Whether no money moves.
    """

    transaction: str
    url: str = plain_field(default="", repr=False)  # some gateways take the address of who pays in it
    form: str = plain_field(default="", repr=False)
    test: bool = False


@record
class Notification(Record):
    """
    What a gateway tells of a payment.

    Args:
        transaction: As it was named when it was asked.
        outcome: What became of it.
        verified: Whether it surely comes from the gateway.
        at: When it was received.
        amount_cents: Of which amount, where it says so.
        test: Whether no money moved.
        reply: What the gateway expects as an answer; empty for nothing.
    """

    FORM = Form("notification")
    transaction: str = field(text(200))
    outcome: Outcome = field(one_of(Outcome), key="issue")
    verified: bool = field(flag, key="certifie")
    at: datetime = field(moment, key="instant")
    amount_cents: int | None = field(optional(told_cents), key="montant_cents", default=None)
    test: bool = field(flag, key="essai", default=False)
    reply: str = field(a(str), key="reponse", default="")


class Gateway(Protocol):
    """What a portal needs of a gateway; nothing here keeps any state."""

    def request(self, payment: Payment) -> Redirection:
        """Where the family goes to pay."""
        ...

    def notification(self, query: str, *, at: datetime) -> Notification:
        """What a query string or the body of a form, received at an instant, tells."""
        ...


def asked(payment: Payment, redirection: Redirection, *, at: datetime) -> Asked:
    """The event to keep before the family is sent to the gateway."""
    return Asked(
        invoice=payment.invoice,
        at=at,
        transaction=redirection.transaction,
        amount_cents=payment.amount_cents,
        test=redirection.test,
    )


class Reception(Enum):
    """What a notification is to an account, to be logged beside it."""

    NEW = "nouvelle"
    REPEATED = "déjà connue"
    FORGED = "non certifiée"
    UNKNOWN = "transaction inconnue"
    MISMATCH = "ne correspond pas à ce qui fut demandé"


def reception(account: InvoiceAccount, notification: Notification) -> Reception:
    """What a notification is to an account."""
    if not notification.verified:
        return Reception.FORGED
    known = next((one for one in account.of(Asked) if one.transaction == notification.transaction), None)
    if known is None:
        return Reception.UNKNOWN
    told = _event(account, notification)
    if mismatch(told, known):
        return Reception.MISMATCH
    return Reception.REPEATED if told.identity in {one.identity for one in account.events} else Reception.NEW


def applied(account: InvoiceAccount, notification: Notification) -> InvoiceAccount:
    """
    The account after a notification, in whatever order and however often notifications come.

    What is not certified changes nothing: anybody can send it. All else is kept; what counts of it, `received` says: a
    payment that was asked, told as paid, of the amount asked. A payment told as paid stays so, whatever is told later or
    was told before.

    Args:
        account: Of the invoice whose payment it is.
        notification: What a gateway tells.
    """
    return account.after(_event(account, notification)) if notification.verified else account


def _event(account: InvoiceAccount, told: Notification) -> Notified:
    return Notified(
        invoice=account.invoice,
        at=told.at,
        transaction=told.transaction,
        outcome=told.outcome,
        amount_cents=told.amount_cents,
        test=told.test,
    )
