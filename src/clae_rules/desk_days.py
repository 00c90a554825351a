"""One date of one child: what is open to him, and when each thing may be done."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from .cells import conditions
from .charges import WITH_OTHERS, DayPrice, Unpriced
from .closures import Closure, UnsureClosure
from .daytype import DayType
from .deadlines import Deadline, Schedule, governing
from .engine import Engine, OpenDay
from .epochs import Epoch, Live, SlotStanding, Standing
from .errors import ClaeRulesError, Fault, InvalidValueError, Lang
from .facts import Facts, Profile
from .gates import Act, Gate
from .phases import Action
from .pricing import price_day
from .selectors import Where, fits, missing_facts
from .shapes import YEARS
from .slots import Periode, Selection
from .subscriptions import OwnTerms

#: Where instants are counted from, so that one subtraction places an instant among the cutoffs of any date.
ORIGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NaiveInstantError(ClaeRulesError):
    """An instant without time zone: nobody can say whether it is too late (S3.7)."""

    def __init__(self, now: object) -> None:
        super().__init__(
            f"now : lu {now!r}, sans fuseau ; donnez un instant complet, par exemple "
            'datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))'
        )


def aware(now: datetime) -> datetime:
    """
    *now*, if it is aware.

    Raises:
        NaiveInstantError: If it is naive.
        InvalidValueError: If its year is not from 1900 to 2200 (S13.1).
    """
    if now.utcoffset() is None:
        raise NaiveInstantError(now)
    return _bounded(now)


def elapsed(now: datetime) -> timedelta:
    """
    What *now* counts from `ORIGIN`; worked out once for all the dates judged at one instant.

    Raises:
        NaiveInstantError: If it is naive.
        InvalidValueError: If its year is not from 1900 to 2200 (S13.1).
    """
    try:
        since = now - ORIGIN
    except TypeError:
        raise NaiveInstantError(now) from None
    _bounded(now)
    return since


def _bounded(now: datetime) -> datetime:
    if now.year not in YEARS:
        fr = f"lu « {now.isoformat()} » ; il faut un instant de {YEARS[0]} à {YEARS[-1]}"
        en = f"got « {now.isoformat()} »; expected an instant from {YEARS[0]} to {YEARS[-1]}"
        raise InvalidValueError([Fault(("now",), fr, en)])
    return now


@dataclass(frozen=True, slots=True)
class Plan:
    """When one action on one slot of a date is live: the deadline that governs it, or why none is known to."""

    deadline: Deadline | None
    schedule: Schedule

    def standing(self, now: datetime) -> Standing:
        """Where the action stands at *now*, in UTC."""
        code = "" if self.deadline is None else self.deadline.code
        phase = self.schedule.at(now)
        if phase is not None:
            return Standing(Live.OPEN, code, phase)
        if self.schedule.unknown is not None:
            return Standing(Live.UNKNOWN, code)
        if self.schedule.opens(now) is not None:
            return Standing(Live.NOT_YET, code)
        return Standing(Live.NEVER if self.schedule.closed_since(now) is None else Live.CLOSED, code)

    def limit(self, now: datetime, lang: Lang) -> str:
        """The limit that closed it last, in words."""
        ended = [one for one in self.schedule.windows if one.end is not None and one.end <= now]
        return ended[-1].phase.limit.describe(lang) if ended else ""


def _ungoverned(unknown: tuple[Deadline, ...], tied: tuple[Deadline, ...], profile: Profile) -> tuple[str, str]:
    """Why no deadline governs, French then English: the facts that are missing to tell, by name."""
    if unknown:
        whos = [who for one in unknown for who in conditions(one)]
        facts = ", ".join(dict.fromkeys(f"« {fact} »" for who in whos for fact in missing_facts(who, profile)))
        codes = ", ".join(f"« {one.code} »" for one in unknown)
        applies, apply = ("s'applique", "applies") if len(unknown) == 1 else ("s'appliquent", "apply")
        return f"il manque {facts} pour savoir si {codes} {applies}", f"missing {facts} to tell whether {codes} {apply}"
    if tied:
        codes = ", ".join(one.code for one in tied)
        return f"« {codes} » s'appliquent tous deux", f"« {codes} » both apply"
    return "le règlement n'en dit rien", "the règlement does not say"


class Seated(Protocol):
    """The child before his règlement, as one of his dates needs him."""

    @property
    def engine(self) -> Engine:
        """The règlement made ready."""

    @property
    def facts(self) -> Facts:
        """His dated facts."""

    @property
    def household(self) -> str:
        """The household that asks."""

    @property
    def terms(self) -> tuple[OwnTerms, ...]:
        """Terms of abonnements that stand in for the deadlines."""

    def profile(self, day: date, periode_start: date | None) -> Profile:
        """The facts on a date."""

    def applies(self, where: Where, slot: str, opened: OpenDay, periode: Periode) -> bool | None:
        """Whether a selector holds a slot that a période opens for him."""

    def offered(self, opened: OpenDay) -> dict[str, bool | None]:
        """Whether each période of a date is offered to him."""

    def closed(self, opened: OpenDay) -> tuple[dict[str, Closure], dict[str, tuple[Closure, ...]]]:
        """What the service closed of a date, and what a missing fact leaves open."""

    def kind(self, day: date) -> DayType:
        """The kind of a date for him."""

    def shared(self, day: DeskDay, standings: dict[str, SlotStanding]) -> Epoch:
        """The one epoch of all dates and instants alike."""


class DeskDay:
    """
    One date of one child: what is open to him and when each thing may be done.

    Args:
        desk: The child before his règlement.
        day: The date.

    Raises:
        OutOfCalendarError: If the règlement's calendar does not reach the date.
    """

    __slots__ = ("_cutoffs", "_desk", "_epochs", "_shut", "closed", "kind", "opened", "plans", "profile")

    def __init__(self, desk: Seated, day: date) -> None:
        engine = desk.engine
        self._desk = desk
        self.opened: OpenDay = engine.day(day)
        firsts = {one.first_day for one in self.opened.periodes}
        self.profile = desk.profile(day, firsts.pop() if len(firsts) == 1 else None)
        self.kind: DayType = desk.kind(day)
        offered = desk.offered(self.opened)
        slots = {slot: self.opened.slots[slot] for slot in self.kind.slots}
        #: What the service closed that day for this child, by slot (S6.9).
        self.closed, unsure = desk.closed(self.opened)
        self.plans = {slot: {action: self._plan(slot, one, action) for action in Action} for slot, one in slots.items()}
        self._shut = {slot: self._gates(slot, one, offered[one.code]) for slot, one in slots.items()}
        for slot, closures in unsure.items():
            doubts = tuple((Act.BOOK, (UnsureClosure.of(one, self.profile), False)) for one in closures)
            self._shut[slot] = (*self._shut[slot], *doubts)
        edges = {edge for plans in self.plans.values() for plan in plans.values() for edge in plan.schedule.cuts()}
        self._cutoffs = sorted(edge - ORIGIN for edge in edges)
        self._epochs: list[Epoch | None] = [None] * (len(edges) + 1)

    def _applies(self, where: Where, slot: str, periode: Periode) -> bool | None:
        return self._desk.applies(where, slot, self.opened, periode)

    def _plan(self, slot: str, periode: Periode, action: Action) -> Plan:
        engine = self._desk.engine
        own = self._own(slot, periode, action) if self._desk.terms else None
        if own is not None:
            return own
        chosen = governing(engine.reglement.deadlines, action, lambda one: self._applies(one, slot, periode))
        if chosen.found is None:
            return Plan(None, Schedule(unknown=_ungoverned(chosen.unknown, chosen.tied, self.profile)))
        return Plan(chosen.found, engine.schedule(chosen.found, action, self.opened.facts.day, slot))

    def _own(self, slot: str, periode: Periode, action: Action) -> Plan | None:
        """What the terms of an abonnement make of an action, where some govern it (S9.4)."""
        day = self.opened.facts.day
        for one in reversed(self._desk.terms):
            if one.govern(action, day, slot):
                terms, applies = one.terms, self._applies(one.terms, slot, periode)
                if terms.phases(action) is None:
                    return Plan(None, Schedule())
                if applies is None:
                    return Plan(None, Schedule(unknown=_ungoverned((terms,), (), self.profile)))
                if applies:
                    return Plan(terms, self._desk.engine.schedule(terms, action, day, slot))
                if action is Action.BOOK:
                    return Plan(terms, Schedule())
        return None

    def _gates(self, slot: str, periode: Periode, offered: bool | None) -> tuple[tuple[Act, tuple[Gate, bool]], ...]:
        found: list[tuple[Act, tuple[Gate, bool]]] = []
        profile = self._desk.profile(self.opened.facts.day, periode.first_day)
        if offered is None:
            gate = Gate(code=periode.code, requires=periode.who, source=periode.source)
            found.append((Act.BOOK, (gate, False)))
        for gate in self._desk.engine.reglement.gates:
            applies, met = self._applies(gate, slot, periode), fits(gate.requires, profile)
            if applies is not False and met is not True:
                sure = applies is True and met is False
                # What may not be seen may not be booked either.
                closed = {*gate.closes, Act.BOOK} if Act.SEE in gate.closes else {*gate.closes}
                found += [(act, (gate, sure)) for act in Act if act in closed]
        return tuple(found)

    def applies(self, where: Where, slot: str) -> bool | None:
        """Whether a selector holds a slot of this date for this child; None where a missing fact would decide."""
        return self._applies(where, slot, self.opened.slots[slot])

    def shut(self, slot: str) -> tuple[tuple[Act, tuple[Gate, bool]], ...]:
        """The gates shut for a slot, with the act that each closes and whether that is sure."""
        return self._shut[slot]

    def action(self, slot: str, act: Act, *, changing: bool) -> Action:
        """The phases that speak of an act: those of a change where the date changes and there are some (S3.6)."""
        if changing and self.plans[slot][Action.CHANGE].deadline is not None:
            return Action.CHANGE
        return Action.BOOK if act is Act.BOOK else Action.CANCEL

    def epoch(self, now: datetime) -> Epoch:
        """The epoch of this date at *now*, an aware datetime."""
        return self.at(now - ORIGIN)

    def at(self, since: timedelta) -> Epoch:
        """The epoch of this date at an instant counted from `ORIGIN`; logarithmic in the date's cutoffs."""
        index = bisect_right(self._cutoffs, since)
        found = self._epochs[index]
        if found is None:
            found = self._epochs[index] = self._desk.shared(self, self._standings(ORIGIN + since))
        return found

    def _standings(self, now: datetime) -> dict[str, SlotStanding]:
        when = now.astimezone(UTC)
        found = {}
        for slot, plans in self.plans.items():
            change = plans[Action.CHANGE]
            found[slot] = SlotStanding(
                plans[Action.BOOK].standing(when),
                change.standing(when) if change.deadline is not None else None,
                plans[Action.CANCEL].standing(when),
                self._shut[slot],
            )
        return found

    def price(self, selection: Selection) -> DayPrice:
        """
        What a selection costs on this date to the household that asks; computed afresh, the epoch memoises it.

        Not known here where the price of a date depends on others: `costs` knows it then.
        """
        engine, desk = self._desk.engine, self._desk
        if engine.prices.windowed:
            slots = tuple(one.slot for one in selection.held_by(desk.household))
            return DayPrice(unpriced=(Unpriced(WITH_OTHERS, slots[0], slots),) if slots else ())
        opened = self.opened
        return price_day(engine.prices, opened.facts, opened.codes, desk.facts, self.profile, selection, desk.household)
