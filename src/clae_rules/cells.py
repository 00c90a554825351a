"""
Every child that conditions can tell apart: a finite set that stands for all (S1.5).

Conditions compare facts with bounds, and nothing else; so two children for whom every bound gives the same
answer are the same to a règlement. One representative of each such cell is enough to prove that tariffs or
deadlines are disjoint and together cover everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import floor, prod
from typing import Final

from .bounds import Bound, Interval
from .errors import Fault, InvalidValueError
from .facts import FactKind, FactKindRead, Value
from .selectors import Where, Who

#: Ages are whole years, from 0 to this.
MOST_YEARS: Final = 25


def conditions(where: Where) -> Iterator[Who]:
    """The conditions of a selector and of its exceptions."""
    yield where.who
    for one in where.unless:
        yield from conditions(one)


def axes(declared: Mapping[str, FactKindRead], whos: Iterable[Who]) -> dict[str, tuple[Value, ...]]:
    """
    For each fact that conditions compare, one value for every answer that their bounds can give.

    Numbers go from 0 upwards (from below where a bound is negative), as do the brackets of a grid; ages are
    whole years from 0 to 25, counters whole numbers from 0. Words that no bound tells apart share a representative.

    Args:
        declared: How facts are declared, by code; every fact compared is among them.
        whos: Conditions.

    >>> from clae_rules.bounds import parse_interval
    >>> rank = FactKindRead(FactKind.NUMBER)
    >>> axes({"rang": rank}, [(("rang", parse_interval("à partir de 3")),)])
    {'rang': (Fraction(0, 1), Fraction(3, 1))}
    """
    bounds: dict[str, dict[Bound, None]] = {}
    for who in whos:
        for fact, bound in who:
            bounds.setdefault(fact, {})[bound] = None
    return {fact: _told_apart(declared[fact], tuple(bounds[fact])) for fact in sorted(bounds)}


def profiles(
    declared: Mapping[str, FactKindRead], whos: Iterable[Who], limit: int = 4096
) -> Iterator[dict[str, Value]]:
    """
    One assignment of facts for each cell that conditions tell apart; its `get` is a profile.

    Args:
        declared: How facts are declared, by code; every fact compared is among them.
        whos: Conditions; see `conditions`.
        limit: The most cells to give.

    Raises:
        InvalidValueError: At once, if there are more cells than *limit*.
    """
    found = axes(declared, whos)
    count = prod(len(values) for values in found.values())
    if count > limit:
        sizes = ", ".join(f"{fact} {len(values)}" for fact, values in found.items())
        fr = f"{count} cas à distinguer ({sizes}), plus de {limit} ; comparez moins de faits"
        en = f"{count} cases to tell apart ({sizes}), over {limit}; compare fewer facts"
        raise InvalidValueError([Fault(("faits",), fr, en)])
    return (dict(zip(found, values, strict=True)) for values in product(*found.values()))


def _told_apart(kind: FactKindRead, bounds: tuple[Bound, ...]) -> tuple[Value, ...]:
    """The first value for each combination of answers; every value of a counter, which what is held bounds."""
    if kind.kind is FactKind.COUNT:
        return _candidates(kind, bounds)
    first: dict[tuple[bool, ...], Value] = {}
    for value in _candidates(kind, bounds):
        first.setdefault(tuple(value in bound for bound in bounds), value)
    return tuple(first.values())


def _candidates(kind: FactKindRead, bounds: tuple[Bound, ...]) -> tuple[Value, ...]:
    if kind.kind is FactKind.CHOICE:
        return kind.words
    if kind.kind is FactKind.FLAG:
        return (False, True)
    if kind.kind is FactKind.AGE:
        return tuple(Fraction(years) for years in range(MOST_YEARS + 1))
    intervals = [bound for bound in bounds if isinstance(bound, Interval)]
    if kind.kind is FactKind.COUNT:
        ends = [floor(end) for one in intervals for end in (one.low, one.high) if end is not None]
        near = {end + step for end in ends for step in (-1, 0, 1, 2)}
        return tuple(Fraction(one) for one in sorted({0, 1, *near}) if one >= 0)
    cuts = sorted({end for one in intervals for end in (one.low, one.high) if end is not None} | {Fraction(0)})
    below = [cuts[0] - 1] if cuts[0] < 0 else []
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    return tuple(sorted([*below, *cuts, *between, cuts[-1] + 1]))
