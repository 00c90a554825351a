"""What a household is charged for, as data: what is sold as one lot, the charges written, and what is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .books import Place
from .charges import Charge, Provisional, Unpriced
from .price_rules import Act, Family
from .tills import Settled
from .unit_prices import Item, Scene, Supposed
from .variants import Variant
from .windows import Stretch

#: A stretch of one child, or of the household, over which a modifier counts units or changes the total.
Group = tuple[str, str, Stretch]


class Written(NamedTuple):
    """One charge, as `costs.Entry` tells it."""

    child: str
    days: tuple[date, ...]
    stretch: Stretch | None
    charge: Charge
    provisional: tuple[Provisional, ...]


class Unknown(NamedTuple):
    """Something without a known price, as `costs.Unsettled` tells it."""

    child: str
    days: tuple[date, ...]
    unpriced: Unpriced
    known_cents: int = 0


class Take(NamedTuple):
    """Slots that one date of a child adds to a lot, and where their price is read."""

    place: Place
    slots: tuple[str, ...]
    read: date | None
    scene: Scene


@dataclass(slots=True)
class Lot:
    """
    What is sold as one: the sale of a date, or all that is held under one tariff in a stretch.

    Args:
        child: The child's code; empty for the household.
        stretch: None for a date.
        takes: The dates, in order.
        seen: The facts supposed for each slot: more than one where dates do not agree.
        variants: In which its slots are held.
        settled: The sale of a date; None for what is held in a stretch.
        item: What it is sold as, once known.
        ranked: Modifiers of units of some ranks whose selector holds for it.
        totals: Modifiers of totals, likewise.
    """

    child: str
    stretch: Stretch | None
    family: Family
    code: str
    takes: list[Take] = field(default_factory=list)
    seen: dict[str, set[Supposed]] = field(default_factory=dict)
    variants: set[Variant] = field(default_factory=set)
    settled: Settled | None = None
    item: Item | None = None
    ranked: tuple[Act, ...] = ()
    totals: tuple[Act, ...] = ()

    def add(self, take: Take, seen: dict[str, Supposed], variants: dict[str, Variant]) -> None:
        """Add a date, with what is supposed of its slots and the variants in which they are held."""
        self.takes.append(take)
        for slot in take.slots:
            self.seen.setdefault(slot, set()).add(seen[slot])
            self.variants.add(variants[slot])

    @property
    def days(self) -> tuple[date, ...]:
        """The dates that it pays for, ascending."""
        if self.stretch is None:
            return (self.takes[0].place[1],)
        return tuple(sorted({one.place[1] for one in self.takes}))

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that it pays for."""
        return self.item.slots if self.item is not None else tuple(self.seen) or self.takes[0].slots
