"""
From when it is too late: a limit, as the one phrase that says it and as the instant that it resolves to (S3).

A phrase is which day, then, after a comma, what time: « jeudi de la semaine -1, avant 12:00 ». An anchor may
stand alone: « le jour même, avant 08:00 », « le début des vacances, avant 00:00 »; and « le créneau », an
instant already, without a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from .ambiguities import refuse_ambiguous
from .days import WEEKDAYS, clock, time_of_day
from .described import Phrase
from .errors import Lang, meant
from .moments import ALL_DAYS, Anchor, Moments, Timed, UnresolvedError, instant, resolved
from .monthly import LastFullWeek, MonthDay, MonthWeekday, parse_monthly
from .shapes import folded, phrase_error
from .steps import (
    CALENDARS,
    RESERVED_CALENDARS,
    WRITTEN_CALENDARS,
    At,
    Dated,
    Days,
    Hours,
    Part,
    Weekday,
    Weeks,
    Word,
    agreed,
    check_calendar,
)

__all__ = [
    "CALENDARS",
    "CLOSED_DAY",
    "LIMIT",
    "NEVER",
    "NOT_PUBLISHED",
    "NO_LIMIT",
    "RESERVED_CALENDARS",
    "STAYS",
    "TABLE",
    "Anchor",
    "At",
    "ClosedDay",
    "Dated",
    "Days",
    "Hours",
    "LastFullWeek",
    "Limit",
    "Moments",
    "MonthDay",
    "MonthWeekday",
    "TimeOfDay",
    "UnresolvedError",
    "Weekday",
    "Weeks",
    "Word",
    "format_closed_day",
    "format_limit",
    "instant",
    "parse_closed_day",
    "parse_limit",
    "resolve",
]


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """
    The time after the comma, in local wall time (S3.3).

    Args:
        clock_minutes: Minutes since midnight, 0 to 1440; 1440 is the next 00:00.
        granted: « jusqu'à »: that whole minute is still granted; else « avant »: that minute is too late.
    """

    clock_minutes: int
    granted: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.clock_minutes <= 1440:
            raise phrase_error(str(self.clock_minutes), "il faut 0 à 1440 minutes", "expected 0 to 1440 minutes")

    @property
    def minutes(self) -> int:
        """Minutes since midnight from which it is too late; 24:00 is the next 00:00 in either form."""
        return min(1440, self.clock_minutes + self.granted)

    def say(self, lang: Lang) -> str:
        """The time in words; French is the phrase."""
        if lang == "fr":
            word = "jusqu'à" if self.granted else "avant"
        else:
            word = "up to and including" if self.granted else "before"
        return f"{word} {clock(self.clock_minutes)}"


@dataclass(frozen=True, slots=True)
class Limit:
    """
    One limit: which day, and at what time where the day does not fix it (S3).

    Args:
        part: The day or moment, or one of the words « jamais », « sans limite », « table ».
        time: Required for steps in days, weeks, weekdays and months, and for dates; forbidden for hours,
            clear days and instants (S3.3).

    Raises:
        InvalidValueError: If the time is missing, or should not be there.
    """

    part: Part
    time: TimeOfDay | None = None

    def __post_init__(self) -> None:
        said = self.part.say("fr")
        if self.time is None and self.part.timed is Timed.REQUIRED:
            raise phrase_error(
                said,
                f"il manque l'heure : « {said}, avant 12:00 » (12:00 est trop tard) ou « {said}, jusqu'à 12:00 »",
                f"the time is missing: « {said}, avant 12:00 » (12:00 is too late) or « {said}, jusqu'à 12:00 »",
            )
        if self.time is not None and self.part.timed is Timed.FORBIDDEN:
            raise phrase_error(
                format_limit(self),
                f"l'heure est déjà fixée ; écrivez « {said} » seul",
                f"the time is fixed already; write « {said} » alone",
            )

    @property
    def calendars(self) -> tuple[str, ...]:
        """The calendar that it counts in, a word of `CALENDARS` or a code; none where all days count."""
        calendar = self.part.calendar if isinstance(self.part, Days | Hours) else ALL_DAYS
        return () if calendar == ALL_DAYS else (calendar,)

    @property
    def may_fall_on_closed_day(self) -> bool:
        """
        Whether the règlement must write what a closed day makes of it (S3.2).

        So for a weekday and for a day taken from a month, the Monday of a week and the 1st of a month among them:
        they count in no calendar, and may fall on any kind of day. A step in a calendar ends on a day of it,
        one of calendar days or weeks says that every day counts, and whoever wrote a date saw it.
        """
        if isinstance(self.part, At):
            return self.part.anchor in {Anchor.WEEK, Anchor.MONTH}
        return isinstance(self.part, Weekday | MonthDay | MonthWeekday | LastFullWeek)

    @property
    def may_roll_back(self) -> bool:
        """Whether « recule … » moves it: those above, and steps of calendar days or weeks with a time."""
        in_days = isinstance(self.part, Days) and self.part.calendar == ALL_DAYS and not self.part.clear
        return self.may_fall_on_closed_day or in_days or isinstance(self.part, Weeks)

    @property
    def uses_slot_times(self) -> bool:
        """Whether it has no instant for a slot without times (S2.2)."""
        return isinstance(self.part, Hours | At) and self.part.anchor is Anchor.SLOT

    def describe(self, lang: Lang) -> str:
        """The limit in words; French is the phrase."""
        return f"{self.part.say(lang)}, {self.time.say(lang)}" if self.time else self.part.say(lang)


#: Cannot be done at all.
NEVER: Final = Limit(Word.NEVER)
#: Never too late.
NO_LIMIT: Final = Limit(Word.NO_LIMIT)
#: As the table of the deadline says.
TABLE: Final = Limit(Word.TABLE)
#: There is one, which the town does not publish: never read as « sans limite » nor as « jamais » (S4.6).
NOT_PUBLISHED: Final = Limit(Word.UNPUBLISHED)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """What becomes of a limit outside a calendar: it rolls back to the last day in it, or stays (None)."""

    calendar: str | None = None

    def __post_init__(self) -> None:
        if self.calendar == ALL_DAYS:
            raise phrase_error(
                ALL_DAYS, "tous les jours y sont ; écrivez « reste »", "it holds all days; write « reste »"
            )
        if self.calendar is not None:
            check_calendar(self.calendar)


#: A limit stays where it falls.
STAYS: Final = ClosedDay()


def resolve(limit: Limit, moments: Moments, closed_day: ClosedDay = STAYS) -> datetime | Word:
    """
    The instant, aware and in UTC, from which it is too late: too late iff now ≥ it (S3).

    Args:
        limit: The limit.
        moments: What is known of the date.
        closed_day: What becomes of a limit on a closed day, where it `may_roll_back`.

    Returns:
        An instant, or the word that stands in its place.

    Raises:
        UnresolvedError: If what it counts from is not there, or it is not published.
        OutOfCalendarError: If the calendar data do not reach.
    """
    if limit == NOT_PUBLISHED:
        raise UnresolvedError("le règlement ne le publie pas", "the règlement does not publish it")
    if isinstance(limit.part, Word):
        return limit.part
    local = limit.part.reach(moments)
    if limit.time is None:
        return resolved(local, moments.tz)
    day = local.date()
    if closed_day.calendar and limit.may_roll_back and not moments.is_open(closed_day.calendar, day):
        day = moments.move(day, -1, closed_day.calendar)
    return instant(day, limit.time.minutes, moments.tz)


def format_limit(limit: Limit) -> str:
    """The canonical phrase of a limit; `parse_limit` reads it back as the same limit."""
    return limit.describe("fr")


def parse_limit(text: str, ways: str = "") -> Limit:
    """
    Read a limit; accents and capitals do not matter.

    Args:
        text: The limit.
        ways: How it may be written, where it does not count from the date or the slot; for messages.

    Raises:
        InvalidValueError: If the phrase is none of the known ones, or has more than one reading (S3.4).

    >>> parse_limit("Jeudi de la semaine -1, avant 12:00")
    Limit(part=Weekday(weekday=3, weeks_before=1), time=TimeOfDay(clock_minutes=720, granted=False))
    >>> format_limit(parse_limit("3 jours OUVRES avant la date, jusqu'a 24:00"))
    "3 jours ouvrés avant la date, jusqu'à 24:00"
    """
    refuse_ambiguous(text, ways)
    french = re.search(r"\b(\d\d?)/(\d\d?)/(\d{4})\b", text)
    if french:
        iso = f"{french[3]}-{int(french[2]):02}-{int(french[1]):02}"
        raise phrase_error(text, f"écrivez la date « {iso} »", f"write the date as « {iso} »")
    day, comma, hour = (part.strip() for part in folded(text).partition(","))
    part = _named(day) or _counted(day, text, ways) or _weekday(day) or parse_monthly(day) or _dated(day, text)
    if part is None:
        raise phrase_error(text, f"écrivez {ways or _WAYS}", f"write one of {ways or _WAYS}")
    return Limit(part, _time(hour, text) if comma else None)


_WAYS: Final = (
    "« 3 jours ouvrés avant la date, jusqu'à 24:00 », « 48 heures calendaires avant le créneau », "
    "« jeudi de la semaine -1, avant 12:00 », « mercredi précédent, avant 12:00 », "
    "« le 20 du mois -1, avant 12:00 », « le dernier vendredi du mois -1, avant 12:00 », "
    "« vendredi de la dernière semaine complète du mois -1, avant 12:00 », « le 2026-08-27, avant 12:00 », « le jour même, avant 08:00 », "
    "« jamais », « sans limite », « non publié », « table »"
)
_ANCHORS: Final = MappingProxyType({folded(anchor.value): anchor for anchor in Anchor})
_NAMED: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "le jour meme": At(Anchor.DATE),
        **{said: At(anchor) for said, anchor in _ANCHORS.items()},
        **{folded(word.value): word for word in Word},
    }
)
_COUNTED: Final = re.compile(
    r"(\d{1,4}) (jours?|heures?|semaines?)(?: (.+?))??( francs?| franches?)?(?: (avant|apres) (.+))?"
)


def _named(said: str) -> Part | None:
    return _NAMED.get(said)


def _counted(said: str, text: str, ways: str) -> Part | None:
    found = _COUNTED.fullmatch(said)
    if not found:
        return None
    count, after = int(found[1]), found[5] == "apres"
    if found[6] is None:
        if ways:
            raise phrase_error(text, f"depuis quoi ? écrivez {ways}", f"since what? write {ways}")
        raise phrase_error(
            text, "avant quoi ? « avant la date », « avant le créneau »…", "before what? « avant la date »…"
        )
    if found[6] not in _ANCHORS:
        fr, en = meant(found[6], _ANCHORS)
        raise phrase_error(text, f"« {found[6]} » : {fr}", f"« {found[6]} »: {en}")
    anchor, unit = _ANCHORS[found[6]], found[2].removesuffix("s")
    if unit == "semaine":
        if found[3] or found[4]:
            raise phrase_error(
                text,
                "une semaine est de 7 jours calendaires : écrivez-la seule",
                "a week is 7 calendar days: write it alone",
            )
        return Weeks(count, anchor, after)
    calendar = WRITTEN_CALENDARS.get(found[3], found[3])
    if unit == "jour":
        return Days(count, calendar, anchor, after, clear=bool(found[4]))
    if found[4]:
        raise phrase_error(text, "seuls des jours sont francs", "only days can be clear")
    return Hours(count, calendar, anchor, after)


def _weekday(said: str) -> Part | None:
    names = "|".join(WEEKDAYS)
    found = re.fullmatch(
        rf"({names}) (?:precedent|de la (?:(meme) semaine|semaine (?:(precedente)|-([1-9]\d?))))", said
    )
    if not found:
        return None
    weeks = int(found[4]) if found[4] else 0 if found[2] else 1 if found[3] else None
    return Weekday(WEEKDAYS.index(found[1]), weeks)


def _dated(said: str, text: str) -> Part | None:
    found = re.fullmatch(r"le (\d{4}-\d\d-\d\d)(?: a (\d\d:\d\d))?", said)
    if not found:
        return None
    minutes = time_of_day(found[2]) if found[2] else None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        raise phrase_error(text, "cette date n'existe pas", "this date does not exist") from None
    if found[2] and minutes is None:
        raise phrase_error(text, "cette heure n'existe pas", "this time does not exist")
    return Dated(day, minutes)


def _time(said: str, text: str) -> TimeOfDay:
    found = re.fullmatch(r"(avant|jusqu'a) (\d\d:\d\d)", said)
    minutes = time_of_day(found[2]) if found else None
    if found is None or minutes is None:
        ways = "« avant 12:00 » (12:00 est trop tard) ou « jusqu'à 12:00 » (12:00 est encore permis)"
        raise phrase_error(
            text,
            f"après la virgule, l'heure : {ways}",
            "after the comma, the time: « avant 12:00 » or « jusqu'à 12:00 »",
        )
    return TimeOfDay(minutes, granted=found[1] != "avant")


#: Shape of a limit.
LIMIT: Final = Phrase(
    ("une limite", "a limit"),
    parse_limit,
    format_limit,
    (
        "jeudi de la semaine -1, avant 12:00",
        "3 jours ouvrés avant la date, jusqu'à 24:00",
        "48 heures calendaires avant le créneau",
        "15 jours calendaires francs avant le début des vacances",
        "mercredi précédent, avant 12:00",
        "le 20 du mois -1, jusqu'à 24:00",
        "le 2e mercredi du mois -1, avant 12:00",
        "vendredi de la dernière semaine complète du mois -1, avant 12:00",
        "le 2026-08-27, avant 12:00",
        "le jour même, avant 08:00",
        "sans limite",
        "non publié",
    ),
)

_ROLLS_BACK: Final = "recule au jour {} précédent"


def format_closed_day(closed_day: ClosedDay) -> str:
    """The canonical phrase of what becomes of a limit on a closed day; `parse_closed_day` reads it back."""
    return "reste" if closed_day.calendar is None else _ROLLS_BACK.format(agreed(closed_day.calendar, 1))


def parse_closed_day(text: str) -> ClosedDay:
    """
    Read « reste » or « recule au jour ouvré précédent », with any calendar but that of all days.

    Raises:
        InvalidValueError: If it is neither.

    >>> parse_closed_day("recule au jour ouvré précédent")
    ClosedDay(calendar='ouvrés')
    """
    said = folded(text)
    if said == "reste":
        return STAYS
    found = re.fullmatch(folded(_ROLLS_BACK.format("(.+)")), said)
    if not found:
        ways = f"« reste », « {_ROLLS_BACK.format('ouvré')} »"
        raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")
    return ClosedDay(WRITTEN_CALENDARS.get(found[1], found[1]))


#: Shape of what becomes of a limit on a closed day.
CLOSED_DAY: Final = Phrase(
    ("ce que devient une limite qui tombe un jour fermé", "what becomes of a limit on a closed day"),
    parse_closed_day,
    format_closed_day,
    ("reste", "recule au jour ouvré précédent", "recule au jour ouvert précédent"),
)
