"""The engine against the slow model of the specification in tests/reference, on the example and on random règlements."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, VARIANTS, base, priced, some, subsets, who, world
from tests.reference.s6_decision import may_add, may_remove

from clae_rules.desk import Desk, DeskDay
from clae_rules.engine import Engine
from clae_rules.epochs import Outcome, Status
from clae_rules.errors import Fault
from clae_rules.facts import Facts
from clae_rules.files.lines import read_toml
from clae_rules.reglement import REGLEMENT
from clae_rules.slots import Held, Selection
from clae_rules.variants import Variant

EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "cluses" / "reglement.toml"
SECOND: Final = timedelta(seconds=1)
COMPLETE: Final = {"dossier-foyer": "valide", "dossier-enfant": "complet"}
KNOWN: Final = (COMPLETE, {**COMPLETE, "dossier-enfant": "incomplet"}, {"dossier-foyer": "valide"})
#: A day of each période of the example, and how many slots it opens.
DAYS: Final = ((date(2021, 9, 14), 7), (date(2021, 11, 10), 5), (date(2021, 10, 28), 3))


def read(plain: Any) -> Engine:
    """A règlement from its normal form, made ready."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    assert not faults, faults
    return Engine(found)


def selection(held: Mapping[str, str]) -> Selection:
    """A selection as the engine reads it."""
    return Selection(tuple(Held(slot, Variant(variant)) for slot, variant in held.items()))


def decided(day: DeskDay, now: datetime, held: Mapping[str, str], wishes: Mapping[str, str | None]) -> Outcome:
    """What the engine decides."""
    asked = {slot: None if wish is None else Variant(wish) for slot, wish in wishes.items()}
    return day.epoch(now).judge(selection(held), asked)


def told(outcome: Outcome) -> dict[str, Any]:
    """What of an outcome is held against the model; why a refusal might also have been undecided is not."""
    doubts = {one.slot for one in outcome.doubts} | {slot for one in outcome.unpriced for slot in one.slots}
    return {
        "status": outcome.status.value,
        "after": {one.slot: one.variant.value for one in outcome.after},
        "broken": {one.speaking.rule.code for one in outcome.broken},
        "inherited": {one.speaking.rule.code for one in outcome.inherited},
        "unsure": {one.speaking.rule.code for one in outcome.unsure},
        "refused": {one.slot for one in outcome.refusals},
        "doubts": doubts if outcome.status is not Status.REFUSED else set(),
    }


def expected(verdict: reference.Verdict) -> dict[str, Any]:
    """The same of the model's verdict."""
    names = ("status", "after", "broken", "inherited", "unsure", "refused", "doubts")
    found = {name: getattr(verdict, name) for name in names}
    found["doubts"] = set() if verdict.status == Status.REFUSED.value else verdict.doubts
    return {name: set(one) if isinstance(one, frozenset) else one for name, one in found.items()}


def mended(
    day: DeskDay, at: reference.Date, now: datetime, held: Mapping[str, str], wishes: Mapping[str, str | None]
) -> Any:
    """
    The engine's repairs in the terms of the model: what can only be undone is undone first, the rest is searched.

    None where the engine says that its search was cut.
    """
    wanted, forced = dict(reference.judge(at, now, held, wishes).after), set()
    free: dict[str, Variant] = {}
    for slot in at.slots:
        if slot in held:
            can, variant = may_remove(at, now, slot, changing=False), held[slot]
            if can is not True and slot not in wishes:
                forced.add(slot)
                wanted[slot] = variant
        else:
            can, variant = may_add(at, now, slot, None, changing=False)
            if slot in wishes and may_add(at, now, slot, wishes[slot], changing=False)[0] is not True:
                forced.add(slot)
                del wanted[slot]
                can = False
        if can:
            free[slot] = Variant(variant)
    found, cut = day.kind.repairs({slot: Variant(one) for slot, one in wanted.items()}, free)
    return None if cut else {one | forced for one in found}


