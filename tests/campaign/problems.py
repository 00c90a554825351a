"""Random rule sets of 6 to 20 slots, and the selections that are tried on each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import product
from typing import Any, Final

from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, OPEN, PAST, VARIANTS, base, formules, rule, some

from clae_rules import Desk, Engine, Facts
from clae_rules.daytype import DayType
from clae_rules.desk import DeskDay
from clae_rules.errors import Fault
from clae_rules.reglement import REGLEMENT
from clae_rules.variants import Variant

#: An instant at which the slots of a règlement are bookable, some of them late only.
NOW: Final = datetime(2026, 9, 7, 10, tzinfo=UTC)
#: How many selections are tried on a rule set; all of them where there are no more.
MOST_CASES: Final = 1024
#: One selection: each slot with the variant in which it would be booked.
Case = Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """
    The rules of one date, and some selections.

    Args:
        facts: All that the rules compare: none is missing, so that each rule is kept or broken.
        cases: From the empty planning, at `now`.
    """

    seed: int
    day: date
    facts: Mapping[str, Any]
    at: reference.Date
    desk: Desk
    cases: tuple[Case, ...]

    @property
    def now(self) -> datetime:
        """A week before the date."""
        return NOW + (self.day - MONDAY)

    @property
    def full(self) -> int:
        """One bit a case, all of them set."""
        return (1 << len(self.cases)) - 1

    @cached_property
    def on(self) -> DeskDay:
        """The date as the engine sees it."""
        return self.desk.day(self.day)

    @cached_property
    def kind(self) -> DayType:
        """The kind of the date, its rules compiled."""
        return self.on.kind

    @cached_property
    def planes(self) -> list[int]:
        """For each variable of the kind of day one int, with one bit a case."""
        found = [0] * self.kind.variables
        for i, case in enumerate(self.cases):
            for slot, variant in case.items():
                found[self.kind.bits[slot]] |= 1 << i
                if variant == Variant.HORS_DELAI.value and slot in self.kind.late:
                    found[self.kind.late[slot]] |= 1 << i
        return found


def ruled(rng: random.Random, fewest: int, most: int) -> dict[str, Any]:
    """A règlement of so many slots, each bookable in one variant, with about as many rules of every kind."""
    slots = [f"s{i}" for i in range(rng.randint(fewest, most))]
    plain = base(slots, rng.randint(1, len(slots)), "lundi")
    plain["formule"] = formules(slots)
    # One price a day: prices have campaigns of their own, and here only cost time.
    plain["tarif"] = {"jour": {"par": "jour", "prix": 1, "formule_hors_delai": "si un créneau l'est"}}
    del plain["modification"]
    plain["regle"] = {f"r{i}": rule(rng, slots) for i in range(rng.randint(len(slots) // 2, len(slots) + 8))}
    late = [{"limite": PAST, "variante": "normal"}, {"limite": OPEN, "variante": "hors-delai"}]
    plain["delai"] = {"general": {"reserver": OPEN}, "part": {"reserver": late, "creneaux": some(rng, slots, 1, 9)}}
    return plain


def known(rng: random.Random) -> dict[str, Any]:
    """Every fact of a child."""
    return {
        "niveau": rng.choice("ab"),
        "rang": rng.randint(1, 3),
        "pai": rng.random() < 0.5,
        "ne": rng.choice(("2020-12-31", "2021-01-01", "2016-02-29")),
        "quotient": rng.choice((0, 599, 600, 1500)),
    }


def selections(rng: random.Random, slots: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every selection of a few slots, or so many different ones, from nearly empty to nearly full."""
    if 1 << len(slots) <= MOST_CASES:
        for held in product((False, True), repeat=len(slots)):
            yield tuple(slot for slot, one in zip(slots, held, strict=True) if one)
        return
    seen: set[tuple[str, ...]] = set()
    while len(seen) < MOST_CASES:
        density = rng.random()
        chosen = tuple(slot for slot in slots if rng.random() < density)
        if chosen not in seen:
            seen.add(chosen)
            yield chosen


def engine_of(plain: Mapping[str, Any]) -> Engine:
    """A règlement from its normal form, made ready."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    if faults:
        raise AssertionError(faults)
    return Engine(found)


def problems(seed: int, fewest: int = 6, most: int = 20) -> Iterator[Problem]:
    """The rule sets of one seed: one règlement, each of its dates with rules of its own."""
    rng = random.Random(f"campagne {seed}")
    plain, facts = ruled(rng, fewest, most), known(rng)
    born = {fact: date.fromisoformat(one) if fact == "ne" else one for fact, one in facts.items()}
    desk = Desk(engine_of(plain), Facts.from_mapping(born))
    for day in MONDAYS:
        at = reference.look(plain, day, facts)
        variants = {slot: live_variant(at, slot, NOW + (day - MONDAY)) for slot in at.slots}
        cases = tuple({slot: variants[slot] for slot in one} for one in selections(rng, tuple(at.slots)))
        yield Problem(seed, day, facts, at, desk, cases)


def live_variant(at: reference.Date, slot: str, now: datetime) -> str:
    """The variant in which the model says that a slot is bookable."""
    answer, variant = reference.may_add(at, now, slot, None, changing=False)
    if not answer or variant not in VARIANTS:
        raise AssertionError((slot, answer, variant))
    return variant
