"""
One formula, many algebras: what a rule says, read with `&` and `|` over whatever carries the variables.

A variable is an int from 0. A literal is an int too: `i` says that variable i holds, `~i` that it does not.
All else is one node, `AtLeast(k, operands)`: *and* is n of n, *or* is 1 of n, *not* is De Morgan. Formulas
are in negation-normal form without nested constants: reading one only complements its variables.

A selection is a mask, bit i saying whether variable i holds. A table is an int of 2^n bits, bit s saying
whether the formula holds of selection s: it is the compiled form. Nothing here knows the domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import comb
from typing import Final, Protocol, Self, TypeVar


def _formula(f: Formula) -> Formula:
    # True and False are ints: as literals they would silently mean variables 1 and 0
    if isinstance(f, bool) or not isinstance(f, int | AtLeast):
        raise TypeError(f"formula: expected an int or AtLeast, got {f!r}; constants are TRUE and FALSE")
    return f


def _whole(k: int) -> int:
    if isinstance(k, bool) or not isinstance(k, int):
        raise TypeError(f"formula: expected an int to count to, got {k!r}")
    return k


def _is_constant(f: Formula) -> bool:
    return isinstance(f, AtLeast) and not f.operands


@dataclass(frozen=True, slots=True)
class AtLeast:
    """
    At least *k* of the operands hold, one given twice counting twice; built by `at_least`, which folds.

    Args:
        k: From 1 to the number of operands; 0 or 1 where there is none (`TRUE`, `FALSE`).
        operands: None, or two and more formulas without a constant among them.
    """

    k: int
    operands: tuple[Formula, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.operands, tuple):
            raise TypeError(f"AtLeast: operands must be a tuple, got {self.operands!r}; use at_least")
        constant = any(_is_constant(_formula(f)) for f in self.operands)
        possible = range(1, len(self.operands) + 1) if self.operands else range(2)
        if constant or len(self.operands) == 1 or _whole(self.k) not in possible:
            raise ValueError(f"AtLeast: {self.k!r} of {self.operands!r} is not folded; use at_least")


Formula = int | AtLeast

TRUE: Final = AtLeast(0, ())
FALSE: Final = AtLeast(1, ())
#: Beyond, one plane of a table would take more than 2 MiB.
MOST_TABLE_VARIABLES: Final = 24
_BITS: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


class Carrier(Protocol):
    """What can carry a variable: a bool, an int of many bits, a set, an array, a gate of a solver."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...


C = TypeVar("C", bound=Carrier)


def at_least(k: int, operands: Iterable[Formula]) -> Formula:
    """
    At least *k* of the operands hold; constants and single operands fold away.

    Args:
        k: Any int; 0 and less gives `TRUE`, more than there are operands gives `FALSE`.
        operands: Formulas; giving one w times gives it the weight w.

    >>> at_least(2, [0, TRUE, ~1])
    AtLeast(k=1, operands=(0, -2))
    """
    kept = []
    for f in operands:
        if not _is_constant(_formula(f)):
            kept.append(f)
        elif f == TRUE:
            k = _whole(k) - 1
    if _whole(k) <= 0:
        return TRUE
    if k > len(kept):
        return FALSE
    return kept[0] if len(kept) == 1 else AtLeast(k, tuple(kept))


def at_most(k: int, operands: Iterable[Formula]) -> Formula:
    """At most *k* of the operands hold."""
    return negate(at_least(_whole(k) + 1, operands))


def exactly(k: int, operands: Iterable[Formula]) -> Formula:
    """Exactly *k* of the operands hold."""
    given = tuple(operands)
    return all_of(at_least(k, given), at_most(k, given))


def all_of(*operands: Formula) -> Formula:
    """All the operands hold; `TRUE` where there is none."""
    return at_least(len(operands), operands)


def any_of(*operands: Formula) -> Formula:
    """Some operand holds; `FALSE` where there is none."""
    return at_least(1, operands)


def negate(f: Formula) -> Formula:
    """The formula that holds where *f* does not; twice gives *f* back."""
    if isinstance(f, AtLeast):
        return AtLeast(len(f.operands) - f.k + 1, tuple(negate(o) for o in f.operands))
    _formula(f)
    return ~f


