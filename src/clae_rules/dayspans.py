"""
One window of one rule: the open dates that it holds, and the rule's formula over all their slots (S5.4, S5.7).

The formula is the rule's own, over variables (child, date, slot): those of each date's kind of day, put side by side.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import accumulate, combinations
from typing import Final

from .counts import Counting
from .daytype import DayType
from .formulas import FALSE, AtLeast, Formula, causes, holds
from .rules import Rule
from .slots import Selection
from .variants import Variant
from .windows import Stretch

#: Answers that one form keeps.
MOST_REMEMBERED: Final = 16_384

#: A date of a child in a form: its kind of day, the rank of the date, the rank of the child.
FormDate = tuple[DayType, int, int]
#: A slot of one of the dates of a form: the date's place in it, and the slot's code.
FormSpot = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Found:
    """
    A rule broken over a window, with the spots that its formula blames.

    Args:
        told: Which readings of the rule are broken, of those that missing facts leave open.
        present: Spots held that break it, in the order of dates.
        missing: Spots whose presence would mend it.
        count: How many units are held.
    """

    told: tuple[bool, ...]
    present: tuple[FormSpot, ...]
    missing: tuple[FormSpot, ...]
    count: int

    @property
    def sure(self) -> bool:
        """Whether it is broken whatever the missing facts are."""
        return all(self.told)


class _SpanWords:
    """What a rule counts with over some dates."""

    def __init__(
        self, rule: Rule, kinds: tuple[DayType, ...], ranks: tuple[int, ...], offsets: list[int], *, exceptions: bool
    ) -> None:
        self._rule, self._kinds, self._ranks, self._offsets, self._exceptions = rule, kinds, ranks, offsets, exceptions

    def said(self, spot: Hashable, variants: tuple[Variant, ...] = ()) -> Formula:
        del variants  # the kind of day reads them of the rule itself
        at, slot = _spot(spot)
        kind = self._kinds[at]
        return _shifted(kind.said(kind.spans[self._rule.code], slot, exceptions=self._exceptions), self._offsets[at])

    def code(self, spot: Hashable) -> str:
        return _spot(spot)[1]

    def groups(self, spots: Iterable[Hashable], *, by_date: bool = False) -> tuple[tuple[Hashable, ...], ...]:
        found: dict[int, list[Hashable]] = {}
        for spot in spots:
            at, _ = _spot(spot)
            found.setdefault(self._ranks[at] if by_date else at, []).append(spot)
        return tuple(map(tuple, found.values()))

    def formule(self, code: str, spots: tuple[Hashable, ...] = ()) -> Formula:
        at, _ = _spot(spots[0])
        return _shifted(self._kinds[at].formule(code), self._offsets[at])

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        return self._kinds[0].expand(codes)


def _spot(spot: Hashable) -> FormSpot:
    if not isinstance(spot, tuple):
        raise TypeError(f"a window counts slots of its dates, got {spot!r}")
    return spot


def _shifted(f: Formula, by: int) -> Formula:
    """The same formula over the variables *by* places further."""
    if isinstance(f, AtLeast):
        return AtLeast(f.k, tuple(_shifted(one, by) for one in f.operands))
    return f + by if f >= 0 else f - by


class SpanForm:
    """
    A rule over dates of certain kinds: its formula, shared by every window alike.

    Args:
        rule: The rule.
        dates: For each date of each child, in order: its kind of day, and the ranks of the date and of the child
            among the others.
    """

    def __init__(self, rule: Counting, dates: tuple[FormDate, ...]) -> None:
        self.rule, self.kinds = rule, tuple(kind for kind, _, _ in dates)
        ranks = tuple(rank for _, rank, _ in dates)
        self.offsets = [0, *accumulate(kind.variables for kind in self.kinds)]
        said = [kind.spans[rule.code] for kind in self.kinds]
        subject = tuple((at, slot) for at, one in enumerate(said) for slot in one.subject)
        unsure = sorted({who for (_, _, who), one in zip(dates, said, strict=True) if one.certain != one.subject})
        words = _SpanWords(rule, self.kinds, ranks, self.offsets, exceptions=True)
        plain = _SpanWords(rule, self.kinds, ranks, self.offsets, exceptions=False)
        self.violated = rule.violated(subject, words) if subject else FALSE
        #: The rule read with and without what a missing fact leaves open of each child, whole first (S1.5).
        self.readings: tuple[Formula, ...] = (self.violated,)
        for size in range(len(unsure)):
            for chosen in combinations(unsure, size):
                left = tuple((at, slot) for at, slot in subject if dates[at][2] in chosen or slot in said[at].certain)
                self.readings += (rule.violated(left, words) if left else FALSE,)
        excepted = any(one.exceptions for one in said)
        #: What an exception may take out of the count: no cause while it does (S6.2).
        self._excepted = {spot: words.said(spot) for spot in subject} if excepted else {}
        #: What tells what is missing: an exception that fails is no missing slot.
        self._core = rule.violated(subject, plain) if excepted and subject else self.violated
        self.units = tuple(rule.units(subject, words))
        self.too_short = rule.too_short(subject, words)
        #: Whether nobody says what the rule asks of dates so few: what the service closes may leave too few (S1.5).
        self.silent = self.too_short and rule.silent_if_short
        #: The variables that the rule reads.
        self.reads = sum(kind.reads[rule.code] << by for kind, by in zip(self.kinds, self.offsets, strict=False))
        self._spots = {
            self.offsets[at] + bit: (at, slot) for at, kind in enumerate(self.kinds) for slot, bit in kind.bits.items()
        }
        self._memo: dict[int, Found | None] = {}

    def broken(self, state: int) -> Found | None:
        """How a state of all the dates breaks the rule, or None; memoised."""
        if state in self._memo:
            return self._memo[state]
        found = None
        told = tuple([holds(one, state) for one in self.readings])
        if any(told):
            broken = [one for one, yes in zip(self.readings, told, strict=True) if yes][: 1 if told[0] else None]
            counted = set().union(*(causes(one, state) for one in broken))
            blamed = set(causes(self._core, state)) or counted
            spots = (self._spots[one] for one in sorted(blamed & counted) if one in self._spots)
            present = tuple(one for one in spots if one not in self._excepted or holds(self._excepted[one], state))
            missing = tuple(self._spots[one] for one in sorted(~one for one in blamed) if one in self._spots)
            found = Found(told, present, missing, sum(holds(one, state) for one in self.units))
        if len(self._memo) >= MOST_REMEMBERED:
            self._memo.clear()
        self._memo[state] = found
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """
    One window of one rule, of a child or a household.

    Args:
        rule: The rule.
        stretch: Its first and last day, and how a sentence calls it.
        dates: (child, date) of each open date of which the rule speaks, in order of dates.
        form: The rule's formula over them.
        known: Whether the règlement's calendar reaches every date of it.
    """

    rule: Counting
    stretch: Stretch
    dates: tuple[tuple[str, date], ...]
    form: SpanForm
    known: bool = True

    def state(self, held: Mapping[str, Mapping[date, Selection]]) -> int:
        """The state of all its dates that some plannings stand for."""
        state = 0
        for at, (child, day) in enumerate(self.dates):
            selection = held.get(child, {}).get(day)
            if selection:
                state |= self._mask(at, selection)
        return state

    def changed(self, state: int, child: str, changes: Mapping[date, Selection]) -> int:
        """The same once a child holds something else on some dates."""
        for at, (who, day) in enumerate(self.dates):
            if who == child and day in changes:
                kind, offset = self.form.kinds[at], self.form.offsets[at]
                state = state & ~(((1 << kind.variables) - 1) << offset) | self._mask(at, changes[day])
        return state

    def _mask(self, at: int, selection: Selection) -> int:
        held = {one.slot: one.variant for one in selection}
        return self.form.kinds[at].mask(held) << self.form.offsets[at]


class Role(Enum):
    """What a breach of a window does to a change (S6.2)."""

    BLOCKS = "refuse"
    INHERITED = "déjà là"
    UNSURE = "incertaine"
    SHORT = "fenêtre trop courte"
    UNTOLD = "planning-partiel"
    TOGETHER = "ensemble"
    TOGETHER_UNSURE = "ensemble, indécis"


@dataclass(frozen=True, slots=True)
class Breach:
    """
    A window that a change breaks or leaves broken, or of which nobody can tell; or dates that fall with others.

    Args:
        role: What it does to the change.
        rule: The rule.
        window: Name and days of the window.
        present: (child, date, slot) held that break it, in the order of dates.
        missing: The same of what would mend it.
        count: How many units are held.
        untold: Slots of which the planning says nothing.
        with_days: The dates, refused or undecided, together with which the date falls.
    """

    role: Role
    rule: Counting
    window: Stretch
    present: tuple[tuple[str, date, str], ...] = ()
    missing: tuple[tuple[str, date, str], ...] = ()
    count: int = 0
    untold: tuple[str, ...] = ()
    with_days: tuple[date, ...] = ()
