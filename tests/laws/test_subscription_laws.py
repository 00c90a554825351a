"""Laws of abonnements: what is taken, left and paid, against a plain model of its dates (S9.4, S10.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import OPEN, PARIS, SMALL

from clae_rules import (
    Abonnement,
    Desk,
    Engine,
    Facts,
    Pattern,
    Planning,
    engine_from_text,
    expanded,
    recapitulatif,
    resign,
    subscribe,
    subscribed,
)
from clae_rules.costs import charges

REGULAR, OCCASIONAL = 200, 300
NEVER: Final = 1000
FIRST, LAST = date(2025, 11, 3), date(2025, 12, 19)
SCHOOL: Final = [
    day
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    if day.weekday() in (0, 1, 3, 4) and day != date(2025, 11, 11)
]
MANY = settings(max_examples=200, deadline=None)


@lru_cache(maxsize=16)
def priced(notice: int, change: int, pour: str) -> Engine:
    """A règlement with one abonnement of slot a, its two notices in days, and whose status it gives."""
    facts = SMALL.replace("[faits]\n", '[faits]\nstatut = ["regulier", "occasionnel"]\n')
    phases = f'[{{ limite = "{change} jours calendaires avant la date, avant 00:00", a_payer = "rien" }}]'
    return engine_from_text(f"""{facts}{OPEN}
