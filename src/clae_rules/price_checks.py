"""What can be wrong with the prices of a règlement whatever the date and the child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from .bounds import Bound, Interval
from .errors import Fault, Path, meant
from .facts import FactKind, FactKindRead, Value
from .grids import Grid
from .modifiers import Modifier, PriceOrder, Reach
from .prices import Price, Table, check_price, efforts
from .selectors import Places, When, Where
from .slots import Slot
from .tariffs import Formule, Per, Tariff


def covered(where: Where, places: Places, everything: frozenset[str]) -> frozenset[str]:
    """
    The slots that a selector can hold: those it names, or all, less those that an exception takes away.

    Args:
        everything: Codes of all slots.
    """
    found = places.expand(where.slots) if where.slots else everything
    for one in where.unless:
        if one.slots and one == type(one)(slots=one.slots):
            found -= places.expand(one.slots)
    return found


def _number(code: str, facts: Mapping[str, FactKindRead], path: Path) -> Iterator[Fault]:
    if code in facts and facts[code].kind not in {FactKind.NUMBER, FactKind.COUNT}:
        fr = f"« {code} » n'est pas un nombre ; déclarez-le « nombre » dans [faits]"
        yield Fault(path, fr, f"« {code} » is no number; declare it « nombre » in [faits]")


def rows_of(grids: Mapping[str, Grid], facts: Mapping[str, FactKindRead]) -> dict[str, tuple[str, ...]]:
    """The rows that a price may have: the brackets of each grid, and the words of each fact that has some."""
    return {code: one.words for code, one in facts.items() if one.words} | {
        code: one.codes() for code, one in grids.items()
    }


def _rates(price: Price | None, facts: Mapping[str, FactKindRead], path: Path) -> Iterator[Fault]:
    """Rates of what is no number."""
    for code in dict.fromkeys(one.measure for one in efforts(price) if one.measure):
        yield from _number(code, facts, path)
        if code not in facts:
            fr, en = meant(code, facts)
            yield Fault(path, f"faits inconnu : « {code} » ; {fr}", f"unknown fact: « {code} »; {en}")


def tariff_faults(
    tariffs: Iterable[Tariff],
    grids: Mapping[str, Grid],
    formules: Mapping[str, Formule],
    slots: Mapping[str, Slot],
    facts: Mapping[str, FactKindRead],
    reached: Mapping[str, frozenset[str]],
) -> Iterator[Fault]:
    """
    What is wrong with grids and tariffs: no number to measure, a table that does not fit, no hours.

    Args:
        reached: The slots that each tariff can hold, by its code.
    """
    for grid in grids.values():
        yield from _number(grid.measure, facts, ("grille", grid.code, "mesure"))
    rows = rows_of(grids, facts)
    for tariff in tariffs:
        if not isinstance(tariff.price, Table) and tariff.by not in rows:
            yield from _number(tariff.by, facts, ("tarif", tariff.code, "selon"))
        yield from _rates(tariff.price, facts, ("tarif", tariff.code, "prix"))
        yield from tariff.check(rows, formules, reached[tariff.code])
        without = [code for code in slots if code in reached[tariff.code] and slots[code].hours is None]
        if tariff.minutes and without:
            names = ", ".join(without)
            fr = f"un prix au temps demande un horaire : {names} n'en a pas"
            yield Fault(("tarif", tariff.code, "par"), fr, f"a price by time needs hours: {names} has none")


class ModifierCheck:
    """
    What is wrong with one modifier against the tariffs that it can reach.

    Args:
        slots: The slots that it can hold.
        reached: The slots that each tariff can hold, by its code.
    """

    def __init__(
        self,
        modifier: Modifier,
        slots: frozenset[str],
        tariffs: Iterable[Tariff],
        grids: Mapping[str, Grid],
        formules: Mapping[str, Formule],
        facts: Mapping[str, FactKindRead],
        reached: Mapping[str, frozenset[str]],
    ) -> None:
        self.modifier, self.slots, self.grids, self.formules = modifier, slots, grids, formules
        self.facts, self.rows = facts, rows_of(grids, facts)
        self.path: Path = ("modification", modifier.code)
        self.reached = reached
        known = tuple(tariffs)
        self.tariffs = [one for one in known if modifier.names(one) and slots & reached[one.code]]
        self.idle = bool(known) and not self.tariffs

    def faults(self) -> Iterator[Fault]:
        """Every fault once."""
        facts = self.facts
        if self.idle:
            fr = "ne change le prix d'aucun tarif ; corrigez creneaux ou tarifs"
            yield Fault(self.path, fr, "changes the price of no tariff; mend creneaux or tarifs")
            return
        yield from dict.fromkeys(
            fault
            for some in (
                self._brackets(self.modifier, self.path),
                self._price(),
                self._shift(),
                self._partial(),
            )
            for fault in some
        )
        yield from _rates(self.modifier.price, facts, (*self.path, "prix"))
        for fact, value in self.modifier.alike or ():
            why = facts[fact].accepts(_bound(value)) if fact in facts else ""
            if why:
                yield Fault((*self.path, "comme", fact), why, f"this fact cannot have that value ({why})")

    def _rowed(self) -> Iterator[tuple[Tariff, tuple[str, ...]]]:
        """The tariffs that are read by brackets of a grid, or words of a fact, with these."""
        for tariff in self.tariffs:
            if tariff.by in self.rows:
                yield tariff, self.rows[tariff.by]

    def _brackets(self, reach: Reach, path: Path) -> Iterator[Fault]:
        known = [code for _, codes in self._rowed() for code in codes]
        for code in reach.brackets:
            if code not in known:
                fr, en = meant(code, known)
                fr = f"tranche inconnue des tarifs concernés : « {code} » ; {fr}"
                yield Fault((*path, "tranches"), fr, f"unknown bracket of these tariffs: « {code} »; {en}")
        for one in reach.unless:
            yield from self._brackets(one, (*path, "sauf"))

    def _price(self) -> Iterator[Fault]:
        price = self.modifier.price
        if price is not None:
            for tariff in self.tariffs:
                yield from check_price(price, tariff.by, self.rows.get(tariff.by), (*self.path, "prix"))

    def _shift(self) -> Iterator[Fault]:
        shift, path = self.modifier.shift, (*self.path, "tranche")
        if shift is None:
            return
        step = shift if isinstance(shift, int) else 0
        rowed = tuple(self._rowed())
        if not rowed:
            fr = "aucun des tarifs concernés ne se lit par tranche ; donnez-leur « selon », ou changez de verbe"
            en = "none of these tariffs is read by brackets; give them « selon », or use another verb"
            yield Fault(path, fr, en)
        for tariff, codes in rowed:
            if step and tariff.by not in self.grids:
                fr = f"« {tariff.code} » se lit par mot de « {tariff.by} », sans ordre ; écrivez l'un d'eux : "
                en = f"« {tariff.code} » is read by the words of « {tariff.by} », without order; write one: "
                yield Fault(path, fr + ", ".join(codes), en + ", ".join(codes))
                continue
            if isinstance(shift, str) and shift not in codes:
                fr, en = meant(shift, codes)
                fr = f"« {tariff.code} » n'a pas de tranche « {shift} » ; {fr}, ou nommez d'autres « tarifs »"
                en = f"« {tariff.code} » has no bracket « {shift} »; {en}, or name other « tarifs »"
                yield Fault(path, fr, en)
            for i, code in enumerate(codes):
                if not 0 <= i + step < len(codes) and self._meets(code):
                    way = f'sauf.tranches = "{code}"'
                    fr = f"« {step:+d} » sort de la grille depuis « {code} » ; ajoutez {way}"
                    yield Fault(path, fr, f"« {step:+d} » leaves the grid from « {code} »; add {way}")

    def _meets(self, bracket: str) -> bool:
        spared = any(bracket in one.brackets and one == Reach(brackets=one.brackets) for one in self.modifier.unless)
        return not spared and (not self.modifier.brackets or bracket in self.modifier.brackets)

    def _partial(self) -> Iterator[Fault]:
        for tariff in self.tariffs:
            for chosen in self._sold_together(tariff):
                inside = chosen & self.slots
                if inside and inside != chosen:
                    some = " + ".join(sorted(inside))
                    fr = f"ne porte que sur {some} dans ce que « {tariff.code} » vend ensemble ; nommez tout ou rien"
                    en = f"concerns only {some} of what « {tariff.code} » sells together; name all or nothing"
                    yield Fault(self.path, fr, en)

    def _sold_together(self, tariff: Tariff) -> Iterator[frozenset[str]]:
        if tariff.by_formule:
            for code, _ in tariff.formules_sold():
                yield from self.formules[code].ensembles if code in self.formules else ()
        elif tariff.per is not Per.SLOT:
            yield self.reached[tariff.code]


def _bound(value: Value) -> Bound:
    if isinstance(value, str):
        return frozenset((value,))
    return frozenset((value,)) if isinstance(value, bool) else Interval(value, value)


def order_faults(
    modifiers: Iterable[Modifier], order: PriceOrder, scopes: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    """
    What is wrong with the order: a lookup after an amount, or two that can meet without an order.

    Args:
        scopes: The slots that each modifier can hold, by its code.
    """
    known = {one.code: one for one in modifiers}
    path: Path = ("prix", "ordre")
    amounts = ""
    for code in order.order:
        if code in known and known[code].is_lookup and amounts:
            fr = f"« {code} » change ce qu'on lit ; placez-le avant « {amounts} »"
            yield Fault(path, fr, f"« {code} » acts on the lookup; place it before « {amounts} »")
        elif code in known and not known[code].is_lookup:
            amounts = code
    stages = (
        [one for one in known.values() if not (one.is_lookup or one.is_total)],
        [one for one in known.values() if one.is_total],
        [one for one in known.values() if one.shift is not None],
    )
    for one, two in (pair for stage in stages for pair in combinations(stage, 2)):
        said = one.code in order.order and two.code in order.order
        if not said and scopes[one.code] & scopes[two.code] and may_meet(one, two):
            fr = f"« {one.code} » et « {two.code} » peuvent changer le même prix ; dites lequel d'abord"
            en = f"« {one.code} » and « {two.code} » can change the same price; say which comes first"
            yield Fault(path, fr, en)


def may_meet(one: Reach, two: Reach) -> bool:
    """Whether two selectors can hold for the same item; they may never do so even where this is true."""
    lists = (
        (one.variants, two.variants),
        (one.tariffs, two.tariffs),
        (one.brackets, two.brackets),
    )
    if any(_apart(a, b) for a, b in lists) or not _same_day(one.when, two.when):
        return False
    bounds = dict(one.who)
    return not any(fact in bounds and _disjoint(bounds[fact], bound) for fact, bound in two.who)


def _apart(one: Iterable[object], two: Iterable[object]) -> bool:
    """Whether two choices exclude each other; an empty one restricts nothing."""
    a, b = frozenset(one), frozenset(two)
    return bool(a and b and not a & b)


def _same_day(one: When, two: When) -> bool:
    lists = (
        (one.weekdays, two.weekdays),
        (one.kinds, two.kinds),
        (one.months, two.months),
        (one.holidays, two.holidays),
        (one.dates, two.dates),
    )
    spans = ((one.first_day, two.last_day), (two.first_day, one.last_day))
    after = any(first is not None and last is not None and last < first for first, last in spans)
    return not after and not any(_apart(a, b) for a, b in lists)


def _disjoint(one: Bound, two: Bound) -> bool:
    if isinstance(one, Interval) and isinstance(two, Interval):
        return _below(one, two) or _below(two, one)
    if isinstance(one, Interval) or isinstance(two, Interval):
        return False
    return _apart(one, two)


def _below(one: Interval, two: Interval) -> bool:
    if one.high is None or two.low is None:
        return False
    return one.high < two.low or (one.high == two.low and (one.high_open or two.low_open))
