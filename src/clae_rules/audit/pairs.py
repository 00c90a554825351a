"""
All selections of a kind of day under two règlements at once: what one allows and the other refuses, exactly (S13.1).

One truth table a side for each group of boxes that the rules of either tie together; as `spaces`, it sees bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from operator import or_
from typing import Final, NamedTuple

from ..daytype import MOST_VARIABLES, DayType
from ..formulas import FALSE, Formula, all_of, components, count, models, substitute, tables
from ..variants import Variant
from .spaces import BoxName, Space

#: How many smallest selections are named for each reason.
SHOWN: Final = 3


@dataclass(frozen=True, eq=False)
class Side:
    """
    What one of two règlements says of a group of boxes.

    Args:
        space: Its rules, over the boxes of both.
        shut: The table of the selections that hold a slot which it does not open.
    """

    space: Space
    shut: int

    @cached_property
    def ok(self) -> int:
        """The table of the selections that it allows."""
        return self.space.ok & ~self.shut

    def shuts(self, box: int) -> bool:
        """Whether it does not open the slot of a box."""
        return (
            self.space.boxes[box].variant is Variant.NORMAL and not self.space.env[box] & self.space.real & ~self.shut
        )


@dataclass(frozen=True, eq=False)
class Pair:
    """
    One group of boxes that the rules of either of two règlements tie together.

    Args:
        old: What the first one says.
        new: What the second one says.
    """

    old: Side
    new: Side

    @property
    def boxes(self) -> tuple[BoxName, ...]:
        """The boxes of the group."""
        return self.old.space.boxes

    @cached_property
    def both(self) -> int:
        """The table of the selections that both allow."""
        return self.old.ok & self.new.ok

    @cached_property
    def lost(self) -> int:
        """The table of the selections that the first one alone allows."""
        return self.old.ok & ~self.new.ok

    @cached_property
    def gained(self) -> int:
        """The table of the selections that the second one alone allows."""
        return self.new.ok & ~self.old.ok


class Reason(NamedTuple):
    """
    Why selections that one side allows are refused by the other.

    Args:
        rule: The rule that refuses them; empty where slots do not open.
        slots: The slots that do not open.
        total: How many selections of the whole day; None where a group is not counted.
        smallest: Some that hold no smaller one.
        more: How many others hold no smaller one.
    """

    rule: str
    slots: tuple[str, ...]
    total: int | None
    smallest: tuple[tuple[BoxName, ...], ...]
    more: int


@dataclass(frozen=True, eq=False)
class Pairs:
    """
    Every selection of a kind of day under two règlements, group by group.

    A box is told in time from late where the rules of either tell them apart.

    Args:
        slots: What is open under either, in display order.
        groups: What is looked at exactly.
        alike: Groups of more than 20 boxes of which both say the same, rule for rule.
        large: Groups of more than 20 boxes of which they do not: nothing is known of these.
    """

    slots: tuple[str, ...]
    groups: tuple[Pair, ...]
    alike: tuple[Tied, ...]
    large: tuple[Tied, ...]

    @property
    def counted(self) -> bool:
        """Whether no group is too large to be counted."""
        return not (self.alike or self.large)

    def counts(self) -> tuple[int, int, int] | None:
        """How many selections the first one allows, the second one, and both; None where a group is not counted."""
        if not self.counted:
            return None
        old = new = both = 1
        for one in self.groups:
            old, new, both = old * count(one.old.ok), new * count(one.new.ok), both * count(one.both)
        return old, new, both

    def reasons(self, *, new: bool) -> Iterator[Reason]:
        """
        Why what one side alone allows is refused by the other: slots that do not open, then a least set of rules.

        Args:
            new: What the second one alone allows; else the first one.
        """
        for one in self.groups:
            apart, other = (one.gained, one.old) if new else (one.lost, one.new)
            space, unopened, ruled = other.space, apart & other.shut, apart & ~other.shut
            if unopened:
                slots = [box.slot for i, box in enumerate(space.boxes) if other.shuts(i) and apart & space.env[i]]
                yield Reason("", tuple(slots), *self._told(one, unopened, new=new))
            for rule in space.least_rules(ruled):
                yield Reason(rule, (), *self._told(one, ruled & space.bad[space.rules.index(rule)], new=new))

    def _told(self, pair: Pair, table: int, *, new: bool) -> tuple[int | None, tuple[tuple[BoxName, ...], ...], int]:
        return (self.times(pair, table, new=new), *pair.old.space.least(table, SHOWN))

    def times(self, pair: Pair, table: int, *, new: bool) -> int | None:
        """How many selections of the whole day that one side allows elsewhere have their part of a group in a table."""
        if not self.counted:
            return None
        found = count(table)
        for one in self.groups:
            if one is not pair:
                found *= count((one.new if new else one.old).ok)
        return found

    def only(self, *, new: bool) -> Iterator[tuple[BoxName, ...]]:
        """
        Each selection that one side alone allows, in display order of its boxes; of the counted groups.

        The groups before the first one in which the other side says no are in what both allow: each comes once.
        """
        sides = [(one.new if new else one.old, one.gained if new else one.lost, one) for one in self.groups]
        for k, (_, apart, _) in enumerate(sides):
            if apart:
                tables = [one.both for _, _, one in sides[:k]] + [apart] + [side.ok for side, _, _ in sides[k + 1 :]]
                spaces_ = [one.old.space for one in self.groups]
                choices = [list(models(table, one.n)) for table, one in zip(tables, spaces_, strict=True)]
                for chosen in product(*choices):
                    parts = zip(spaces_, chosen, strict=True)
                    yield self.in_order(box for one, selection in parts for box in one.names(selection))

    def smallest(self, *, new: bool) -> tuple[BoxName, ...] | None:
        """A smallest selection that one side alone allows; None where there is none."""
        found: list[tuple[BoxName, ...]] = []
        for one in self.groups:
            apart = one.old.space.smallest(one.gained if new else one.lost)
            rest = [x.old.space.smallest((x.new if new else x.old).ok) for x in self.groups if x is not one]
            if apart is not None and None not in rest:
                found.append(self.in_order([*apart, *(box for some in rest for box in some or ())]))
        return min(found, key=len, default=None)

    def in_order(self, boxes: Iterable[BoxName]) -> tuple[BoxName, ...]:
        """Boxes in display order."""
        rank = {code: i for i, code in enumerate(self.slots)}
        return tuple(sorted(boxes, key=lambda one: (rank[one.slot], one.variant.value)))


def pairs(old: DayType, new: DayType, order: Iterable[str]) -> Pairs:
    """
    The tables of a kind of day under two règlements, each connected group of the rules of both apart.

    Args:
        old: What opens and speaks under the first one.
        new: The same under the second one.
        order: Every slot code of both, in display order.
    """
    slots = tuple(code for code in order if code in old.bits or code in new.bits)
    late = tuple(code for code in slots if code in old.late or code in new.late)
    bits = {code: i for i, code in enumerate(slots)}
    lates = {code: len(slots) + i for i, code in enumerate(late)}
    boxes = (*(BoxName(code) for code in slots), *(BoxName(code, Variant.HORS_DELAI) for code in late))
    said = [*_renumbered(old, bits, lates, 0), *_renumbered(new, bits, lates, 1)]
    said += [_Said(2, "", all_of(bit, ~bits[code])) for code, bit in lates.items()]
    groups: list[Pair] = []
    alike: list[Tied] = []
    large: list[Tied] = []
    for members, indices in components([one.formula for one in said], len(boxes)):
        mine = [said[i] for i in indices]
        if len(members) <= MOST_VARIABLES:
            groups.append(_pair(tuple(boxes[i] for i in members), members, mine))
            continue
        codes = tuple(dict.fromkeys(one.rule for one in mine if one.rule))
        both = [{one.formula for one in mine if one.side == side} for side in (0, 1)]
        (alike if both[0] == both[1] else large).append(Tied(tuple(boxes[i] for i in members), codes))
    return Pairs(slots, tuple(groups), tuple(alike), tuple(large))


class Tied(NamedTuple):
    """Boxes that the rules of two règlements tie together, too many to be compared one selection at a time."""

    boxes: tuple[BoxName, ...]
    rules: tuple[str, ...]


class _Said(NamedTuple):
    """One formula: of the first règlement (0), the second (1) or of boxes themselves (2); a slot shut has no rule."""

    side: int
    rule: str
    formula: Formula


def _renumbered(kind: DayType, bits: Mapping[str, int], lates: Mapping[str, int], side: int) -> Iterator[_Said]:
    renumber = {kind.bits[code]: bit for code, bit in bits.items() if code in kind.bits}
    renumber |= {kind.late[code]: bit for code, bit in lates.items() if code in kind.late}
    for code, formula, _ in kind.violations:
        if formula != FALSE:
            yield _Said(side, code, substitute(formula, renumber))
    for code, bit in bits.items():
        if code not in kind.bits:
            yield _Said(side, "", bit)


def _pair(boxes: tuple[BoxName, ...], members: tuple[int, ...], said: list[_Said]) -> Pair:
    local = {bit: i for i, bit in enumerate(members)}
    found = list(zip(said, tables([substitute(one.formula, local) for one in said], len(members)), strict=True))
    real = ((1 << (1 << len(members))) - 1) & ~_union(table for one, table in found if one.side == 2)
    sides = []
    for side in (0, 1):
        mine = [(one.rule, table & real) for one, table in found if one.side == side]
        rules = tuple((rule, table) for rule, table in mine if rule)
        space = Space(boxes, tuple(rule for rule, _ in rules), tuple(table for _, table in rules), real)
        sides.append(Side(space, _union(table for rule, table in mine if not rule)))
    return Pair(*sides)


def _union(tables_: Iterable[int]) -> int:
    return reduce(or_, tables_, 0)
