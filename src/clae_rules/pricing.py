"""What a selection costs on one date for one child: exact, derived step by step, never guessed (S10)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from .charges import Charge, DayPrice, Step, Unpriced
from .days import DayFacts
from .facts import Facts, Profile, Value
from .grids import Grid, Lack, Placed, TakesEffect, measured
from .money import round_cents
from .price_rules import Act, Case, Family, PriceRules, origin_of
from .prices import Effort, Price, Table
from .shapes import UNPUBLISHED
from .slots import Selection
from .tariffs import VERBS, Mixed, Per
from .variants import Variant

__all__ = ["Charge", "DayPrice", "PriceRules", "Step", "Unpriced", "price_day"]


class _UnknownPriceError(Exception):
    """Why the price of the item in hand is not known; becomes an `Unpriced`."""

    def __init__(
        self, code: str, names: Iterable[str] = (), source: str = "", *, refused: bool = False
    ) -> None:
        super().__init__(code)
        self.code, self.names, self.source, self.refused = code, tuple(dict.fromkeys(names)), source, refused

    def unpriced(self, item: str, slots: tuple[str, ...]) -> Unpriced:
        return Unpriced(self.code, item, slots, self.names, self.source, self.refused)


#: Facts that a modifier supposes, each with the modifier's source.
_Supposed = tuple[tuple[str, Value, str], ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """What is sold under one price."""

    family: Family
    code: str
    label: str
    slots: tuple[str, ...]
    variants: frozenset[Variant]
    price: Price
    supposed: _Supposed


def price_day(
    rules: PriceRules,
    day: DayFacts,
    periodes: Collection[str],
    facts: Facts,
    profile: Profile,
    selection: Selection,
) -> DayPrice:
    """
    What a selection costs on one date for one child; linear in the slots held and their tariffs.

    Args:
        rules: The prices.
        day: What the calendar says of the date.
        periodes: Codes of the périodes whose bounds hold the date.
        facts: Dated facts, whose history grids read.
        profile: The facts of that day, which selectors compare.
        selection: What is held, each slot in its variant.
    """
    return _Pricing(rules, day, periodes, facts, profile, selection).price()


class _Pricing:
    """One date, one child, one selection, while it is being priced."""

    def __init__(
        self,
        rules: PriceRules,
        day: DayFacts,
        periodes: Collection[str],
        facts: Facts,
        profile: Profile,
        selection: Selection,
    ) -> None:
        self.rules, self.day, self.periodes, self.facts, self.profile = rules, day, periodes, facts, profile
        rank, last = rules.rank, len(rules.rank)
        order = sorted(selection, key=lambda one: rank.get(one.slot, last))
        self.variants = {one.slot: one.variant for one in order}
        self.held = frozenset(self.variants)
        self._placed: dict[tuple[str, _Supposed], Placed] = {}

    def price(self) -> DayPrice:
        """The charges and what has no known price."""
        bought: dict[str, tuple[Family, dict[str, _Supposed]]] = {}
        charges: list[Charge] = []
        unpriced: list[Unpriced] = []
        for slot in self.variants:
            try:
                supposed = self._supposed(slot)
                family = self._family(slot, supposed)
            except _UnknownPriceError as unknown:
                unpriced.append(unknown.unpriced(slot, (slot,)))
            else:
                bought.setdefault(family.tariff.code, (family, {}))[1][slot] = supposed
        for family, seen in bought.values():
            for code, slots in _sold(family, tuple(seen)):
                try:
                    item = self._item(family, code, slots, {seen[slot] for slot in slots})
                    charges.append(self._charge(item))
                except _UnknownPriceError as unknown:
                    unpriced.append(unknown.unpriced(code, slots))
        return DayPrice(tuple(charges), tuple(unpriced))

    def case(self, variant: Variant, supposed: _Supposed, tariff: str = "", bracket: str | None = "") -> Case:
        """What selectors are asked about, the supposed facts taken as true."""
        profile = self.profile
        if supposed:
            known: dict[str, Value] = {fact: value for fact, value, _ in supposed}

            def profile(code: str) -> Value | None:
                return known[code] if code in known else self.profile(code)

        return Case(self.day, self.periodes, self.held, profile, variant, tariff, bracket)

    def measure(self, code: str, supposed: _Supposed, effect: TakesEffect | None) -> Fraction | Lack:
        """A measure on the day, the supposed facts taken as true."""
        for fact, value, _ in supposed:
            if fact == code:
                return value if isinstance(value, Fraction) else Lack.MISSING
        return measured(self.facts.history(code), self.day.day, effect)

    def place(self, grid: Grid, supposed: _Supposed) -> Placed:
        """Where the child stands in a grid; looked up once for all items."""
        found = self._placed.get((grid.code, supposed))
        if found is None:
            found = grid.place(self.measure(grid.measure, supposed, grid.effect))
            self._placed[grid.code, supposed] = found
        return found

    def _supposed(self, slot: str) -> _Supposed:
        """The facts that modifiers suppose for a slot."""
        if not self.rules.alike:
            return ()
        case = self.case(self.variants[slot], ())
        found: dict[str, tuple[Value, str]] = {}
        acting = [act for act in self.rules.alike if self._supposes(act, case, slot)]
        for act in acting:
            for fact, value in act.modifier.alike or ():
                if found.setdefault(fact, (value, act.origin))[0] != value:
                    raise _UnknownPriceError("comme-contradictoires", (one.modifier.code for one in acting))
        return tuple((fact, value, origin) for fact, (value, origin) in found.items())

    @staticmethod
    def _supposes(act: Act, case: Case, slot: str) -> bool:
        answer = act.selector.answer(case, slot)
        if answer is None:
            raise _UnknownPriceError("fait-manquant", act.selector.lacking(case), act.origin)
        return answer

    def _family(self, slot: str, supposed: _Supposed) -> Family:
        """The one tariff that a slot belongs to (S10.2)."""
        case = self.case(self.variants[slot], supposed)
        asked = [(one, one.selector.answer(case, slot)) for one in self.rules.families.get(slot, ())]
        sure = [one for one, answer in asked if answer]
        if len(sure) > 1:
            raise _UnknownPriceError("deux-tarifs", (one.tariff.code for one in sure))
        unsure = [fact for one, answer in asked if answer is None for fact in one.selector.lacking(case)]
        if unsure:
            raise _UnknownPriceError("fait-manquant", unsure)
        if not sure:
            raise _UnknownPriceError("sans-tarif")
        return sure[0]

    def _item(self, family: Family, code: str, slots: tuple[str, ...], supposed: set[_Supposed]) -> _Item:
        tariff, known = family.tariff, self.rules.slots
        if len(supposed) > 1:
            raise _UnknownPriceError("portee-partielle", (act.modifier.code for act in self.rules.alike))
        price, label = tariff.price, tariff.label or " + ".join(known[slot].short_label for slot in slots)
        if tariff.per is Per.SLOT:
            label = known[code].short_label
        elif tariff.by_formule:
            rows = family.rows.get(frozenset(slots), ())
            if len(rows) != 1:
                raise _no_row(family, slots, [formule.code for formule, _ in rows])
            formule, price = rows[0]
            code, label = formule.code, formule.label or formule.code
        variants = frozenset(self.variants[slot] for slot in slots)
        return _Item(family, code, label, slots, variants, price, *supposed)

    def _charge(self, item: _Item) -> Charge:
        """The charge of an item; late in part, it is as its tariff says, or undecided where that matters."""
        if len(item.variants) == 1:
            return self._priced(item, *item.variants)
        mixed = item.family.tariff.mixed
        if mixed is not None:
            return self._priced(item, Variant.HORS_DELAI if mixed is Mixed.ANY else Variant.NORMAL)
        normal, late = (self._priced(item, variant) for variant in Variant)
        if normal.unit_cents != late.unit_cents:
            raise _UnknownPriceError("variantes-melees", (item.family.tariff.code,), item.family.origin)
        return normal

    def _priced(self, item: _Item, variant: Variant) -> Charge:
        tariff, origin = item.family.tariff, item.family.origin
        unit = _UnitPrice(self, item, variant)
        amount = unit.cents()
        cents = round_cents(amount, tariff.step_cents.numerator, tariff.rounding)
        if cents != amount:
            unit.steps.append(Step("arrondi", (("amount_cents", cents),), origin))
        quantity = 1
        if tariff.per.minutes:
            minutes = self._minutes(item)
            quantity = -(-minutes // tariff.per.minutes)
            params = (("minutes", minutes), ("quantity", quantity), ("unit", tariff.per.minutes))
            unit.steps.append(Step("temps", params, origin))
        return Charge(
            tariff.code,
            item.code,
            item.label,
            item.slots,
            variant,
            quantity,
            cents,
            quantity * cents,
            tuple(unit.steps),
        )

    def _minutes(self, item: _Item) -> int:
        """Length of the union of an item's intervals (S10.3)."""
        hours = {slot: self.rules.slots[slot].hours for slot in item.slots}
        without = [slot for slot, span in hours.items() if span is None]
        if without:
            raise _UnknownPriceError("sans-horaire", without, item.family.origin)
        minutes = reach = 0
        for start, end in sorted(span for span in hours.values() if span is not None):
            minutes += max(0, end - max(start, reach))
            reach = max(reach, end)
        return minutes


