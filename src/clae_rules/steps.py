"""Which day or moment a limit names, before its time: a closed set of parts, with their words (S3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final

from .days import DATED_CALENDARS, ENGLISH_WEEKDAYS, ONE_DAY, SCHOOL, WEEKDAYS, clock, monday, previous_weekday
from .errors import Lang
from .moments import ALL_DAYS, ENGLISH_ANCHORS, Anchor, Moments, Timed, civil, within
from .monthly import LastFullWeek, MonthDay, MonthWeekday
from .shapes import folded, phrase_error

#: The calendars that the format names, in the words of a phrase; « ouverts » are the open days of the mode.
CALENDARS: Final = (ALL_DAYS, *DATED_CALENDARS, "ouverts", "ouverts de l'établissement")
_ENGLISH_CALENDARS: Final = MappingProxyType(
    {
        ALL_DAYS: "calendar days",
        "ouvrés": "working days (Mon–Fri)",
        "ouvrables": "working days (Mon–Sat)",
        SCHOOL: "school days",
        "ouverts": "open days",
        "ouverts de l'établissement": "open days of the place",
    }
)


def agreed(calendar: str, count: int, *, feminine: bool = False) -> str:
    """
    A calendar's word after *count* days, or hours (feminine).

    >>> agreed("ouvrés", 1), agreed("ouvrés", 48, feminine=True), agreed("bureau", 3)
    ('ouvré', 'ouvrées', 'bureau')
    """
    if calendar not in CALENDARS or calendar == SCHOOL:
        return calendar
    word, space, rest = calendar.partition(" ")
    stem = word.removesuffix("s") + ("e" if feminine and word[-2] != "e" else "")
    return f"{stem}{'s' if count > 1 else ''}{space}{rest}"


#: The calendars by each way of writing them, folded: « ouvre », « ouvrees »…
WRITTEN_CALENDARS: Final = MappingProxyType(
    {
        folded(agreed(calendar, count, feminine=feminine)): calendar
        for calendar in CALENDARS
        for count in (1, 2)
        for feminine in (False, True)
    }
)
#: Codes that no named calendar may bear: a phrase could not tell them from its own words.
RESERVED_CALENDARS: Final = frozenset(WRITTEN_CALENDARS) | {
    "franc",
    "francs",
    "franche",
    "franches",
    "avant",
    "apres",
}


def _english_days(calendar: str, count: int) -> str:
    words = _ENGLISH_CALENDARS.get(calendar, f"days of « {calendar} »")
    return words.replace("days", "day", 1) if count == 1 else words


def check_calendar(calendar: str) -> None:
    """
    Refuse what is neither one of `CALENDARS` nor a code that a named calendar may bear.

    Raises:
        InvalidValueError: If so.
    """
    if calendar not in CALENDARS and (
        calendar in RESERVED_CALENDARS or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", calendar)
    ):
        ways = ", ".join(CALENDARS)
        raise phrase_error(
            calendar, f"il faut un calendrier : {ways}, ou un code", f"expected a calendar: {ways}, or a code"
        )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}"


def _side(anchor: Anchor, lang: Lang, *, after: bool) -> str:
    if lang == "fr":
        return f"{'après' if after else 'avant'} {anchor.value}"
    return f"{'after' if after else 'before'} {ENGLISH_ANCHORS[anchor]}"


@dataclass(frozen=True, slots=True)
class Days:
    """
    A number of days of a calendar from an anchor, 1 to 999; clear days leave so many whole days between.

    « 15 jours calendaires francs avant le début des vacances » is 00:00 of the fifteenth day before; after an
    anchor, clear days end with the last of them.
    """

    count: int
    calendar: str
    anchor: Anchor
    after: bool = False
    clear: bool = False

    def __post_init__(self) -> None:
        within(self.count, 1, 999)
        check_calendar(self.calendar)

    @property
    def timed(self) -> Timed:
        """Clear days fix the time themselves."""
        return Timed.FORBIDDEN if self.clear else Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """The civil time that it stands for; 00:00 where the time is still to be said."""
        day = moments.move(moments.day_of(self.anchor), self.count if self.after else -self.count, self.calendar)
        return civil(day, 1440 if self.clear and self.after else 0)

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        if lang == "en":
            days = f"{'clear ' if self.clear else ''}{_english_days(self.calendar, self.count)}"
            return f"{self.count} {days} {_side(self.anchor, lang, after=self.after)}"
        days = f"{_many(self.count, 'jour')} {agreed(self.calendar, self.count)}"
        clear = f" {'francs' if self.count > 1 else 'franc'}" if self.clear else ""
        return f"{days}{clear} {_side(self.anchor, lang, after=self.after)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """
    A number of civil hours from an anchor, 1 to 9999, of which only the 24 of a calendar's days count (S3.2).

    Before an anchor it is the start of the earliest hour counted, after an anchor the end of the last one.
    """

    count: int
    calendar: str
    anchor: Anchor
    after: bool = False

    def __post_init__(self) -> None:
        within(self.count, 1, 9999)
        check_calendar(self.calendar)

    @property
    def timed(self) -> Timed:
        """Hours fix the time themselves."""
        return Timed.FORBIDDEN

    def reach(self, moments: Moments) -> datetime:
        """The civil time that it stands for."""
        start, left = moments.local(self.anchor), timedelta(hours=self.count)
        if self.calendar == ALL_DAYS:
            return start + left if self.after else start - left
        day = start.date()
        midnight = civil(day)
        usable = midnight + ONE_DAY - start if self.after else start - midnight
        if not moments.is_open(self.calendar, day):
            usable = timedelta()
        while left > usable:
            left -= usable
            day, usable = moments.move(day, 1 if self.after else -1, self.calendar), ONE_DAY
        # What is left of the day is counted from the side of the anchor.
        return civil(day, 1440) - usable + left if self.after else civil(day) + usable - left

    def say(self, lang: Lang) -> str:
        """The moment in words; French is the phrase."""
        side = _side(self.anchor, lang, after=self.after)
        if lang == "fr":
            return f"{_many(self.count, 'heure')} {agreed(self.calendar, self.count, feminine=True)} {side}"
        of = "" if self.calendar == ALL_DAYS else f" of {_english_days(self.calendar, 2)}"
        return f"{_many(self.count, 'hour')}{of} {side}"


@dataclass(frozen=True, slots=True)
class Weeks:
    """A number of weeks of seven calendar days from an anchor, 1 to 99."""

    count: int
    anchor: Anchor
    after: bool = False

    def __post_init__(self) -> None:
        within(self.count, 1, 99)

    @property
    def timed(self) -> Timed:
        """A day needs its time."""
        return Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """00:00 of the day."""
        return civil(moments.day_of(self.anchor) + (7 if self.after else -7) * self.count * ONE_DAY)

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        weeks = _many(self.count, "semaine" if lang == "fr" else "week")
        return f"{weeks} {_side(self.anchor, lang, after=self.after)}"


@dataclass(frozen=True, slots=True)
class At:
    """An anchor alone; « le jour même » is the date."""

    anchor: Anchor

    @property
    def timed(self) -> Timed:
        """A slot's start is an instant; an absence and its report are instants, or their days at a time."""
        if self.anchor is Anchor.SLOT:
            return Timed.FORBIDDEN
        return Timed.OPTIONAL if self.anchor in {Anchor.ABSENCE, Anchor.REPORT} else Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """The civil time of the anchor."""
        return moments.local(self.anchor)

    def say(self, lang: Lang) -> str:
        """The anchor in words; French is the phrase."""
        if lang == "en":
            return ENGLISH_ANCHORS[self.anchor]
        return "le jour même" if self.anchor is Anchor.DATE else self.anchor.value


