"""Days that a limit takes from a month: a day of it, its nth or last weekday, a weekday of its last full week (S3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from .days import ENGLISH_WEEKDAYS, ONE_DAY, WEEKDAYS, clipped, monday
from .errors import Lang
from .moments import Anchor, Moments, Timed, civil, within
from .shapes import phrase_error


def _of_month(months_before: int, lang: Lang) -> str:
    if lang == "fr":
        return f"du {f'mois -{months_before}' if months_before else 'même mois'}"
    if months_before < 2:
        return f"of the {'month before' if months_before else 'same month'}"
    return f"of the month, {months_before} months before"


def _first_day(moments: Moments, months_before: int) -> date:
    day = moments.day_of(Anchor.DATE)
    return clipped(day.year, day.month - months_before, 1)


def _last_day(moments: Moments, months_before: int) -> date:
    day = moments.day_of(Anchor.DATE)
    return clipped(day.year, day.month - months_before, 31)


@dataclass(frozen=True, slots=True)
class MonthDay:
    """
    A day of a month relative to the date's, clipped to the month's end.

    Args:
        number: 1 to 31; None is the last day.
        months_before: 0 to 99; 0 is the date's own month.
    """

    number: int | None
    months_before: int

    def __post_init__(self) -> None:
        within(1 if self.number is None else self.number, 1, 31)
        within(self.months_before, 0, 99)

    @property
    def timed(self) -> Timed:
        """A day needs its time."""
        return Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """00:00 of the day."""
        last = _last_day(moments, self.months_before)
        return civil(last.replace(day=min(self.number or 31, last.day)))

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        if lang == "fr":
            name = "dernier jour" if self.number is None else "1er" if self.number == 1 else str(self.number)
            return f"le {name} {_of_month(self.months_before, lang)}"
        name = "the last day" if self.number is None else f"day {self.number}"
        return f"{name} {_of_month(self.months_before, lang)}"


@dataclass(frozen=True, slots=True)
class MonthWeekday:
    """
    The nth, or the last, of a weekday in a month relative to the date's.

    Args:
        weekday: 0 Monday to 6 Sunday.
        rank: 1 to 4, which every month has; None is the last one.
        months_before: 0 to 99; 0 is the date's own month.
    """

    weekday: int
    rank: int | None
    months_before: int

    def __post_init__(self) -> None:
        within(self.weekday, 0, 6)
        within(self.months_before, 0, 99)
        if self.rank is not None and not 1 <= self.rank <= 4:
            raise phrase_error(
                f"{self.rank}e {WEEKDAYS[self.weekday]}",
                "un mois sur trois n'en a que quatre ; de 1er à 4e, ou « le dernier »",
                "not every month has so many; from 1er to 4e, or « le dernier »",
            )

    @property
    def timed(self) -> Timed:
        """A day needs its time."""
        return Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """00:00 of the day."""
        if self.rank is None:
            last = _last_day(moments, self.months_before)
            return civil(last - timedelta(days=(last.weekday() - self.weekday) % 7))
        first = _first_day(moments, self.months_before)
        return civil(first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.rank - 1)))

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        if lang == "fr":
            rank = "dernier" if self.rank is None else "1er" if self.rank == 1 else f"{self.rank}e"
            return f"le {rank} {WEEKDAYS[self.weekday]} {_of_month(self.months_before, lang)}"
        rank = "last" if self.rank is None else ("first", "second", "third", "fourth")[self.rank - 1]
        return f"the {rank} {ENGLISH_WEEKDAYS[self.weekday]} {_of_month(self.months_before, lang)}"


@dataclass(frozen=True, slots=True)
class LastFullWeek:
    """
    A weekday of the last week, Monday to Sunday, that a month relative to the date's holds whole.

    Where a week is full from Monday to Friday already, « le dernier vendredi du mois -1 » says it.

    Args:
        weekday: 0 Monday to 6 Sunday.
        months_before: 0 to 99; 0 is the date's own month.
    """

    weekday: int
    months_before: int

    def __post_init__(self) -> None:
        within(self.weekday, 0, 6)
        within(self.months_before, 0, 99)

    @property
    def timed(self) -> Timed:
        """A day needs its time."""
        return Timed.REQUIRED

    def reach(self, moments: Moments) -> datetime:
        """00:00 of the day."""
        after = _last_day(moments, self.months_before) + ONE_DAY
        return civil(monday(after) + timedelta(days=self.weekday - 7))

    def say(self, lang: Lang) -> str:
        """The day in words; French is the phrase."""
        if lang == "fr":
            return f"{WEEKDAYS[self.weekday]} de la dernière semaine complète {_of_month(self.months_before, lang)}"
        week = f"the last full week {_of_month(self.months_before, lang)}"
        return f"{ENGLISH_WEEKDAYS[self.weekday]} of {week}"


#: « du même mois », « du mois -2 », « du mois précédent », folded; the last two groups of what follows.
_MONTH: Final = r"du (?:(meme) mois|mois (?:precedent|-([1-9]\d?)))"
_NAMES: Final = "|".join(WEEKDAYS)


def parse_monthly(said: str) -> MonthDay | MonthWeekday | LastFullWeek | None:
    """
    Read a day taken from a month, folded; None where it is no such phrase.

    Raises:
        InvalidValueError: If it is one that cannot exist.

    >>> parse_monthly("le 2e mercredi du mois -1")
    MonthWeekday(weekday=2, rank=2, months_before=1)
    """
    if found := re.fullmatch(rf"le (?:(\d{{1,2}})(?:er)?|dernier jour) {_MONTH}", said):
        return MonthDay(int(found[1]) if found[1] else None, _months(found[2], found[3]))
    if found := re.fullmatch(rf"le (?:(\d{{1,2}})(?:er|e|eme)|dernier) ({_NAMES}) {_MONTH}", said):
        rank = int(found[1]) if found[1] else None
        return MonthWeekday(WEEKDAYS.index(found[2]), rank, _months(found[3], found[4]))
    if found := re.fullmatch(rf"({_NAMES}) de la derniere semaine complete {_MONTH}", said):
        return LastFullWeek(WEEKDAYS.index(found[1]), _months(found[2], found[3]))
    return None


def _months(same: str | None, before: str | None) -> int:
    return 0 if same else int(before or 1)