@pytest.fixture(scope="module")
def cluses() -> tuple[Engine, Any]:
    """The example, read by the engine, and its normal form as plain JSON for the model."""
    faults: list[Fault] = []
    found = REGLEMENT.read(read_toml(EXAMPLE.read_text("utf-8")), (), faults)
    assert not faults
    return Engine(found), json.loads(json.dumps(found.plain()))


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_every_selection_of_the_example_is_decided_alike(cluses: tuple[Engine, Any], day: date, count: int) -> None:
    """S6.1–S6.4: all selections, from nothing and from each single slot, around every edge of a deadline."""
    engine, plain = cluses
    for facts in KNOWN:
        desk, at = Desk(engine, Facts.from_mapping(facts)).day(day), reference.look(plain, day, facts)
        assert len(at.slots) == count
        assert tuple(at.slots) == desk.kind.slots
        edges = at.edges()
        assert len(edges) == 2
        moments = [edge + step for edge in edges for step in (-SECOND, 0 * SECOND, SECOND)]
        plannings = [{}, *({slot: VARIANTS[i % 2]} for i, slot in enumerate(at.slots))]
        for now, held, chosen in product(
            moments, plannings if facts is COMPLETE else plannings[:2], subsets(tuple(at.slots))
        ):
            wishes = dict.fromkeys(chosen)
            assert told(decided(desk, now, held, wishes)) == expected(reference.judge(at, now, held, wishes))


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_a_variant_named_is_the_live_one(cluses: tuple[Engine, Any], day: date, count: int) -> None:
    """S4.5: a slot asked for in a variant is granted in that variant only while it is live."""
    engine, plain = cluses
    desk, at = Desk(engine, Facts.from_mapping(COMPLETE)).day(day), reference.look(plain, day, COMPLETE)
    for edge, step, slot, wish, held in product(
        at.edges(), (-SECOND, 0 * SECOND), at.slots, ("normal", "hors-delai"), ("", "normal", "hors-delai")
    ):
        planning, now = {slot: held} if held else {}, edge + step
        outcome = decided(desk, now, planning, {slot: wish})
        assert told(outcome) == expected(reference.judge(at, now, planning, {slot: wish}))
    assert len(at.slots) == count


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_every_selection_of_the_example_is_mended_alike(cluses: tuple[Engine, Any], day: date, count: int) -> None:
    """S8: the minimal repairs are those found by trying every set of edits, in time, late and too late."""
    engine, plain = cluses
    desk, at = Desk(engine, Facts.from_mapping(COMPLETE)).day(day), reference.look(plain, day, COMPLETE)
    first, last = at.edges()
    for now, chosen in product((first - SECOND, first, last), subsets(tuple(at.slots))):
        wishes = dict.fromkeys(chosen)
        assert mended(desk, at, now, {}, wishes) == reference.repairs(at, now, {}, wishes)
    assert len(at.slots) == count


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_every_selection_of_the_example_costs_the_same(cluses: tuple[Engine, Any], day: date, count: int) -> None:
    """S10.1, S10.2: the price of a day, all in time, all late and mixed."""
    engine, plain = cluses
    desk, at = Desk(engine, Facts.from_mapping(COMPLETE)).day(day), reference.look(plain, day, COMPLETE)
    for chosen in subsets(tuple(at.slots)):
        for pattern in (("normal",), ("hors-delai",), ("normal", "hors-delai"), ("hors-delai", "normal", "normal")):
            held = {slot: pattern[i % len(pattern)] for i, slot in enumerate(chosen)}
            assert desk.price(selection(held)).total_cents == at.pricing.total(held)
    assert len(at.slots) == count


NOW: Final = datetime(2026, 9, 7, 10, tzinfo=UTC)


def facts_of(given: Mapping[str, Any]) -> Facts:
    """Facts as the engine reads them."""
    return Facts.from_mapping({fact: date.fromisoformat(one) if fact == "ne" else one for fact, one in given.items()})


@pytest.mark.parametrize("block", range(5))
def test_random_rule_sets_are_decided_and_mended_alike(block: int) -> None:
    """S5, S6, S8: rules broken, status and repairs of random règlements, each date of which has rules of its own."""
    for seed in range(100 * block, 100 * (block + 1)):
        rng = random.Random(seed)
        plain = world(rng)
        engine = read(plain)
        for day in MONDAYS:
            facts, now = who(rng), NOW + (day - MONDAY)
            at, desk = reference.look(plain, day, facts), Desk(engine, facts_of(facts)).day(day)
            assert tuple(at.slots) == desk.kind.slots, seed
            compare(rng, at, desk, now, f"{seed} {day}")


def compare(rng: random.Random, at: reference.Date, desk: DeskDay, now: datetime, where: str) -> None:
    """Hold some changes of one date, and the repairs of the last one, against the model."""
    held: dict[str, str] = {}
    wishes: dict[str, str | None] = {}
    slots = tuple(at.slots)
    for _ in range(6):
        held = {slot: rng.choice(VARIANTS) for slot in some(rng, slots, 0, 3)} if rng.random() < 0.5 else {}
        wishes = dict.fromkeys(some(rng, slots, 0, 6))
        if rng.random() < 0.2:
            wishes = {slot: rng.choice((None, *VARIANTS)) for slot in wishes}
        verdict = reference.judge(at, now, held, wishes)
        assert told(decided(desk, now, held, wishes)) == expected(verdict), (where, held, wishes)
    # What was broken before is no rule to mend, and change phases open other slots at each size of an edit.
    held = {} if at.broken(held) else held
    wishes = dict.fromkeys(wishes)
    if "changer" not in at.reglement["delai"]["general"]:
        assert mended(desk, at, now, held, wishes) == reference.repairs(at, now, held, wishes), (where, held, wishes)


