"""Boxes, recopies and récapitulatifs against the slow model, on random règlements (S7, S9, S11)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from tests import reference
from tests.reference.random_reglements import MONDAY, MONDAYS, OPEN, PAST, VARIANTS, base, price, some, who, world
from tests.reference.s7_boxes import boxes as model_boxes
from tests.reference.s7_boxes import day_state
from tests.reference.s9_recopie import Copy, Copying
from tests.reference.s11_recapitulatif import Recap
from tests.test_against_reference import NOW, facts_of, read, selection

from clae_rules import Demande, Desk, Occupancy, Onto, Pattern, Planning, boxes, decide, recapitulatif, recopie
from clae_rules.recopie import Late

#: The seeds of the default run, and those of the campaign.
SEEDS: Final = (
    range(120),
    *(pytest.param(range(n, n + 250), marks=pytest.mark.campaign) for n in range(120, 4120, 250)),
)


def pooled(rng: random.Random, plain: dict[str, Any]) -> dict[str, int]:
    """A pool now and then, and the places taken of it; an accord, a payment or a closed view now and then."""
    slots = [slot["code"] for mode in plain["mode"].values() for slot in mode["offre"]]
    plain["delai"]["general"].pop("changer", None)
    if rng.random() < 0.4:
        (phase,) = rng.choice(([{"accord": True}], [{"paye": True}], [{"accord": True, "paye": True}]))
        limit = plain["delai"]["general"]["reserver"]
        plain["delai"]["general"]["reserver"] = [{"limite": limit, "variante": "normal", **phase}]
    if "acces" in plain and rng.random() < 0.5:
        plain["acces"]["porte"]["ferme"] = ["voir"]
    if rng.random() < 0.5:
        return {}
    plain["capacite"] = {"salle": {"creneaux": some(rng, slots), "enfants": 3, "attente": rng.random() < 0.5}}
    return {"salle": rng.choice((2, 3))} if rng.random() < 0.9 else {}


@pytest.mark.parametrize("seeds", SEEDS)
def test_random_boxes_are_shown_alike(seeds: Iterable[int]) -> None:
    """S7, S6.3–S6.5: the state of every box, and what ticking it adds, whatever is held and ticked."""
    met: set[str] = set()
    for seed in seeds:
        rng = random.Random(f"cases {seed}")
        plain, facts = world(rng, 2, 6), who(rng)
        taken = pooled(rng, plain)
        desk = Desk(read(plain), facts_of(facts), "lea")
        for day in MONDAYS[:2]:
            now = NOW + (day - MONDAY)
            at = reference.look(plain, day, facts)
            held = (
                {slot: rng.choice(VARIANTS) for slot in some(rng, list(at.slots), 0, 2)} if rng.random() < 0.6 else {}
            )
            held = {} if at.broken(held) else held
            draft = some(rng, list(at.slots), 0, 3)
            places = Occupancy.of({(pool, day): count for pool, count in taken.items()})
            page = boxes(desk, day, now=now, held=selection(held), draft=draft, occupancy=places)
            found = {(one.slot, one.variant.value): (one.state.value, one.price_cents) for one in page.boxes}
            assert found == model_boxes(at, now, held, draft, taken), (seed, day, held, draft)
            assert page.state.value == day_state(at, now)
            met |= {state for state, _ in found.values()}
    assert len(met) == 12


def copied(rng: random.Random, slots: list[str]) -> Copy:
    """A pattern over a few weeks, some of it outside the période or on other weekdays."""
    weekdays = rng.sample(range(5), rng.randint(1, 3))
    first = date(2026, 8, 25) + timedelta(days=rng.randint(0, 20))
    return Copy(
        {weekday: some(rng, slots, 1, 3) for weekday in weekdays},
        first,
        first + timedelta(days=rng.randint(5, 40)),
        rng.randint(1, 3),
        first - timedelta(weeks=rng.randint(0, 2)),
        rng.choice([one.value for one in Onto]),
        rng.choice([one.value for one in Late]),
        rng.random() < 0.5,
    )


@pytest.mark.parametrize("seeds", SEEDS)
def test_random_recopies_end_alike(seeds: Iterable[int]) -> None:
    """S9.1–S9.3: the dates that a pattern reaches, the one class of each, and what is held in the end."""
    met: set[str] = set()
    for seed in seeds:
        rng = random.Random(f"recopie {seed}")
        plain, facts = world(rng, 2, 6), who(rng)
        plain["jours"]["vacances"] = {"essai": {"du": "2026-09-21", "au": "2026-09-27"}}
        mode = rng.choice(list(plain["mode"]))
        copy = copied(rng, [slot["code"] for slot in plain["mode"][mode]["offre"]])
        if rng.random() < 0.2:
            plain["periode"][f"p-{mode}"]["qui"] = {"niveau": "a"}
        everything = [slot["code"] for one in plain["mode"].values() for slot in one["offre"]]
        planning = {
            day: {slot: rng.choice(VARIANTS) for slot in some(rng, everything, 1, 3)}
            for day in (copy.first_day + timedelta(days=n) for n in range(25))
            if rng.random() < 0.3
        }
        now = NOW + timedelta(days=rng.randint(-10, 20))
        check_copy(plain, facts, f"p-{mode}", copy, planning, now, met)
    assert len(met) == 7


def check_copy(
    plain: dict[str, Any], facts: dict[str, Any], periode: str, copy: Copy, planning: dict[date, dict[str, str]],
    now: datetime, met: set[str],
) -> None:  # fmt: skip
    """Hold one recopie against the model; the classes met are added."""
    pattern = Pattern(
        model=tuple((weekday, tuple(slots)) for weekday, slots in copy.model.items()),
        first_day=copy.first_day, last_day=copy.last_day, every_weeks=copy.every_weeks, from_week=copy.start,
    )  # fmt: skip
    before = Planning.of({("lea", day): selection(held) for day, held in planning.items()})
    found = recopie(
        Desk(read(plain), facts_of(facts), "lea"), before, pattern, periode=periode, now=now, onto=Onto(copy.onto),
        late=Late(copy.late), holidays_count=copy.holidays_count,
    )  # fmt: skip
    model = Copying(plain, facts, periode, copy, now).fates(planning)
    assert [(one.day, one.fate.value) for one in found.dates] == [(day, fate) for day, (fate, _) in model.items()]
    for day, (_, held) in model.items():
        assert {one.slot: one.variant.value for one in found.after.held("lea", day)} == held, day
    met |= {fate for fate, _ in model.values()}


def shop(rng: random.Random, slots: list[str]) -> dict[str, Any]:
    """A règlement without rules: slots sold one by one, some late, part of what is given back staying due."""
    plain = base(slots, len(slots), "lundi")
    table = {"A": price(rng), "B": price(rng)}
    plain["grille"] = {
        "qf": {"mesure": "quotient", "lu": "tronqué", "tranches": {"A": "moins de 600", "B": "à partir de 600"}}
    }
    plain["tarif"] = {
        "un": {"creneaux": slots[:1], "par": "créneau", "prix": price(rng)},
        "autres": {"creneaux": slots[1:], "par": "créneau", "selon": "qf", "prix": table},
    }
    plain["modification"]["tard"] = {"variante": ["hors-delai"], rng.choice(("fois", "plus")): "1.15"}
    late = [{"limite": PAST, "variante": "normal"}, {"limite": OPEN, "variante": "hors-delai"}]
    dues = rng.sample(("rien", "tout", "50 %", "0.75 dus", "0.50 rendus"), 2)
    stages = [{"limite": limit, "a_payer": due} for limit, due in zip((PAST, OPEN), dues, strict=True)]
    plain["delai"] = {"general": {"reserver": late, "annuler": stages}}
    # Twelve months less a day, twelve months, a day more.
    plain["periode"]["p-m0"] |= {"du": "2026-08-31", "au": rng.choice(("2027-08-29", "2027-08-30", "2027-08-31"))}
    return plain


def test_random_recapitulatifs_say_the_same() -> None:
    """S11, S4.2, S10.6: title, lines in their order, quantities, prices and total, of what is added and given back."""
    shown: set[str] = set()
    for seed in range(25):
        rng = random.Random(f"récapitulatif {seed}")
        slots = [f"s{i}" for i in range(rng.randint(2, 4))]
        plain, facts = shop(rng, slots), {"quotient": rng.choice((599, 600))}
        changes: dict[date, tuple[dict[str, str], dict[str, str]]] = {}
        now = NOW - timedelta(days=5)
        for day in (MONDAY + timedelta(days=n) for n in (0, 1, 2, 7, 8, 9)):
            held = {slot: rng.choice(VARIANTS) for slot in some(rng, slots, 0, 3)}
            wanted = some(rng, slots, 0, 3)
            changes[day] = (
                held,
                reference.judge(reference.look(plain, day, facts), now, held, dict.fromkeys(wanted)).after,
            )
        planning = Planning.of({("lea", day): selection(held) for day, (held, _) in changes.items() if held})
        asked = Demande.of("lea", "p-m0", {day: tuple(after) for day, (_, after) in changes.items()})
        verdict = decide(Desk(read(plain), facts_of(facts), "lea"), planning, asked, now=now)
        found = recapitulatif(verdict)
        model = Recap(plain, facts, "p-m0", changes, now)
        with_year = model.with_year()
        lines = [
            (one.designation(with_year=with_year), one.quantity, one.unit_cents, one.amount_cents)
            for one in found.lines
        ]
        assert verdict.allowed
        assert (found.title, found.with_year, lines) == (model.title(), with_year, model.lines()), seed
        assert found.total_cents == model.total()
        shown |= {text.split(" : ")[0] if " : " in text else "" for text, *_ in lines}
    assert shown == {"", "n'est plus facturé", "reste dû"}
