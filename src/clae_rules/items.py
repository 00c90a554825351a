"""What verdicts newly charge, no longer charge and leave due, item by item (S10.6, S4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .charges import Charge, Unpriced
from .costs import Entry, difference
from .desk import Desk
from .dues import Due
from .epochs import Standing, Status
from .gates import Act
from .holdings import Planning
from .losses import Losses
from .shapes import Unpublished
from .slots import Selection
from .variants import Variant
from .verdicts import DayVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Unknown:
    """An item whose price is not known, with its date and why."""

    day: date
    unpriced: Unpriced


def costs_of(steps: tuple[Verdict, ...]) -> tuple[list[Item], list[Unknown]]:
    """What the dates of verdicts cost, each on the planning that the one before leaves."""
    days = [_priced(one) for one in steps]
    was, then = _known_of_the_child(steps)
    if len(steps) == 1 and was.facts == then.facts and not (days[0] and was.engine.prices.windowed):
        return _by_dates(days[0])
    return _over_windows(steps, days)


def _known_of_the_child(steps: tuple[Verdict, ...]) -> tuple[Desk, Desk]:
    """The desk of the child before some verdicts, and after them."""
    return steps[0].was or steps[0].desk, steps[-1].then or steps[-1].desk


def _priced(verdict: Verdict) -> list[DayVerdict]:
    """The dates of a verdict that are granted, or that could be once what is not known is."""
    undecided = verdict.status is Status.UNDECIDED
    days = tuple(day for day in verdict.days if day.status is not Status.REFUSED) if undecided else verdict.granted
    return [day for day in days if day.known]


@dataclass(frozen=True, slots=True)
class Item:
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
        """The price of one unit as it is printed, euro cents."""
        return self.entry.charge.unit_cents if self.kind == "reserve" else self.cents

    @property
    def key(self) -> object:
        """What the items of one line have in common."""
        charge, stretch = self.entry.charge, self.entry.stretch
        return (self.kind, charge.tariff, charge.item, charge.variant, self.unit_cents, stretch, self.child)


def _by_dates(days: Iterable[DayVerdict]) -> tuple[list[Item], list[Unknown]]:
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
        Item(kind, Entry("", tuple(dates), None, charge), cents, len(dates))
        for change, dates in alike.values()
        for kind, charge, cents in change.items
    ]
    return items, unknown


def _over_windows(steps: tuple[Verdict, ...], days: list[list[DayVerdict]]) -> tuple[list[Item], list[Unknown]]:
    """
    What dates cost with all that they bear on: their windows, the other children, and what the child becomes.

    Args:
        steps: The verdicts.
        days: The dates of each that are priced.
    """
    first, last = steps[0], steps[-1]
    child, (was, then) = first.demande.child, _known_of_the_child(steps)
    changed = was.facts != then.facts
    found = difference(
        then, first.planning, _after(last, days[-1]), now=last.now, was=was if changed else None
    )  # fmt: skip
    mine = ("", child)
    items = [
        Item(kind, one, sign * one.charge.amount_cents, 1, "" if one.child in mine else one.child)
        for kind, sign, entries in (("reserve", 1, found.fresh), ("retire", -1, found.gone))
        for one in entries
    ]
    unknown = [Unknown(one.days[0], one.unpriced) for one in found.unsettled]
    for verdict, priced in zip(steps, days, strict=True):
        fresh = found.fresh if len(steps) == 1 and not changed else _fresh(verdict, priced)
        left, doubts = _left(verdict.desk, verdict.planning, child, priced, fresh, verdict.now)
        known = {one.unpriced for one in unknown}
        items, unknown = [*items, *left], [*unknown, *(one for one in doubts if one.unpriced not in known)]
    return items, unknown


def _after(verdict: Verdict, days: Iterable[DayVerdict]) -> Planning:
    """The planning once some dates of a verdict are as asked."""
    return verdict.planning.changed({(verdict.demande.child, one.day): one.held_after for one in days})


def _fresh(verdict: Verdict, days: list[DayVerdict]) -> tuple[Entry, ...]:
    """What one of several verdicts newly charges, where it gives something back besides."""
    if not any(one.outcome.removed for one in days):
        return ()
    return difference(verdict.desk, verdict.planning, _after(verdict, days), now=verdict.now).fresh


def _left(
    desk: Desk, planning: Planning, child: str, days: Iterable[DayVerdict], fresh: Iterable[Entry], now: datetime
) -> tuple[list[Item], list[Unknown]]:
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
    items: list[Item] = []
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
                items.append(Item("du" if each.cents > 0 else "retire", entry, each.cents))
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
