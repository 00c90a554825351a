"""An invoice as a record: lines copied as they are said on its day, under pseudonyms, and a number of a series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..charges import latest
from ..errors import Fault, InvalidValueError, raise_all
from ..money import euros
from ..statements import Line, Statement
from ._records import (
    Form,
    Reader,
    Record,
    RefusedValueError,
    a,
    a_code,
    civil_day,
    field,
    instant,
    record,
    several,
    text,
    whole,
)

#: No invoice of a régie comes near: ten million euros.
MOST_CENTS: Final = 1_000_000_000
PARIS: Final = "Europe/Paris"
YEARS: Final = range(2000, 2200)


def or_none(reader: Reader) -> Reader:
    """An empty text, or what *reader* reads."""
    return lambda given: "" if given == "" else reader(given)


def regie_code(given: Any) -> str:
    """The code of a régie: 1 to 12 capital letters and digits, so that a reference is one that a gateway takes."""
    if not isinstance(given, str) or not re.fullmatch(r"[A-Z0-9]{1,12}", given):
        raise RefusedValueError("un code de 1 à 12 capitales ou chiffres (« CLAE »)", "1 to 12 capitals or digits")
    return given


def time_zone(given: Any) -> str:
    """The name of a time zone."""
    try:
        return ZoneInfo(given).key
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise RefusedValueError("un fuseau horaire (« Europe/Paris »)", "a time zone (Europe/Paris)") from None


def moment(given: Any) -> datetime:
    """An instant with its offset, of this century or the next."""
    found: datetime = instant(given)
    if found.year not in YEARS:
        raise RefusedValueError(f"un instant de {YEARS[0]} à {YEARS[-1]}", f"an instant from {YEARS[0]} to {YEARS[-1]}")
    return found


def day(given: Any) -> date:
    """A civil date, of this century or the next."""
    found: date = civil_day(given)
    if found.year not in YEARS:
        raise RefusedValueError(f"une date de {YEARS[0]} à {YEARS[-1]}", f"a date from {YEARS[0]} to {YEARS[-1]}")
    return found


cents: Final = whole(-MOST_CENTS, MOST_CENTS)
positive_cents: Final = whole(1, MOST_CENTS)


@record
class Numbered(Record):
    """
    What bears a number of the series of a régie and a year; the store allocates it.

    Args:
        regie: Code of the régie.
        year: The exercice, that of the day of issue or the one before.
        number: From 1, without a hole in the series.
        issued: The instant of issue.
        zone: Where its date is read.
    """

    regie: str = field(regie_code)
    year: int = field(whole(YEARS[0], YEARS[-1]), key="annee")
    number: int = field(whole(1, 999_999), key="numero")
    issued: datetime = field(moment, key="instant")
    zone: str = field(time_zone, key="fuseau", default=PARIS)

    @property
    def issued_on(self) -> date:
        """The date of issue, in its zone."""
        return self.issued.astimezone(ZoneInfo(self.zone)).date()

    def faults(self) -> Iterator[Fault]:
        """An exercice that is not of its date."""
        on = self.issued_on
        if self.year not in {on.year, on.year - 1}:
            fr = f"lu {self.year}, émis le {on:%d/%m/%Y} ; il faut l'exercice de cette date, ou le précédent"
            yield Fault(("year",), fr, f"got {self.year}, issued on {on}; expected the year of that date or the last")


@record
class InvoiceLine(Record):
    """
    A line as it was when it was issued: what is printed, what it costs, and by which règlement.

    Args:
        child: Pseudonym of the child; empty for the household.
        month: First day of the month it is due for.
        label: What is printed, dates included.
        kind: Why it is due, « réservé ».
        item: Code of the slot, formule, tariff or constat.
        rule: Code of the rule that says so; empty for a booking.
        dates: Ascending.
        quantity: Units in all.
        booked_cents: What the bookings had cost.
        due_cents: What is due.
        derivation: How the amount came about, a sentence a step, each with its source.
        reglement: Code of the règlement, with its version, if it has one, and the digest of its normal form.
    """

    FORM = Form("ligne de facture")
    label: str = field(text(1500), key="libelle")
    due_cents: int = field(cents, key="du_cents")
    month: date = field(day, key="mois")
    child: str = field(or_none(a_code), key="enfant", default="")
    kind: str = field(text(60), key="nature", default="réservé")
    item: str = field(or_none(text(120)), key="article", default="")
    rule: str = field(or_none(text(120)), key="regle", default="")
    dates: tuple[date, ...] = field(several(day, 400), default=())
    quantity: int = field(whole(0, 100_000), key="quantite", default=1)
    booked_cents: int = field(cents, key="reserve_cents", default=0)
    derivation: tuple[str, ...] = field(several(text(2000), 200), default=())
    reglement: str = field(text(120))
    version: str = field(or_none(text(120)), key="version_du_reglement")
    digest: str = field(text(128), key="empreinte")


@record
class Invoice(Numbered):
    """
    What a household is asked to pay; nobody's name is in it, only pseudonyms.

    Args:
        household: Pseudonym of the household.
        due_on: Last day to pay.
        lines: What is due, at least one line.
        provisional: What may still change of it, a sentence each.
    """

    FORM = Form("facture")
    household: str = field(a_code, key="foyer")
    due_on: date = field(day, key="echeance")
    lines: tuple[InvoiceLine, ...] = field(several(a(InvoiceLine), 5000), key="lignes")
    provisional: tuple[str, ...] = field(several(text(2000), 200), key="provisoire", default=())

    @property
    def reference(self) -> str:
        """« CLAE-2026-000001 », one of a kind."""
        return f"{self.regie}-{self.year}-{self.number:06d}"

    @property
    def total_cents(self) -> int:
        """What is to be paid, euro cents."""
        return sum(line.due_cents for line in self.lines)

    def faults(self) -> Iterator[Fault]:
        """What claims nothing, and a last day to pay before the issue."""
        yield from Numbered.faults(self)
        if not 0 < self.total_cents <= MOST_CENTS:
            yield Fault(("lines",), *_no_claim(self.total_cents))
        if self.due_on < self.issued_on:
            fr = f"lu {self.due_on:%d/%m/%Y}, avant l'émission du {self.issued_on:%d/%m/%Y} ; il faut ce jour ou après"
            yield Fault(
                ("due_on",), fr, f"got {self.due_on}, before the issue of {self.issued_on}; expected it or later"
            )


def _no_claim(total: int) -> tuple[str, str]:
    """Why a total is no invoice, and the way out."""
    said = f"total de {euros(total)}"
    if total > MOST_CENTS:
        return (
            f"{said} ; il faut {euros(MOST_CENTS)} au plus",
            f"total of {euros(total)}; expected at most {euros(MOST_CENTS)}",
        )
    if total < 0:
        return (
            f"{said} ; rien à réclamer : faites un avoir sur une facture précédente, ou remboursez",
            f"total of {euros(total)}; nothing to claim: credit an earlier invoice, or refund",
        )
    return f"{said} ; rien à réclamer : n'émettez pas de facture", f"total of {euros(0)}; nothing to claim: issue none"


def invoice(
    statements: Statement | Iterable[Statement], *, regie: str, year: int, number: int, household: str,
    issued: datetime, due_on: date, zone: str = PARIS,
) -> Invoice:  # fmt: skip
    """
    The invoice of what is due, its lines copied as they are said today.

    Args:
        statements: What is due, of a month or of several, by one règlement or by each of the household's.
        regie: Code of the régie.
        year: The exercice.
        number: The next of the series, which the store allocates.
        household: Its pseudonym.
        issued: The instant of issue.
        due_on: Last day to pay.
        zone: Where the date of issue is read.

    Raises:
        InvalidValueError: Naming what is undecided or counted twice, a total that claims nothing, and every wrong value.
    """
    given = (statements,) if isinstance(statements, Statement) else tuple(statements)
    faults = [*_undecided(given), *_twice(given)]
    lines = tuple(_line(one, line) for one in given for line in one.lines)
    try:
        made = Invoice(
            regie=regie, year=year, number=number, household=household, issued=issued, due_on=due_on, zone=zone,
            lines=lines, provisional=_provisional(given),
        )  # fmt: skip
    except InvalidValueError as error:
        raise InvalidValueError([*faults, *error.faults]) from None
    raise_all(faults)
    return made


def _line(statement: Statement, line: Line) -> InvoiceLine:
    applied = statement.applied
    return InvoiceLine(
        child=line.child, month=statement.month, label=line.matter(), kind=line.kind.value, item=line.item, rule=line.rule,
        dates=line.dates, quantity=line.quantity, booked_cents=line.charged_cents, due_cents=line.due_cents,
        derivation=line.derivation(), reglement=applied.code, version=applied.version, digest=applied.digest,
    )  # fmt: skip


def _undecided(statements: Iterable[Statement]) -> Iterator[Fault]:
    """What nobody can say is not invoiced (S1.5)."""
    for i, one in enumerate(statements):
        for remark in one.undecided:
            fr = f"indécis : {remark.text()} ; décidez-le, une facture ne devine rien"
            yield Fault(("statements", i), fr, f"undecided: {remark.text('en')}; decide it, an invoice guesses nothing")


def _twice(statements: Iterable[Statement]) -> Iterator[Fault]:
    """The same month of the same child by the same règlement, in two statements."""
    seen: dict[object, int] = {}
    for i, one in enumerate(statements):
        for child in dict.fromkeys(line.child for line in one.lines):
            first = seen.setdefault((one.applied.code, one.month, child), i)
            if first != i:
                who, month = child or "foyer", f"{one.month:%m/%Y}"
                fr = f"{who}, {month} : déjà dans statements[{first}] ; ne le comptez qu'une fois"
                yield Fault(("statements", i), fr, f"{who}, {month}: already in statements[{first}]; count it once")


def _provisional(statements: Iterable[Statement]) -> tuple[str, ...]:
    said = [
        f"Provisoire, pas encore passé : {', '.join(f'{one:%d/%m}' for one in said.provisional)}"
        for said in statements if said.provisional
    ]  # fmt: skip
    said += [
        why.sentence() for one in statements for why in latest(why for line in one.lines for why in line.provisional)
    ]
    return tuple(dict.fromkeys(said))


def check_numbers(issued: Iterable[Numbered]) -> tuple[Fault, ...]:
    """
    What is wrong in the series of numbers, by régie and year: a hole, a repeat, or a number issued before a smaller one.

    Args:
        issued: All the invoices, or all the credit notes, which have a series of their own; in any order.

    Returns:
        Every fault, in order; none where the series run from 1 without a hole.
    """
    series: dict[tuple[str, int], list[tuple[int, datetime]]] = {}
    for one in issued:
        series.setdefault((one.regie, one.year), []).append((one.number, one.issued))
    found = ((key, sorted(numbers)) for key, numbers in sorted(series.items()))
    return tuple(fault.under(regie, str(year)) for (regie, year), numbers in found for fault in _wrong(numbers))


def _wrong(numbers: list[tuple[int, datetime]]) -> Iterator[Fault]:
    before = (0, numbers[0][1])
    for (last, earlier), (number, instant_) in pairwise([before, *numbers]):
        if number == last:
            yield Fault((), f"n° {number} est donné une fois de trop", f"number {number} is given once too often")
        elif number > last + 1:
            gap = f"{last + 1}" if number == last + 2 else f"{last + 1} à {number - 1}"
            yield Fault((), f"il manque le n° {gap}", f"missing: {gap.replace('à', 'to')}")
        if instant_ < earlier:
            fr = f"n° {number} est émis avant le n° {last} ; vérifiez l'horloge"
            yield Fault((), fr, f"number {number} is issued before number {last}; check the clock")


def billed_twice(invoices: Iterable[Invoice], cancelled: Iterable[str] = ()) -> tuple[Fault, ...]:
    """
    The months of a child that several invoices of his household claim by one règlement.

    Args:
        invoices: In any order.
        cancelled: References of those that credit notes gave up whole.
    """
    gone = frozenset(cancelled)
    claims: dict[tuple[str, str, str, str], set[str]] = {}
    for one in invoices:
        for line in one.lines if one.reference not in gone else ():
            key = (one.household, line.reglement, f"{line.month:%Y-%m}", line.child or "foyer")
            claims.setdefault(key, set()).add(one.reference)
    return tuple(
        Fault(
            key,
            f"facturé par {' et '.join(sorted(refs))} ; annulez-en par un avoir",
            f"claimed by {' and '.join(sorted(refs))}; credit all but one",
        )
        for key, refs in sorted(claims.items())
        if len(refs) > 1
    )
