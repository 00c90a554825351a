"""Two règlements over the same dates and families: what either can tell apart, each case once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ..cells import conditions, profiles
from ..daytype import DayType
from ..engine import Engine, OpenDay
from ..errors import Fault, InvalidValueError
from ..facts import FactKind, FactKindRead
from ..selectors import Where, Who
from ..soundness import open_days
from ..soundness_cases import Values, dates_of, offered_to
from ..soundness_choices import Kinds

Wheres = tuple[Sequence[Where], Sequence[Where]]
#: Nothing besides the rules.
NO_MORE: Wheres = ((), ())


@dataclass(frozen=True, slots=True)
class Dates:
    """
    Dates that neither règlement tells apart, as each sees the first of them.

    Args:
        old: As the first one sees it.
        new: As the second one does.
        days: All of them, ascending.
    """

    old: OpenDay
    new: OpenDay
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """
    Some dates and one family under both.

    Args:
        dates: The dates.
        values: The family.
        old: The kind of day that it meets under the first one.
        new: And under the second one.
    """

    dates: Dates
    values: Values
    old: DayType
    new: DayType


class Joint:
    """
    The dates that the calendars of two règlements both reach, and the families that either tells apart.

    Args:
        old: The first règlement.
        new: The second one.

    Raises:
        InvalidValueError: If they share no open date, or declare one fact in two ways.
    """

    def __init__(self, old: Engine, new: Engine) -> None:
        self.engines = (old, new)
        self.order = tuple(dict.fromkeys((*old.order, *new.order)))
        self.labels = {**old.labels, **new.labels}
        self.many: dict[Fault, None] = {}
        self._kinds = (Kinds(old), Kinds(new))
        self.facts, self.words = _merged(old, new)
        days = sorted({one.facts.day for engine in self.engines for one in open_days(engine)})
        self.days = tuple(day for day in days if old.knows(day) and new.knows(day))
        #: Open dates that only one of the two calendars reaches.
        self.beyond = tuple(day for day in days if day not in set(self.days))
        if not self.days:
            fr = "aucune date d'ouverture commune ; donnez au second le calendrier et les périodes du premier"
            en = "no open date in common; give the second the calendar and the périodes of the first"
            raise InvalidValueError([Fault(("jours",), fr, en)])

    def dates(self, wheres: Wheres = NO_MORE) -> tuple[Dates, ...]:
        """
        The dates that rules and some selectors tell apart.

        Args:
            wheres: Selectors of the first règlement and of the second, beside their rules.
        """
        whens = [
            tuple(dict.fromkeys(when for one in (*engine.reglement.rules, *more) for when in dates_of(one)))
            for engine, more in zip(self.engines, wheres, strict=True)
        ]
        alike: defaultdict[object, list[date]] = defaultdict(list)
        for day in self.days:
            said = [
                (opened.codes, tuple(engine.on(when, opened) for when in some))
                for engine, some in zip(self.engines, whens, strict=True)
                for opened in (engine.day(day),)
            ]
            alike[tuple(said)].append(day)
        old, new = self.engines
        return tuple(Dates(old.day(some[0]), new.day(some[0]), tuple(some)) for some in alike.values())

    def families(self, dates: Dates, wheres: Wheres = NO_MORE, whos: Sequence[Who] = ()) -> Iterator[Values]:
        """
        One family for each answer that conditions can give; none, and a fault told, where there are too many.

        Args:
            wheres: Selectors whose conditions matter, beside those of the rules and périodes of the dates.
            whos: More conditions.
        """
        told = [*self._ruled(dates), *(who for some in wheres for one in some for who in conditions(one)), *whos]
        try:
            yield from profiles(self.facts, told)
        except InvalidValueError as error:
            self.many.update(dict.fromkeys(error.faults))

    def _ruled(self, dates: Dates) -> Iterator[Who]:
        for engine, opened in zip(self.engines, (dates.old, dates.new), strict=True):
            yield from offered_to(opened, opened.slots)
            for rule in engine.reglement.rules:
                if engine.on(rule.when, opened):
                    yield from conditions(rule)

    def case(self, dates: Dates, values: Values) -> Case:
        """Some dates for one family."""
        old, new = self._kinds
        return Case(dates, values, old.kind(dates.old, values), new.kind(dates.new, values))

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case that the rules of either tell apart."""
        return tuple(self.case(dates, values) for dates in self.dates() for values in self.families(dates))


def _merged(old: Engine, new: Engine) -> tuple[dict[str, FactKindRead], tuple[tuple[str, tuple[str, ...]], ...]]:
    """What both declare, words that only one of them knows left out; and those words, by fact."""
    mine_, yours_ = old.prices.facts, new.prices.facts
    found, faults, apart = {**mine_, **yours_}, [], []
    for code in mine_.keys() & yours_.keys():
        mine, yours = mine_[code], yours_[code]
        if mine == yours:
            continue
        shared = tuple(word for word in mine.words if word in yours.words)
        if mine.kind is yours.kind is FactKind.CHOICE and shared:
            found[code] = FactKindRead(FactKind.CHOICE, shared)
            apart.append((code, tuple(sorted(set(mine.words) ^ set(yours.words)))))
            continue
        fr = "déclaré autrement dans l'un et dans l'autre ; donnez-lui un autre code dans l'un des deux"
        faults.append(Fault(("faits", code), fr, "declared in two ways; give it another code in one of them"))
    if faults:
        raise InvalidValueError(sorted(faults, key=lambda one: one.path))
    return found, tuple(sorted(apart))


def calendar(engine: Engine) -> object:
    """All that tells dates apart in a règlement: where two give the same, a date is to both what it is to one."""
    one = engine.reglement
    return one.days, one.calendars, one.periodes, one.divisions, one.facts, one.etablissements, one.identity.time_zone
