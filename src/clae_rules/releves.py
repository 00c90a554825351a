"""From the history of a household to the relevé of a month: what was booked and given back, and when (S4.3, S12.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from .attendance import Cancellation, Event, Releve
from .closures import coded
from .days import Span
from .desk import aware
from .errors import Fault, raise_all
from .events import GIVING_BACK, DayChange, Nature, PlanningEvent
from .history import BookedState, History, Place
from .slots import Held, Selection

#: What is held and owed: a booking that waits for an accord, a place, a payment or another slot is not.
_FIRM = frozenset({BookedState.VALIDATED, BookedState.GIVING_BACK})


def releve_of(
    history: History, month: date, *, now: datetime, children: Iterable[str] = (),
    first_day: date | None = None, last_day: date | None = None,
) -> Releve:  # fmt: skip
    """
    The relevé of a month as a history tells it: what `due` reads.

    What was never firm (declined, not paid in time, still waiting) is left out. A booking given back with an agent's
    accord was given back when it was asked. Who was there, and the absences, are the pointing's to tell: add them with
    `dataclasses.replace`.

    Args:
        history: Of the household.
        month: Any day of the month.
        now: When it is drawn up, aware: later events are not known yet.
        children: Codes of children to tell of besides those of the history.
        first_day: From when bookings are told; the month's first day unless said.
        last_day: Until when; the month's last day unless said.

    Raises:
        InvalidValueError: Naming each slot that was given back for a part that stays due, and booked again since: a
            relevé cannot tell both.
        NaiveInstantError: If *now* has no time zone.

    >>> from datetime import UTC
    >>> releve_of(History(), date(2021, 9, 6), now=datetime(2021, 10, 1, tzinfo=UTC)).month
    datetime.date(2021, 9, 1)
    """
    instant = aware(now)
    known = replace(history, events=tuple(one for one in history.events if one.instant <= instant))
    found = Releve(
        month=month.replace(day=1), instant=instant, booked=history.start, children=(),
        first_day=first_day, last_day=last_day,
    )  # fmt: skip
    gone = _Gone(known, found.told)
    raise_all(gone.faults)
    days: dict[tuple[str, date], list[Held]] = {}
    for one in known.booked(instant):
        if one.state in _FIRM and one.day in found.told:
            days.setdefault((one.child, one.day), []).append(one.held)
    for (child, day, _), (held, _) in gone.found.items():
        days.setdefault((child, day), []).append(held)
    booked = tuple((child, day, Selection.of(*held)) for (child, day), held in sorted(days.items()))
    ended = {place: event for place, (_, event) in sorted(gone.found.items(), key=lambda one: one[0])}
    return replace(
        found,
        booked=replace(history.start, days=booked, given_back=()),
        children=tuple(dict.fromkeys((*children, *(child for child, _ in days)))),
        cancellations=tuple(_cancellations(known, ended)),
        events=tuple(_events(ended)),
    )


class _Gone:
    """Each booking of some days that was firm and is held no more, with the event that ended it."""

    def __init__(self, history: History, days: Span) -> None:
        self.history = history
        self.found: dict[Place, tuple[Held, PlanningEvent]] = {}
        self.faults: list[Fault] = []
        idle: dict[tuple[str, date], frozenset[str]] = {}
        for event in history.events:
            for one in event.changes:
                if one.day in days:
                    key = one.child, one.day
                    self._follow(event, one, idle.get(key, frozenset()))
                    idle[key] = frozenset(wait.slot for wait in one.waits if wait.what != GIVING_BACK)

    def _follow(self, event: PlanningEvent, one: DayChange, idle: frozenset[str]) -> None:
        for held in one.before:
            if held.slot in one.removed and held.slot not in idle and held.pay_before is None:
                self.found[one.child, one.day, held.slot] = held, event
        for slot in one.added:
            ended = self.found.pop((one.child, one.day, slot), None)
            if ended is not None:
                self._again(one, slot, _asking(self.history, ended[1]))

    def _again(self, one: DayChange, slot: str, event: PlanningEvent) -> None:
        """What was given back for a part that stays due, and is booked again."""
        if any(line.kind == "du" and line.amount_cents for line in event.lines):
            fr = f"« {slot} » : rendu au dossier « {event.number} », qui laisse une part due, puis réservé de nouveau"
            en = f"« {slot} »: given back by « {event.number} », of which a part stays due, and booked again"
            path = (one.child, one.day.isoformat())
            self.faults.append(Fault(path, f"{fr} ; comptez les deux à la main", f"{en}; count both by hand"))


def _asking(history: History, event: PlanningEvent) -> PlanningEvent:
    """The event by which a booking was asked to be given back: the one that an agent agreed to, or this one."""
    return history.event(event.about) if event.nature is Nature.AGREED and event.about else event


def _cancellations(history: History, ended: Mapping[Place, PlanningEvent]) -> Iterator[Cancellation]:
    """What the household gave back, one for the slots of a child that an event gave back alike on some dates."""
    given: dict[tuple[str, date, datetime, bool], list[str]] = {}
    asks = history.asks()
    for (child, day, slot), event in ended.items():
        if event.nature is not Nature.CLOSURE:
            asking = _asking(history, event)
            after = next(one.after for one in asking.changes if (one.child, one.day) == (child, day))
            kept = [one.slot for one in after if (asking.number, (child, day, one.slot)) not in asks]
            given.setdefault((child, day, asking.instant, bool(kept)), []).append(slot)
    alike: dict[tuple[str, datetime, bool, tuple[str, ...]], list[date]] = {}
    for (child, day, instant, change), slots in given.items():
        alike.setdefault((child, instant, change, tuple(slots)), []).append(day)
    for (child, instant, change, taken), days in alike.items():
        yield Cancellation(child=child, days=tuple(days), instant=instant, slots=taken, change=change)


def _events(ended: Mapping[Place, PlanningEvent]) -> Iterator[Event]:
    """What the service cancelled, one a child and date."""
    closed: dict[tuple[str, date, str], list[str]] = {}
    for (child, day, slot), event in ended.items():
        if event.nature is Nature.CLOSURE:
            closed.setdefault((child, day, coded(event.motive)), []).append(slot)
    for (child, day, motive), slots in closed.items():
        yield Event(motive=motive, first_day=day, last_day=day, children=(child,), slots=tuple(slots))
