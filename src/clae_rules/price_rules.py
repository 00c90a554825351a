"""The prices of a règlement, checked and made ready to be asked (S10.2, S10.5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple, Protocol

from .charges import Charge
from .counters import Counter
from .days import DayFacts
from .errors import Fault
from .facts import FactKindRead, Profile
from .grids import Grid, Lack, Placed, TakesEffect
from .modifiers import Modifier, PriceOrder, Reach, ReadAt
from .price_checks import ModifierCheck, covered, order_faults, rows_of, tariff_faults
from .prices import Price, efforts
from .selectors import ALWAYS, Answer, Places, When, Where, Who, both, missing_facts, negated
from .slots import Slot
from .tariffs import Formule, Tariff
from .variants import Variant

#: How many charges of one tariff, and how many measures in its grid, are remembered.
MEMO: Final = 4096


class Sourced(Protocol):
    """Whatever says where it comes from."""

    @property
    def source(self) -> str:
        """Document and article."""
        ...

    @property
    def hypothese(self) -> str:
        """What is supposed."""
        ...


def origin_of(item: Sourced) -> str:
    """Where an item comes from; a hypothesis is shown as one."""
    return item.source or (f"hypothèse : {item.hypothese}" if item.hypothese else "")


class Case(NamedTuple):
    """What selectors are asked about: the day, what is held, one item in one variant under one tariff."""

    day: DayFacts
    periodes: Collection[str]
    held: frozenset[str]
    profile: Profile
    fits: Callable[[Who], Answer]
    variant: Variant
    tariff: str = ""
    bracket: str | None = ""
    read: date | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector with its codes expanded, its formules, tariffs and brackets included."""

    where: Where
    slots: frozenset[str] | None
    sets: tuple[frozenset[str], ...]
    tariffs: tuple[str, ...]
    brackets: tuple[str, ...]
    unless: tuple[Selector, ...]
    calendars: Mapping[str, Callable[[DayFacts], bool]]

    def answer(self, case: Case, slot: str) -> Answer:
        """Whether it holds for a slot; None where a missing fact, or an unknown bracket, would decide."""
        where = self.where
        if self.slots is not None and slot not in self.slots:
            return False
        if where.variants and case.variant not in where.variants:
            return False
        if self.tariffs and case.tariff not in self.tariffs:
            return False
        if self.sets and not any(one <= case.held for one in self.sets):
            return False
        if where.when is not ALWAYS and not self._on(case):
            return False
        found: Answer = True
        if self.brackets:
            found = None if case.bracket is None else case.bracket in self.brackets
        if where.who:
            found = both((found, case.fits(where.who)))
        if self.unless:
            found = both((found, *(negated(one.answer(case, slot)) for one in self.unless)))
        return found

    def _on(self, case: Case) -> bool:
        """Whether the dates hold; from when and until when is asked of the day that is read, where it is another."""
        when = self.where.when
        if case.read is not None:
            span = When(first_day=when.first_day, last_day=when.last_day)
            if not span.matches(replace(case.day, day=case.read), case.periodes, self.calendars):
                return False
            when = replace(when, first_day=None, last_day=None)
        return when.matches(case.day, case.periodes, self.calendars)

    def lacking(self, case: Case) -> Iterator[str]:
        """The facts that it compares and that are not known."""
        yield from missing_facts(self.where.who, case.profile)
        for one in self.unless:
            yield from one.lacking(case)


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """
    A modifier, ready to be asked.

    Args:
        special: It is an aid, or acts on units of some ranks alone: whether it acts is more than its selector.
    """

    modifier: Modifier
    selector: Selector
    rank: int
    origin: str
    special: bool


