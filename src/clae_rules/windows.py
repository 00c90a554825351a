"""
Stretches of days over which something is counted or paid: a week, a month, a période, a part that a town publishes.

One phrase says which, « mois » or « 2 semaines depuis le 2026-09-07 du foyer », wherever a règlement says `par`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise
from typing import Annotated, Final

from .days import MONTHS, Span, clipped, monday
from .described import Key, ListOf, Phrase, Record
from .errors import Fault, Lang, raise_all
from .shapes import Day, Slug, Text, folded, phrase_error
from .slots import HYPOTHESE, SOURCE

#: How a phrase says that all the children of a household are counted together.
OF_HOUSEHOLD: Final = " du foyer"


ENGLISH_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Unit(Enum):
    """A stretch that the calendar or the règlement's périodes give; a published division gives others."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"
    PERIODE = "période"
    SCHOOL_YEAR = "année scolaire"
    CIVIL_YEAR = "année civile"


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """
    Civil days from *first_day* to *last_day*, both included, under the name that a sentence gives them.

    Args:
        label: « septembre 2026 », « semaine du 07/09/2026 », the name of a période or of a published part.
    """

    first_day: date
    last_day: date
    label: str

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPart:
    """One part of a division: a term, a session, a « séquence »."""

    label: Annotated[str, Key("nom", Text(80), "Le nom de cette partie.", '"1er trimestre"')]
    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2026-09-01")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2026-12-31")]

    def __post_init__(self) -> None:
        Span(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """
    A division of time that the town publishes, by whose code `par` can count: terms, sessions, « séquences » (S5.4).

    Raises:
        InvalidValueError: If two parts overlap.
    """

    code: Annotated[str, Key("", Slug(), "")]
    parts: Annotated[
        tuple[PublishedPart, ...],
        Key(
            "parties",
            ListOf(Record(PublishedPart), most=200),
            "Les parties, qui ne se chevauchent pas.",
            '[{ nom = "1er trimestre", du = 2026-09-01, au = 2026-12-31 }]',
        ),
    ]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        order = sorted(self.parts, key=lambda one: one.first_day)
        for one, two in pairwise(order):
            if two.first_day <= one.last_day:
                fr = f"« {one.label} » et « {two.label} » se chevauchent le {two.first_day} ; séparez-les"
                en = f"« {one.label} » and « {two.label} » overlap on {two.first_day}; keep them apart"
                yield Fault(("parts", self.parts.index(two)), fr, en)

    def stretch(self, day: date) -> Stretch | None:
        """The part that holds a date, or None."""
        found = next((one for one in self.parts if one.first_day <= day <= one.last_day), None)
        return None if found is None else Stretch(found.first_day, found.last_day, found.label)


@dataclass(frozen=True, slots=True)
class Window:
    """
    Over which stretch of days, and of whom.

    Args:
        unit: A unit, or the code of a division.
        weeks: How many ISO weeks, 1 to 52; more than one only from a date on.
        since: A day of the first week of the first stretch, where *weeks* is more than 1.
        household: All children of the household together; one child where False.

    Raises:
        InvalidValueError: If several weeks are counted from no date.

    >>> Window(Unit.WEEK).stretch(date(2026, 9, 9))
    Stretch(first_day=datetime.date(2026, 9, 7), last_day=datetime.date(2026, 9, 13), label='semaine du 07/09/2026')
    """

    unit: Unit | str
    weeks: int = 1
    since: date | None = None
    household: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= 52 or (self.weeks > 1) != (self.since is not None):
            said = f"{self.weeks} semaines"
            ways = f"« {said} depuis le 2026-09-07 », de 2 à 52, ou « semaine »"
            raise phrase_error(said, f"depuis quand ? écrivez {ways}", f"since when? write {ways}")

    @property
    def is_day(self) -> bool:
        """Whether it is one date."""
        return self.unit is Unit.DAY

    def stretch(
        self, day: date, periode: Stretch | None = None, divisions: Mapping[str, Division] | None = None
    ) -> Stretch | None:
        """
        The stretch that holds a date; None where the division has no part there, or the date no période.

        Args:
            day: The date.
            periode: The période that opens the slot in hand on that date.
            divisions: The divisions of the règlement, by code.
        """
        if isinstance(self.unit, str):
            division = (divisions or {}).get(self.unit)
            return None if division is None else division.stretch(day)
        match self.unit:
            case Unit.DAY:
                return Stretch(day, day, f"{day:%d/%m/%Y}")
            case Unit.WEEK:
                return self._weeks(day)
            case Unit.MONTH:
                label = f"{MONTHS[day.month - 1]} {day.year}"
                return Stretch(day.replace(day=1), clipped(day.year, day.month, 31), label)
            case Unit.PERIODE:
                return periode
            case Unit.SCHOOL_YEAR:
                year = day.year - (day.month < 9)
                return Stretch(date(year, 9, 1), date(year + 1, 8, 31), f"année scolaire {year}-{year + 1}")
            case Unit.CIVIL_YEAR:
                return Stretch(date(day.year, 1, 1), date(day.year, 12, 31), f"année {day.year}")

    def said(self, stretch: Stretch, lang: Lang) -> str:
        """
        How a sentence calls a stretch of this window, or what a période leaves of it; names that a town gives stay.

        >>> window = Window(Unit.WEEK)
        >>> window.said(window.stretch(date(2026, 9, 9)), "en")
        'week of 2026-09-07'
        """
        household = "" if not self.household else (" (tout le foyer)", " (whole household)")[lang == "en"]
        return f"{stretch.label if lang == 'fr' else self._english(stretch)}{household}"

    def _english(self, stretch: Stretch) -> str:
        day = stretch.first_day
        match self.unit:
            case Unit.DAY:
                return day.isoformat()
            case Unit.WEEK:
                first = self._weeks(day).first_day
                return f"week of {first}" if self.weeks == 1 else f"{self.weeks} weeks from {first}"
            case Unit.MONTH:
                return f"{ENGLISH_MONTHS[day.month - 1]} {day.year}"
            case Unit.SCHOOL_YEAR:
                return stretch.label.replace("année scolaire", "school year")
            case Unit.CIVIL_YEAR:
                return f"year {day.year}"
        return stretch.label

    def _weeks(self, day: date) -> Stretch:
        first = monday(day)
        if self.since is not None:
            first -= timedelta(days=(first - monday(self.since)).days % (7 * self.weeks))
        label = f"semaine du {first:%d/%m/%Y}" if self.weeks == 1 else f"{self.weeks} semaines du {first:%d/%m/%Y}"
        return Stretch(first, first + timedelta(days=7 * self.weeks - 1), label)


def parse_window(text: str) -> Window:
    """
    Read « jour », « semaine », « 2 semaines depuis le 2026-09-07 », « mois », « période », « année scolaire »,
    « année civile » or the code of a division, each with « du foyer » where all its children are counted.

    Raises:
        InvalidValueError: If it is none of these.

    >>> parse_window("mois du foyer")
    Window(unit=<Unit.MONTH: 'mois'>, weeks=1, since=None, household=True)
    """
    said = folded(text)
    household = said.endswith(OF_HOUSEHOLD)
    said = said.removesuffix(OF_HOUSEHOLD)
    units = {folded(unit.value): unit for unit in Unit}
    if said in units:
        return Window(units[said], household=household)
    if found := re.fullmatch(r"(\d{1,2}) semaines?(?: depuis le (\d{4}-\d\d-\d\d))?", said):
        return Window(Unit.WEEK, int(found[1]), _day(found[2], text), household)
    if said != "annee" and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", said):
        return Window(said, household=household)
    ways = ", ".join(f"« {one} »" for one in (*_EXAMPLES, "le code d'un découpage"))
    raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")


def format_window(window: Window) -> str:
    """The canonical phrase of a window; `parse_window` reads it back as the same window."""
    said = window.unit if isinstance(window.unit, str) else window.unit.value
    if window.since is not None:
        said = f"{window.weeks} semaines depuis le {window.since}"
    return f"{said}{OF_HOUSEHOLD if window.household else ''}"


def _day(text: str | None, phrase: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise phrase_error(phrase, "cette date n'existe pas", "this date does not exist") from None


_EXAMPLES: Final = (
    "semaine",
    "2 semaines depuis le 2026-09-07",
    "mois",
    "période",
    "année scolaire",
    "année civile",
    "mois du foyer",
)
#: Shape of a window.
WINDOW: Final = Phrase(("une fenêtre", "a window"), parse_window, format_window, ("jour", *_EXAMPLES))
