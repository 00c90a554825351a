"""S9: a pattern copied onto its dates, every date ending in exactly one class."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .s1_answers import Plain
from .s2_places import OutsideError, kind_of, mode_of, open_slots, opens, within
from .s5_rules import Held
from .s5_who import Facts
from .s6_decision import REFUSED, UNDECIDED, Date, judge, look, phase_of

APPLIED, UNCHANGED, CLOSED, OUT, NOT_OFFERED = "appliqué", "inchangé", "fermé", "hors période", "non proposé"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Copy:
    """
    What is to be copied.

    Args:
        model: Weekday (0 Monday) to slots.
        first_day: Included.
        last_day: Included.
        start: Any day of the first week that counts.
    """

    model: Mapping[int, Collection[str]]
    first_day: date
    last_day: date
    every_weeks: int
    start: date
    onto: str
    late: str
    holidays_count: bool = True


def dates(reglement: Plain, copy: Copy) -> Iterator[date]:
    """S9.1: the dates between both days, of every n-th civil week; weeks of holidays count unless told."""
    monday, rank = copy.start - copy.start.weekday() * ONE_DAY, 0
    while monday <= copy.last_day:
        week = [monday + n * ONE_DAY for n in range(7)]
        if copy.holidays_count or not all(_holiday(reglement, day) for day in week[:5]):
            if rank % copy.every_weeks == 0:
                yield from (
                    day for day in week if day.weekday() in copy.model and copy.first_day <= day <= copy.last_day
                )
            rank += 1
        monday += 7 * ONE_DAY


def _holiday(reglement: Plain, day: date) -> bool:
    return any(within(day, span["du"], span["au"]) for span in reglement["jours"].get("vacances", {}).values())


@dataclass(frozen=True)
class Copying:
    """A recopie of one child in one période."""

    reglement: Plain
    facts: Facts
    periode: str
    copy: Copy
    now: datetime

    def fates(self, planning: Mapping[date, Held]) -> dict[date, tuple[str, Held]]:
        """S9.2: each date with its class and what it holds then."""
        return {day: self.fate(day, planning.get(day, {})) for day in dates(self.reglement, self.copy)}

    def fate(self, day: date, held: Held) -> tuple[str, Held]:
        """S9.2: exactly one class; a date is applied whole or not at all."""
        wanted = list(self.copy.model[day.weekday()])
        known = self.before(day, held, wanted)
        if known:
            return known, held
        at = look(self.reglement, day, self.facts)
        here = {slot for slot in held if mode_of(self.reglement, slot) == self.mode}
        kept = here if self.copy.onto == "fusionner" else self.stuck(at, held, here, wanted)
        if set(wanted) | kept == here:
            return UNCHANGED, held
        verdict = judge(at, self.now, held, dict.fromkeys([*wanted, *kept, *(set(held) - here)]))
        if verdict.status == REFUSED:
            return NOT_OFFERED if any(slot not in at.slots for slot in verdict.refused) else REFUSED, held
        if verdict.status == UNDECIDED:
            return UNDECIDED, held
        late = any(variant != "normal" for slot, variant in verdict.after.items() if slot not in held)
        return (REFUSED, held) if late and self.copy.late == "refuser" else (APPLIED, verdict.after)

    @property
    def mode(self) -> str:
        """The mode of the période."""
        return str(self.reglement["periode"][self.periode]["mode"])

    def before(self, day: date, held: Held, wanted: Collection[str]) -> str:
        """S9.2, S9.3: the class of a date that need not be judged; empty for one that must be."""
        periode = self.reglement["periode"][self.periode]
        if not within(day, periode["du"], periode["au"]):
            return OUT
        try:
            kind_of(self.reglement, day)
        except OutsideError:
            return UNDECIDED
        if not opens(self.reglement, self.periode, day):
            return CLOSED
        opened = open_slots(self.reglement, day)
        if any(opened.get(slot) != self.periode for slot in wanted):
            return NOT_OFFERED
        mine = any(mode_of(self.reglement, slot) == self.mode for slot in held)
        return UNCHANGED if mine and self.copy.onto == "garder" else ""

    def stuck(self, at: Date, held: Held, here: set[str], wanted: Collection[str]) -> set[str]:
        """S9.3: what a replacement never takes: what can no longer be cancelled."""
        changing = bool(held) and bool(wanted or len(here) < len(held))
        found = set()
        for slot in here - set(wanted):
            live = slot in at.slots and phase_of(at, slot, "annuler", self.now, changing)[0]
            if not live or any(shut for _, shut in at.gates[slot, "annuler"]):
                found.add(slot)
        return found
