"""What a selection costs on one date for one child: exact, derived step by step, never guessed (S10)."""

from __future__ import annotations

from collections.abc import Collection

from .charges import Charge, DayPrice, Step, Unpriced
from .days import DayFacts
from .facts import Facts, Profile, Value
from .money import round_cents
from .price_rules import MEMO, Act, Case, Family, PriceRules
from .prices import Table
from .slots import Selection
from .tariffs import Mixed, Per
from .unit_prices import Item, Scene, Supposed, UnitPrice, UnknownPriceError
from .variants import Variant

__all__ = ["Charge", "DayPrice", "PriceRules", "Step", "Unpriced", "price_day"]


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
        rank, last = rules.rank, len(rules.rank)
        self.rules = rules
        self.variants = {one.slot: one.variant for one in selection}
        self.slots = sorted(self.variants, key=lambda slot: rank.get(slot, last))
        self.scene = Scene(day, periodes, frozenset(self.variants), facts, profile)

    def price(self) -> DayPrice:
        """The charges and what has no known price."""
        bought: dict[tuple[str, str], tuple[Family, dict[str, Supposed]]] = {}
        charges: list[Charge] = []
        unpriced: list[Unpriced] = []
        for slot in self.slots:
            try:
                supposed = self._supposed(slot)
                family = self._family(slot, supposed)
            except UnknownPriceError as unknown:
                unpriced.append(unknown.unpriced(slot, (slot,)))
                continue
            sold = (family.tariff.code, slot if family.tariff.per is Per.SLOT else "")
            if sold in bought:
                bought[sold][1][slot] = supposed
            else:
                bought[sold] = (family, {slot: supposed})
        for (tariff, slot), (family, seen) in bought.items():
            code, slots = slot or tariff, tuple(seen)
            try:
                charges.append(self._charge(self._item(family, code, slots, seen)))
            except UnknownPriceError as unknown:
                unpriced.append(unknown.unpriced(code, slots))
        return DayPrice(tuple(charges), tuple(unpriced))

    def _supposed(self, slot: str) -> Supposed:
        """The facts that modifiers suppose for a slot."""
        if not self.rules.alike:
            return ()
        case = self.scene.case(self.variants[slot], ())
        found: dict[str, tuple[Value, str]] = {}
        acting = [act for act in self.rules.alike if self._supposes(act, case, slot)]
        for act in acting:
            for fact, value in act.modifier.alike or ():
                if found.setdefault(fact, (value, act.origin))[0] != value:
                    raise UnknownPriceError("comme-contradictoires", (one.modifier.code for one in acting))
        return tuple((fact, value, origin) for fact, (value, origin) in found.items())

    @staticmethod
    def _supposes(act: Act, case: Case, slot: str) -> bool:
        answer = act.selector.answer(case, slot)
        if answer is None:
            raise UnknownPriceError("fait-manquant", act.selector.lacking(case), act.origin)
        return answer

    def _family(self, slot: str, supposed: Supposed) -> Family:
        """The one tariff that a slot belongs to (S10.2)."""
        case = self.scene.case(self.variants[slot], supposed)
        asked = [(one, one.selector.answer(case, slot)) for one in self.rules.families.get(slot, ())]
        sure = [one for one, answer in asked if answer]
        if len(sure) > 1:
            raise UnknownPriceError("deux-tarifs", (one.tariff.code for one in sure))
        unsure = [fact for one, answer in asked if answer is None for fact in one.selector.lacking(case)]
        if unsure:
            raise UnknownPriceError("fait-manquant", unsure)
        if not sure:
            raise UnknownPriceError("sans-tarif")
        return sure[0]

    def _item(self, family: Family, code: str, slots: tuple[str, ...], seen: dict[str, Supposed]) -> Item:
        tariff, supposed = family.tariff, seen[slots[0]]
        if any(seen[slot] != supposed for slot in slots[1:]):
            raise UnknownPriceError("portee-partielle", (act.modifier.code for act in self.rules.alike))
        if not family.by_formule:
            label = "" if tariff.per is Per.SLOT else tariff.label
            return Item(family, code, label, slots, tariff.price, supposed)
        rows = family.rows.get(frozenset(slots), ())
        if len(rows) != 1:
            raise _no_row(family, slots, [formule.code for formule, _ in rows])
        formule, price = rows[0]
        return Item(family, formule.code, formule.label or formule.code, slots, price, supposed)

    def _charge(self, item: Item) -> Charge:
        """The charge of an item; late in part, it is as its tariff says, or undecided where that matters."""
        variants = {self.variants[slot] for slot in item.slots}
        if len(variants) == 1:
            return self._priced(item, *variants)
        mixed = item.family.tariff.mixed
        if mixed is not None:
            return self._priced(item, Variant.HORS_DELAI if mixed is Mixed.ANY else Variant.NORMAL)
        normal, late = (self._priced(item, variant) for variant in Variant)
        if normal.unit_cents != late.unit_cents:
            raise UnknownPriceError("variantes-melees", (item.family.tariff.code,), item.family.origin)
        return normal

    def _priced(self, item: Item, variant: Variant) -> Charge:
        unit, memo = UnitPrice(self.scene, item, variant), item.family.memo
        found = memo.get(unit.key)
        if found is None:
            if len(memo) >= MEMO:
                memo.clear()
            found = memo[unit.key] = self._derived(item, variant, unit)
        return found

    def _derived(self, item: Item, variant: Variant, unit: UnitPrice) -> Charge:
        family, amount, quantity = item.family, unit.cents(), 1
        cents = round_cents(amount, family.step_cents, family.tariff.rounding)
        if cents != amount:
            unit.steps.append(Step("arrondi", (("amount_cents", cents),), family.origin))
        if family.minutes:
            minutes = self._minutes(item)
            quantity = -(-minutes // family.minutes)
            params = (("minutes", minutes), ("quantity", quantity), ("unit", family.minutes))
            unit.steps.append(Step("temps", params, family.origin))
        label = item.label or " + ".join(self.rules.slots[slot].short_label for slot in item.slots)
        return Charge(
            family.tariff.code,
            item.code,
            label,
            item.slots,
            variant,
            quantity,
            cents,
            quantity * cents,
            tuple(unit.steps),
        )

    def _minutes(self, item: Item) -> int:
        """Length of the union of an item's intervals (S10.3)."""
        hours = {slot: self.rules.slots[slot].hours for slot in item.slots}
        without = [slot for slot, span in hours.items() if span is None]
        if without:
            raise UnknownPriceError("sans-horaire", without, item.family.origin)
        minutes = reach = 0
        for start, end in sorted(span for span in hours.values() if span is not None):
            minutes += max(0, end - max(start, reach))
            reach = max(reach, end)
        return minutes


def _no_row(family: Family, slots: tuple[str, ...], codes: list[str]) -> UnknownPriceError:
    price = family.tariff.price
    if codes:
        return UnknownPriceError("deux-formules", codes, family.origin)
    if isinstance(price, Table) and price.others:
        return UnknownPriceError("non-publie", (), family.origin)
    return UnknownPriceError("sans-formule", slots, family.origin)
