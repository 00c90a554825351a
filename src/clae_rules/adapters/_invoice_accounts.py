"""The account of an invoice: a set of events, of which what is owed at an instant is a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from ..desk_days import aware
from ..errors import Fault
from ..money import euros
from ._invoice_events import Asked, Credited, InvoiceEvent, Issued, Notified, Outcome, Paid, Refunded, Withdrawn, issued
from ._invoices import Invoice
from ._records import Form, Record, RefusedValueError, a_code, field, record

_E = TypeVar("_E", bound=InvoiceEvent)


def _told_once(given: Any) -> tuple[InvoiceEvent, ...]:
    """
    Events as a set, in one order: of one told twice, the telling with the earlier instant is kept.

    So the same events give the same account, in whatever order and however often they come.
    """
    if not isinstance(given, (tuple, list)) or not all(isinstance(one, InvoiceEvent) for one in given):
        raise RefusedValueError("une liste d'événements de facture", "a list of events of an invoice")
    kept: dict[InvoiceEvent, InvoiceEvent] = {}
    for one in given:
        same = one.whenever
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
        """The events of a kind that count, until *now* where it is given: each once, none that is told in two ways."""
        told = self._told(now)
        return tuple(same[0] for same in told if isinstance(same[0], kind) and len({one.counted for one in same}) == 1)

    def disputed(self, now: datetime | None = None) -> tuple[InvoiceEvent, ...]:
        """The events that are told in two ways, the first telling of each, until *now* where it is given."""
        return tuple(same[0] for same in self._told(now) if len({one.counted for one in same}) > 1)

    def _told(self, now: datetime | None) -> list[list[InvoiceEvent]]:
        """All tellings of each event until an instant, but for those that were withdrawn by then."""
        known = [one for one in self.events if now is None or one.at <= now]
        gone = {one.event.whenever for one in known if isinstance(one, Withdrawn)}
        told: dict[tuple[str, ...], list[InvoiceEvent]] = {}
        for one in known:
            if one.whenever not in gone:
                told.setdefault(one.identity, []).append(one)
        return list(told.values())


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
    DOUBTFUL = "à vérifier"


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
        state: Where it stands; DOUBTFUL where somebody must look first; else LATE where anything is still owed after the
            last day to pay, paid in part or not.
        issued_cents: What was asked.
        credited_cents: What was given up.
        received: What came in, by instant.
        refunded_cents: What went back.
        due_on: Last day to pay; None before the issue.
        days_late: Days since that day, where something is owed for sure; else 0.
        doubts: What somebody must look at; until then it counts for nothing, and nothing is asked or reminded of.
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
    doubts: tuple[Fault, ...] = ()

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
    came = received(account, now)
    known = Standing(
        invoice=account.invoice,
        now=now,
        state=State.TO_COME,
        issued_cents=first.amount_cents if first else 0,
        credited_cents=_within(first.amount_cents if first else 0, account.of(Credited, now)),
        received=came,
        refunded_cents=_within(sum(one.cents for one in came), account.of(Refunded, now)),
        due_on=first.due_on if first else None,
        days_late=0,
        doubts=doubts(account, now),
    )
    if first is None:
        return known
    if known.doubts:
        return replace(known, state=State.DOUBTFUL)
    late = (now.astimezone(ZoneInfo(first.zone)).date() - first.due_on).days
    if known.balance_cents == 0:
        state = State.CREDITED if known.credited_cents == known.issued_cents else State.PAID
        return replace(known, state=state)
    if late > 0:
        return replace(known, state=State.LATE, days_late=late)
    return replace(known, state=State.PARTLY_PAID if known.paid_cents > 0 else State.ISSUED)


def _sum(events: Iterable[Credited | Refunded]) -> int:
    return sum(one.amount_cents for one in events)


def _within(most: int, events: Iterable[Credited | Refunded]) -> int:
    """What they come to; nothing where that is more than there is, since nobody knows which of them is wrong."""
    found = _sum(events)
    return found if found <= most else 0


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
    if told.outcome is Outcome.UNREADABLE:
        return "certifié par la passerelle, qu'il faut interroger", "certified by the gateway, which must be asked"
    if asked is None:
        return "transaction inconnue", "unknown transaction"
    if told.test != asked.test:
        return "paiement d'essai pour un vrai, ou l'inverse", "a test for a real payment, or the reverse"
    if told.amount_cents not in {None, asked.amount_cents}:
        fr = f"{euros(told.amount_cents or 0)} pour {euros(asked.amount_cents)} demandés"
        return fr, f"{euros(told.amount_cents or 0)} where {euros(asked.amount_cents)} was asked"
    return None


def doubts(account: InvoiceAccount, now: datetime | None = None) -> tuple[Fault, ...]:
    """
    What somebody must look at, until *now* where it is given: it is kept, and counts for nothing until then.

    That is: an event told in two ways, a payment that a gateway certifies and nobody asked or of another amount, or that
    cannot be read, credit notes that come to more than the invoice, refunds to more than came in, an invoice of which
    the issue is not known. An account in doubt asks for nothing and reminds of nothing. What proves wrong is
    `Withdrawn`.
    """
    return tuple(_doubts(account, now))


def _doubts(account: InvoiceAccount, now: datetime | None) -> Iterator[Fault]:
    for one in account.disputed(now):
        path = (one.FORM.name, *one.identity[1:])
        yield Fault(path, "dit de deux façons ; compté pour rien", "told in two ways; counts for nothing")
    asked = {one.transaction: one for one in account.of(Asked, now)}
    for told in account.of(Notified, now):
        why = mismatch(told, asked.get(told.transaction))
        if why and told.outcome in {Outcome.PAID, Outcome.UNREADABLE}:
            yield Fault(
                (Notified.FORM.name, told.transaction),
                f"{told.outcome.value}, {why[0]} ; compté pour rien",
                f"{told.outcome.name.lower()}, {why[1]}; counts for nothing",
            )
    first = next(iter(account.of(Issued)), None)
    if first is None:
        yield Fault((Issued.FORM.name,), "l'émission n'est pas connue ; ajoutez-la", "the issue is not known; add it")
    elif (over := _sum(account.of(Credited, now)) - first.amount_cents) > 0:
        fr = f"{euros(over)} de plus que la facture ; compté pour rien"
        yield Fault((Credited.FORM.name,), fr, f"{euros(over)} more than the invoice; counts for nothing")
    if (over := _sum(account.of(Refunded, now)) - sum(one.cents for one in received(account, now))) > 0:
        fr = f"{euros(over)} de plus que reçu ; compté pour rien"
        yield Fault((Refunded.FORM.name,), fr, f"{euros(over)} more than what came in; counts for nothing")
