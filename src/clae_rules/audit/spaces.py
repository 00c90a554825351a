"""
All selections of a kind of day at once: one truth table for each group of boxes that rules tie together.

Groups are independent, so their counts multiply. With `formulas`, `daytype` and `pairs`, the only place that sees bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from ..daytype import MOST_VARIABLES, DayType
from ..formulas import (
    FALSE,
    TRUE,
    Formula,
    all_of,
    components,
    count,
    evaluate,
    models,
    substitute,
    truth_planes,
)
from ..variants import Variant
from .groups import BoxName, Group, Linked

__all__ = ["BoxName", "Group", "Linked", "Space", "Spaces", "box_names", "spaces", "tabled", "ties"]


@dataclass(frozen=True, eq=False)
class Space(Group):
    """
    One group of boxes that rules tie together, with every selection of it.

    Args:
        boxes: The boxes; bit i of a selection is the i-th.
        rules: Codes of the rules that speak of them.
        bad: For each rule the table of the selections that break it.
        real: The table of the selections that can exist: a late box is held only where its slot is.
    """

    boxes: tuple[BoxName, ...]
    rules: tuple[str, ...]
    bad: tuple[int, ...]
    real: int

    @cached_property
    def env(self) -> list[int]:
        """The table of each box, then those of their complements."""
        return planes(self.n)

    @cached_property
    def ok(self) -> int:
        """The table of the allowed selections."""
        return self.allowed_by(range(len(self.rules)))

    def allowed_by(self, rules: Iterable[int]) -> int:
        """The table of the selections that some of the rules allow."""
        broken = 0
        for index in rules:
            broken |= self.bad[index]
        return _less(self.real, broken)

    @cached_property
    def others_broken(self) -> tuple[int, ...]:
        """For each rule the table of the selections that break another one; O(rules) tables."""
        before, after = [0], [0]
        for table in self.bad:
            before.append(before[-1] | table)
        for table in reversed(self.bad):
            after.append(after[-1] | table)
        size = len(self.bad)
        return tuple(before[i] | after[size - 1 - i] for i in range(size))

    def names(self, selection: int) -> tuple[BoxName, ...]:
        """The boxes of a selection, a late one in place of its slot's plain one."""
        return self.named(self._places(selection))

    def _places(self, selection: int) -> frozenset[int]:
        return frozenset(i for i in range(self.n) if selection >> i & 1)

    def smallest(self, table: int) -> tuple[BoxName, ...] | None:
        """A smallest selection of a table, the first in display order; None where it is empty."""
        found = self._smallest(table)
        return None if found is None else self.names(found)

    def minimal(self, table: int) -> int:
        """The selections of a table that hold no smaller one of it."""
        reached, above = table, 0
        for i in range(self.n):
            reached |= (reached & self.env[~i]) << (1 << i)
        for i in range(self.n):
            above |= (reached & self.env[~i]) << (1 << i)
        return table & ~above

    def least(self, table: int, most: int) -> tuple[tuple[tuple[BoxName, ...], ...], int]:
        """The first selections of a table that hold no smaller one of it, and how many there are besides."""
        found = sorted(models(self.minimal(table), self.n), key=lambda one: (one.bit_count(), one))
        return tuple(self.names(one) for one in found[:most]), max(len(found) - most, 0)

    def holding(self, held: Collection[str], lacking: Collection[str]) -> int:
        """The table of the allowed selections that hold some slots, and none of others; slots elsewhere do not count."""
        return self.narrowed(self.ok, held, lacking)

    def narrowed(self, table: int, held: Collection[str], lacking: Collection[str]) -> int:
        """The selections of a table that hold some slots, and none of others; slots elsewhere do not count."""
        for i, box in enumerate(self.boxes):
            if box.variant is Variant.NORMAL and box.slot in held:
                table &= self.env[i]
            if box.variant is Variant.NORMAL and box.slot in lacking:
                table &= self.env[~i]
        return table

    def chosen(self, table: int, ticks: Callable[[BoxName], bool]) -> tuple[BoxName, ...]:
        """One selection of a table that is not empty, box by box; *ticks* is asked where a box may be held or not."""
        for env, other, box in zip(self.env, reversed(self.env), self.boxes, strict=False):
            held, free = table & env, table & other
            table = held if not free or (held and ticks(box)) else free
        return self.names(_lowest(table))

    def _smallest(self, table: int) -> int | None:
        met = next((met for layer in self.layers if (met := table & layer)), 0) if table else 0
        return _lowest(met) if met else None

    @cached_property
    def layers(self) -> tuple[int, ...]:
        """For each number of slots the table of the selections that hold so many; O(n^2) tables."""
        found = [(1 << (1 << self.n)) - 1]
        for i in (i for i, box in enumerate(self.boxes) if box.variant is Variant.NORMAL):
            low, high = self.env[~i], self.env[i]
            kept = [one & low for one in found] + [0]
            more = [0] + [one & high for one in found]
            found = [one | other for one, other in zip(kept, more, strict=True)]
        return tuple(found)

    def forced(self) -> tuple[int, ...]:
        held = self.ok & ~1
        return tuple(i for i in range(self.n) if held and not held & self.env[~i])

    def never_together(self) -> Iterator[tuple[int, int]]:
        for i, j in combinations(self.living, 2):
            if self.boxes[i].slot != self.boxes[j].slot and not self.ok & self.env[i] & self.env[j]:
                yield i, j

    def always_together(self) -> Iterator[tuple[int, int]]:
        for i, j in combinations(self.living, 2):
            if self.boxes[i].slot != self.boxes[j].slot and not self.ok & (self.env[i] ^ self.env[j]):
                yield i, j

    def needs(self, box: int) -> tuple[int, ...]:
        """The boxes that every allowed selection with *box* holds too."""
        held = self.ok & self.env[box]
        return tuple(
            j
            for j in self.living
            if held and j != box and self.boxes[j].slot != self.boxes[box].slot and not held & self.env[~j]
        )

    @cached_property
    def living(self) -> tuple[int, ...]:
        """The boxes that some allowed selection holds."""
        return tuple(i for i in range(self.n) if self.ok & self.env[i])

    def least_rules(self, unwanted: int, without: int | None = None) -> tuple[str, ...]:
        """
        Codes of rules, none of which can be left out, that together refuse all of some selections.

        Args:
            unwanted: A table of selections that all the rules together refuse.
            without: Index of a rule that is not to be among them; the others refuse them too.
        """
        indices = [index for index in range(len(self.rules)) if index != without]
        later = [0]
        for index in reversed(indices):
            later.append(later[-1] | self.bad[index])
        kept, left = [], self.real & unwanted
        for index, after in zip(indices, reversed(later[:-1]), strict=True):
            # needed where those kept and those to come do not refuse all
            if _less(left, after):
                kept.append(self.rules[index])
                left = _less(left, self.bad[index])
        return tuple(kept)

    def refusing(self, unwanted: Formula, without: int | None = None) -> tuple[str, ...]:
        return self.least_rules(evaluate(unwanted, self.env), without)

    def breakable(self, rule: int) -> bool:
        return bool(self.bad[rule])

    @cached_property
    def implied(self) -> tuple[int, ...]:
        """The rules that no selection breaks alone."""
        both = enumerate(zip(self.bad, self.others_broken, strict=True))
        return tuple(index for index, (mine, others) in both if mine | others == others)

    def redundant(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for index in self.implied:
            yield index, self.least_rules(self.bad[index], without=index)

    def twins(self) -> Iterator[tuple[int, int]]:
        # each of two twins is implied by the other
        for i, j in combinations(self.implied, 2):
            if self.bad[i] == self.bad[j]:
                yield i, j

    def reached(self) -> int:
        """The table of the allowed selections that single ticks reach from the empty one, each step allowed."""
        found, grown = 0, self.ok & 1
        while grown != found:
            found = grown
            for i in range(self.n):
                low, step = self.env[~i], 1 << i
                grown |= ((grown & low) << step | (grown >> step) & low) & self.ok
        return found

    def reaching(self, targets: int, free_to_add: Iterable[int], free_to_remove: Iterable[int]) -> int:
        """
        The table of the selections from which some target can be had in one change.

        Args:
            targets: The table of what may be held in the end.
            free_to_add: Boxes that can still be booked.
            free_to_remove: Boxes that can still be given back.
        """
        found = targets
        for i in free_to_remove:
            found |= (found & self.env[~i]) << (1 << i)
        for i in free_to_add:
            found |= found >> (1 << i) & self.env[~i]
        return found

    def completed(self, fixed: Mapping[int, bool]) -> frozenset[int] | None:
        found = self.ok
        for box, held in fixed.items():
            found &= self.env[box if held else ~box]
        return self._places(_lowest(found)) if found else None

    def lone(self, rule: int) -> frozenset[int] | None:
        found = self._smallest(_less(self.bad[rule], self.others_broken[rule]))
        return None if found is None else self._places(found)

    def flip(self, rule: int) -> tuple[frozenset[int], frozenset[int]] | None:
        alone = _less(self.bad[rule], self.others_broken[rule])
        pairs = []
        for tick in self.ticks if alone else ():
            step = sum(1 << i for i in tick)
            for unticked, ticked in ((self.ok, alone), (alone, self.ok)):
                met = unticked & ticked >> step
                for i in tick:
                    met &= self.env[~i]
                low = self._smallest(met & ~1 or met)
                if low is not None:
                    fine, broken = (low, low | step) if unticked is self.ok else (low | step, low)
                    pairs.append((not fine, low.bit_count(), low, step, fine, broken))
        if not pairs:
            return None
        *_, fine, broken = min(pairs)
        return self._places(fine), self._places(broken)

    def share(self, box: int) -> int:
        """How many allowed selections hold a box."""
        return count(self.ok & self.env[box])


@dataclass(frozen=True, eq=False)
class Spaces:
    """
    Every selection of a kind of day, group by group.

    Args:
        kind: The kind of day.
        groups: What is looked at exactly.
        large: Groups of more than 20 boxes, which are not.
        always: Codes of rules that every selection breaks.
    """

    kind: DayType
    groups: tuple[Space, ...]
    large: tuple[Linked, ...]
    always: tuple[str, ...]

    @property
    def count(self) -> int | None:
        """How many selections are allowed, the empty one included; None where a group is not counted."""
        if self.large:
            return None
        total = 0 if self.always else 1
        for one in self.groups:
            total *= count(one.ok)
        return total

    def smallest(self, held: Collection[str], lacking: Collection[str]) -> tuple[BoxName, ...] | None:
        """
        A smallest allowed selection that holds some open slots and none of others, in display order; None without one.

        Groups that are not counted are taken to hold nothing.
        """
        found: list[BoxName] = []
        for one in self.groups:
            mine = one.smallest(one.holding(held, lacking))
            if mine is None:
                return None
            found += mine
        order = {code: i for i, code in enumerate(self.kind.slots)}
        return None if self.always else tuple(sorted(found, key=lambda one: order[one.slot]))

    def shares(self) -> Iterator[tuple[BoxName, int, int]]:
        """(box, selections of its group that hold it, selections of its group), in display order."""
        found = [(box, one.share(i), count(one.ok)) for one in self.groups for i, box in enumerate(one.boxes)]
        order = {code: i for i, code in enumerate(self.kind.slots)}
        yield from sorted(found, key=lambda one: (order[one[0].slot], one[0].variant.value))


def ties(kind: DayType) -> tuple[Linked, ...]:
    """The connected groups of the rules of a kind of day, lone boxes included, by their first box."""
    boxes = box_names(kind)
    shape = [all_of(late, ~kind.bits[code]) for code, late in kind.late.items()]
    speaking = [(code, one) for code, one, _ in kind.violations if one not in (TRUE, FALSE)]
    formulas: list[Formula] = [*(one for _, one in speaking), *shape]
    found = []
    for members, indices in components(formulas, kind.variables):
        rules = tuple(speaking[i][0] for i in indices if i < len(speaking))
        local = {bit: i for i, bit in enumerate(members)}
        said = tuple(substitute(formulas[i], local) for i in indices)
        found.append(Linked(tuple(boxes[i] for i in members), rules, said[: len(rules)], said[len(rules) :]))
    return tuple(found)


def spaces(kind: DayType) -> Spaces:
    """The tables of a kind of day, each connected group of its rules apart; O(n 2^n) bits a group."""
    found = ties(kind)
    groups = tuple(tabled(one) for one in found if len(one.boxes) <= MOST_VARIABLES)
    large = tuple(one for one in found if len(one.boxes) > MOST_VARIABLES)
    return Spaces(kind, groups, large, tuple(code for code, said, _ in kind.violations if said == TRUE))


@lru_cache(maxsize=2)
def planes(n: int) -> list[int]:
    """The table of each of n boxes, then those of their complements: 5 MB for 20, kept for the next group."""
    return truth_planes(n)


def _less(table: int, other: int) -> int:
    """What a table holds and another does not; a lone « ~ » would make an int of another sign, three times as slow."""
    return table ^ (table & other)


def _lowest(table: int) -> int:
    """The first selection of a table that is not empty."""
    return (table & -table).bit_length() - 1


def tabled(linked: Linked) -> Space:
    """A group of 20 boxes or fewer with the table of each of its rules."""
    env = planes(len(linked.boxes))
    real = (1 << (1 << len(linked.boxes))) - 1
    for one in linked.impossible:
        real = _less(real, evaluate(one, env))
    bad = (evaluate(one, env) for one in linked.violations)
    return Space(linked.boxes, linked.rules, tuple(one & real if linked.impossible else one for one in bad), real)


def box_names(kind: DayType) -> tuple[BoxName, ...]:
    """The boxes of a kind of day, in the order of its variables."""
    return (*(BoxName(code) for code in kind.slots), *(BoxName(code, Variant.HORS_DELAI) for code in kind.late))
