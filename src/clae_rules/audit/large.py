"""
Groups of more boxes than a table can hold, asked the same questions of one incremental solver (S13.1).

Every rule keeps its one formula: it is read with `&` and `|` over gates, each of which writes its own clauses. How
many selections are allowed is the one question that is not asked. The only module that needs `clae-rules[sat]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from itertools import combinations
from typing import Any, Final

from ..errors import ClaeRulesError
from ..formulas import Formula, evaluate, threshold, with_complements
from ..variants import Variant
from .groups import BoxName, Group, Linked, named

#: Allowed selections that a group remembers, so as not to ask again what they already show.
MOST_MET: Final = 256


class MissingSolverError(ClaeRulesError):
    """The library that looks at large groups is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "plus de 20 cases liées : il faut python-sat pour les regarder ; pip install 'clae-rules[sat]'"
        )


def has_solver() -> bool:
    """Whether large groups can be looked at: python-sat is installed."""
    try:
        import_module("pysat.solvers")
    except ImportError:
        return False
    return True


class _Net:
    """
    Gates and their clauses in one solver; equal gates are one.

    Raises:
        MissingSolverError: If python-sat is not installed.
    """

    def __init__(self) -> None:
        try:
            solvers = import_module("pysat.solvers")
        except ImportError:
            raise MissingSolverError from None
        self._solver: Any = solvers.MinisatGH()
        self._gates: dict[tuple[int, int], int] = {}
        self._top = 0
        #: What never holds.
        self.never = self.variable()
        self.require(-self.never.literal)

    def variable(self) -> _Gate:
        """A new variable."""
        self._top += 1
        return _Gate(self, self._top)

    def both(self, a: int, b: int) -> int:
        """The literal that holds where two do; Tseitin's three clauses."""
        key = (a, b) if a < b else (b, a)
        found = self._gates.get(key)
        if found is None:
            self._top += 1
            found = self._gates[key] = self._top
            self.require(-a, -b, found)
            self.require(a, -found)
            self.require(b, -found)
        return found

    def require(self, *literals: int) -> None:
        """That one of some literals holds."""
        self._solver.add_clause(literals)

    def solve(self, *assumed: int) -> bool:
        """Whether some selection agrees with what is assumed."""
        return bool(self._solver.solve(assumptions=assumed))

    def core(self, assumed: Sequence[int]) -> set[int] | None:
        """Some of what is assumed that already cannot hold together; None where all of it can."""
        if self._solver.solve(assumptions=assumed):
            return None
        return set(self._solver.get_core() or ())

    def implied(self, *assumed: int) -> set[int]:
        """Literals that follow at once from what is assumed."""
        return set(self._solver.propagate(assumptions=assumed)[1])

    def true(self, gates: Sequence[_Gate]) -> frozenset[int]:
        """The places of the gates that hold in what was found last."""
        held = set(self._solver.get_model())
        return frozenset(i for i, gate in enumerate(gates) if gate.literal in held)

    def prefer(self, gates: Iterable[_Gate], *, held: bool) -> None:
        """Try some variables held first, or not held."""
        self._solver.set_phases([one.literal if held else -one.literal for one in gates])


class _Gate:
    """A literal of the solver that formulas combine."""

    __slots__ = ("_net", "literal")

    def __init__(self, net: _Net, literal: int) -> None:
        self._net, self.literal = net, literal

    def __and__(self, other: _Gate) -> _Gate:
        return _Gate(self._net, self._net.both(self.literal, other.literal))

    def __or__(self, other: _Gate) -> _Gate:
        return _Gate(self._net, -self._net.both(-self.literal, -other.literal))

    def __invert__(self) -> _Gate:
        return _Gate(self._net, -self.literal)


