"""The priced récapitulatif of a demande: lines that add up to the cent, and what stays due (S11, S4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from .charges import Charge, Provisional, Unpriced, latest
from .costs import Entry, difference
from .desk import Desk
from .dues import Due
from .epochs import Standing, Status
from .errors import Lang
from .gates import Act
from .holdings import Planning
from .losses import Losses
from .money import euros
from .shapes import Unpublished
from .showing import Cell, Displayed, Section
from .slots import Selection
from .variants import Variant
from .verdicts import DayVerdict, Verdict
from .windows import Stretch


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line: one priced item, in one variant, at one unit price, on some dates.

    Args:
        item: Slot or formule code.
        label: Its short label.
        variant: Normal or late.
        dates: The dates, ascending.
        quantity: Units in all.
        unit_cents: Printed tarif, euro cents.
        amount_cents: quantity × unit_cents.
        derivation: Why it costs that, one sentence a step.
        kind: « reserve » for what is newly charged, « retire » for what is no longer charged, « du » for what stays due.
        stretch: The stretch that it pays for as one; None for a line of dates.
        child: The sibling whose price changes; empty for the child of the demande, or the household.
        provisional: Why the amount may still change (S10.7).
    """

    item: str
    label: str
    variant: Variant
    dates: tuple[date, ...]
    quantity: int
    unit_cents: int
    amount_cents: int
    derivation: Charge
    kind: str = "reserve"
    stretch: Stretch | None = None
    child: str = ""
    provisional: tuple[Provisional, ...] = ()

    def designation(self, *, with_year: bool) -> str:
        """« Périscolaire midi 2 (06/09) », « Garderie (septembre 2026) »; « hors-délai » where it is late."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        shown = ", ".join(f"{day:%d/%m/%Y}" if with_year else f"{day:%d/%m}" for day in self.dates)
        shown = shown if self.stretch is None else self.stretch.label
        shown = f"{shown} ; {self.child}" if self.child else shown
        what = {"reserve": "", "retire": "n'est plus facturé : ", "du": "reste dû : "}[self.kind]
        return f"{what}{self.label}{late} ({shown})"


@dataclass(frozen=True, slots=True)
class Unknown:
    """An item whose price is not known, with its date and why."""

    day: date
    unpriced: Unpriced


@dataclass(frozen=True, slots=True)
class Recapitulatif(Displayed):
    """
    What a demande costs: its lines under their établissement, mode and période, and the total.

    Args:
        title: « CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022 ».
        lines: Newly charged first, then no longer charged, then what stays due.
        unknown: Items without a price: then there is no total.
        with_year: Whether dates carry their year: the période spans twelve months or more.
    """

    title: str
    lines: tuple[Line, ...]
    unknown: tuple[Unknown, ...] = ()
    with_year: bool = False

    @property
    def total_cents(self) -> int | None:
        """The sum of the lines, euro cents; None where a price is not known."""
        return None if self.unknown else sum(line.amount_cents for line in self.lines)

    @property
    def provisional(self) -> tuple[Provisional, ...]:
        """Every reason why an amount may still change, each once (S10.7)."""
        return latest(why for line in self.lines for why in line.provisional)

    def heading(self, lang: Lang = "fr") -> str:
        """The établissement, the mode and the période."""
        del lang
        return self.title

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The table of the guide, each line with how its price came about; then what may still change."""
        heads = (
            ("Désignation", "Quantité", "Tarif", "Montant", "Calcul")
            if lang == "fr"
            else ("Item", "Quantity", "Price", "Amount", "Derivation")
        )
        rows: list[tuple[Cell, ...]] = [
            (
                line.designation(with_year=self.with_year), line.quantity, euros(line.unit_cents),
                euros(line.amount_cents), " ; ".join(step.sentence(lang) for step in line.derivation.derivation),
            )
            for line in self.lines
        ]  # fmt: skip
        unknown = ("prix inconnu", "price not known")[lang == "en"]
        rows += [
            (f"{one.unpriced.item} ({one.day:%d/%m})", "", "", unknown, one.unpriced.sentence(lang))
            for one in self.unknown
        ]
        total = self.total_cents
        rows.append(("Total", "", "", unknown if total is None else euros(total), ""))
        return (Section("", heads, tuple(rows), " ".join(why.sentence(lang) for why in self.provisional)),)

    def text(self, lang: Lang = "fr", *, derivation: bool = False) -> str:
        """
        The table of the guide: désignation, quantité, tarif, montant, total.

        Args:
            lang: Language of the headings and derivations; amounts and dates stay French.
            derivation: Whether each line is followed by how its price came about (S10.8).
        """
        heads = (
            ("Désignation", "Quantité", "Tarif", "Montant") if lang == "fr" else ("Item", "Quantity", "Price", "Amount")
        )
        rows = [heads]
        notes: dict[int, list[str]] = {}
        for line in self.lines:
            rows.append((
                line.designation(with_year=self.with_year), str(line.quantity), euros(line.unit_cents), euros(line.amount_cents),
            ))  # fmt: skip
            notes[len(rows) - 1] = [f"    {step.sentence(lang)}" for step in line.derivation.derivation]
        unknown = ("prix inconnu", "price not known")[lang == "en"]
        rows += [(f"{one.unpriced.item} ({one.day:%d/%m})", "", "", unknown) for one in self.unknown]
        total = self.total_cents
        rows.append(("Total", "", "", unknown if total is None else euros(total)))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        widths[0] = max(widths[0], min(len(self.title) + 2, 100) - sum(widths[1:]) - 6)
        out = []
        for i, row in enumerate(rows):
            cells = [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in (1, 2, 3))]
            out.append("  ".join(cells).rstrip())
            out += notes.get(i, []) if derivation else []
            if i == 0:
                out.append(f"- {self.title}")
        out += [why.sentence(lang) for why in self.provisional]
        return "\n".join(out)


