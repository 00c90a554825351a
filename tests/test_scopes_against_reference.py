"""Prices over windows and households against the slow model, on random règlements and plannings (S10.3–S10.6)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

import pytest
from tests.reference.random_prices import CHILDREN, holding, known, world
from tests.reference.s10_scopes import Account

from clae_rules import Dated, Desk, Engine, Facts, Held, Planning, Variant
from clae_rules.costs import charges, difference
from clae_rules.errors import Fault, InvalidReglementError
from clae_rules.reglement import REGLEMENT

NOW: Final = datetime(2027, 8, 1, tzinfo=UTC)
TURN: Final = date(2026, 9, 28)


def planning(held: Mapping[tuple[str, date], Mapping[str, str]]) -> Planning:
    """What a household holds as the engine reads it."""
    return Planning.of(
        {key: [Held(slot, Variant(name)) for slot, name in slots.items()] for key, slots in held.items()}
    )


def facts(one: Mapping[str, Any]) -> Facts:
    """A quotient that changes at the turn, or none."""
    if one["first"] is None:
        return Facts()
    values = Dated(Fraction(one["first"]), None, date(2026, 9, 27)), Dated(Fraction(one["then"]), TURN)
    return Facts((("quotient", values),))


class Case:
    """One random règlement, and what a household holds before and after."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"fenêtres de prix {seed}")
        self.plain, faults = world(rng), list[Fault]()
        found = REGLEMENT.read(self.plain, (), faults)
        self.faults = faults
        self.engine: Engine | None = None
        if not faults:
            try:
                self.engine = Engine(found)
            except InvalidReglementError as error:
                self.faults = list(error.faults)
        self.known, self.before, self.after = known(rng), holding(rng, self.plain), holding(rng, self.plain)

    def total(self, held: Mapping[tuple[str, date], Mapping[str, str]]) -> int | None:
        """What the model charges."""
        one = self.known

        def facts_on(child: str, day: date) -> dict[str, Any]:
            del child
            value = one["first"] if day < TURN else one["then"]
            return {} if value is None else {"quotient": value}

        return Account(self.plain, facts_on, held).total()

    def desk(self) -> Desk:
        """The household before the engine."""
        assert self.engine is not None
        every = {child: facts(self.known) for child in CHILDREN}
        return Desk(self.engine, every["lea"], "lea", every)


def compare(seeds: Iterable[int]) -> tuple[int, int]:
    """Hold totals and differences against the model; how many, and how many known."""
    count = settled = 0
    for seed in seeds:
        case = Case(seed)
        if case.engine is None:
            continue
        desk, before, after = case.desk(), planning(case.before), planning(case.after)
        totals = [case.total(one) for one in (case.before, case.after)]
        assert [charges(desk, one, now=NOW).total_cents for one in (before, after)] == totals, seed
        count += 1
        if totals[0] is not None and totals[1] is not None:
            assert difference(desk, before, after, now=NOW).total_cents == totals[1] - totals[0], seed
            settled += 1
    return count, settled


#: The seeds of the default run, and those of the campaign.
SEEDS: Final = (range(60), *(pytest.param(range(n, n + 250), marks=pytest.mark.campaign) for n in range(60, 4060, 250)))


@pytest.mark.parametrize("seeds", SEEDS)
def test_random_households_owe_the_same_to_the_cent(seeds: range) -> None:
    """S10.3–S10.6: totals of any household, known or not, and the difference that any change makes."""
    count, settled = compare(seeds)
    assert count > 0.9 * len(seeds)
    assert settled > 0.25 * len(seeds)