class _Copy:
    """
    The rules of a group over some variables: one gate for each, and what they come to.

    Args:
        boxes: A gate for each box.
    """

    def __init__(self, net: _Net, linked: Linked, boxes: Sequence[_Gate]) -> None:
        self.net, self.boxes = net, boxes
        self.env = with_complements(boxes, lambda gate: ~gate)
        self.broken = [evaluate(one, self.env) for one in linked.violations]
        for one in linked.impossible:
            net.require(-evaluate(one, self.env).literal)
        said = [*self.broken, net.never, net.never]
        #: No rule is broken; at most one is.
        self.fine, self.alone = ~threshold(1, said), ~threshold(2, said)


class Solved(Group):
    """
    A group of any size, each question of it answered exactly by one solver that learns from question to question.

    Args:
        linked: The boxes and the formulas of the rules.

    Raises:
        MissingSolverError: If python-sat is not installed.
    """

    def __init__(self, linked: Linked) -> None:
        self._linked = linked
        self.boxes, self.rules = linked.boxes, linked.rules
        self._net = _Net()
        self._copy = _Copy(self._net, linked, [self._net.variable() for _ in linked.boxes])
        self._some = threshold(1, self._copy.boxes).literal
        self._fine = self._copy.fine.literal
        self._met: list[frozenset[int]] = []

    def _lit(self, box: int) -> int:
        """The literal of a box, or of its absence for ~box."""
        return self._copy.env[box].literal

    def _allowed(self, *literals: int) -> frozenset[int] | None:
        """An allowed selection; those that are found are remembered."""
        if not self._net.solve(self._fine, *literals):
            return None
        found = self._net.true(self._copy.boxes)
        if len(self._met) < MOST_MET:
            self._met.append(found)
        return found

    @cached_property
    def living(self) -> tuple[int, ...]:
        self._net.prefer(self._copy.boxes, held=True)
        alive: set[int] = set()
        for i in range(self.n):
            if i not in alive:
                alive |= self._allowed(self._lit(i)) or set()
        return tuple(sorted(alive))

    def forced(self) -> tuple[int, ...]:
        left = self._allowed(self._some) or frozenset()
        held = []
        for i in sorted(left):
            if i in left:
                other = self._allowed(self._some, self._lit(~i))
                left = left if other is None else left & other
                held += [i] if other is None else []
        return tuple(held)

    def _later(self, i: int) -> set[int]:
        """The boxes that can be held, after one in display order, of other slots."""
        return {j for j in self.living if j > i and self.boxes[j].slot != self.boxes[i].slot}

    def never_together(self) -> Iterator[tuple[int, int]]:
        for i in self.living:
            left = self._later(i)
            for met in self._met:
                left -= met if i in met else set()
            implied = self._net.implied(self._fine, self._lit(i)) if left else set()
            for j in sorted(left):
                if j in left:
                    found = None if self._lit(~j) in implied else self._allowed(self._lit(i), self._lit(j))
                    left -= found or set()
                    if found is None:
                        yield i, j

    def always_together(self) -> Iterator[tuple[int, int]]:
        for i in self.living:
            left = self._later(i)
            for met in self._met:
                left = left & met if i in met else left - met
            for j in sorted(left):
                if j in left:
                    apart = self._apart(i, j)
                    if apart is None:
                        yield i, j
                    else:
                        left = left & apart if i in apart else left - apart

    def _apart(self, i: int, j: int) -> frozenset[int] | None:
        """An allowed selection that holds one of two boxes only."""
        one = self._allowed(self._lit(i), self._lit(~j))
        return one if one is not None else self._allowed(self._lit(~i), self._lit(j))

    def breakable(self, rule: int) -> bool:
        return self._net.solve(self._copy.broken[rule].literal)

    @cached_property
    def _implied(self) -> tuple[int, ...]:
        """The rules that no selection breaks alone."""
        alone = self._copy.alone.literal
        return tuple(i for i, one in enumerate(self._copy.broken) if not self._net.solve(alone, one.literal))

    def redundant(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for index in self._implied:
            yield index, self._refusing(self._copy.broken[index].literal, index)

    def twins(self) -> Iterator[tuple[int, int]]:
        # each of two twins is implied by the other, and broken wherever the other is
        shown = {i: self._net.true(self._copy.broken) if self.breakable(i) else frozenset() for i in self._implied}
        for i, j in combinations(self._implied, 2):
            if bool(shown[i]) == bool(shown[j]) and (not shown[i] or (j in shown[i] and i in shown[j])):
                one, two = (self._copy.broken[k].literal for k in (i, j))
                if not self._net.solve(one, -two) and not self._net.solve(-one, two):
                    yield i, j

    def refusing(self, unwanted: Formula, without: int | None = None) -> tuple[str, ...]:
        return self._refusing(evaluate(unwanted, self._copy.env).literal, without)

    def _refusing(self, unwanted: int, without: int | None) -> tuple[str, ...]:
        kept = {-one.literal: i for i, one in enumerate(self._copy.broken) if i != without}
        left = list(kept)
        core = self._net.core([unwanted, *left])
        if core is None:
            raise ValueError("refusing: the rules allow what they were said to refuse")
        left = [one for one in left if one in core]
        for literal in tuple(left):
            if literal in left:
                core = self._net.core([unwanted, *(one for one in left if one != literal)])
                left = left if core is None else [one for one in left if one in core]
        return tuple(self.rules[kept[one]] for one in left)

    def completed(self, fixed: Mapping[int, bool]) -> frozenset[int] | None:
        return self._allowed(*(self._lit(box if held else ~box) for box, held in fixed.items()))

    def lone(self, rule: int) -> frozenset[int] | None:
        self._net.prefer(self._copy.boxes, held=False)
        met = self._net.solve(self._copy.alone.literal, self._copy.broken[rule].literal)
        return self._net.true(self._copy.boxes) if met else None

    @cached_property
    def _other(self) -> _Copy:
        """The same rules one tick away: the same boxes, but for those of one tick."""
        moved = [self._net.variable() for _ in self.boxes]
        boxes = [one & ~move | ~one & move for one, move in zip(self._copy.boxes, moved, strict=True)]
        plain = [one for one, box in zip(moved, self.boxes, strict=True) if box.variant is Variant.NORMAL]
        self._net.require(threshold(1, plain).literal)
        if len(plain) > 1:
            self._net.require(-threshold(2, plain).literal)
        for slot, late in (tick for tick in self.ticks if len(tick) > 1):
            self._net.require(-moved[late].literal, moved[slot].literal)
        return _Copy(self._net, self._linked, boxes)

    def flip(self, rule: int) -> tuple[frozenset[int], frozenset[int]] | None:
        other = self._other
        self._net.prefer(self._copy.boxes, held=False)
        wanted = (self._fine, other.broken[rule].literal, other.alone.literal)
        if not self._net.solve(*wanted, self._some) and not self._net.solve(*wanted):
            return None
        return self._net.true(self._copy.boxes), self._net.true(other.boxes)


def differing(one: Linked, two: Linked) -> tuple[tuple[BoxName, ...] | None, tuple[BoxName, ...] | None]:
    """
    Whether two sets of rules allow the same selections of the boxes of both: a selection that only one allows, or None.

    Args:
        one: Some boxes and the rules that tie them.
        two: Others, some of them the same.

    Returns:
        A selection that only the first allows, then one that only the second does; None and None where they agree.

    Raises:
        MissingSolverError: If python-sat is not installed.
    """
    boxes = tuple(dict.fromkeys((*one.boxes, *two.boxes)))
    net = _Net()
    gates = [net.variable() for _ in boxes]
    place = dict(zip(boxes, gates, strict=True))
    first, second = (_Copy(net, some, [place[box] for box in some.boxes]) for some in (one, two))
    net.prefer(gates, held=False)
    found = []
    for mine, other in ((first, second), (second, first)):
        met = net.solve(mine.fine.literal, -other.fine.literal)
        found.append(named(boxes, net.true(gates)) if met else None)
    return found[0], found[1]
