"""The planning of a household as prices read it: what counters count, and which dates bear on each other (S10.3)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from .counters import Counted, Counter
from .desk import Desk
from .engine import Engine
from .facts import Facts
from .holdings import Planning
from .price_rules import Case, Selector
from .selectors import Answer, Who, fits
from .slots import NOTHING, Selection
from .stretches import stretches
from .tills import Till, till
from .unit_prices import Counts, Scene
from .windows import Stretch, Window

#: A date of a child.
Place = tuple[str, date]


class Books:
    """
    Everything that a household's children hold, ready to be counted, and what of it the household pays for.

    Args:
        desk: One child before his règlement, with his siblings; of a child that it does not know nothing is known.
        planning: What is held, by another household of a child too: counters and conditions read it all (S6.8).
        now: The instant, aware.
    """

    def __init__(self, desk: Desk, planning: Planning, now: datetime) -> None:
        self.desk, self.engine, self.rules = desk, desk.engine, desk.engine.prices
        #: The civil day of the règlement at *now*.
        self.today = now.astimezone(self.engine.tz).date()
        told, modes = planning.modes, self.engine.modes
        #: The slots of the modes that the planning leaves out: whatever counts them is not known (S1.5).
        self.untold = frozenset(slot for slot, mode in modes.items() if told is not None and mode.code not in told)
        self.held: dict[str, dict[date, Selection]] = {}
        for child, day, selection in planning.days:
            self.held.setdefault(child, {})[day] = selection
        #: What is held or was, where some prices stay due once they are.
        self.ever = self.held
        if self.rules.acquired:
            self.ever = {child: dict(days) for child, days in self.held.items()}
            for child, day, gone in planning.given_back:
                kept = self.ever.setdefault(child, {}).get(day, NOTHING)
                self.ever[child][day] = kept.union(gone.without(kept.slots))
        self._dates = {child: sorted(days) for child, days in self.held.items()}
        self._dates_ever = {child: sorted(days) for child, days in self.ever.items()}
        self._desks: dict[str, Desk] = {}
        self._units: dict[tuple[str, str, date], int | None] = {}
        self._counted: dict[tuple[str, str, Stretch, date | None], Fraction | None] = {}

    def selection(self, place: Place, *, ever: bool = False) -> Selection:
        """What a child holds on a date; with what he has given back since, where *ever*."""
        return (self.ever if ever else self.held).get(place[0], {}).get(place[1], NOTHING)

    def paid(self, place: Place, *, ever: bool = False) -> Selection:
        """What of it the desk's household holds, and pays for (S6.8)."""
        return self.selection(place, ever=ever).held_by(self.desk.household)

    def places(self, child: str, stretch: Stretch, *, ever: bool = False) -> Iterator[Place]:
        """The dates of a stretch on which a child holds something, or ever did; of every child if *child* is empty."""
        dates = self._dates_ever if ever else self._dates
        for who in (child,) if child else sorted(dates):
            days = dates.get(who, [])
            first, last = bisect_left(days, stretch.first_day), bisect_right(days, stretch.last_day)
            yield from ((who, day) for day in days[first:last])

    def scene(self, place: Place, held: frozenset[str], read: date | None = None) -> Scene:
        """
        What prices know of a child on a date.

        Args:
            held: The slots that count as held there.
            read: The day whose facts and dated tariffs are read, where it is not the date itself.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        child, day = place
        desk, opened = self._desk(child), self.engine.day(day)
        profile = desk.priced_profile(day, read)
        return Scene(opened.facts, opened.codes, held, desk.facts, profile, self.counts(place), read)

    def till(self, place: Place, read: date | None = None, *, ever: bool = False) -> Till:
        """
        What a child sells on a date, what he has given back since included where *ever*; see `scene`.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        return till(self._desk(place[0]), place[1], self.selection(place, ever=ever), self.counts(place), read)

    def counts(self, place: Place) -> Counts:
        """What each counter gives for a child on a date; None where it is not known."""
        found: dict[str, Fraction | None] = {}
        for counter, selector, slots in self.rules.counting:
            held = stretches(self.engine, counter.per, slots, place[1])
            known = len(held) == 1 and not slots & self.untold
            found[counter.code] = self._count(counter, selector, next(iter(held)), place) if known else None
        return found

    def _desk(self, child: str) -> Desk:
        if child not in self._desks:
            self._desks[child] = self.desk.of(child) or Desk(self.engine, Facts(), child)
        return self._desks[child]

    def _count(self, counter: Counter, selector: Selector, stretch: Stretch, place: Place) -> Fraction | None:
        child = "" if counter.per.household else place[0]
        key = (counter.code, child, stretch, place[1] if counter.rank else None)
        if key not in self._counted:
            self._counted[key] = self._worked_out(counter, selector, stretch, child, key[3])
        return self._counted[key]

    def _worked_out(
        self, counter: Counter, selector: Selector, stretch: Stretch, child: str, until: date | None
    ) -> Fraction | None:
        """The count over a stretch, up to a date where one is given; None where a missing fact would decide."""
        upto = stretch if until is None else Stretch(stretch.first_day, until, stretch.label)
        found: dict[Place, int] = {}
        for place in self.places(child, upto):
            number = self._number(counter, selector, place)
            if number is None:
                return None
            if number:
                found[place] = number
        match counter.counts:
            case Counted.SLOTS:
                return Fraction(sum(found.values()))
            case Counted.DAYS:
                return Fraction(len(found))
            case Counted.DATES:
                return Fraction(len({day for _, day in found}))
            case Counted.CHILDREN:
                return Fraction(len({who for who, _ in found}))

    def _number(self, counter: Counter, selector: Selector, place: Place) -> int | None:
        """How many slots of a child on a date a counter counts; None where a missing fact would decide."""
        key = (counter.code, *place)
        if key not in self._units:
            self._units[key] = self._asked(selector, place)
        return self._units[key]

    def _asked(self, selector: Selector, place: Place) -> int | None:
        child, day = place
        if not self.engine.knows(day):
            return None
        opened, profile, selection = self.engine.day(day), self._desk(child).priced_profile(day), self.selection(place)

        def met(who: Who) -> Answer:
            return fits(who, profile)

        cases = (Case(opened.facts, opened.codes, selection.slots, profile, met, one.variant) for one in selection)
        answers = [selector.answer(case, one.slot) for case, one in zip(cases, selection, strict=True)]
        return None if None in answers else sum(map(bool, answers))


