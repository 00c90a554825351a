"""
All selections of a kind of day at once: one truth table for each group of boxes that rules tie together.

Groups are independent, so their counts multiply. With `formulas`, `daytype` and `pairs`, the only place that sees bits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from ..daytype import MOST_VARIABLES, DayType
from ..formulas import FALSE, TRUE, Formula, all_of, components, count, models, substitute, tables, truth_planes
from ..variants import Variant


class BoxName(NamedTuple):
    """A box: a slot; its late variant apart only where some rule tells the two apart."""

    slot: str
    variant: Variant = Variant.NORMAL

    def text(self, labels: Mapping[str, str]) -> str:
        """The slot's name, « hors-délai » where the box is the late one."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        return f"« {labels.get(self.slot, self.slot)} »{late}"


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """
    Boxes that some rules tie together, too many to be looked at one selection at a time.

    Args:
        boxes: The boxes.
        rules: Codes of the rules that tie them.
    """

    boxes: tuple[BoxName, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Space:
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

    @property
    def n(self) -> int:
        """Number of boxes."""
        return len(self.boxes)

    @cached_property
    def env(self) -> list[int]:
        """The table of each box, then those of their complements."""
        return truth_planes(self.n)

    @cached_property
    def ok(self) -> int:
        """The table of the allowed selections."""
        return self.allowed_by(range(len(self.rules)))

    def allowed_by(self, rules: Iterable[int]) -> int:
        """The table of the selections that some of the rules allow."""
        broken = 0
        for index in rules:
            broken |= self.bad[index]
        return self.real & ~broken

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
        held = [box for i, box in enumerate(self.boxes) if selection >> i & 1]
        late = {box.slot for box in held if box.variant is Variant.HORS_DELAI}
        return tuple(box for box in held if box.variant is Variant.HORS_DELAI or box.slot not in late)

    def smallest(self, table: int) -> tuple[BoxName, ...] | None:
        """A smallest selection of a table, the first in display order; None where it is empty."""
        plain = sum(1 << i for i, box in enumerate(self.boxes) if box.variant is Variant.NORMAL)
        found = min(models(table, self.n), key=lambda one: ((one & plain).bit_count(), one), default=None)
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
        found = self.ok
        for i, box in enumerate(self.boxes):
            if box.variant is Variant.NORMAL and box.slot in held:
                found &= self.env[i]
            if box.variant is Variant.NORMAL and box.slot in lacking:
                found &= self.env[~i]
        return found

    def dead(self) -> tuple[int, ...]:
        """The boxes that no allowed selection holds."""
        return tuple(i for i in range(self.n) if not self.ok & self.env[i])

    def forced(self) -> tuple[int, ...]:
        """The boxes that every allowed selection but the empty one holds; none where there is no other."""
        held = self.ok & ~1
        return tuple(i for i in range(self.n) if held and not held & self.env[~i])

    def never_together(self) -> Iterator[tuple[int, int]]:
        """Pairs of boxes, each of which can be held, that no allowed selection holds both of."""
        for i, j in combinations(self.living, 2):
            if self.boxes[i].slot != self.boxes[j].slot and not self.ok & self.env[i] & self.env[j]:
                yield i, j

    def always_together(self) -> Iterator[tuple[int, int]]:
        """Pairs of boxes, each of which can be held, that every allowed selection holds both or neither of."""
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
        dead = set(self.dead())
        return tuple(i for i in range(self.n) if i not in dead)

    def least_rules(self, unwanted: int, without: int | None = None) -> tuple[str, ...]:
        """
        Codes of rules, none of which can be left out, that together refuse all of some selections.

        Args:
            unwanted: A table of selections that all the rules together refuse.
            without: Index of a rule that is not to be among them; the others refuse them too.
        """
        left = [index for index in range(len(self.rules)) if index != without]
        for index in tuple(left):
            fewer = [one for one in left if one != index]
            if not self.allowed_by(fewer) & unwanted:
                left = fewer
        return tuple(self.rules[index] for index in left)

    def killers(self, box: int) -> tuple[str, ...]:
        """The rules, none of which can be left out, that together never let a box be held."""
        return self.least_rules(self.env[box])

    def redundant(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each rule that the others imply, with a smallest set of them that does."""
        for index, others in enumerate(self.others_broken):
            if not self.real & self.bad[index] & ~others:
                yield index, self.least_rules(self.bad[index], without=index)

    def twins(self) -> Iterator[tuple[int, int]]:
        """Pairs of rules that exactly the same selections break."""
        for i, j in combinations(range(len(self.rules)), 2):
            if self.real & (self.bad[i] ^ self.bad[j]) == 0:
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


def spaces(kind: DayType) -> Spaces:
    """The tables of a kind of day, each connected group of its rules apart; O(n 2^n) bits a group."""
    boxes = box_names(kind)
    shape = [all_of(late, ~kind.bits[code]) for code, late in kind.late.items()]
    codes = [one.rule.code for one in kind.rules]
    speaking = [(code, one) for code, one in zip(codes, kind.violations, strict=True) if one not in (TRUE, FALSE)]
    formulas: list[Formula] = [*(one for _, one in speaking), *shape]
    groups, large = [], []
    for members, indices in components(formulas, kind.variables):
        mine = tuple(boxes[i] for i in members)
        rules = tuple(speaking[i][0] for i in indices if i < len(speaking))
        if len(members) > MOST_VARIABLES:
            large.append(Linked(mine, rules))
        else:
            groups.append(_space(mine, rules, members, [formulas[i] for i in indices]))
    always = tuple(code for code, one in zip(codes, kind.violations, strict=True) if one == TRUE)
    return Spaces(kind, tuple(groups), tuple(large), always)


def _space(boxes: tuple[BoxName, ...], rules: tuple[str, ...], members: Sequence[int], said: list[Formula]) -> Space:
    local = {bit: i for i, bit in enumerate(members)}
    found = tables([substitute(one, local) for one in said], len(members))
    full = (1 << (1 << len(members))) - 1
    impossible = 0
    for table in found[len(rules) :]:
        impossible |= table
    real = full & ~impossible
    return Space(boxes, rules, tuple(table & real for table in found[: len(rules)]), real)


def box_names(kind: DayType) -> tuple[BoxName, ...]:
    """The boxes of a kind of day, in the order of its variables."""
    return (*(BoxName(code) for code in kind.slots), *(BoxName(code, Variant.HORS_DELAI) for code in kind.late))
