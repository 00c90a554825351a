"""Which dates a recopie reaches (S9.1, S9.3, S9.5)."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules.days import monday
from clae_rules.errors import InvalidValueError
from clae_rules.patterns import Pattern

VECTORS: Final = tomllib.loads((Path(__file__).parent / "vectors" / "recopies.toml").read_text("utf-8"))
TURN: dict[str, Any] = {"first_day": date(2026, 12, 21), "last_day": date(2027, 1, 18)}


def shown(pattern: Pattern) -> list[str]:
    """The dates of a pattern, short."""
    return [f"{day:%m-%d}" for day in pattern.dates()]


@pytest.mark.parametrize("case", VECTORS["case"], ids=lambda case: str(case["source"]))
def test_a_pattern_reaches_the_dates_of_its_rule(case: dict[str, Any]) -> None:
    """S9.1: civil weeks, leap days and changes of the clock, as the vectors say them."""
    found = Pattern.day(
        ["repas"],
        *case["jours"],
        first_day=case["du"],
        last_day=case["au"],
        every_weeks=case.get("une_sur", 1),
        from_week=case.get("a_partir_de"),
    ).dates()

    assert list(found) == case.get("dates", list(found))
    assert len(found) == case.get("nombre", len(case.get("dates", [])))


def test_every_second_week_is_right_across_53_weeks() -> None:
    """S9.1: civil weeks are counted, not week numbers: 2026 has 53."""
    assert shown(Pattern.day(["repas"], "lundi", **TURN, every_weeks=2)) == ["12-21", "01-04", "01-18"]


def test_weeks_are_counted_from_a_start_date() -> None:
    """S9.1: A/B weeks count from the week of any start date, before or after the first day."""
    odd = Pattern.day(["repas"], "lundi", **TURN, every_weeks=2, from_week=date(2026, 12, 16))
    assert shown(odd) == ["12-28", "01-11"]
    later = Pattern.day(["repas"], "lundi", **TURN, every_weeks=2, from_week=date(2027, 1, 6))
    assert shown(later) == ["01-04", "01-18"]


def test_a_pattern_is_clipped_to_its_dates() -> None:
    """S9.1: both dates are included, and nothing outside them is reached."""
    days: dict[str, Any] = {"first_day": date(2026, 9, 8), "last_day": date(2026, 9, 14)}
    assert shown(Pattern.day(["repas"], "mardi", "lundi", **days)) == ["09-08", "09-14"]


def test_a_week_goes_onto_weeks() -> None:
    """S9.1: what each day of a week holds goes to the same weekday."""
    pattern = Pattern.week({date(2026, 9, 8): ["matin"], date(2026, 9, 7): ["repas", "soir"]}, **TURN)
    assert pattern.model == ((0, ("repas", "soir")), (1, ("matin",)))
    assert pattern.slots_on(date(2026, 12, 22)) == ("matin",)
    assert pattern.slots_on(date(2026, 12, 23)) == ()
    assert len(pattern.dates()) == 9


def test_weeks_left_out_do_not_count() -> None:
    """S9.1: holidays are included unless told; a week left out does not turn A into B."""
    pattern = Pattern.day(["repas"], "lundi", **TURN, every_weeks=2)
    found = pattern.dates(lambda week: week == monday(date(2026, 12, 30)))
    assert [f"{day:%m-%d}" for day in found] == ["12-21", "01-11"]


def test_the_last_days_of_all_are_reached() -> None:
    """S9.1: a pattern may run up to the last civil day that there is."""
    pattern = Pattern.day(["repas"], "vendredi", "samedi", first_day=date(9999, 12, 20), last_day=date.max)
    assert pattern.dates() == (date(9999, 12, 24), date(9999, 12, 25), date(9999, 12, 31))


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"last_day": date(2026, 12, 20)}, "inversez les deux dates"),
        ({"model": ()}, "choisissez au moins un jour"),
        ({"model": ((7, ("repas",)),)}, "choisissez au moins un jour"),
        ({"model": ((0, ("repas",)), (0, ("matin",)))}, "donné deux fois"),
        ({"model": ((0, ()),)}, "aucun créneau à recopier"),
        ({"every_weeks": 0}, "de 1 à 52"),
        ({"every_weeks": 53}, "de 1 à 52"),
        ({"first_day": date(1026, 1, 1)}, "au plus 800"),
        ({"first_day": datetime(2026, 12, 21, 8)}, "il faut une date civile"),
        ({"from_week": "lundi"}, "il faut une date civile"),
    ),
)
def test_a_pattern_that_makes_no_sense_cannot_exist(change: dict[str, Any], said: str) -> None:
    """S9.3, S9.5: an empty pattern, swapped dates or ten centuries are errors at once."""
    with pytest.raises(InvalidValueError, match=said):
        Pattern(**({"model": ((0, ("repas",)),), **TURN} | change))


def test_erasing_is_asked() -> None:
    """S9.3: an empty pattern empties its dates where that is asked."""
    assert Pattern.day([], "lundi", **TURN, erase=True).slots_on(date(2026, 12, 21)) == ()


def test_a_weekday_has_a_french_name() -> None:
    """S1.2: another name for a weekday is an error."""
    with pytest.raises(InvalidValueError, match="monday"):
        Pattern.day(["repas"], "monday", **TURN)


def test_800_dates_are_reached_and_801_are_not() -> None:
    """S9.5: more than 800 dates is an error."""
    first = date(2020, 1, 6)
    whole = Pattern.day(["r"], "lundi", first_day=first, last_day=date.fromordinal(first.toordinal() + 799 * 7))
    assert len(whole.dates()) == 800
    over = Pattern.day(["r"], "lundi", first_day=first, last_day=date.fromordinal(first.toordinal() + 800 * 7))
    with pytest.raises(InvalidValueError, match="801 dates"):
        over.dates()
