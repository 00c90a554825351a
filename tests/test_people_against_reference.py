"""What agents set aside and two households of one child against the slow model, on random règlements (S6.7, S6.8)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

import pytest
from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, VARIANTS, some, who, world
from tests.reference.s6_people import set_aside, shared
from tests.test_against_reference import NOW, expected, facts_of, read, told

from clae_rules import Desk, Held, Occupancy, Selection, Variant, check_day

#: The seeds of the default run, and those of the campaign.
SEEDS: Final = (range(40), *(pytest.param(range(n, n + 250), marks=pytest.mark.campaign) for n in range(40, 4040, 250)))


@pytest.mark.parametrize("seeds", SEEDS)
def test_what_is_set_aside_or_held_by_another_is_judged_alike(seeds: Iterable[int]) -> None:
    """S6.7, S6.8: what is set aside is silent; another household's slots count, and are neither given back nor paid."""
    count = 0
    for seed in seeds:
        rng = random.Random(f"foyers {seed}")
        plain, facts = world(rng, 2, 6), who(rng)
        slots = [slot["code"] for mode in plain["mode"].values() for slot in mode["offre"]]
        plain["capacite"] = {"salle": {"creneaux": some(rng, slots), "enfants": 3, "attente": rng.random() < 0.5}}
        desk = Desk(read(plain), facts_of(facts), "lea", household="mere")
        for day in MONDAYS[:2]:
            now, at = NOW + (day - MONDAY), reference.look(plain, day, facts)
            held = {slot: rng.choice(VARIANTS) for slot in some(rng, list(at.slots), 0, 4)}
            others = set(some(rng, list(held), 0, 2)) if held else set()
            wanted = some(rng, list(at.slots), 0, 5)
            codes = frozenset(some(rng, [*plain["regle"], *plain.get("acces", {}), "salle"], 0, 4))
            taken = rng.choice((2, 3))
            planned = tuple(
                Held(slot, Variant(variant), holder="pere" if slot in others else "mere")
                for slot, variant in held.items()
            )
            verdict = check_day(
                desk, day, wanted, now=now, held=Selection(planned), waived=codes,
                occupancy=Occupancy.of({("salle", day): taken}),
            )  # fmt: skip
            outcome, mine = verdict.outcome, set_aside(shared(at, others), codes)
            model = reference.judge(mine, now, held, dict.fromkeys(wanted), {"salle": taken})
            assert told(outcome) == expected(model), (seed, day, held, others, wanted, codes)
            assert {slot for slot, _ in outcome.pending} == model.pending
            assert {one.slot: one.holder for one in outcome.after} == {
                slot: "pere" if slot in others else "mere" for slot in model.after
            }
            if model.after.keys() <= at.slots.keys():
                assert verdict.price(outcome.after).total_cents == mine.pricing.total(model.after)
            count += 1
    assert count == 2 * len(list(seeds))
