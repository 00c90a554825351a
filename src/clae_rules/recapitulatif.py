"""The priced récapitulatif of a demande: lines that add up to the cent, and what stays due (S11, S4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from .accounts import Entry, charges, difference
from .charges import Charge, Provisional, Unpriced, latest
from .desk import Desk
from .dues import ALL_DUE, Due, DueKind
from .epochs import Standing, Status
from .errors import Lang
from .gates import Act
from .holdings import Planning
from .money import euros, round_cents
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
    packages = _credits(desk, before, child, granted, verdict.now)
    for one in found.gone:
        items.append(_Item("retire", one, -one.charge.amount_cents, 1, "" if one.child in mine else one.child))
        given_up = {
            day: cut for day in one.days if day in granted and (cut := set(granted[day].outcome.removed) & set(one.charge.slots))
        }  # fmt: skip
        if one.child not in mine or not one.charge.tariff or not given_up:
            continue
        dues = {_due(granted[day], slots) for day, slots in given_up.items()}
        due = dues.pop() if len(dues) == 1 else None
        stays = [two.charge for two in found.fresh if (two.child, two.stretch) == (one.child, one.stretch)]
        if one.stretch is None:
            stays = [two.charge for two in found.fresh if (two.child, two.days) == (one.child, one.days)]
        if one.key in packages:
            left = given_back(one.charge, stays, ALL_DUE) - packages.pop(one.key)[1]
            items += [_Item("du" if left > 0 else "retire", one, left)] if left else []
            continue
        cents = None if due is None else due.of(given_back(one.charge, stays, due))
        if cents is None or isinstance(cents, Unpublished):
            code = "du-indecis" if cents is None else "non-publie"
            unknown.append(Unknown(one.days[0], Unpriced(code, one.charge.item, one.charge.slots)))
        elif cents:
            items.append(_Item("du", one, cents))
    items += [_Item("retire", one, -back) for one, back in packages.values() if back]
    return items, unknown


def _credits(
    desk: Desk, before: Planning, child: str, granted: Mapping[date, DayVerdict], now: datetime
) -> dict[object, tuple[Entry, int]]:
    """
    What each package gives back of the dates given up « à 3.85 rendus », by its key: so much a date, whatever stays.

    A package never gives back more than it costs; a supplement that the same slots pay gives nothing back besides.
    """
    removed = {day: set(one.outcome.removed) for day, one in granted.items() if one.outcome.removed}
    dues = {
        day: due for day, cut in removed.items() if (due := _due(granted[day], cut)) and due.kind is DueKind.GIVEN_BACK
    }
    found: dict[object, tuple[Entry, int]] = {}
    extras = {one.code for one in desk.engine.prices.tariffs if one.extra}
    for one in charges(desk, before, now=now).entries if dues else ():
        days = [day for day in one.days if day in removed and removed[day] & set(one.charge.slots)]
        if one.stretch and one.child in ("", child) and one.charge.tariff and days and dues.keys() >= set(days):
            back = 0 if one.charge.tariff in extras else sum(round_cents(dues[day].amount) for day in days)
            found[one.key] = (one, min(back, one.charge.amount_cents))
    return found


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
    removed = set(day.outcome.removed)
    for charge in gone:
        if removed.isdisjoint(charge.slots):
            continue
        due = _due(day, removed.intersection(charge.slots))
        cents = None if due is None else due.of(given_back(charge, fresh, due))
        if cents is None or isinstance(cents, Unpublished):
            code = "du-indecis" if cents is None else "non-publie"
            unpriced.append(Unpriced(code, charge.item, charge.slots))
        elif cents:
            items.append(("du", charge, cents))
    return _Change(tuple(items), tuple(unpriced))


def given_back(lost: Charge, fresh: Iterable[Charge], due: Due) -> int:
    """
    What a charge that falls gives back, euro cents: less what its tariff then asks for the slots that stay.

    Args:
        lost: The charge.
        fresh: What is newly charged.
        due: What stays due, of prices before the aids where these are lost (S4.2).
    """

    def cents(one: Charge) -> int:
        return one.before_aid_cents if due.before_aid else one.amount_cents

    stays = [one for one in fresh if one.tariff == lost.tariff and not set(one.slots).isdisjoint(lost.slots)]
    return max(cents(lost) - sum(cents(one) for one in stays), 0)


def _due(day: DayVerdict, slots: set[str]) -> Due | None:
    """The one part due of some slots given back; None where their phases do not agree, or none is live."""
    changing = bool(day.held and day.outcome.after)
    found: set[Due | None] = set()
    for slot in slots & set(day.epoch.standings):
        standing: Standing = day.epoch.standing(slot, Act.CANCEL, changing=changing)
        found.add(None if standing.phase is None else standing.phase.due)
    return found.pop() if len(found) == 1 else None
