"""Strategies of every public value: valid by construction, bounded in time, small when they have shrunk."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any, Final

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from tests.guide import at, martin, small

from clae_rules import (
    Desk,
    Engine,
    Facts,
    Held,
    OutOfCalendarError,
    Planning,
    Selection,
    Status,
    Variant,
    check_day,
    decide,
    engine_from_text,
)
from clae_rules.audit import spaces
from clae_rules.files.reading import engine_from_plain
from clae_rules.soundness import faults
from clae_rules.testing import (
    History,
    booking_histories,
    closures,
    days,
    demandes,
    desks,
    engines,
    facts,
    households,
    instants,
    limits,
    occupancies,
    overrides,
    patterns,
    periodes,
    plannings,
    registration,
    reglements,
    selections,
    slots,
)
from clae_rules.testing.registration import TYPES
from clae_rules.testing.towns import _plains, _rules

ROOT: Final = Path(__file__).parents[1]
FEW, SOME = (settings(max_examples=n) for n in (10, 25))
KNOWN: Final = Facts.of(residence="commune", pai=False, quotient=500, age=date(2018, 1, 1), garde=True)
WEDNESDAY, NOW = date(2021, 9, 8), at("2021-09-01 09:00")


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool] = lambda _: True) -> Any:
    """What a strategy shrinks to."""
    return find(strategy, condition, settings=settings(max_examples=50, database=None))


@SOME
@given(engines())
def test_every_reglement_is_sound_and_reads_back(engine: Engine) -> None:
    """A drawn règlement loads, is sound on all its days, and is its own normal form again (S13.1)."""
    assert faults(engine) == ()
    assert engine_from_plain(engine.reglement.plain()).reglement == engine.reglement
    assert all(engine.open_days(one) for one in engine.reglement.periodes)


@pytest.mark.campaign
@settings(max_examples=20_000)
@given(engines())
def test_twenty_thousand_reglements_are_sound(engine: Engine) -> None:
    """The same over a long run."""
    assert faults(engine) == ()


def test_reglements_have_everything() -> None:
    """Within a few hundred draws every verb, phase, window, gate, pool and kind of tariff is met."""
    met: Counter[str] = Counter()
    slots, classes = ("s0", "s1", "s2", "s3"), (("s0", "s1"), ("s2",), ("s3",))
    rules = st.booleans().flatmap(lambda ceiling: _rules(slots, classes, ceiling=ceiling))

    @seed(1)
    @settings(max_examples=100, database=None, phases=[Phase.generate])
    @given(_plains(6, 6), st.lists(rules, min_size=5, max_size=5))
    def look(plain: dict[str, Any], some: list[dict[str, Any]]) -> None:
        met.update([*plain, *(key for one in some for key in one)])
        met.update(f"par {one['par'].partition(' ')[0]}" for one in plain["tarif"].values())
        met.update(word for word in ("jamais", "hors-delai", "accord", "attente", "selon") if f"'{word}'" in str(plain))

    look()
    verbs = {
        "seulement_avec",
        "seulement_avec_un_de",
        "interdit_seul_sans",
        "bloque",
        "au_plus",
        "au_moins",
        "exactement",
    }
    verbs |= {"tout_ou_rien", "laisse_libre", "poids", "par", "qui", "quand", "sauf", "variante", "si_moins_ouverts"}
    sections = {"regle", "acces", "capacite", "formule", "grille", "modification", "prix"}
    prices = {"par créneau", "par jour", "par demi-heure", "par mois"}
    assert verbs | sections | prices | {"jamais", "hors-delai", "accord", "attente", "selon"} <= met.keys()


def test_a_reglement_shrinks_to_one_slot_and_no_rule() -> None:
    """What stays of a règlement is what the test needs."""
    plain = smallest(_plains(6, 6))
    assert [len(one["offre"]) for one in plain["mode"].values()] == [1]
    assert not {"regle", "acces", "capacite", "modification", "formule", "grille"} & plain.keys()


@pytest.mark.campaign
def test_a_reglement_shrinks_to_the_rule_at_fault() -> None:
    """One rule, and the two slots that it names."""
    blocking = smallest(_plains(6, 6), lambda one: any("bloque" in rule for rule in one.get("regle", {}).values()))
    assert len(blocking["regle"]) == 1
    assert sum(len(one["offre"]) for one in blocking["mode"].values()) == 2


@SOME
@given(engines(), st.data(), st.booleans())
def test_a_selection_is_what_the_truth_table_says(engine: Engine, data: st.DataObject, allowed: bool) -> None:
    """S5: allowed selections break no rule of the date, refused ones break one; whatever else is closed."""
    day, desk = data.draw(days(engine)), Desk(engine, KNOWN)
    some = selections(desk, day, allowed=allowed)
    kind = desk.kind(day)
    if some.is_empty:
        assert not allowed
        assert not any(rule for one in spaces(kind).groups for rule in one.bad)
        return
    drawn = data.draw(some)
    assert bool(kind.broken({one.slot: one.variant for one in drawn})) is not allowed
    assert drawn.slots <= set(kind.slots)


def test_every_allowed_selection_is_drawn_and_no_other() -> None:
    """S5: of the guide's Wednesday, all that the audit counts; and every refused one."""
    counts = {True: 28, False: 4}
    for allowed, count in counts.items():
        assert len(drawn_slots(allowed)) == count


