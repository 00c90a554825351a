"""The calendar of a place: fériés by region, school holidays from a checked data file, closures of a town (S2.1)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clae_rules.adapters.calendars import (
    REGIONS,
    ZONES,
    civil_days,
    public_holidays,
    school_holidays,
    school_holidays_reach,
    school_year,
    with_closures,
)
from clae_rules.days import CivilDays, DayException, DayKind, Span, days_between
from clae_rules.errors import InvalidValueError
from clae_rules.files.reading import engine_from_text
from clae_rules.files.starter import starter

PAGE = Path(__file__).parents[1] / "docs" / "calendars.md"
DATA: dict[str, Any] = tomllib.loads(files("clae_rules.adapters").joinpath("vacances.toml").read_text("utf-8"))
YEARS = [int(year) for year in DATA if year.isdecimal() and year != "2017"]

#: Where vacances-scolaires-france differs from the data file: the days, whether they are without school here, why.
AGAINST_ONE: tuple[tuple[date, date, str, bool, str], ...] = (
    (date(2021, 4, 10), date(2021, 4, 23), "B", True, "spring of 2021 brought forward, one for the three zones"),
    (date(2021, 4, 26), date(2021, 5, 9), "B", False, "spring of 2021 brought forward, one for the three zones"),
    (date(2021, 4, 10), date(2021, 4, 16), "C", True, "spring of 2021 brought forward, one for the three zones"),
    (date(2021, 4, 26), date(2021, 5, 2), "C", False, "spring of 2021 brought forward, one for the three zones"),
    (date(2021, 5, 17), date(2021, 5, 17), "ABC", False, "pupils return on the Monday after the bridge"),
    (date(2021, 7, 6), date(2021, 7, 6), "ABC", False, "classes end on that day, in the evening"),
    (date(2021, 9, 1), date(2021, 9, 1), "ABC", True, "teachers alone: pupils return the day after"),
    (date(2022, 7, 7), date(2022, 7, 7), "ABC", False, "classes end on that day, in the evening"),
    (date(2023, 5, 18), date(2023, 5, 21), "ABC", True, "the Ascension bridge is missing there"),
    (date(2024, 5, 9), date(2024, 5, 12), "ABC", True, "the Ascension bridge is missing there"),
    (date(2025, 5, 29), date(2025, 6, 1), "ABC", True, "the Ascension bridge is missing there"),
    (date(2026, 5, 14), date(2026, 5, 17), "ABC", True, "the Ascension bridge is missing there"),
    (date(2027, 5, 9), date(2027, 5, 9), "ABC", True, "the bridge ends on the Sunday, as all holidays do"),
    (date(2027, 9, 1), date(2027, 9, 1), "ABC", True, "teachers alone: pupils return the day after"),
    (date(2028, 5, 25), date(2028, 5, 25), "ABC", True, "the bridge begins on the Thursday, as in other years"),
    (date(2028, 5, 28), date(2028, 5, 28), "ABC", True, "the bridge ends on the Sunday, as all holidays do"),
    (date(2028, 7, 4), date(2028, 7, 4), "ABC", False, "classes end on that day, in the evening"),
)

_ABOLITION = "the decree 83-1003 (abolition of slavery)"
#: The days that `holidays` has beside the law of 11 fériés, by region: how to find each, its source.
BESIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "alsace-moselle": (("easter-2", "code du travail, L3134-13"), ("12-26", "code du travail, L3134-13")),
    "guadeloupe": (
        ("05-27", _ABOLITION),
        ("easter-24", "usage: Mi-Carême"),
        ("easter-2", "usage: vendredi saint"),
        ("07-21", "usage: Victor Schœlcher"),
    ),
    "martinique": (("05-22", _ABOLITION), ("07-21", "usage: Victor Schœlcher")),
    "guyane": (("06-10", _ABOLITION),),
    "la-reunion": (("12-20", _ABOLITION),),
    "mayotte": (("04-27", _ABOLITION),),
    "saint-barthelemy": (("10-09", _ABOLITION),),
    "saint-martin": (("05-28", _ABOLITION), ("07-21", "usage: Victor Schœlcher")),
    "nouvelle-caledonie": (("09-24", "local: fête de la citoyenneté"),),
    "polynesie-francaise": (
        ("03-05", "local: arrivée de l'Évangile"),
        ("easter-2", "local: vendredi saint"),
        ("06-29", "local, until 2024: fête de l'autonomie"),
        ("11-20", "local, from 2025: Matāri'i"),
    ),
    "wallis-et-futuna": (
        ("04-28", "local: saint Pierre Chanel"),
        ("06-29", "local: saints Pierre et Paul"),
        ("07-29", "local: fête du territoire"),
    ),
}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the golden number and the epact."""
    golden, century = year % 19 + 1, year // 100 + 1
    solar, lunar = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    epact = (11 * golden + 20 + lunar - solar) % 30
    epact += epact == 24 or (epact == 25 and golden > 11)
    moon = 44 - epact
    moon += 30 if moon < 21 else 0
    sunday = 5 * year // 4 - solar - 10
    return date(year, 3, 1) + timedelta(days=moon + 7 - (sunday + moon) % 7 - 1)


