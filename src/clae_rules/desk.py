"""One child with his facts before one règlement: each of his dates, at any moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .deadlines import Action, Deadline, Schedule, governing
from .daytype import DayType, Speaking
from .engine import Engine, OpenDay
from .epochs import Epoch, Live, SlotStanding, Standing
from .errors import ClaeRulesError
from .facts import Facts, Profile, misgiven, profile_at
from .errors import InvalidValueError
from .gates import Act, Gate
from .pricing import DayPrice, price_day
from .selectors import fits
from .slots import Periode, Selection


class NaiveInstantError(ClaeRulesError):
    """An instant without time zone: nobody can say whether it is too late (S3.7)."""

    def __init__(self, now: object) -> None:
        super().__init__(
            f"now : lu {now!r}, sans fuseau ; donnez un instant complet, par exemple "
            'datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))'
        )


def aware(now: datetime) -> datetime:
    """
    *now*, if it is an aware datetime.

    Raises:
        NaiveInstantError: If it is naive, or no datetime.
    """
    if not isinstance(now, datetime) or now.utcoffset() is None:
        raise NaiveInstantError(now)
    return now


@dataclass(frozen=True, slots=True)
class Plan:
    """When one action on one slot of a date is live: the deadline that governs it, or why none does."""

    deadline: Deadline | None = None
    schedule: Schedule | None = None
    why: tuple[str, str] = ("", "")

    def standing(self, now: datetime) -> Standing:
        """Where the action stands at *now*."""
        if self.deadline is None or self.schedule is None or self.schedule.unknown is not None:
            return Standing(Live.UNKNOWN, self.deadline.code if self.deadline else "")
        code, later, earlier = self.deadline.code, False, False
        for window in self.schedule.windows:
            if window.start is not None and now < window.start:
                later = True
            elif window.end is not None and now >= window.end:
                earlier = True
            else:
                return Standing(Live.OPEN, code, window.phase)
        return Standing(Live.NOT_YET if later else Live.CLOSED if earlier else Live.NEVER, code)

    def opens(self, now: datetime) -> datetime | None:
        """The next instant at which it becomes live."""
        starts = [window.start for window in self._windows() if window.start is not None and window.start > now]
        return min(starts, default=None)

    def closed_since(self, now: datetime) -> tuple[datetime, str] | None:
        """The instant from which it was too late, with the limit in words."""
        ended = [(window.end, window.phase) for window in self._windows() if window.end is not None and window.end <= now]
        if not ended:
            return None
        end, phase = max(ended, key=lambda one: one[0])
        return end, phase.ends.describe("fr")

    def _windows(self) -> Iterable:
        return () if self.schedule is None else self.schedule.windows

    def cutoffs(self) -> set[datetime]:
        """Every instant at which something changes."""
        return {edge for one in self._windows() for edge in (one.start, one.end) if edge is not None}


class DeskDay:
    """
    One date of one child: what is open to him and when each thing may be done.

    Args:
        desk: The child before his règlement.
        day: The date.

    Raises:
        OutOfCalendarError: If the règlement's calendar does not reach the date.
    """

    __slots__ = ("_cutoffs", "_desk", "_epochs", "_shut", "kind", "opened", "plans", "profile")

    def __init__(self, desk: Desk, day: date) -> None:
        engine = desk.engine
        self._desk = desk
        self.opened: OpenDay = engine.day(day)
        firsts = {one.first_day for one in self.opened.periodes}
        self.profile = desk.profile(day, firsts.pop() if len(firsts) == 1 else None)
        offered = {one.code: fits(one.who, desk.profile(day, one.first_day)) for one in self.opened.periodes}
        slots = {slot: one for slot, one in self.opened.slots.items() if offered[one.code] is not False}
        self.kind: DayType = engine.kind(tuple(slots), self._speaking(slots))
        self.plans = {slot: {action: self._plan(slot, one, action) for action in Action} for slot, one in slots.items()}
        self._shut = {slot: self._gates(slot, one, offered[one.code]) for slot, one in slots.items()}
        edges = {edge for plans in self.plans.values() for plan in plans.values() for edge in plan.cutoffs()}
        self._cutoffs = sorted(edge.timestamp() for edge in edges)
        self._epochs: list[Epoch | None] = [None] * (len(edges) + 1)

    def _applies(self, where: object, slot: str, periode: Periode) -> bool | None:
        profile = self._desk.profile(self.opened.facts.day, periode.first_day)
        places = self._desk.engine.places
        return places.applies(where, slot, None, self.opened.facts, self.opened.codes, profile)  # type: ignore[arg-type]

    def _speaking(self, slots: dict[str, Periode]) -> tuple[Speaking, ...]:
        engine, found = self._desk.engine, []
        for rule in engine.reglement.rules:
            said = engine.places.expand(rule.slots) if rule.slots else engine.order
            answers = {slot: self._applies(rule, slot, slots[slot]) for slot in engine.order if slot in said and slot in slots}
            subject = tuple(slot for slot, answer in answers.items() if answer is not False)
            if subject:
                found.append(Speaking(rule, subject, all(answers[slot] for slot in subject)))
        return tuple(found)

    def _plan(self, slot: str, periode: Periode, action: Action) -> Plan:
        engine = self._desk.engine
        chosen = governing(engine.reglement.deadlines, action, lambda one: self._applies(one, slot, periode))
        if chosen.deadline is None:
            return Plan(why=chosen.why)
        return Plan(chosen.deadline, engine.schedule(chosen.deadline, action, self.opened.facts.day, slot))

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
                found += [(act, (gate, sure)) for act in gate.closes]
        return tuple(found)

    def epoch(self, now: datetime) -> Epoch:
        """The epoch of this date at *now*, an aware datetime."""
        at = bisect_right(self._cutoffs, now.timestamp())
        found = self._epochs[at]
        if found is None:
            found = self._epochs[at] = self._desk.shared(self, self._standings(now))
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
        """What a selection costs on this date; computed afresh, the epoch memoises it."""
        engine, desk = self._desk.engine, self._desk
        return price_day(engine.prices, self.opened.facts, self.opened.codes, desk.facts, self.profile, selection)


class Desk:
    """
    One child, with what is known of him and his household, before one règlement.

    Args:
        engine: The règlement made ready.
        facts: Dated facts of the child and the household together.
        child: His code in plannings and demandes.

    Raises:
        InvalidValueError: If a fact is unknown to the règlement, or has a value that it cannot take.
    """

    def __init__(self, engine: Engine, facts: Facts, child: str = "enfant") -> None:
        faults = misgiven(engine.facts, facts)
        if faults:
            raise InvalidValueError(faults)
        self.engine, self.facts, self.child = engine, facts, child
        self._days: dict[date, DeskDay] = {}
        self._epochs: dict[object, Epoch] = {}
        self._profiles: dict[tuple[date, date | None], Profile] = {}
        self._dated = any(len(values) > 1 for _, values in facts.values)

    def profile(self, day: date, periode_start: date | None) -> Profile:
        """The facts on a date; memoised."""
        key = (day, periode_start)
        found = self._profiles.get(key)
        if found is None:
            found = self._profiles[key] = profile_at(self.engine.facts, self.facts, day, periode_start)
        return found

    def day(self, day: date) -> DeskDay:
        """
        One date of this child; memoised.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = DeskDay(self, day)
        return found

    def shared(self, day: DeskDay, standings: dict[str, SlotStanding]) -> Epoch:
        """The one epoch of all dates and instants alike: same kind of day, same standings, same prices."""
        opened = day.opened
        priced = tuple(one.matches(opened.facts, opened.codes, self.engine.places.calendars) for one in self.engine.price_dates)
        known = tuple(day.profile(code) for code in self.engine.facts)
        key = (day.kind, tuple(standings.items()), priced, known, opened.facts.day if self._dated else None)
        found = self._epochs.get(key)
        if found is None:
            found = self._epochs[key] = Epoch(day.kind, standings, day.price)
        return found
