"""Laws of the small values, for all that Hypothesis can think of."""

import pytest

pytest.importorskip("hypothesis")

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from clae_rules.bounds import BoundShape, Interval, format_interval, parse_interval
from clae_rules.days import clipped, monday, previous_weekday, step
from clae_rules.money import Rounding, round_cents
from clae_rules.patterns import Pattern
from clae_rules.shapes import exact, plain_number
from clae_rules.slots import Held, Selection
from clae_rules.variants import Variant

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
DECIMALS = st.builds(Fraction, st.integers(-(10**9), 10**9), st.sampled_from((1, 10, 100, 10_000)))
CENTS = st.fractions(-(10**6), 10**6)
WORDS = st.frozensets(st.text("abé 0-9", min_size=1, max_size=6), min_size=1, max_size=3)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval with a number in it."""
    low, high = draw(st.one_of(st.none(), DECIMALS)), draw(st.one_of(st.none(), DECIMALS))
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high) + 1
    elif low is None and high is None:
        low = Fraction(0)
    low_open, high_open = draw(st.booleans()), draw(st.booleans())
    return Interval(low, high, low_open and low is not None, high_open and high is not None)


@given(intervals())
def test_a_bound_is_read_back_from_its_phrase(bound: Interval) -> None:
    """S1.2: the canonical phrase of a bound gives the same bound."""
    assert parse_interval(format_interval(bound)) == bound


@given(WORDS)
def test_words_of_a_bound_are_read_back(words: frozenset[str]) -> None:
    """S1.2: words with accents, spaces or digits come back as they were."""
    shape = BoundShape()
    assert shape.read(shape.write(words), (), []) == words


@given(DECIMALS)
def test_a_number_is_read_back_from_its_plain_form(value: Fraction) -> None:
    """S10.1: no digit is lost."""
    assert exact(plain_number(value)) == value


@given(CENTS, st.integers(1, 100))
def test_rounding_is_near_and_symmetric(cents: Fraction, step_cents: int) -> None:
    """S10.1: half a step at most, a tie away from zero, and the same on both sides of zero."""
    near = round_cents(cents, step_cents)
    up, down = (round_cents(cents, step_cents, mode) for mode in (Rounding.UP, Rounding.DOWN))
    assert 2 * abs(near - cents) <= step_cents
    assert abs(down) <= abs(cents) <= abs(up)
    assert near in {up, down}
    assert round_cents(-cents, step_cents) == -near


@given(DAYS, st.integers(-60, 60))
def test_steps_of_all_days_are_civil_arithmetic(day: date, count: int) -> None:
    """S3.2: where every day counts, n days are n days."""
    assert step(day, count, lambda _: True) == day + timedelta(days=count)


@given(DAYS, st.integers(0, 6))
def test_the_previous_weekday_is_within_a_week(day: date, weekday: int) -> None:
    """S3.2: strictly before, and the last one."""
    found = previous_weekday(day, weekday)
    assert found.weekday() == weekday
    assert 1 <= (day - found).days <= 7
    assert monday(day) == previous_weekday(day + timedelta(days=1), 0)


@given(st.integers(1900, 2200), st.integers(-30, 30), st.integers(1, 31))
def test_a_clipped_day_is_the_last_that_fits(year: int, month: int, number: int) -> None:
    """S3.2: the day itself, or the end of its month."""
    found = clipped(year, month, number)
    assert found.day == number or (found + timedelta(days=1)).day == 1
    assert found.year * 12 + found.month == year * 12 + month


@given(DAYS, st.integers(0, 700), st.integers(1, 6), st.sets(st.integers(0, 6), min_size=1))
def test_a_pattern_reaches_what_its_definition_says(first: date, length: int, every: int, weekdays: set[int]) -> None:
    """S9.1: every date between, on its weekdays, of every n-th week from the first."""
    last = first + timedelta(days=length)
    pattern = Pattern(
        model=tuple((weekday, ("repas",)) for weekday in weekdays), first_day=first, last_day=last, every_weeks=every
    )
    every_day = [first + timedelta(days=n) for n in range(length + 1)]
    wanted = [day for day in every_day if day.weekday() in weekdays and (day - monday(first)).days // 7 % every == 0]
    assert list(pattern.dates()) == wanted


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from(Variant)), st.randoms(use_true_random=False))
def test_a_selection_has_no_order(held: dict[str, Variant], rng: Random) -> None:
    """S2.3: any order, and any repetition, gives the same selection."""
    given_ = [Held(slot, variant) for slot, variant in held.items()]
    again = sorted(given_ * 2, key=lambda _: rng.random())
    assert Selection(tuple(given_)) == Selection(tuple(again))
