"""Random groups of boxes and rules, of any size, for the tests of what is searched instead of listed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from clae_rules.audit import BoxName
from clae_rules.audit.groups import Linked
from clae_rules.formulas import (
    FALSE,
    TRUE,
    Formula,
    all_of,
    any_of,
    at_least,
    exactly,
    negate,
    substitute,
    variables,
)
from clae_rules.variants import Variant


def a_rule(rng: random.Random, among: list[int]) -> Formula:
    """The violation of a rule of some kind over a few of some boxes."""
    some = rng.sample(among, min(len(among), rng.randint(2, 5)))
    first, *others = some
    ways: tuple[Callable[[], Formula], ...] = (
        lambda: all_of(first, any_of(*(~one for one in others))),
        lambda: all_of(first, *(~one for one in others)),
        lambda: all_of(first, any_of(*others)),
        lambda: at_least(rng.randint(1, len(some)), [*some, first]),
        lambda: all_of(any_of(*some), negate(exactly(rng.randint(1, len(some)), some))),
        lambda: all_of(any_of(*some), any_of(*(~one for one in some))),
        lambda: all_of(*(one if rng.random() < 0.5 else ~one for one in some)),
    )
    return rng.choice(ways)()


def grouped(boxes: Iterable[BoxName], said: Iterable[Formula], impossible: Iterable[Formula] = ()) -> Linked:
    """A group of boxes, its rules numbered; constants are left out, as they tie nothing."""
    told = tuple(one for one in said if one not in (TRUE, FALSE))
    return Linked(tuple(boxes), tuple(f"r{i}" for i in range(len(told))), told, tuple(impossible))


def small_group(seed: int) -> Linked:
    """3 to 12 boxes, up to two of them late ones, and rules of which some come twice."""
    rng = random.Random(seed)
    n = rng.randint(3, 12)
    late = rng.randint(0, 2) if n > 4 else 0
    slots = n - late
    boxes = [*(BoxName(f"s{i}") for i in range(slots)), *(BoxName(f"s{i}", Variant.HORS_DELAI) for i in range(late))]
    said = [a_rule(rng, list(range(n))) for _ in range(rng.randint(1, 10))]
    said += said[:1] * (rng.random() < 0.3)
    return grouped(boxes, [*said, all_of(0, 1)], (all_of(slots + i, ~i) for i in range(late)))


def large_group(seed: int, n: int) -> Linked:
    """One connected group of *n* boxes: each is tied to one shortly before it, and counts lie across."""
    rng = random.Random(seed)
    said: list[Formula] = []
    for i in range(1, n):
        near = rng.randrange(max(0, i - 12), i)
        said.append(rng.choice((all_of(i, ~near), all_of(i, near), all_of(i, any_of(near, rng.randrange(n))))))
    everything = list(range(n))
    said += [at_least(4, rng.sample(everything, 6)) for _ in range(n // 10)]
    said += [a_rule(rng, everything) for _ in range(n // 20)]
    return grouped((BoxName(f"s{i}") for i in range(n)), said)


def part(linked: Linked, codes: Iterable[str], *more: Formula) -> tuple[Linked, tuple[Formula, ...]]:
    """Some rules of a group alone over the few boxes that they read, and other formulas over the same boxes."""
    said = [linked.violations[linked.rules.index(code)] for code in codes]
    every = [*said, *linked.impossible, *more]
    read = sorted(frozenset[int]().union(*map(variables, every)))
    local = {bit: i for i, bit in enumerate(read)}
    moved = tuple(substitute(one, local) for one in every)
    cut = len(every) - len(more)
    few = Linked(tuple(linked.boxes[i] for i in read), tuple(codes), moved[: len(said)], moved[len(said) : cut])
    return few, moved[cut:]
