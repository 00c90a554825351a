"""What may be held on a date, drawn from the truth table of its rules: never drawn and thrown away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hypothesis import strategies as st

from ..audit.groups import Group, Linked, named
from ..audit.large import Solved, has_solver
from ..audit.spaces import BoxName, Space, box_names, tabled
from ..daytype import MOST_VARIABLES, DayType
from ..desk import Desk
from ..engine import Engine
from ..facts import Facts
from ..formulas import FALSE, TRUE, all_of, any_of, components, substitute
from ..phases import Action
from ..slots import Held, Selection
from ..variants import Variant

__all__ = ["Possible", "possible", "selections"]


@dataclass(frozen=True, slots=True)
class Part:
    """
    A group of boxes that rules tie together.

    Args:
        allowed: The group, with all that some rule refuses or leaves in doubt taken out.
        refused: The same group, where only what a rule surely refuses is broken; None past 20 boxes.
    """

    allowed: Group
    refused: Space | None

    @property
    def broken(self) -> int:
        """The table of what some rule surely refuses; empty where it is not listed."""
        if self.refused is None:
            return 0
        return self.refused.real ^ self.refused.ok

    def ends(self, table: int, ticks: Callable[[BoxName], bool]) -> tuple[BoxName, ...]:
        """One selection of a table of what is refused."""
        return () if self.refused is None else self.refused.chosen(table, ticks)


@dataclass(frozen=True, slots=True)
class Possible:
    """
    What may be held on a kind of day, part by part; parts are independent.

    Args:
        parts: The groups of boxes that rules tie together, a box that none ties being a group of its own.
    """

    parts: tuple[Part, ...]

    def drawn(
        self, ticks: Callable[[BoxName], bool], held: Collection[str], lacking: Collection[str]
    ) -> list[BoxName] | None:
        """One allowed selection that holds some slots and lacks others; None where there is none."""
        found: list[BoxName] = []
        for one in self.parts:
            mine = _allowed(one.allowed, ticks, held, lacking)
            if mine is None:
                return None
            found += mine
        return found

    def any(self, ticks: Callable[[BoxName], bool], held: Collection[str], lacking: Collection[str]) -> list[BoxName]:
        """One selection, whatever the rules say."""
        boxes = [box for one in self.parts for box in one.allowed.boxes if box.variant is Variant.NORMAL]
        return [box for box in boxes if box.slot in held or (box.slot not in lacking and ticks(box))]

    def refused(self, held: Collection[str], lacking: Collection[str]) -> list[tuple[int, int]]:
        """The parts that hold a refused selection, each with the table of them."""
        tables = (
            one.refused.narrowed(one.broken, held, lacking) if one.refused is not None else 0 for one in self.parts
        )
        return [(i, table) for i, table in enumerate(tables) if table]


def _allowed(
    group: Group, ticks: Callable[[BoxName], bool], held: Collection[str], lacking: Collection[str]
) -> tuple[BoxName, ...] | None:
    """One allowed selection of a group; None where none holds some slots and lacks others."""
    if isinstance(group, Space):
        table = group.holding(held, lacking)
        return group.chosen(table, ticks) if table else None
    fixed = dict(_fixed(group, held, lacking))
    if group.completed(fixed) is None:
        return None
    for i, box in enumerate(group.boxes):
        if i not in fixed:
            ways = [way for way in (False, True) if group.completed({**fixed, i: way}) is not None]
            fixed[i] = ticks(box) if len(ways) == 2 else ways[0]
    return named(group.boxes, (i for i, way in fixed.items() if way))


def _fixed(group: Group, held: Collection[str], lacking: Collection[str]) -> Iterator[tuple[int, bool]]:
    for i, box in enumerate(group.boxes):
        if box.variant is Variant.NORMAL and (box.slot in held or box.slot in lacking):
            yield i, box.slot in held


@lru_cache(maxsize=64)
def possible(kind: DayType) -> Possible:
    """What may be held on a kind of day; what a missing fact leaves in doubt is neither allowed nor refused."""
    boxes = box_names(kind)
    shape = [all_of(late, ~kind.bits[code]) for code, late in kind.late.items()]
    said = ((code, any_of(one, sure), all_of(one, sure)) for code, one, sure in kind.violations)
    each = [one for one in said if one[1] not in (TRUE, FALSE)]
    doubtful = [doubt for _, doubt, _ in each]
    parts = []
    for members, indices in components([*doubtful, *shape], kind.variables):
        local, names = {bit: i for i, bit in enumerate(members)}, tuple(boxes[i] for i in members)
        rules = [each[i] for i in indices if i < len(each)]
        impossible = tuple(substitute(shape[i - len(each)], local) for i in indices if i >= len(each))
        may, must = (
            Linked(names, tuple(code for code, _ in some), tuple(substitute(one, local) for _, one in some), impossible)
            for some in (
                [(code, doubt) for code, doubt, _ in rules],
                [(code, sure) for code, _, sure in rules if sure != FALSE],
            )
        )
        parts.append(_part(may, must))
    return Possible(tuple(one for one in parts if one is not None))


def _part(may: Linked, must: Linked) -> Part | None:
    """A group as a table, or before a solver; left empty past 20 boxes where python-sat is not there."""
    if len(may.boxes) <= MOST_VARIABLES:
        return Part(tabled(may), tabled(must))
    return Part(Solved(may), None) if has_solver() else None


def selections(where: Desk | Engine, day: date, *, allowed: bool | None = True) -> st.SearchStrategy[Selection]:
    """
    What a child may hold, or may not, on a date, as the rules of one date say it; deadlines and windows are not asked.

    It shrinks slot by slot to the smallest selection that does as well: nothing at all, where that may be. Each draw
    reads the truth table once for each open slot; none is rejected. What a missing fact leaves in doubt is not drawn.

    Args:
        where: The child before his règlement; an engine stands for a child of whom nothing is known.
        day: A date that the calendar reaches.
        allowed: Whether the rules allow it, or refuse it; None for either. Nothing is drawn (`is_empty`) where no
            selection is refused.

    Raises:
        OutOfCalendarError: If the règlement's calendar does not reach the date.
    """
    desk = where if isinstance(where, Desk) else Desk(where, Facts())
    found = possible(desk.day(day).kind)
    if allowed is False and not found.refused((), ()):
        return st.nothing()
    return _selections(desk, day, allowed)


@st.composite
def _selections(draw: st.DrawFn, desk: Desk, day: date, allowed: bool | None) -> Selection:
    return drawn(draw, desk, day, allowed)


def drawn(
    draw: st.DrawFn, desk: Desk, day: date, allowed: bool | None, held: Selection | None = None,
    mine: Collection[str] | None = None,
) -> Selection:  # fmt: skip
    """
    One selection of a date.

    Args:
        held: What is held on the date; only read with *mine*.
        mine: The slots that may move; the others stay as they are held. Every slot where left out.
    """
    found = possible(desk.day(day).kind)
    kept = frozenset[str]() if held is None or mine is None else held.slots - frozenset(mine)
    fixed = frozenset(desk.day(day).kind.slots) - frozenset(mine) - kept if mine is not None else frozenset[str]()
    late = granted_late(desk, day)

    def ticks(box: BoxName) -> bool:
        return (box.variant is Variant.NORMAL or box.slot in late) and draw(st.booleans())

    boxes: list[BoxName] | None = None
    broken = found.refused(kept, fixed) if allowed is False else []
    if broken:
        at, table = draw(st.sampled_from(broken))
        rest = Possible(tuple(one for i, one in enumerate(found.parts) if i != at))
        others = rest.drawn(ticks, kept, fixed)
        boxes = [*found.parts[at].ends(table, ticks), *(rest.any(ticks, kept, fixed) if others is None else others)]
    elif allowed is not None:
        boxes = found.drawn(ticks, kept, fixed)
    # whether a slot is late is told where a rule reads it; else it may be either
    told = desk.day(day).kind.late if boxes is not None else {}
    either = late - told.keys()
    return Selection(tuple(
        Held(slot, Variant.HORS_DELAI if slot in either and draw(st.booleans()) else variant)
        for slot, variant in (found.any(ticks, kept, fixed) if boxes is None else boxes)
    ))  # fmt: skip


def granted_late(desk: Desk, day: date) -> frozenset[str]:
    """The slots of a date that may ever be booked late."""
    plans = desk.day(day).plans
    phases = {slot: [one.phase.variant for one in plan[Action.BOOK].schedule.windows] for slot, plan in plans.items()}
    return frozenset(slot for slot, variants in phases.items() if Variant.HORS_DELAI in variants)
