"""Whether the audit had named a box that is locked for good: a trap of two deadlines and a rule (S6.3)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from ..audit.kinds import Days
from ..audit.traps import TrapAudit
from ..booking import check_day
from ..boxes import Box
from ..desk import Desk
from ..engine import Engine
from ..epochs import Live
from ..gates import Act
from ..phases import Action
from ..slots import Selection

__all__ = ["DeadEnds"]


class DeadEnds:
    """
    What the audit of a règlement says beforehand of slots that can no longer be given back; asked when first needed.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @cached_property
    def named(self) -> frozenset[str]:
        """The slots, as sentences say them, that the audit says may be locked by their companions."""
        found = TrapAudit(Days(self.engine)).findings()
        return frozenset(str(dict(one.params)["slot"]) for one in found if one.code == "piege-annulation")

    def check(self, desk: Desk, day: date, box: Box, held: Selection, now: datetime) -> None:
        """
        Hold a locked box against the audit.

        Raises:
            AssertionError: If its own deadline lets it go, its companions' never will again, and the audit is silent.
        """
        if self._is_dead_end(desk, day, box.slot, held, now):
            label = f"« {desk.engine.labels[box.slot]} »"
            if label not in self.named:
                raise AssertionError(f"{label} est verrouillé le {day}, et l'audit ne le dit pas")

    def _is_dead_end(self, desk: Desk, day: date, slot: str, held: Selection, now: datetime) -> bool:
        """Whether rules of the date alone lock a slot, whose companions can never be moved again."""
        where = desk.day(day)
        if slot not in where.plans or any(one.slot not in where.plans for one in held):
            return False
        holds = {one.slot: one.variant for one in held}
        if where.kind.broken(holds) or any(one.holder != desk.household for one in held):
            return False
        standing = where.epoch(now).standings[slot]
        is_open = standing.cancel.live is Live.OPEN and (standing.change is None or standing.change.live is Live.OPEN)
        if not is_open or any(where.shut(one) for one in where.plans) or desk.pooled:
            return False
        later = [
            plan
            for one, plans in where.plans.items()
            for plan in [plans[Action.CANCEL if one in held else Action.BOOK]]
            if one != slot and plan.standing(now).live in {Live.NOT_YET, Live.UNKNOWN}
        ]
        toggled = check_day(desk, day, sorted(held.slots - {slot}), now=now, held=held)
        rules = {one.code for one in desk.engine.day_rules}
        return not later and all(one.rule in rules for one in toggled.violations) and standing.gates(Act.CANCEL) == ()