def implies(a: Formula, b: Formula) -> Formula:
    """Where *a* holds, *b* holds."""
    return any_of(negate(a), b)


def variables(f: Formula) -> frozenset[int]:
    """The variables that *f* reads."""
    if isinstance(f, int):
        return frozenset((max(f, ~f),))
    return frozenset(chain.from_iterable(map(variables, f.operands)))


def highest_variable(f: Formula) -> int:
    """The greatest variable that *f* reads, -1 for a constant."""
    return max(variables(f), default=-1)


def substitute(f: Formula, replacements: Mapping[int, Formula]) -> Formula:
    """
    Put formulas in place of variables, all at once; a variable without replacement stays. Ints renumber.

    >>> substitute(any_of(0, ~1), {0: 7, 1: all_of(2, 3)})
    AtLeast(k=1, operands=(7, AtLeast(k=1, operands=(-3, -4))))
    """
    if isinstance(f, AtLeast):
        return at_least(f.k, [substitute(o, replacements) for o in f.operands])
    return replacements.get(f, f) if f >= 0 else negate(replacements.get(~f, ~f))


def restrict(f: Formula, known: Mapping[int, bool]) -> Formula:
    """What remains of *f* once some variables are known; `TRUE` or `FALSE` where they settle it."""
    return substitute(f, {v: TRUE if value else FALSE for v, value in known.items()})


def with_complements(planes: Sequence[C], complement: Callable[[C], C]) -> list[C]:
    """
    The environment of n variables, 2n values: `env[i]` carries variable i and `env[~i]` its complement.

    >>> with_complements([True, False], lambda x: not x)
    [True, False, True, False]
    """
    return [*planes, *(complement(plane) for plane in reversed(planes))]


def threshold(k: int, operands: Sequence[C]) -> C:
    """At least *k* of n carried operands, k from 1 to n, in O(k (n - k + 1)) operations."""
    reached: list[C] = []  # reached[j]: at least j + 1 of the operands met so far
    for met, operand in enumerate(operands):
        # a lower cell can no longer reach k with the operands left
        lowest = max(0, k - len(operands) + met)
        for j in range(min(met, k - 1), lowest - 1, -1):
            step = reached[j - 1] & operand if j else operand
            if j == met:
                reached.append(step)
            else:
                # not in place: an array here may be the caller's own plane
                reached[j] = reached[j] | step
    return reached[k - 1]


def evaluate(f: Formula, env: Sequence[C], counter: Callable[[int, Sequence[C]], C] = threshold) -> C:
    """
    The value of *f* over any carrier.

    Args:
        f: Not a constant, which no carrier need have.
        env: n values and their complements, as `with_complements` gives them.
        counter: Counts strictly between *or* and *and*, where the carrier has better than `&` and `|`.

    Raises:
        ValueError: If *f* is constant or reads a variable that *env* does not carry.

    >>> bin(evaluate(at_least(2, [0, 1, ~2]), with_complements([0b1100, 0b1010, 0b0110], lambda x: 15 ^ x)))
    '0b1000'
    """
    if isinstance(f, int):
        # unchecked, a negative index would silently find the complement of another variable
        if len(env) % 2 or not -len(env) <= 2 * f < len(env):
            found = f"no variable {max(f, ~f)} among {len(env)} values"
            raise ValueError(f"evaluate: {found}; give those of n variables, then their n complements")
        return env[f]
    if not f.operands:
        raise ValueError(f"evaluate: no carrier has a value for {f!r}; test for TRUE and FALSE first")
    values = [evaluate(o, env, counter) for o in f.operands]
    return (counter if 1 < f.k < len(values) else threshold)(f.k, values)


def holds(f: Formula, mask: int) -> bool:
    """Whether *f* holds of one selection, for any number of variables."""
    if isinstance(f, int):
        return bool(mask >> f & 1 if f >= 0 else ~mask >> ~f & 1)
    needed = f.k
    for o in f.operands:
        if holds(o, mask):
            needed -= 1
            if not needed:
                return True
    return not needed


