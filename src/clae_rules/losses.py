"""What is lost of what a household is charged when slots are given back, and the part of it that stays due (S10.6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from .charges import Charge
from .costs import Difference, Entry, Unsettled, charges, difference
from .desk import Desk
from .dues import ALL_DUE, Due, DueKind
from .holdings import Planning
from .money import round_cents
from .shapes import Unpublished
from .slots import Selection
from .windows import Stretch


@dataclass(frozen=True, slots=True)
class Part:
    """
    What some slots of a date make a household's planning cost, more or less than without them.

    Args:
        entry: The charge that they make, where they make one of their own.
        slots: Those slots, in display order.
        cents: What they cost.
        full_cents: What they would cost before aids.
    """

    entry: Entry | None
    slots: tuple[str, ...]
    cents: int
    full_cents: int


def parts(
    child: str, day: date, slots: tuple[str, ...], more: Collection[Entry], fewer: Collection[Entry]
) -> list[Part]:
    """
    What some slots of a date cost: charge by charge where these tell it all, else the whole difference as one.

    Args:
        more: What is charged with them and not without.
        fewer: What is charged without them and not with.
    """
    found = [
        Part(one, tuple(slot for slot in one.charge.slots if slot in slots), *_alone(one, fewer))
        for one in more
        if (one.child, one.days, one.stretch) == (child, (day,), None) and not set(slots).isdisjoint(one.charge.slots)
    ]
    cents = sum(one.charge.amount_cents for one in more) - sum(one.charge.amount_cents for one in fewer)
    full = sum(one.charge.before_aid_cents for one in more) - sum(one.charge.before_aid_cents for one in fewer)
    if (sum(one.cents for one in found), sum(one.full_cents for one in found)) == (cents, full) and found:
        return found
    # A package that falls with the last of its slots is beside the charges of the others.
    rest = tuple(slot for slot in slots if all(slot not in one.slots for one in found))
    falls = any(one.stretch and one.charge.tariff and not set(rest).isdisjoint(one.charge.slots) for one in more)
    left = cents - sum(one.cents for one in found), full - sum(one.full_cents for one in found)
    if falls and min(left) >= 0:
        return [*found, Part(None, rest, *left)]
    return [Part(None, slots, cents, full)]


#: What a household holds once some slots of a date are lost, or added.
Path = Callable[[Collection[str]], Planning]


def itemised(
    desk: Desk, child: str, day: date, slots: tuple[str, ...], path: Path, *, now: datetime, lost: bool = True
) -> tuple[list[Part], Difference]:
    """
    What slots of a date cost when they are lost or added, one part an item that is rounded by itself (S10.1).

    Charge by charge where these tell it all; else one item after another, in display order, each with all that it
    changes on other dates. What no known price, or no cost, can be told of alone stays one part.

    Args:
        slots: The slots lost or added, in display order.
        path: What is held once some of them are.
        lost: Whether they are lost.

    Returns:
        The parts, and the whole difference; no part where a price is not known.
    """

    def step(done: Collection[str], then: Collection[str]) -> Difference:
        found = difference(desk, path(done), path(then), now=now)
        return found if lost else Difference(found.gone, found.fresh, found.unsettled)

    whole = step((), slots)
    if whole.unsettled:
        return [], whole
    found = parts(child, day, slots, whole.gone, whole.fresh)
    items = _items(child, day, slots, whole.gone)
    if len(found) > 1 or found[0].entry or len(items) < 2:
        return found, whole
    alone: list[Part] = []
    for i, item in enumerate(items):
        done = {slot for one in items[:i] for slot in one}
        changed = step(done, {*done, *item})
        if changed.unsettled:
            return found, whole
        alone += parts(child, day, item, changed.gone, changed.fresh)
    told = [one for one in alone if one.entry or one.cents or one.full_cents]
    sums = sum(one.cents for one in told), sum(one.full_cents for one in told)
    fine = sums == (found[0].cents, found[0].full_cents) and all(min(one.cents, one.full_cents) >= 0 for one in told)
    return (told if told and fine else found), whole


def _items(child: str, day: date, slots: tuple[str, ...], more: Iterable[Entry]) -> list[tuple[str, ...]]:
    """Some slots of a date, those that one charge pays for together; in display order."""
    found = [{slot} for slot in slots]
    for one in more:
        if one.charge.tariff and one.child in {"", child} and day in one.days:
            joined = [item for item in found if item & set(one.charge.slots)]
            found = [item for item in found if item not in joined] + ([set().union(*joined)] if joined else [])
    ordered = [tuple(slot for slot in slots if slot in item) for item in found]
    return sorted(ordered, key=lambda item: slots.index(item[0]))


def each(found: list[Part], slots: tuple[str, ...], due: Due | None) -> list[Part]:
    """
    The parts of what some slots cost, with those slots that cost nothing by themselves where a due speaks of each.

    « 3.85 rendus » is given back of a meal that a package pays, though the package stays.
    """
    rest = tuple(slot for slot in slots if all(slot not in one.slots for one in found))
    return [*found, Part(None, rest, 0, 0)] if found and rest and due and due.kind is DueKind.GIVEN_BACK else found


def _alone(entry: Entry, fewer: Iterable[Entry]) -> tuple[int, int]:
    """What a charge of one date costs more than what stands in its place without it, after aids and before them."""
    stays = [one.charge for one in fewer if (one.child, one.days, one.stretch) == (entry.child, entry.days, None)]
    before_aid = Due(ALL_DUE.kind, ALL_DUE.amount, before_aid=True)
    return given_back(entry.charge, stays, ALL_DUE), given_back(entry.charge, stays, before_aid)


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


@dataclass(frozen=True, slots=True)
class Left:
    """
    What stays due of one part of what a date loses.

    Args:
        part: The part.
        cents: What stays due of it, below 0 where more is given back; None where nothing says it, or not one thing.
    """

    part: Part
    cents: int | Unpublished | None


class Losses:
    """
    What is given back of a household's planning, one date after another: what each leaves due, and packages give back.

    Args:
        desk: A child before his règlement, with his siblings.
        now: The instant, aware.
        within: Packages give back what is charged on these days alone; all of them where left out.
    """

    def __init__(self, desk: Desk, now: datetime, within: Stretch | None = None) -> None:
        self.desk, self.now, self.within = desk, now, within
        self._extras = frozenset(one.code for one in desk.engine.prices.tariffs if one.extra)
        self._credited: dict[tuple[str, Stretch | None, str], int] = {}

    def of_date(
        self, planning: Planning, child: str, day: date, dues: Mapping[str, Due | None], joining: Selection
    ) -> tuple[list[Left], list[Unsettled]]:
        """
        What giving back some slots of a date leaves due; and what has no known price.

        Args:
            planning: What is held before.
            dues: What stays due of each slot given back; None where it is not known.
            joining: What is added on that date and paid as one with what stays on it.
        """
        found: list[Left] = []
        groups: dict[Due | None, list[str]] = {}
        for slot, due in dues.items():
            groups.setdefault(due, []).append(slot)
        if len(groups) > 1:
            mixed = self._mixed(planning, child, day, groups.values())
            if mixed:
                return [Left(one, None) for one in mixed], []
        for due, slots in groups.items():
            whole, path = planning, _giving_back(planning, child, day, joining)
            costly, step = itemised(self.desk, child, day, tuple(slots), path, now=self.now)
            if step.unsettled:
                return [], list(step.unsettled)
            planning = path(slots)
            for part in each(costly, tuple(slots), due):
                if due is not None:
                    found.append(Left(part, self.due(whole, child, day, part, due)))
                elif part.entry or part.cents:
                    found.append(Left(part, None))
        return found, []

    def due(self, whole: Planning, child: str, day: date, part: Part, due: Due) -> int | Unpublished:
        """
        What stays due of a part of what a date loses; below 0 where a package that stays gives something back.

        Args:
            whole: What was held before.
        """
        base = part.full_cents if due.before_aid else part.cents
        paid = (
            self._packages(whole, child, day, part.slots) if due.kind is DueKind.GIVEN_BACK and not part.entry else []
        )
        if not paid:
            return due.of(base)
        places = [(one.child, one.stretch, one.charge.tariff) for one in paid]
        room = sum(one.charge.amount_cents for one in paid) - sum(self._credited.get(place, 0) for place in places)
        back = min(max(0, room), round_cents(due.amount))
        self._credited[places[0]] = self._credited.get(places[0], 0) + back
        return base - back

    def _packages(self, whole: Planning, child: str, day: date, slots: Collection[str]) -> list[Entry]:
        """The packages that pay for some slots of a date with others; a supplement gives nothing back besides."""
        return [
            one
            for one in charges(self.desk, whole, self.within, now=self.now).entries
            if one.stretch
            and one.charge.tariff
            and one.charge.tariff not in self._extras
            and one.child in {"", child}
            and day in one.days
            and not set(slots).isdisjoint(one.charge.slots)
        ]

    def _mixed(self, planning: Planning, child: str, day: date, groups: Collection[list[str]]) -> list[Part]:
        """The charges of a date that pay for slots which are not due alike: nobody knows what stays due of them."""
        every = [slot for slots in groups for slot in slots]
        step = difference(self.desk, planning, _giving_back(planning, child, day, Selection())(every), now=self.now)
        alone = [one for one in step.gone if (one.child, one.days, one.stretch) == (child, (day,), None)]
        return [
            Part(one, one.charge.slots, one.charge.amount_cents, one.charge.before_aid_cents)
            for one in alone
            if one.charge.tariff and sum(not set(slots).isdisjoint(one.charge.slots) for slots in groups) > 1
        ]


def _giving_back(planning: Planning, child: str, day: date, joining: Selection) -> Path:
    """What is held once some slots of a date are given back, with what joins the rest as soon as one is."""

    def path(slots: Collection[str]) -> Planning:
        held = planning.held(child, day)
        then = held.without(slots)
        return planning.changed({(child, day): then.union(joining.without(then.slots))}) if slots else planning

    return path