def recapitulatif(first: Verdict, *then: Verdict) -> Recapitulatif:
    """
    What the granted dates of a demande cost (S10.6, S11): price after − price before, and the part that stays due.

    Dates that are refused cost nothing; an undecided demande is priced as asked, as far as prices are known.

    Args:
        first: The verdict.
        then: Others, each on the planning that the one before leaves: what they cost in all, so that what one takes
            away and another brings back is no line (an abonnement that changes is left, then taken).
    """
    periode, engine = first.periode, first.desk.engine
    items, unknown = _costs(first)
    for verdict in then:
        more, doubts = _costs(verdict)
        items, unknown = _together(items, more), _apart(unknown, doubts)
    grouped: dict[object, list[_Item]] = {}
    for one in items:
        grouped.setdefault(one.key, []).append(one)
    lines = [_line(found) for found in grouped.values()]
    order = list(engine.order)
    lines.sort(
        key=lambda one: (
            ("reserve", "retire", "du").index(one.kind),
            one.child,
            not one.derivation.tariff,
            _rank(one, order),
            one.variant.value,
            one.dates[0],
        )
    )
    mode = next(one for one in engine.reglement.modes if one.code == periode.mode)
    place = next(one for one in engine.reglement.etablissements if one.code == mode.etablissement)
    title = f"{place.label} / {mode.label} / {periode.label}"
    return Recapitulatif(title, tuple(lines), tuple(unknown), with_year=_a_year(periode.first_day, periode.last_day))


def _costs(verdict: Verdict) -> tuple[list[_Item], list[Unknown]]:
    """What the dates of one verdict cost."""
    undecided = verdict.status is Status.UNDECIDED
    days = tuple(day for day in verdict.days if day.status is not Status.REFUSED) if undecided else verdict.granted
    known = [day for day in days if day.known]
    windowed = bool(known) and verdict.desk.engine.prices.windowed
    return _over_windows(verdict, known) if windowed else _by_dates(known)


def _together(before: list[_Item], after: list[_Item]) -> list[_Item]:
    """The items of two verdicts, less what one charges and the other no longer does."""
    each = [alone for one in (*before, *after) for alone in one.each()]
    keys = {kind: Counter(one.entry.key for one in each if one.kind == kind) for kind in ("reserve", "retire")}
    both = keys["reserve"] & keys["retire"]
    left = {kind: both.copy() for kind in keys}
    kept = []
    for one in each:
        if one.kind in left and left[one.kind][one.entry.key]:
            left[one.kind][one.entry.key] -= 1
        else:
            kept.append(one)
    return kept


