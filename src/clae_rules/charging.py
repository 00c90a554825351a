"""The charges of the dates of a household, in four steps: what is sold, in which rank, at what price, to what total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from .books import Books, Place, Scope
from .charges import Charge, Provisional, Step
from .days import clipped
from .lots import Group, Lot, Take, Unknown, Written
from .modifiers import ReadAt
from .money import round_cents
from .price_rules import Act
from .pricing import Sale, Share, charge_of, item_of
from .slots import Selection
from .stretches import open_days, stretches
from .tariffs import Prorata, ReadOn
from .tills import Settled, met
from .unit_prices import Item, Scene, UnknownPriceError, changed
from .variants import Variant
from .windows import Stretch, Window


class Charging:
    """
    The charges of some dates, which hold every date that bears on them (see `books.reach`).

    Args:
        books: The planning.
        scope: The dates; those on which nothing is held are passed over, and so is what only dates outside
            `priced` sell, each for itself.
    """

    def __init__(self, books: Books, scope: Scope) -> None:
        self.books, self.engine, self.rules = books, books.engine, books.rules
        self.written: list[Written] = []
        self.unknown: list[Unknown] = []
        #: The stretches in which something sold could be known to neither count nor not, by modifier.
        self._blind: set[Group] = set()
        self._counted: dict[Group, int] = defaultdict(int)
        self._bases: dict[Group, list[int]] = defaultdict(list)
        self._priced = scope.priced
        held = [place for place in scope.all if place[1] in books.ever.get(place[0], ())]
        lots = self._lots(sorted(held, key=lambda one: (one[1], one[0])))
        settled = [lot for lot in lots if self._settle(lot)]
        for lot in sorted(settled, key=self._order):
            self._write(lot)
        self._total()

    def _order(self, lot: Lot) -> tuple[date, int, str]:
        return (lot.takes[0].place[1], min(self.rules.rank.get(slot, 0) for slot in lot.slots), lot.child)

    # What is sold.

    def _lots(self, places: Iterable[Place]) -> list[Lot]:
        lots: dict[tuple[str, str, Stretch | None, str, date | None], Lot] = {}
        for place in places:
            for settled, take, variants in self._sold(place):
                sale = settled.sale
                window = sale.family.tariff.window
                if window is None:
                    if place not in self._priced and not sale.family.watched:
                        continue
                    lot = Lot(place[0], None, sale.family, sale.code, [take], settled=settled)
                    lots[place[0], sale.family.tariff.code, None, sale.code, place[1]] = lot
                    continue
                child = "" if window.household else place[0]
                for slot in take.slots:
                    stretch = self._stretch(window, slot, place[1])
                    if stretch is None:
                        self._fail(
                            place[0], (place[1],), UnknownPriceError("hors-fenetre", (sale.code,)), slot, (slot,)
                        )
                        continue
                    key = (child, sale.family.tariff.code, stretch, "", None)
                    lot = lots.setdefault(key, Lot(child, stretch, sale.family, sale.code))
                    lot.add(take._replace(slots=(slot,)), sale.seen, variants)
        return list(lots.values())

    def _sold(self, place: Place) -> Iterator[tuple[Settled, Take, dict[str, Variant]]]:
        """What a date sells: at prices that stay due once they are, what was given back since too."""
        for ever in (False, True) if self.rules.acquired else (False,):
            for one in self._sales(place, ever=ever):
                if one[0].sale.family.tariff.acquired is ever:
                    yield one

    def _sales(self, place: Place, *, ever: bool) -> Iterator[tuple[Settled, Take, dict[str, Variant]]]:
        """What a date sells, each slot as it is read on the day that the règlement names (S10.7)."""
        selection = self.books.paid(place, ever=ever)
        if not selection or (ever and self.rules.acquired.isdisjoint(selection.slots)):
            return
        if not self.engine.knows(place[1]):
            held = tuple(one.slot for one in selection)
            self._fail(place[0], (place[1],), UnknownPriceError("hors-fenetre", ("calendrier",)), held[0], held)
            return
        for read, slots in self._read(place, selection):
            till = self.books.till(place, read, ever=ever)
            told = self.books.selection(place).slots if ever else frozenset()
            for one in till.unpriced:
                if slots.issuperset(one.slots) and told.isdisjoint(one.slots):
                    self._lost(Unknown(place[0], (place[1],), one))
            for settled in till.sales:
                sale = settled.sale
                mine = tuple(slot for slot in sale.seen if slot in slots)
                if len(mine) == len(sale.seen):
                    yield settled, Take(place, mine, read, till.scene), till.variants
                elif mine and sale.family.tariff.window is None:
                    self._fail(
                        place[0], (place[1],), UnknownPriceError("lu-a-deux-dates", (sale.code,)), sale.code, mine
                    )
                elif mine:
                    yield settled, Take(place, mine, read, till.scene), till.variants

    def _read(self, place: Place, selection: Selection) -> Iterator[tuple[date | None, frozenset[str]]]:
        """The days on which the slots of a date are read: None for the date itself."""
        at = self.rules.order.read_at
        if at is ReadAt.SERVICE:
            yield None, selection.slots
        elif at is ReadAt.INVOICE:
            yield self.books.today, selection.slots
        else:
            found: dict[date, set[str]] = defaultdict(set)
            for one in selection:
                if one.booked is None:
                    unknown = UnknownPriceError("reservation-inconnue", (one.slot,))
                    self._fail(place[0], (place[1],), unknown, one.slot, (one.slot,))
                else:
                    found[one.booked.astimezone(self.engine.tz).date()].add(one.slot)
            for day, slots in sorted(found.items()):
                yield day, frozenset(slots)

    # In which rank.

    def _settle(self, lot: Lot) -> bool:
        """Find what a lot is sold as and which modifiers count it; False where that is not known."""
        try:
            if lot.settled is not None:
                lot.item, lot.ranked, lot.totals = lot.settled.item()
            else:
                lot.item = self._item(lot)
                lot.ranked, lot.totals = self._met(lot, lot.item)
        except UnknownPriceError as unknown:
            self._fail(lot.child, lot.days, unknown, lot.code, lot.slots)
            return False
        return True

    def _met(self, lot: Lot, item: Item) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
        """The modifiers of units and of totals that hold for what is held in a stretch: the same on all its dates."""
        found = {met(scene, item, frozenset(lot.variants)) for scene in self._scenes(lot)}
        if len(found) > 1:
            acts = {act.modifier.code for each in found for some in each for act in some}
            raise UnknownPriceError("portee-partielle", sorted(acts), lot.family.origin)
        return found.pop()

    def _item(self, lot: Lot) -> Item:
        """What is sold over a stretch."""
        if self.books.untold and self.books.untold & self.rules.covers(lot.family.tariff):
            raise UnknownPriceError("planning-partiel", (lot.family.tariff.code,), lot.family.origin)
        if any(len(found) > 1 for found in lot.seen.values()):
            raise UnknownPriceError("portee-partielle", (act.modifier.code for act in self.rules.alike))
        rank, last = self.rules.rank, len(self.rules.rank)
        order = sorted(lot.seen, key=lambda slot: rank.get(slot, last))
        return item_of(self.rules, Sale(lot.family, lot.code, {slot: next(iter(lot.seen[slot])) for slot in order}))

    def _scenes(self, lot: Lot) -> list[Scene]:
        """Where the price of a lot is read: on its date, or on the dates of its stretch that its tariff names."""
        takes = lot.takes
        if lot.stretch is not None and lot.family.tariff.read_on is not None:
            days = lot.days
            day = days[0] if lot.family.tariff.read_on is ReadOn.FIRST else days[-1]
            takes = [one for one in takes if one.place[1] == day]
        if not lot.family.united:
            return list(dict.fromkeys(one.scene for one in takes))
        ever = lot.family.tariff.acquired
        held = frozenset[str]().union(*(self.books.selection(one.place, ever=ever).slots for one in lot.takes))
        return [self.books.scene(place, held, read) for place, read in dict.fromkeys((t.place, t.read) for t in takes)]

    def _ranks(self, lot: Lot) -> dict[str, int]:
        """Which unit of its stretch a lot is, for each modifier that counts it; a unit without a price is one too."""
        groups = {act.modifier.code: self._group(act, lot) for act in lot.ranked}
        for group in groups.values():
            self._counted[group] += 1
        for act in lot.ranked:
            if groups[act.modifier.code] in self._blind:
                raise UnknownPriceError("rang-indecis", (act.modifier.code,), act.origin)
        return {code: self._counted[group] for code, group in groups.items()}

    def _group(self, act: Act, lot: Lot) -> Group:
        """The stretch over which a modifier looks at a lot, which must lie in it whole."""
        window = act.modifier.per
        if self.rules.covers(act.modifier) & self.books.untold:
            raise UnknownPriceError("planning-partiel", (act.modifier.code,), act.origin)
        stretch = None if window is None else self._stretch(window, lot.slots[0], lot.days[0])
        if window is None or stretch is None:
            raise UnknownPriceError("hors-fenetre", (act.modifier.code,), act.origin)
        if act.modifier.is_total and not all(day in stretch for day in lot.days):
            raise UnknownPriceError("portee-partielle", (act.modifier.code,), act.origin)
        return (act.modifier.code, "" if window.household else lot.child, stretch)

    # At what price.

    def _write(self, lot: Lot) -> None:
        try:
            groups = [self._group(act, lot) for act in lot.totals]
            ranks = self._ranks(lot)
        except UnknownPriceError as unknown:
            self._fail(lot.child, lot.days, unknown, lot.code, lot.slots)
            return
        try:
            charge = self._charge(lot, ranks)
        except UnknownPriceError as unknown:
            self._lost(Unknown(lot.child, lot.days, unknown.unpriced(lot.code, lot.slots)), counted=True)
            return
        for group in groups:
            self._bases[group].append(len(self.written))
        self.written.append(Written(lot.child, lot.days, lot.stretch, charge, self._provisional(lot)))

    def _charge(self, lot: Lot, ranks: dict[str, int]) -> Charge:
        """The charge of a lot: the same wherever its price may be read, or not known."""
        if lot.settled is not None:
            return lot.settled.charge(ranks)
        item, share = lot.item or self._item(lot), self._share(lot)
        found = [charge_of(self.rules, scene, item, lot.variants, ranks, share) for scene in self._scenes(lot)]
        if len({one.unit_cents for one in found}) > 1:
            raise UnknownPriceError("prix-changeant", (lot.family.tariff.code,), lot.family.origin)
        return found[0]

    def _share(self, lot: Lot) -> Share | None:
        """The part of its stretch that a lot pays for, where its tariff shares it out."""
        tariff, stretch = lot.family.tariff, lot.stretch
        if tariff.prorata is None or stretch is None:
            return None
        opened = open_days(self.engine, tariff, self.rules.covers(tariff), stretch)
        days = lot.days
        if tariff.prorata is Prorata.LEFT:
            days = tuple(day for day in opened if day >= days[0])
        return Share(min(len(days), len(opened)), len(opened)) if opened else None

    def _provisional(self, lot: Lot) -> tuple[Provisional, ...]:
        """Why what a lot costs may still change (S10.7)."""
        found = set()
        tariff, last = lot.family.tariff, lot.days[-1]
        codes = {code for code, slots in lot.family.counted if not slots.isdisjoint(lot.slots)}
        for counter, _, slots in self.rules.counting:
            if counter.code in codes:
                held = [one for day in lot.days for one in stretches(self.engine, counter.per, slots, day)]
                found |= {Provisional("compte", counter.code, one.last_day) for one in held}
        for act in lot.ranked:
            found.add(Provisional("rang", act.modifier.code, self._group(act, lot)[2].last_day))
        if lot.stretch is not None and (tariff.by_formule or tariff.prorata or tariff.read_on):
            found.add(Provisional("fenetre", tariff.code, lot.stretch.last_day))
        if self.rules.order.read_at is ReadAt.INVOICE:
            found.add(Provisional("facture", tariff.code, clipped(last.year, last.month, 31)))
        return tuple(sorted(one for one in found if one.until >= self.books.today))

    # To what total.

    def _total(self) -> None:
        """A line of its own for each total that a modifier changes, in their declared order."""
        lines: list[tuple[frozenset[int], int]] = []
        acts = {act.modifier.code: act for act in self.rules.acts if act.modifier.is_total}
        for code in sorted(acts, key=lambda one: acts[one].rank):
            for group in sorted(one for one in self._bases if one[0] == code):
                line = self._line(acts[code], group, lines)
                if line is not None:
                    lines.append(line)

    def _line(
        self, act: Act, group: Group, lines: list[tuple[frozenset[int], int]]
    ) -> tuple[frozenset[int], int] | None:
        """What a modifier changes in the total of one stretch: the charges concerned, and the cents."""
        _, child, stretch = group
        mine = frozenset(self._bases[group])
        bases = [self.written[index] for index in sorted(mine)]
        days = tuple(sorted({day for one in bases for day in one.days}))
        slots = tuple(slot for slot in self.rules.slots if any(slot in one.charge.slots for one in bases))
        before = sum(one.charge.amount_cents for one in bases)
        before += sum(cents for covered, cents in lines if covered <= mine)
        try:
            self._whole(act, group, any(covered & mine and not covered <= mine for covered, _ in lines))
            after, step = changed(Fraction(before), act)
        except UnknownPriceError as unknown:
            self.unknown.append(Unknown(child, days, unknown.unpriced(act.modifier.code, slots), before))
            return None
        cents = round_cents(after) - before
        if cents:
            steps = (Step("total", (("stretch", stretch.label), ("amount_cents", Fraction(before)))), step)
            late = Provisional("total", act.modifier.code, stretch.last_day)
            charge = Charge(
                "", act.modifier.code, act.modifier.label or act.modifier.code, slots, Variant.NORMAL, 1, cents, cents,
                steps, -cents if act.modifier.aid else 0,
            )  # fmt: skip
            self.written.append(
                Written(child, days, stretch, charge, (late,) if stretch.last_day >= self.books.today else ())
            )
        return mine, cents

    def _whole(self, act: Act, group: Group, torn: bool) -> None:
        """That the total of a stretch is known whole: no earlier line lies in it in part, and all in it has a price."""
        if torn:
            raise UnknownPriceError("portee-partielle", (act.modifier.code,), act.origin)
        if group in self._blind:
            raise UnknownPriceError("total-indecis", (group[2].label,), act.origin)

    # What is not known.

    def _stretch(self, window: Window, slot: str, day: date) -> Stretch | None:
        return next(iter(stretches(self.engine, window, (slot,), day)), None)

    def _fail(
        self, child: str, days: tuple[date, ...], unknown: UnknownPriceError, code: str, slots: tuple[str, ...]
    ) -> None:
        self._lost(Unknown(child, days, unknown.unpriced(code, slots)))

    def _lost(self, one: Unknown, *, counted: bool = False) -> None:
        """
        Tell what has no price; what counts units or totals in its stretch cannot tell them any more.

        Args:
            counted: It is a unit of known rank all the same: only totals are not known.
        """
        self.unknown.append(one)
        slots = frozenset(one.unpriced.slots)
        for act in self.rules.acts:
            window = act.modifier.per
            if (
                window is not None
                and (act.modifier.is_total or not counted)
                and slots & self.rules.covers(act.modifier)
            ):
                child = "" if window.household else one.child
                for day in one.days:
                    self._blind |= {
                        (act.modifier.code, child, found) for found in stretches(self.engine, window, slots, day)
                    }
