"""What a household holds, what it asks, and what an agent has allowed (S6.1, S6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from .described import is_day
from .errors import Fault, InvalidValueError, raise_all
from .slots import NOTHING, Held, Selection, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """
    An agent's recorded decision not to apply some rules to a child on some dates (S6.7).

    Args:
        rules: Codes of rules, deadlines, gates or pools.
        child: The child's code.
        days: The dates; every date where empty.
        agent: Who decided.
        reason: Why.
        instant: When, aware.
    """

    rules: tuple[str, ...]
    child: str
    agent: str
    reason: str
    instant: datetime
    days: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        said = (("rules", self.rules), ("agent", self.agent), ("reason", self.reason))
        faults = [
            Fault((name,), "à dire ; une dérogation est nommée et motivée", "missing") for name, one in said if not one
        ]
        if self.instant.tzinfo is None:
            faults.append(
                Fault(("instant",), "sans fuseau ; donnez un instant complet", "naive; give an aware instant")
            )
        raise_all(faults)

    def covers(self, rule: str, child: str, day: date | None) -> bool:
        """Whether *rule* is set aside for *child* on *day*."""
        return rule in self.rules and child == self.child and (not self.days or day in self.days)


@dataclass(frozen=True, slots=True)
class Planning:
    """
    Everything a household holds, by child and date, all modes together; a value, never changed in place.

    Args:
        days: (child, date, selection), each child and date once.
        overrides: What agents set aside.
        modes: Codes of the modes that the planning covers; all where None. A change that a rule ties to a mode left
            out is undecided (S1.5).
        given_back: What was held and was given back since, by child and date: only prices that stay due read it.

    >>> planning = Planning.of({("martin", date(2021, 9, 10)): ["repas"]})
    >>> planning.held("martin", date(2021, 9, 10)).slots
    frozenset({'repas'})
    """

    days: tuple[tuple[str, date, Selection], ...] = ()
    overrides: tuple[Override, ...] = ()
    modes: tuple[str, ...] | None = None
    given_back: tuple[tuple[str, date, Selection], ...] = ()

    def __post_init__(self) -> None:
        kept = {(child, day): held for child, day, held in self.days if held}
        twice = len({(child, day) for child, day, _ in self.days}) != len(self.days)
        fr, en = (
            "un enfant a deux sélections le même jour ; réunissez-les",
            "a child has two selections on one date; join them",
        )
        raise_all([Fault(("days",), fr, en)] if twice else [])
        object.__setattr__(self, "days", tuple((child, day, kept[child, day]) for child, day in sorted(kept)))

    @classmethod
    def of(
        cls,
        days: Mapping[tuple[str, date], Selection | Iterable[str | Held]],
        overrides: Iterable[Override] = (),
    ) -> Planning:
        """
        A planning from selections by (child, date); plain codes are held in the normal variant.

        Raises:
            InvalidValueError: If a date has one slot's code where a list is needed.
        """
        faults: list[Fault] = []
        made = {
            (child, day): one if isinstance(one, Selection) else listed(one, faults, child, str(day))
            for (child, day), one in days.items()
        }
        raise_all(faults)
        held = {key: one if isinstance(one, Selection) else Selection.of(*one) for key, one in made.items()}
        return cls(tuple((child, day, one) for (child, day), one in held.items()), tuple(overrides))

    def held(self, child: str, day: date) -> Selection:
        """What *child* holds on *day*; O(dates held)."""
        return next((held for who, when, held in self.days if who == child and when == day), NOTHING)

    def at(self, now: datetime) -> Planning:
        """What is still held at an instant: what was not paid in time is lost."""
        lost = {(who, day): held.at(now) for who, day, held in self.days if any(one.is_lost(now) for one in held.held)}
        return self.changed(lost) if lost else self

    def held_by(self, household: str) -> Planning:
        """What one household holds of it (S6.8)."""
        if all(held.held_by(household) is held for _, _, held in self.days):
            return self
        mine = tuple((child, day, held.held_by(household)) for child, day, held in self.days)
        return replace(self, days=mine)

    def union(self, other: Planning) -> Planning:
        """
        The plannings of two households as one, which the rules read (S6.8).

        Raises:
            InvalidValueError: If both hold one slot of a child on one date; the path says which.
        """
        found = {(child, day): held for child, day, held in self.days}
        faults: list[Fault] = []
        for child, day, held in other.days:
            try:
                found[child, day] = found.get((child, day), NOTHING).union(held)
            except InvalidValueError as error:
                faults += (fault.under(child, day.isoformat()) for fault in error.faults)
        raise_all(faults)
        modes = None if self.modes is None or other.modes is None else tuple(dict.fromkeys((*self.modes, *other.modes)))
        days = tuple((child, day, held) for (child, day), held in found.items())
        gone = tuple(dict.fromkeys((*self.given_back, *other.given_back)))
        return Planning(days, tuple(dict.fromkeys((*self.overrides, *other.overrides))), modes, gone)

    def of_child(self, child: str) -> dict[date, Selection]:
        """What *child* holds, by date."""
        return {when: held for who, when, held in self.days if who == child}

    def changed(self, changes: Mapping[tuple[str, date], Selection]) -> Planning:
        """The same with other selections on some dates; an empty selection takes the date away."""
        kept = {(child, day): held for child, day, held in self.days} | dict(changes)
        return replace(self, days=tuple((child, day, held) for (child, day), held in kept.items()))

    def remembering(self, before: Planning) -> Planning:
        """The same, with what was held before counted as given back where it is held no more."""
        return replace(self, given_back=tuple(dict.fromkeys((*self.given_back, *before.given_back, *before.days))))


#: A wish for one slot: its code, or a `Held` that names the variant wanted.
Wish = str | Held


@dataclass(frozen=True, slots=True)
class Demande:
    """
    What a family asks in one go, for one child in one période: the whole selection of each touched date.

    Args:
        child: The child's code.
        periode: The période's code.
        days: For each touched date the slots wanted in the période's mode; none takes everything away. Dates
            are told once each; other modes of the date are left as they are held.

    >>> Demande.of("martin", "periscolaire-2021", {date(2021, 9, 6): ["midi-2"]}).dates
    (datetime.date(2021, 9, 6),)
    """

    child: str
    periode: str
    days: tuple[tuple[date, tuple[Wish, ...]], ...]

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        days: list[tuple[date, tuple[Wish, ...]]] = []
        seen = set()
        for day, wishes in self.days:
            if not is_day(day):
                faults.append(
                    Fault(
                        ("days",),
                        f"lu « {day} » ; il faut une date civile",
                        f"got « {day} »; expected a civil date",
                    )
                )
            elif day in seen:
                faults.append(
                    Fault(
                        ("days",),
                        f"{day} est demandé deux fois ; une seule fois par date",
                        f"{day} is asked twice",
                    )
                )
            seen.add(day)
            chosen = listed(wishes, faults, "days", str(day))
            days.append((day, chosen))
            codes = [one if isinstance(one, str) else one.slot for one in chosen]
            for code in sorted({one for one in codes if codes.count(one) > 1}):
                fr, en = (
                    f"« {code} » est coché deux fois le {day} ; une seule fois",
                    f"« {code} » is ticked twice on {day}",
                )
                faults.append(Fault(("days", str(day)), fr, en))
        raise_all(faults)
        object.__setattr__(self, "days", tuple(sorted(days, key=lambda one: one[0])))

    @classmethod
    def of(cls, child: str, periode: str, days: Mapping[date, Iterable[Wish]]) -> Demande:
        """
        A demande from wishes by date.

        Raises:
            InvalidValueError: If a date has one slot's code where a list is needed, or the demande cannot be.
        """
        faults: list[Fault] = []
        made = tuple((day, listed(wishes, faults, "days", str(day))) for day, wishes in days.items())
        raise_all(faults)
        return cls(child, periode, made)

    @property
    def dates(self) -> tuple[date, ...]:
        """The touched dates, ascending."""
        return tuple(day for day, _ in self.days)


class Grain(Enum):
    """Whether a demande is accepted whole, or date by date (S6.6)."""

    WHOLE = "entière"
    DAY_BY_DAY = "jour par jour"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """
    Places already taken, by pool and date, the child's own left out (S6.5).

    A pool and date that is not told is unknown: the verdict is undecided, never « free ».

    Args:
        taken: (pool code, date, how many); without a date, on every date that is not told by itself.
    """

    taken: tuple[tuple[str, date | None, int], ...] = ()

    def __post_init__(self) -> None:
        raise_all(
            Fault(
                (pool,) if day is None else (pool, str(day)),
                f"lu « {count} » ; il faut un nombre de places",
                f"got « {count} »; expected a count",
            )
            for pool, day, count in self.taken
            if count < 0
        )

    @classmethod
    def of(cls, taken: Mapping[tuple[str, date], int] | Mapping[tuple[str, date | None], int]) -> Occupancy:
        """From counts by (pool code, date), or None for every other date."""
        return cls(tuple((pool, day, count) for (pool, day), count in taken.items()))

    def by_pool(self) -> dict[tuple[str, date | None], int]:
        """Counts by (pool code, date), or None for every other date."""
        return {(pool, day): count for pool, day, count in self.taken}