@dataclass(frozen=True, slots=True)
class Weekday:
    """
    A weekday relative to the date.

    Args:
        weekday: 0 Monday to 6 Sunday.
        weeks_before: Of the ISO week so many weeks before, 0 to 99; None is the last one before the date.
    """

    weekday: int
    weeks_before: int | None = None

    def __post_init__(self) -> None:
        within(self.weekday, 0, 6)
        within(self.weeks_before or 0, 0, 99)

    @property
    def timed(self) -> Timed:
        """A day needs its time."""
        return Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """00:00 of the day."""
        day = moments.day_of(Anchor.DATE)
        if self.weeks_before is None:
            return civil(previous_weekday(day, self.weekday))
        return civil(monday(day) + (self.weekday - 7 * self.weeks_before) * ONE_DAY)

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        name = WEEKDAYS[self.weekday] if lang == "fr" else ENGLISH_WEEKDAYS[self.weekday]
        if self.weeks_before is None:
            return f"{name} précédent" if lang == "fr" else f"the previous {name}"
        if self.weeks_before == 0:
            return f"{name} de la même semaine" if lang == "fr" else f"{name} of the same week"
        if lang == "fr":
            return f"{name} de la semaine -{self.weeks_before}"
        return f"{name} of the week before" if self.weeks_before == 1 else f"{name}, {self.weeks_before} weeks before"


@dataclass(frozen=True, slots=True)
class Dated:
    """
    One day of the calendar, or one instant of it.

    Args:
        minutes: Minutes since midnight, 0 to 1440, where it is an instant; None where the time is said apart.
    """

    day: date
    minutes: int | None = None

    def __post_init__(self) -> None:
        within(self.day.year, 100, 9900)
        within(self.minutes or 0, 0, 1440)

    @property
    def timed(self) -> Timed:
        """An instant has its time already."""
        return Timed.REQUIRED if self.minutes is None else Timed.FORBIDDEN

    def reach(self, moments: Moments) -> datetime:
        """The civil time, whatever the date."""
        del moments
        return civil(self.day, self.minutes or 0)

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        if self.minutes is None:
            return f"le {self.day}" if lang == "fr" else str(self.day)
        at = "à" if lang == "fr" else "at"
        return f"{'le ' if lang == 'fr' else ''}{self.day} {at} {clock(self.minutes)}"


class Word(Enum):
    """What a limit may be beside an instant: never open, never too late, as a table says (S3.5), or not published."""

    NEVER = "jamais"
    NO_LIMIT = "sans limite"
    TABLE = "table"
    UNPUBLISHED = "non publié"

    @property
    def timed(self) -> Timed:
        """A word takes no time."""
        return Timed.FORBIDDEN

    def say(self, lang: Lang) -> str:
        """The word; French is the phrase."""
        english = {
            Word.NEVER: "never",
            Word.NO_LIMIT: "no limit",
            Word.TABLE: "as the table says",
            Word.UNPUBLISHED: "not published",
        }
        return self.value if lang == "fr" else english[self]


#: Everything that may stand before the comma of a limit.
Part = Days | Hours | Weeks | At | Weekday | MonthDay | MonthWeekday | LastFullWeek | Dated | Word
