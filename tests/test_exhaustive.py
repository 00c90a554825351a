"""
Every set of up to four of the 35 atomic rules over five slots, on every selection: a proof by enumeration (S5).

The rules are the 20 « a needs b », the 10 « a blocks b » and the 5 « a never alone »: 59,536 sets, 1.9 million cases.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache, reduce
from itertools import chain, combinations, permutations
from math import comb
from operator import or_
from typing import Any, Final

import pytest
from tests.reference.random_reglements import MONDAY, base, subsets
from tests.reference.s5_rules import Said, breaks
from tests.test_against_reference import NOW, read

from clae_rules import Desk, Engine, Facts, check_day
from clae_rules.audit.spaces import spaces
from clae_rules.daytype import DayType, Speaking
from clae_rules.formulas import tables

SLOTS: Final = ("a", "b", "c", "d", "e")
SELECTIONS: Final = frozenset(map(frozenset, subsets(SLOTS)))
ATOMS: Final = (
    *({"creneaux": [one], "seulement_avec": [other]} for one, other in permutations(SLOTS, 2)),
    *({"creneaux": [one], "bloque": [other]} for one, other in combinations(SLOTS, 2)),
    *({"creneaux": [one], "interdit_seul_sans": [other for other in SLOTS if other != one]} for one in SLOTS),
)
ATOMIC: Final = {f"r{i:02}": one for i, one in enumerate(ATOMS)}


def sampled() -> Iterator[tuple[str, ...]]:
    """All 35 rules, every set of up to two of them, and some of three and of four."""
    rng = random.Random("exhaustif")
    yield tuple(ATOMIC)
    yield from chain.from_iterable(combinations(ATOMIC, size) for size in range(3))
    for size in (3, 4):
        for _ in range(40):
            yield tuple(sorted(rng.sample(list(ATOMIC), size)))


#: A date for each of these sets.
DATES: Final = {MONDAY + timedelta(days=n): codes for n, codes in enumerate(sampled())}


@cache
def plain() -> dict[str, Any]:
    """The five slots at no price, in normal form; on each date the rules of one set."""
    found = base(list(SLOTS), len(SLOTS), "lundi")
    del found["modification"], found["faits"]
    last = max(DATES).isoformat()
    found["jours"] |= {"au": last}
    found["periode"]["p-m0"] |= {"au": last, "quand": {}}
    found["tarif"] = {"gratuit": {"par": "jour", "prix": 0}}
    found["delai"] = {"general": {"reserver": "1 jour calendaire avant la date, avant 12:00"}}
    found["regle"] = {
        code: {**one, "quand": {"dates": [day.isoformat() for day, codes in DATES.items() if code in codes]}}
        for code, one in ATOMIC.items()
    }
    return found


@cache
def engine() -> Engine:
    """The same, read and made ready."""
    return read(plain())


@cache
def refused(code: str) -> frozenset[frozenset[str]]:
    """The selections that one rule refuses, by the plain model alone."""
    said = Said(code, ATOMIC[code], tuple(ATOMIC[code]["creneaux"]), ())
    return frozenset(one for one in SELECTIONS if breaks(plain(), said, dict.fromkeys(one, "normal")))


def allowed(codes: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """The selections that no rule of a set refuses: rules add up, and nothing else does (S1.6)."""
    return SELECTIONS.difference(*map(refused, codes))


@cache
def speaking() -> dict[str, Speaking]:
    """What each rule says of the first date, on which all of them speak, worked out by the engine."""
    kind = Desk(engine(), Facts()).day(MONDAY).kind
    assert kind.slots == SLOTS
    return {one.rule.code: one for one in kind.rules}


def test_the_atoms_are_those_of_five_slots() -> None:
    """S5.1, S5.2: 20 needs, 10 blocks, 5 never alone; 59,536 sets of up to four; each rule refuses something."""
    assert len(ATOMIC) == 20 + 10 + 5
    assert sum(comb(len(ATOMIC), size) for size in range(5)) == 59_536
    assert sorted({len(refused(code)) for code in ATOMIC}) == [1, 8]


def compiled(codes: tuple[str, ...]) -> DayType:
    """The kind of day on which some of the rules speak, as the engine compiles it."""
    said = speaking()
    return DayType(engine().reglement, SLOTS, SLOTS, tuple([said[code] for code in codes]))


@cache
def mask(code: str) -> int:
    """The selections that one rule refuses, one bit each: bit i of a selection is the i-th slot."""
    return sum(1 << sum(1 << SLOTS.index(slot) for slot in one) for one in refused(code))


@pytest.mark.parametrize("size", range(5))
def test_every_set_of_rules_refuses_exactly_what_the_model_does(size: int) -> None:
    """S5.1, S5.2, S5.7: the compiled rules of all 59,536 sets, on all 32 selections of each."""
    for codes in combinations(ATOMIC, size):
        said = tables([one for _, one, _ in compiled(codes).violations], len(SLOTS))
        assert reduce(or_, said, 0) == reduce(or_, map(mask, codes), 0), codes


@pytest.mark.parametrize("size", (0, 1, 2, *(pytest.param(n, marks=pytest.mark.campaign) for n in (3, 4))))
def test_every_set_of_rules_is_priced_and_audited_for_what_it_allows(size: int) -> None:
    """S10.2, S13.1: what a day may hold, for its prices, and how many selections an audit counts and never finds."""
    for codes in combinations(ATOMIC, size):
        kind, fine = compiled(codes), allowed(codes)
        assert kind.allowed_within(SLOTS) == fine, codes
        assert spaces(kind).count == len(fine), codes
        assert set(kind.never()) == set(SLOTS).difference(*fine), codes


def test_whole_decisions_are_those_of_the_model() -> None:
    """S6.2, S1.4: `check_day`, rules broken named: all sets of up to two rules, some larger, each on its own date."""
    desk = Desk(engine(), Facts())
    for day, codes in DATES.items():
        fine = allowed(codes)
        for one in SELECTIONS:
            verdict = check_day(desk, day, one, now=NOW)
            broken = {found.speaking.rule.code for found in verdict.outcome.broken}
            assert broken == {code for code in codes if one in refused(code)}, (codes, one)
            assert verdict.allowed == (one in fine)
