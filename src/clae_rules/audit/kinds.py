"""The kinds of day of a règlement, as families meet them: what opens and which rules speak, whatever the instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ..cells import conditions, profiles
from ..days import WEEKDAYS
from ..daytype import DayType
from ..engine import Engine, OpenDay
from ..errors import Fault, InvalidValueError, Lang
from ..selectors import Where, Who
from ..soundness import open_days
from ..soundness_cases import Situation, Values, situations
from ..soundness_choices import Kinds
from .large import Solved, has_solver
from .spaces import Group, Spaces, spaces


@dataclass(frozen=True)
class KindOfDay:
    """
    Dates on which the same slots open and the same rules speak, for families alike.

    Args:
        type: What opens and speaks.
        days: The dates, ascending.
        values: One family that meets it: a value for each fact that the rules compare; empty where none is.
        modes: The names of the modes that open.
        families: How many kinds of family meet it, as the rules tell them apart.
    """

    type: DayType
    days: tuple[date, ...]
    values: Values
    modes: tuple[str, ...]
    families: int = 1

    @cached_property
    def spaces(self) -> Spaces:
        """Every selection of it."""
        return spaces(self.type)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups that can be looked at: those that have a table, and the larger ones where python-sat is there."""
        large = [Solved(one) for one in self.spaces.large] if self.spaces.large and has_solver() else []
        return (*self.spaces.groups, *large)

    @property
    def is_whole(self) -> bool:
        """Whether every group can be looked at."""
        return len(self.groups) == len(self.spaces.groups) + len(self.spaces.large)

    @property
    def texts(self) -> tuple[str, str]:
        """The kind of day in words, French then English."""
        return self.text("fr"), self.text("en")

    def text(self, lang: Lang = "fr") -> str:
        """The kind of day in words: what opens, on which weekdays, on how many dates, for whom."""
        weekdays = sorted({day.weekday() for day in self.days})
        names = WEEKDAYS if lang == "fr" else _ENGLISH
        said = ", ".join(names[one] for one in weekdays)
        count = len(self.days)
        dates = f"{count} date{'s' if count > 1 else ''}"
        since = f"{min(self.days):%d/%m/%Y}"
        who = ", ".join(f"{fact} = {str(value).lower()}" for fact, value in self.values.items())
        head = f"{' + '.join(self.modes)}, {said} ({dates}, {'dès le' if lang == 'fr' else 'from'} {since})"
        return f"{head}{f', {who}' if who else ''}"


_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Met:
    """
    Dates and a family that no selector in hand tells apart.

    Args:
        situation: The dates.
        values: The family.
        type: The kind of day that it meets.
    """

    situation: Situation
    values: Values
    type: DayType

    @property
    def opened(self) -> OpenDay:
        """The first of the dates."""
        return self.situation.opened


class Days:
    """
    Every open date and family of a règlement, those that nothing tells apart once.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.opened: Sequence[OpenDay] = open_days(engine)
        self._kinds = Kinds(engine)

    def met(self, *items: Sequence[Where]) -> Iterator[Met]:
        """
        Every situation that some selectors tell apart, with each family that the rules and they tell apart.

        Args:
            items: Deadlines, tariffs… whose dates and conditions matter, beside those of the rules.
        """
        wheres = [one for some in items for one in some]
        whos = [who for one in wheres for who in conditions(one)]
        for situation in situations(self.engine, self.opened, [*self.engine.reglement.rules, *wheres]):
            for values, kind in self._kinds.met(situation.opened, whos):
                yield Met(situation, values, kind)

    def families(self, opened: OpenDay, whos: Sequence[Who], apart: str = "") -> Iterator[Values]:
        """
        Every family that the rules of a date and some conditions tell apart; none, and a fault told, for too many.

        Args:
            whos: Conditions, beside those of the rules.
            apart: A fact that is left out, whatever is compared with it.
        """
        told = [tuple(one for one in who if one[0] != apart) for who in (*self._kinds.ruled(opened), *whos)]
        try:
            yield from profiles(self.engine.prices.facts, told)
        except InvalidValueError as error:
            self._kinds.many.update(dict.fromkeys(error.faults))

    def kind(self, opened: OpenDay, values: Values) -> DayType:
        """The kind of day that one family meets; *values* tells every fact that is compared there."""
        return self._kinds.known(opened, values)

    @property
    def too_many(self) -> tuple[Fault, ...]:
        """What had too many cases to be told apart, and was left out."""
        return tuple(self._kinds.many)

    @cached_property
    def kinds(self) -> tuple[KindOfDay, ...]:
        """The kinds of day, by their first date, then their slots."""
        days: defaultdict[DayType, set[date]] = defaultdict(set)
        families: defaultdict[DayType, dict[tuple[object, ...], Values]] = defaultdict(dict)
        for one in self.met():
            days[one.type].update(one.situation.days)
            families[one.type][tuple(one.values.items())] = one.values
        modes = self.engine.modes
        found = [
            KindOfDay(
                kind,
                tuple(sorted(days[kind])),
                next(iter(families[kind].values())),
                tuple(dict.fromkeys(modes[slot].label for slot in kind.slots)),
                len(families[kind]),
            )
            for kind in days
            if kind.slots
        ]
        return tuple(sorted(found, key=lambda one: (one.days[0], one.type.slots)))
