"""What is due of a relevé against the slow model, on random règlements and months (S4.2–S4.4)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Final

import pytest
from tests.reference.random_releves import releve, world
from tests.reference.s4_due import Due

from clae_rules import Desk, Engine, Statement, due, engine_from_text, releve_from_text


class Case:
    """One random règlement and relevé."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"relevé {seed}")
        self.plain, self.releve = world(rng), releve(rng)

    def told(self) -> Statement:
        """What the engine says is due."""
        engine: Engine = engine_from_text(json.dumps(self.plain), "hasard.json")
        read = releve_from_text(json.dumps(self.releve), engine.reglement, "releve.json")
        facts = read.facts()
        return due(Desk(engine, facts["lea"], "lea", facts), read.releve())


def compare(seeds: Iterable[int]) -> int:
    """Hold what is due against the model; how many are known."""
    known = 0
    for seed in seeds:
        case = Case(seed)
        total = Due(case.plain, case.releve).total()
        assert case.told().total_cents == total, seed
        known += total is not None
    return known


#: The seeds of the default run, and those of the campaign.
SEEDS: Final = (range(60), *(pytest.param(range(n, n + 250), marks=pytest.mark.campaign) for n in range(60, 3060, 250)))


@pytest.mark.parametrize("seeds", SEEDS)
def test_random_months_owe_the_same_to_the_cent(seeds: range) -> None:
    """S4.2–S4.4: what is due of a month, or that nobody knows it, is what the model says."""
    assert compare(seeds) > 0.4 * len(seeds)