def drawn_slots(allowed: bool) -> set[frozenset[str]]:
    """All that a few hundred draws of a Wednesday hold."""
    found: set[frozenset[str]] = set()

    @seed(3)
    @settings(max_examples=400, database=None, phases=[Phase.generate])
    @given(selections(martin(), WEDNESDAY, allowed=allowed))
    def collect(drawn: Selection) -> None:
        found.add(drawn.slots)

    collect()
    return found


def test_selections_shrink_slot_by_slot() -> None:
    """Nothing where that is allowed; the smallest refused one otherwise; normal before late."""
    assert smallest(selections(martin(), WEDNESDAY)) == Selection()
    assert smallest(selections(martin(), WEDNESDAY, allowed=False)).slots == {"mer-repas"}
    late = smallest(
        selections(martin(), WEDNESDAY), lambda one: any(held.variant is Variant.HORS_DELAI for held in one)
    )
    assert late == Selection.of(Held("mer-apres-midi", Variant.HORS_DELAI)) or len(late) == 1


def test_what_a_missing_fact_leaves_in_doubt_is_not_drawn() -> None:
    """S1.5: neither allowed nor refused; either only where no answer is asked for."""
    rule = '[regle.petits]\ncreneaux = "a"\nseulement_avec = "b"\nqui.niveau = "petit"\nhypothese = "essai"\n'
    engine, day = small(rule), date(2025, 9, 11)
    assert selections(engine, day, allowed=False).is_empty
    doubted = Selection.of("a")
    with pytest.raises(NoSuchExample, match="No examples found"):
        smallest(selections(engine, day), lambda one: "a" in one and "b" not in one)
    assert smallest(selections(engine, day, allowed=None), lambda one: "a" in one and "b" not in one) == doubted
    assert check_day(Desk(engine, Facts()), day, ["a"], now=at("2025-09-01 09:00")).status is Status.UNDECIDED


def test_more_than_twenty_boxes_are_drawn_by_the_solver() -> None:
    """S13.1: past a table, each box is asked of the solver; refused selections are then not drawn."""
    pytest.importorskip("pysat")
    many = [f"b{i:02}" for i in range(24)]
    offer = ", ".join(f'{{ code = "{one}", nom = "{one}" }}' for one in many)
    text = small_text().replace("offre = [\n", f"offre = [ {offer},\n")
    rules = "".join(
        f'[regle.r{i}]\ncreneaux = "{one}"\nseulement_avec = "{many[i + 1]}"\nhypothese = "essai"\n'
        for i, one in enumerate(many[:-1])
    )
    engine, day = engine_from_text(text + rules), date(2025, 9, 11)
    desk = Desk(engine, Facts())
    assert selections(desk, day, allowed=False).is_empty

    @FEW
    @given(selections(desk, day))
    def holds(drawn: Selection) -> None:
        assert desk.kind(day).broken({one.slot: one.variant for one in drawn}) == ()

    holds()
    assert smallest(selections(desk, day), lambda one: "b20" in one).slots >= {"b20", "b21", "b22", "b23"}


