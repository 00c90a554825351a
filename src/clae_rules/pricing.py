"""What a selection costs on one date for one child: exact, derived step by step, never guessed (S10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from .charges import Charge, DayPrice, Step, Unpriced
from .days import DayFacts
from .facts import Facts, Profile, Value
from .money import round_cents
from .price_rules import MEMO, Act, Case, Family, PriceRules
from .prices import Table
from .slots import Selection
from .tariffs import Mixed, Per, Tariff
from .unit_prices import NO_RANKS, Item, Ranks, Scene, Supposed, UnitPrice, UnknownPriceError
from .variants import Variant

__all__ = ["Charge", "DayPrice", "PriceRules", "Step", "Unpriced", "price_day"]


def price_day(
    rules: PriceRules,
    day: DayFacts,
    periodes: Collection[str],
    facts: Facts,
    profile: Profile,
    selection: Selection,
    household: str | None = None,
) -> DayPrice:
    """
    What a selection costs on one date for one child; linear in the slots held and their tariffs.

    What other dates, or other children, have a part in is left out: `costs` prices it.

    Args:
        rules: The prices.
        day: What the calendar says of the date.
        periodes: Codes of the périodes whose bounds hold the date.
        facts: Dated facts, whose history grids read.
        profile: The facts of that day, which selectors compare.
        selection: What is held, each slot in its variant.
        household: Who pays for what it holds, while conditions read all that is held (S6.8); all of it where None.
    """
    scene = Scene(day, periodes, selection.slots, facts, profile)
    return DayPricing(rules, scene, selection if household is None else selection.held_by(household)).price()


class Sale(NamedTuple):
    """
    Slots of one date that one tariff sells together, not yet priced.

    Args:
        family: The tariff, ready to be asked.
        code: The slot sold, or the tariff.
        seen: The facts that modifiers suppose for each slot, in display order.
    """

    family: Family
    code: str
    seen: dict[str, Supposed]


class DayPricing:
    """
    One date, one child, one selection, while it is being priced.

    Args:
        rules: The prices.
        scene: What is known of the child on the date, all that he holds included.
        selection: What is paid for, each slot in its variant.
    """

    def __init__(self, rules: PriceRules, scene: Scene, selection: Selection) -> None:
        rank, last = rules.rank, len(rules.rank)
        self.rules, self.scene = rules, scene
        self.variants = {one.slot: one.variant for one in selection}
        self.slots = sorted(self.variants, key=lambda slot: rank.get(slot, last))

    def price(self) -> DayPrice:
        """The charges and what has no known price."""
        sales, unpriced = self.sold()
        charges: list[Charge] = []
        for sale in sales:
            if sale.family.tariff.window is None:
                try:
                    charges.append(self.charge(sale))
                except UnknownPriceError as unknown:
                    unpriced.append(unknown.unpriced(sale.code, tuple(sale.seen)))
        return DayPrice(tuple(charges), tuple(unpriced))

    def sold(self) -> tuple[list[Sale], list[Unpriced]]:
        """What is sold, in display order of the first slots; and the slots that no one tariff is known to sell."""
        bought: dict[tuple[str, str], Sale] = {}
        unpriced: list[Unpriced] = []
        alike, extras = self.rules.alike, self.rules.extras
        for slot in self.slots:
            try:
                supposed = self._supposed(slot) if alike else ()
                families: tuple[Family, ...] = (self._family(slot, supposed),)
                if extras:
                    families += self._extras(slot, supposed)
            except UnknownPriceError as unknown:
                unpriced.append(unknown.unpriced(slot, (slot,)))
                continue
            for family in families:
                code = family.tariff.code
                key = (code, slot if family.tariff.per is Per.SLOT else "")
                found = bought.get(key)
                if found is None:
                    bought[key] = Sale(family, key[1] or code, {slot: supposed})
                else:
                    found.seen[slot] = supposed
        return list(bought.values()), unpriced

    def charge(self, sale: Sale, ranks: Ranks = NO_RANKS) -> Charge:
        """
        The charge of a sale of this date.

        Raises:
            UnknownPriceError: Where its price is not known.
        """
        variants = {self.variants[slot] for slot in sale.seen}
        return charge_of(self.rules, self.scene, item_of(self.rules, sale), variants, ranks)

    def _supposed(self, slot: str) -> Supposed:
        """The facts that modifiers suppose for a slot."""
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
        sure = self._fitting(self.rules.families.get(slot, ()), slot, supposed)
        if len(sure) > 1:
            raise UnknownPriceError("deux-tarifs", (one.tariff.code for one in sure))
        if not sure:
            raise UnknownPriceError("sans-tarif")
        return sure[0]

    def _extras(self, slot: str, supposed: Supposed) -> tuple[Family, ...]:
        """The supplements that come on top of a slot."""
        return tuple(self._fitting(self.rules.extras.get(slot, ()), slot, supposed))

    def _fitting(self, families: tuple[Family, ...], slot: str, supposed: Supposed) -> Sequence[Family]:
        """The tariffs whose selector holds for a slot; two of them win over what a missing fact leaves open."""
        case = self.scene.case(self.variants[slot], supposed)
        if len(families) == 1 and families[0].selector.answer(case, slot):  # the usual case, at once
            return families
        asked = [(one, one.selector.answer(case, slot)) for one in families]
        sure = [one for one, answer in asked if answer]
        unsure = [fact for one, answer in asked if answer is None for fact in one.selector.lacking(case)]
        if unsure and len(sure) < 2:
            raise UnknownPriceError("fait-manquant", unsure)
        return sure


def item_of(rules: PriceRules, sale: Sale) -> Item:
    """
    What a sale is sold as: a slot, a formule, or all of it under the tariff's name.

    Raises:
        UnknownPriceError: If no formule, or more than one, sells exactly these slots.
    """
    family, code, seen = sale
    slots, tariff = tuple(seen), family.tariff
    supposed = seen[slots[0]]
    if any(seen[slot] != supposed for slot in slots[1:]):
        raise UnknownPriceError("portee-partielle", (act.modifier.code for act in rules.alike))
    if not family.by_formule:
        label = "" if tariff.per is Per.SLOT else tariff.label
        if tariff.extra:
            label = _supplement(tariff, " + ".join(rules.slots[slot].short_label for slot in slots))
        return Item(family, code, label, slots, tariff.price, supposed)
    rows = family.rows.get(frozenset(slots), ())
    if len(rows) != 1:
        raise _no_row(family, slots, [formule.code for formule, _ in rows])
    formule, price = rows[0]
    label = formule.label or formule.code
    label = _supplement(tariff, label) if tariff.extra else label
    return Item(family, formule.code, label, slots, price, supposed)


def _supplement(tariff: Tariff, sold: str) -> str:
    """What a line calls a supplement: its name, or that it is one; with what it comes on, where each has its own."""
    own = tariff.label or f"Supplément « {tariff.code} »"
    return f"{own}, {sold}" if tariff.per is Per.SLOT or tariff.by_formule else own


def charge_of(
    rules: PriceRules, scene: Scene, item: Item, variants: Collection[Variant], ranks: Ranks = NO_RANKS,
    share: Share | None = None,
) -> Charge:  # fmt: skip
    """
    The charge of an item; late in part, it is as its tariff says, or undecided where that matters.

    Args:
        scene: Where its price is read.
        variants: The variants in which its slots are held.
        ranks: The rank of the unit, by the modifiers that count it.
        share: The part of its stretch that is paid, where it is prorated.

    Raises:
        UnknownPriceError: Where its price is not known.
    """
    if len(variants) == 1:  # the usual case, at once
        (variant,) = variants
        return _priced(rules, UnitPrice(scene, item, variant, ranks), share)
    read = read_as(item, variants)
    charges = [_priced(rules, UnitPrice(scene, item, variant, ranks), share) for variant in read]
    if len({one.unit_cents for one in charges}) > 1:
        raise UnknownPriceError("variantes-melees", (item.family.tariff.code,), item.family.origin)
    return charges[0]


def read_as(item: Item, variants: Collection[Variant]) -> tuple[Variant, ...]:
    """The variants as one of which an item is priced; two where its tariff does not say which one counts."""
    if len(variants) == 1:
        return tuple(variants)
    mixed = item.family.tariff.mixed
    if mixed is None:
        return tuple(Variant)
    return (Variant.HORS_DELAI if mixed is Mixed.ANY else Variant.NORMAL,)


class Share(NamedTuple):
    """The open days that are paid, of those of the whole stretch."""

    days: int
    whole: int


def _priced(rules: PriceRules, unit: UnitPrice, share: Share | None) -> Charge:
    memo, key = unit.family.memo, unit.key if share is None else (unit.key, share)
    found = memo.get(key)
    if found is None:
        if len(memo) >= MEMO:
            memo.clear()
        found = memo[key] = _derived(rules, unit, share)
    return found


def _derived(rules: PriceRules, unit: UnitPrice, share: Share | None) -> Charge:
    item, family, helped = unit.item, unit.family, unit.helped
    cents, quantity = _rounded(unit, share), 1
    if family.minutes:
        minutes = _minutes(rules, item)
        quantity = -(-minutes // family.minutes)
        params = (("minutes", minutes), ("quantity", quantity), ("unit", family.minutes))
        unit.steps.append(Step("temps", params, family.origin))
    whole = _rounded(UnitPrice(unit.scene, item, unit.variant, unit.ranks, aided=False), share) if helped else cents
    label = item.label or " + ".join(rules.slots[slot].short_label for slot in item.slots)
    return Charge(
        family.tariff.code,
        item.code,
        label,
        item.slots,
        unit.variant,
        quantity,
        cents,
        quantity * cents,
        tuple(unit.steps),
        quantity * (whole - cents),
    )


def _rounded(unit: UnitPrice, share: Share | None) -> int:
    """The price of a unit in whole cents, its share and its rounding told in its steps."""
    amount, family = unit.cents(), unit.family
    if share is not None:
        part = Fraction(share.days, share.whole)
        amount *= part
        params = (("days", share.days), ("whole", share.whole), ("value", part), ("amount_cents", amount))
        unit.steps.append(Step("prorata", params, family.origin))
    cents = round_cents(amount, family.step_cents, family.tariff.rounding)
    if cents != amount:
        unit.steps.append(Step("arrondi", (("amount_cents", cents),), family.origin))
    return cents


def _minutes(rules: PriceRules, item: Item) -> int:
    """Length of the union of an item's intervals (S10.3)."""
    hours = {slot: rules.slots[slot].hours for slot in item.slots}
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
