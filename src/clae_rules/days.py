"""Civil days: what kind of day a date is, and stepping along named calendars (S2.1, S3.2)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import Enum
from itertools import pairwise
from typing import Annotated, Final

from .described import Key, ListOf, Phrase, Record, TableOf
from .errors import Fault, InvalidValueError, OutOfCalendarError, raise_all
from .shapes import Choice, Day, Slug, Text, folded, phrase_error

WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
ENGLISH_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
ONE_DAY: Final = timedelta(days=1)
#: Shape of a weekday; its value is 0 for Monday to 6 for Sunday.
WEEKDAY: Final = Choice(tuple((name, i) for i, name in enumerate(WEEKDAYS)))
#: Shape of a month; its value is 1 to 12.
MONTH: Final = Choice(tuple((name, i) for i, name in enumerate(MONTHS, 1)))


#: The days that the school teaches: a calendar of an établissement.
SCHOOL: Final = "école"
#: The calendars of the format that a date tells by itself; « école » needs the weekdays that the school teaches.
DATED_CALENDARS: Final = (SCHOOL, "ouvrés", "ouvrables")


class DayKind(Enum):
    """What a date is, exactly one, the first that fits in this order (S2.1)."""

    FERIE = "férié"
    VACANCES = "vacances"
    WEEKEND = "week-end"
    ORDINARY = "ordinaire"


#: Shape of a kind of day.
KIND: Final = Choice(tuple((kind.value, kind) for kind in DayKind))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Civil days from *first_day* to *last_day*, both included."""

    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2021-10-23")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2021-11-07")]

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            got = f"{self.last_day} est avant {self.first_day}"
            raise_all(
                [
                    Fault(
                        ("last_day",),
                        f"{got} ; inversez les deux dates",
                        f"{self.last_day} is before {self.first_day}; swap them",
                    )
                ]
            )

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def __iter__(self) -> Iterator[date]:
        return days_between(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class DayException:
    """What a dated exception makes of one day: another kind, or « as a Monday » (S2.1)."""

    kind: Annotated[DayKind | None, Key("type", KIND, "Le type de jour que cette date prend.", '"ordinaire"')] = None
    like: Annotated[
        int | None, Key("comme", WEEKDAY, "Le jour de semaine comme lequel cette date compte.", '"lundi"')
    ] = None

    def __post_init__(self) -> None:
        if self.kind is None and self.like is None:
            fr, en = (
                'rien n\'est dit ; écrivez type = "férié" ou comme = "lundi"',
                "nothing is said; write type or comme",
            )
            raise_all([Fault((), fr, en)])


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilDays:
    """
    What is known of every date from *first_day* to *last_day*; outside, nothing is guessed.

    Args:
        first_day: First day that the data cover, included.
        last_day: Last day that the data cover, included.
        feries: Public holidays.
        holidays: School holidays by code, both bounds included.
        exceptions: Dated exceptions.
    """

    first_day: Annotated[date, Key("du", Day(), "Premier jour que le calendrier couvre, compris.", "2021-09-01")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour que le calendrier couvre, compris.", "2022-08-31")]
    feries: Annotated[
        tuple[date, ...],
        Key(
            "feries",
            ListOf(Day(), least=0),
            "Les jours fériés, tous, entre ces deux dates.",
            "[2021-11-01, 2021-11-11]",
        ),
    ]
    holidays: Annotated[
        tuple[tuple[str, Span], ...],
        Key("vacances", TableOf(Slug(), Record(Span)), "Les vacances scolaires, une ligne par période."),
    ] = ()
    exceptions: Annotated[
        tuple[tuple[date, DayException], ...],
        Key(
            "exception",
            TableOf(Day(), Record(DayException)),
            "Une date qui change de type, ou compte comme un autre jour.",
        ),
    ] = ()
    source: Annotated[str, Key("source", Text(), "D'où vient ce calendrier.")] = ""
    hypothese: Annotated[str, Key("hypothese", Text(), "Ce qui est supposé et reste à vérifier.")] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if self.last_day < self.first_day:
            yield Fault(
                ("last_day",),
                f"{self.last_day} est avant {self.first_day}",
                f"{self.last_day} is before {self.first_day}",
            )
        elif (self.last_day - self.first_day).days > 4000:
            yield Fault(
                ("last_day",),
                "plus de 4000 jours ; donnez moins d'années",
                "over 4,000 days; give fewer years",
            )
        for i, day in enumerate(self.feries):
            if not self.first_day <= day <= self.last_day:
                yield Fault(("feries", i), f"{day} est hors du calendrier", f"{day} is outside the calendar")
        for code, span in self.holidays:
            if span.first_day < self.first_day or span.last_day > self.last_day:
                out = f"{span.first_day} – {span.last_day}"
                yield Fault(
                    ("holidays", code),
                    f"{out} dépasse le calendrier [jours]",
                    f"{out} goes past the calendar",
                )
        spans = sorted((span, code) for code, span in self.holidays)
        for (one, a), (two, b) in pairwise(spans):
            if two.first_day <= one.last_day:
                yield Fault(("holidays", b), f"chevauche « {a} » ; séparez-les", f"overlaps {a!r}; keep them apart")

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def describe(self, day: date) -> DayFacts:
        """
        What this calendar says of *day*.

        Raises:
            OutOfCalendarError: If *day* is before `first_day` or after `last_day`.
        """
        if day not in self:
            raise OutOfCalendarError(day.isoformat())
        holiday = next((code for code, span in self.holidays if day in span), "")
        weekday, kind = day.weekday(), DayKind.ORDINARY
        if day in self.feries:
            kind = DayKind.FERIE
        elif holiday:
            kind = DayKind.VACANCES
        elif weekday >= 5:
            kind = DayKind.WEEKEND
        for when, exception in self.exceptions:
            if when == day:
                kind = exception.kind or (DayKind.ORDINARY if exception.like is not None else kind)
                weekday = weekday if exception.like is None else exception.like
        return DayFacts(day, weekday, kind, holiday)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A date, the weekday that it counts as (0 Monday to 6 Sunday), its kind, its school holidays' code."""

    day: date
    weekday: int
    kind: DayKind
    holiday: str

    @property
    def said(self) -> str:
        """The day in a word: its kind, or its weekday where it is ordinary."""
        return WEEKDAYS[self.weekday] if self.kind is DayKind.ORDINARY else self.kind.value


def dated_calendars(taught: Collection[int]) -> dict[str, Callable[[DayFacts], bool]]:
    """
    Whether each of `DATED_CALENDARS` holds a date (S3.2).

    Args:
        taught: The weekdays that the school teaches, 0 for Monday.
    """
    return {
        SCHOOL: lambda day: day.kind is DayKind.ORDINARY and day.weekday in taught,
        "ouvrés": lambda day: day.day.weekday() < 5 and day.kind is not DayKind.FERIE,
        "ouvrables": lambda day: day.day.weekday() < 6 and day.kind is not DayKind.FERIE,
    }


def days_between(first_day: date, last_day: date) -> Iterator[date]:
    """Every civil day from *first_day* to *last_day*, both included; none where they are swapped."""
    for n in range(first_day.toordinal(), last_day.toordinal() + 1):
        yield date.fromordinal(n)


def monday(day: date) -> date:
    """The Monday of the ISO week of *day*; right across 53-week years."""
    return day - timedelta(days=day.weekday())


def previous_weekday(day: date, weekday: int) -> date:
    """The last *weekday* strictly before *day*."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def clipped(year: int, month: int, number: int) -> date:
    """
    Day *number* of a month, clipped to the month's end; *month* may run below 1 or above 12.

    >>> clipped(2026, 2, 30), clipped(2026, 0, 31)
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    year, index = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, index, min(number, monthrange(year, index)[1]))


def step(day: date, count: int, is_open: Callable[[date], bool]) -> date:
    """
    The *count*-th open day strictly before (negative) or after (positive) *day*; O(days walked).

    Raises:
        OutOfCalendarError: If *is_open* meets a day that it does not know, or 800 closed days in a row.
    """
    direction = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        for _ in range(800):
            if not date.min + ONE_DAY < day < date(MAXYEAR, 12, 30):
                raise OutOfCalendarError(day.isoformat())
            day += direction
            if is_open(day):
                break
        else:
            raise OutOfCalendarError(day.isoformat())
    return day


def time_of_day(text: str) -> int | None:
    """
    Minutes since midnight of « 07:30 » or « 24:00 »; None when it is no time.

    >>> time_of_day("07:30"), time_of_day("24:00"), time_of_day("7h30")
    (450, 1440, None)
    """
    found = re.fullmatch(r"(\d{2}):(\d{2})", text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    return minutes if found and int(found[2]) < 60 and minutes <= 1440 else None


def clock(minutes: int) -> str:
    """
    « 07:30 » for 450 minutes since midnight.

    >>> clock(450)
    '07:30'
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


_LOOSE_TIME: Final = re.compile(r"(?<![\d:])(\d{1,2}) ?(?:h|:)(?: ?(\d\d))?(?![\d:])")


def two_digits(text: str) -> str:
    """
    A phrase with the times that people write otherwise written as here: two digits, a colon, two digits.

    >>> two_digits("9:00-16h30"), two_digits("9 h - 10h")
    ('09:00-16:30', '09:00 - 10:00')
    """
    return _LOOSE_TIME.sub(lambda one: f"{one[1]:0>2}:{one[2] or '00'}", folded(text))


def no_time(text: str, fr: str, en: str) -> InvalidValueError:
    """
    The error of a text that is no time: how it is written here, where people write it otherwise.

    Args:
        text: What was written.
        fr: The way out of anything else.
        en: The same in English.

    >>> str(no_time("9h", "il faut une heure", "expected a time"))
    'lu « 9h » ; écrivez « 09:00 »'
    """
    said = two_digits(text)
    known = time_of_day(said) is not None
    return phrase_error(text, f"écrivez « {said} »" if known else fr, f"write « {said} »" if known else en)


def _two_times(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d\d:\d\d) ?[-–] ?(\d\d:\d\d)", text)
    start, end = (time_of_day(found[1]), time_of_day(found[2])) if found else (None, None)
    return None if start is None or end is None else (start, end)


def parse_hours(text: str) -> tuple[int, int]:
    """
    Minutes since midnight of « 06:30-07:30 »: half-open, within one civil day.

    Raises:
        InvalidValueError: If either time does not exist, or the end is not after the start (S2.2).
    """
    said = two_digits(text)
    pair, meant = _two_times(folded(text)), _two_times(said)
    if meant is None:
        raise phrase_error(text, "il faut deux heures : « 06:30-07:30 »", "expected two times: « 06:30-07:30 »")
    faults = () if pair else phrase_error(text, f"écrivez « {said} »", f"write « {said} »").faults
    if meant[1] <= meant[0]:
        backwards = phrase_error(
            text,
            "un créneau doit finir après avoir commencé ; corrigez l'une des deux heures",
            "a slot must end after it starts; mend one of the two times",
        )
        faults = (*faults, *backwards.faults)
    raise_all(faults)
    return meant


#: Shape of « 06:30-07:30 ».
HOURS: Final = Phrase(
    ("un horaire", "hours"), parse_hours, lambda pair: f"{clock(pair[0])}-{clock(pair[1])}", ("06:30-07:30",)
)


def parse_printed_hours(text: str) -> tuple[int, int]:
    """
    Minutes since midnight of « 07:30-09:00 », or of « 18:00 » alone: one time, twice.

    Raises:
        InvalidValueError: If it is neither.

    >>> parse_printed_hours("18:00")
    (1080, 1080)
    """
    alone = time_of_day(folded(text))
    if alone is None and time_of_day(two_digits(text)) is not None:
        raise no_time(text, "", "")
    return parse_hours(text) if alone is None else (alone, alone)


def format_printed_hours(pair: tuple[int, int]) -> str:
    """The canonical phrase of printed hours; `parse_printed_hours` reads it back as the same."""
    return clock(pair[0]) if pair[0] == pair[1] else f"{clock(pair[0])}-{clock(pair[1])}"


#: Shape of « 07:30-09:00 » or « 18:00 »: when one comes or goes, to print.
PRINTED_HOURS: Final = Phrase(
    ("des heures d'arrivée ou de départ", "times of coming or going"),
    parse_printed_hours,
    format_printed_hours,
    ("07:30-09:00", "18:00"),
)
