"""
What a household's planning costs, all children together: every charge of its dates and of its windows (S10.6).

A charge of a date, of a stretch (« Garderie, septembre 2026 »), or a line that changes the total of one. It is a
function of what is held alone, so that the order in which it was booked never matters; what a demande costs is the
difference of two.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from .books import Books, Scope, changed_places, reach
from .charges import Charge, Provisional, Unpriced, latest
from .charging import Charging
from .desk import Desk, aware
from .holdings import Planning
from .windows import Stretch


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One charge with what it pays for.

    Args:
        child: The child's code; empty for what the household pays as one.
        days: The dates that it pays for, ascending; at least one.
        stretch: The stretch that it pays for as one; None for a charge of one date.
        charge: The charge.
        provisional: Why it may still change (S10.7).
    """

    child: str
    days: tuple[date, ...]
    stretch: Stretch | None
    charge: Charge
    provisional: tuple[Provisional, ...] = ()

    @property
    def day(self) -> date:
        """The date on which it is charged: the first that it pays for; the last for the total of a stretch."""
        return self.days[0] if self.charge.tariff else self.days[-1]

    @property
    def key(self) -> object:
        """What it has in common with the same charge of another planning, whatever led to it."""
        one = self.charge
        place = self.days[0] if self.stretch is None else self.stretch
        return (self.child, place, one.tariff, one.item, one.label, one.variant, one.quantity, one.unit_cents)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """
    Something whose price is not known.

    Args:
        child: The child's code; empty for what the household pays as one.
        days: The dates concerned, ascending; at least one.
        unpriced: Why.
        known_cents: What is known of it: the part of a total that has a price.
    """

    child: str
    days: tuple[date, ...]
    unpriced: Unpriced
    known_cents: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """
    Charges, and what has no known price.

    Args:
        entries: By first date, then in display order, then by child; the lines of totals last.
        unsettled: What has no known price; there is no total then.
    """

    entries: tuple[Entry, ...]
    unsettled: tuple[Unsettled, ...] = ()

    @property
    def total_cents(self) -> int | None:
        """The sum of the charges, euro cents; None where a price is not known."""
        return None if self.unsettled else sum(one.charge.amount_cents for one in self.entries)

    @property
    def provisional(self) -> tuple[Provisional, ...]:
        """Every reason why the total may still change, each once."""
        return latest(why for one in self.entries for why in one.provisional)


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What a change of planning newly charges and no longer charges (S10.6).

    Args:
        fresh: Charges of the planning after that are not among those before.
        gone: Charges of the planning before that are not among those after.
        unsettled: What is not known of either, but of both alike.
    """

    fresh: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    unsettled: tuple[Unsettled, ...] = ()

    @property
    def total_cents(self) -> int | None:
        """What is to pay, euro cents, before what stays due of a cancellation; None where it is not known."""
        if self.unsettled:
            return None
        return sum(one.charge.amount_cents for one in self.fresh) - sum(one.charge.amount_cents for one in self.gone)


def charges(desk: Desk, planning: Planning, days: Iterable[date] | Stretch | None = None, *, now: datetime) -> Costs:
    """
    What a household is charged on some dates, every child together; each charge is on one date alone.

    A charge of a stretch is on the first date that it pays for, the line of a total on the last: so months add up.

    Args:
        desk: One child before his règlement, with his siblings.
        planning: Everything that the household holds.
        days: The dates; all that is held where left out.
        now: The instant, aware: what is over by then no longer changes (S10.7).

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    books = Books(desk, planning, aware(now))
    everything = set(_places(books))
    wanted = None if days is None else days if isinstance(days, Stretch) else frozenset(days)
    touched = everything if wanted is None else {place for place in everything if place[1] in wanted}
    found = _costs(books, reach((books,), touched))
    if wanted is None:
        return found
    return Costs(
        tuple(one for one in found.entries if one.day in wanted),
        tuple(one for one in found.unsettled if any(day in wanted for day in one.days)),
    )


def difference(
    desk: Desk, before: Planning, after: Planning, *, now: datetime, was: Desk | None = None
) -> Difference:  # fmt: skip
    """
    What going from one planning to another newly charges and no longer charges, every child and window together.

    Args:
        desk: One child before his règlement, with his siblings.
        before: What the household holds.
        after: What it is to hold.
        now: The instant, aware.
        was: The child as he was known before, where that changes too: then all that is held is priced anew.

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    if desk.engine.prices.acquired:
        after = after.remembering(before)
    old, new = Books(was or desk, before, aware(now)), Books(desk, after, aware(now))
    scope = reach((old, new), changed_places(old.held, new.held) if was is None else {*_places(old), *_places(new)})
    gone, come = (_costs(books, scope) for books in (old, new))
    return Difference(
        _less(come.entries, gone.entries),
        _less(gone.entries, come.entries),
        tuple(dict.fromkeys([
            *(one for one in come.unsettled if one not in gone.unsettled),
            *(one for one in gone.unsettled if one not in come.unsettled),
        ])),
    )  # fmt: skip


def _places(books: Books) -> Iterator[tuple[str, date]]:
    """Every date on which a child holds something, or ever did."""
    return ((child, day) for child, held in books.ever.items() for day in held)


def _costs(books: Books, scope: Scope) -> Costs:
    """Every charge of some dates that hold all that bears on them."""
    charging = Charging(books, scope)
    found = [Entry(one.child, one.days, one.stretch, one.charge, one.provisional) for one in charging.written]
    return Costs(tuple(found), tuple(Unsettled(*one) for one in dict.fromkeys(charging.unknown)))


def _less(many: tuple[Entry, ...], few: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The first entries less the second, those that are alike but for what led to them taken away once each."""
    left = Tally(one.key for one in few)
    found = []
    for one in many:
        if left[one.key]:
            left[one.key] -= 1
        else:
            found.append(one)
    return tuple(found)
