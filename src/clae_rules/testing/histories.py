"""Histories: demandes one after another, each judged at its own instant, whose fold is the planning (S12.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import strategies as st

from ..booking import decide
from ..desk import Desk
from ..engine import Engine
from ..holdings import Demande, Occupancy, Planning
from ..verdicts import Verdict
from .families import Household, demandes, households
from .values import instants, occupancies

__all__ = ["History", "Step", "booking_histories", "judged"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """
    One demande of a history.

    Args:
        desk: The child, the household that asks, and the règlement of that day.
        verdict: The answer, with the planning before, what was asked and when.
        after: The planning that it leaves.
    """

    desk: Desk
    verdict: Verdict
    after: Planning

    @classmethod
    def of(cls, desk: Desk, verdict: Verdict) -> Step:
        """What a verdict leaves: what is granted is held, and what was held is remembered where a price stays due."""
        before, after = verdict.planning, verdict.after
        return cls(desk, verdict, after.remembering(before) if desk.engine.prices.acquired else after)

    @property
    def now(self) -> datetime:
        """When it was judged."""
        return self.verdict.now

    @property
    def demande(self) -> Demande:
        """What was asked."""
        return self.verdict.demande


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """
    What a household asked, one demande after another; instants never go back.

    Args:
        household: The family, with what it held at first.
        steps: The demandes, each with its answer.
    """

    household: Household
    steps: tuple[Step, ...] = ()

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def planning(self) -> Planning:
        """What is held in the end."""
        return self.steps[-1].after if self.steps else self.household.planning

    def then(self, desk: Desk, demande: Demande, now: datetime, occupancy: Occupancy) -> History:
        """The same history with one demande more, judged on what it leaves."""
        return replace(self, steps=(*self.steps, judged(desk, self.planning, demande, now, occupancy)))


def judged(desk: Desk, planning: Planning, demande: Demande, now: datetime, occupancy: Occupancy) -> Step:
    """One demande judged on a planning."""
    return Step.of(desk, decide(desk, planning, demande, now=now, occupancy=occupancy))


@st.composite
def booking_histories(
    draw: st.DrawFn, where: Household | Engine | None = None, *, most_steps: int = 5, allowed: bool | None = None
) -> History:
    """
    Demandes of the children of a household, one after another, each judged at its own instant on what the others leave.

    It shrinks to one demande of one date, at the first instant.

    Args:
        where: The household, or its règlement; both drawn where left out.
        most_steps: At most so many demandes.
        allowed: Of each demande, as in `demandes`.
    """
    family = where if isinstance(where, Household) else draw(households(where))
    history = History(family)
    moments = sorted(draw(st.lists(instants(family.desk()), min_size=1, max_size=most_steps)))
    seats = list(family.desks())
    taken = draw(occupancies(family.engine))
    for now in moments:
        desk = draw(st.sampled_from(seats))
        asked = draw(demandes(desk, history.planning, allowed=allowed))
        history = history.then(desk, asked, now, taken)
    return history
