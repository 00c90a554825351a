"""The account of an invoice: a set of events, of which what is owed at an instant is a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Self, TypeVar
from zoneinfo import ZoneInfo

from ..desk_days import aware
from ..errors import Fault
from ..money import euros
from ._invoice_events import EVENTS, Asked, Credited, InvoiceEvent, Issued, Notified, Outcome, Paid, Refunded, issued
from ._invoices import Invoice
from ._records import Form, Record, RefusedValueError, a_code, field, record

_E = TypeVar("_E", bound=InvoiceEvent)
_WHENEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _told_once(given: Any) -> tuple[InvoiceEvent, ...]:
    """
    Events as a set, in one order: of one told twice, the telling with the earlier instant is kept.

    So the same events give the same account, in whatever order and however often they come.
    """
    if not isinstance(given, (tuple, list)) or not all(isinstance(one, InvoiceEvent) for one in given):
        raise RefusedValueError("une liste d'événements de facture", "a list of events of an invoice")
    kept: dict[InvoiceEvent, InvoiceEvent] = {}
    for one in given:
        same = one.changed(at=_WHENEVER)
        if same not in kept or one.at < kept[same].at:
            kept[same] = one
    return tuple(sorted(kept.values(), key=lambda one: (one.at, one.identity, repr(one))))


@record
class InvoiceAccount(Record):
    """
    All that happened to an invoice; events are added and never taken away.

    Args:
        invoice: Reference of the invoice.
        events: In any order, told once or more; kept once, by instant.
    """

    FORM = Form("compte de facture")
    invoice: str = field(a_code, key="facture")
    events: tuple[InvoiceEvent, ...] = field(_told_once, key="evenements", default=())

    def after(self, *events: InvoiceEvent) -> Self:
        """The account with these events too."""
        return self.changed(events=(*self.events, *events))

    def faults(self) -> Iterator[Fault]:
        """Events of another invoice, and two issues."""
        for i, one in enumerate(self.events):
            if one.invoice != self.invoice:
                fr = f"événement de {one.invoice} ; il faut ceux de {self.invoice}"
                yield Fault(("events", i), fr, f"event of {one.invoice}; expected those of {self.invoice}")
        if len([one for one in self.events if isinstance(one, Issued)]) > 1:
            yield Fault(
                ("events",), "facture émise deux fois, autrement ; gardez la vraie", "issued twice, differently"
            )

    def of(self, kind: type[_E], now: datetime | None = None) -> tuple[_E, ...]:
        """The events of a kind, until *now* where it is given; what is told in two ways counts as none of them."""
        known = [one for one in self.events if isinstance(one, kind) and (now is None or one.at <= now)]
        often = Counter(one.identity for one in known)
        return tuple(one for one in known if often[one.identity] == 1)


def account_of(invoice: Invoice) -> InvoiceAccount:
    """The account of an invoice on its day."""
    return InvoiceAccount(invoice=invoice.reference, events=(issued(invoice),))


class State(Enum):
    """Where an invoice stands at an instant."""

    TO_COME = "pas encore émise"
    ISSUED = "émise"
    PARTLY_PAID = "partiellement payée"
    LATE = "en retard"
    PAID = "payée"
    CREDITED = "annulée par avoir"


@dataclass(frozen=True, slots=True, order=True)
class Received:
    """
    Money that came in.

    Args:
        at: When.
        payment: Number of the receipt, or of the transaction on line.
        cents: How much.
        online: Whether a gateway told it.
    """

    at: datetime
    payment: str
    cents: int
    online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    What an invoice comes to at an instant, euro cents.

    Args:
        invoice: Reference of the invoice.
        now: The instant.
        state: Where it stands; LATE where anything is still owed after the last day to pay, paid in part or not.
        issued_cents: What was asked.
        credited_cents: What was given up, at most what was asked.
        received: What came in, by instant.
        refunded_cents: What went back.
        due_on: Last day to pay; None before the issue.
        days_late: Days since that day, where something is owed; else 0.
    """

    invoice: str
    now: datetime
    state: State
    issued_cents: int
    credited_cents: int
    received: tuple[Received, ...]
    refunded_cents: int
    due_on: date | None
    days_late: int

    @property
    def paid_cents(self) -> int:
        """What came in, less what went back."""
        return sum(one.cents for one in self.received) - self.refunded_cents

    @property
    def balance_cents(self) -> int:
        """What is still owed, at least 0."""
        return max(0, self.issued_cents - self.credited_cents - self.paid_cents)

    @property
    def overpaid_cents(self) -> int:
        """What was paid beyond what is owed: the household's, until it is refunded; never set off by itself."""
        return max(0, self.paid_cents + self.credited_cents - self.issued_cents)