class Scope(NamedTuple):
    """
    The dates that bear on a change of some dates.

    Args:
        priced: Those whose own prices it can change.
        all: These, and every other date of a stretch that is priced as one, or counted, with one of them.
    """

    priced: frozenset[Place]
    all: frozenset[Place]


def reach(books: Iterable[Books], touched: Iterable[Place]) -> Scope:
    """
    Every date, of every child, that bears on a change of some dates.

    Counters come first, for they look at what is held alone; then the windows that are priced as one, until no more
    dates are met.
    """
    ledgers = tuple(books)
    rules, engine = ledgers[0].rules, ledgers[0].engine
    counters = [(one.per, slots) for one, _, slots in rules.counting]
    priced = [(one.window, rules.covers(one)) for one in rules.tariffs if one.window is not None]
    priced += [(one.per, rules.covers(one)) for one in rules.modifiers if one.per is not None]
    found, seen = set(touched), set[tuple[str, Stretch]]()
    for place in tuple(found):
        found.update(_beside(ledgers, engine, counters, place, seen, ever=False))
    own, waiting, seen = frozenset(found), list(found), set()
    while waiting:
        for place in _beside(ledgers, engine, priced, waiting.pop(), seen, ever=True):
            if place not in found:
                found.add(place)
                waiting.append(place)
    return Scope(own, frozenset(found))


def _beside(
    ledgers: tuple[Books, ...],
    engine: Engine,
    windows: Iterable[tuple[Window, frozenset[str]]],
    place: Place,
    seen: set[tuple[str, Stretch]],
    *,
    ever: bool,
) -> Iterator[Place]:
    """The dates held, or ever held, in the stretches of some windows that hold a date, those already seen left out."""
    for window, slots in windows:
        child = "" if window.household else place[0]
        for stretch in stretches(engine, window, slots, place[1]):
            if (child, stretch) not in seen:
                seen.add((child, stretch))
                for one in ledgers:
                    yield from one.places(child, stretch, ever=ever)


def changed_places(
    before: Mapping[str, Mapping[date, Selection]], after: Mapping[str, Mapping[date, Selection]]
) -> frozenset[Place]:
    """The dates on which two plannings differ."""
    nothing: Mapping[date, Selection] = {}
    found: set[Place] = set()
    for child in before.keys() | after.keys():
        one, two = before.get(child, nothing), after.get(child, nothing)
        found.update((child, day) for day in one.keys() | two.keys() if one.get(day) != two.get(day))
    return frozenset(found)
