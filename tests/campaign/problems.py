"""Random rule sets of 6 to 20 slots, and the selections that are tried on each."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, OPEN, PAST, VARIANTS, base, formules, rule, some

from clae_rules import Desk, Engine, Facts
from clae_rules.audit import BoxName
from clae_rules.daytype import DayType
from clae_rules.errors import Fault
from clae_rules.reglement import REGLEMENT
from clae_rules.variants import Variant

LATE: Final = Variant.HORS_DELAI.value

#: An instant at which the slots of a règlement are bookable, some of them late only.
NOW: Final = datetime(2026, 9, 7, 10, tzinfo=UTC)
#: How many selections are tried on a rule set unless said; all of them where there are no more.
MOST_CASES: Final = 4096
#: One selection: bit i is the i-th open slot, booked in the variant that is live.
Case = int


def bits(flags: Iterable[str]) -> int:
    """One bit a flag, « 0 » or « 1 », the first one lowest."""
    return int("".join(flags)[::-1] or "0", 2)


@dataclass(frozen=True)
class Problem:
    """
    The rules of one date, and some selections.

    Args:
        facts: All that the rules compare: none is missing, so that each rule is kept or broken.
        variants: The open slots in display order, each with the variant that is live at `now`.
        cases: From the empty planning, at `now`.
    """

    seed: int
    day: date
    facts: Mapping[str, Any]
    at: reference.Date
    desk: Desk
    variants: Mapping[str, str]
    cases: tuple[Case, ...]
    known: dict[tuple[BoxName, ...], list[int]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """A week before the date."""
        return NOW + (self.day - MONDAY)

    @property
    def full(self) -> int:
        """One bit a case, all of them set."""
        return (1 << len(self.cases)) - 1

    def held(self, case: Case) -> dict[str, str]:
        """A selection in words: each slot with its variant."""
        return {slot: variant for i, (slot, variant) in enumerate(self.variants.items()) if case >> i & 1}

    @cached_property
    def kind(self) -> DayType:
        """The kind of the date, its rules compiled."""
        found = self.desk.day(self.day).kind
        if found.slots != tuple(self.variants):
            raise AssertionError((self.seed, self.day, found.slots))
        return found

    @cached_property
    def planes(self) -> list[int]:
        """For each variable of the kind of day one int, with one bit a case."""
        found = [bits("01"[case >> i & 1] for case in self.cases) for i in range(len(self.variants))]
        late = (found[self.kind.bits[slot]] if self.variants[slot] == LATE else 0 for slot in self.kind.late)
        return [*found, *late]

    def states(self, boxes: tuple[BoxName, ...]) -> list[int]:
        """For each case its place in the tables of a group of boxes; worked out once."""
        if boxes not in self.known:
            self.known[boxes] = self._states(boxes)
        return self.known[boxes]

    def _states(self, boxes: tuple[BoxName, ...]) -> list[int]:
        order = list(self.variants)
        here = [
            (order.index(box.slot), i)
            for i, box in enumerate(boxes)
            if box.variant is Variant.NORMAL or self.variants[box.slot] == LATE
        ]
        return [sum((case >> bit & 1) << i for bit, i in here) for case in self.cases]


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


def selections(rng: random.Random, n: int, most: int) -> Iterator[Case]:
    """Every selection of a few slots, or so many different ones, from nearly empty to nearly full."""
    if 1 << n <= most:
        yield from range(1 << n)
        return
    seen: set[Case] = set()
    while len(seen) < most:
        case = rng.getrandbits(n)
        for _ in range(rng.randrange(3)):
            case = case & rng.getrandbits(n) if rng.random() < 0.7 else case | rng.getrandbits(n)
        if case not in seen:
            seen.add(case)
            yield case


def engine_of(plain: Mapping[str, Any]) -> Engine:
    """A règlement from its normal form, made ready."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    if faults:
        raise AssertionError(faults)
    return Engine(found)


def problems(seed: int, cases: int = MOST_CASES) -> Iterator[Problem]:
    """The rule sets of one seed: one règlement of 6 to 20 slots, each of its dates with rules of its own."""
    rng = random.Random(f"campagne {seed}")
    plain, facts = ruled(rng, 6, 20), known(rng)
    born = {fact: date.fromisoformat(one) if fact == "ne" else one for fact, one in facts.items()}
    desk = Desk(engine_of(plain), Facts.from_mapping(born))
    for day in MONDAYS:
        at = reference.look(plain, day, facts)
        variants = {slot: live_variant(at, slot, NOW + (day - MONDAY)) for slot in at.slots}
        yield Problem(seed, day, facts, at, desk, variants, tuple(selections(rng, len(variants), cases)))


def live_variant(at: reference.Date, slot: str, now: datetime) -> str:
    """The variant in which the model says that a slot is bookable."""
    answer, variant = reference.may_add(at, now, slot, None, changing=False)
    if not answer or variant not in VARIANTS:
        raise AssertionError((slot, answer, variant))
    return variant
