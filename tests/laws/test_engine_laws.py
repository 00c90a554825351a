"""Laws of the decision, for all that Hypothesis can think of (S1, S5–S9, S11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import at, lou, martin, small

from clae_rules import (
    BoxState,
    Demande,
    Desk,
    Engine,
    Facts,
    Held,
    Onto,
    Pattern,
    Planning,
    Rule,
    Selection,
    Status,
    Variant,
    boxes,
    check_day,
    decide,
    recapitulatif,
    recopie,
    repairs,
)
from clae_rules.constraints import AtLeastCount, AtMost, Blocks, Exactly, ForbiddenAlone, Requires, RequiresAny

DAY, EARLY = date(2025, 9, 11), at("2025-09-01 09:00")
FIRST, LAST = date(2021, 9, 2), date(2022, 1, 31)
NOW = at("2021-09-01 09:00")
FEW, SOME, MANY = (settings(max_examples=n, deadline=None) for n in (30, 100, 200))
FREE = frozenset({BoxState.FREE, BoxState.ON_REQUEST, BoxState.WAITING})


def _lists(most: int = 4, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from("abcd"), unique=True, min_size=least, max_size=most).map(tuple)


def ruled(*rules: Rule) -> Desk:
    """A child before the small règlement with these rules, those that a file would refuse as senseless included."""
    named = tuple(replace(one, code=f"r{i}") for i, one in enumerate(rules))
    return Desk(Engine(replace(small().reglement, rules=named)), Facts(), "lou")


def backwards(*rules: Rule) -> Desk:
    """The same with its rules in the other order, under the same codes."""
    reglement = ruled(*rules).engine.reglement
    return Desk(Engine(replace(reglement, rules=reglement.rules[::-1])), Facts(), "lou")


@st.composite
def _rules(draw: st.DrawFn) -> Rule:
    """A rule of any kind between the four slots."""
    slots = draw(_lists(4, 2))
    cut = draw(st.integers(1, len(slots) - 1))
    few, others, n = slots[:cut], slots[cut:], draw(st.integers(1, len(slots)))
    made: tuple[Rule, ...] = (
        Requires(code="r", slots=few, needs=others, hypothese="essai"),
        RequiresAny(code="r", slots=few, one_of=others, hypothese="essai"),
        ForbiddenAlone(code="r", slots=few, companions=others, hypothese="essai"),
        Blocks(code="r", slots=few, others=others, hypothese="essai"),
        AtMost(code="r", slots=slots, most=n, hypothese="essai"),
        AtLeastCount(code="r", slots=slots, least=n, hypothese="essai"),
        Exactly(code="r", slots=slots, count=n, hypothese="essai"),
    )
    return draw(st.sampled_from(made))


rules = st.lists(_rules(), min_size=1, max_size=3).map(tuple)
guide_slots = st.lists(
    st.sampled_from(("matin-1", "matin-2", "midi-1", "repas", "midi-2", "soir-1", "soir-2")), unique=True
).map(tuple)
late_slots = st.sets(st.sampled_from(("matin-2", "repas", "soir-1")))
held_slots = st.builds(
    lambda codes, late: Selection(
        tuple(Held(one, Variant.HORS_DELAI if one in late else Variant.NORMAL) for one in codes)
    ),
    guide_slots,
    late_slots,
)
days = st.integers(0, 40).map(lambda n: date(2021, 9, 6) + timedelta(days=n))
instants = st.integers(0, 60 * 24 * 60).map(lambda minutes: at("2021-09-01 00:00") + timedelta(minutes=minutes))


@SOME
@given(rules, _rules(), _lists())
def test_adding_a_rule_only_shrinks_what_is_allowed(few: tuple[Rule, ...], more: Rule, slots: tuple[str, ...]) -> None:
    """What more rules allow, fewer allow (S1.7)."""
    if check_day(ruled(*few, more), DAY, slots, now=EARLY).allowed:
        assert check_day(ruled(*few), DAY, slots, now=EARLY).allowed


@SOME
@given(rules, _lists(), _lists())
def test_the_order_of_rules_is_nothing(few: tuple[Rule, ...], slots: tuple[str, ...], held: tuple[str, ...]) -> None:
    """Rules in another order give the same violations, in the same order (S1.4, S1.6)."""
    one, other = (
        check_day(found, DAY, slots, now=EARLY, held=Selection.of(*held)) for found in (ruled(*few), backwards(*few))
    )
    assert (one.status, one.violations, one.inherited) == (other.status, other.violations, other.inherited)
    assert repairs(one) == repairs(other)


@SOME
@given(rules, _lists())
def test_repairs_are_minimal_sufficient_and_idempotent(few: tuple[Rule, ...], slots: tuple[str, ...]) -> None:
    """A repaired date is allowed, needs no repair, and no repair holds another (S8)."""
    desk = ruled(*few)
    found = repairs(check_day(desk, DAY, slots, now=EARLY), first=100).found
    edits = [frozenset((*one.add, *one.remove)) for one in found]
    assert not any(one < other for one in edits for other in edits)
    for one in edits:
        mended = check_day(desk, DAY, sorted(one ^ set(slots)), now=EARLY)
        assert mended.allowed
        assert repairs(mended).found == ()


@SOME
@given(rules, _lists(), _lists())
def test_a_free_box_is_never_refused(few: tuple[Rule, ...], held: tuple[str, ...], draft: tuple[str, ...]) -> None:
    """Ticking a box shown as free is allowed, ticking any other that is not ticked is refused (S1.3)."""
    desk, before = ruled(*few), Selection.of(*held)
    for box in boxes(desk, DAY, now=EARLY, held=before, draft=draft).boxes:
        if box.slot not in draft:
            posted = check_day(desk, DAY, [*draft, box.slot], now=EARLY, held=before)
            assert posted.status is (Status.ALLOWED if box.state in FREE else Status.REFUSED)


@MANY
@given(guide_slots, days, instants, instants)
def test_a_later_clock_only_shrinks(slots: tuple[str, ...], day: date, one: datetime, other: datetime) -> None:
    """What may be booked at the normal variant at an instant could be before it (S3)."""
    wanted = [Held(slot) for slot in slots]
    if check_day(martin(), day, wanted, now=max(one, other)).allowed:
        assert check_day(martin(), day, wanted, now=min(one, other)).allowed


@MANY
@given(guide_slots, held_slots, days, instants, st.randoms(use_true_random=False))
def test_the_order_of_wishes_is_nothing(
    slots: tuple[str, ...], held: Selection, day: date, now: datetime, random: Random
) -> None:
    """Wishes in another order get the same answer (S1.6)."""
    shuffled = sorted(slots, key=lambda _: random.random())
    one, other = (check_day(martin(), day, found, now=now, held=held) for found in (slots, shuffled))
    assert (one.status, one.outcome.after) == (other.status, other.outcome.after)
    assert (one.violations, one.doubts) == (other.violations, other.doubts)


@MANY
@given(held_slots, guide_slots, days, instants)
def test_what_is_granted_is_unchanged_when_asked_again(
    held: Selection, slots: tuple[str, ...], day: date, now: datetime
) -> None:
    """A granted demande asked again changes nothing, costs nothing and is granted (S6.1)."""
    planning = Planning.of({("martin", day): held})
    demande = Demande.of("martin", "periscolaire-2021", {day: slots})
    first = decide(martin(), planning, demande, now=now)
    if first.allowed:
        again = decide(martin(), first.after, demande, now=now)
        assert again.allowed
        assert again.after == first.after
        assert recapitulatif(again).total_cents == 0


@MANY
@given(held_slots, guide_slots, days, instants)
def test_the_recapitulatif_adds_up(held: Selection, slots: tuple[str, ...], day: date, now: datetime) -> None:
    """Lines multiply and add up, and are the price after less the price before where nothing stays due (S10.6, S11)."""
    planning = Planning.of({("martin", day): held})
    verdict = decide(martin(), planning, Demande.of("martin", "periscolaire-2021", {day: slots}), now=now)
    found = recapitulatif(verdict)
    assert all(one.quantity * one.unit_cents == one.amount_cents for one in found.lines)
    assert found.total_cents == sum(one.amount_cents for one in found.lines)
    for one in verdict.granted:
        after, before = (one.price(slots).total_cents for slots in (one.outcome.after, one.held))
        assert after is not None
        assert before is not None
        assert found.total_cents == after - before


@SOME
@given(_lists(), _lists())
def test_a_change_and_its_contrary_cost_nothing(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Price after less price before changes its sign with the direction of the change (S10.6)."""

    def cost(held: tuple[str, ...], wanted: tuple[str, ...]) -> int | None:
        demande = Demande.of("lou", "annee", {DAY: wanted})
        return recapitulatif(decide(lou(), Planning.of({("lou", DAY): held}), demande, now=EARLY)).total_cents

    there, back = cost(one, other), cost(other, one)
    assert there is not None
    assert back == -there


@FEW
@given(guide_slots.filter(bool), held_slots, days, st.integers(0, 150), st.sampled_from(Onto), st.integers(1, 3))
def test_two_halves_of_a_recopie_equal_one(
    slots: tuple[str, ...], held: Selection, day: date, cut: int, onto: Onto, every: int
) -> None:
    """Copying up to a date and then from the next gives what copying at once gives (S9.2)."""
    middle = FIRST + timedelta(days=cut)
    planning = Planning.of({("martin", day): held})

    def copy(first: date, last: date, before: Planning) -> Planning:
        pattern = Pattern.day(
            slots, "mardi", "jeudi", first_day=first, last_day=last, every_weeks=every, from_week=FIRST
        )
        return recopie(martin(), before, pattern, periode="periscolaire-2021", now=NOW, onto=onto).after

    halves = copy(middle + timedelta(days=1), LAST, copy(FIRST, middle, planning))
    assert halves == copy(FIRST, LAST, planning)
