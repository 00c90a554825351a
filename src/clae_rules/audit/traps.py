"""
Deadline traps: bookings that, once a deadline has passed, can no longer be undone or completed (S6.3).

Two slots tied by a rule and closed by different deadlines make one: the slot still open can no longer move, because
its companion cannot. Each trap names the deadline that closes the way, before any family falls into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..deadlines import Deadline, Schedule, governing
from ..engine import Engine
from ..phases import Action
from ..variants import Variant
from .findings import Finding
from .kinds import Days, Met
from .spaces import BoxName, Space, spaces

#: Before every deadline.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """
    When one action on one slot of one date is open, and under which deadline.

    Args:
        deadline: Code of the deadline.
        schedule: Its windows that date.
    """

    deadline: str
    schedule: Schedule

    def is_open(self, now: datetime) -> bool:
        """Whether the action is open at an instant."""
        return self.schedule.at(now) is not None

    def is_over(self, now: datetime) -> bool:
        """Whether the action is closed at an instant, and never opens again."""
        return self.schedule.unknown is None and all(
            one.end is not None and one.end <= now for one in self.schedule.windows
        )

    @property
    def last(self) -> datetime | None:
        """The instant at which it closes for good; None where it never does, or is never open."""
        return self.schedule.windows[-1].end if self.schedule.windows else None


Clocks = Mapping[tuple[str, Action], Clock]


class TrapAudit:
    """
    The traps of a règlement, each once, on the first date that has it.

    Args:
        days: The dates and families of the règlement.
    """

    def __init__(self, days: Days) -> None:
        self.days, self.engine = days, days.engine
        self._seen: set[object] = set()

    def findings(self) -> Iterator[Finding]:
        """Every trap: a slot that can no longer be given back, or booked, though its own deadline says so."""
        for met in self.days.met(self.engine.reglement.deadlines):
            clocks = self._clocks(met)
            edges = sorted({edge for one in clocks.values() for edge in one.schedule.cuts()})
            for space in spaces(met.type).groups:
                if space.n > 1:
                    yield from self._of(met, space, clocks, [BEGINNING, *edges])

    def _clocks(self, met: Met) -> Clocks:
        found = {}
        for slot in met.type.slots:
            for action in (Action.BOOK, Action.CANCEL):
                deadline = self._governing(met, slot, action)
                if deadline is not None:
                    schedule = self.engine.schedule(deadline, action, met.opened.facts.day, slot)
                    found[slot, action] = Clock(deadline.code, schedule)
        return found

    def _governing(self, met: Met, slot: str, action: Action) -> Deadline | None:
        opened, places = met.opened, self.engine.places
        return governing(
            self.engine.reglement.deadlines,
            action,
            lambda one: places.applies(one, slot, None, opened.facts, opened.codes, met.values.get),
        ).found

    def _of(self, met: Met, space: Space, clocks: Clocks, edges: list[datetime]) -> Iterator[Finding]:
        """The traps of one group at each instant from which something is closed."""
        for now in edges:
            adding = _to_come(space, clocks, Action.BOOK, now)
            removing = _to_come(space, clocks, Action.CANCEL, now)
            for i in _plain(space):
                slot = space.boxes[i].slot
                if _is_open(clocks, slot, Action.CANCEL, now):
                    free = space.reaching(space.ok & space.env[~i], adding, removing)
                    trapped = space.ok & space.env[i] & ~free
                    yield from self._locked(met, space, clocks, (i, now), trapped, removing)
                if _is_open(clocks, slot, Action.BOOK, now):
                    yield from self._shut(met, space, clocks, (i, now), adding)

    def _locked(
        self, met: Met, space: Space, clocks: Clocks, at: tuple[int, datetime], trapped: int, removing: set[int]
    ) -> Iterator[Finding]:
        """A slot that its own deadline still lets go, and its companions do not."""
        smallest = space.smallest(trapped)
        if smallest is None:
            return
        i, now = at
        slot = space.boxes[i].slot
        held = [box.slot for box in smallest]
        stuck = [code for code in held if code != slot and _index(space, code) not in removing]
        yield from self._told("piege-annulation", met, clocks, (slot, Action.CANCEL), (stuck or held, now), smallest)

    def _shut(
        self, met: Met, space: Space, clocks: Clocks, at: tuple[int, datetime], adding: set[int]
    ) -> Iterator[Finding]:
        """A slot that its own deadline still lets be booked, and that nothing bookable then makes allowed."""
        i, now = at
        wanted = space.ok & space.env[i]
        possible = wanted
        for j in range(space.n):
            if j not in adding:
                possible &= space.env[~j]
        smallest = space.smallest(wanted)
        if possible or smallest is None:
            return
        slot = space.boxes[i].slot
        closed = [box.slot for box in smallest if _index(space, box.slot) not in adding]
        yield from self._told("piege-reservation", met, clocks, (slot, Action.BOOK), (closed, now), smallest)

    def _told(
        self, code: str, met: Met, clocks: Clocks, what: tuple[str, Action], why: tuple[list[str], datetime],
        boxes: tuple[BoxName, ...],
    ) -> Iterator[Finding]:  # fmt: skip
        slot, action = what
        companions, now = why
        mine = clocks[slot, action]
        blamed = [(one, clocks[one, action]) for one in companions if (one, action) in clocks]
        closing = [(one, clock) for one, clock in blamed if clock.is_over(now)]
        key = (code, slot, tuple(one for one, _ in closing), tuple(clock.deadline for _, clock in closing), boxes)
        if key in self._seen or not closing:
            return
        self._seen.add(key)
        labels, tz = self.engine.labels, self.engine.tz
        until = "—" if mine.last is None else f"{mine.last.astimezone(tz):%d/%m/%Y %H:%M}"
        params = {
            "slot": f"« {labels[slot]} »",
            "until": until,
            "since": "le début" if now is BEGINNING else f"{now.astimezone(tz):%d/%m/%Y %H:%M}",
            "closed": ", ".join(f"« {labels[one]} »" for one, _ in closing),
            "deadline": ", ".join(dict.fromkeys(clock.deadline for _, clock in closing)),
        }
        yield Finding(
            code,
            _said(self.engine, met.opened.facts.day),
            met.opened.facts.day,
            len(met.situation.days),
            (),
            boxes,
            self._sources(clock.deadline for _, clock in closing),
            tuple(sorted(params.items())),
            labels,
        )

    def _sources(self, codes: Iterator[str]) -> tuple[str, ...]:
        wanted = set(codes)
        reglement = self.engine.reglement
        return tuple(reglement.source_of(one) for one in reglement.deadlines if one.code in wanted)


def _said(engine: Engine, day: date) -> tuple[str, str]:
    modes = " + ".join(dict.fromkeys(engine.modes[code].label for code in engine.day(day).slots))
    return f"{modes}, {day:%d/%m/%Y}", f"{modes}, {day}"


def _plain(space: Space) -> list[int]:
    """The boxes that stand for a slot in whatever variant."""
    return [i for i, box in enumerate(space.boxes) if box.variant is Variant.NORMAL]


def _index(space: Space, slot: str) -> int:
    return next(i for i, box in enumerate(space.boxes) if box.slot == slot)


def _is_open(clocks: Clocks, slot: str, action: Action, now: datetime) -> bool:
    clock = clocks.get((slot, action))
    return clock is not None and clock.is_open(now)


def _to_come(space: Space, clocks: Clocks, action: Action, now: datetime) -> set[int]:
    """The boxes of which an action is open at an instant, or will be; a late box moves with its slot."""
    found = set()
    for i, box in enumerate(space.boxes):
        clock = clocks.get((box.slot, action))
        if clock is None or not clock.is_over(now):
            found.add(i)
    return found