def _apart(before: list[Unknown], after: list[Unknown]) -> list[Unknown]:
    """What is not known of two verdicts, less what neither has at the beginning nor in the end."""
    many, more = Counter(before), Counter(after)
    return [*(many - more).elements(), *(more - many).elements()]


def _a_year(first: date, last: date) -> bool:
    """Whether two days, both included, span twelve months or more."""
    after = date.fromordinal(min(last.toordinal() + 1, date.max.toordinal()))
    return (after.year - 1, after.month, after.day) >= (first.year, first.month, first.day)


def _rank(line: Line, order: list[str]) -> int:
    return min((order.index(slot) for slot in line.derivation.slots if slot in order), default=len(order))


@dataclass(frozen=True, slots=True)
class _Item:
    """
    One charge of a récapitulatif: newly charged, no longer charged or left due, on some dates.

    Args:
        kind: « reserve », « retire » or « du ».
        entry: The charge, with all the dates that cost it.
        cents: What it amounts to, once.
        times: How many times it is charged.
        child: The sibling concerned, where it is one.
    """

    kind: str
    entry: Entry
    cents: int
    times: int = 1
    child: str = ""

    @property
    def unit_cents(self) -> int:
        return self.entry.charge.unit_cents if self.kind == "reserve" else self.cents

    def each(self) -> Iterator[_Item]:
        """One item a date, of one that several dates charge alike."""
        if self.times == 1:
            yield self
            return
        for day in self.entry.days:
            yield replace(self, entry=replace(self.entry, days=(day,)), times=1)

    @property
    def key(self) -> object:
        """What the items of one line have in common."""
        charge, stretch = self.entry.charge, self.entry.stretch
        return (self.kind, charge.tariff, charge.item, charge.variant, self.unit_cents, stretch, self.child)


def _line(found: list[_Item]) -> Line:
    first = found[0]
    charge = first.entry.charge
    reserved = first.kind == "reserve"
    quantity = sum(one.times * (one.entry.charge.quantity if reserved else 1) for one in found)
    dates = tuple(sorted({day for one in found for day in one.entry.days}))
    amount = sum(one.times * one.cents for one in found)
    why = latest(why for one in found for why in one.entry.provisional)
    return Line(
        charge.item, charge.label, charge.variant, dates, quantity, first.unit_cents, amount, charge, first.kind,
        first.entry.stretch, first.child, why,
    )  # fmt: skip


def _by_dates(days: Iterable[DayVerdict]) -> tuple[list[_Item], list[Unknown]]:
    """What dates cost whose prices do not depend on each other; dates alike are priced once."""
    unknown: list[Unknown] = []
    alike: dict[tuple[int, int, Selection], tuple[_Change, list[date]]] = {}
    for day in days:
        key = (id(day.epoch), id(day.outcome), day.held)
        found = alike.get(key)
        if found is None:
            found = alike[key] = (_change(day), [])
        found[1].append(day.day)
        unknown += [Unknown(day.day, one) for one in found[0].unpriced]
    items = [
        _Item(kind, Entry("", tuple(dates), None, charge), cents, len(dates))
        for change, dates in alike.values()
        for kind, charge, cents in change.items
    ]
    return items, unknown


def _over_windows(verdict: Verdict, days: Iterable[DayVerdict]) -> tuple[list[_Item], list[Unknown]]:
    """What dates cost with all that they bear on: their windows, and the other children of the household."""
    granted = {day.day: day for day in days}
    child, before = verdict.demande.child, verdict.planning
    after = before.changed({(child, one.day): one.held_after for one in granted.values()})
    desk = verdict.days[0].desk
    found = difference(desk, before, after, now=verdict.now)
    unknown = [Unknown(one.days[0], one.unpriced) for one in found.unsettled]
    mine = ("", child)
    items = [
        _Item("reserve", one, one.charge.amount_cents, 1, "" if one.child in mine else one.child) for one in found.fresh
    ]
    items += [
        _Item("retire", one, -one.charge.amount_cents, 1, "" if one.child in mine else one.child) for one in found.gone
    ]
    left, doubts = _left(desk, before, child, granted.values(), found.fresh, verdict.now)
    known = {one.unpriced for one in unknown}
    return [*items, *left], [*unknown, *(one for one in doubts if one.unpriced not in known)]