@dataclass(frozen=True, slots=True)
class Family:
    """
    A tariff, ready to be asked, with the modifiers that can reach it.

    Args:
        brackets: The rows that its prices may have: brackets of its grid, or words of its fact.
        worded: Whether they are the words of a fact.
        scaled: The numbers that effort rates of it multiply, each with when a new value takes effect.
        minutes: Length of a unit of time; 0 where the price does not depend on time.
        step_cents: The price is rounded to a multiple of this.
        rows: The formules that sell a set of slots.
        lookups: Modifiers that choose another bracket: those for slots in time, and those for late ones.
        amounts: Modifiers that change the amount, likewise.
        ranked: Those of the modifiers that act on units of some ranks alone, likewise.
        totals: Modifiers of the total of a stretch, likewise.
        united: Whether what else is held can change its prices: over a window, what is held in all of it counts.
        counted: The counters that its prices can depend on, each with the slots concerned.
        places: Measures already placed in the grid; cleared when it is full.
        memo: Charges already derived, by all that they depend on; cleared when it is full.
    """

    tariff: Tariff
    selector: Selector
    grid: Grid | None
    brackets: tuple[str, ...]
    minutes: int
    step_cents: int
    rows: Mapping[frozenset[str], tuple[tuple[Formule, Price], ...]]
    lookups: tuple[tuple[Act, ...], tuple[Act, ...]]
    amounts: tuple[tuple[Act, ...], tuple[Act, ...]]
    ranked: tuple[tuple[Act, ...], tuple[Act, ...]]
    totals: tuple[tuple[Act, ...], tuple[Act, ...]]
    united: bool
    counted: tuple[tuple[str, frozenset[str]], ...]
    origin: str
    by_formule: bool
    worded: bool
    scaled: tuple[tuple[str, TakesEffect | None], ...]
    places: dict[tuple[int, int], Placed] = field(default_factory=dict, compare=False, repr=False)
    memo: dict[object, Charge] = field(default_factory=dict, compare=False, repr=False)

    @property
    def watched(self) -> bool:
        """Whether a modifier counts its units, or looks at their total."""
        return any(self.ranked) or any(self.totals)

    def place(self, grid: Grid, measure: Fraction | Lack) -> Placed:
        """Where a measure stands in this tariff's grid."""
        if isinstance(measure, Lack):
            return grid.place(measure)
        key = (measure.numerator, measure.denominator)
        found = self.places.get(key)
        if found is None:
            if len(self.places) >= MEMO:
                self.places.clear()
            found = self.places[key] = grid.place(measure)
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class PriceRules:
    """
    The prices of a règlement, and what is needed to read them; its codes are taken to be resolved.

    Args:
        counters: What prices read of the planning, as if it were facts.
        places: What the codes of selectors stand for.
        slots: Slots by code, in display order.
        facts: How facts are declared, by code; the counters among them.
    """

    tariffs: tuple[Tariff, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    grids: tuple[Grid, ...] = ()
    formules: tuple[Formule, ...] = ()
    counters: tuple[Counter, ...] = ()
    order: PriceOrder = PriceOrder()
    places: Places
    slots: Mapping[str, Slot]
    facts: Mapping[str, FactKindRead]

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the prices whatever the date and the child."""
        reached = {one.code: self.covers(one) for one in self.tariffs}
        scopes = {one.code: self.covers(one) for one in self.modifiers}
        grids = {one.code: one for one in self.grids}
        formules = {one.code: one for one in self.formules}
        yield from tariff_faults(self.tariffs, grids, formules, self.slots, self.facts, reached)
        for one in self.modifiers:
            scope = scopes[one.code]
            yield from ModifierCheck(one, scope, self.tariffs, grids, formules, self.facts, reached).faults()
        yield from order_faults(self.modifiers, self.order, scopes)

    def covers(self, where: Where) -> frozenset[str]:
        """The slots that a selector can hold, whatever the date and the child."""
        return covered(where, self.places, frozenset(self.slots))

    def speaks_of_late(self, slot: str) -> bool:
        """Whether the late price of *slot* is written: a tariff or a modifier names variants for it."""
        tariffs = [one for one in self.tariffs if slot in self.covers(one)]
        codes = {one.code for one in tariffs}
        reaching = [
            one for one in self.modifiers if slot in self.covers(one) and (not one.tariffs or codes & set(one.tariffs))
        ]
        return any(_names_variants(one) for one in tariffs) or any(_speaks_of_late(one) for one in reaching)

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The display order of slots."""
        return {code: i for i, code in enumerate(self.slots)}

    @cached_property
    def alike(self) -> tuple[Act, ...]:
        """The modifiers that suppose other facts."""
        return tuple(one for one in self.acts if one.modifier.alike is not None)

    @cached_property
    def families(self) -> Mapping[str, tuple[Family, ...]]:
        """The tariffs that can hold a slot, by slot; supplements left out."""
        return self._by_slot(one for one in self.tariffs if not one.extra)

    @cached_property
    def extras(self) -> Mapping[str, tuple[Family, ...]]:
        """The supplements that can come on top of a slot, by slot; a slot without any is left out."""
        found = self._by_slot(one for one in self.tariffs if one.extra)
        return {slot: families for slot, families in found.items() if families}

    @cached_property
    def counting(self) -> tuple[tuple[Counter, Selector, frozenset[str]], ...]:
        """Each counter with its selector and the slots that it can count."""
        return tuple((one, self._selector(one), self.covers(one)) for one in self.counters)

    @cached_property
    def windowed(self) -> bool:
        """Whether the price of a date can depend on other dates, other children, or the day of booking."""
        wide = any(one.window is not None for one in self.tariffs) or any(one.per is not None for one in self.modifiers)
        return bool(self.counters) or wide or self.order.read_at is not ReadAt.SERVICE

    @cached_property
    def acquired(self) -> frozenset[str]:
        """The slots that a tariff covers which stays due once it is."""
        return frozenset[str]().union(*(self.covers(one) for one in self.tariffs if one.acquired))

    def _by_slot(self, tariffs: Iterable[Tariff]) -> Mapping[str, tuple[Family, ...]]:
        families = [(self.covers(one), self._family(one)) for one in tariffs]
        return {slot: tuple(family for covers, family in families if slot in covers) for slot in self.slots}

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """Every modifier, ready to be asked."""
        rank = {code: i for i, code in enumerate(self.order.order)}
        return tuple(
            Act(one, self._selector(one), rank.get(one.code, -1), origin_of(one), one.aid or one.units is not None)
            for one in self.modifiers
        )

    def _selector(self, where: Where) -> Selector:
        sets = {one.code: one.ensembles for one in self.formules}
        reach = where if isinstance(where, Reach) else Reach()
        return Selector(
            where,
            self.places.expand(where.slots) if where.slots else None,
            tuple(chosen for code in where.formules for chosen in sets[code]),
            reach.tariffs,
            reach.brackets,
            tuple(self._selector(one) for one in where.unless),
            self.places.calendars,
        )

    def _counted(self, tariff: Tariff, acts: list[Act]) -> Iterator[tuple[str, frozenset[str]]]:
        """The counters that the prices of a tariff can depend on, those that choose it among others too."""
        codes = {one.code for one in self.counters}
        mine = self.covers(tariff)
        rivals = [one for one in self.tariffs if one.extra == tariff.extra and mine & self.covers(one)]
        for where in (*rivals, *(one.modifier for one in acts)):
            yield from ((code, mine & self.covers(where)) for code in compared(where) if code in codes)
        measures = {tariff.by, *(one.measure for one in self.grids if one.code == tariff.by)}
        measures |= {one.measure for price in _prices(tariff, acts) for one in efforts(price)}
        yield from ((code, mine) for code in sorted(measures & codes))

    def _family(self, tariff: Tariff) -> Family:
        formules = {one.code: one for one in self.formules}
        rows: dict[frozenset[str], tuple[tuple[Formule, Price], ...]] = {}
        for code, price in tariff.formules_sold():
            for chosen in formules[code].ensembles:
                rows[chosen] = (*rows.get(chosen, ()), (formules[code], price))
        grid = next((one for one in self.grids if one.code == tariff.by), None)
        brackets = rows_of({} if grid is None else {grid.code: grid}, self.facts).get(tariff.by, ())
        mine = self.covers(tariff)
        acts = [one for one in self.acts if one.modifier.names(tariff) and mine & self.covers(one.modifier)]
        return Family(
            tariff=tariff,
            selector=self._selector(tariff),
            grid=grid,
            brackets=brackets,
            minutes=tariff.minutes,
            step_cents=tariff.step_cents.numerator,
            rows=rows,
            lookups=_by_variant(one for one in acts if one.modifier.shift is not None and brackets),
            amounts=_by_variant(one for one in acts if not (one.modifier.is_lookup or one.modifier.is_total)),
            ranked=_by_variant(one for one in acts if one.modifier.units is not None),
            totals=_by_variant(one for one in acts if one.modifier.is_total),
            united=any(_names_formules(one.modifier) for one in acts),
            counted=tuple(dict.fromkeys(self._counted(tariff, acts))),
            origin=origin_of(tariff),
            by_formule=tariff.by_formule,
            worded=grid is None and bool(brackets),
            scaled=tuple(
                dict.fromkeys(
                    (one.measure or tariff.by, one.effect) for price in _prices(tariff, acts) for one in efforts(price)
                )
            ),
        )


def compared(where: Where) -> Iterator[str]:
    """The facts, and counters, that a selector and its exceptions compare."""
    yield from (fact for fact, _ in where.who)
    for one in where.unless:
        yield from compared(one)


def _prices(tariff: Tariff, acts: list[Act]) -> Iterator[Price | None]:
    """The prices that an item of a tariff can have, those of modifiers included."""
    yield tariff.price
    yield from (one.modifier.price for one in acts)


def _by_variant(acts: Iterable[Act]) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """Those that can hold slots in time, and those that can hold late ones, in their declared order."""
    order = sorted(acts, key=lambda one: one.rank)
    normal, late = (tuple(one for one in order if variant in (one.modifier.variants or Variant)) for variant in Variant)
    return normal, late


def _names_formules(where: Where) -> bool:
    return bool(where.formules) or any(_names_formules(one) for one in where.unless)


def _names_variants(where: Where) -> bool:
    return bool(where.variants) or any(_names_variants(one) for one in where.unless)


def _speaks_of_late(where: Where) -> bool:
    return Variant.HORS_DELAI in where.variants or any(_names_variants(one) for one in where.unless)
