"""What must not change an answer, or may only shrink it, for all that Hypothesis can think of (S1–S10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import at, lou, martin, small
from tests.laws.test_engine_laws import DAY, EARLY, days, guide_slots, held_slots, instants, ruled, rules

from clae_rules import (
    Demande,
    Desk,
    Engine,
    Facts,
    Grain,
    Occupancy,
    Onto,
    Pattern,
    Planning,
    Rule,
    Selection,
    Status,
    check_day,
    decide,
    recapitulatif,
    recopie,
)
from clae_rules.constraints import AllOrNone, AtLeastCount, AtMost, Blocks, Exactly, ForbiddenAlone, RequiresAny

MANY: Final = settings(max_examples=25, deadline=None)
abcd = st.sets(st.sampled_from("abcd")).map(lambda found: tuple(sorted(found)))
some = st.sets(st.sampled_from("abcd"), min_size=1).map(lambda found: tuple(sorted(found)))


def same(one: Desk, other: Desk, slots: tuple[str, ...], held: tuple[str, ...] = ()) -> bool:
    """Whether two children get the same answer of one date."""
    found = [check_day(desk, DAY, slots, now=EARLY, held=Selection.of(*held)) for desk in (one, other)]
    return found[0].status is found[1].status


@MANY
@given(rules, abcd, abcd, st.permutations("wxyz"))
def test_names_are_nothing(
    few: tuple[Rule, ...], slots: tuple[str, ...], held: tuple[str, ...], names: list[str]
) -> None:
    """Slots and rules under other codes get the same answers under those codes (S1.4, S2.2)."""
    called = dict(zip("abcd", names, strict=True))
    text = small().reglement
    (mode,) = text.modes
    offer = tuple(replace(one, code=called[one.code], label=called[one.code].upper()) for one in mode.slots)

    def renamed(rule: Rule, code: str) -> Rule:
        named: dict[str, Any] = {
            field: tuple(called[one] for one in getattr(rule, field)) for field in ("slots", *_objects(rule))
        }
        return replace(rule, code=code, **named)

    changed = tuple(renamed(one, f"z{9 - i}") for i, one in enumerate(few))
    other = Desk(Engine(replace(text, modes=(replace(mode, slots=offer),), rules=changed)), Facts(), "lou")
    verdicts = [
        check_day(ruled(*few), DAY, slots, now=EARLY, held=Selection.of(*held)),
        check_day(other, DAY, [called[one] for one in slots], now=EARLY, held=Selection.of(*(called[s] for s in held))),
    ]
    told = [
        {(one.code, frozenset(one.slots), frozenset(one.missing)) for one in verdict.violations} for verdict in verdicts
    ]
    assert verdicts[0].status is verdicts[1].status
    assert told[1] == {
        (code, frozenset(called[one] for one in blamed), frozenset(called[one] for one in missing))
        for code, blamed, missing in told[0]
    }


def _objects(rule: Rule) -> tuple[str, ...]:
    """The fields of a rule that name slots, besides its subject."""
    return tuple(name for name in ("needs", "one_of", "companions", "others") if hasattr(rule, name))


@MANY
@given(rules, abcd, abcd, st.permutations("abcd"))
def test_the_order_of_display_decides_nothing(
    few: tuple[Rule, ...], slots: tuple[str, ...], held: tuple[str, ...], order: list[str]
) -> None:
    """Slots displayed in another order get the same answer (S2.2, S1.6)."""
    one = ruled(*few)
    (mode,) = one.engine.reglement.modes
    offer = tuple(sorted(mode.slots, key=lambda slot: order.index(slot.code)))
    other = Desk(Engine(replace(one.engine.reglement, modes=(replace(mode, slots=offer),))), Facts(), "lou")
    assert same(one, other, slots, held)


@MANY
@given(held_slots, guide_slots, st.integers(0, 4), st.integers(1, 4), st.integers(0, 24 * 7))
def test_whole_weeks_of_the_same_kind_shift_everything(
    held: Selection, slots: tuple[str, ...], weekday: int, shift: int, hours: int
) -> None:
    """A date and an instant moved by whole weeks, none of them of holidays, get the same answer (S2.1, S3.7)."""
    first = date(2021, 11, 15) + timedelta(days=weekday)
    moved = first + timedelta(weeks=shift)
    instant = at("2021-11-08 11:59") + timedelta(hours=hours)
    one = check_day(martin(), first, slots, now=instant, held=held)
    other = check_day(martin(), moved, slots, now=instant + timedelta(weeks=shift), held=held)
    assert (one.status, one.outcome.after) == (other.status, other.outcome.after)
    assert [(item.code, item.slots) for item in one.violations] == [
        (item.code, item.slots) for item in other.violations
    ]


@MANY
@given(some, some, abcd)
def test_a_block_reads_both_ways(few: tuple[str, ...], others: tuple[str, ...], slots: tuple[str, ...]) -> None:
    """« A bloque B » refuses what « B bloque A » refuses, and a rule on several slots what one on each does (S5.2)."""
    few = tuple(slot for slot in few if slot not in others) or ("a",)
    others = tuple(slot for slot in others if slot not in few) or ("d",) * ("d" not in few) or ("b",)
    whole = ruled(Blocks(code="r", slots=few, others=others, hypothese="essai"))
    assert same(whole, ruled(Blocks(code="r", slots=others, others=few, hypothese="essai")), slots)
    each = (Blocks(code="r", slots=(one,), others=(two,), hypothese="essai") for one in few for two in others)
    assert same(whole, ruled(*each), slots)


@MANY
@given(st.permutations("abcd"), st.integers(1, 3), abcd)
def test_forbidden_alone_is_one_of(mixed: list[str], cut: int, slots: tuple[str, ...]) -> None:
    """« Interdit seul sans » and « seulement avec un de » differ by their sentence alone (S5.1)."""
    few, others = tuple(mixed[:cut]), tuple(mixed[cut:])
    assert same(
        ruled(ForbiddenAlone(code="r", slots=few, companions=others, hypothese="essai")),
        ruled(RequiresAny(code="r", slots=few, one_of=others, hypothese="essai")),
        slots,
    )


@MANY
@given(some, st.integers(1, 4), abcd)
def test_counts_are_made_of_each_other(wide: tuple[str, ...], n: int, slots: tuple[str, ...]) -> None:
    """Exactly n is at least and at most n; all or none is at least as many as there are (S5.3, S1.7)."""
    n = min(n, len(wide))
    least = AtLeastCount(code="r", slots=wide, least=n, hypothese="essai")
    most = AtMost(code="r", slots=wide, most=n, hypothese="essai")
    assert same(ruled(Exactly(code="r", slots=wide, count=n, hypothese="essai")), ruled(least, most), slots)
    whole = AtLeastCount(code="r", slots=wide, least=len(wide), hypothese="essai")
    assert same(ruled(AllOrNone(code="r", slots=wide, all_or_none=True, hypothese="essai")), ruled(whole), slots)


FACTED: Final = """
[regle.x]
hypothese = "essai"
creneaux = "a"
bloque = "b"
qui.niveau = "petit"
[regle.y]
hypothese = "essai"
creneaux = ["c", "d"]
tout_ou_rien = true
sauf = { qui.niveau = "grand" }
[acces.z]
hypothese = "essai"
creneaux = "d"
exige.niveau = "grand"
"""


@MANY
@given(abcd, abcd, st.sampled_from(("petit", "grand")))
def test_a_fact_that_becomes_known_only_settles(slots: tuple[str, ...], held: tuple[str, ...], level: str) -> None:
    """What is allowed or refused without a fact is so whatever the fact turns out to be (S1.5)."""
    unknown = check_day(lou(FACTED), DAY, slots, now=EARLY, held=Selection.of(*held))
    known = check_day(lou(FACTED, niveau=level), DAY, slots, now=EARLY, held=Selection.of(*held))
    assert known.status is not Status.UNDECIDED
    if unknown.status is not Status.UNDECIDED:
        assert known.status is unknown.status


@MANY
@given(rules, abcd, abcd, st.sets(st.integers(0, 2)))
def test_setting_rules_aside_only_widens(
    few: tuple[Rule, ...], slots: tuple[str, ...], held: tuple[str, ...], aside: set[int]
) -> None:
    """What is allowed is allowed too where an agent sets rules aside; all of them aside, nothing is refused (S6.7)."""
    desk, before = ruled(*few), Selection.of(*held)
    waived = frozenset(f"r{i}" for i in aside if i < len(few))
    plain = check_day(desk, DAY, slots, now=EARLY, held=before)
    freed = check_day(desk, DAY, slots, now=EARLY, held=before, waived=waived)
    assert freed.allowed or not plain.allowed
    assert {one.rule for one in freed.violations} == {one.rule for one in plain.violations} - waived
    everything = frozenset(f"r{i}" for i in range(len(few)))
    assert check_day(desk, DAY, slots, now=EARLY, held=before, waived=everything).allowed


POOLED: Final = '[capacite.salle]\nhypothese = "essai"\ncreneaux = ["a", "b"]\nenfants = 3'


@MANY
@given(abcd, abcd, st.integers(0, 4), st.integers(0, 4))
def test_fewer_places_only_shrink(slots: tuple[str, ...], held: tuple[str, ...], one: int, other: int) -> None:
    """What is allowed with more places taken is allowed with fewer; a child who is counted keeps his place (S6.5)."""

    def allowed(taken: int) -> bool:
        places = Occupancy.of({("salle", DAY): taken})
        verdict = check_day(lou(POOLED), DAY, slots, now=EARLY, held=Selection.of(*held), occupancy=places)
        return verdict.allowed

    assert allowed(min(one, other)) or not allowed(max(one, other))
    assert allowed(4) or not {"a", "b"} & set(held)


@MANY
@given(rules, st.dictionaries(st.integers(0, 3).map(lambda n: DAY + timedelta(days=7 * n)), abcd, min_size=1), abcd)
def test_a_whole_demande_is_the_sum_of_its_dates(
    few: tuple[Rule, ...], asked: dict[date, tuple[str, ...]], held: tuple[str, ...]
) -> None:
    """Without windows a demande is granted whole where each date is granted, and day by day grants just those (S6.6)."""
    desk, planning = ruled(*few), Planning.of({("lou", DAY): held})
    demande = Demande.of("lou", "annee", asked)
    whole = decide(desk, planning, demande, now=EARLY)
    each = decide(desk, planning, demande, now=EARLY, grain=Grain.DAY_BY_DAY)
    alone = {
        day: check_day(desk, day, slots, now=EARLY, held=planning.held("lou", day)).status
        for day, slots in asked.items()
    }
    assert {one.day: one.status for one in each.days} == alone
    assert whole.allowed == all(status is Status.ALLOWED for status in alone.values())


CAPPED: Final = """
[modification.plafond]
hypothese = "essai"
par = "mois"
plafond = 3.00
[prix]
ordre = ["plafond"]
"""


@MANY
@given(st.lists(st.tuples(st.integers(0, 3), some), min_size=2, max_size=4), st.integers(1, 3))
def test_two_halves_of_a_demande_cost_what_the_whole_costs(asked: list[tuple[int, tuple[str, ...]]], cut: int) -> None:
    """Asking some dates, then the others, costs what asking all at once costs, under a cap of the month (S10.6)."""
    wanted = {DAY + timedelta(days=7 * n): slots for n, slots in asked}
    desk, dates = lou(CAPPED), sorted(wanted)

    def cost(some_days: list[date], planning: Planning) -> tuple[int, Planning]:
        if not some_days:
            return 0, planning
        demande = Demande.of("lou", "annee", {day: wanted[day] for day in some_days})
        verdict = decide(desk, planning, demande, now=EARLY)
        total = recapitulatif(verdict).total_cents
        assert total is not None
        return total, verdict.after

    first, planning = cost(dates[:cut], Planning())
    second, after = cost(dates[cut:], planning)
    assert (first + second, after) == cost(dates, Planning())


@MANY
@given(some, st.integers(1, 20))
def test_prices_that_grow_make_the_total_grow_as_much(slots: tuple[str, ...], times: int) -> None:
    """Every price times n makes the total times n (S10.1)."""

    def cost(unit: str) -> int:
        prices = f'[tarif.x]\nhypothese = "essai"\npar = "créneau"\nprix = {unit}\n'
        total = check_day(lou(prices=prices), DAY, slots, now=EARLY).price(Selection.of(*slots)).total_cents
        assert total is not None
        return total

    assert cost(f"{times * 37 / 100:.2f}") == times * cost("0.37")


@MANY
@given(guide_slots.filter(bool), held_slots, days, st.sampled_from(Onto))
def test_a_recopie_made_again_changes_nothing(slots: tuple[str, ...], held: Selection, day: date, onto: Onto) -> None:
    """A recopie a second time applies nothing; merged, it gives nothing back; kept, it leaves what is held (S9.3)."""
    planning = Planning.of({("martin", day): held})
    pattern = Pattern.day(slots, "mardi", "jeudi", first_day=day, last_day=day + timedelta(days=21))

    def copy(before: Planning) -> Planning:
        instant = at("2021-09-01 09:00")
        return recopie(martin(), before, pattern, periode="periscolaire-2021", now=instant, onto=onto).after

    once = copy(planning)
    assert copy(once) == once
    if onto is not Onto.REPLACE:
        assert held.slots <= once.held("martin", day).slots
    if onto is Onto.KEEP and held:
        assert once.held("martin", day) == held


@MANY
@given(held_slots, days, instants)
def test_asking_for_what_is_held_changes_nothing(held: Selection, day: date, now: datetime) -> None:
    """What is held may always be asked for again, however late, and costs nothing (S6.1, S6.2)."""
    planning = Planning.of({("martin", day): held})
    demande = Demande.of("martin", "periscolaire-2021", {day: tuple(held.slots)})
    verdict = decide(martin(), planning, demande, now=now)
    assert verdict.allowed
    assert verdict.after == planning
    assert recapitulatif(verdict).total_cents == 0
