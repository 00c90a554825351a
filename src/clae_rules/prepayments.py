"""Booked, and lost unless paid in time: what a payment keeps, and what it comes too late for (S4.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from .desk import aware
from .holdings import Planning
from .slots import Held, Selection


@dataclass(frozen=True, slots=True, eq=False)
class Payment:
    """
    What a payment comes to.

    Args:
        planning: What is held then: what was paid in time is firm, what was not is gone.
        paid: (child, date, slot) of what it keeps.
        lost: (child, date, slot) of what it came too late for.
    """

    planning: Planning
    paid: tuple[tuple[str, date, str], ...]
    lost: tuple[tuple[str, date, str], ...]


def pay(planning: Planning, *, at: datetime, child: str | None = None, household: str = "") -> Payment:
    """
    A household pays, at an instant, what it booked and has not paid yet; too late iff that instant ≥ the limit (S3).

    Args:
        planning: Everything that is held.
        at: The instant of the payment, aware.
        child: One child's bookings alone; every child's where None.
        household: The household that pays.

    Raises:
        NaiveInstantError: If *at* has no time zone.
    """
    aware(at)
    paid: list[tuple[str, date, str]] = []
    lost: list[tuple[str, date, str]] = []
    changes: dict[tuple[str, date], Selection] = {}
    for who, day, held in planning.days:
        kept: list[Held] = []
        for one in held:
            mine = one.pay_before is not None and one.holder == household and child in (None, who)
            if not mine:
                kept.append(one)
            elif one.is_lost(at):
                lost.append((who, day, one.slot))
            else:
                paid.append((who, day, one.slot))
                kept.append(replace(one, pay_before=None))
        changes[who, day] = Selection(tuple(kept))
    return Payment(planning.changed(changes), tuple(paid), tuple(lost))
