"""One child with his facts before one règlement: each of his dates, at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from .closures import Closure, closes_nothing, closure_faults, told_apart, within
from .counts import Counting
from .days import days_between
from .dayspans import FormDate, Span
from .daytype import DayType, Speaking
from .described import is_day
from .desk_days import ORIGIN, DeskDay, NaiveInstantError, Plan, aware, elapsed
from .engine import Engine, OpenDay
from .epochs import Epoch, SlotStanding
from .errors import Fault, InvalidValueError, OutOfCalendarError, not_a, raise_all
from .facts import Facts, Profile, misgiven, profile_at
from .selectors import Where, fits
from .slots import Periode
from .subscriptions import OwnTerms, with_status
from .windows import Stretch

__all__ = ["ORIGIN", "Desk", "DeskDay", "NaiveInstantError", "Plan", "aware", "elapsed"]


class Desk:
    """
    One child, with what is known of him and his household, before one règlement.

    Args:
        engine: The règlement made ready.
        facts: Dated facts of the child and the household together.
        child: His code in plannings and demandes.
        siblings: The same facts of the other children of the household, by code; whatever counts a household needs them.
        household: Code of the household that asks, where the child has two (S6.8): it alone pays and gives back what it
            holds, and its facts are those given.
        closures: What the service closed (S6.9).
        terms: Terms of abonnements that stand in for the deadlines (S9.4); `subscribed` gives them.

    Raises:
        InvalidValueError: If a fact is unknown to the règlement, or has a value that it cannot take; if a closure names
            what the règlement does not know; or if the règlement, or facts, are given in another form.
    """

    def __init__(
        self, engine: Engine, facts: Facts, child: str = "enfant", siblings: Mapping[str, Facts] | None = None,
        *, household: str = "", closures: Iterable[Closure] = (), terms: Iterable[OwnTerms] = (),
    ) -> None:  # fmt: skip
        others = {code: given for code, given in (siblings or {}).items() if code != child}
        raise_all(_mistyped(engine, {"facts": facts, **others}))
        faults = misgiven(engine.facts, facts)
        shut = tuple(closures)
        faults += [*closure_faults(shut, engine.reglement)] if shut else []
        if not faults:
            faults += [fault for one in shut for fault in closes_nothing(one, engine.slots_on, engine.reglement)]
        faults += [fault.under(code) for code, given in others.items() for fault in misgiven(engine.facts, given)]
        if faults:
            raise InvalidValueError(faults)
        self.engine, self.facts, self.child, self.household = engine, facts, child, household
        self.terms, self._others, self._shut = tuple(terms), others, shut
        self.closures = tuple(within(one, engine.reglement) for one in shut)
        self._siblings = {
            code: Desk(engine, given, code, household=household, closures=shut) for code, given in others.items()
        }
        self._strangers: dict[str, Desk] = {}
        self._days: dict[date, DeskDay] = {}
        self._epochs: dict[object, Epoch] = {}
        self._kinds: dict[date, DayType] = {}
        self._profiles: dict[tuple[date, date | None], Profile] = {}
        self._spans: dict[object, Span] = {}
        self._spans_on: dict[tuple[date, tuple[str, ...]], tuple[Span, ...]] = {}
        #: For a rule, a stretch and a période: whether it opens there a slot that the rule is said of.
        self._opening: dict[tuple[str, Stretch, str], bool] = {}
        #: Whether places are counted: then an answer depends on who else comes.
        self.pooled = bool(engine.reglement.pools)
        #: Whether the price of a date can depend on others.
        self.windowed = engine.prices.windowed
        #: What dates priced alike sell, for whoever prices them.
        self.tills: dict[object, object] = {}
        self._dated = any(len(values) > 1 for _, values in facts.values)

    def of(self, child: str) -> Desk | None:
        """The desk of a child of the household: this one, a sibling's, or None where nothing is known of him."""
        return self if child == self.child else self._siblings.get(child)

    def anyone(self, child: str) -> Desk:
        """The desk of a child, one of whom nothing is known where no facts of him are given."""
        found = self.of(child)
        if found is None:
            found = self._strangers.get(child) or Desk(
                self.engine, Facts(), child, household=self.household, closures=self._shut
            )
            self._strangers[child] = found
        return found

    def spans(self, day: date, children: tuple[str, ...]) -> tuple[Span, ...]:
        """
        The windows of rules that hold a date of this child (S5.4); memoised.

        Args:
            children: Every child of the household, this one among them.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        found = self._spans_on.get((day, children))
        if found is None:
            found = self._spans_on[day, children] = tuple(dict.fromkeys(self._holding(day, children)))
        return found

    def _holding(self, day: date, children: tuple[str, ...]) -> Iterator[Span]:
        for one in self.kind(day).spans.values():
            for periode in self.engine.reglement.periodes:
                stretch = self.engine.stretch_of(one.rule, day, periode) if day in periode else None
                if stretch is None or not isinstance(one.rule, Counting):
                    continue
                if self._opens(one.rule, day, periode) or self._opens_in(one.rule, stretch, periode):
                    yield self.span(one.rule, stretch, children if one.rule.window.household else (self.child,))

    def _opens_in(self, rule: Counting, stretch: Stretch, periode: Periode) -> bool:
        """Whether a période opens, in a stretch, some slot that a rule is said of; memoised."""
        key = (rule.code, stretch, periode.code)
        found = self._opening.get(key)
        if found is None:
            days = (day for day in days_between(stretch.first_day, stretch.last_day) if day in periode)
            found = self._opening[key] = any(self._opens(rule, day, periode) for day in days if self.engine.knows(day))
        return found

    def _opens(self, rule: Counting, day: date, periode: Periode) -> bool:
        """Whether a période opens, on a date, some slot that a rule is said of."""
        said, slots = self.kind(day).spans.get(rule.code), self.engine.day(day).slots
        return said is not None and any(slots[slot].code == periode.code for slot in said.subject)

    @property
    def siblings(self) -> tuple[str, ...]:
        """The codes of the other children of the household of whom facts are given."""
        return tuple(self._siblings)

    def span(self, rule: Counting, stretch: Stretch, children: tuple[str, ...]) -> Span:
        """One window of one rule; memoised."""
        key = (rule.code, stretch, children)
        found = self._spans.get(key)
        if found is None:
            found = self._spans[key] = self._span(rule, stretch, children)
        return found

    def part(self, span: Span, kept: tuple[int, ...]) -> Span:
        """The window without some of its dates."""
        ranks: dict[date, int] = {}
        whos: dict[str, int] = {}
        dates = tuple(span.dates[at] for at in kept)
        kinds = tuple(
            (span.form.kinds[at], ranks.setdefault(day, len(ranks)), whos.setdefault(child, len(whos)))
            for at, (child, day) in zip(kept, dates, strict=True)
        )
        return Span(span.rule, span.stretch, dates, self.engine.form(span.rule, kinds), span.known)

    def _span(self, rule: Counting, stretch: Stretch, children: tuple[str, ...]) -> Span:
        dates: list[tuple[str, date]] = []
        kinds: list[FormDate] = []
        ranks: dict[date, int] = {}
        known = True
        for day in days_between(stretch.first_day, stretch.last_day):
            if not any(day in one for one in self.engine.reglement.periodes):
                continue
            for who, child in enumerate(children):
                try:
                    kind = self.anyone(child).kind(day)
                except OutOfCalendarError:
                    known = False
                    continue
                if rule.code in kind.spans:
                    dates.append((child, day))
                    kinds.append((kind, ranks.setdefault(day, len(ranks)), who))
        return Span(rule, stretch, tuple(dates), self.engine.form(rule, tuple(kinds)), known)

    def closing(self, closure: Closure) -> Desk:
        """
        The same child once the service has closed something more (S6.9).

        Raises:
            InvalidValueError: If the closure names what the règlement does not know, or closes nothing.
        """
        return self._again(self.facts, (*self._shut, closure), self.terms)

    def under(self, status: Facts, *terms: OwnTerms) -> Desk:
        """The same child with the status that an abonnement gives him, and its terms on the dates that it governs."""
        return self._again(with_status(self.facts, status), self._shut, (*self.terms, *terms))

    def _again(self, facts: Facts, closures: tuple[Closure, ...], terms: tuple[OwnTerms, ...]) -> Desk:
        return Desk(
            self.engine, facts, self.child, self._others, household=self.household, closures=closures, terms=terms
        )

    def profile(self, day: date, periode_start: date | None) -> Profile:
        """The facts on a date; memoised."""
        key = (day, periode_start)
        found = self._profiles.get(key)
        if found is None:
            found = self._profiles[key] = profile_at(self.engine.facts, self.facts, day, periode_start)
        return found

    def applies(self, where: Where, slot: str, opened: OpenDay, periode: Periode) -> bool | None:
        """Whether a selector holds a slot that a période opens for this child; None where a missing fact decides."""
        profile = self.profile(opened.facts.day, periode.first_day)
        return self.engine.places.applies(where, slot, None, opened.facts, opened.codes, profile)

    def offered(self, opened: OpenDay) -> dict[str, bool | None]:
        """Whether each période of a date is offered to this child, by code; None where a missing fact decides."""
        return {one.code: fits(one.who, self.profile(opened.facts.day, one.first_day)) for one in opened.periodes}

    def closed(self, opened: OpenDay) -> tuple[dict[str, Closure], dict[str, tuple[Closure, ...]]]:
        """What the service closed of a date for this child, by slot, and what a missing fact leaves open (S6.9)."""
        if not self.closures:
            return {}, {}
        offered = self.offered(opened)
        slots = [slot for slot, one in opened.slots.items() if offered[one.code] is not False]
        return told_apart(self.closures, slots, lambda one, slot: self.applies(one, slot, opened, opened.slots[slot]))

    def kind(self, day: date) -> DayType:
        """
        The kind of a date for this child: what opens and which rules speak, without deadlines; memoised.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        found = self._kinds.get(day)
        if found is None:
            opened = self.engine.day(day)
            offered = self.offered(opened)
            closed, _ = self.closed(opened)
            slots = {
                slot: one for slot, one in opened.slots.items() if offered[one.code] is not False and slot not in closed
            }
            found = self._kinds[day] = self.engine.kind(tuple(slots), self._speaking(opened, slots))
        return found

    def _speaking(self, opened: OpenDay, slots: dict[str, Periode]) -> tuple[Speaking, ...]:
        engine, found = self.engine, []
        for rule in engine.reglement.rules:
            said = engine.places.expand(rule.slots) if rule.slots else slots.keys()
            named = (slot for slot in engine.order if slot in said and slot in slots)
            found.append(Speaking.of(rule, named, lambda where, slot: self.applies(where, slot, opened, slots[slot])))
        return tuple(one for one in found if one is not None)

    def day(self, day: date) -> DeskDay:
        """
        One date of this child; memoised.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        found = self._days.get(day)
        if found is None:
            if not is_day(day):
                raise InvalidValueError(
                    [Fault((), f"lu « {day} » ; il faut une date civile", f"got « {day} »; expected a date")]
                )
            found = self._days[day] = DeskDay(self, day)
        return found

    def priced_profile(self, day: date, read: date | None = None) -> Profile:
        """The facts by which a date is priced: those of the date, or of the day that is read in its place."""
        firsts = {one.first_day for one in self.engine.day(day).periodes}
        return self.profile(read or day, firsts.pop() if len(firsts) == 1 else None)

    def alike(self, opened: OpenDay, profile: Profile) -> tuple[object, ...]:
        """What two dates of this child have in common where they are priced alike."""
        calendars, dates = self.engine.places.calendars, self.engine.price_dates
        priced = tuple([one.matches(opened.facts, opened.codes, calendars) for one in dates])
        known = tuple([profile(code) for code in self.engine.facts])
        return (priced, known, opened.facts.day if self._dated else None)

    def shared(self, day: DeskDay, standings: dict[str, SlotStanding]) -> Epoch:
        """The one epoch of all dates and instants alike: same kind of day, same standings, same prices."""
        key = (day.kind, tuple(standings.items()), *self.alike(day.opened, day.profile))
        found = self._epochs.get(key)
        if found is None:
            found = self._epochs[key] = Epoch(day.kind, standings, day.price, self.household)
        return found


def _mistyped(engine: object, facts: Mapping[str, object]) -> Iterator[Fault]:
    """What was not given as a règlement made ready, or as facts: a plain table, a file's name."""
    yield from not_a(engine, Engine, 'load_engine("reglement.toml")', "engine")
    for code, given in facts.items():
        yield from not_a(given, Facts, "Facts.of(quotient=650)", code)
