"""The one way to say where something applies, in three values (S1.5, S3.5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from clae_rules.bounds import parse_interval
from clae_rules.days import DayFacts, DayKind
from clae_rules.errors import InvalidValueError
from clae_rules.facts import Profile, Value
from clae_rules.selectors import (
    ALWAYS,
    EVERYWHERE,
    Answer,
    Places,
    When,
    Where,
    both,
    fits,
    missing_facts,
    negated,
)
from clae_rules.variants import Variant

MONDAY = DayFacts(date(2021, 9, 6), 0, DayKind.ORDINARY, "")
HOLIDAY = DayFacts(date(2021, 10, 27), 2, DayKind.VACANCES, "toussaint")
PLACES = Places(
    {"matin": frozenset(("matin",)), "repas": frozenset(("repas",)), "jour": frozenset(("matin", "repas"))},
    {"cantine": lambda day: day.weekday == 0},
)
OLD = (("age", parse_interval("à partir de 6")),)


def known(**facts: Value) -> Profile:
    """A profile of the given facts and of no other."""
    return facts.get


def answer(where: Where, slot: str = "repas", variant: Variant | None = None, **facts: Any) -> Answer:
    """Whether a selector holds a slot on an ordinary Monday."""
    return PLACES.applies(where, slot, variant, MONDAY, ("p",), known(**facts))


@pytest.mark.parametrize(
    ("when", "monday", "holiday"),
    (
        ({}, True, True),
        ({"weekdays": (0, 1)}, True, False),
        ({"kinds": (DayKind.VACANCES,)}, False, True),
        ({"months": (9,)}, True, False),
        ({"periodes": ("p", "q")}, True, True),
        ({"periodes": ("q",)}, False, False),
        ({"holidays": ("toussaint",)}, False, True),
        ({"calendars": ("cantine",)}, True, False),
        ({"dates": (date(2021, 10, 27),)}, False, True),
        ({"first_day": date(2021, 9, 7)}, False, True),
        ({"last_day": date(2021, 9, 6)}, True, False),
        ({"weekdays": (0,), "months": (10,)}, False, False),
    ),
)
def test_keys_add_up_and_a_list_is_a_choice(when: Mapping[str, Any], monday: bool, holiday: bool) -> None:
    """S2: keys are « and », the values of one key are « or », an absent key restricts nothing."""
    made = When(**when)
    assert made.matches(MONDAY, ("p",), PLACES.calendars) is monday
    assert made.matches(HOLIDAY, ("p",), PLACES.calendars) is holiday


def test_dates_run_forward() -> None:
    """S1.2: swapped dates raise where they are built."""
    with pytest.raises(InvalidValueError, match="inversez"):
        When(first_day=date(2021, 9, 7), last_day=date(2021, 9, 6))


@pytest.mark.parametrize(
    ("where", "precedence"),
    (
        (EVERYWHERE, 0),
        (Where(slots=("repas",)), 1),
        (Where(when=When(weekdays=(0,))), 1),
        (Where(when=When(dates=(date(2021, 9, 6),))), 2),
        (Where(when=When(last_day=date(2021, 9, 6))), 2),
        (Where(who=OLD, when=When(first_day=date(2021, 9, 6))), 2),
    ),
)
def test_a_dated_exception_goes_before_what_names_no_date(where: Where, precedence: int) -> None:
    """S3.5: dated exceptions win over tables, tables over the formula."""
    assert where.precedence == precedence


@pytest.mark.parametrize(
    ("answers", "together"),
    (
        ((), True),
        ((True, True), True),
        ((True, None), None),
        ((None, False), False),
        ((False, None), False),
    ),
)
def test_and_is_three_valued(answers: tuple[Answer, ...], together: Answer) -> None:
    """S1.5: no wins, then unknown."""
    assert both(answers) is together


def test_not_is_three_valued() -> None:
    """S1.5: the opposite of unknown is unknown."""
    assert [negated(one) for one in (True, False, None)] == [False, True, None]


def test_a_slot_is_named_by_itself_its_group_or_its_mode() -> None:
    """S2: a code stands for its slots; without codes, for all."""
    assert answer(Where(slots=("jour",))) is True
    assert answer(Where(slots=("matin",))) is False
    assert answer(EVERYWHERE, "matin") is True


def test_a_selector_may_narrow_to_one_variant() -> None:
    """S2.3: asked about no variant, it speaks of the slot in any."""
    late = Where(variants=(Variant.HORS_DELAI,))
    assert [answer(late, "repas", one) for one in (None, Variant.NORMAL, Variant.HORS_DELAI)] == [True, False, True]


def test_who_is_compared_or_unknown() -> None:
    """S1.5: a missing fact makes the answer unknown, and is named."""
    where = Where(who=OLD)
    assert [answer(where, age=6), answer(where, age=5), answer(where)] == [True, False, None]
    assert missing_facts(OLD, known()) == ("age",)
    assert missing_facts(OLD, known(age=True)) == ()
    assert fits((), known()) is True


def test_exceptions_take_away() -> None:
    """S2: an exception is itself a selector; an unknown exception makes the answer unknown."""
    where = Where(slots=("jour",), unless=(Where(slots=("matin",)), Where(who=OLD)))
    assert answer(where, "matin", age=3) is False
    assert answer(where, age=3) is True
    assert answer(where, age=7) is False
    assert answer(where) is None
    assert answer(Where(unless=(Where(when=When(months=(9,))),))) is False
    assert answer(Where(when=When(months=(10,)), unless=(Where(who=OLD),))) is False


def test_formules_are_not_looked_at() -> None:
    """S2: which formules are held depends on the selection, so an exception for one waits for it."""
    assert answer(Where(formules=("journee",), unless=(Where(formules=("demi",)),))) is True
    assert PLACES.on(Where(when=ALWAYS), MONDAY, ())
