"""Lengths of time that pass on any clock, whatever its changes of hour: « 1 heure », « 30 minutes »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from .described import Phrase
from .errors import Lang
from .shapes import folded, phrase_error

#: A longer one is refused: it is no time to pay within, and days are counted in a calendar.
MOST_MINUTES: Final = 60 * 24 * 31


@dataclass(frozen=True, slots=True)
class Duration:
    """
    A number of minutes, from 1 to 31 days of them.

    >>> from zoneinfo import ZoneInfo
    >>> booked = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"))   # before the clock goes back
    >>> Duration(60).after(booked).isoformat()
    '2026-10-25T01:30:00+00:00'
    """

    minutes: int

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MOST_MINUTES:
            fr = "au moins 1 minute et au plus 744 heures ; au-delà, donnez une limite"
            raise phrase_error(str(self.minutes), fr, "at least 1 minute and at most 744 hours; beyond, give a limit")

    def after(self, start: datetime) -> datetime:
        """The instant, in UTC, at which it has passed since an aware instant."""
        return start.astimezone(UTC) + timedelta(minutes=self.minutes)

    def describe(self, lang: Lang) -> str:
        """The duration in words; French is the phrase."""
        count, unit = (self.minutes // 60, "heure") if self.minutes % 60 == 0 else (self.minutes, "minute")
        word = unit if lang == "fr" else {"heure": "hour", "minute": "minute"}[unit]
        return f"{count} {word}{'s' if count > 1 else ''}"


def parse_duration(text: str) -> Duration:
    """
    Read « 1 heure », « 48 heures », « 30 minutes ».

    Raises:
        InvalidValueError: If it is none of these; days are not, since a clock change makes them unequal.
    """
    found = re.fullmatch(r"(\d{1,5}) ?(h|heures?|min|minutes?)", folded(text))
    if not found:
        ways = "« 1 heure », « 48 heures », « 30 minutes »"
        raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")
    return Duration(int(found[1]) * (60 if found[2].startswith("h") else 1))


def format_duration(duration: Duration) -> str:
    """The canonical phrase of a duration; `parse_duration` reads it back as the same duration."""
    return duration.describe("fr")


#: Shape of a duration.
DURATION: Final = Phrase(
    ("une durée", "a duration"), parse_duration, format_duration, ("1 heure", "48 heures", "30 minutes")
)