def standing(account: InvoiceAccount, now: datetime) -> Standing:
    """
    What an invoice comes to at an instant; what happens later is not known yet, even where it is told.

    Args:
        account: All that happened.
        now: The instant, aware; before the issue nothing is owed.

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    first = next(iter(account.of(Issued, aware(now))), None)
    known = Standing(
        invoice=account.invoice,
        now=now,
        state=State.TO_COME,
        issued_cents=first.amount_cents if first else 0,
        credited_cents=min(first.amount_cents, _sum(account.of(Credited, now))) if first else 0,
        received=received(account, now),
        refunded_cents=_sum(account.of(Refunded, now)),
        due_on=first.due_on if first else None,
        days_late=0,
    )
    if first is None:
        return known
    late = (now.astimezone(ZoneInfo(first.zone)).date() - first.due_on).days
    if known.balance_cents == 0:
        state = State.CREDITED if known.credited_cents == known.issued_cents else State.PAID
        return replace(known, state=state)
    if late > 0:
        return replace(known, state=State.LATE, days_late=late)
    return replace(known, state=State.PARTLY_PAID if known.paid_cents > 0 else State.ISSUED)


def _sum(events: Iterable[Credited | Refunded]) -> int:
    return sum(one.amount_cents for one in events)


def received(account: InvoiceAccount, now: datetime | None = None) -> tuple[Received, ...]:
    """What came in: receipts, and payments that were asked and of which the gateway certified this very amount."""
    found = [Received(one.at, one.payment, one.amount_cents, online=False) for one in account.of(Paid, now)]
    asked = {one.transaction: one for one in account.of(Asked, now)}
    paid: dict[str, datetime] = {}
    for one in account.of(Notified, now):
        if one.outcome is Outcome.PAID and not mismatch(one, asked.get(one.transaction)):
            paid[one.transaction] = min(one.at, paid.get(one.transaction, one.at))
    found += [Received(at, name, asked[name].amount_cents, online=True) for name, at in paid.items()]
    return tuple(sorted(found))


def mismatch(told: Notified, asked: Asked | None) -> tuple[str, str] | None:
    """Why what a gateway told counts for nothing; None where it counts."""
    if asked is None:
        return "transaction inconnue", "unknown transaction"
    if told.test != asked.test:
        return "paiement d'essai pour un vrai, ou l'inverse", "a test for a real payment, or the reverse"
    if told.amount_cents not in {None, asked.amount_cents}:
        fr = f"{euros(told.amount_cents or 0)} pour {euros(asked.amount_cents)} demandés"
        return fr, f"{euros(told.amount_cents or 0)} where {euros(asked.amount_cents)} was asked"
    return None


def doubts(account: InvoiceAccount) -> tuple[Fault, ...]:
    """
    What somebody must look at: it is kept, and counts for nothing until then.

    That is: an event told in two ways, a payment that a gateway certifies and nobody asked or of another amount, credit
    notes beyond the invoice, refunds beyond what came in, an invoice of which the issue is not known.
    """
    return tuple(_doubts(account))


def _doubts(account: InvoiceAccount) -> Iterator[Fault]:
    sure = {one for kind in EVENTS for one in account.of(kind)}
    for form, *name in dict.fromkeys((one.FORM.name, *one.identity[1:]) for one in account.events if one not in sure):
        yield Fault((form, *name), "dit de deux façons ; compté pour rien", "told in two ways; counts for nothing")
    asked = {one.transaction: one for one in account.of(Asked)}
    for told in account.of(Notified):
        if why := mismatch(told, asked.get(told.transaction)):
            yield Fault(
                (Notified.FORM.name, told.transaction),
                f"{told.outcome.value}, {why[0]} ; compté pour rien",
                f"{told.outcome.name.lower()}, {why[1]}; counts for nothing",
            )
    first = next(iter(account.of(Issued)), None)
    if first is None:
        yield Fault((Issued.FORM.name,), "l'émission n'est pas connue ; ajoutez-la", "the issue is not known; add it")
    elif (over := _sum(account.of(Credited)) - first.amount_cents) > 0:
        yield Fault(
            (Credited.FORM.name,), f"{euros(over)} de plus que la facture", f"{euros(over)} more than the invoice"
        )
    if (over := _sum(account.of(Refunded)) - sum(one.cents for one in received(account))) > 0:
        yield Fault((Refunded.FORM.name,), f"{euros(over)} de plus que reçu", f"{euros(over)} more than what came in")