def by_law(year: int, *beside: str) -> set[date]:
    """The eleven fériés of the code du travail, L3133-1, and others said as « 05-27 » or « easter-2 »."""
    sunday = easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    found = {date(year, *day) for day in fixed} | {sunday + timedelta(days=n) for n in (1, 39, 50)}
    for said in beside:
        away = said.removeprefix("easter")
        found.add(sunday + timedelta(days=int(away)) if away != said else date.fromisoformat(f"{year}-{said}"))
    return found


def without_school(zone: str) -> set[date]:
    """Every day without school of a zone, in all that the data reach."""
    reach = school_holidays_reach()
    return {day for _, span in school_holidays(zone, reach.first_day, reach.last_day) for day in span}


class TestPublicHolidays:
    """Fériés by region, held against the laws by which they are computed here once more."""

    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("holidays")

    @pytest.mark.parametrize("region", REGIONS)
    def test_the_feries_of_a_region_are_those_of_the_law_and_the_ones_listed(self, region: str) -> None:
        """S2.1: in every year, the fériés are the eleven of the law and the region's own, each with its source."""
        for year in range(2018, 2061):
            told = set(public_holidays(date(year, 1, 1), date(year, 12, 31), region))
            beside = dict(BESIDE.get(region, ()))
            if region == "polynesie-francaise":
                beside.pop("11-20" if year <= 2024 else "06-29")
            assert told == by_law(year, *beside), year

    def test_easter_is_the_gregorian_one(self) -> None:
        """The computation that the library is held against gives the known first, last and usual Easters."""
        known = (date(1818, 3, 22), date(1943, 4, 25), date(2000, 4, 23), date(2024, 3, 31), date(2027, 3, 28))
        assert tuple(easter(day.year) for day in known) == known

    def test_every_part_of_france_that_the_library_knows_is_a_region(self) -> None:
        """No département or collectivité of the library is left out; Moselle has the fériés of Alsace."""
        import holidays

        known = {code for code in holidays.country_holidays("FR").subdivisions if not code.startswith("Zone")}
        assert {one.code for one in REGIONS.values() if one.code} == known - {"57"}
        moselle = holidays.country_holidays("FR", subdiv="57", years=2027, language="fr")
        assert set(moselle) == set(public_holidays(date(2027, 1, 1), date(2027, 12, 31), "alsace-moselle"))

    def test_a_ferie_has_its_french_name(self) -> None:
        """A férié is told by its name, in French, and only between the days asked for, both included."""
        told = public_holidays(date(2027, 3, 26), date(2027, 3, 29), "Alsace-Moselle")
        assert told == {date(2027, 3, 26): "Vendredi saint", date(2027, 3, 29): "Lundi de Pâques"}

    @pytest.mark.parametrize("name", ("la-reunion", "La Réunion", "la réunion", "LA REUNION"))
    def test_a_region_may_be_written_in_any_spelling(self, name: str) -> None:
        """Accents, capitals and hyphens make no other region."""
        assert date(2026, 12, 20) in public_holidays(date(2026, 12, 1), date(2026, 12, 31), name)

    def test_an_unknown_region_is_one_error_with_the_list(self) -> None:
        """Asking for another region names every one that there is."""
        with pytest.raises(InvalidValueError) as caught:
            public_holidays(date(2026, 1, 1), date(2026, 12, 31), "bretagne")
        (fault,) = caught.value.faults
        assert fault.text() == f"region : lu « bretagne » ; il faut : {', '.join(REGIONS)}"
        assert fault.text("en").endswith(f"expected one of: {', '.join(REGIONS)}")

    @pytest.mark.parametrize(
        ("first", "last", "said"),
        (
            (date(1899, 12, 31), date(1900, 1, 2), "first_day : lu 1899-12-31 ; il faut un jour de 1900 à 2200"),
            (date(2200, 1, 1), date(2201, 1, 1), "last_day : lu 2201-01-01 ; il faut un jour de 1900 à 2200"),
            (date(2026, 2, 1), date(2026, 1, 1), "2026-01-01 est avant 2026-02-01"),
        ),
    )
    def test_days_out_of_reach_are_refused(self, first: date, last: date, said: str) -> None:
        """Swapped days, and days before 1900 or after 2200, are one clear error."""
        with pytest.raises(InvalidValueError, match=re.escape(said)):
            public_holidays(first, last)


