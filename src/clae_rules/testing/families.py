"""Households: their children, what is known of them, what they hold, and who has them which week."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st

from ..days import monday
from ..desk import Desk
from ..engine import Engine
from ..facts import Dated, FactKind, Facts
from ..holdings import Demande, Planning, Wish
from ..slots import Held, Selection
from ..variants import Variant
from .choosing import drawn
from .towns import engines
from .values import days, facts, periodes

__all__ = ["Household", "demandes", "desks", "households", "plannings"]

CHILDREN: Final = ("lea", "tom", "zoe")
#: The two households of a child in alternate custody.
HOMES: Final = ("mere", "pere")
NOTHING_KNOWN: Final = Facts()
NOTHING_HELD: Final = Planning()


@dataclass(frozen=True, slots=True)
class Household:
    """
    A family before a règlement.

    Args:
        engine: The règlement made ready.
        known: For each household, what is known of each child there; one household without a name, or two that have the
            children in turn.
        planning: What the children hold, whoever booked it.
    """

    engine: Engine
    known: tuple[tuple[str, tuple[tuple[str, Facts], ...]], ...]
    planning: Planning = Planning()

    @property
    def homes(self) -> tuple[str, ...]:
        """The names of the households; one empty name where there is one household."""
        return tuple(home for home, _ in self.known)

    @property
    def children(self) -> tuple[str, ...]:
        """The codes of the children."""
        return tuple(child for child, _ in self.known[0][1])

    def desk(self, child: str = "", home: str = "") -> Desk:
        """A child before his règlement, with his siblings; the first child of the first household unless told."""
        told = dict(self.known)
        home = home or self.homes[0]
        everyone = dict(told[home])
        child = child or self.children[0]
        return Desk(self.engine, everyone[child], child, everyone, household=home)

    def desks(self) -> Iterator[Desk]:
        """Every child of every household."""
        return (self.desk(child, home) for home in self.homes for child in self.children)

    def under(self, engine: Engine) -> Household:
        """The same family before another règlement."""
        return replace(self, engine=engine)


def desks(engine: Engine | None = None, *, known: bool = False) -> st.SearchStrategy[Desk]:
    """
    One child before a règlement, drawn too where none is given.

    Args:
        known: Whether every fact is given; else each may be missing.
    """
    some = engines() if engine is None else st.just(engine)
    return some.flatmap(lambda one: facts(one, known=known).map(lambda given: Desk(one, given, CHILDREN[0])))


@st.composite
def households(
    draw: st.DrawFn, engine: Engine | None = None, *, known: bool = True, given: Facts = NOTHING_KNOWN, custody: str = "garde",
    most_children: int = 3, among: Collection[date] | None = None,
) -> Household:  # fmt: skip
    """
    A family: one to three children, in one household or in alternate custody, and what they hold already.

    It shrinks to one child in one household who holds nothing.

    Args:
        engine: The règlement; drawn too where left out.
        known: Whether every fact is given; else each may be missing.
        given: Facts that are so for every child, whatever is drawn.
        custody: The fact that says « it is this household's week »; where the règlement has it, and two households
            there are, each has the children one week in two.
        most_children: At most so many children.
        among: The dates on which something may be held; every open one where left out.
    """
    one = draw(engines()) if engine is None else engine
    children = CHILDREN[: draw(st.integers(1, most_children))]
    homes = HOMES if draw(st.booleans()) else ("",)
    each = {child: draw(facts(one, known=known)).merged(given) for child in children}
    declared = one.facts.get(custody)
    turns = len(homes) == 2 and declared is not None and declared.kind is FactKind.FLAG
    told = tuple(
        (home, tuple((child, _in_turn(one, given, custody, i) if turns else given) for child, given in each.items()))
        for i, home in enumerate(homes)
    )
    family = Household(one, told)
    return replace(family, planning=draw(plannings(family, among=among)))


def _in_turn(engine: Engine, given: Facts, custody: str, rank: int) -> Facts:
    """The same facts in the household that has the child from a Friday on, one week in two."""
    friday = monday(min(one.first_day for one in engine.periodes.values())) + timedelta(days=4 - 14 + 7 * rank)
    return given.merged(Facts.from_mapping({custody: (Dated(False), Dated(True, friday, every_weeks=2))}))


@st.composite
def plannings(
    draw: st.DrawFn, family: Household | Desk, *, allowed: bool | None = True, most_days: int = 4,
    among: Collection[date] | None = None,
) -> Planning:  # fmt: skip
    """
    What children hold, each date as `selections` gives it, each slot by one household.

    It shrinks to nothing held.

    Args:
        family: The household, or one child of it.
        allowed: Whether the rules of a date allow what it holds.
        most_days: At most so many dates for all the children.
        among: The dates; every open one where left out.
    """
    seats = [family] if isinstance(family, Desk) else list(family.desks())
    engine = seats[0].engine
    homes = sorted({one.household for one in seats})
    places = st.tuples(st.sampled_from(sorted({one.child for one in seats})), _among(days(engine), among))
    found: dict[tuple[str, date], Selection] = {}
    for child, day in draw(st.lists(places, max_size=most_days, unique=True)):
        desk = next(one for one in seats if one.child == child)
        holder = draw(st.sampled_from(homes))
        found[child, day] = Selection(tuple(replace(one, holder=holder) for one in drawn(draw, desk, day, allowed)))
    return Planning.of(found)


@st.composite
def demandes(
    draw: st.DrawFn, desk: Desk, planning: Planning = NOTHING_HELD, *, periode: str | None = None,
    allowed: bool | None = None, most_days: int = 3, among: Collection[date] | None = None,
) -> Demande:  # fmt: skip
    """
    What a family asks for a child: the slots of one mode on one to three dates; other modes stay as they are held.

    It shrinks to one date and no slot, or as few as do. A slot names the late variant only where it is ever granted,
    and where it is held that in which it is held, or none.

    Args:
        desk: The child before his règlement.
        planning: What the household holds.
        periode: The code of the période; any where left out.
        allowed: Whether the rules of each date allow it, or refuse it where anything can be; None for either. Deadlines,
            gates and windows are not asked.
        most_days: At most so many dates.
        among: The dates; those that the période opens where left out.
    """
    engine = desk.engine
    into = draw(periodes(engine)) if periode is None else engine.periodes[periode]
    mine = frozenset(code for code, mode in engine.modes.items() if mode.code == into.mode)
    chosen = draw(st.lists(_among(days(engine, into.code), among), min_size=1, max_size=most_days, unique=True))
    return Demande.of(desk.child, into.code, {day: _wishes(draw, desk, planning, day, mine, allowed) for day in chosen})


def _among(every: st.SearchStrategy[date], among: Collection[date] | None) -> st.SearchStrategy[date]:
    return every if among is None else st.sampled_from(sorted(among))


def _wishes(
    draw: st.DrawFn, desk: Desk, planning: Planning, day: date, mine: frozenset[str], allowed: bool | None
) -> tuple[Wish, ...]:
    held = planning.held(desk.child, day)
    wanted = drawn(draw, desk, day, allowed, held, mine)
    return tuple(_wish(draw, one, held) for one in wanted if one.slot in mine)


def _wish(draw: st.DrawFn, one: Held, held: Selection) -> Wish:
    """A slot by its code, or with the variant that it names."""
    if one.slot in held:
        kept = Held(one.slot, held.variant(one.slot) or Variant.NORMAL)
        return kept if draw(st.booleans()) else one.slot
    return one if one.variant is Variant.HORS_DELAI and draw(st.booleans()) else one.slot
