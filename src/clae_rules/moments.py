"""
What a limit counts from and along, for one date: anchors, calendars, the way from civil time to an instant.

All arithmetic is civil; a civil time becomes an instant once, at the end (S3.7).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from .days import ONE_DAY, monday, step
from .errors import ClaeRulesError, OutOfCalendarError
from .shapes import phrase_error

#: The calendar of all days.
ALL_DAYS: Final = "calendaires"


class Timed(Enum):
    """Whether a day needs a time after its comma (S3.3)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"


def within(number: int, least: int, most: int) -> None:
    """
    Refuse a number of a phrase that is out of its bounds, both included.

    Raises:
        InvalidValueError: If so.
    """
    if not least <= number <= most:
        raise phrase_error(
            str(number), f"il faut un nombre de {least} à {most}", f"expected a number from {least} to {most}"
        )


class UnresolvedError(ClaeRulesError):
    """
    A limit that has no instant for one date: what it counts from is not there (S1.5: undecided).

    Args:
        fr: Why, in French.
        en: The same in English.
    """

    def __init__(self, fr: str, en: str) -> None:
        self.reason = (fr, en)
        super().__init__(fr, en)

    def __str__(self) -> str:
        return self.reason[0]


class Anchor(Enum):
    """What a limit counts from (S3.1)."""

    DATE = "la date"
    SLOT = "le créneau"
    WEEK = "le lundi de la semaine"
    MONTH = "le 1er du mois"
    HOLIDAYS = "le début des vacances"
    PERIODE = "le début de la période"
    OPENING = "le premier jour d'ouverture de la période"
    ABSENCE = "le début de l'absence"
    REPORT = "le signalement"


ENGLISH_ANCHORS: Final = MappingProxyType(
    {
        Anchor.DATE: "the date",
        Anchor.SLOT: "the start of the slot",
        Anchor.WEEK: "the Monday of its week",
        Anchor.MONTH: "the 1st of its month",
        Anchor.HOLIDAYS: "the first day of the holidays",
        Anchor.PERIODE: "the first day of the période",
        Anchor.OPENING: "the first open day of the période",
        Anchor.ABSENCE: "the start of the absence",
        Anchor.REPORT: "the report",
    }
)
_MISSING: Final = MappingProxyType(
    {
        Anchor.SLOT: ("ce créneau n'a pas d'horaire", "this slot has no times"),
        Anchor.HOLIDAYS: ("cette date n'est pas en vacances", "this date is not in holidays"),
        Anchor.PERIODE: ("cette date n'est dans aucune période", "this date is in no période"),
        Anchor.OPENING: ("cette période n'ouvre aucun jour", "this période opens on no day"),
        Anchor.ABSENCE: ("le début de l'absence n'est pas connu", "the start of the absence is not known"),
        Anchor.REPORT: ("l'absence n'a pas été signalée", "the absence was not reported"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """
    What resolving a limit needs to know of one date.

    Args:
        day: The date.
        tz: The time zone of the règlement.
        is_open: Whether a calendar, by its word in `CALENDARS` or its code, holds a day; never asked about
            « calendaires ». Raises `OutOfCalendarError` outside the data.
        slot_start: Start of the slot, minutes since midnight; None where it has no times.
        periode_first_day: First day of the période that holds the date.
        periode_last_day: Last day of that période, included.
        first_open_day: First day on which that période opens.
        holiday_first_day: First day of the school holidays that hold the date.
        absence_start: Aware instant at which an absence begins.
        report: Aware instant at which it was reported.
    """

    day: date
    tz: ZoneInfo
    is_open: Callable[[str, date], bool]
    slot_start: int | None = None
    periode_first_day: date | None = None
    periode_last_day: date | None = None
    first_open_day: date | None = None
    holiday_first_day: date | None = None
    absence_start: datetime | None = None
    report: datetime | None = None

    def local(self, anchor: Anchor) -> datetime:
        """
        The anchor in civil local time: 00:00 where it is a day.

        Raises:
            UnresolvedError: If this date has no such anchor.
            OutOfCalendarError: If it is within a century of year 1 or 9999, where steps would fall off.
        """
        found: datetime | date | None
        match anchor:
            case Anchor.DATE:
                found = self.day
            case Anchor.SLOT:
                found = None if self.slot_start is None else civil(self.day, self.slot_start)
            case Anchor.WEEK:
                found = monday(self.day)
            case Anchor.MONTH:
                found = self.day.replace(day=1)
            case Anchor.HOLIDAYS:
                found = self.holiday_first_day
            case Anchor.PERIODE:
                found = self.periode_first_day
            case Anchor.OPENING:
                found = self.first_open_day
            case Anchor.ABSENCE:
                found = self.absence_start and self.absence_start.astimezone(self.tz).replace(tzinfo=None)
            case _:
                found = self.report and self.report.astimezone(self.tz).replace(tzinfo=None)
        if found is None:
            raise UnresolvedError(*_MISSING[anchor])
        return _inside(found if isinstance(found, datetime) else civil(found))

    def day_of(self, anchor: Anchor) -> date:
        """The civil day of the anchor; a slot's is the date, with or without times."""
        return self.local(Anchor.DATE if anchor is Anchor.SLOT else anchor).date()

    def move(self, day: date, count: int, calendar: str) -> date:
        """The *count*-th day of a calendar strictly before (negative) or after (positive) *day*."""
        if calendar == ALL_DAYS:
            return day + count * ONE_DAY
        return step(day, count, lambda one: self.is_open(calendar, one))


def civil(day: date, minutes: int = 0) -> datetime:
    """The civil local time, without zone, *minutes* after 00:00 of *day*."""
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _inside(local: datetime) -> datetime:
    if not 100 <= local.year <= 9900:
        raise OutOfCalendarError(local.date().isoformat())
    return local


def instant(day: date, minutes: int, tz: ZoneInfo) -> datetime:
    """
    The instant, in UTC, of a civil local time; of two the later, of none the first after the gap (S3.7).

    Args:
        minutes: Minutes since midnight on the clock; 1440 is the next 00:00.

    >>> instant(date(2026, 10, 25), 150, ZoneInfo("Europe/Paris")).isoformat()   # 02:30 comes twice
    '2026-10-25T01:30:00+00:00'
    >>> instant(date(2027, 3, 28), 150, ZoneInfo("Europe/Paris")).isoformat()    # 02:30 does not come
    '2027-03-28T01:00:00+00:00'
    """
    return resolved(civil(day, minutes), tz)


def resolved(local: datetime, tz: ZoneInfo) -> datetime:
    """The instant of a civil local time given without zone; see `instant`."""

    def reaches(moment: datetime) -> bool:
        return moment.astimezone(tz).replace(tzinfo=None) >= local

    # In a gap, the second reading is the earlier: the gap lies between the two.
    first, second = (local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if reaches(second):
        return second
    seconds = range(round((first - second).total_seconds()))
    return second + timedelta(seconds=bisect_left(seconds, True, key=lambda s: reaches(second + timedelta(seconds=s))))
