"""The calendar of a place: its fériés, its school holidays, and the days that a town adds, as plain core values."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

from ..days import CivilDays, Span
from ..errors import Fault, raise_all
from ..shapes import YEARS, Slug, folded
from ._missing import MissingLibraryError

#: The zones of metropolitan France.
ZONES: Final = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Region:
    """
    A part of France with fériés of its own.

    Args:
        label: Its name in French.
        code: Its code in `holidays`; empty for the fériés that all of France has.
        zones: The zones of school holidays that it may lie in; none where its academy fixes its own.
        note: What is to be checked of its fériés, in French.
    """

    label: str
    code: str = ""
    zones: tuple[str, ...] = ()
    note: str = ""


_CUSTOM: Final = "certains sont d'usage ou d'un texte local, hors du code du travail"
#: The regions, by the code that one writes.
REGIONS: Final[Mapping[str, Region]] = MappingProxyType(
    {
        "metropole": Region("France métropolitaine", zones=ZONES),
        "alsace-moselle": Region(
            "Alsace-Moselle",
            "6AE",
            ("B",),
            "le vendredi saint n'est férié que là où il y a un temple protestant ou une église mixte (code du travail, L3134-13)",
        ),
        "guadeloupe": Region("Guadeloupe", "971", note=_CUSTOM),
        "martinique": Region("Martinique", "972", note=_CUSTOM),
        "guyane": Region("Guyane", "973"),
        "la-reunion": Region("La Réunion", "974"),
        "mayotte": Region("Mayotte", "976"),
        "saint-barthelemy": Region("Saint-Barthélemy", "BL"),
        "saint-martin": Region("Saint-Martin", "MF", note=_CUSTOM),
        "saint-pierre-et-miquelon": Region("Saint-Pierre-et-Miquelon", "PM"),
        "nouvelle-caledonie": Region("Nouvelle-Calédonie", "NC", note=_CUSTOM),
        "polynesie-francaise": Region("Polynésie française", "PF", note=_CUSTOM),
        "wallis-et-futuna": Region("Wallis-et-Futuna", "WF", note=_CUSTOM),
        "terres-australes": Region("Terres australes françaises", "TF"),
    }
)
#: Academies that fix their own school holidays, beside those of overseas regions.
_APART: Final = ("corse",)
_OWN: Final = (
    "cette académie fixe ses vacances elle-même ; recopiez-les dans [jours.vacances], ou civil_days(…, holidays=…)",
    "this academy fixes its own holidays; copy them to [jours.vacances], or civil_days(…, holidays=…)",
)
_BY_HAND: Final = ("au-delà, recopiez-les dans [jours.vacances]", "beyond, copy them to [jours.vacances]")


def public_holidays(first_day: date, last_day: date, region: str = "metropole") -> dict[date, str]:
    """
    The fériés between two days, both included, ascending, each with its name in French.

    Args:
        first_day: From 1900.
        last_day: Until 2200, under the laws of today.
        region: A code of `REGIONS`, or its name in any spelling.

    Raises:
        MissingLibraryError: If `holidays` is not installed.
        InvalidValueError: If the region is none of these, or a day lies outside.

    >>> list(public_holidays(date(2027, 5, 1), date(2027, 5, 31)).values())
    ['Fête du Travail', 'Ascension', 'Fête de la Victoire', 'Lundi de Pentecôte']
    """
    out = (
        Fault((name,), f"lu {day} ; il faut un jour de 1900 à 2200", f"got {day}; expected a day from 1900 to 2200")
        for name, day in (("first_day", first_day), ("last_day", last_day))
        if day.year not in YEARS
    )
    raise_all((*_region_faults(region), *out))
    asked, years = Span(first_day, last_day), range(first_day.year, last_day.year + 1)
    try:
        import holidays
    except ImportError as missing:
        raise MissingLibraryError("les jours fériés demandent une bibliothèque", "calendars") from missing
    known = holidays.country_holidays("FR", subdiv=_region(region).code or None, years=years, language="fr")
    return {day: known[day] for day in sorted(known) if day in asked}


def school_holidays(zone: str, first_day: date, last_day: date) -> tuple[tuple[str, Span], ...]:
    """
    The school holidays of a zone between two days, both included, ascending, cut at both; no library is needed.

    Args:
        zone: « A », « B » or « C », in any capitals.
        first_day: From the first day that the data know.
        last_day: Until their last one.

    Returns:
        Each stretch under a short code, with the year in which it begins where two would bear the same.

    Raises:
        InvalidValueError: If the zone is none of these, or a day lies outside what is known, naming its bounds.

    >>> [(code, str(span.last_day)) for code, span in school_holidays("A", date(2027, 1, 1), date(2027, 3, 31))]
    [('noel', '2027-01-03'), ('hiver', '2027-02-28')]
    """
    reach = school_holidays_reach()
    fr, en = _known(reach)
    out = (
        Fault((name,), f"lu {day} ; {fr}", f"got {day}; {en}")
        for name, day in (("first_day", first_day), ("last_day", last_day))
        if day not in reach
    )
    raise_all((*_zone_faults(zone), *out))
    asked = Span(first_day, last_day)
    met = [
        (code, Span(max(span.first_day, first_day), min(span.last_day, last_day)))
        for code, span in _known_stretches(_letter(zone))
        if span.first_day <= asked.last_day and span.last_day >= asked.first_day
    ]
    often = Counter(code for code, _ in met)
    return tuple((code if often[code] == 1 else f"{code}-{span.first_day.year}", span) for code, span in met)


def school_holidays_reach() -> Span:
    """The first and the last day of which the school holidays are known."""
    return Span(_data()["du"], _data()["au"])


def civil_days(
    first_day: date,
    last_day: date,
    *,
    region: str = "metropole",
    holidays: Iterable[tuple[str, Span]] = (),
    hypothese: str = "",
) -> CivilDays:
    """
    A calendar with the fériés of a region and the school holidays that are given.

    Where the academy fixes its own holidays (overseas, Corse), this is how its published dates become a calendar.

    Args:
        first_day: Included.
        last_day: Included.
        region: A code of `REGIONS`.
        holidays: Each stretch with its code, as `school_holidays` gives them or as the academy publishes them.
        hypothese: What remains to be checked, in French; what is to be checked of the region's fériés is added.

    Raises:
        MissingLibraryError: If `holidays` is not installed.
        InvalidValueError: Naming what is wrong: the region, the bounds, holidays that overlap or lie outside.

    >>> one = civil_days(date(2026, 12, 1), date(2026, 12, 31), region="La Réunion")
    >>> [str(day) for day in one.feries]
    ['2026-12-20', '2026-12-25']
    """
    note = _region(region).note
    return CivilDays(
        first_day=first_day,
        last_day=last_day,
        feries=tuple(public_holidays(first_day, last_day, region)),
        holidays=tuple(holidays),
        hypothese=" ; ".join(filter(None, (hypothese, note and f"fériés : {note}"))),
    )


def school_year(zone: str, year: int, region: str = "metropole") -> CivilDays:
    """
    The calendar of a school year, from 1 July of *year*, since the first deadlines count from before the summer, to
    31 August of the next; the days that an academy or a town adds are for `with_closures`.

    Args:
        zone: « A », « B » or « C », in any capitals.
        year: The year in which classes begin.
        region: « metropole » or « alsace-moselle », which lies in zone B.

    Raises:
        MissingLibraryError: If `holidays` is not installed.
        InvalidValueError: If the zone is none of these, the region does not lie in it, or the data do not reach.
    """
    raise_all((*_zone_faults(zone), *_region_faults(region), *_year_faults(year)))
    raise_all(_outside(_letter(zone), _region(region)))
    first, last = date(year, 7, 1), date(year + 1, 8, 31)
    doubts = (
        "vacances et fériés à relire ; les jours propres à l'académie manquent",
        _data()[str(year)].get("hypothese"),
    )
    return civil_days(
        first,
        last,
        region=region,
        holidays=school_holidays(zone, first, last),
        hypothese=" ; ".join(filter(None, doubts)),
    )


def with_closures(days: CivilDays, closures: Mapping[str, Span | date]) -> CivilDays:
    """
    The same calendar with days without school that a town or an academy adds: bridges, municipal closures.

    A closure becomes a line of `[jours.vacances]`: its days count as vacances, a férié in it stays férié. What closes
    one mode alone is written in `[periode.X] sauf`, and a strike or the weather in `[fermeture.X]`.

    Args:
        days: The calendar.
        closures: A code to the day or the days that it closes, both ends included.

    Raises:
        InvalidValueError: Naming every closure that is outside the calendar, overlaps vacances or another one,
            contradicts a dated exception, closes nothing, or whose code is none or already taken.

    >>> year = civil_days(date(2026, 9, 1), date(2026, 12, 31))
    >>> with_closures(year, {"pont": date(2026, 11, 12)}).describe(date(2026, 11, 12)).kind
    <DayKind.VACANCES: 'vacances'>
    """
    spans = {code: one if isinstance(one, Span) else Span(one, one) for code, one in closures.items()}
    faults = [fault.under("closures", code) for code, span in spans.items() for fault in _wrong(code, span, days)]
    faults += [
        Fault(("closures", b), f"chevauche « {a} » ; séparez-les", f"overlaps {a!r}; keep them apart")
        for (a, one), (b, two) in combinations(spans.items(), 2)
        if _overlap(one, two)
    ]
    raise_all(faults)
    held = sorted((*days.holidays, *spans.items()), key=lambda stretch: stretch[1])
    return replace(days, holidays=tuple(held))


def _wrong(code: str, span: Span, days: CivilDays) -> Iterator[Fault]:
    """What is wrong with one closure of a calendar, others left aside."""
    unread: list[Fault] = []
    Slug().read(code, (), unread)
    yield from unread
    if span.first_day not in days or span.last_day not in days:
        reach = f"{days.first_day} – {days.last_day}"
        yield Fault((), f"dépasse le calendrier ({reach}) ; corrigez la date", f"goes past the calendar ({reach})")
    for other, stretch in days.holidays:
        if other == code:
            yield Fault((), "ce code est déjà dans le calendrier ; donnez-en un autre", "this code is already taken")
        if _overlap(span, stretch):
            fr = f"chevauche « {other} », où il n'y a déjà pas classe ; gardez les autres jours"
            yield Fault((), fr, f"overlaps {other!r}, without school already; keep the other days")
    for day, exception in days.exceptions:
        if day in span:
            said = exception.kind.value if exception.kind else "un autre jour de semaine"
            fr = f"{day} est déjà une exception du calendrier ({said}) ; gardez l'une des deux"
            yield Fault((), fr, f"{day} is an exception of the calendar already; keep one of the two")
    if all(day in days.feries for day in span):
        fr = "ne ferme rien : tout y est déjà férié ; corrigez la date"
        yield Fault((), fr, "closes nothing: all of it is férié already; mend the date")


def _known(reach: Span) -> tuple[str, str]:
    """The bounds of the data and the way out, French then English."""
    fr = f"les vacances sont connues du {reach.first_day:%d/%m/%Y} au {reach.last_day:%d/%m/%Y} ; {_BY_HAND[0]}"
    return fr, f"school holidays are known from {reach.first_day} to {reach.last_day}; {_BY_HAND[1]}"


def _overlap(one: Span, two: Span) -> bool:
    return one.first_day <= two.last_day and two.first_day <= one.last_day


def _slugged(name: str) -> str:
    return folded(name).replace(" ", "-").replace("'", "-")


def _found(name: str) -> Region | None:
    """The region of a code or a name."""
    wanted = _slugged(name)
    return next((one for code, one in REGIONS.items() if wanted in (code, _slugged(one.label))), None)


def _region_faults(name: str) -> Iterator[Fault]:
    if _found(name) is None:
        known = ", ".join(REGIONS)
        yield Fault(("region",), f"lu « {name} » ; il faut : {known}", f"got « {name} »; expected one of: {known}")


def _region(name: str) -> Region:
    raise_all(_region_faults(name))
    return _found(name) or REGIONS[name]


def _letter(name: str) -> str:
    """The letter that a zone is told by, in capitals."""
    return name.upper().removeprefix("ZONE").strip()


def _zone_faults(name: str) -> Iterator[Fault]:
    if _letter(name) not in ZONES:
        apart = _slugged(name) in _APART or any(_found(name) is one for one in REGIONS.values() if not one.zones)
        fr, en = _OWN if apart else (f"il faut A, B ou C ; {_BY_HAND[0]}", f"expected A, B or C; {_BY_HAND[1]}")
        yield Fault(("zone",), f"lu « {name} » ; {fr}", f"got « {name} »; {en}")


def _year_faults(year: int) -> Iterator[Fault]:
    """That no calendar has a school year, or that the data do not reach it."""
    reach = school_holidays_reach()
    if year not in YEARS:
        fr, en = "il faut l'année de la rentrée, par exemple 2026", "expected the year of the rentrée, as 2026"
        yield Fault(("annee",), f"lu {year} ; {fr}", f"got {year}; {en}")
    elif date(year, 7, 1) not in reach or date(year + 1, 8, 31) not in reach:
        fr, en = _known(reach)
        said = f"rien de connu pour {year}-{year + 1}", f"nothing is known of {year}-{year + 1}"
        yield Fault(("annee",), f"{said[0]} ; {fr}", f"{said[1]}; {en}")


def _outside(letter: str, place: Region) -> Iterator[Fault]:
    """That a region does not lie in a zone."""
    if not place.zones:
        yield Fault(("region",), f"{place.label} : {_OWN[0]}", f"{place.label}: {_OWN[1]}")
    elif letter not in place.zones:
        lies = " ou ".join(place.zones)
        fr = f"{place.label} est en zone {lies}, pas {letter} ; corrigez la zone ou la région"
        yield Fault(("region",), fr, f"{place.label} lies in zone {lies}, not {letter}; mend one of the two")


@cache
def _data() -> Mapping[str, Any]:
    """What `vacances.toml` says, as it stands there."""
    return MappingProxyType(tomllib.loads(files(__package__).joinpath("vacances.toml").read_text("utf-8")))


def _known_stretches(zone: str) -> Iterator[tuple[str, Span]]:
    """Every stretch of holidays of a zone, ascending, under its code."""
    for year in _data().values():
        for code, stretches in year.items() if isinstance(year, dict) else ():
            for zones, span in stretches.items() if isinstance(stretches, dict) else ():
                if zone in zones:
                    yield code, Span(span["du"], span["au"])