class TestSchoolHolidays:
    """The data file, held against two libraries that are maintained elsewhere."""

    @pytest.mark.parametrize("zone", ZONES)
    def test_the_data_differ_from_one_source_where_listed_and_nowhere_else(self, zone: str) -> None:
        """Against vacances-scolaires-france every differing day is in the table, with its reason."""
        source = pytest.importorskip("vacances_scolaires_france").SchoolHolidayDates()
        ours, reach = without_school(zone), school_holidays_reach()
        differing = {day for day in reach if (day in ours) != source.is_holiday_for_zone(day, zone)}
        listed = {
            day: without
            for first, last, zones, without, _ in AGAINST_ONE
            for day in days_between(first, last)
            if zone in zones
        }
        assert differing == set(listed)
        assert {day: day in ours for day in listed} == listed

    @pytest.mark.parametrize("zone", ZONES)
    def test_the_data_are_those_of_the_other_source(self, zone: str) -> None:
        """Against the school holidays of `holidays`, from its first summer on, no day differs."""
        library = pytest.importorskip("holidays")
        reach = school_holidays_reach()
        years = range(reach.first_day.year, reach.last_day.year + 1)
        known = library.country_holidays("FR", subdiv=f"Zone {zone}", years=years, language="fr", categories="school")
        assert {day for day in reach if day in known} == without_school(zone)

    @pytest.mark.parametrize("zone", ZONES)
    def test_each_school_year_has_its_six_stretches(self, zone: str) -> None:
        """From one rentrée to the next a zone has five breaks and a summer, ascending and apart."""
        reach = school_holidays_reach()
        told = school_holidays(zone, reach.first_day, reach.last_day)
        names = [re.sub(r"-\d{4}$", "", code) for code, _ in told]
        assert names == ["ete", *["toussaint", "noel", "hiver", "printemps", "ascension", "ete"] * len(YEARS)]
        assert all(one.last_day < two.first_day for (_, one), (_, two) in pairwise(told))
        assert len(set(told)) == len(told)

    def test_breaks_have_the_length_and_the_weekdays_that_arretes_give_them(self) -> None:
        """A break lasts two weeks, from a Saturday to the eve of a Monday or of the day after a férié."""
        for zone in ZONES:
            for code, span in school_holidays(zone, *_ends(school_holidays_reach())):
                length = (span.last_day - span.first_day).days + 1
                if code.startswith("ascension"):
                    assert span.first_day == easter(span.first_day.year) + timedelta(days=39)
                    assert length == 4
                elif not code.startswith("ete"):
                    assert span.first_day.weekday() == 5
                    back = span.last_day + timedelta(days=1)
                    assert length == (16 if back.weekday() == 0 else 17)
                    assert back.weekday() == 0 or span.last_day in by_law(span.last_day.year) | {date(2023, 1, 2)}

    def test_the_two_weeks_of_winter_and_spring_are_staggered(self) -> None:
        """Two zones are never on the same winter or spring break, but for the spring of 2021."""
        for year in YEARS:
            for name in ("hiver", "printemps"):
                assert set(DATA[str(year)][name]) == ({"ABC"} if (year, name) == (2020, "printemps") else set(ZONES))

    @pytest.mark.parametrize(
        ("first", "last", "name"),
        (
            (date(2018, 6, 30), date(2019, 8, 31), "first_day"),
            (date(2027, 9, 1), date(2028, 9, 1), "last_day"),
        ),
    )
    def test_beyond_the_data_is_an_error_that_names_the_bounds(self, first: date, last: date, name: str) -> None:
        """Outside what is published nothing is guessed."""
        with pytest.raises(InvalidValueError) as caught:
            school_holidays("A", first, last)
        (fault,) = caught.value.faults
        assert fault.path == (name,)
        assert "connues du 01/07/2018 au 31/08/2028" in fault.fr
        assert "known from 2018-07-01 to 2028-08-31" in fault.en

    @pytest.mark.parametrize("place", ("Corse", "Guadeloupe", "La Réunion", "mayotte", "polynésie française"))
    def test_an_academy_that_fixes_its_own_is_refused_with_the_way_out(self, place: str) -> None:
        """Corse and the overseas academies are in no zone: their dates are for the town to copy."""
        with pytest.raises(
            InvalidValueError, match=r"fixe ses vacances elle-même ; recopiez-les dans \[jours.vacances\]"
        ):
            school_holidays(place, date(2026, 9, 1), date(2027, 7, 1))

    def test_holidays_are_cut_at_the_days_asked_for(self) -> None:
        """A stretch that begins before or ends after is cut; one that lies outside is left out."""
        told = school_holidays("zone b", date(2026, 10, 20), date(2026, 12, 20))
        assert told == (
            ("toussaint", Span(date(2026, 10, 20), date(2026, 11, 1))),
            ("noel", Span(date(2026, 12, 19), date(2026, 12, 20))),
        )


