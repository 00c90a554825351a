"""Whether windows hold every date that they must, and whether all that is held in one has a price (S5.4, S10.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from .counters import Counted, Counter
from .engine import Engine, OpenDay
from .errors import Fault, Path
from .facts import Value
from .price_rules import Case, Selector
from .selectors import Answer, Where, Who, fits
from .slots import Held
from .soundness_cases import days_in_words
from .stretches import open_days, stretches
from .tariffs import Tariff
from .windows import Stretch, Unit, Window

#: Sets of slots held together in one stretch past which their prices are not looked at one by one.
MOST_SETS: Final = 1024


class Possible:
    """
    What counters can give on the dates of a règlement: their bounds.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: dict[tuple[str, Stretch], tuple[date, ...]] = {}

    def most(self, days: Sequence[date]) -> Mapping[str, int | None]:
        """The most that each counter can give on some dates; None where nothing bounds it."""
        found: dict[str, int | None] = {}
        for counter, _, slots in self._engine.prices.counting:
            each = [self._most(counter, slots, day) for day in days]
            known = [one for one in each if one is not None]
            found[counter.code] = max(known, default=0) if len(known) == len(each) else None
        return found

    def _most(self, counter: Counter, slots: frozenset[str], day: date) -> int | None:
        if counter.counts is Counted.CHILDREN or (counter.per.household and counter.counts is not Counted.DATES):
            return None
        most = 0
        for stretch in stretches(self._engine, counter.per, slots, day):
            key = (counter.code, stretch)
            if key not in self._open:
                self._open[key] = open_days(self._engine, counter, slots, stretch)
            days = [one for one in self._open[key] if not counter.rank or one <= day]
            if counter.counts is Counted.SLOTS:
                most += sum(len(slots & self._engine.day(one).slots.keys()) for one in days)
            else:
                most += len(days)
        return most

    def can_be(
        self, opened: OpenDay, values: Mapping[str, Value], way: tuple[Held, ...], most: Mapping[str, int | None]
    ) -> bool:
        """
        Whether counters can give some values while some slots are held.

        Args:
            opened: The date.
            values: One value for each fact, and counter, that conditions compare.
            way: What is held on the date.
            most: What `most` says of the date.
        """
        for counter, selector, _ in self._engine.prices.counting:
            value, bound = values.get(counter.code), most[counter.code]
            if not isinstance(value, Fraction):
                continue
            own = _own(selector, opened, values, way)
            least = own if counter.counts is Counted.SLOTS else min(own, 1)
            if value < least or (bound is not None and value > max(bound, least)):
                return False
        return True


def _own(selector: Selector, opened: OpenDay, values: Mapping[str, Value], way: tuple[Held, ...]) -> int:
    """How many of some slots held a counter surely counts."""
    held = frozenset(one.slot for one in way)

    def met(who: Who) -> Answer:
        return fits(who, values.get)

    cases = (Case(opened.facts, opened.codes, held, values.get, met, one.variant) for one in way)
    return sum(selector.answer(case, one.slot) is True for case, one in zip(cases, way, strict=True))


def window_faults(engine: Engine, opened: Sequence[OpenDay]) -> Iterator[Fault]:
    """
    Windows that hold no stretch of an open date, or more than one.

    Args:
        engine: The règlement made ready.
        opened: The open dates, ascending.
    """
    rules = engine.prices
    said: list[tuple[Path, Window, Where]] = [(("compte", one.code), one.per, one) for one in rules.counters]
    said += [(("tarif", one.code), one.window, one) for one in rules.tariffs if one.window is not None]
    said += [(("modification", one.code), one.per, one) for one in rules.modifiers if one.per is not None]
    for path, window, where in said:
        if window.unit is Unit.PERIODE or isinstance(window.unit, str):
            yield from _held_once(engine, opened, (*path, "par"), window, where)


def _held_once(engine: Engine, opened: Sequence[OpenDay], path: Path, window: Window, where: Where) -> Iterator[Fault]:
    slots, found = engine.prices.covers(where), defaultdict[bool, list[date]](list)
    for one in opened:
        mine = slots & one.slots.keys()
        if mine and engine.on(where.when, one):
            number = len(stretches(engine, window, mine, one.facts.day))
            # a tariff or a modifier asks of one slot, which has one période; a counter asks of the date
            if number == 0 or (number > 1 and path[0] == "compte"):
                found[number == 0].append(one.facts.day)
    if found[True]:
        fr = f"aucune partie de « {window.unit} » le {days_in_words(found[True], 'fr')} ; complétez [decoupage]"
        yield Fault(path, fr, f"no part of « {window.unit} » on {days_in_words(found[True], 'en')}; add it")
    if found[False]:
        fr = f"plusieurs périodes le {days_in_words(found[False], 'fr')} ; nommez les créneaux d'un seul mode"
        yield Fault(path, fr, f"several périodes on {days_in_words(found[False], 'en')}; name slots of one mode")


def united(sets: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...] | None:
    """
    Everything that can be held in one stretch, from what can be held on its dates: every union; None where too many.

    >>> united([frozenset("a"), frozenset("b")]) == (frozenset("a"), frozenset("b"), frozenset("ab"))
    True
    """
    found: dict[frozenset[str], None] = {}
    for one in sets:
        for other in [frozenset[str](), *found]:
            found.setdefault(other | one)
        if len(found) > MOST_SETS:
            return None
    return tuple(sorted(found, key=lambda one: (len(one), sorted(one))))


def unsold(tariff: Tariff, rows: Mapping[frozenset[str], object], sets: Sequence[frozenset[str]]) -> Fault | None:
    """That a table of formules has no row for something that can be held in one of its stretches, or None."""
    whole = united(sets)
    path: Path = ("tarif", tariff.code)
    if whole is None:
        fr = f"plus de {MOST_SETS} ensembles possibles dans une fenêtre ; vendez moins de créneaux par formule"
        return Fault(path, fr, f"over {MOST_SETS} sets in one window; sell fewer slots by formule")
    missing = [" + ".join(sorted(one)) for one in whole if one not in rows]
    if not missing:
        return None
    shown = ", ".join(missing[:3])
    fr = f"on peut tenir {shown} dans une même fenêtre, dont ce tarif n'a pas le prix ; ajoutez sa formule et sa ligne"
    return Fault(path, fr, f"{shown} can be held in one window, of which this tariff has no price; add its row")
