"""Which dates a recopie reaches: a day onto weekdays, a week onto weeks, every n weeks (S9.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from .days import WEEKDAYS, monday
from .described import is_day
from .errors import Fault, meant, raise_all
from .slots import listed, slots_of

#: S9.5: a pattern that reaches more dates than this is an error.
MOST_DATES: Final = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """
    The slots of some weekdays, copied between two dates, every n weeks (S9.1); it carries no variants.

    Args:
        model: For each weekday (0 Monday to 6 Sunday) the codes of slots to copy there.
        first_day: Included.
        last_day: Included.
        every_weeks: 1 for every week, 2 for one week in two…
        from_week: Any day of the first week that counts; the week of `first_day` where left out. Weeks are
            counted from it as civil weeks, right across a 53-week year.
        erase: Whether a weekday without slots empties its dates; else an empty pattern is an error (S9.3).

    Raises:
        InvalidValueError: Naming every fault: swapped dates, no weekday, an empty pattern, over 800 dates.

    >>> days = {"first_day": date(2026, 12, 21), "last_day": date(2027, 1, 18)}
    >>> pattern = Pattern.day(["repas"], "lundi", **days, every_weeks=2)
    >>> [f"{day:%m-%d}" for day in pattern.dates()]
    ['12-21', '01-04', '01-18']
    """

    model: tuple[tuple[int, tuple[str, ...]], ...]
    first_day: date
    last_day: date
    every_weeks: int = 1
    from_week: date | None = None
    erase: bool = False

    def __post_init__(self) -> None:
        days = [("first_day", self.first_day), ("last_day", self.last_day)]
        days += [] if self.from_week is None else [("from_week", self.from_week)]
        raise_all(
            Fault((name,), f"lu « {day} » ; il faut une date civile", f"got « {day} »; expected a civil date")
            for name, day in days
            if not is_day(day)
        )
        faults: list[Fault] = []
        model = [(weekday, listed(slots, faults, "model", only=(str,))) for weekday, slots in self.model]
        raise_all(faults)
        object.__setattr__(self, "model", tuple(sorted(model)))
        raise_all(self._faults())

    def _faults(self) -> Iterable[Fault]:
        if self.last_day < self.first_day:
            fr = f"{self.last_day} est avant {self.first_day} ; inversez les deux dates"
            yield Fault(("last_day",), fr, f"{self.last_day} is before {self.first_day}; swap them")
        if not self.model or any(not 0 <= weekday <= 6 for weekday, _ in self.model):
            yield Fault(
                ("model",),
                "choisissez au moins un jour, de lundi à dimanche",
                "choose at least one weekday, 0 to 6",
            )
        if len({weekday for weekday, _ in self.model}) != len(self.model):
            yield Fault(("model",), "un jour de semaine est donné deux fois", "a weekday is given twice")
        if not 1 <= self.every_weeks <= 52:
            yield Fault(
                ("every_weeks",),
                f"lu « {self.every_weeks} » ; de 1 à 52",
                f"got « {self.every_weeks} »; from 1 to 52",
            )
        if not self.erase and not all(slots for _, slots in self.model):
            yield Fault(
                ("model",),
                "aucun créneau à recopier ; cochez-en un, ou demandez d'effacer",
                "no slot to copy; tick one, or ask to erase",
            )
        begin = max(self.first_day, self._start())
        reached = ((self.last_day - begin).days // 7 + 1) * len(self.model) // max(self.every_weeks, 1)
        if reached > MOST_DATES + 7:
            yield _too_many(reached)

    @classmethod
    def day(
        cls,
        slots: Iterable[str],
        *weekdays: str,
        first_day: date,
        last_day: date,
        every_weeks: int = 1,
        from_week: date | None = None,
        erase: bool = False,
    ) -> Pattern:
        """
        A day copied onto weekdays, named in French.

        Raises:
            InvalidValueError: If a weekday has another name.
        """
        for name in weekdays:
            fr, en = meant(name, WEEKDAYS)
            wrong = Fault(("model",), f"jour inconnu : « {name} » ; {fr}", f"unknown weekday: « {name} »; {en}")
            raise_all([] if name in WEEKDAYS else [wrong])
        chosen = slots_of(slots, "slots", only=(str,))
        model = tuple((WEEKDAYS.index(name), chosen) for name in weekdays)
        return cls(
            model=model,
            first_day=first_day,
            last_day=last_day,
            every_weeks=every_weeks,
            from_week=from_week,
            erase=erase,
        )

    @classmethod
    def week(
        cls,
        days: Mapping[date, Iterable[str]],
        *,
        first_day: date,
        last_day: date,
        every_weeks: int = 1,
        from_week: date | None = None,
    ) -> Pattern:
        """A week copied onto weeks: what each of its days holds goes to the same weekday."""
        model = tuple((day.weekday(), slots_of(slots, "days", str(day), only=(str,))) for day, slots in days.items())
        return cls(model=model, first_day=first_day, last_day=last_day, every_weeks=every_weeks, from_week=from_week)

    def dates(self, skip_week: Callable[[date], bool] | None = None) -> tuple[date, ...]:
        """
        The dates reached, ascending; O(dates).

        Args:
            skip_week: Given a Monday, whether that week is left out and does not count; holidays count unless
                told.

        Raises:
            InvalidValueError: If there are more than 800.
        """
        found: list[date] = []
        counted = 0
        first, last = self.first_day.toordinal(), self.last_day.toordinal()
        for week in range(self._start().toordinal(), last + 1, 7):
            if skip_week is not None and skip_week(date.fromordinal(week)):
                continue
            if counted % self.every_weeks == 0:
                reached = (week + weekday for weekday, _ in self.model)
                found += [date.fromordinal(n) for n in reached if first <= n <= last]
            counted += 1
        raise_all([_too_many(len(found))] if len(found) > MOST_DATES else [])
        return tuple(found)

    def slots_on(self, day: date) -> tuple[str, ...]:
        """The slots that the pattern puts on a date's weekday; none on a weekday that it does not name."""
        return dict(self.model).get(day.weekday(), ())

    def _start(self) -> date:
        return monday(self.first_day if self.from_week is None else self.from_week)


def _too_many(count: int) -> Fault:
    fr = f"{count} dates ; au plus {MOST_DATES} en une recopie, rapprochez les deux dates"
    return Fault(("last_day",), fr, f"{count} dates; at most {MOST_DATES} in one recopie, bring the two dates closer")
