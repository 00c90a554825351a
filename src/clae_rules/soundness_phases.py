"""Which phases of a règlement ever open: one that ends before it begins never does (S3.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from .deadlines import Schedule
from .errors import Fault, Path
from .limits import Limit, format_limit
from .phases import Phase, Phases


class PhaseLives:
    """Phases by their place in a file, with the dates on which they open and those on which they cannot."""

    def __init__(self) -> None:
        self._lived: set[Path] = set()
        self._died: defaultdict[Path, dict[date, Phase | None]] = defaultdict(dict)

    def note(self, found: Schedule, phases: Phases, place: Path, day: date) -> None:
        """
        Which phases open on a date, or may, and which end before they begin.

        Args:
            found: The windows of that date.
            phases: The phases that open them.
            place: Where the phases stand.
            day: The date.
        """
        dead = {id(phase): before for phase, before in found.dead}
        open_then = {id(one.phase) for one in found.windows}
        for i, phase in enumerate(phases):
            if id(phase) in dead:
                self._died[*place, i].setdefault(day, dead[id(phase)])
            elif found.unknown or id(phase) in open_then:
                self._lived.add((*place, i))

    def faults(self) -> Iterator[Fault]:
        """The phases that are open on no date."""
        for place, days in self._died.items():
            before = days[min(days)]
            if place not in self._lived:
                yield _dead(place, None if before is None else before.limit)

    def on_some_dates(self) -> Iterator[tuple[Path, tuple[date, ...]]]:
        """The phases that end before they begin on some of their dates, with these; others never are open at all."""
        for place, days in self._died.items():
            if place in self._lived:
                yield place, tuple(sorted(days))


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