#: Phrases of every kind that a slot with times can count from; the Sundays are those on which clocks change.
LIMITS: Final = (
    "jeudi de la semaine -1, avant 12:00",
    "lundi de la semaine -3, jusqu'à 24:00",
    "mardi de la même semaine, avant 07:15",
    "mercredi précédent, jusqu'à 12:00",
    "dimanche précédent, avant 02:30",
    "dimanche de la semaine -1, jusqu'à 02:30",
    "3 jours ouvrés avant la date, jusqu'à 24:00",
    "1 jour ouvré avant la date, avant 09:30",
    "2 jours ouvrables avant la date, avant 10:00",
    "8 jours calendaires avant la date, avant 00:00",
    "4 jours école avant la date, avant 16:00",
    "2 jours ouverts avant la date, avant 16:00",
    "15 jours calendaires francs avant la date",
    "2 jours ouvrés francs avant la date",
    "3 jours ouvrables francs avant le lundi de la semaine",
    "48 heures calendaires avant la date",
    "30 heures calendaires avant le créneau",
    "48 heures ouvrées avant le créneau",
    "25 heures ouvrables avant la date",
    "le 31 du mois -2, avant 12:00",
    "le 20 du mois -1, jusqu'à 24:00",
    "le 1er du même mois, avant 08:00",
    "le jour même, avant 06:00",
    "le jour même, jusqu'à 23:59",
    "le créneau",
    "le lundi de la semaine, avant 08:00",
    "le 1er du mois, avant 12:00",
    "le début de la période, avant 12:00",
    "le premier jour d'ouverture de la période, avant 12:00",
    "le 2026-08-27, avant 12:00",
    "le 2026-08-27 à 09:45",
    "jamais",
    "sans limite",
)
ROLLS: Final = ("reste", "recule au jour ouvré précédent", "recule au jour école précédent")


def limited(phrase: str, closed_day: str) -> dict[str, Any]:
    """A règlement of one slot that may be booked up to a limit."""
    plain = base(["s0"], 1, "lundi")
    plain["jours"]["vacances"] = {"toussaint": {"du": "2026-10-17", "au": "2026-11-02"}}
    plain["delai"] = {"x": {"reserver": phrase, "annuler": "jamais", "limite_un_jour_ferme": closed_day}}
    return plain


@pytest.mark.parametrize("phrase", LIMITS)
def test_a_limit_is_the_same_instant_to_the_second(phrase: str) -> None:
    """S3: a second before its limit a slot is free, from its limit on it is too late, whatever the date."""
    rolling = phrase[:2] in {"je", "lu", "ma", "me", "di"} or phrase.startswith(("8 jours", "le 20 du", "le 31 du"))
    for closed_day in ROLLS if rolling else ROLLS[:1]:
        plain = limited(phrase, closed_day)
        engine = read(plain)
        for day in sorted({MONDAY + timedelta(days=n) for n in (0, 1, 2, 36, 42, 43, 58, 77, 105, 168, 196, 197, 259)}):
            at, desk = reference.look(plain, day, {}), Desk(engine, Facts()).day(day)
            moments = [edge + step for edge in at.edges() for step in (-SECOND, 0 * SECOND, SECOND)]
            assert len(moments) == (0 if phrase in {"jamais", "sans limite"} else 3)
            for now in moments or [NOW]:
                verdict = reference.judge(at, now, {}, {"s0": None})
                assert told(decided(desk, now, {}, {"s0": None})) == expected(verdict), (day, closed_day, now)


def test_random_prices_are_the_same_to_the_cent() -> None:
    """S10.1–S10.5: grids, formules, rates, time and late modifiers, in time, late and mixed; unknown alike."""
    for seed in range(150):
        rng = random.Random(f"prix {seed}")
        slots = [f"s{i}" for i in range(rng.randint(2, 5))]
        plain, facts = priced(rng, slots), who(rng)
        at, desk = reference.look(plain, MONDAY, facts), Desk(read(plain), facts_of(facts)).day(MONDAY)
        for chosen in subsets(slots):
            held = {slot: rng.choice(VARIANTS) for slot in chosen}
            assert desk.price(selection(held)).total_cents == at.pricing.total(held), (seed, plain, facts, held)
