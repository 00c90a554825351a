"""The stretches of a règlement's own windows, and their open days (S5.4, S10.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .engine import Engine
from .errors import OutOfCalendarError
from .selectors import Where
from .windows import Stretch, Unit, Window


def stretches(engine: Engine, window: Window, slots: Iterable[str], day: date) -> frozenset[Stretch]:
    """The stretches of a window that hold a date: one, or none, but for a « période » of slots of several modes."""
    if window.unit is not Unit.PERIODE:
        found = window.stretch(day, None, engine.divisions)
        return frozenset() if found is None else frozenset((found,))
    try:
        opened = engine.day(day).slots
    except OutOfCalendarError:
        return frozenset()
    periodes = {opened[slot] for slot in slots if slot in opened}
    return frozenset(Stretch(one.first_day, one.last_day, one.label) for one in periodes)


def open_days(engine: Engine, where: Where, slots: frozenset[str], stretch: Stretch) -> tuple[date, ...]:
    """The dates of a stretch on which one of some slots is open, and that a selector holds; ascending."""
    found = []
    for number in range(stretch.first_day.toordinal(), stretch.last_day.toordinal() + 1):
        day = date.fromordinal(number)
        if engine.knows(day) and engine.on(where.when, engine.day(day)) and slots & engine.day(day).slots.keys():
            found.append(day)
    return tuple(found)
