"""Closures against the slow model, on random règlements: what is cancelled, and what may be booked then (S6.9)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any, Final

import pytest
from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, VARIANTS, condition, some, who, world
from tests.reference.s6_closures import after_closing, cancelled, closed
from tests.test_against_reference import NOW, expected, facts_of, read, selection, told

from clae_rules import Closure, Desk, Planning, check_day, close
from clae_rules.errors import Fault, InvalidValueError
from clae_rules.selectors import WHO, When

#: The seeds of the default run, and those of the campaign.
SEEDS: Final = (range(40), *(pytest.param(range(n, n + 250), marks=pytest.mark.campaign) for n in range(40, 4040, 250)))


def closure_of(plain: dict[str, Any]) -> Closure:
    """A closure as the engine reads it."""
    faults: list[Fault] = []
    people = WHO.read(plain.get("qui", {}), (), faults)
    assert not faults
    dates = tuple(day for day in MONDAYS if day.isoformat() in plain["quand"]["dates"])
    slots = tuple(plain.get("creneaux", ()))
    return Closure(code="greve", motive="grève", slots=slots, when=When(dates=dates), who=people)


@pytest.mark.parametrize("seeds", SEEDS)
def test_random_closures_cancel_and_shut_alike(seeds: Iterable[int]) -> None:
    """S6.9: what is cancelled or left open, what stays held, and what each date then answers."""
    doubts = 0
    for seed in seeds:
        rng = random.Random(f"fermetures {seed}")
        plain, facts = world(rng, 2, 6), who(rng)
        slots = [slot["code"] for mode in plain["mode"].values() for slot in mode["offre"]]
        closure: dict[str, Any] = {"quand": {"dates": some(rng, [day.isoformat() for day in MONDAYS], 1, 3)}}
        closure |= {"creneaux": some(rng, slots)} if rng.random() < 0.7 else {}
        closure |= {"qui": condition(rng)} if rng.random() < 0.5 else {}
        looks = {day: reference.look(plain, day, facts) for day in MONDAYS}
        planning = {
            day: held
            for day, at in looks.items()
            if (held := {slot: rng.choice(VARIANTS) for slot in some(rng, list(at.slots), 0, 4)})
        }
        before = Planning.of({("lea", day): selection(held) for day, held in planning.items()})
        desk = Desk(read(plain), facts_of(facts), "lea")
        anybody = {key: one for key, one in closure.items() if key != "qui"}
        if not any(closed(plain, anybody, day, facts) for day in MONDAYS):
            with pytest.raises(InvalidValueError):
                close(desk, before, closure_of(closure), now=NOW)
            continue
        found = close(desk, before, closure_of(closure), now=NOW)
        sure, unsure = cancelled(plain, closure, facts, planning)
        assert {one.day: set(one.slots) for one in found.cancelled} == sure, seed
        assert {(one.day, one.slot) for one in found.unsure} == {(day, slot) for day in unsure for slot in unsure[day]}
        doubts += len(unsure)
        for day, at in looks.items():
            kept = {slot: one for slot, one in planning.get(day, {}).items() if slot not in sure.get(day, set())}
            assert {one.slot: one.variant.value for one in found.after.held("lea", day)} == kept
            wanted, now = some(rng, slots, 0, 4), NOW + (day - MONDAY)
            outcome = check_day(found.desk, day, wanted, now=now, held=selection(kept)).outcome
            model = reference.judge(after_closing(at, closure), now, kept, dict.fromkeys(wanted))
            assert told(outcome) == expected(model), (seed, day, kept, wanted, closure)
    assert doubts
