"""Whether rules over windows can be kept: every date in a window, every window long enough, no bounds at odds (S5.4)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .alternatives import OneOf
from .cells import conditions, profiles
from .counts import Count, Counted, Counting
from .dayspans import SpanForm
from .daytype import DayType, Speaking
from .engine import Engine, OpenDay
from .errors import Fault, InvalidValueError, Lang
from .selectors import Answer, Where, fits
from .soundness_cases import Values, days_in_words, situations
from .windows import Stretch

LANGS: Final[tuple[Lang, ...]] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class _Case:
    """One window of one rule for one child."""

    rule: Counting
    stretch: Stretch
    spots: frozenset[tuple[date, str]]
    form: SpanForm

    @property
    def least(self) -> int:
        """The least that may be held, once something is."""
        return self.rule.reach(len(self.form.units))[0]

    @property
    def most(self) -> int:
        """The most that may be held."""
        return self.rule.reach(len(self.form.units))[1]

    def bounds(self, other: _Case) -> bool:
        """Whether all that *other* counts is counted here too, one for one at least."""
        plain = not (self.rule.variants or self.rule.formules or self.rule.unless)
        weighed = any(isinstance(one.rule, Count) and one.rule.weights for one in (self, other))
        counts = self.rule.counted is other.rule.counted or self.rule.counted is Counted.SLOTS
        return plain and not weighed and counts and other.spots <= self.spots


class WindowCheck:
    """
    The rules over windows of a règlement against every window and every child that they tell apart.

    Args:
        engine: The règlement made ready.
        opened: The open dates, ascending.
    """

    def __init__(self, engine: Engine, opened: Sequence[OpenDay]) -> None:
        self._engine, self._opened = engine, opened
        self._apart: defaultdict[str, set[date]] = defaultdict(set)
        self._many: dict[Fault, None] = {}
        self._cases = {one.code: tuple(self._windows(one)) for one in engine.window_rules}
        self._by_stretch: dict[str, dict[Stretch, list[_Case]]] = {code: {} for code in self._cases}
        for code, cases in self._cases.items():
            for one in cases:
                self._by_stretch[code].setdefault(one.stretch, []).append(one)

    def faults(self) -> Iterator[Fault]:
        """Everything found, each fault once."""
        yield from self._many
        for rule in self._engine.window_rules:
            yield from self._strange(rule)
            yield from self._outside(rule)
            yield from self._short(rule)
            yield from self._at_odds(rule)

    def _windows(self, rule: Counting) -> Iterator[_Case]:
        places = self._engine.places
        named = places.expand(rule.slots) if rule.slots else frozenset(self._engine.order)
        days = [one for one in self._opened if named & one.slots.keys()]
        whos = {one.who: None for day in days for one in day.periodes}
        try:
            children = profiles(self._engine.facts, [*conditions(rule), *whos])
        except InvalidValueError as error:
            self._many.update(dict.fromkeys(error.faults))
            return
        for values in children:
            yield from self._of(rule, values, days, named)

    def _of(self, rule: Counting, values: Values, days: Sequence[OpenDay], named: frozenset[str]) -> Iterator[_Case]:
        """The windows of a rule for one child; dates that nothing tells apart are looked at once."""
        said: dict[date, tuple[Speaking, DayType]] = {}
        for situation in situations(self._engine, days, (rule,)):
            found = self._said(rule, values, situation.opened, named)
            if found is not None:
                kind = self._engine.kind(tuple(situation.opened.slots), (found,))
                said |= dict.fromkeys(situation.days, (found, kind))
        stretches: dict[Stretch, None] = {}
        for opened in days:
            day = opened.facts.day
            for periode in dict.fromkeys(opened.slots[slot] for slot in said[day][0].subject) if day in said else ():
                stretch = self._engine.stretch_of(rule, day, periode)
                if stretch is None:
                    self._apart[rule.code].add(day)
                else:
                    stretches[stretch] = None
        inside = sorted(said)
        for stretch in stretches:
            mine = inside[bisect_left(inside, stretch.first_day) : bisect_right(inside, stretch.last_day)]
            spots = frozenset((day, slot) for day in mine for slot in said[day][0].subject)
            kinds = tuple((said[day][1], rank, 0) for rank, day in enumerate(mine))
            yield _Case(rule, stretch, spots, self._engine.form(rule, kinds))

    def _said(self, rule: Counting, values: Values, opened: OpenDay, named: frozenset[str]) -> Speaking | None:
        places = self._engine.places

        def applies(where: Where, slot: str) -> Answer:
            return places.applies(where, slot, None, opened.facts, opened.codes, values.get)

        offered = [slot for slot, one in opened.slots.items() if slot in named and fits(one.who, values.get)]
        return Speaking.of(rule, offered, applies)

    def _strange(self, rule: Counting) -> Iterator[Fault]:
        """A count of slots that the rule does not speak of would count nothing."""
        if not isinstance(rule, OneOf) or not rule.slots:
            return
        mine = self._engine.places.expand(rule.slots)
        for i, one in enumerate(rule.ways):
            others = sorted(self._engine.places.expand(one.slots) - mine)
            if others:
                names = ", ".join(f"« {slot} »" for slot in others)
                fr = f"{names} ne sont pas dans creneaux de la règle ; ajoutez-les y, ou enlevez-les d'ici"
                en = f"{names} are not in the creneaux of the rule; add them there, or take them from here"
                yield Fault(("regle", rule.code, rule.verb, i, "creneaux"), fr, en)

    def _outside(self, rule: Counting) -> Iterator[Fault]:
        days = self._apart[rule.code]
        if days:
            unit = rule.window.unit
            fr = f"aucune partie de « {unit} » ne contient {days_in_words(days, 'fr')}"
            en = f"no part of « {unit} » holds {days_in_words(days, 'en')}"
            fr = f"{fr} ; complétez [decoupage.{unit}], ou écartez ces dates par quand"
            yield Fault(
                ("regle", rule.code, "par"), fr, f"{en}; complete [decoupage.{unit}], or leave them out by quand"
            )

    def _short(self, rule: Counting) -> Iterator[Fault]:
        """A minimum that a window has not enough open dates for says what holds there."""
        short = [one for one in self._cases[rule.code] if one.form.too_short]
        if short and rule.silent_if_short:
            first = min(short, key=lambda one: one.stretch)
            count = len({one.stretch for one in short})
            ways = '"libre" ou "interdit"' if rule.verb == "laisse_libre" else '"tous", "libre" ou "interdit"'
            held = [rule.said_count(len(first.form.units), lang) for lang in LANGS]
            label = [rule.window.said(first.stretch, lang) for lang in LANGS]
            fr = f"« {label[0]} » n'a que {held[0]} à réserver, trop peu pour cette règle (fenêtres trop courtes : {count})"
            en = f"« {label[1]} » has only {held[1]} to book, too few for this rule (windows too short: {count})"
            yield Fault(
                ("regle", rule.code), f"{fr} ; écrivez si_moins_ouverts = {ways}", f"{en}; write si_moins_ouverts"
            )

    def _at_odds(self, rule: Counting) -> Iterator[Fault]:
        """
        A minimum above the maximum that another rule sets for the same window: nothing could ever be held there.

        A window too short for the minimum is what `si_moins_ouverts` speaks of, and a maximum of 0 is meant.
        """
        if rule.limits:
            return
        for other in self._engine.window_rules:
            if other is rule or other.window != rule.window:
                continue
            limits = self._by_stretch[other.code]
            found = [
                any(two.bounds(one) and one.least > two.most > 0 for two in limits.get(one.stretch, ()))
                and not one.form.too_short
                for one in self._cases[rule.code]
            ]
            if any(found):
                stretch = self._cases[rule.code][found.index(True)].stretch
                first = [rule.window.said(stretch, lang) for lang in LANGS]
                fr = f"demande plus que « {other.code} » ne permet ({first[0]}) ; rien n'y serait réservable : corrigez l'une"
                en = f"asks for more than « {other.code} » allows ({first[1]}); nothing could be booked there: mend one of them"
                yield Fault(("regle", rule.code), fr, en)
