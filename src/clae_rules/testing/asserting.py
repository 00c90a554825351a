"""A portal's own test of its règlement, in three lines: assertions, which need nothing but the core."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ..booking import NOBODY, check_day
from ..desk import Desk
from ..epochs import Status
from ..holdings import Occupancy, Wish
from ..repairs import repairs
from ..slots import NOTHING, Selection
from ..verdicts import DayVerdict

__all__ = ["assert_allowed", "assert_refused", "assert_undecided"]


def assert_allowed(
    desk: Desk,
    day: date,
    slots: Iterable[Wish],
    *,
    now: datetime,
    held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY,
) -> None:
    """
    Fail unless a child may hold *slots* on *day*; the arguments are those of `check_day`.

    Raises:
        AssertionError: With every reason, and the repairs.
    """
    verdict = check_day(desk, day, slots, now=now, held=held, occupancy=occupancy)
    if verdict.status is not Status.ALLOWED:
        raise AssertionError(f"expected allowed, got {_said(verdict)}")


def assert_refused(
    desk: Desk, day: date, slots: Iterable[Wish], *, now: datetime, because: str, held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY,
) -> None:  # fmt: skip
    """
    Fail unless *slots* are refused on *day* for the reason given.

    Args:
        because: The code of a violation (« interdit-seul ») or of the rule itself (« repas-mercredi »).

    Raises:
        AssertionError: If the answer is another, or the reason is not among those found.
    """
    verdict = check_day(desk, day, slots, now=now, held=held, occupancy=occupancy)
    reasons = {word for one in verdict.violations for word in (one.code, one.rule)}
    if verdict.status is not Status.REFUSED or because not in reasons:
        raise AssertionError(f"expected refused because {because!r}, got {_said(verdict)}")


def assert_undecided(
    desk: Desk, day: date, slots: Iterable[Wish], *, now: datetime, because: str, held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY,
) -> None:  # fmt: skip
    """
    Fail unless the answer about *slots* on *day* is undecided for the reason given.

    Raises:
        AssertionError: If the answer is another, or the reason is not among those found.
    """
    verdict = check_day(desk, day, slots, now=now, held=held, occupancy=occupancy)
    reasons = {word for one in verdict.doubts for word in (one.code, one.rule)}
    if verdict.status is not Status.UNDECIDED or because not in reasons:
        raise AssertionError(f"expected undecided because {because!r}, got {_said(verdict)}")


def _said(verdict: DayVerdict) -> str:
    reasons = "; ".join(f"{one.code}: {one.sentence('en')}" for one in (*verdict.violations, *verdict.doubts))
    ways = " | ".join(f"+{','.join(one.add)} -{','.join(one.remove)}" for one in repairs(verdict, first=3).found)
    return f"{verdict.status.value} ({reasons})" + (f"; repairs: {ways}" if ways else "")
