"""The exact price of one unit of an item: looked up, then changed by modifiers, step by step (S10.5)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from .charges import Step, Unpriced
from .days import DayFacts
from .facts import Facts, Profile, Value
from .grids import Grid, Lack, Placed, TakesEffect, measured
from .modifiers import VERBS
from .price_rules import Act, Case, Family, origin_of
from .prices import Effort, Price, Table
from .selectors import Answer, Who, fits
from .shapes import UNPUBLISHED
from .variants import Variant

#: The place of an item that no grid prices.
NOWHERE: Final = Placed()

#: What counters give on one date, by their code; None where it is not known.
Counts = Mapping[str, Fraction | None]
NO_COUNTS: Final[Counts] = MappingProxyType({})

#: The rank of a unit in its stretch, by the code of each modifier that counts it.
Ranks = Mapping[str, int]
NO_RANKS: Final[Ranks] = MappingProxyType({})

#: Facts that modifiers suppose, each with the modifier's source.
Supposed = tuple[tuple[str, Value, str], ...]


class UnknownPriceError(Exception):
    """Why the price of the item in hand is not known; becomes an `Unpriced`, and never leaves this library."""

    def __init__(self, code: str, names: Iterable[str] = (), source: str = "", *, refused: bool = False) -> None:
        super().__init__(code)
        self.code, self.names, self.source, self.refused = code, tuple(dict.fromkeys(names)), source, refused

    def unpriced(self, item: str, slots: tuple[str, ...]) -> Unpriced:
        """The reason as a value, for an item."""
        return Unpriced(self.code, item, slots, self.names, self.source, self.refused)


class Item(NamedTuple):
    """What is sold under one price; without a label of its own it has those of its slots."""

    family: Family
    code: str
    label: str
    slots: tuple[str, ...]
    price: Price
    supposed: Supposed


class Scene:
    """
    What is known of one child on one date; facts, answers and places are looked up once.

    Args:
        counts: What counters give there; they are read as facts are.
        read: The day whose facts and dated tariffs are read, where it is not the date itself (S10.7).
    """

    def __init__(
        self, day: DayFacts, periodes: Collection[str], held: frozenset[str], facts: Facts, profile: Profile,
        counts: Counts = NO_COUNTS, read: date | None = None,
    ) -> None:  # fmt: skip
        self.day, self.periodes, self.held, self.facts, self.counts = day, periodes, held, facts, counts
        self.read = read
        self.profile = (lambda code: counts[code] if code in counts else profile(code)) if counts else profile
        self._answers: dict[int, Answer] = {}
        self._places: dict[tuple[str, Supposed], Placed] = {}

    def case(self, variant: Variant, supposed: Supposed, tariff: str = "", bracket: str | None = "") -> Case:
        """What selectors are asked about, the supposed facts taken as true."""
        if not supposed:
            return Case(
                self.day, self.periodes, self.held, self.profile, self.fits, variant, tariff, bracket, self.read
            )
        known: dict[str, Value] = {fact: value for fact, value, _ in supposed}

        def profile(code: str) -> Value | None:
            return known[code] if code in known else self.profile(code)

        def fits_supposed(who: Who) -> Answer:
            return fits(who, profile)

        return Case(self.day, self.periodes, self.held, profile, fits_supposed, variant, tariff, bracket, self.read)

    def fits(self, who: Who) -> Answer:
        """Whether the facts meet conditions of the règlement, which outlive this scene."""
        key = id(who)
        if key not in self._answers:
            self._answers[key] = fits(who, self.profile)
        return self._answers[key]

    def measure(self, code: str, supposed: Supposed, effect: TakesEffect | None) -> Fraction | Lack:
        """A measure on the day, the supposed facts taken as true."""
        for fact, value, _ in supposed:
            if fact == code:
                return value if isinstance(value, Fraction) else Lack.MISSING
        if code in self.counts:
            count = self.counts[code]
            return Lack.MISSING if count is None else count
        return measured(self.facts.speaking(code, self.day.day), self.read or self.day.day, effect)

    def place(self, family: Family, grid: Grid, supposed: Supposed) -> Placed:
        """Where the child stands in the grid of a family."""
        found = self._places.get((grid.code, supposed))
        if found is None:
            found = family.place(grid, self.measure(grid.measure, supposed, grid.effect))
            self._places[grid.code, supposed] = found
        return found


class UnitPrice:
    """
    The exact price of one unit of an item in one variant, with the steps that lead to it.

    Args:
        ranks: The rank of the unit, by modifier; a modifier of units of some ranks acts on no other unit.
        aided: Whether aids act.

    Raises:
        UnknownPriceError: Where the modifiers that hold, or their order, are not known.
    """

    def __init__(
        self, scene: Scene, item: Item, variant: Variant, ranks: Ranks = NO_RANKS, *, aided: bool = True
    ) -> None:
        self.scene, self.item, self.variant, self.family = scene, item, variant, item.family
        self.ranks, self.aided = ranks, aided
        self.placed, self.measure, self.origin = NOWHERE, "", ""
        self.bracket: str | None = ""
        self.word: str | None = None
        self.steps: list[Step] = []
        self.shifts: tuple[Step, ...] = ()
        grid, late = self.family.grid, variant is Variant.HORS_DELAI
        if grid is not None:
            self.placed = scene.place(self.family, grid, item.supposed)
            self.measure, self.origin = grid.measure, origin_of(grid)
            self.bracket = self.placed.bracket or None
        elif self.family.worded:
            self.measure = self.family.tariff.by
            word = scene.case(variant, item.supposed).profile(self.measure)
            self.bracket = self.word = word if isinstance(word, str) else None
        for act in self._acting(self.family.lookups[late]):
            self._shift(act)
        self.acts = self._acting(self.family.amounts[late])
        self.numbers = tuple([scene.measure(code, item.supposed, effect) for code, effect in self.family.scaled])

    @property
    def key(self) -> object:
        """All that the price depends on, beside the règlement."""
        item, acts = self.item, tuple([act.modifier.code for act in self.acts])
        placed = (self.placed, self.word, self.bracket, self.numbers)
        return (item.code, item.slots, self.variant, acts, self.shifts, placed, item.supposed)

    @property
    def helped(self) -> bool:
        """Whether an aid acts on it."""
        late = self.variant is Variant.HORS_DELAI
        return any(act.modifier.aid for act in self.acts) or any(act.modifier.aid for act in self.family.lookups[late])

    def met(self, acts: tuple[Act, ...]) -> tuple[Act, ...]:
        """
        Those whose selector holds for the item, whatever the rank of the unit.

        Raises:
            UnknownPriceError: Where that is not known.
        """
        case = self.scene.case(self.variant, self.item.supposed, self.family.tariff.code, self.bracket)
        return tuple(act for act in acts if self._holds(act, case))

    def cents(self) -> Fraction:
        """
        The exact price, looked up, then changed by the modifiers that hold, in their order; called once.

        Raises:
            UnknownPriceError: Where it is not known.
        """
        for fact, value, why in self.item.supposed:
            said = value if isinstance(value, Fraction) else str(value).lower()
            self.steps.append(Step("comme", (("fact", fact), ("value", said)), why))
        acts, price, origin = self.acts, self.item.price, self.family.origin
        for i, act in enumerate(self.acts):
            if act.modifier.price is not None:
                acts, price, origin = self.acts[i + 1 :], act.modifier.price, act.origin
        amount = self._looked_up(price, origin)
        for act in acts:
            amount = self._changed(amount, act)
        return amount

    def _acting(self, acts: tuple[Act, ...]) -> list[Act]:
        """Those that hold for the item, in their declared order."""
        if not acts:
            return []
        case = self.scene.case(self.variant, self.item.supposed, self.family.tariff.code, self.bracket)
        found = [act for act in acts if (not act.special or self._turn(act)) and self._holds(act, case)]
        if len(found) > 1 and found[0].rank < 0:  # those that no order names stand first
            raise UnknownPriceError("ordre", (act.modifier.code for act in found))
        return found

    def _turn(self, act: Act) -> bool:
        """Whether an aid, or a modifier of some ranks, may act on this unit."""
        units = act.modifier.units
        return (self.aided or not act.modifier.aid) and (units is None or self.ranks.get(act.modifier.code, 0) in units)

    def _holds(self, act: Act, case: Case) -> bool:
        answers = {act.selector.answer(case, slot) for slot in self.item.slots}
        if None in answers:
            facts = tuple(act.selector.lacking(case))
            raise UnknownPriceError("fait-manquant", facts, act.origin) if facts else self._unread()
        if len(answers) > 1:
            raise UnknownPriceError("portee-partielle", (act.modifier.code,), act.origin)
        return True in answers

    def _unread(self) -> UnknownPriceError:
        """Why the item has no bracket."""
        lack = self.placed.lack or (Lack.MISSING if self.family.worded else Lack.HOLE)
        return UnknownPriceError(lack.value, (self.measure,), self.origin, refused=self.placed.refused)

    def _shift(self, act: Act) -> None:
        shift, codes = act.modifier.shift, self.family.brackets
        target = next((code for code in codes if code == shift), "")
        if isinstance(shift, int):
            if self.bracket is None:
                return
            index = codes.index(self.bracket) + shift
            target = codes[index] if 0 <= index < len(codes) else ""
        if not target:
            raise UnknownPriceError("hors-grille", (act.modifier.code,), act.origin)
        self.bracket = target
        step = Step("autre-tranche", (("by", act.modifier.code), ("bracket", target)), act.origin)
        self.shifts = (*self.shifts, step)

    def _looked_up(self, price: Price, origin: str) -> Fraction:
        if isinstance(price, Table):
            price = self._row(price)
        if isinstance(price, Effort):
            return self._effort(price, origin)
        if not isinstance(price, Fraction):
            raise UnknownPriceError("non-publie", (), origin)
        self.steps.append(Step("prix", (("amount_cents", price),), origin))
        return price

    def _row(self, table: Table) -> Price:
        """The row of the bracket that was read, or put in its place."""
        if self.bracket is None:
            raise self._unread()
        row = table.row(self.bracket)
        if row is None:
            raise UnknownPriceError("hors-grille", (self.family.tariff.code,), self.family.origin)
        placed = self.placed
        if placed.bracket:
            value = placed.value or Fraction(0)
            params = (("measure", self.measure), ("value", value), ("bracket", placed.bracket))
            self.steps.append(Step("tranche" if placed.lack is None else "tranche-ecrite", params, self.origin))
        elif self.word is not None:
            self.steps.append(Step("mot", (("fact", self.measure), ("value", self.word)), self.family.origin))
        self.steps += self.shifts
        return row

    def _effort(self, effort: Effort, origin: str) -> Fraction:
        code = effort.measure or self.family.tariff.by
        measure = self.numbers[self.family.scaled.index((code, effort.effect))]
        if not isinstance(measure, Fraction):
            raise UnknownPriceError(measure.value, (code,), origin)
        amount = effort.cents(measure)
        params = (("rate", effort.rate), ("measure", code), ("value", measure), ("amount_cents", amount))
        self.steps.append(Step("taux", params, origin))
        return amount

    def _changed(self, amount: Fraction, act: Act) -> Fraction:
        amount, step = changed(amount, act)
        self.steps.append(step)
        return amount


def changed(amount: Fraction, act: Act) -> tuple[Fraction, Step]:
    """
    An amount after one modifier, and the step that says so; a subtraction stops at 0 (S10.1).

    Raises:
        UnknownPriceError: If what the modifier changes is announced without being published.
    """
    verb = act.modifier.verb
    value = getattr(act.modifier, verb)
    if value is UNPUBLISHED:
        raise UnknownPriceError("non-publie", (act.modifier.code,), act.origin)
    amount = _VERBS[verb](amount, value)
    name = "value" if verb == "times" else "value_cents"
    params = (("by", act.modifier.code), (name, value), ("amount_cents", amount))
    return amount, Step(VERBS[verb], params, act.origin)


#: What each verb makes of an amount, in exact cents.
_VERBS: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction]]] = MappingProxyType(
    {
        "plus": operator.add,
        "minus": lambda amount, value: max(Fraction(0), amount - value),
        "times": operator.mul,
        "ceiling": min,
        "floor": max,
    }
)
