"""S10: the price of one day for one child, in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from .s1_answers import Answer, Plain, every, many, no, plain_words
from .s2_places import all_slots, expand, hours_of, on, open_periodes
from .s5_who import Facts, fits, meets, on_selection

Held = Mapping[str, str]
LATE, NORMAL = "hors-delai", "normal"


class UnknownPriceError(Exception):
    """S1.5: a price that is not known is never read as zero."""


def cents_of(amount: Any) -> Fraction:
    """S10.1: euros as exact cents; announced without being published is unknown (S4.6)."""
    if isinstance(amount, str) and plain_words(amount).startswith("non publie"):
        raise UnknownPriceError(amount)
    return Fraction(str(amount)) * 100


def half_up(cents: Fraction, step: int) -> int:
    """S10.1: rounded once, half up, to a multiple of the step."""
    return floor(cents / step + Fraction(1, 2)) * step


@dataclass(frozen=True)
class Item:
    """S10.1: what is sold under one price."""

    slots: tuple[str, ...]
    tariff: Plain
    code: str
    price: Any


@dataclass(frozen=True)
class Pricing:
    """The prices of one date for one child."""

    reglement: Plain
    day: date
    facts: Facts
    seen: dict[object, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def total(self, held: Held) -> int | None:
        """S10.8: the sum of a day's charges in cents; None where one of them is not known."""
        total, unknown = self._day(held)
        return None if unknown else total

    def unknown(self, held: Held) -> set[str]:
        """S1.5: the slots held whose price is not known."""
        return set(self._day(held)[1])

    def doubtful(self, before: Held, after: Held) -> set[str]:
        """S4.6, S1.5: the added slots whose price is not known; an unknown price never stops giving back."""
        return self.unknown(after) - set(before)

    def _day(self, held: Held) -> tuple[int, frozenset[str]]:
        key = tuple(sorted(held.items()))
        if key not in self.seen:
            self.seen[key] = self._sum(held)
        return self.seen[key]

    def _sum(self, held: Held) -> tuple[int, frozenset[str]]:
        """S10.2: each family prices the exact subset held of it."""
        total, unknown, families = 0, set(), dict[str, list[str]]()
        for slot in all_slots(self.reglement):
            if slot in held:
                try:
                    families.setdefault(self._tariff(slot, held), []).append(slot)
                except UnknownPriceError:
                    unknown.add(slot)
        for code, slots in families.items():
            by_slot = plain_words(self.reglement["tarif"][code]["par"]) == "creneau"
            for sold in [(slot,) for slot in slots] if by_slot else [tuple(slots)]:
                try:
                    total += self._item(self._sold(code, sold), held)
                except UnknownPriceError:
                    unknown.update(sold)
        return total, frozenset(unknown)

    def _tariff(self, slot: str, held: Held) -> str:
        """S10.2: families are disjoint and together cover the slots."""
        found = []
        for code, tariff in self.reglement.get("tarif", {}).items():
            answer = self.holds(tariff, slot, held, held[slot], code, "")
            if answer is None:
                raise UnknownPriceError(code)
            if answer:
                found.append(code)
        if len(found) != 1:
            raise UnknownPriceError(slot)
        return str(found[0])

    def _sold(self, code: str, slots: tuple[str, ...]) -> Item:
        """S10.2: a row for each allowed combination."""
        tariff = self.reglement["tarif"][code]
        price, formules = tariff["prix"], self.reglement.get("formule", {})
        if isinstance(price, dict) and "taux" not in price and set(price) - {"autres"} <= set(formules):
            rows = [
                row
                for name, row in price.items()
                if name != "autres"
                for one in formules[name]["ensembles"]
                if set(one) == set(slots)
            ]
            if len(rows) != 1:
                raise UnknownPriceError(code)
            price = rows[0]
        return Item(slots, tariff, code, price)

    def _item(self, item: Item, held: Held) -> int:
        """S10.1: quantity times the printed price; several variants together are read as the tariff says."""
        variants = {held[slot] for slot in item.slots}
        said = plain_words(item.tariff.get("formule_hors_delai", ""))
        if len(variants) == 1:
            unit = self._unit(item, held, *variants)
        elif said:
            unit = self._unit(item, held, LATE if said.startswith("si un") else NORMAL)
        else:
            units = {self._unit(item, held, variant) for variant in (NORMAL, LATE)}
            if len(units) > 1:
                raise UnknownPriceError(item.code)
            unit = units.pop()
        return unit * self._quantity(item)

    def _quantity(self, item: Item) -> int:
        """S10.3: per started unit of time, over the union of the intervals."""
        length = {"heure": 60, "demi-heure": 30, "quart d'heure": 15}.get(plain_words(item.tariff["par"]), 0)
        if not length:
            return 1
        minutes: set[int] = set()
        for slot in item.slots:
            hours = hours_of(self.reglement, slot)
            if hours is None:
                raise UnknownPriceError(slot)
            minutes.update(range(*hours))
        return (len(minutes) + length - 1) // length

    def _unit(self, item: Item, held: Held, variant: str) -> int:
        """S10.1: the price of a unit, rounded once."""
        cents = self._exact(item, held, variant)
        return half_up(cents, int(cents_of(item.tariff.get("arrondi", "0.01"))))

    def _exact(self, item: Item, held: Held, variant: str) -> Fraction:
        """S10.5: modifiers act in their declared order on the exact price."""
        bracket = self.bracket(item.tariff.get("selon", ""))
        for one in self._acting(item, held, variant, bracket):
            bracket = self.shifted(item, bracket, one) if "tranche" in one else bracket
        acting = [one for one in self._acting(item, held, variant, bracket) if "tranche" not in one]
        price: Any = item.price
        while acting and any("prix" in one for one in acting):
            head, *acting = acting
            price = head.get("prix", price)
        cents = self._looked_up(item, price, bracket)
        for one in acting:
            cents = changed(cents, one)
        return cents

    def _acting(self, item: Item, held: Held, variant: str, bracket: str | None) -> list[Plain]:
        """S10.5: the modifiers that hold for all the slots of an item; two need a declared order."""
        order = self.reglement.get("prix", {}).get("ordre", [])
        found = []
        for code, modifier in self.reglement.get("modification", {}).items():
            answers = {self.holds(modifier, slot, held, variant, item.code, bracket) for slot in item.slots}
            if None in answers or len(answers) > 1:
                raise UnknownPriceError(code)
            if answers == {True}:
                found.append(code)
        if len(found) > 1 and not set(found) <= set(order):
            raise UnknownPriceError(item.code)
        found.sort(key=lambda code: order.index(code) if code in order else 0)
        return [self.reglement["modification"][code] for code in found]

    def holds(self, where: Plain, slot: str, held: Held, variant: str, tariff: str, bracket: str | None) -> Answer:
        """S1 (selector): whether a selector of prices holds for a slot sold in a variant under a tariff."""
        if where.get("creneaux") and slot not in expand(self.reglement, where["creneaux"]):
            return False
        if not on_selection(self.reglement, where, slot, {**held, slot: variant}):
            return False
        if where.get("tarifs") and tariff not in where["tarifs"]:
            return False
        if not on(self.reglement, where.get("quand", {}), self.day, open_periodes(self.reglement, self.day)):
            return False
        answers = [fits(self.reglement, where.get("qui", {}), self.facts, self.day, None)]
        if where.get("tranches"):
            answers.append(None if bracket is None else bracket in where["tranches"])
        answers += [no(self.holds(one, slot, held, variant, tariff, bracket)) for one in many(where.get("sauf"))]
        return every(answers)

    def bracket(self, grid: str) -> str | None:
        """S10.3, S10.4: the bracket of a measure as its grid reads it, or the word of a fact; None where not known."""
        if grid not in self.reglement.get("grille", {}):
            worded = isinstance(self.reglement.get("faits", {}).get(grid), list)
            word = self.facts.get(grid) if worded else ""
            return None if word is None else str(word)
        one = self.reglement["grille"][grid]
        value = self.facts.get(one["mesure"])
        if value is None:
            written = one.get("manquant", "")
            return written.split()[1] if written.startswith("tranche") else None
        reading = plain_words(one["lu"])
        number = Fraction(value)
        read = number if reading == "exact" else floor(number) if reading == "tronque" else half_up(number, 1)
        return next((str(code) for code, bound in one["tranches"].items() if meets(bound, read)), None)

    def shifted(self, item: Item, bracket: str | None, modifier: Plain) -> str | None:
        """S10.5: on the lookup: another bracket is read, or one so many below or above, within the grid."""
        codes: list[str] = list(self.reglement["grille"][item.tariff["selon"]]["tranches"])
        if modifier["tranche"] in codes:
            return str(modifier["tranche"])
        if bracket is None:
            return None
        at = codes.index(bracket) + int(modifier["tranche"])
        return codes[min(max(at, 0), len(codes) - 1)]

    def _looked_up(self, item: Item, price: Any, bracket: str | None) -> Fraction:
        """S10.3: flat, by bracket, or an effort rate with its floor and ceiling."""
        if isinstance(price, dict) and "taux" not in price:
            if bracket is None:
                raise UnknownPriceError(item.code)
            price = price.get(bracket, price.get("autres", "non publié"))
        if not isinstance(price, dict):
            return cents_of(price)
        value = self.facts.get(price.get("de") or item.tariff["selon"])
        if value is None:
            raise UnknownPriceError(item.code)
        cents = cents_of(price.get("base", 0)) + cents_of(price["taux"]) * Fraction(value)
        cents = max(cents, cents_of(price.get("plancher", 0)))
        return min(cents, cents_of(price["plafond"])) if "plafond" in price else cents


def changed(cents: Fraction, modifier: Plain) -> Fraction:
    """S10.5, S10.1: one modifier on an amount; floor 0 after a subtraction."""
    if "plus" in modifier:
        return cents + cents_of(modifier["plus"])
    if "moins" in modifier:
        return max(Fraction(0), cents - cents_of(modifier["moins"]))
    if "fois" in modifier:
        return cents * Fraction(str(modifier["fois"]))
    if "plafond" in modifier:
        return min(cents, cents_of(modifier["plafond"]))
    return max(cents, cents_of(modifier["plancher"]))


__all__ = ["Pricing", "UnknownPriceError", "changed", "half_up"]
