"""Prices that bear on more than one date, as a decision and a page of boxes need them (S4.6, S7, S10.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from .charges import Unpriced
from .costs import Unsettled, difference
from .desk import Desk
from .epochs import Status
from .holdings import Planning
from .slots import Selection
from .verdicts import DayVerdict


def with_prices(desk: Desk, planning: Planning, days: Sequence[DayVerdict], now: datetime) -> tuple[DayVerdict, ...]:
    """
    The verdicts of some dates of one child, judged together, undecided where a price that they add is not known.

    A règlement whose dates are priced each for itself has told that already. An unknown price never stops a
    cancellation.

    Args:
        desk: The child before his règlement.
        planning: Everything that the household holds.
        days: The verdicts; those refused stay as they are held.
        now: The instant, aware.
    """
    if not desk.windowed:
        return tuple(days)
    adding = [one for one in days if one.outcome.added and one.known and one.status is not Status.REFUSED]
    if not adding:
        return tuple(days)
    after = planning.changed(
        {(desk.child, one.day): one.held_after for one in days if one.known and one.status is not Status.REFUSED}
    )
    doubts: dict[date, list[Unpriced]] = {}
    for unsettled in difference(desk, planning, after, now=now).unsettled:
        for day in _concerned(unsettled, adding, desk.child):
            doubts.setdefault(day, []).append(unsettled.unpriced)
    return tuple(one.doubting(tuple(doubts[one.day])) if one.day in doubts else one for one in days)


def _concerned(unsettled: Unsettled, adding: Sequence[DayVerdict], child: str) -> tuple[date, ...]:
    """The dates that add what has no known price; all that add something, where none of them is named."""
    slots = set(unsettled.unpriced.slots)
    named = [one for one in adding if unsettled.child in ("", child) and one.day in unsettled.days]
    own = [one.day for one in named if slots & set(one.outcome.added)]
    return tuple(own or [one.day for one in adding])


def price_of_change(
    desk: Desk, planning: Planning, day: date, selections: tuple[Selection, Selection], now: datetime
) -> int | None:
    """
    What going from one selection of a date to another costs, euro cents, windows and siblings together.

    Args:
        desk: The child before his règlement.
        planning: Everything that the household holds.
        day: The date.
        selections: What the child holds there, and what he is to hold.
        now: The instant, aware.

    Returns:
        None where it is not known.
    """
    before, after = (planning.changed({(desk.child, day): one}) for one in selections)
    return difference(desk, before, after, now=now).total_cents