def _sold(family: Family, slots: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The items of a family: a code, and the slots that one price pays for."""
    if family.tariff.per is Per.SLOT:
        yield from ((slot, (slot,)) for slot in slots)
    else:
        yield family.tariff.code, slots


def _no_row(family: Family, slots: tuple[str, ...], codes: list[str]) -> _UnknownPriceError:
    price = family.tariff.price
    if codes:
        return _UnknownPriceError("deux-formules", codes, family.origin)
    if isinstance(price, Table) and price.others:
        return _UnknownPriceError("non-publie", (), family.origin)
    return _UnknownPriceError("sans-formule", slots, family.origin)


class _UnitPrice:
    """The exact price of one unit of an item in one variant, with the steps that lead to it."""

    def __init__(self, pricing: _Pricing, item: _Item, variant: Variant) -> None:
        self.pricing, self.item, self.variant, self.family = pricing, item, variant, item.family
        self.steps = [
            Step("comme", (("fact", fact), ("value", _word(value))), why)
            for fact, value, why in item.supposed
        ]
        self.placed, self.measure, self.origin = Placed(), "", ""
        self.bracket: str | None = ""
        self.shifts: list[Step] = []
        grid = self.family.grid
        if grid is not None:
            self.placed, self.measure, self.origin = (
                pricing.place(grid, item.supposed),
                grid.measure,
                origin_of(grid),
            )
            self.bracket = self.placed.bracket or None

    def cents(self) -> Fraction:
        """The exact price: looked up, then changed by the modifiers that hold, in their order (S10.5)."""
        for act in self._acting(self.family.lookups):
            self._shift(act)
        acts, price, origin = self._acting(self.family.amounts), self.item.price, self.family.origin
        while later := [i for i, act in enumerate(acts) if act.modifier.price is not None]:
            last = acts[later[-1]]
            acts, price, origin = acts[later[-1] + 1 :], last.modifier.price or price, last.origin
        amount = self._looked_up(price, origin)
        for act in acts:
            amount = self._changed(amount, act)
        return amount

    def _acting(self, acts: tuple[Act, ...]) -> list[Act]:
        """Those that hold for the item, in their declared order."""
        if not acts:
            return []
        case = self.pricing.case(self.variant, self.item.supposed, self.family.tariff.code, self.bracket)
        found = [act for act in acts if self._holds(act, case)]
        if len(found) > 1 and any(act.rank < 0 for act in found):
            raise _UnknownPriceError("ordre", (act.modifier.code for act in found))
        return sorted(found, key=lambda act: act.rank)

    def _holds(self, act: Act, case: Case) -> bool:
        answers = {act.selector.answer(case, slot) for slot in self.item.slots}
        if None in answers:
            facts = tuple(act.selector.lacking(case))
            raise _UnknownPriceError("fait-manquant", facts, act.origin) if facts else self._unread()
        if len(answers) > 1:
            raise _UnknownPriceError("portee-partielle", (act.modifier.code,), act.origin)
        return True in answers

    def _unread(self) -> _UnknownPriceError:
        """Why the item has no bracket."""
        lack = self.placed.lack or Lack.HOLE
        return _UnknownPriceError(lack.value, (self.measure,), self.origin, refused=self.placed.refused)

    def _shift(self, act: Act) -> None:
        shift, codes = act.modifier.shift, self.family.brackets
        target = next((code for code in codes if code == shift), "")
        if isinstance(shift, int):
            if self.bracket is None:
                return
            index = codes.index(self.bracket) + shift
            target = codes[index] if 0 <= index < len(codes) else ""
        if not target:
            raise _UnknownPriceError("hors-grille", (act.modifier.code,), act.origin)
        self.bracket = target
        self.shifts.append(
            Step("autre-tranche", (("by", act.modifier.code), ("bracket", target)), act.origin)
        )

    def _looked_up(self, price: Price, origin: str) -> Fraction:
        if isinstance(price, Table):
            price = self._row(price)
        if isinstance(price, Effort):
            return self._effort(price, origin)
        if not isinstance(price, Fraction):
            raise _UnknownPriceError("non-publie", (), origin)
        self.steps.append(Step("prix", (("amount_cents", price),), origin))
        return price

    def _row(self, table: Table) -> Price:
        """The row of the bracket that was read, or put in its place."""
        if self.bracket is None:
            raise self._unread()
        row = table.row(self.bracket)
        if row is None:
            raise _UnknownPriceError("hors-grille", (self.family.tariff.code,), self.family.origin)
        placed = self.placed
        if placed.bracket:
            value = placed.value or Fraction(0)
            params = (("measure", self.measure), ("value", value), ("bracket", placed.bracket))
            self.steps.append(
                Step("tranche" if placed.lack is None else "tranche-ecrite", params, self.origin)
            )
        self.steps += self.shifts
        return row

    def _effort(self, effort: Effort, origin: str) -> Fraction:
        code = self.family.tariff.by
        measure = self.pricing.measure(code, self.item.supposed, None)
        if isinstance(measure, Lack):
            raise _UnknownPriceError(measure.value, (code,), origin)
        amount = effort.cents(measure)
        params = (("rate", effort.rate), ("measure", code), ("value", measure), ("amount_cents", amount))
        self.steps.append(Step("taux", params, origin))
        return amount

    def _changed(self, amount: Fraction, act: Act) -> Fraction:
        """The amount after one modifier; a subtraction stops at 0 (S10.1)."""
        verb = act.modifier.verb
        value = getattr(act.modifier, verb)
        if value is UNPUBLISHED:
            raise _UnknownPriceError("non-publie", (act.modifier.code,), act.origin)
        amount = _VERBS[verb](amount, value)
        name = "value" if verb == "times" else "value_cents"
        params = (("by", act.modifier.code), (name, value), ("amount_cents", amount))
        self.steps.append(Step(VERBS[verb], params, act.origin))
        return amount


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


def _word(value: Value) -> str | Fraction:
    """A fact's value as a derivation prints it."""
    return value if isinstance(value, Fraction) else str(value).lower()