def small_text() -> str:
    """The file of the small règlement, its slots sold one by one."""
    from tests.guide import OPEN, SMALL

    return SMALL + OPEN + '\n[tarif.t]\npar = "créneau"\nprix = 1\nhypothese = "essai"\n'


def test_a_date_beyond_the_calendar_is_an_error() -> None:
    """S3.7: nothing is guessed of a date that the règlement does not know."""
    with pytest.raises(OutOfCalendarError):
        selections(martin(), date(2031, 9, 8))


@SOME
@given(st.data(), st.booleans())
def test_a_demande_is_of_its_periode_and_keeps_other_modes(data: st.DataObject, allowed: bool) -> None:
    """S6.1: its dates open its période, its slots are of its mode; rules are judged with what other modes hold."""
    desk = data.draw(desks(known=True))
    planning = data.draw(plannings(desk))
    asked = data.draw(demandes(desk, planning, allowed=allowed))
    engine = desk.engine
    mine = {slot for slot, mode in engine.modes.items() if mode.code == engine.periodes[asked.periode].mode}
    for day, wishes in asked.days:
        assert engine.periodes[asked.periode] in engine.day(day).periodes
        wanted = {one if isinstance(one, str) else one.slot for one in wishes}
        assert wanted <= mine
    decide(desk, planning, asked, now=data.draw(instants(desk)))


@SOME
@given(households())
def test_a_household_has_its_children_in_turn(family: Any) -> None:
    """S6.8: two households never have the children on one day, and each slot held is of one of them."""
    assert family.planning == Planning(family.planning.days)
    assert {one.holder for _, _, held in family.planning.days for one in held} <= set(family.homes)
    if len(family.homes) == 2:
        for day in family.engine.open_days(family.engine.reglement.periodes[0]):
            weeks = [family.desk(home=home).facts.at("garde", day) for home in family.homes]
            assert sorted(map(bool, weeks)) == [False, True]


@FEW
@given(booking_histories())
def test_a_history_is_judged_step_by_step(history: History) -> None:
    """S12.3: instants never go back, each demande is judged on what the one before leaves."""
    planning = history.household.planning
    for one, two in zip(history.steps, history.steps[1:], strict=False):
        assert one.now <= two.now
    for step in history:
        again = decide(step.desk, planning, step.demande, now=step.now, occupancy=taken(step))
        assert again.status is step.verdict.status
        planning = step.after
    assert planning == history.planning


def taken(step: Any) -> Any:
    """The places that were taken when a step was judged."""
    from clae_rules import Occupancy

    return Occupancy.of(step.verdict.days[0].terms[0]) if step.verdict.days else Occupancy()


@SOME
@given(st.data(), engines())
def test_every_other_value_is_of_its_reglement(data: st.DataObject, engine: Engine) -> None:
    """What is drawn from a règlement is never refused before it."""
    desk = Desk(engine, data.draw(facts(engine)), closures=(data.draw(closures(engine)),))
    day = data.draw(days(engine))
    assert data.draw(slots(engine)).code in engine.slots
    assert data.draw(periodes(engine)).code in engine.periodes
    for now in (data.draw(instants(engine)), data.draw(limits(desk, day))):
        assert now.utcoffset() is not None
    planning = Planning((), (data.draw(overrides(desk)),))
    asked = data.draw(demandes(desk))
    decide(desk, planning, asked, now=now, occupancy=data.draw(occupancies(engine)))
    assert len(data.draw(patterns(engine)).dates()) <= 800


def test_values_shrink_to_the_first_and_the_plainest() -> None:
    """One child, one date, the first limit; nothing held, nothing taken."""
    family = smallest(households(small()))
    assert (family.homes, family.children, family.planning) == (("",), ("lea",), Planning())
    assert smallest(days(martin().engine)) == date(2021, 9, 2)
    assert smallest(limits(martin(), WEDNESDAY)) == at("2021-09-02 12:00")
    assert smallest(occupancies(small())).taken == ()


