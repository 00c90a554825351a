"""Families worth trying before a règlement: one for each answer of a condition, and those around every bound."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Final

from ...bounds import Interval
from ...cells import axes, conditions
from ...days import clipped
from ...engine import Engine
from ...facts import Dated, FactKind, Facts, Value
from ...prices import Effort, efforts
from ...selectors import Who

CENT: Final = Fraction(1, 100)
#: Measures are looked for up to here, cent by cent.
MOST_MEASURE: Final = 3000
#: How many of each sort are kept for a rate.
MOST_DRAWN: Final = 12


class Families:
    """
    What may be known of a family, for the facts that a règlement declares.

    Args:
        engine: The règlement made ready.
        rng: What draws among measures.
    """

    def __init__(self, engine: Engine, rng: random.Random) -> None:
        self.engine, self.rng = engine, rng

    @cached_property
    def values(self) -> Mapping[str, tuple[Value, ...]]:
        """For each fact, the values worth trying."""
        known = axes(self.engine.prices.facts, self._whos)
        found: dict[str, tuple[Value, ...]] = {}
        for code, kind in self.engine.facts.items():
            if kind.kind is FactKind.CHOICE:
                found[code] = kind.words
            elif kind.kind is FactKind.FLAG:
                found[code] = (True, False)
            elif kind.kind is FactKind.AGE:
                found[code] = known.get(code, (Fraction(8),))
            else:
                found[code] = tuple(sorted({*self._near(code), *self._rated(code)})) or (Fraction(1),)
        return found

    @cached_property
    def welcome(self) -> Mapping[str, Value]:
        """A family to whom as much as can be is open: what the gates and the périodes ask, where one value can."""
        one = self.engine.reglement
        asked = [*(gate.requires for gate in one.gates), *(periode.who for periode in one.periodes)]
        found = {}
        for code, values in self.values.items():
            bounds = [bound for who in asked for fact, bound in who if fact == code]
            found[code] = max(values, key=lambda value: sum(value in bound for bound in bounds))
        return found

    def facts(self, day: date, changes: Mapping[str, Value | None] | None = None) -> Facts:
        """
        The facts of the welcome family on a date, some of them changed; None takes one away.

        An age is given by the birth date of who turns it on the date.
        """
        known = {**self.welcome, **{code: one for code, one in (changes or {}).items() if code in self.values}}
        found: list[tuple[str, tuple[Dated, ...]]] = []
        for code, value in sorted(known.items()):
            if value is not None:
                aged = self.engine.facts[code].kind is FactKind.AGE and isinstance(value, Fraction)
                found.append((code, (Dated(_born(day, int(value)) if aged else value),)))
        return Facts(tuple(found))

    def measured(self, fact: str) -> frozenset[str]:
        """The slots whose price reads a number: by its brackets, or by a rate."""
        prices = self.engine.prices
        grids = {one.code: one.measure for one in prices.grids}
        reading = [
            one
            for one in prices.tariffs
            if fact in {grids.get(one.by, one.by), *(rate.measure for rate in efforts(one.price))}
        ]
        return frozenset[str]().union(*(prices.covers(one) for one in reading))

    @cached_property
    def _whos(self) -> tuple[Who, ...]:
        """Every condition on facts of the règlement."""
        one, prices = self.engine.reglement, self.engine.prices
        wheres = (
            *one.rules,
            *one.deadlines,
            *one.gates,
            *one.pools,
            *prices.tariffs,
            *prices.modifiers,
            *prices.counters,
        )
        asked = (*(gate.requires for gate in one.gates), *(periode.who for periode in one.periodes))
        return (*asked, *(who for where in wheres for who in conditions(where)))

    def _near(self, code: str) -> Iterator[Fraction]:
        """Every bound of a number, a cent on either side, and the next whole number."""
        grids = [bound for one in self.engine.prices.grids if one.measure == code for _, bound in one.brackets]
        compared = [bound for who in self._whos for fact, bound in who if fact == code]
        for bound in (*grids, *compared):
            ends = (bound.low, bound.high) if isinstance(bound, Interval) else ()
            for end in ends:
                if end is not None:
                    yield from (one for one in (end - CENT, end, end + CENT, end + 1 - CENT) if one >= 0)

    def _rated(self, code: str) -> Iterator[Fraction]:
        """Measures of which a rate makes half a cent, or whose cents matter; and those around its floor and ceiling."""
        grids = {one.code: one.measure for one in self.engine.prices.grids}
        for tariff in self.engine.prices.tariffs:
            for one in efforts(tariff.price):
                if code == (one.measure or grids.get(tariff.by, tariff.by)):
                    for found in (halves(one, tariff.step_cents), decimals(one, tariff.step_cents)):
                        yield from self.rng.sample(found, min(MOST_DRAWN, len(found)))
                    yield from _edges(one)


def halves(effort: Effort, step: Fraction) -> list[Fraction]:
    """The measures, to the cent, whose price is half way between two multiples of *step* cents, within its bounds."""
    base, rate, unit, inside = _whole(effort, step)
    return [Fraction(n, 100) for n in inside if (base + rate * n) % unit * 2 == unit]


def decimals(effort: Effort, step: Fraction) -> list[Fraction]:
    """The measures, to the cent, whose price is another once they are cut to a whole number."""
    base, rate, unit, inside = _whole(effort, step)
    twice = 2 * unit
    return [
        Fraction(n, 100)
        for n in inside
        if (2 * (base + rate * n) + unit) // twice != (2 * (base + rate * (n - n % 100)) + unit) // twice
    ]


def _whole(effort: Effort, step: Fraction) -> tuple[int, int, int, range]:
    """
    A rate in whole numbers over one denominator: the price of n hundredths of a measure is base + rate × n.

    Returns:
        The base, the rate, the step, and the hundredths between the floor and the ceiling.
    """
    whole = lcm(effort.base.denominator, effort.rate.denominator, step.denominator)
    base, rate = effort.base, effort.rate
    last = MOST_MEASURE * 100
    if rate <= 0:
        return 0, 0, int(step * whole), range(0)
    first = max(0, -((base - (effort.floor or 0)) // rate) + 100)
    if effort.ceiling is not None:
        last = min(last, (effort.ceiling - base) // rate)
    return int(base * whole), int(rate * whole), int(step * whole), range(first, last)


def _edges(effort: Effort) -> Iterator[Fraction]:
    """Where the floor no longer holds and the ceiling does, to the cent; and far beyond either."""
    for limit, far in ((effort.floor, Fraction(1, 2)), (effort.ceiling, Fraction(2))):
        if limit is not None and effort.rate > 0 and limit >= effort.base:
            at = Fraction((limit - effort.base) // effort.rate, 100)
            yield from (one for one in (at - CENT, at, at + CENT, Fraction(round(at * far))) if one >= 0)


def _born(day: date, years: int) -> date:
    return clipped(day.year - years, day.month, day.day)