[abonnement.x]
creneaux  = "a"
souscrire = "{notice} jours calendaires avant la date, avant 00:00"
changer   = {'"jamais"' if change == NEVER else phases}
suspendre = "jamais"
fait      = {{ statut = "regulier" }}
fait_pour = "{pour}"
hypothese = "essai"
[tarif.a]
par       = "creneau"
prix      = 3.00
hypothese = "essai"
[modification.regulier]
qui.statut = "regulier"
prix       = 2.00
hypothese  = "essai"
""")


@dataclass(frozen=True)
class Contract:
    """Weekdays between two days, some of them given back."""

    weekdays: frozenset[int]
    first: date
    last: date
    back: frozenset[date] = frozenset()

    def dates(self) -> set[date]:
        return {day for day in SCHOOL if self.first <= day <= self.last and day.weekday() in self.weekdays} - self.back

    def value(self) -> Abonnement:
        model = tuple((one, ("a",)) for one in sorted(self.weekdays))
        pattern = Pattern(model=model, first_day=self.first, last_day=self.last)
        return Abonnement(code="x", periode="annee", pattern=pattern, suspended=tuple(sorted(self.back)))


@dataclass(frozen=True)
class Case:
    """A family, what it holds, and when it asks."""

    notice: int
    change: int
    alone: bool
    now: datetime
    held: frozenset[date]

    def in_time(self, days: int, day: date) -> bool:
        return self.now < datetime.combine(day - timedelta(days=min(days, 400)), time(), PARIS)

    def regular(self, one: Contract | None, day: date, last: date = LAST) -> bool:
        """Whether a date is priced as regular under a contract that ends on a day."""
        if one is None or day > last:
            return False
        return day in one.dates() if self.alone else one.first <= day <= one.last

    @property
    def desk(self) -> Desk:
        pour = "ses jours" if self.alone else "l'enfant"
        return Desk(priced(self.notice, self.change, pour), Facts.of(statut="occasionnel"), "lou")

    def planning(self, days: set[date]) -> Planning:
        return Planning.of({("lou", day): ["a"] for day in days})


def cost(days: set[date], *regular: set[date]) -> int:
    """What some dates cost, of which some are regular."""
    return sum(REGULAR if any(day in some for some in regular) else OCCASIONAL for day in days)


spans = st.tuples(st.sampled_from(SCHOOL), st.sampled_from(SCHOOL)).map(sorted)
weekdays = st.sets(st.sampled_from((0, 1, 3, 4)), min_size=1, max_size=3).map(frozenset)
contracts = st.builds(lambda some, span: Contract(some, *span), weekdays, spans)
olds = st.builds(
    lambda one, back: replace(one, back=frozenset(back & one.dates())),
    contracts, st.sets(st.sampled_from(SCHOOL), max_size=4),
)  # fmt: skip
instants = st.integers(0, 24 * 60).map(lambda hours: datetime(2025, 10, 20, tzinfo=PARIS) + timedelta(hours=hours))
cases = st.builds(
    Case, st.sampled_from((5, 15)), st.sampled_from((5, 12, NEVER)), st.booleans(), instants,
    st.sets(st.sampled_from(SCHOOL), max_size=10).map(frozenset),
)  # fmt: skip


@MANY
@given(cases, contracts)
def test_a_new_one_takes_and_costs_what_its_notice_reaches(case: Case, new: Contract) -> None:
    """It begins on the first date that the notice reaches, held or not, and its status reprices nothing before."""
    today, held = case.now.date(), set(case.held)
    reached = {day for day in new.dates() if day >= today and case.in_time(case.notice, day)}
    after = held | reached
    effect = min(reached, default=None)
    found = subscribe(case.desk, case.planning(held), new.value(), now=case.now)
    assert found.effect == effect
    assert set(found.after.of_child("lou")) == (held if effect is None else after)
    mine = set() if effect is None else {day for day in after if day >= effect and case.regular(new, day)}
    total = cost(after, mine) - cost(held)
    assert recapitulatif(*found.steps).total_cents == total
    then = subscribed(case.desk, *found.abonnements)
    assert charges(then, found.after, now=case.now).total_cents == cost(held) + total


@MANY
@given(cases, olds, contracts)
def test_a_change_takes_leaves_and_costs_what_its_notices_reach(case: Case, old: Contract, new: Contract) -> None:
    """It begins past the last date that may not be left, and takes no day given back again, nor reprices before."""
    held, first = set(case.held) | old.dates(), max(new.first, case.now.date())
    wanted = new.dates() - old.back
    given = {day for day in old.dates() - wanted if day >= first}
    stuck = {day for day in given if not case.in_time(case.change, day)}
    first = max([first, *(day + timedelta(days=1) for day in stuck)])
    left = {day for day in given if day >= first}
    outlasts = stuck and not left and old.last >= new.last
    notices = {day: case.change if day <= old.last else case.notice for day in wanted}
    ahead = set() if outlasts else {day for day in wanted if day >= first}
    reached = {day for day in ahead if case.in_time(notices[day], day)}
    goes_on = {day for day in ahead - reached if day in held - left}
    effect = min(reached or (left if goes_on else set()), default=None)
    found = subscribe(
        case.desk, case.planning(held), new.value(), now=case.now, instead_of=old.value()
    )  # fmt: skip
    assert found.effect == effect
    after = held if effect is None else (held - left) | reached
    assert set(found.after.of_child("lou")) == after
    was = {day for day in held if case.regular(old, day)}
    if effect is None:
        then = {day for day in after if case.regular(old, day)}
    else:
        eve, mine = effect - timedelta(days=1), replace(new, back=old.back | (new.dates() - after))
        then = {day for day in after if case.regular(old, day, eve)}
        then |= {day for day in after if day >= effect and case.regular(mine, day)}
    assert recapitulatif(*found.steps).total_cents == cost(after, then) - cost(held, was)
    assert {*expanded(case.desk, Planning(), *found.abonnements).of_child("lou")} <= after
    desk = subscribed(case.desk, *found.abonnements)
    assert charges(desk, found.after, now=case.now).total_cents == cost(after, then)


@MANY
@given(cases, olds, st.sampled_from(SCHOOL))
def test_a_resignation_leaves_and_costs_what_its_notice_reaches(case: Case, old: Contract, since: date) -> None:
    """It gives back what its notice reaches; its status goes on to the eve, or to the last date that stays."""
    held = set(case.held) | old.dates()
    asked = {day for day in old.dates() if day >= max(since, case.now.date())}
    left = {day for day in asked if case.in_time(case.change, day)}
    found = resign(case.desk, case.planning(held), old.value(), since=since, now=case.now)
    assert (found.effect, set(found.after.of_child("lou"))) == (min(left, default=None), held - left)
    last = max([*(asked - left), min(left) - timedelta(days=1)]) if left else LAST
    kept = replace(old, back=old.back | left)
    then = {day for day in held - left if case.regular(kept, day, last)}
    was = {day for day in held if case.regular(old, day)}
    assert recapitulatif(*found.steps).total_cents == cost(held - left, then) - cost(held, was)
    ended = () if found.remains is None else (found.remains,)
    assert charges(subscribed(case.desk, *ended), found.after, now=case.now).total_cents == cost(held - left, then)
    assert {*expanded(case.desk, Planning(), *ended).of_child("lou")} <= held - left
