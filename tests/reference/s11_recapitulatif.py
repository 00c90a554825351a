"""S11: the récapitulatif of a demande of one child, where each slot has a price of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from .s1_answers import Plain
from .s2_places import all_slots, slot_of
from .s4_due import part
from .s5_rules import Held
from .s5_who import Facts
from .s6_decision import look, phase_of
from .s10_prices import Pricing

#: What a line says of its slots.
SAID = {"reserve": "", "retire": "n'est plus facturé : ", "du": "reste dû : "}
Line = tuple[str, int, int, int]


@dataclass(frozen=True)
class Recap:
    """
    What the granted dates of a demande cost.

    Args:
        changes: Date to what is held before and after.
    """

    reglement: Plain
    facts: Facts
    periode: str
    changes: Mapping[date, tuple[Held, Held]]
    now: datetime

    def title(self) -> str:
        """S11: grouped by établissement / mode / période."""
        periode = self.reglement["periode"][self.periode]
        mode = self.reglement["mode"][periode["mode"]]
        place = self.reglement["etablissement"][mode["etablissement"]]
        return f"{place['nom']} / {mode['nom']} / {periode['nom']}"

    def lines(self) -> list[Line]:
        """S11: a line per priced item, variant and unit price: désignation with its dates, quantité, tarif, montant."""
        found: dict[tuple[int, int, str, int], list[date]] = {}
        for day in sorted(self.changes):
            for kind, slot, variant, cents in self.items(day):
                rank = (list(SAID).index(kind), all_slots(self.reglement).index(slot), variant, cents)
                found.setdefault(rank, []).append(day)
        order = sorted(found.items(), key=lambda one: (*one[0][:3], one[1][0]))
        return [self.line(*key, days) for key, days in order]

    def total(self) -> int:
        """S11: lines add up to the cent."""
        return sum(amount for _, _, _, amount in self.lines())

    def items(self, day: date) -> list[tuple[str, str, str, int]]:
        """S10.6, S4.2: the price of what is added, of what is given back, and the part of that which stays due."""
        before, after = self.changes[day]
        found = [("reserve", slot, variant, self.price(day, slot, variant)) for slot, variant in after.items()
                 if slot not in before]  # fmt: skip
        for slot, variant in before.items():
            if slot not in after:
                price = self.price(day, slot, variant)
                found.append(("retire", slot, variant, -price))
                due = self.due(day, slot, price)
                found += [("du", slot, variant, due)] if due else []
        return found

    def price(self, day: date, slot: str, variant: str) -> int:
        """S10.1: the price of one slot."""
        found = Pricing(self.reglement, day, self.facts).total({slot: variant})
        if found is None:
            raise AssertionError(slot)
        return found

    def due(self, day: date, slot: str, price: int) -> int:
        """S4.2: the part of a price that stays due, as the live phase says."""
        before, after = self.changes[day]
        live, phase = phase_of(look(self.reglement, day, self.facts), slot, "annuler", self.now, bool(before and after))
        if not live:
            raise AssertionError(slot)
        return part(phase["a_payer"], price)

    def line(self, kind: int, rank: int, variant: str, cents: int, days: list[date]) -> Line:
        """S11: « Périscolaire midi 2 (06/09) »; with the year when the période spans twelve months or more."""
        slot = slot_of(self.reglement, all_slots(self.reglement)[rank])
        late = " hors-délai" if variant == "hors-delai" else ""
        dates = ", ".join(f"{day:%d/%m/%Y}" if self.with_year() else f"{day:%d/%m}" for day in days)
        label = slot.get("court") or slot["nom"]
        return f"{list(SAID.values())[kind]}{label}{late} ({dates})", len(days), cents, len(days) * cents

    def with_year(self) -> bool:
        """S11: whether the période spans twelve months or more."""
        periode = self.reglement["periode"][self.periode]
        first, last = date.fromisoformat(periode["du"]), date.fromisoformat(periode["au"])
        after = date.fromordinal(last.toordinal() + 1)
        return (after.year - 1, after.month, after.day) >= (first.year, first.month, first.day)
