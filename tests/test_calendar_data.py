"""The calendars of the examples, held against a library's fériés and the checked data of the school holidays."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from clae_rules import load_reglement
from clae_rules.adapters.calendars import school_holidays, school_holidays_reach
from clae_rules.days import Span

holidays = pytest.importorskip("holidays")

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("reglement.toml"))
ZONES = {"portails": "A", "cluses": "A", "massingy": "A"}


def zone_of(file: Path) -> str:
    """Whose holidays a règlement lists: a zone, or an overseas département, as its attendu.toml says."""
    expected = file.with_name("attendu.toml")
    if not expected.exists():
        return ZONES[file.parent.name]
    return str(tomllib.loads(expected.read_text("utf-8"))["calendrier"]["zone"])


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.parent.name))
def test_the_public_holidays_are_those_of_france(file: Path) -> None:
    """S2.1: every férié of the covered days is listed, and nothing else."""
    days = load_reglement(file).days
    years = range(days.first_day.year, days.last_day.year + 1)
    overseas = None if zone_of(file) in "ABC" else zone_of(file)
    known = holidays.country_holidays("FR", subdiv=overseas, years=list(years), language="fr")
    assert sorted(days.feries) == sorted(day for day in known if day in days)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.parent.name))
def test_the_school_holidays_are_those_of_the_zone(file: Path) -> None:
    """S2.1: the weekdays without school are those of the checked data, or beyond them of a library, and no other."""
    days, zone = load_reglement(file).days, zone_of(file)
    if zone not in "ABC":
        pytest.skip("no library knows the holidays of an overseas academy")
    if days.first_day in school_holidays_reach() and days.last_day in school_holidays_reach():
        known = {day for _, span in school_holidays(zone, days.first_day, days.last_day) for day in span}
    else:
        source = pytest.importorskip("vacances_scolaires_france").SchoolHolidayDates()
        known = {day for day in Span(days.first_day, days.last_day) if source.is_holiday_for_zone(day, zone)}
    weekdays = [day for day in Span(days.first_day, days.last_day) if day.weekday() < 5 and day not in days.feries]
    assert [day for day in weekdays if bool(days.describe(day).holiday) != (day in known)] == []
