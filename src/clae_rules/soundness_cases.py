"""Where a fault of a règlement is met: slots, dates that no selector tells apart, and the families concerned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from .engine import Engine, OpenDay
from .errors import Lang
from .facts import Value
from .selectors import ALWAYS, When, Where, Who
from .shapes import plain_number

#: How many dates, or sets of slots, a message names before it counts the others, two at least.
SHOWN: Final = 3

#: One child as the règlement can tell him apart: a value for each fact compared.
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Situation:
    """
    Open dates on which the same périodes open, and that no selector in hand tells apart.

    Args:
        opened: The first of them.
        days: All of them, ascending.
    """

    opened: OpenDay
    days: tuple[date, ...]


def dates_of(where: Where) -> Iterator[When]:
    """Every condition on dates of a selector and of its exceptions, but « always »."""
    if where.when != ALWAYS:
        yield where.when
    for one in where.unless:
        yield from dates_of(one)


def situations(engine: Engine, opened: Iterable[OpenDay], wheres: Iterable[Where]) -> tuple[Situation, ...]:
    """
    The situations that some selectors tell apart, by their first date.

    Args:
        opened: The open dates, ascending.
        wheres: The selectors in hand.
    """
    whens = tuple(dict.fromkeys(when for where in wheres for when in dates_of(where)))
    alike: dict[tuple[tuple[str, ...], tuple[bool, ...]], list[OpenDay]] = {}
    for one in opened:
        alike.setdefault((one.codes, tuple(engine.on(when, one) for when in whens)), []).append(one)
    return tuple(Situation(some[0], tuple(one.facts.day for one in some)) for some in alike.values())


def offered_to(opened: OpenDay, slots: Collection[str]) -> tuple[Who, ...]:
    """The conditions under which the périodes of some open slots are offered."""
    return tuple(dict.fromkeys(one.who for code, one in opened.slots.items() if code in slots))


class Cases:
    """Every place where one fault is met; grows while a règlement is looked at."""

    def __init__(self) -> None:
        self.sets: dict[tuple[str, ...], None] = {}
        self.days: set[date] = set()
        self.values: Values = {}

    def add(self, slots: tuple[str, ...], days: Iterable[date], values: Values) -> None:
        """One more place: slots held together, the dates, and the family; the first family is the one told."""
        if not self.sets:
            self.values = values
        self.sets[slots] = None
        self.days.update(days)

    @property
    def slots(self) -> tuple[str, ...]:
        """Every slot met, once."""
        return tuple(dict.fromkeys(code for one in self.sets for code in one))

    def held(self, lang: Lang) -> str:
        """The sets of slots in words: « matin + repas, soir »."""
        return _some([" + ".join(one) for one in self.sets], lang, ("autres", "more"))

    def place(self, lang: Lang) -> str:
        """The dates and the first family in words, between brackets."""
        who = ", ".join(f"{fact} = {_word(value)}" for fact, value in self.values.items())
        return f"({days_in_words(self.days, lang)}{' ; ' if who else ''}{who})"


def days_in_words(days: Collection[date], lang: Lang) -> str:
    """
    The first dates, and how many others.

    >>> days_in_words([date(2026, 9, day) for day in range(1, 6)], "fr")
    '2026-09-01, 2026-09-02, 2026-09-03 et 2 autres dates'
    """
    return _some([day.isoformat() for day in sorted(days)], lang, ("autres dates", "more dates"))


def span_in_words(days: Collection[date], lang: Lang) -> str:
    """
    A few dates, or how many from the first to the last.

    >>> span_in_words([date(2026, 9, day) for day in range(1, 6)], "fr")
    '5 dates, du 2026-09-01 au 2026-09-05'
    """
    if len(days) <= SHOWN:
        return days_in_words(days, lang)
    first, last = min(days), max(days)
    return f"{len(days)} dates, du {first} au {last}" if lang == "fr" else f"{len(days)} dates, {first} to {last}"


def _some(words: list[str], lang: Lang, others: tuple[str, str]) -> str:
    left = len(words) - SHOWN
    if left <= 1:
        return ", ".join(words)
    shown = ", ".join(words[:SHOWN])
    return f"{shown} et {left} {others[0]}" if lang == "fr" else f"{shown} and {left} {others[1]}"


def _word(value: Value) -> str:
    """A fact's value as a file writes it."""
    return str(plain_number(value) if isinstance(value, Fraction) else value).lower()