class TestSchoolYear:
    """The calendar of a school year: fériés, school holidays, what remains to be checked."""

    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("holidays")

    @pytest.mark.parametrize("year", YEARS)
    @pytest.mark.parametrize("zone", ZONES)
    def test_every_known_school_year_is_a_calendar(self, zone: str, year: int) -> None:
        """Each year of the data is one, from summer to summer, and says what remains to be checked."""
        days = school_year(zone, year)
        assert (days.holidays[0][0], days.holidays[-1][0]) == (f"ete-{year}", f"ete-{year + 1}")
        assert set(days.feries) == {day for n in (year, year + 1) for day in by_law(n) if day in days}
        assert ("la rentrée de 2028" in days.hypothese) == (year == 2027)

    def test_alsace_moselle_adds_its_two_feries_and_says_what_to_check(self) -> None:
        """The two more fériés of L3134-13 are there, the vendredi saint to be checked commune by commune."""
        more = set(school_year("B", 2026, "alsace-moselle").feries) - set(school_year("B", 2026).feries)
        assert more == {date(2026, 12, 26), date(2027, 3, 26)}
        for year in YEARS:
            text = starter("Cantine", school_year("B", year, "alsace-moselle"), "B")
            assert "L3134-13" in engine_from_text(text).reglement.days.hypothese

    @pytest.mark.parametrize(
        ("zone", "region", "said"),
        (
            ("A", "alsace-moselle", "Alsace-Moselle est en zone B, pas A"),
            ("B", "martinique", "Martinique : cette académie fixe ses vacances elle-même"),
        ),
    )
    def test_a_region_outside_the_zone_is_refused(self, zone: str, region: str, said: str) -> None:
        """A region lies in its zone, or in none."""
        with pytest.raises(InvalidValueError, match=said):
            school_year(zone, 2026, region)

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        """A wrong zone, region and year are three faults of one error."""
        with pytest.raises(InvalidValueError) as caught:
            school_year("D", 1990, "bretagne")
        assert [fault.path for fault in caught.value.faults] == [("zone",), ("region",), ("annee",)]
        with pytest.raises(InvalidValueError, match="annee : lu 20 ; il faut l'année de la rentrée"):
            school_year("A", 20)

    def test_the_dates_of_an_academy_become_a_calendar(self) -> None:
        """Where no data reach, the published dates are given, and the fériés of the region are added."""
        summer = ("ete-austral", Span(date(2023, 12, 20), date(2024, 1, 21)))
        days = civil_days(date(2023, 8, 17), date(2024, 7, 5), region="la-reunion", holidays=[summer])
        assert days.describe(date(2023, 12, 20)).kind is DayKind.FERIE
        assert days.describe(date(2023, 12, 21)).holiday == "ete-austral"
        with pytest.raises(InvalidValueError, match="dépasse le calendrier"):
            civil_days(date(2023, 8, 17), date(2023, 12, 31), holidays=[summer])

    def test_the_command_takes_a_region(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`clae-rules new --region alsace-moselle` writes the two more fériés, and refuses another zone."""
        pytest.importorskip("typer")
        from clae_rules.cli import run

        assert run(["new", "--zone", "B", "--annee", "2026", "--region", "alsace-moselle"]) == 0
        assert "2026-12-26,\n" in capsys.readouterr().out
        assert run(["new", "--zone", "C", "--annee", "2026", "--region", "alsace-moselle"]) == 2
        assert "est en zone B, pas C" in capsys.readouterr().err


TERM = CivilDays(
    first_day=date(2026, 9, 1),
    last_day=date(2026, 12, 31),
    feries=(date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25)),
    holidays=(("toussaint", Span(date(2026, 10, 17), date(2026, 11, 1))),),
    exceptions=(
        (date(2026, 10, 10), DayException(kind=DayKind.ORDINARY, like=0)),
        (date(2026, 10, 14), DayException(like=0)),
    ),
)


class TestClosures:
    """Bridges and municipal closures, merged into a calendar."""

    def test_a_closure_is_a_line_of_the_holidays(self) -> None:
        """Its days count as vacances under its code, a férié in it stays férié, and every other day is as before."""
        closed = with_closures(TERM, {"pont": Span(date(2026, 11, 11), date(2026, 11, 13)), "fete": date(2026, 9, 14)})
        assert [code for code, _ in closed.holidays] == ["fete", "toussaint", "pont"]
        assert closed.describe(date(2026, 11, 11)).kind is DayKind.FERIE
        assert closed.describe(date(2026, 11, 12)).kind is DayKind.VACANCES
        assert closed.describe(date(2026, 9, 14)).holiday == "fete"
        touched = {date(2026, 9, 14), date(2026, 11, 11), date(2026, 11, 12), date(2026, 11, 13)}
        span = Span(TERM.first_day, TERM.last_day)
        assert {day for day in span if closed.describe(day) != TERM.describe(day)} == touched

    @pytest.mark.parametrize(
        ("code", "closed", "said"),
        (
            ("pont", date(2027, 1, 4), "dépasse le calendrier"),
            ("pont", Span(date(2026, 8, 31), date(2026, 9, 2)), "dépasse le calendrier"),
            (
                "pont",
                Span(date(2026, 11, 1), date(2026, 11, 3)),
                "chevauche « toussaint », où il n'y a déjà pas classe",
            ),
            ("toussaint", date(2026, 11, 12), "ce code est déjà dans le calendrier"),
            ("pont", date(2026, 10, 10), "2026-10-10 est déjà une exception du calendrier (ordinaire)"),
            ("pont", date(2026, 10, 14), "2026-10-14 est déjà une exception du calendrier (un autre jour de semaine)"),
            ("pont", date(2026, 11, 11), "ne ferme rien : tout y est déjà férié"),
            ("Pont d'été", date(2026, 11, 12), "il faut un code en minuscules sans accent"),
        ),
    )
    def test_what_contradicts_the_calendar_is_refused(self, code: str, closed: Span | date, said: str) -> None:
        """A closure outside, already closed, opened by an exception, or that closes nothing, is one clear fault."""
        with pytest.raises(InvalidValueError) as caught:
            with_closures(TERM, {code: closed})
        (fault,) = caught.value.faults
        assert said in fault.fr
        assert fault.path[:2] == ("closures", code)

    def test_all_wrong_closures_are_told_at_once(self) -> None:
        """Each closure at fault is named, two that overlap included."""
        with pytest.raises(InvalidValueError) as caught:
            with_closures(
                TERM,
                {
                    "un": Span(date(2026, 12, 7), date(2026, 12, 9)),
                    "deux": date(2026, 12, 9),
                    "trois": date(2027, 1, 1),
                },
            )
        assert [fault.path[1] for fault in caught.value.faults] == ["trois", "deux"]
        assert "chevauche « un »" in caught.value.faults[1].fr

    def test_a_closure_is_written_and_read_back(self) -> None:
        """The file that the starter writes of a calendar with closures reads back as the same days."""
        pytest.importorskip("holidays")
        days = with_closures(school_year("A", 2026), {"pont-novembre": Span(date(2026, 11, 12), date(2026, 11, 13))})
        read = engine_from_text(starter("Cantine", days, "A")).reglement.days
        assert (read.holidays, read.feries, read.hypothese) == (days.holidays, days.feries, days.hypothese)


def _ends(span: Span) -> tuple[date, date]:
    return span.first_day, span.last_day


def _rows() -> Iterator[list[str]]:
    """The rows of the tables of the page on calendars."""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_page_lists_each_disagreement() -> None:
    """The tables of the page are those that the tests hold: no disagreement is left out, none is told in vain."""
    rows = list(_rows())
    for first, last, zones, without, why in AGAINST_ONE:
        days = f"{first}" if first == last else f"{first} – {last}"
        assert [days, ", ".join(zones), ("school", "no school")[without], why] in rows
    assert len([row for row in rows if row[-2] in {"school", "no school"}]) == len(AGAINST_ONE)
    for region, beside in BESIDE.items():
        assert [row[1:] for row in rows if row[0] == f"`{region}`"] == [[day, source] for day, source in beside]
