"""What would make a refused window allowed: the smallest sets of dates to drop or to add (S8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .blocks import Around, weigh
from .dayspans import Role
from .epochs import Outcome, Status
from .errors import Lang, OutOfCalendarError
from .formulas import FALSE, TRUE, Formula, causes, holds, minimal_flips, substitute
from .gates import Act
from .slots import Periode
from .variants import Variant
from .verdicts import DayVerdict, Verdict, rooms
from .watch import Watch, Watched

#: States looked at; past that the answer says that it was cut.
MOST_STATES: Final = 2_000

Edits = tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class WindowRepair:
    """
    One smallest set of edits of what was asked, over several dates.

    Args:
        add: (date, slot) to tick, in the order of dates.
        remove: (date, slot) to untick.
    """

    add: Edits
    remove: Edits

    def sentence(self, labels: Mapping[str, str], lang: Lang = "fr") -> str:
        """« ajouter « Repas » (10/09, 11/09) ; enlever « Matin » (07/09) »."""
        words = ("ajouter", "enlever") if lang == "fr" else ("add", "remove")
        parts = [
            f"{word} {dated(edits, labels, lang)}"
            for word, edits in zip(words, (self.add, self.remove), strict=True)
            if edits
        ]
        return " ; ".join(parts)


def dated(edits: Edits, labels: Mapping[str, str], lang: Lang = "fr") -> str:
    """« Repas » (10/09, 11/09), « Matin » (10/09): slots with their dates."""
    days: dict[str, list[str]] = {}
    for day, slot in edits:
        days.setdefault(slot, []).append(f"{day:%d/%m}" if lang == "fr" else day.isoformat())
    return ", ".join(f"« {labels[slot]} » ({', '.join(some)})" for slot, some in days.items())


@dataclass(frozen=True, slots=True)
class WindowRepairs:
    """
    The first repairs of what windows refuse, the smallest first.

    Args:
        found: At most as many as were asked for.
        cut: Whether there are more, or the search stopped at its bound.
    """

    found: tuple[WindowRepair, ...] = ()
    cut: bool = False


def window_repairs(verdict: Verdict | DayVerdict, *, first: int = 3) -> WindowRepairs:
    """
    The inclusion-minimal sets of dates to drop or to add that make a demande refused by windows allowed (S8).

    Only what can still be booked or given back now is edited, in the période of the demande; what was asked can always
    be taken back.

    Args:
        verdict: A refused demande judged whole, or one date judged with its planning; another has no such repair.
        first: How many to give.
    """
    days = verdict.days if isinstance(verdict, Verdict) else (verdict,)
    periode = verdict.periode if isinstance(verdict, Verdict) else None
    blocked = any(breach.role is Role.BLOCKS for one in days for breach in one.outcome.over)
    around = next((one.around for one in days if isinstance(one.around, Around)), None)
    if not blocked or around is None:
        return WindowRepairs()
    return _Search(around.watch, days, periode).run(first)


class _Search:
    """One search: every date of the windows at fault, as variables side by side."""

    def __init__(self, watch: Watch, days: Sequence[DayVerdict], periode: Periode | None) -> None:
        self.watch, self.desk, self.periode = watch, watch.desk, periode
        self.outcomes = {one.day: one.outcome for one in days if one.known}
        self.now, self.taken = days[0].now, days[0].terms[0]
        self.waived = {one.day: one.waived for one in days}
        self.asked = {day: one.after for day, one in self.outcomes.items()}
        touched = {window for day, one in self.asked.items() for window in watch.touched(day, one)}
        at_fault = [one for one in touched if self._blocks(one)]
        self.broken_before = any(one.span.form.broken(one.before) for one in at_fault)
        mine = {day for one in at_fault for child, day in one.span.dates if child == self.desk.child}
        self.days = tuple(sorted(mine | set(self.asked)))
        every = dict.fromkeys(window for day in self.days for window in watch.every(day))
        self.windows = (*at_fault, *(one for one in every if one not in at_fault and self._holds(one)))
        self.offsets: dict[tuple[str, date], int] = {}
        self.state = self.free = 0
        self.spots: dict[int, tuple[date, str]] = {}
        self.late: dict[int, Formula] = {}
        self._number()
        self.violations = [one for one in dict.fromkeys(self._formulas()) if one != FALSE]

    def _blocks(self, one: Watched) -> bool:
        breach = self.watch.judge(one, self.outcomes, self.asked)
        return breach is not None and breach.role is Role.BLOCKS

    def _holds(self, one: Watched) -> bool:
        """Whether a window is kept as things are asked: what is broken already needs no mending."""
        return self.watch.judge(one, self.outcomes, self.asked) is None

    def _number(self) -> None:
        """Give each date of each child its variables, in the order of dates."""
        places = {(child, day) for one in self.windows for child, day in one.span.dates}
        places |= {(self.desk.child, day) for day in self.days}
        size = 0
        for child, day in sorted(places, key=lambda one: (one[1], one[0])):
            kind = self.desk.anyone(child).kind(day)
            self.offsets[child, day] = size
            held = self.watch.held.get(child, {}).get(day)
            if child == self.desk.child:
                held = self.asked.get(day, held)
            variants = {one.slot: one.variant for one in held or ()}
            self.state |= kind.mask(variants) << size
            if child == self.desk.child and day in self.days:
                self._free(day, size, variants)
            size += kind.variables

    def _free(self, day: date, offset: int, asked: Mapping[str, Variant]) -> None:
        """The slots of a date that may be toggled."""
        where, held = self.desk.day(day), self.watch.of(day)
        epoch, waived = where.epoch(self.now), self.waived.get(day, frozenset[str]())
        for slot, bit in where.kind.bits.items():
            self.spots[offset + bit] = (day, slot)
            act = Act.CANCEL if slot in asked else Act.BOOK
            standing = epoch.standing(slot, act, changing=bool(held))
            shut = any(gate.code not in waived for gate, _ in epoch.standings[slot].gates(act))
            undoes = (slot in asked) != (slot in held)
            here = self.periode is None or where.opened.slots[slot] == self.periode
            if undoes or (here and standing.phase is not None and not shut):
                self.free |= 1 << offset + bit
            if slot in where.kind.late:
                variant = asked.get(slot) or held.variant(slot) or epoch.offered_variant(slot, changing=bool(held))
                late = offset + where.kind.late[slot]
                self.late[late] = offset + bit if variant is Variant.HORS_DELAI else FALSE

    def _formulas(self) -> Iterator[Formula]:
        for one in self.windows:
            span = one.span
            places = {
                local + at: self.offsets[place] + at
                for local, place, kind in zip(span.form.offsets, span.dates, span.form.kinds, strict=False)
                for at in range(kind.variables)
            }
            for formula in span.form.readings:
                yield substitute(substitute(formula, places), self.late)
        for day in self.days:
            outcome, kind = self.outcomes.get(day), self.desk.kind(day)
            skip = {one.speaking.rule.code for one in outcome.inherited} if outcome else set()
            offset = self.offsets[self.desk.child, day]
            places = {at: offset + at for at in range(kind.variables)}
            for code, violated, certain in kind.violations:
                if code not in skip | self.waived.get(day, frozenset()):
                    yield substitute(substitute(violated, places), self.late)
                    yield substitute(substitute(certain, places), self.late)

    def run(self, first: int) -> WindowRepairs:
        """The first repairs, and whether the search was cut."""
        if TRUE in self.violations:
            return WindowRepairs()
        sets, cut = minimal_flips(self.violations, self.state, self.free, MOST_STATES)
        if cut:  # the nearest dates in order are worth telling, however many they are
            nearest = (self._straight(add=True), self._straight(add=False))
            sets = list(dict.fromkeys([*sets, *(one for one in nearest if one is not None)]))
        if self.broken_before:  # what it then forbids depends on the edits (S6.2): taking back may be enough
            back = sum(1 << bit for bit, (day, slot) in self.spots.items() if self._was_added(day, slot))
            sets = list(dict.fromkeys(self._least(one) for one in (*sets, back) if one and self._mends(one)))
        found: list[WindowRepair] = []
        for flips in sorted(filter(None, sets), key=lambda one: (one.bit_count(), self._removed(one))):
            if len(found) == first:
                return WindowRepairs(tuple(found), cut=True)
            if self._mends(flips):
                found.append(self._repair(flips))
        return WindowRepairs(tuple(found), cut)

    def _was_added(self, day: date, slot: str) -> bool:
        return day in self.outcomes and slot in self.outcomes[day].added

    def _least(self, flips: int) -> int:
        """What of some edits that mend is needed."""
        for bit in sorted(self.spots, reverse=True):
            fewer = flips & ~(1 << bit)
            if fewer not in {0, flips} and self._mends(fewer):
                return self._least(fewer)
        return flips

    def _straight(self, *, add: bool) -> int | None:
        """The edits of one kind alone that do, earliest dates first, none needless; None where there are none."""
        flips, left = 0, self.free
        while broken := next((one for one in self.violations if holds(one, self.state ^ flips)), None):
            ones = sorted(~one if add else one for one in causes(broken, self.state ^ flips) if (one < 0) == add)
            able = (one for one in ones if left >> one & 1)
            chosen = next((one for one in able if not self._stuck(flips | 1 << one, 1 << one, left, add=add)), None)
            if chosen is None:
                return None
            flips, left = flips | 1 << chosen, left & ~(1 << chosen)
        for bit in sorted(self.spots, reverse=True):
            fewer = flips & ~(1 << bit)
            if fewer != flips and not any(holds(one, self.state ^ fewer) for one in self.violations):
                flips = fewer
        return flips

    def _stuck(self, flips: int, last: int, left: int, *, add: bool) -> bool:
        """Whether the last edit breaks what no other of its kind can mend: a maximum, where dates are added."""
        state, before = self.state ^ flips, self.state ^ flips ^ last
        broken = (one for one in self.violations if holds(one, state) and not holds(one, before))
        some = ({~one if add else one for one in causes(each, state) if (one < 0) == add} for each in broken)
        return any(not any(left >> one & 1 for one in ones) for ones in some)

    def _removed(self, flips: int) -> int:
        return (flips & self.state).bit_count()

    def _mends(self, flips: int) -> bool:
        """Whether the demande is no longer refused then: deadlines, pools and prices have their say too."""
        outcomes: dict[date, Outcome] = {}
        edited = {self.spots[bit][0] for bit in self.spots if flips >> bit & 1}
        for day in sorted(edited | set(self.asked)):
            try:
                where = self.desk.day(day)
            except OutOfCalendarError:
                return False
            held, waived = self.watch.of(day), self.waived.get(day, frozenset[str]())
            wanted = {one.slot for one in self.asked.get(day, held)}
            wanted ^= {self.spots[bit][1] for bit in self.spots if flips >> bit & 1 and self.spots[bit][0] == day}
            room = rooms(self.desk, where, held, wanted, self.taken, waived)
            outcomes[day] = where.epoch(self.now).judge(held, dict.fromkeys(sorted(wanted)), room, waived)
        if any(one.status is Status.REFUSED for one in outcomes.values()):
            return False
        touched = (window for day, one in outcomes.items() for window in self.watch.touched(day, one.after))
        found = weigh(self.watch, touched, outcomes)
        return not found.fallen and not any(breach.role is Role.BLOCKS for _, breach in found.breaches)

    def _repair(self, flips: int) -> WindowRepair:
        edits = [(bit, self.spots[bit]) for bit in sorted(self.spots) if flips >> bit & 1]
        add = tuple(spot for bit, spot in edits if not self.state >> bit & 1)
        return WindowRepair(add, tuple(spot for bit, spot in edits if self.state >> bit & 1))
