"""What the dates alike of one child sell, worked out once for all of them (S10)."""

from __future__ import annotations

from datetime import date
from typing import Final

from .charges import Charge, Unpriced
from .desk import Desk
from .price_rules import Act, PriceRules
from .pricing import DayPricing, Sale, charge_of, item_of, read_as
from .slots import Selection
from .unit_prices import Counts, Item, Ranks, Scene, UnitPrice, UnknownPriceError
from .variants import Variant

#: Tills that one desk keeps.
MOST_TILLS: Final = 4096


class Settled:
    """
    One sale of dates alike: what it is sold as, and what it costs in each rank.

    Args:
        rules: The prices.
        scene: What is known of the child there.
        sale: The sale.
        variants: The variants in which its slots are held.
    """

    def __init__(self, rules: PriceRules, scene: Scene, sale: Sale, variants: frozenset[Variant]) -> None:
        self.sale, self.variants = sale, variants
        self._rules, self._scene = rules, scene
        self._found: tuple[Item, tuple[Act, ...], tuple[Act, ...]] | None = None
        self._charges: dict[tuple[tuple[str, int], ...], Charge] = {}

    def item(self) -> tuple[Item, tuple[Act, ...], tuple[Act, ...]]:
        """
        What it is sold as, and the modifiers of units of some ranks and of totals that hold for it.

        Raises:
            UnknownPriceError: Where that is not known.
        """
        if self._found is None:
            item = item_of(self._rules, self.sale)
            self._found = (item, *met(self._scene, item, self.variants))
        return self._found

    def charge(self, ranks: Ranks) -> Charge:
        """
        What it costs.

        Args:
            ranks: The rank of the unit, by the modifiers that count it.

        Raises:
            UnknownPriceError: Where that is not known.
        """
        key = tuple(ranks.items())
        found = self._charges.get(key)
        if found is None:
            found = charge_of(self._rules, self._scene, self.item()[0], self.variants, ranks)
            self._charges[key] = found
        return found


class Till:
    """
    What a selection sells on dates alike.

    Args:
        rules: The prices.
        scene: What is known of the child there.
        selection: What is paid for, each slot in its variant.
    """

    def __init__(self, rules: PriceRules, scene: Scene, selection: Selection) -> None:
        #: What is known of the child there.
        self.scene = scene
        pricing = DayPricing(rules, scene, selection)
        sales, unpriced = pricing.sold()
        #: The variant in which each slot is held.
        self.variants = pricing.variants
        self.unpriced: tuple[Unpriced, ...] = tuple(unpriced)
        self.sales = tuple(
            Settled(rules, scene, sale, frozenset(pricing.variants[slot] for slot in sale.seen)) for sale in sales
        )


def till(desk: Desk, day: date, selection: Selection, counts: Counts, read: date | None) -> Till:
    """
    What a child sells on a date; dates alike share one.

    Args:
        desk: The child.
        day: The date.
        selection: What he holds there; the desk's household pays for what is its own.
        counts: What counters give there.
        read: The day whose facts and dated tariffs are read, where it is not the date itself.

    Raises:
        OutOfCalendarError: If the règlement's calendar does not reach the date.
    """
    opened, profile = desk.engine.day(day), desk.priced_profile(day, read)
    key = (selection, tuple(counts.values()), read, desk.alike(opened, profile))
    found = desk.tills.get(key)
    if not isinstance(found, Till):
        if len(desk.tills) >= MOST_TILLS:
            desk.tills.clear()
        scene = Scene(opened.facts, opened.codes, selection.slots, desk.facts, profile, counts, read)
        found = desk.tills[key] = Till(desk.engine.prices, scene, selection.held_by(desk.household))
    return found


def met(scene: Scene, item: Item, variants: frozenset[Variant]) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """
    The modifiers of units of some ranks, and of totals, whose selector holds for an item.

    Raises:
        UnknownPriceError: Where that is not known, or depends on the variant as which the item is read.
    """
    found, family = set(), item.family
    for variant in read_as(item, variants):
        unit, late = UnitPrice(scene, item, variant), variant is Variant.HORS_DELAI
        found.add((unit.met(family.ranked[late]), unit.met(family.totals[late])))
    if len(found) > 1:
        raise UnknownPriceError("variantes-melees", (family.tariff.code,), family.origin)
    return found.pop()
