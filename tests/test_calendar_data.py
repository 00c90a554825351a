"""The calendars of the examples, held against two libraries that are maintained elsewhere."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from clae_rules import load_reglement

holidays = pytest.importorskip("holidays")
vacances = pytest.importorskip("vacances_scolaires_france")

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("reglement.toml"))
ZONES = {"cluses": "A", "massingy": "A"}
#: Where the two differ, and why ours stands: the library leaves out the Ascension bridge, counts the day on which
#: classes end (they end in the evening) and not the teachers' day before the pupils' return.
KNOWN = {
    date(2021, 9, 1), date(2022, 5, 27), date(2022, 7, 7), date(2023, 5, 19), date(2024, 5, 10), date(2025, 5, 30),
    date(2026, 5, 15),
}  # fmt: skip


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
    """S2.1: both sources say the same of every weekday, but for the differences listed."""
    days = load_reglement(file).days
    if zone_of(file) not in "ABC":
        pytest.skip("no library knows the holidays of an overseas academy")
    source = vacances.SchoolHolidayDates()
    zone, differing = zone_of(file), []
    day = days.first_day
    while day <= days.last_day:
        ours = bool(days.describe(day).holiday)
        if day.weekday() < 5 and day not in days.feries and ours != source.is_holiday_for_zone(day, zone):
            differing.append(day)
        day += timedelta(days=1)
    assert [one for one in differing if one not in KNOWN] == []
