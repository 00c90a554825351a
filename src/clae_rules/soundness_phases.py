"""Which phases of a règlement ever open: one that ends before it begins never does (S3.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .deadlines import Schedule
from .errors import Fault, Path
from .limits import Limit, format_limit
from .phases import Phase, Phases


class Shut(NamedTuple):
    """
    A phase that ends before it begins on some of its dates.

    Args:
        place: Where it stands.
        days: These dates, ascending.
        slots: The slots concerned, as they were met, where others are not; empty where all are alike.
    """

    place: Path
    days: tuple[date, ...]
    slots: tuple[str, ...]


class PhaseLives:
    """Phases by their place in a file, with the dates and slots for which they open and those for which they cannot."""

    def __init__(self) -> None:
        self._lived: defaultdict[Path, set[str]] = defaultdict(set)
        self._died: defaultdict[Path, dict[date, Phase | None]] = defaultdict(dict)
        self._dead_slots: defaultdict[Path, dict[str, None]] = defaultdict(dict)

    def note(self, found: Schedule, phases: Phases, place: Path, day: date, slots: Iterable[str] = ()) -> None:
        """
        Which phases open on a date, or may, and which end before they begin.

        Args:
            found: The windows of that date.
            phases: The phases that open them.
            place: Where the phases stand.
            day: The date.
            slots: The slots concerned; none where all of them are alike.
        """
        dead = {id(phase): before for phase, before in found.dead}
        open_then = {id(one.phase) for one in found.windows}
        for i, phase in enumerate(phases):
            here = (*place, i)
            if id(phase) in dead:
                self._died[here].setdefault(day, dead[id(phase)])
                self._dead_slots[here].update(dict.fromkeys(slots))
            elif found.unknown or id(phase) in open_then:
                self._lived[here].update(slots)

    def faults(self) -> Iterator[Fault]:
        """The phases that are open on no date."""
        for place, days in self._died.items():
            before = days[min(days)]
            if place not in self._lived:
                yield _dead(place, None if before is None else before.limit)

    def on_some_dates(self) -> Iterator[Shut]:
        """The phases that end before they begin on some of their dates; others never are open at all."""
        for place, days in self._died.items():
            if place in self._lived:
                dead = self._dead_slots[place]
                yield Shut(place, tuple(sorted(days)), tuple(dead) if dead.keys() != self._lived[place] else ())


def _dead(place: Path, before: Limit | None) -> Fault:
    """A phase that is open on no date."""
    if before is None:
        fr = "cette phase finit avant de commencer, à toutes les dates ; corrigez « depuis » ou « limite »"
        return Fault(place, fr, "this phase ends before it begins, on every date; mend depuis or limite")
    said = format_limit(before)
    fr = f"cette phase finit avant celle qui la précède (« {said} »), à toutes les dates : elle ne s'ouvre jamais"
    en = f"this phase ends before the one it follows (« {said} »), on every date: it never opens"
    fr = f"{fr} ; écrivez d'abord celle qui finit la première, ou corrigez sa limite"
    return Fault(place, fr, f"{en}; write the one that ends first before it, or mend its limit")