def causes(f: Formula, mask: int) -> tuple[int, ...]:
    """
    The true literals that make *f* hold, in its own order, each once; none where it does not hold.

    While they hold, so does *f*: what makes it false changes one of them. All that hold in a count are named,
    even beyond *k*. Nothing causes `TRUE`.

    >>> causes(all_of(0, any_of(1, ~2)), 0b001)
    (0, -3)
    """
    if isinstance(f, int):
        return (f,) if holds(f, mask) else ()
    parts = [part for o in f.operands if (part := causes(o, mask))]
    return tuple(dict.fromkeys(chain.from_iterable(parts))) if len(parts) >= f.k else ()


def truth_planes(n: int) -> list[int]:
    """
    The environment of all 2^n selections: bit s of `env[i]` is bit i of s. O(n 2^n) bits.

    >>> [f"{plane:04b}" for plane in truth_planes(2)]
    ['1010', '1100', '0011', '0101']
    """
    if not 0 <= n <= MOST_TABLE_VARIABLES:
        raise ValueError(f"table: expected 0 to {MOST_TABLE_VARIABLES} variables, got {n}; beyond, use holds")
    full = plane = (1 << (1 << n)) - 1
    complements: list[int] = []
    for i in reversed(range(n)):
        # runs of 2^(i+1) ones, each cut to its lower half
        plane = (plane ^ plane << (1 << i)) & full
        complements.append(plane)
    return [*(full ^ plane for plane in reversed(complements)), *complements]


def tables(formulas: Iterable[Formula], n: int) -> list[int]:
    """
    The table of each formula over *n* variables, 2^n bits each; constants have one too.

    >>> [f"{t:04b}" for t in tables([0, any_of(0, ~1), TRUE], 2)]
    ['1010', '1011', '1111']
    """
    env, full = truth_planes(n), (1 << (1 << n)) - 1
    return [full * (f == TRUE) if _is_constant(f) else evaluate(f, env) for f in formulas]


def table(f: Formula, n: int) -> int:
    """The table of one formula; `tables` shares the planes between many."""
    return tables([f], n)[0]


def count(bits: int) -> int:
    """How many selections a table holds."""
    if bits < 0:
        raise ValueError("table: expected no negative int; write a & ~b instead of a lone ~b")
    return bits.bit_count()


def models(bits: int, n: int) -> Iterator[int]:
    """The selections that a table of *n* variables holds, ascending: O(2^n / 8), then one step for each."""
    # clearing the low bit of a long int would copy the whole table at each step
    for at, byte in enumerate(_table(bits, n).to_bytes((1 << n) + 7 >> 3, "little")):
        if byte:
            for bit in _BITS[byte]:
                yield at << 3 | bit


def _table(bits: int, n: int) -> int:
    if bits >> (1 << n):
        raise ValueError(f"table: expected 2^{n} bits, got a negative or longer int; keep & table(TRUE, {n})")
    return bits


def minimal_edits(ok: int, n: int, wanted: int, held: int, fixed: int) -> list[int]:
    """
    Every inclusion-minimal change that makes *wanted* allowed. O(n 2^n) bits, whatever the distance.

    Args:
        ok: The table of allowed selections.
        n: Number of variables.
        wanted: The selection to repair.
        held: What the fixed variables must equal in the end.
        fixed: The variables that cannot differ from *held*; they change back where they do in *wanted*.

    Returns:
        Each e, smallest first, with `wanted ^ e` in *ok* and equal to *held* on *fixed*, and no other such e inside.

    >>> minimal_edits(table(implies(0, 1), 2), 2, wanted=0b01, held=0b01, fixed=0b01)
    [2]
    """
    edits, absent = _table(ok, n), truth_planes(n)[: -n - 1 : -1]
    for i, low in enumerate(absent):
        # the position of a bit, a selection so far, becomes the edit that leads there
        flip = wanted >> i & 1
        halves = edits & low, edits >> (1 << i) & low
        kept, changed = halves[flip], halves[1 - flip]
        if fixed >> i & 1:
            kept, changed = (0, changed) if (wanted ^ held) >> i & 1 else (kept, 0)
        edits = kept | changed << (1 << i)
    reached, above = edits, 0
    for i, low in enumerate(absent):
        reached |= (reached & low) << (1 << i)
    for i, low in enumerate(absent):
        above |= (reached & low) << (1 << i)
    return sorted(models(edits & ~above, n), key=int.bit_count)


