"""Laws of households, closures, subscriptions and prepayments, for all that Hypothesis can think of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import at, lou
from tests.laws.test_engine_laws import EARLY, ruled, rules

from clae_rules import (
    Abonnement,
    Closure,
    Demande,
    Desk,
    Facts,
    Held,
    Pattern,
    Planning,
    Rule,
    Selection,
    Status,
    check_day,
    close,
    decide,
    pay,
    recapitulatif,
    subscribed,
)
from clae_rules.selectors import When

DAY = date(2025, 9, 11)
MANY = settings(max_examples=150, deadline=None)
abcd = st.sets(st.sampled_from("abcd")).map(lambda found: tuple(sorted(found)))


@MANY
@given(rules, abcd, abcd, abcd)
def test_two_households_are_one_for_the_rules(
    few: tuple[Rule, ...], held: tuple[str, ...], fathers: tuple[str, ...], more: tuple[str, ...]
) -> None:
    """What two households hold is judged as if one held it all, while nothing of the other's is given back (S6.8)."""
    one = ruled(*few)
    two = Desk(one.engine, Facts(), "lou", household="mere")
    shared = Selection(tuple(Held(slot, holder="pere" if slot in fathers else "mere") for slot in held))
    wanted = sorted({*more, *(set(held) & set(fathers))})
    alone = check_day(one, DAY, wanted, now=EARLY, held=Selection.of(*held))
    both = check_day(two, DAY, wanted, now=EARLY, held=shared)
    assert (both.status, both.violations, both.inherited) == (alone.status, alone.violations, alone.inherited)
    assert both.outcome.after.slots == alone.outcome.after.slots
    kept = {item.slot: item.holder for item in both.outcome.after}
    assert all(kept[item.slot] == item.holder for item in shared if item.slot in kept)
    assert all(kept[slot] == "mere" for slot in both.outcome.added)


@MANY
@given(abcd, abcd)
def test_two_households_pay_what_each_holds(held: tuple[str, ...], fathers: tuple[str, ...]) -> None:
    """Where each slot has its own price, what two households pay adds up to what one would pay (S6.8, S10)."""
    one = ruled()
    shared = Selection(tuple(Held(slot, holder="pere" if slot in fathers else "mere") for slot in held))

    def cost(household: str, selection: Selection) -> int:
        desk = Desk(one.engine, Facts(), "lou", household=household)
        total = check_day(desk, DAY, [*selection.slots], now=EARLY, held=selection).price(selection).total_cents
        assert total is not None
        return total

    assert cost("mere", shared) + cost("pere", shared) == cost("", Selection.of(*held))


@MANY
@given(rules, abcd, abcd, st.sets(st.sampled_from((DAY, DAY + timedelta(days=1))), min_size=1))
def test_a_closure_empties_what_it_closes(
    few: tuple[Rule, ...], held: tuple[str, ...], shut: tuple[str, ...], days: set[date]
) -> None:
    """Closing some slots of a date takes them and nothing else; closing all leaves it empty, and nothing free (S6.9)."""
    desk = ruled(*few)
    planning = Planning.of({("lou", DAY): held, ("lou", DAY + timedelta(days=4)): held})
    closure = Closure(code="x", motive="neige", slots=shut, when=When(dates=tuple(sorted(days))))
    found = close(desk, planning, closure, now=EARLY)
    gone = {*(shut or "abcd")} if DAY in days else set()
    assert found.after.held("lou", DAY).slots == set(held) - gone
    assert found.after.held("lou", DAY + timedelta(days=4)).slots == set(held)
    assert {slot for one in found.cancelled for slot in one.slots} == set(held) & gone
    assert all(check_day(found.desk, DAY, [slot], now=EARLY).status is Status.REFUSED for slot in gone)
    twice = close(found.desk, found.after, closure, now=EARLY)
    assert (twice.cancelled, twice.after) == ((), found.after)


@MANY
@given(
    st.integers(0, 11 * 24 * 4).map(lambda quarters: at("2025-11-03 00:00") + timedelta(minutes=15 * quarters)),
    abcd,
    st.sampled_from(("tout", "rien", "50 %", "0.30 dus")),
    st.integers(1, 5),
)
def test_suspending_a_day_is_cancelling_it_under_the_same_deadline(
    now: datetime, besides: tuple[str, ...], due: str, notice: int
) -> None:
    """Suspending a day answers and costs as cancelling it does where the general deadline says the same (S9.4)."""
    phases = f'[{{ limite = "{notice} jours calendaires avant la date, avant 10:00", a_payer = "{due}" }}]'
    never = '\n[delai.general]\nhypothese = "essai"\nreserver = "sans limite"\nannuler = "jamais"\n'
    item = f'[abonnement.x]\nhypothese = "essai"\ncreneaux = "a"\nsouscrire = "sans limite"\nsuspendre = {phases}'
    general = never.replace('annuler = "jamais"', f"annuler = {phases}")
    day = date(2025, 11, 13)
    pattern = Pattern.day(["a"], "jeudi", first_day=day, last_day=day)
    one = subscribed(lou(item, delays=never), Abonnement(code="x", periode="annee", pattern=pattern))
    held = Planning.of({("lou", day): {"a", *besides}})
    demande = Demande.of("lou", "annee", {day: [slot for slot in besides if slot != "a"]})
    suspended, cancelled = (decide(desk, held, demande, now=now) for desk in (one, lou(delays=general)))
    assert suspended.status is cancelled.status
    assert suspended.after == cancelled.after
    assert [item.code for item in suspended.violations] == [item.code for item in cancelled.violations]
    costs = [
        [(line.kind, line.amount_cents) for line in recapitulatif(found).lines] for found in (suspended, cancelled)
    ]
    assert costs[0] == costs[1]


@MANY
@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 120), max_size=4),
    st.integers(0, 120),
    st.integers(0, 120),
)
def test_a_payment_keeps_what_is_not_lost_yet(limits: dict[str, int], paid: int, later: int) -> None:
    """What is paid is what was still held then, and stays held ever after; paying twice changes nothing more (S3)."""

    def minute(count: int) -> datetime:
        return EARLY + timedelta(minutes=count)

    held = [Held(slot, pay_before=minute(limit)) for slot, limit in limits.items()]
    planning = Planning.of({("lou", DAY): held})
    found = pay(planning, at=minute(paid))
    assert {slot for _, _, slot in found.paid} == {slot for slot, limit in limits.items() if paid < limit}
    assert {slot for _, _, slot in found.lost} == set(limits) - {slot for _, _, slot in found.paid}
    assert found.planning.held("lou", DAY).slots == planning.at(minute(paid)).held("lou", DAY).slots
    assert found.planning.at(minute(later)) == found.planning
    assert pay(found.planning, at=minute(later)).paid == ()
    assert planning.at(minute(paid)).at(minute(later)) == planning.at(minute(max(paid, later)))
