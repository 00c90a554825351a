"""S10.3, S10.5, S10.6: what a household is charged over its windows: counters, packages, ranks, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .s1_answers import Answer, Plain, every, plain_words
from .s2_places import all_slots, expand, on, open_periodes, open_slots
from .s5_who import Facts, meets
from .s5_windows import Planning, Span, span_of
from .s10_prices import Held, Item, Pricing, UnknownPriceError, cents_of, changed, half_up

#: The charges that one price pays at a time, on one date.
DAILY = ("creneau", "jour", "heure", "demi-heure", "quart d'heure")
Spot = tuple[str, date, str]


@dataclass(frozen=True)
class Charge:
    """
    An amount of one price, or the line of a total; no amount where it is not known.

    Args:
        tariff: The tariff, or the modifier of a total.
        children: Whose it is.
        days: The dates that it pays for.
        span: The whole window that it is of.
        slots: The slots that it pays for.
        parts: Of the line of a total, the charges that it holds, by their place.
    """

    tariff: str
    children: frozenset[str]
    days: tuple[date, ...]
    span: Span
    slots: frozenset[str]
    cents: int | None
    household: bool = False
    parts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Account:
    """
    A household before the prices of a règlement.

    Args:
        facts: What is known of a child on a date.
    """

    reglement: Plain
    facts: Callable[[str, date], Facts]
    planning: Planning

    def total(self) -> int | None:
        """S10.6: the sum of every charge; None where one is not known."""
        found = [one.cents for one in self.charges()]
        known = [one for one in found if one is not None]
        return sum(known) if len(known) == len(found) else None

    def charges(self) -> list[Charge]:
        """S10.5, S10.6: what each price pays, then the lines of totals in their declared order."""
        found = [*self._families(), *self._supplements()]
        totals = {
            code: one
            for code, one in self.reglement.get("modification", {}).items()
            if one.get("par") and "unites" not in one
        }
        order = self.reglement.get("prix", {}).get("ordre", [])
        for code in sorted(totals, key=lambda one: order.index(one) if one in order else 0):
            found += list(self._total(code, totals[code], found))
        return found

    def held(self) -> Iterator[tuple[str, date]]:
        """The dates on which something is held, in order."""
        yield from sorted((one for one, slots in self.planning.items() if slots), key=lambda one: (one[1], one[0]))

    def span(self, par: str, day: date) -> Span:
        """S10.6: the window of a price: whole civil weeks and months, the période, a year or a published part."""
        said = plain_words(par).removesuffix(" du foyer")
        if said == "periode":
            (code,) = open_periodes(self.reglement, day)[:1]
            one = self.reglement["periode"][code]
            return date.fromisoformat(one["du"]), date.fromisoformat(one["au"])
        found = span_of(self.reglement, par, day, (date.min, date.max))
        if found is None:
            raise UnknownPriceError(par)
        return found

    def pricing(self, child: str, day: date) -> Scoped:
        """The prices of one date of one child, who knows what the household holds."""
        counters = self.reglement.get("compte", {})
        known = {**self.facts(child, day), **{code: self.counter(code, child, day) for code in counters}}
        plain = {**self.reglement, "faits": {**self.reglement.get("faits", {}), **dict.fromkeys(counters, "nombre")}}
        return Scoped(plain, day, known, {}, (self,), child)

    def counter(self, code: str, child: str, day: date) -> int:
        """S10.3: slots, days of a child, dates or children over a window; a rank counts up to the date."""
        one = self.reglement["compte"][code]
        first, last = self.span(one["par"], day)
        if one.get("rang"):
            last = day
        whole = plain_words(one["par"]).endswith(" du foyer")
        found: set[Spot] = set()
        for who, other in self.held():
            if first <= other <= last and (whole or who == child):
                held = self.planning[who, other]
                named = expand(self.reglement, one.get("creneaux") or list(held))
                if on(self.reglement, one.get("quand", {}), other, open_periodes(self.reglement, other)):
                    variants = one.get("variante") or ["normal", "hors-delai"]
                    found |= {(who, other, slot) for slot in named if held.get(slot) in variants}
        unit = plain_words(one["compte"])
        if unit == "jours":
            return len({(who, other) for who, other, _ in found})
        if unit == "dates":
            return len({other for _, other, _ in found})
        return len({who for who, _, _ in found}) if unit == "enfants" else len(found)

    def _families(self) -> Iterator[Charge]:
        """S10.2: each family prices the exact subset held of it, on a date or over its window."""
        wide: dict[tuple[str, frozenset[str], Span], list[Spot]] = {}
        for child, day in self.held():
            pricing, found = self.pricing(child, day), dict[str, list[str]]()
            for slot in all_slots(self.reglement):
                if slot in self.planning[child, day]:
                    try:
                        found.setdefault(pricing.family(slot), []).append(slot)
                    except UnknownPriceError:
                        yield Charge("", frozenset({child}), (day,), (day, day), frozenset({slot}), None)
            for code, slots in found.items():
                if self.daily(code):
                    yield from self._day(code, child, day, slots)
                else:
                    self._gather(wide, code, child, day, slots)
        yield from (self._wide(code, spots, span) for (code, _, span), spots in wide.items())

    def daily(self, code: str) -> bool:
        """S10.6: whether a tariff is of one date of one child."""
        return plain_words(self.reglement["tarif"][code]["par"]) in DAILY

    def _gather(self, wide: dict[Any, list[Spot]], code: str, child: str, day: date, slots: Iterable[str]) -> None:
        par = self.reglement["tarif"][code]["par"]
        whole = plain_words(par).endswith(" du foyer")
        key = (code, frozenset() if whole else frozenset({child}), self.span(par, day))
        wide.setdefault(key, []).extend((child, day, slot) for slot in slots)

    def _supplements(self) -> Iterator[Charge]:
        """S10.5: a supplement comes on top of the families, wherever its selector holds."""
        wide: dict[tuple[str, frozenset[str], Span], list[Spot]] = {}
        for child, day in self.held():
            held, pricing = self.planning[child, day], self.pricing(child, day)
            for code, tariff in self.reglement.get("tarif", {}).items():
                if tariff.get("en_plus"):
                    answers = {slot: pricing.holds(tariff, slot, held, held[slot], code, "") for slot in held}
                    unsure = frozenset(slot for slot, answer in answers.items() if answer is None)
                    if unsure:
                        yield Charge(code, frozenset({child}), (day,), (day, day), unsure, None)
                    slots = [slot for slot in all_slots(self.reglement) if answers.get(slot)]
                    if slots and self.daily(code):
                        yield from self._day(code, child, day, slots)
                    elif slots:
                        self._gather(wide, code, child, day, slots)
        yield from (self._wide(code, spots, span) for (code, _, span), spots in wide.items())

    def _day(self, code: str, child: str, day: date, slots: list[str]) -> Iterator[Charge]:
        """S10.6: a charge for each slot, or one for the date."""
        by_slot = plain_words(self.reglement["tarif"][code]["par"]) == "creneau"
        for sold in [(slot,) for slot in slots] if by_slot else [tuple(slots)]:
            try:
                cents: int | None = self.pricing(child, day).price(code, sold)
            except UnknownPriceError:
                cents = None
            yield Charge(code, frozenset({child}), (day,), (day, day), frozenset(sold), cents)

    def _wide(self, code: str, spots: list[Spot], span: Span) -> Charge:
        """S10.6: one charge a window; the same whichever held date gives it, or « lu_le » says which."""
        tariff = self.reglement["tarif"][code]
        dates = sorted({(day, who) for who, day, _ in spots})
        read = plain_words(tariff.get("lu_le", ""))
        days = {"premier jour": dates[:1], "dernier jour": dates[-1:]}.get(read)
        asked = dates if days is None else [one for one in dates if one[0] == days[0][0]]
        union = tuple(one for one in all_slots(self.reglement) if one in {slot for _, _, slot in spots})
        variants = {self.planning[who, day][slot] for who, day, slot in spots}
        if len(variants) > 1 and tariff.get("formule_hors_delai"):
            late = plain_words(tariff["formule_hors_delai"]).startswith("si un")
            variants = {"hors-delai" if late else "normal"}
        try:
            prices = {
                self.pricing(who, day).over(
                    code, tuple(slot for slot in union if (who, day, slot) in spots), union, variant
                )
                for day, who in asked
                for variant in variants
            }
        except UnknownPriceError:
            prices = set()
        cents = (
            half_up(prices.pop() * self._share(tariff, spots, span), self.step(tariff)) if len(prices) == 1 else None
        )
        paid = tuple(sorted({day for _, day, _ in spots}))
        whole = plain_words(tariff["par"]).endswith(" du foyer")
        return Charge(code, frozenset(who for who, _, _ in spots), paid, span, frozenset(union), cents, whole)

    def step(self, tariff: Plain) -> int:
        """S10.1: the step to which a price is rounded."""
        return int(cents_of(tariff.get("arrondi", "0.01")))

    def _share(self, tariff: Plain, spots: list[Spot], span: Span) -> Fraction:
        """S10.3: a package prorated by open days: those booked, or those left from the first date held."""
        said = plain_words(tariff.get("prorata", ""))
        if not said:
            return Fraction(1)
        named = set(expand(self.reglement, tariff.get("creneaux") or all_slots(self.reglement)))
        days = [span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days + 1)]
        bounds = self.reglement["jours"]["du"], self.reglement["jours"]["au"]
        opened = [
            day
            for day in days
            if bounds[0] <= day.isoformat() <= bounds[1] and named & set(open_slots(self.reglement, day))
        ]
        first = min(day for _, day, _ in spots)
        paid = len({day for _, day, _ in spots}) if said == "jours reserves" else sum(day >= first for day in opened)
        return Fraction(paid, len(opened))

    def _total(self, code: str, modifier: Plain, before: list[Charge]) -> Iterator[Charge]:
        """S10.5: the total of a window, changed: a line of what it holds whole, the lines before it among that."""
        whole = plain_words(modifier["par"]).endswith(" du foyer")
        lots: dict[tuple[frozenset[str], Span], list[int]] = {}
        torn: set[int] = set()
        for at, one in enumerate(before):
            if not one.parts and self._covered(modifier, one):
                spans = {self.span(modifier["par"], day) for day in one.days}
                for span in spans:
                    lots.setdefault((frozenset() if whole or one.household else one.children, span), []).append(at)
                torn |= {at} if len(spans) > 1 else set()
        for (who, span), held in lots.items():
            parts = frozenset(held)
            lines = [one for one in before if one.parts & parts]
            charges = [*(before[at] for at in held), *lines]
            known = [one.cents for one in charges if one.cents is not None]
            fine = len(known) == len(charges) and not parts & torn and all(one.parts <= parts for one in lines)
            total = sum(known)
            line = half_up(changed(Fraction(total), modifier), 1) - total if fine else None
            days = tuple(sorted({day for at in held for day in before[at].days}))
            yield Charge(code, who, days, span, frozenset(), line, not who, parts)

    def _covered(self, modifier: Plain, one: Charge) -> bool:
        """S10.5: whether a total holds the charge of a price; of a supplement only where it names it."""
        if modifier.get("tarifs"):
            return one.tariff in modifier["tarifs"]
        return not self.reglement["tarif"].get(one.tariff, {}).get("en_plus")


def beyond_a_date(reglement: Plain) -> bool:
    """S10.6: whether the price of a date may depend on others: a window, a counter, a rank, a total."""
    tariffs, modifiers = reglement.get("tarif", {}).values(), reglement.get("modification", {}).values()
    wide = any(plain_words(one["par"]) not in DAILY for one in tariffs)
    return wide or bool(reglement.get("compte")) or any(one.get("par") for one in modifiers)


def pricing_of(reglement: Plain, day: date, facts: Facts) -> Pricing:
    """S10.2, S10.5, S10.6: the prices of a date: of its families alone, or with supplements and windows."""
    more = beyond_a_date(reglement) or any(one.get("en_plus") for one in reglement.get("tarif", {}).values())
    return (DayAlone if more else Pricing)(reglement, day, facts)


@dataclass(frozen=True)
class DayAlone(Pricing):
    """S10.6: asked about one date without a planning, prices look at that date alone."""

    def doubtful(self, before: Held, after: Held) -> set[str]:
        """S10.6: the price of a change is a difference: what is not known on one side only, whatever it names."""
        added = set(after) - set(before)
        if not beyond_a_date(self.reglement):
            return added & set().union(*self._unsettled(after))
        one, other = self._unsettled(before), self._unsettled(after)
        unknown = [slots for slots in (*one, *other) if one.count(slots) != other.count(slots)]
        return (added & set().union(*unknown) or added) if unknown else set()

    def _unsettled(self, held: Held) -> list[frozenset[str]]:
        """The slots of each charge that is not known."""
        account = Account(self.reglement, lambda _child, _day: self.facts, {("", self.day): dict(held)})
        return [one.slots for one in account.charges() if one.cents is None]


@dataclass(frozen=True)
class Scoped(Pricing):
    """The prices of one date of one child, in its household."""

    houses: tuple[Account, ...] = ()
    child: str = ""

    @property
    def account(self) -> Account:
        """The household."""
        return self.houses[0]

    def family(self, slot: str) -> str:
        """S10.2: the tariff of a slot, supplements apart."""
        tariffs = {code: one for code, one in self.reglement["tarif"].items() if not one.get("en_plus")}
        held = self.account.planning[self.child, self.day]
        return replace(self, reglement={**self.reglement, "tarif": tariffs})._tariff(slot, held)

    def price(self, code: str, slots: tuple[str, ...]) -> int:
        """S10.1: the price of some slots of the date under a tariff."""
        item = self._sold(code, slots)
        return self.modified(item)._item(item, self.account.planning[self.child, self.day])

    def over(self, code: str, slots: tuple[str, ...], union: tuple[str, ...], variant: str) -> Fraction:
        """S10.6: the exact price that a date gives to a window, its row that of all that is held in the window."""
        sold = self._sold(code, union)
        item = Item(slots, sold.tariff, code, sold.price)
        return self.modified(item)._exact(item, self.account.planning[self.child, self.day], variant)

    def modified(self, item: Item) -> Scoped:
        """S10.5: the same prices with the modifiers that may reach an item."""
        found = {name: one for name, one in self.reglement.get("modification", {}).items() if self._reaches(one, item)}
        return replace(self, reglement={**self.reglement, "modification": found}, seen={})

    def _reaches(self, modifier: Plain, item: Item) -> bool:
        """S10.5: modifiers of a price; of some ranks where they say so, of a supplement where they name it."""
        if item.tariff.get("en_plus") and item.code not in modifier.get("tarifs", []):
            return False
        if not modifier.get("par"):
            return True
        if "unites" not in modifier:
            return False
        return meets(modifier["unites"], self._rank(modifier, item)) is True

    def _rank(self, modifier: Plain, item: Item) -> int:
        """S10.5: the rank of a unit among those of the child that the selector holds, by date then display order."""
        first, last = self.account.span(modifier["par"], self.day)
        rank = 0
        for who, day in self.account.held():
            if who == self.child and first <= day <= last and day <= self.day:
                for slots in self._units(modifier, item, day):
                    rank += 1
                    if day == self.day and slots == item.slots:
                        return rank
        return 0

    def _units(self, modifier: Plain, item: Item, day: date) -> Iterator[tuple[str, ...]]:
        """S10.5: what prices pay for on a date and the selector holds: a slot, a day."""
        held = self.account.planning[self.child, day]
        pricing = self.account.pricing(self.child, day)
        units: list[tuple[str, tuple[str, ...]]] = []
        for code in modifier.get("tarifs") or self.reglement["tarif"]:
            tariff, every_slot = (
                self.reglement["tarif"][code],
                [one for one in all_slots(self.reglement) if one in held],
            )
            if tariff.get("en_plus"):
                slots = [one for one in every_slot if pricing.holds(tariff, one, held, held[one], code, "")]
            else:
                slots = [one for one in every_slot if pricing.family(one) == code]
            by_slot = plain_words(tariff["par"]) == "creneau"
            units += [(code, (slot,)) for slot in slots] if by_slot else [(code, tuple(slots))] if slots else []
        order = all_slots(self.reglement)
        for code, sold in sorted(units, key=lambda one: order.index(one[1][0])):
            answers: list[Answer] = [pricing.holds(modifier, slot, held, held[slot], code, "") for slot in sold]
            if every(answers):
                yield sold