def minimal_flips(violations: Sequence[Formula], state: int, free: int, limit: int) -> tuple[list[int], bool]:
    """
    Every inclusion-minimal set of variables whose flipping makes all *violations* false, without a table.

    A repair flips a cause of any formula that holds, so the search branches on the causes of the first one,
    smaller sets first. Where one formula alone asks for more flips than *limit* lets it reach, it stops at that size.
    Even cut, its answers are minimal, and complete below the size that it reached.

    Args:
        violations: What must not hold.
        state: The selection to repair.
        free: The variables that may be flipped.
        limit: How many selections may be examined; there can be exponentially many answers.

    Returns:
        The flips, smallest first, and whether the search was cut with selections left to examine.

    >>> minimal_flips([all_of(0, ~1)], state=0b01, free=0b11, limit=100)
    ([1, 2], False)
    """
    found: list[int] = []
    further = 0  # flips still needed, at the least, by the sets of this size
    level = {0}  # all sets of one size: none can come back at another
    while level:
        larger: set[int] = set()
        unmet = [flips for flips in sorted(level) if not any(repair & ~flips == 0 for repair in found)]
        # a size that cannot be examined whole is the last, and is looked into where an answer may be near
        beyond = len(unmet) > limit
        if beyond and further:
            return found, True
        further = limit
        for flips in unmet:
            if limit <= 0:
                return found, True
            limit -= 1
            broken = next((f for f in violations if holds(f, state ^ flips)), None)
            if broken is None:
                found.append(flips)
            elif not beyond:
                left = free & ~flips
                ones = {max(cause, ~cause) for cause in causes(broken, state ^ flips)}
                ones = {one for one in ones if left >> one & 1}
                needed = flips_needed(broken, state ^ flips, left)
                # every set of one flip less than it takes would be examined before
                beyond = needed is not None and comb(len(ones), needed - 1) > limit
                if needed is not None:
                    further = min(further, needed - 1)
                    larger.update(flips | 1 << one for one in ones)
        if beyond:
            return found, True
        level = larger
    return found, False


def flips_needed(f: Formula, mask: int, free: int) -> int | None:
    """
    How many flips of *free* variables make *f* false, operands that share a variable counted apart; None: it stays.

    >>> flips_needed(negate(at_least(3, [0, 1, 2, 3])), 0b0001, 0b1110)
    2
    """
    if not holds(f, mask):
        return 0
    if isinstance(f, int):
        return 1 if free >> max(f, ~f) & 1 else None
    held = Counter(o for o in f.operands if holds(o, mask))
    excess = held.total() - f.k + 1
    costs = [(cost, times) for o, times in held.items() if (cost := flips_needed(o, mask, free)) is not None]
    needed = 0
    for cost, times in sorted(costs, key=lambda one: one[0] / one[1]):
        if excess <= 0:
            break
        needed, excess = needed + cost, excess - times
    return needed if excess <= 0 else None


def components(formulas: Sequence[Formula], n: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """
    Split *n* variables into sets that no formula links: each can have its own table, their counts multiply.

    Returns:
        (variables, indices of the formulas over them), ascending, by smallest variable. A variable that no
        formula reads stands alone; constant formulas come last, under no variable.

    >>> components([any_of(0, 2), FALSE, all_of(2, ~3)], 4)
    [((0, 2, 3), (0, 2)), ((1,), ()), ((), (1,))]
    """
    read = [variables(f) for f in formulas]
    part_of = [frozenset((v,)) for v in range(n)]
    for index, linked in enumerate(read):
        if max(linked, default=-1) >= n:
            raise ValueError(f"components: formula {index} reads variable {max(linked)}, got {n} variables")
        merged = linked.union(*(part_of[v] for v in linked))
        for v in merged:
            part_of[v] = merged
    indices: dict[frozenset[int], list[int]] = {part: [] for part in part_of}
    for index, linked in enumerate(read):
        indices.setdefault(part_of[min(linked)] if linked else linked, []).append(index)
    return [(tuple(sorted(part)), tuple(over)) for part, over in indices.items()]