def test_facts_stand_on_the_bounds_of_the_reglement() -> None:
    """A fact that is compared is drawn on its bound, a step before and a step after."""
    said = '[regle.r]\ncreneaux = "a"\nbloque = "b"\nqui = { quotient = "de 650 à 900", ne = "moins de 6" }\n'
    text = small_text().replace("niveau = [", 'quotient = "nombre"\nne = "ans, au 31 décembre"\nniveau = [')
    engine = engine_from_text(text + said + 'hypothese = "essai"\n')
    seen: set[Any] = set()
    ages: set[int] = set()

    @seed(5)
    @settings(max_examples=300, database=None, phases=[Phase.generate])
    @given(facts(engine, known=True))
    def collect(given_: Facts) -> None:
        seen.add(given_.at("quotient", date(2025, 9, 11)))
        born = given_.at("ne", date(2025, 9, 11))
        assert isinstance(born, date)
        ages.add(2025 - born.year)

    collect()
    assert {649, 650, 651, 899, 900, 901} <= seen
    assert {5, 6, 7} <= ages


#: Every strategy, with a règlement drawn first where it takes one.
EVERY: Final = {
    "reglements": reglements(),
    "desks": desks(),
    "households": households(),
    "booking_histories": booking_histories(),
    "selections": engines().flatmap(lambda one: days(one).flatmap(lambda day: selections(one, day))),
    "demandes": desks().flatmap(demandes),
    "plannings": desks().flatmap(plannings),
    "patterns": engines().flatmap(patterns),
}


@pytest.mark.parametrize("name", EVERY)
def test_no_strategy_is_slow_or_throws_draws_away(name: str) -> None:
    """Nothing is filtered, no example is too large, and each takes a fraction of a second of the processor."""
    times: list[float] = []

    @seed(7)
    @settings(max_examples=10, database=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(EVERY[name])
    def count(drawn: Any) -> None:
        assert drawn is not None
        times.append(process_time())

    begin = process_time()
    count()
    assert len(times) == 10
    assert (times[-1] - begin) / len(times) < 0.4


def test_hypothesis_finds_every_value_by_its_type() -> None:
    """`st.from_type` knows every public value once the entry point has been called."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    assert declared["hypothesis"] == {"clae_rules": "clae_rules.testing.registration:_hypothesis_setup_hook"}
    registration._hypothesis_setup_hook()
    for type_ in TYPES:
        every_draw_is_a(type_)


def every_draw_is_a(type_: type) -> None:
    """That a few draws of a type are of it."""

    @settings(max_examples=3, database=None, phases=[Phase.generate])
    @given(st.from_type(type_))
    def is_one(drawn: Any) -> None:
        assert isinstance(drawn, type_)

    is_one()


def test_the_hook_loads_no_strategy_until_one_is_drawn() -> None:
    """A run that draws nothing of ours pays for none of it."""
    code = (
        "import sys, hypothesis\n"
        "from clae_rules.testing import registration\n"
        "registration._hypothesis_setup_hook()\n"
        "assert not [one for one in sys.modules if one in "
        "('clae_rules.testing.drawing', 'clae_rules.testing.towns', 'clae_rules.audit')], 'loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "src")}, cwd=ROOT)


def test_without_hypothesis_the_assertions_stay() -> None:
    """The rest says which extra brings it, and an unknown name is one."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from clae_rules import testing\n"
        "assert callable(testing.assert_allowed) and callable(testing.read_vectors)\n"
        "for name in ('reglements', 'nothing'):\n"
        "    try: getattr(testing, name)\n"
        "    except (ValueError, AttributeError) as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "src")}, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "reglements : il faut Hypothesis ; pip install 'clae-rules[testing]'",
        "module 'clae_rules.testing' has no attribute 'nothing'",
    ]


@FEW
@given(instants(martin(), WEDNESDAY))
def test_an_instant_is_near_the_days_that_open(now: datetime) -> None:
    """No instant is drawn far from the calendar."""
    assert date(2021, 6, 1) < now.date() < date(2022, 7, 31)
    assert now.tzinfo is not None
    assert now - NOW < timedelta(days=400)
