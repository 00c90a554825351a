"""What cases are drawn from: dates, families, instants and selections of one règlement."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from ...audit.kinds import Days, KindOfDay
from ...desk import Desk
from ...engine import Engine
from ...epochs import Live
from ...facts import Facts, Value
from ...modifiers import ReadAt
from ...phases import Action
from ...slots import Held, Selection
from ...variants import Variant
from .families import Families
from .trials import Oracle, Sibling, Trial, Wanted

SECOND: Final = timedelta(seconds=1)


class Ground:
    """
    What every draw from one règlement shares.

    Args:
        engine: The règlement made ready.
        seed: The same seed always draws the same cases.
    """

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.seed = engine, seed
        self.days, self.oracle = Days(engine), Oracle(engine)
        self.families = Families(engine, random.Random(f"families {seed}"))

    @cached_property
    def kinds(self) -> tuple[KindOfDay, ...]:
        """The kinds of day whose selections can all be looked at."""
        return tuple(one for one in self.days.kinds if one.is_whole)

    @cached_property
    def open_days(self) -> tuple[date, ...]:
        """Every open date."""
        return tuple(one.facts.day for one in self.days.opened)


class Stage:
    """
    A règlement, from which the cases of one theme are drawn.

    Args:
        ground: What is shared with the other themes.
        theme: What tells its draw from theirs.
    """

    def __init__(self, ground: Ground, theme: str) -> None:
        self.engine, self.rng = ground.engine, random.Random(f"{theme} {ground.seed}")
        self.families, self.oracle = ground.families, ground.oracle
        self.kinds, self.open_days, self.every_kind = ground.kinds, ground.open_days, ground.days.kinds
        self.met = ground.days.met

    def some(self, days: Sequence[date], many: int = 3) -> tuple[date, ...]:
        """The first of some dates, the last, and others drawn among them."""
        drawn = self.rng.sample(days, min(many, len(days)))
        return tuple(dict.fromkeys((days[0], days[-1], *drawn)))[:many]

    def desk(self, facts: Facts) -> Desk:
        """The child of whom some facts are known."""
        return self.oracle.desk(facts)

    def cuts(self, facts: Facts, day: date, *slots: str) -> tuple[datetime, ...]:
        """The instants at which something that may be done on a date changes."""
        plans = self.desk(facts).day(day).plans
        asked = slots or tuple(plans)
        return tuple(sorted({cut for slot in asked for plan in plans[slot].values() for cut in plan.schedule.cuts()}))

    def calm(self, facts: Facts, day: date, variant: Variant = Variant.NORMAL) -> datetime:
        """The instant, just before a limit or after the last one, at which most can be booked in a variant."""
        plans = self.desk(facts).day(day).plans
        cuts = self.cuts(facts, day)
        noon = datetime.combine(day - timedelta(days=30), datetime.min.time(), self.engine.tz) + timedelta(hours=12)
        moments = [cut - SECOND for cut in cuts] + [cut + SECOND for cut in cuts[-1:]] or [noon]

        def open_then(now: datetime) -> int:
            booked = [one[Action.BOOK].standing(now) for one in plans.values()]
            live = sum(one.phase is not None and (one.phase.variant or Variant.NORMAL) is variant for one in booked)
            return 2 * live + sum(one[Action.CANCEL].standing(now).live is Live.OPEN for one in plans.values())

        return max(moments, key=open_then)

    def least(self, facts: Facts, day: date, slot: str) -> tuple[str, ...]:
        """The smallest selection of a date that holds a slot and breaks none of its rules; the slot alone where none."""
        kind = self.desk(facts).day(day).kind
        others = {one: Variant.NORMAL for one in kind.slots if one != slot}
        found, _ = kind.repairs({slot: Variant.NORMAL}, others)
        added = min(found, key=lambda some: (len(some), sorted(some)), default=frozenset[str]())
        return tuple(one for one in kind.slots if one == slot or one in added)

    def holds(self, slots: Iterable[str], now: datetime, variant: Variant = Variant.NORMAL) -> tuple[Held, ...]:
        """Slots as they are held; booked a day before *now* where prices are read then."""
        at = now - timedelta(days=1) if self.engine.prices.order.read_at is ReadAt.BOOKING else None
        return Selection(tuple(Held(slot, variant, at) for slot in slots)).held

    def trial(
        self, shows: str, day: date, now: datetime, facts: Facts, wanted: Iterable[str | Wanted],
        held: tuple[Held, ...] = (), planning: Mapping[date, tuple[Held, ...]] | None = None,
        siblings: tuple[Sibling, ...] = (), taken: Mapping[str, int] | None = None,
    ) -> Trial:  # fmt: skip
        """A case, its name left out; *taken* tells every pool that is not told as empty."""
        places = {one.code: 0 for one in self.engine.reglement.pools} if taken is None else taken
        wishes = (one if isinstance(one, Wanted) else Wanted(slot=one) for one in wanted)
        rank = {slot: i for i, slot in enumerate(self.engine.order)}
        return Trial(
            code="-", shows=shows, day=day, now=now.astimezone(self.engine.tz), facts=facts, held=held,
            wanted=tuple(sorted(wishes, key=lambda one: rank[one.slot])),
            planning=tuple(sorted((planning or {}).items())), siblings=siblings, taken=tuple(sorted(places.items())),
        )  # fmt: skip

    def known(self, day: date, changes: Mapping[str, Value | None] | None = None) -> Facts:
        """The welcome family on a date, some facts changed."""
        return self.families.facts(day, changes)
