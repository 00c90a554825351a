"""Booking at a price that is announced but not published yet, where the caller accepts it (S4.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from .epochs import Outcome, Status
from .verdicts import DayVerdict

#: The one reason that can be accepted: a missing quotient, a grid without a bracket are not.
ANNOUNCED: Final = "non-publie"


def at_unknown_price(days: Iterable[DayVerdict]) -> tuple[DayVerdict, ...]:
    """
    The same verdicts, no longer undecided because of an amount that is not published; the récapitulatif still tells it.

    What else leaves them undecided, or refuses them, stays. Dates alike still share their outcome.
    """
    known: dict[int, Outcome] = {}
    found = []
    for day in days:
        outcome = known.get(id(day.outcome))  # the verdicts given keep it alive
        if outcome is None:
            outcome = known[id(day.outcome)] = _accepted(day.outcome)
        found.append(day if outcome is day.outcome else day.with_outcome(outcome))
    return tuple(found)


def _accepted(outcome: Outcome) -> Outcome:
    left = tuple(one for one in outcome.unpriced if one.refused or one.code != ANNOUNCED)
    if len(left) == len(outcome.unpriced):
        return outcome
    open_still = outcome.status is not Status.UNDECIDED or outcome.doubts or outcome.unsure or left
    return replace(outcome, unpriced=left, status=outcome.status if open_still else Status.ALLOWED)
