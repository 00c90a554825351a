"""
Scales of means: the numbers, or numbered words, by which a règlement makes families pay by what they have (S10.4).

A price that falls along one of them is an anomaly; one that falls with the number of children, with a rank or with
days is what a town means. No file says which is which, so a number is a scale of means where its code says so, or where
the règlement compares it with 100 or more, which no such count reaches.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from ..bounds import Interval
from ..engine import Engine
from ..facts import FactKind, Value
from ..prices import Effort, efforts
from ..selectors import Who
from ..shapes import folded, plain_number

#: The smallest difference between two measures that is looked at: a cent.
CENT: Final = Fraction(1, 100)
#: A number compared with this or more counts neither children, ranks, days nor hours of a week.
LEAST_OF_MEANS: Final = 100
#: In how many parts a piece of an effort rate is looked at.
PARTS: Final = 8
_NAMES: Final = re.compile(r"quotient|qf|ressource|revenu")
_WORDS: Final = re.compile(r"quotient|qf|ressource|revenu|tranche")
_NUMBERED: Final = re.compile(r"(\D*)(\d+)|()([A-Z])")


@dataclass(frozen=True, slots=True)
class Scale:
    """
    Values of one fact, in order, between which a price can change otherwise than steadily.

    Args:
        fact: Its code; empty for the scale of one point along which nothing changes.
        points: Its values.
        ordered: How many of them, the first ones, follow each other; the others are words of no order.
        means: Whether a price that falls along it is an anomaly.
        rising: Whether the last value is known to be the wealthiest; else the end that pays more is.
    """

    fact: str = ""
    points: tuple[Value, ...] = (True,)
    ordered: int = 1
    means: bool = False
    rising: bool = True

    def at(self, index: int) -> dict[str, Value]:
        """What a family of one point has."""
        return {self.fact: self.points[index]} if self.fact else {}

    def adjoin(self, low: int, high: int) -> bool:
        """
        Whether two points of known price, with none between them, follow each other: a rise is then a step.

        What is unknown between two numbers is passed over where it is a hole of one unit, as grids in whole numbers
        leave it: an unpublished bracket could be the stair in between.
        """
        one, two = self.points[low], self.points[high]
        if isinstance(one, Fraction) and isinstance(two, Fraction):
            return two - one <= CENT or (high - low > 1 and two - one <= 1 + CENT)
        return high - low == 1

    def said(self, index: int, bracket: str) -> str:
        """A point as a sentence names it: its bracket where it has one."""
        value = self.points[index]
        if bracket or not isinstance(value, Fraction):
            return f"« {bracket or value} »"
        return f"{self.fact} = {str(plain_number(value)).replace('.', ',')}"


#: Nothing changes.
LEVEL: Final = Scale()


def scales(engine: Engine, whos: Iterable[Who], part: frozenset[str]) -> tuple[Scale, ...]:
    """
    The scales along which prices of some slots can change; one of a single point where there is none.

    Args:
        engine: The règlement made ready.
        whos: Every condition that those prices depend on.
        part: The slots.
    """
    ends: defaultdict[str, set[Fraction]] = defaultdict(set)
    found: dict[str, None] = {}
    for who in whos:
        for fact, bound in who:
            found[fact] = None
            if isinstance(bound, Interval):
                ends[fact].update(end for end in (bound.low, bound.high) if end is not None)
    rated = {fact for fact, _ in _rates(engine, part)}
    kinds = engine.prices.facts
    numbers = [_number(fact, ends[fact], fact in rated) for fact in found if kinds[fact].kind is FactKind.NUMBER]
    words = [scale for fact in found for scale in _series(fact, kinds[fact].words)]
    return (*numbers, *words) or (LEVEL,)


def _rates(engine: Engine, part: frozenset[str]) -> Iterator[tuple[str, Effort]]:
    """The effort rates of some slots, with the number that each multiplies."""
    rules = engine.prices
    reaching = [one for one in rules.tariffs if part & rules.covers(one)]
    changing = [one.price for one in rules.modifiers if part & rules.covers(one)]
    for tariff in reaching:
        for price in (tariff.price, *changing):
            yield from ((one.measure or tariff.by, one) for one in efforts(price))


def _number(fact: str, ends: Collection[Fraction], rated: bool) -> Scale:
    """Each end and a cent on either side, something beyond the last; within a piece of a rate, some points more."""
    cuts = sorted({*ends, Fraction(0)})
    points = {near for cut in cuts for near in (cut - CENT, cut, cut + CENT)}
    points |= {cuts[-1] + 1, 2 * max(cuts[-1], Fraction(LEAST_OF_MEANS))}
    if rated:
        inner = pairwise(sorted(points))
        points |= {low + (high - low) * i / PARTS for low, high in inner if high - low > CENT for i in range(1, PARTS)}
    low = min(cuts[0], Fraction(0))
    means = bool(_NAMES.search(folded(fact))) or cuts[-1] >= LEAST_OF_MEANS
    kept = tuple(sorted(one for one in points if one >= low))
    return Scale(fact, kept, len(kept), means)


def _series(fact: str, words: tuple[str, ...]) -> Iterator[Scale]:
    """The numbered or lettered words of a fact that is called a bracket: T1, T2, T3; what else it says is no scale."""
    if not _WORDS.search(folded(fact)) or "age" in folded(fact):
        return
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for word in words:
        read = _NUMBERED.fullmatch(word)
        if read is not None:
            found[read[1] or ""].append((int(read[2]) if read[2] else ord(read[4]), word))
    for some in found.values():
        if len(some) > 1:
            series = [word for _, word in sorted(some)]
            others = [word for word in words if word not in series]
            yield Scale(fact, (*series, *others), len(series), means=True, rising=False)
