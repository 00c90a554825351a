"""
A faulty portal: its amounts are binary floats, rounded here and there.

`python flottants.py` has every fault; `python flottants.py taux pair` has those alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction

from exact import CEILING, FLOOR, PRICES, RATE, Boxes, Case, Portal, Slots, serve

FAULTS = {
    "tronque": "a price in euros is turned into cents by int(euros * 100): 4.35 becomes 434",
    "taux": "the effort rate is a float, and its product is cut to the cent before anything else",
    "pair": "round() takes the half to the even cent: 1.725 becomes 1.72",
    "total": "lines are added exactly, and their sum alone is rounded",
    "deux-fois": "rounded after the late charge, then again after that of outsiders",
    "entier": "the quotient is cut to a whole number before it is multiplied",
    "plancher": "the floor and the ceiling are applied after the late charge",
    "du-jour": "what is given back is refunded at the price of a booking in time",
}


class Floats(Portal):
    """The portal with some of the faults, all of them unless told."""

    def __init__(self, faults: Iterable[str] = tuple(FAULTS)) -> None:
        self.faults = set(faults)

    def quotient(self, case: Case) -> Fraction | None:
        """The quotient, cut."""
        found = super().quotient(case)
        return Fraction(int(found)) if "entier" in self.faults and found is not None else found

    def unit(self, case: Case, slot: str) -> Fraction | None:
        """The price before what changes it, by way of floats."""
        found = super().unit(case, slot)
        if found is None:
            return None
        if slot != "repas":
            return Fraction(int(PRICES[slot] / 100 * 100)) if "tronque" in self.faults else found
        if "plancher" in self.faults:
            found = RATE * (self.quotient(case) or 0)
        if "taux" in self.faults:
            found = Fraction(int(float(found) / 100 * 100))
        return found

    def rounded(self, cents: Fraction) -> int:
        """Whole cents, by round()."""
        return round(cents) if "pair" in self.faults else super().rounded(cents)

    def line(self, case: Case, slot: str, variant: str) -> Fraction | None:
        """What a slot costs; not rounded yet where only the total is."""
        unit, factor = self.unit(case, slot), self.factor(case, variant)
        if unit is None or factor is None:
            return None
        exact = unit * factor
        if "plancher" in self.faults and slot == "repas":
            exact = min(max(exact, Fraction(FLOOR)), Fraction(CEILING))
        if "deux-fois" in self.faults and variant == "hors-delai":
            late = Fraction(3, 2)
            exact = self.rounded(unit * late) * (factor / late)
        return exact if "total" in self.faults else Fraction(self.rounded(exact))

    def total(self, case: Case, added: Slots, removed: Slots, held: Boxes, after: Boxes) -> int | None:
        """What is given back counts as it would be sold."""
        return super().total(
            case, added, removed, dict.fromkeys(held, "normal") if "du-jour" in self.faults else held, after
        )


if __name__ == "__main__":
    serve(Floats(sys.argv[1:] or tuple(FAULTS)))
