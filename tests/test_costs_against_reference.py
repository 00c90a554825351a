"""Prices over windows against plain Python written apart, on random households (S10.3, S10.5, S10.6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Final

import pytest
from tests.test_costs import AUGUST, OVER, desk_of, engine_of

from clae_rules import Held, Planning, Variant
from clae_rules.costs import charges, difference

#: (child, date, slot, late): all that is held.
Rows = list[tuple[str, date, str, bool]]
CHILDREN: Final = ("lea", "tom", "zoe")
WEEKDAYS: Final = tuple(day for day in (date(2026, 9, 1) + timedelta(days=n) for n in range(180)) if day.weekday() < 5)


def month(day: date) -> tuple[int, int]:
    """The month of a date."""
    return day.year, day.month


def week(day: date) -> date:
    """The Monday of a date."""
    return day - timedelta(days=day.weekday())


def half_up(cents: Fraction) -> int:
    """Cents rounded half up; amounts are at least 0."""
    return int(cents + Fraction(1, 2))


def per_key(rows: Iterable[object]) -> Iterator[int]:
    """How many rows there are of each key."""
    yield from Counter(rows).values()


def jauldes(rows: Rows) -> int:
    """A household's day costs 2.80, 4.65 or 6.70 by the children present."""
    present = defaultdict(set)
    for child, day, _, _ in rows:
        present[day].add(child)
    return sum((280, 465, 670)[min(len(who), 3) - 1] for who in present.values())


def plivot(rows: Rows) -> int:
    """12.00 a child, a month and a slot."""
    return 1200 * len({(child, month(day), slot) for child, day, slot, _ in rows})


def saussay(rows: Rows) -> int:
    """A card a child and a month, cheaper for each where more children have one."""
    eating = defaultdict(set)
    for child, day, _, _ in rows:
        eating[month(day)].add(child)
    return sum(len(who) * (5900, 5700, 5500)[min(len(who), 3) - 1] for who in eating.values())


def regulier(rows: Rows) -> int:
    """5.70 a meal from 8 days a month on, else 6.50."""
    return sum(count * (570 if count >= 8 else 650) for count in per_key((c, month(d)) for c, d, _, _ in rows))


def plafond(rows: Rows) -> int:
    """Meals at 4.00; mornings at 3.00, at most 20.00 a month for all children."""
    meals = sum(400 for _, _, slot, _ in rows if slot == "repas")
    return meals + sum(min(300 * n, 2000) for n in per_key(month(d) for _, d, slot, _ in rows if slot == "matin"))


def lons(rows: Rows) -> int:
    """Meals at 4.00, evenings at 1.00; 2.00 more for a child's first two late meals of a month."""
    late = per_key((child, month(day)) for child, day, slot, tardy in rows if slot == "repas" and tardy)
    return sum(400 if slot == "repas" else 100 for _, _, slot, _ in rows) + sum(200 * min(n, 2) for n in late)


def mercredis(rows: Rows) -> int:
    """10.00 a day; 8.00 from a child's third Wednesday of the month on."""
    wednesdays = per_key((child, month(day)) for child, day, _, _ in rows if day.weekday() == 2)
    return 1000 * len(rows) - sum(200 * max(0, n - 2) for n in wednesdays)


def loon(rows: Rows) -> int:
    """0.35 a morning; a membership a civil year and household, half from July on by the first date of the year."""
    first: dict[int, date] = {}
    for _, day, _, _ in rows:
        first[day.year] = min(day, first.get(day.year, day))
    return 35 * len(rows) + sum(425 if day.month >= 7 else 850 for day in first.values())


def semaine(rows: Rows) -> int:
    """5.00, 4.50 or 4.00 a day by a child's days of the week."""
    days = {(child, day) for child, day, _, _ in rows}
    return sum(n * (500, 450, 400)[min(n, 3) - 1] for n in per_key((child, week(day)) for child, day in days))


def forfait(rows: Rows) -> int:
    """10.00 a day, 45.00 for five days of a week."""
    return sum(4500 if n == 5 else 1000 * n for n in per_key((child, week(day)) for child, day, _, _ in rows))


def remise(rows: Rows) -> int:
    """2.45 and 3.60, at most 6.00 a day; 10 % off a month in which two children come."""
    total = 0
    for key in {month(day) for _, day, _, _ in rows}:
        mine = [row for row in rows if month(row[1]) == key]
        days: dict[tuple[str, date], int] = defaultdict(int)
        for child, day, slot, _ in mine:
            days[child, day] += 245 if slot == "matin" else 360
        amount = sum(min(one, 600) for one in days.values())
        total += half_up(Fraction(9 * amount, 10)) if len({row[0] for row in mine}) > 1 else amount
    return total


def tardive(rows: Rows) -> int:
    """4.00 a meal, 4.50 for all those of a child's week with a late one."""
    late = {(child, week(day)) for child, day, _, tardy in rows if tardy}
    return sum(450 if (child, week(day)) in late else 400 for child, day, _, _ in rows)


def quinzaine(rows: Rows) -> int:
    """11.00 a day, at most 30.00 a child and two weeks counted from 7 September 2026."""
    start = date(2026, 9, 7)
    return sum(min(1100 * n, 3000) for n in per_key((c, (week(d) - start).days // 14) for c, d, _, _ in rows))


REFERENCES: Final[tuple[tuple[str, Callable[[Rows], int]], ...]] = (
    ("jauldes", jauldes),
    ("plivot", plivot),
    ("saussay", saussay),
    ("regulier", regulier),
    ("plafond", plafond),
    ("lons-le-saunier", lons),
    ("troisieme-mercredi", mercredis),
    ("loon-plage", loon),
    ("semaine", semaine),
    ("forfait-semaine", forfait),
    ("remise-du-foyer", remise),
    ("commande-tardive", tardive),
    ("quatorze-jours", quinzaine),
)


def household(random: Random, slots: tuple[str, ...]) -> Rows:
    """Some slots of some dates of some children, the dates close together in some households."""
    days = random.sample(WEEKDAYS[: random.choice((12, 40, len(WEEKDAYS)))], 12)
    children = CHILDREN[: random.randint(1, 3)]
    odds = random.choice((0.2, 0.5, 0.9))
    return [
        (child, day, slot, random.random() < 0.3)
        for child in children for day in days for slot in slots if random.random() < odds
    ]  # fmt: skip


def planning_of(rows: Rows) -> Planning:
    """What rows hold."""
    days: dict[tuple[str, date], list[Held]] = defaultdict(list)
    for child, day, slot, late in rows:
        days[child, day].append(Held(slot, Variant.HORS_DELAI if late else Variant.NORMAL))
    return Planning.of(days)


@pytest.mark.parametrize(("name", "reference"), REFERENCES)
def test_random_households_are_charged_as_plain_python_says(name: str, reference: Callable[[Rows], int]) -> None:
    """The account of any household, and the difference of any two, are those of a few lines written apart."""
    random, engine = Random(name), engine_of(name)
    desk = desk_of(engine, {}, list(CHILDREN))
    before: Rows = []
    for _ in range(40):
        rows = household(random, tuple(engine.slots))

        assert charges(desk, planning_of(rows), now=OVER).total_cents == reference(rows)
        found = difference(desk, planning_of(before), planning_of(rows), now=AUGUST)
        assert found.total_cents == reference(rows) - reference(before)
        before = rows
