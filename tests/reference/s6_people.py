"""S6.7, S6.8: what an agent sets aside, and what another household of the child holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from .s3_deadlines import Plan
from .s5_rules import Held
from .s6_decision import Date
from .s10_prices import Pricing


def set_aside(at: Date, codes: Collection[str]) -> Date:
    """S6.7: the date as if the rules, gates and pools that an agent named were not written."""
    return replace(
        at,
        rules=tuple(one for one in at.rules if one.code not in codes),
        gates={key: tuple(one for one in shut if one[0] not in codes) for key, shut in at.gates.items()},
        pools={code: pool for code, pool in at.pools.items() if code not in codes},
        seen={},
    )


def shared(at: Date, others: Collection[str]) -> Date:
    """S6.8: the date for one of two households: only the holder gives back, and pays for what he holds."""
    theirs = {(slot, action): Plan() for slot in others for action in ("annuler", "changer") if slot in at.slots}
    return replace(
        at, plans={**at.plans, **theirs}, pricing=Shared(at.reglement, at.day, at.facts, {}, frozenset(others)), seen={}
    )


@dataclass(frozen=True)
class Shared(Pricing):
    """S6.8: the prices of a date to one household: of what it holds itself."""

    others: frozenset[str] = frozenset()

    def own(self, held: Held) -> Mapping[str, str]:
        """S6.8: what the household that asks holds of it."""
        return {slot: variant for slot, variant in held.items() if slot not in self.others}

    def total(self, held: Held) -> int | None:
        """S6.8: what it pays, where each slot has a price of its own."""
        return super().total(self.own(held))