def _left(
    desk: Desk, planning: Planning, child: str, days: Iterable[DayVerdict], fresh: Iterable[Entry], now: datetime
) -> tuple[list[_Item], list[Unknown]]:
    """
    What stays due of what dates give back, one date after another, as a bill counts it; and what is not known (S10.6).

    Args:
        desk: The child.
        planning: What is held before.
        child: His code.
        days: The dates, with what they give back.
        fresh: What is newly charged once all is done.
        now: The instant.
    """
    items: list[_Item] = []
    unknown: list[Unknown] = []
    losses, planning = Losses(desk, now), planning.remembering(planning)
    for one in sorted((day for day in days if day.outcome.removed), key=lambda day: day.day):
        joining = _joining(one, [two for two in fresh if two.child in ("", child) and one.day in two.days])
        found, unsettled = losses.of_date(planning, child, one.day, _dues(one), joining)
        unknown += [Unknown(one.day, two.unpriced) for two in unsettled]
        for each in found:
            entry = each.part.entry or _named(one, child, each.part.slots)
            if each.cents is None or isinstance(each.cents, Unpublished):
                code = "du-indecis" if each.cents is None else "non-publie"
                unknown.append(Unknown(one.day, Unpriced(code, entry.charge.item, entry.charge.slots)))
            elif each.cents:
                items.append(_Item("du" if each.cents > 0 else "retire", entry, each.cents))
        held = one.held.without(one.outcome.removed)
        planning = planning.changed({(child, one.day): held.union(joining.without(held.slots))})
    return items, unknown


def _joining(day: DayVerdict, fresh: Iterable[Entry]) -> Selection:
    """What a date adds that is paid as one with what stays on it: one formule goes for another (S10.2)."""
    stays = set(day.held.slots) - set(day.outcome.removed)
    paid = [set(one.charge.slots) for one in fresh if one.charge.tariff]
    added = [slot for slot in day.outcome.added if any(slot in slots and slots & stays for slots in paid)]
    return Selection(tuple(one for one in day.held_after if one.slot in added))


def _named(day: DayVerdict, child: str, slots: tuple[str, ...]) -> Entry:
    """A line named by its slots, where no charge of theirs alone says what they cost."""
    label = ", ".join(day.desk.engine.labels[slot] for slot in slots)
    variant = day.held.variant(slots[0]) or Variant.NORMAL
    return Entry(child, (day.day,), None, Charge("", slots[0], label, slots, variant, 1, 0, 0))


@dataclass(frozen=True, slots=True)
class _Change:
    """What a date newly charges, no longer charges and leaves due: (kind, charge, euro cents); and what is not known."""

    items: tuple[tuple[str, Charge, int], ...]
    unpriced: tuple[Unpriced, ...]


def _change(day: DayVerdict) -> _Change:
    """The difference of one date: price after − price before, and the part that stays due (S10.6)."""
    after, before = day.price(day.outcome.after), day.price(day.held)
    # What is unknown before and after alike is no part of the difference.
    changed = set(after.unpriced) ^ set(before.unpriced)
    unpriced = [one for one in (*after.unpriced, *before.unpriced) if one in changed]
    new, old = Counter(after.charges), Counter(before.charges)
    fresh, gone = list((new - old).elements()), list((old - new).elements())
    items = [("reserve", charge, charge.amount_cents) for charge in fresh]
    items += [("retire", charge, -charge.amount_cents) for charge in gone]
    if day.outcome.removed:
        child = day.desk.child
        alone = Planning(((child, day.day, day.held),))
        added = [Entry(child, (day.day,), None, charge) for charge in fresh]
        left, doubts = _left(day.desk, alone, child, (day,), added, day.now)
        items += [(one.kind, one.entry.charge, one.cents) for one in left]
        unpriced += [one.unpriced for one in doubts if one.unpriced not in unpriced]
    return _Change(tuple(items), tuple(unpriced))


def _dues(day: DayVerdict) -> dict[str, Due | None]:
    """What stays due of each slot that a date gives back; None where no phase is live."""
    changing = bool(day.held and day.outcome.after)
    found: dict[str, Due | None] = {}
    for slot in day.outcome.removed:
        standing: Standing | None = None
        if slot in day.epoch.standings:
            standing = day.epoch.standing(slot, Act.CANCEL, changing=changing)
        found[slot] = standing.phase.due if standing and standing.phase else None
    return found
