"""S6.2, S6.6: a demande of one child judged on its dates and on every window that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from .s2_places import mode_of
from .s5_windows import MAXIMUMS, Household, Planning, Span, over_window
from .s6_decision import ALLOWED, REFUSED, UNDECIDED, Verdict, judge, look

#: A rule in one of its windows.
Told = tuple[str, Span]


@dataclass(frozen=True)
class Windows:
    """The windows that block, that were broken before, and that a missing fact leaves open."""

    blocking: frozenset[Told]
    inherited: frozenset[Told]
    unsure: frozenset[Told]


@dataclass(frozen=True)
class Asked:
    """
    A demande of one child, in one mode.

    Args:
        wanted: Date to everything wanted of the mode, each slot with the variant named or None.
    """

    house: Household
    child: str
    mode: str
    planning: Planning
    wanted: Mapping[date, Mapping[str, str | None]]
    now: datetime
    dates: dict[date, Verdict] = field(default_factory=dict)

    def on(self, day: date) -> Verdict:
        """S6.1: the answer of one date alone; what other modes hold stays."""
        if day not in self.dates:
            held = dict(self.planning.get((self.child, day), {}))
            reglement = self.house.reglement
            kept = {slot: None for slot in held if mode_of(reglement, slot) != self.mode}
            at = look(reglement, day, self.house.facts[self.child])
            self.dates[day] = judge(at, self.now, held, {**kept, **self.wanted[day]})
        return self.dates[day]

    def after(self, days: Iterable[date]) -> Planning:
        """What the household holds once some dates are granted."""
        return {**self.planning, **{(self.child, day): self.on(day).after for day in days}}

    def changes(self, days: Iterable[date]) -> dict[date, set[str]]:
        """What is added and removed on some dates."""
        held = {day: self.planning.get((self.child, day), {}) for day in days}
        return {day: set(held[day]) ^ set(self.on(day).after) for day in held}

    def touched(self, days: Iterable[date]) -> set[Told]:
        """S6.2: every window in which some dates change something that its rule reads."""
        changes = self.changes(days)
        return {
            (code, span)
            for code, rule in self.house.reglement.get("regle", {}).items()
            if over_window(rule)
            for span in self.house.touched(code, self.child, changes)
        }

    def windows(self, days: Iterable[date]) -> Windows:
        """S6.2: what every window touched says of the whole change; inherited unless an added slot is a cause."""
        days = list(days)
        after, changes = self.after(days), self.changes(days)
        added = {
            (self.child, day, slot)
            for day, slots in changes.items()
            for slot in slots
            if slot not in self.planning.get((self.child, day), {})
        }
        found: dict[str, set[Told]] = {"blocking": set(), "inherited": set(), "unsure": set()}
        for code, span in self.touched(days):
            rooms = self.house.worlds(code, self.child, span)
            broken = [room for room in rooms if self.house.breaks(code, room, after)]
            fresh = any(
                not self.house.breaks(code, room, self.planning) or added & self.house.causes(code, room, after)
                for room in broken
            )
            if broken:
                role = "inherited" if not fresh else "blocking" if broken == rooms else "unsure"
                found[role].add((code, span))
        return Windows(*(frozenset(found[name]) for name in ("blocking", "inherited", "unsure")))

    def whole(self) -> str:
        """S6.6: the answer of the whole demande: refused wins over undecided."""
        windows = self.windows(self.wanted)
        statuses = {self.on(day).status for day in self.wanted}
        if windows.blocking or REFUSED in statuses:
            return REFUSED
        return UNDECIDED if windows.unsure or UNDECIDED in statuses else ALLOWED

    def day_by_day(self) -> dict[date, str]:
        """S6.6: blocks of dates, in the order of their first dates, each refused or granted whole."""
        taken: list[date] = []
        found: dict[date, str] = {}
        for block in self.blocks():
            mine, windows = self.touched(block), self.windows([*taken, *block])
            statuses = {self.on(day).status for day in block}
            status = ALLOWED
            if mine & windows.unsure or UNDECIDED in statuses:
                status = UNDECIDED
            if mine & windows.blocking or REFUSED in statuses:
                status = REFUSED
            if status == ALLOWED:
                taken += block
            found |= dict.fromkeys(block, status)
        return found

    def blocks(self) -> list[list[date]]:
        """S6.6: the dates that a window joins, unless its rule only sets a maximum."""
        rules = self.house.reglement.get("regle", {})
        found: list[tuple[set[date], set[Told]]] = []
        for day in sorted(self.wanted):
            touched = self.touched([day])
            dates, windows = {day}, {one for one in touched if not any(verb in rules[one[0]] for verb in MAXIMUMS)}
            for other in [one for one in found if one[1] & windows]:
                found.remove(other)
                dates |= other[0]
                windows |= other[1]
            found.append((dates, windows))
        return sorted(sorted(dates) for dates, _ in found)
