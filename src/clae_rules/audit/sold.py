"""What is sold together, and every condition that its price can depend on: the ground of all that looks at prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from ..bounds import Interval
from ..engine import Engine
from ..grids import Grid, Reading
from ..prices import Effort, efforts
from ..selectors import Where, Who
from ..tariffs import Per
from ..variants import Variant

#: Sets of slots sold together that are priced one by one, the smallest first; past that whoever asks says so.
MOST_SETS: Final = 256


def sold_together(engines: Sequence[Engine], order: Iterable[str]) -> tuple[frozenset[str], ...]:
    """
    The slots in parts: under each règlement, the price of a part depends on nothing that is held outside it.

    Args:
        engines: The règlements.
        order: The slots of all of them.
    """
    parts = [frozenset((code,)) for code in order]
    for engine in engines:
        rules = engine.prices
        sets = {one.code: one.ensembles for one in rules.formules}
        links = [rules.covers(one) for one in rules.tariffs if one.by_formule or one.per is not Per.SLOT]
        for one in (*rules.tariffs, *rules.modifiers):
            named = frozenset[str]().union(*(chosen for code in _formules(one) for chosen in sets[code]))
            links += [rules.covers(one) | named] if named else []
        for link in links:
            whole = frozenset[str]().union(*(part for part in parts if part & link))
            parts = [*(part for part in parts if not part & link), whole] if whole else parts
    return tuple(parts)


def _formules(where: Where) -> Iterator[str]:
    yield from where.formules
    for one in where.unless:
        yield from _formules(one)


def reaching(engine: Engine, part: frozenset[str]) -> Sequence[Where]:
    """The tariffs and modifiers that can price a slot of a part."""
    rules = engine.prices
    return tuple(one for one in (*rules.tariffs, *rules.modifiers) if part & rules.covers(one))


def measured(engine: Engine, part: frozenset[str]) -> Iterator[Who]:
    """Conditions that tell apart all that tariffs of a part can read: brackets, words, and pieces of effort rates."""
    rules = engine.prices
    changing = [one.price for one in rules.modifiers if one.price is not None and part & rules.covers(one)]
    grids = {one.code: one for one in rules.grids}
    for tariff in rules.tariffs:
        if not part & rules.covers(tariff):
            continue
        grid = grids.get(tariff.by)
        if grid is not None:
            yield from _from(grid.measure, _ends(grid))
        elif tariff.by in rules.facts:
            yield from (((tariff.by, frozenset((word,))),) for word in rules.facts[tariff.by].words)
        for price in (tariff.price, *changing):
            for effort in efforts(price):
                yield from _from(effort.measure or tariff.by, _knots(effort))


def _from(fact: str, ends: Iterable[Fraction]) -> Iterator[Who]:
    """Conditions that tell a number apart on both sides of some ends, and at each."""
    for end in ends:
        yield ((fact, Interval(low=end)),)
        yield ((fact, Interval(low=end, low_open=True)),)


def _ends(grid: Grid) -> Iterator[Fraction]:
    """Where a grid can answer otherwise: the ends of its brackets, and halves beside them where it rounds; from 0."""
    half = Fraction(1, 2)
    for _, bound in grid.brackets:
        for end in (bound.low, bound.high):
            if end is not None:
                near = (end,) if grid.reading is Reading.EXACT else (end - half, end, end + half, end + 1)
                yield from (one for one in near if one >= 0)


def _knots(effort: Effort) -> Iterator[Fraction]:
    """Where the price of an effort rate bends."""
    yield Fraction(0)
    for bend in (effort.floor, effort.ceiling):
        if bend is not None and effort.rate:
            yield (bend - effort.base) / (effort.rate * 100)


def late_slots(engine: Engine) -> frozenset[str]:
    """The slots that some deadline lets be booked late."""
    return frozenset(
        slot
        for one in engine.reglement.deadlines
        if any(phase.variant is Variant.HORS_DELAI for phase in (*(one.book or ()), *(one.change or ())))
        for slot in (engine.places.expand(one.slots) if one.slots else engine.slots)
    )
