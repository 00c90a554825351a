"""What happens to an invoice, as small records that name nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Self

from ..errors import Fault
from ._credit_notes import CreditNote
from ._invoices import PARIS, Invoice, day, moment, or_none, positive_cents, time_zone
from ._records import Form, Record, RefusedValueError, a_code, field, flag, one_of, optional, record, text, whole

#: What a gateway may tell, right or wrong.
told_cents: Final = whole(0, 10**12)
_WHENEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@record
class InvoiceEvent(Record):
    """
    Something that happened to an invoice; it names nobody.

    Args:
        invoice: Reference of the invoice.
        at: When; told twice, the same event happened at the earlier of the two instants.
    """

    invoice: str = field(a_code, key="facture")
    at: datetime = field(moment, key="instant")

    @property
    def identity(self) -> tuple[str, ...]:
        """What two tellings of the same event have in common, whatever their instants."""
        return (type(self).__name__,)

    @property
    def whenever(self) -> Self:
        """The same event, whatever its instant."""
        return self.changed(at=_WHENEVER)

    @property
    def counted(self) -> Self:
        """What two tellings of the same event must agree on for it to count."""
        return self.whenever


@record
class Issued(InvoiceEvent):
    """It was issued, to be paid until a day that is read in a zone."""

    FORM = Form("facture émise")
    household: str = field(a_code, key="foyer")
    amount_cents: int = field(positive_cents, key="montant_cents")
    due_on: date = field(day, key="echeance")
    zone: str = field(time_zone, key="fuseau", default=PARIS)


@record
class Credited(InvoiceEvent):
    """Some of it was given up, by a credit note."""

    FORM = Form("facture annulée par avoir")
    credit: str = field(a_code, key="avoir")
    amount_cents: int = field(positive_cents, key="montant_cents")

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Credited", self.credit)


@record
class Paid(InvoiceEvent):
    """Some of it was paid elsewhere than on line; `payment` is the number of the receipt."""

    FORM = Form("facture payée")
    payment: str = field(text(80), key="recu")
    amount_cents: int = field(positive_cents, key="montant_cents")
    means: str = field(or_none(text(60)), key="moyen", default="")

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Paid", self.payment)

    @property
    def counted(self) -> Self:
        return self.whenever.changed(means="")


@record
class Refunded(InvoiceEvent):
    """Some of what was paid went back to the household."""

    FORM = Form("paiement remboursé")
    refund: str = field(text(80), key="remboursement")
    amount_cents: int = field(positive_cents, key="montant_cents")

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Refunded", self.refund)


@record
class Reminded(InvoiceEvent):
    """A reminder was sent, the first, the second…"""

    FORM = Form("relance envoyée")
    rank: int = field(whole(1, 20), key="rang")

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Reminded", str(self.rank))


@record
class Asked(InvoiceEvent):
    """A payment on line was asked of a gateway; `test` where no money moves."""

    FORM = Form("paiement demandé")
    transaction: str = field(text(200))
    amount_cents: int = field(positive_cents, key="montant_cents")
    test: bool = field(flag, key="essai", default=False)

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Asked", self.transaction)


class Outcome(Enum):
    """What a gateway says became of a payment."""

    WAITING = "en cours"
    REFUSED = "refusé"
    CANCELLED = "abandonné"
    EXPIRED = "expiré"
    FAILED = "en erreur"
    PAID = "payé"
    UNREADABLE = "illisible"


@record
class Notified(InvoiceEvent):
    """A gateway told for certain what became of a payment; of which amount, where it says so."""

    FORM = Form("paiement notifié")
    transaction: str = field(text(200))
    outcome: Outcome = field(one_of(Outcome), key="issue")
    amount_cents: int | None = field(optional(told_cents), key="montant_cents", default=None)
    test: bool = field(flag, key="essai", default=False)

    @property
    def identity(self) -> tuple[str, ...]:
        said = (self.transaction, self.outcome.value, str(self.amount_cents), str(self.test))
        return ("Notified", *said)


def _withdrawable(given: Any) -> InvoiceEvent:
    if not isinstance(given, InvoiceEvent) or isinstance(given, (Issued, Withdrawn)):
        raise RefusedValueError(
            "un événement de facture, qui n'est ni son émission (faites un avoir) ni un retrait",
            "an event of an invoice, neither its issue (make a credit note) nor a withdrawal",
        )
    return given


@record
class Withdrawn(InvoiceEvent):
    """An event that somebody looked at and found wrong; it counts no more, however often it is told again."""

    FORM = Form("événement retiré")
    event: InvoiceEvent = field(_withdrawable, key="evenement")

    @property
    def identity(self) -> tuple[str, ...]:
        return ("Withdrawn", repr(self.event))

    def faults(self) -> Iterator[Fault]:
        """An event of another invoice."""
        if self.event.invoice != self.invoice:
            fr = f"événement de {self.event.invoice} ; il faut ceux de {self.invoice}"
            yield Fault(("event",), fr, f"event of {self.event.invoice}; expected those of {self.invoice}")


#: Every kind of event.
EVENTS: Final = (Issued, Credited, Paid, Refunded, Reminded, Asked, Notified, Withdrawn)


def issued(of: Invoice) -> Issued:
    """The event of an invoice."""
    return Issued(
        invoice=of.reference,
        at=of.issued,
        household=of.household,
        amount_cents=of.total_cents,
        due_on=of.due_on,
        zone=of.zone,
    )


def credited(by: CreditNote) -> Credited:
    """The event of a credit note."""
    return Credited(invoice=by.invoice, at=by.issued, credit=by.reference, amount_cents=by.total_cents)
