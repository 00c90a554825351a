"""The fériés and school holidays of a school year, from two libraries that are maintained elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import groupby
from typing import Any, Final

from ..days import CivilDays, Span, days_between
from ..errors import ClaeRulesError
from ..shapes import YEARS, folded
from ._missing import MissingLibraryError

#: The zones of metropolitan France.
ZONES: Final = ("A", "B", "C")


def school_year(zone: str, year: int) -> CivilDays:
    """
    The calendar of a school year, from 1 July of *year*, since the first deadlines count from before the summer, to
    31 August of the next.

    The national calendar only: the days that an academy or a town adds, and the two fériés of Alsace-Moselle, are
    for its reader to add.

    Args:
        zone: « A », « B » or « C », in any capitals.
        year: The year in which classes begin.

    Raises:
        MissingLibraryError: If `holidays` or `vacances-scolaires-france` is not installed.
        ClaeRulesError: If the zone is none of these, or the data do not reach.
    """
    letter = zone.upper().removeprefix("ZONE").strip()
    if letter not in ZONES:
        raise ClaeRulesError(f"zone : lu « {zone} » ; il faut A, B ou C ; ailleurs, remplissez [jours] à la main")
    if year not in YEARS:
        raise ClaeRulesError(f"annee : lu {year} ; il faut l'année de la rentrée, par exemple 2026")
    first, last = date(year, 7, 1), date(year + 1, 8, 31)
    try:
        import holidays
        import vacances_scolaires_france
    except ImportError as missing:
        raise MissingLibraryError("le calendrier demande deux bibliothèques", "calendars") from missing
    known = vacances_scolaires_france.SchoolHolidayDates().data
    if not min(known) <= first < last <= max(known):
        reach = f"du {min(known):%d/%m/%Y} au {max(known):%d/%m/%Y}"
        raise ClaeRulesError(f"annee : rien de connu pour {year}-{year + 1} ; les vacances le sont {reach}")
    legal = holidays.country_holidays("FR", years=[year, year + 1], language="fr")
    return CivilDays(
        first_day=first,
        last_day=last,
        feries=tuple(sorted(day for day in legal if first <= day <= last)),
        holidays=_named(known, letter, first, last),
    )


def _named(known: Any, zone: str, first: date, last: date) -> tuple[tuple[str, Span], ...]:
    """Each stretch of school holidays under a short code, with its year where two bear the same name."""

    def name(day: date) -> str:
        facts = known.get(day, {})
        return str(facts["nom_vacances"]) if facts.get(f"vacances_zone_{zone.lower()}") else ""

    stretches = [(said, tuple(days)) for said, days in groupby(days_between(first, last), name) if said]
    codes = [_code(said) for said, _ in stretches]
    often = Counter(codes)
    return tuple(
        (code if often[code] == 1 else f"{code}-{days[0].year}", Span(days[0], days[-1]))
        for code, (_, days) in zip(codes, stretches, strict=True)
    )


def _code(name: str) -> str:
    """
    A short code for the name of school holidays.

    >>> _code("Vacances de la Toussaint"), _code("Pont de l'Ascension"), _code("Vacances d'été")
    ('toussaint', 'ascension', 'ete')
    """
    short = re.sub(r"^(vacances|pont) (de la |de l'|de |d')?", "", folded(name))
    return re.sub(r"[^a-z0-9]+", "-", short).strip("-")
