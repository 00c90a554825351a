"""
A demande against the windows that it touches: judged whole, or block by block (S6.2, S6.6).

Day by day, dates that a window ties together are one block, accepted or refused whole; where only limits speak, dates
are granted in their order, as long as what was granted before leaves room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .dayspans import Breach, Role
from .daytype import Broken
from .epochs import Outcome, Status, settle
from .holdings import Grain
from .slots import Selection
from .verdicts import DayVerdict
from .watch import Watch, Watched

#: Breaches that keep a date from being granted.
STOPS = frozenset({Role.BLOCKS, Role.UNSURE, Role.SHORT, Role.UNTOLD})
_REFUSES = frozenset({Role.BLOCKS, Role.TOGETHER})
_LEAVES_OPEN = frozenset({Role.UNSURE, Role.SHORT, Role.UNTOLD, Role.TOGETHER_UNSURE})

Pending = dict[date, dict[str, str]]


def over_windows(
    watch: Watch, days: Sequence[DayVerdict], grain: Grain, barred: Collection[date] = frozenset()
) -> tuple[DayVerdict, ...]:
    """
    The verdicts of some dates once the windows that they touch are judged too.

    Args:
        watch: What the household holds.
        days: One verdict a date, each judged alone.
        grain: Whole, or date by date.
        barred: Dates that are refused for another reason than the verdict tells.
    """
    work = _Weighing(watch, days, barred)
    if not work.touched:
        return tuple(days)
    if grain is Grain.WHOLE:
        work.whole()
    else:
        work.by_blocks()
    around = Around(watch, {day: work.outcomes[day] for day in work.held})
    return tuple(
        one.over(work.outcome(one.day), around) if one.day in work.touched else one.over(one.outcome, around)
        for one in days
    )


class Around:
    """
    What a demande makes of the windows around one date: the terms on which other wishes for it are judged.

    Args:
        watch: What the household holds.
        others: The outcomes of the dates that the demande changes, as they are granted or asked.
    """

    def __init__(self, watch: Watch, others: Mapping[date, Outcome]) -> None:
        self.watch, self.others = watch, others

    def judged(self, day: date, outcome: Outcome) -> Outcome:
        """The outcome of a date once its windows are judged too."""
        changes = {**self.others, day: outcome}
        found = weigh(self.watch, self.watch.touched(day, outcome.after), changes)
        return _with(
            outcome, [breach for _, breach in found.breaches], found.pending.get(day), found.fallen.get(day, ())
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """
    What some changes do to some windows.

    Args:
        breaches: The windows that are broken, left broken, or of which nobody can tell.
        pending: By date, the added slots that wait, those of the outcomes among them.
        fallen: By date, the rules of one date that its firm slots break once others wait for a window.
    """

    breaches: tuple[tuple[Watched, Breach], ...]
    pending: Pending
    fallen: Mapping[date, tuple[Broken, ...]]

    @property
    def stops(self) -> bool:
        """Whether the changes cannot stand."""
        return bool(self.fallen) or any(breach.role in STOPS for _, breach in self.breaches)


def weigh(watch: Watch, touched: Iterable[Watched], changes: Mapping[date, Outcome]) -> Weighed:
    """
    Weigh some changes against some windows (S6.2), firm and pending slots together and the firm ones alone (S5.6).

    An added slot that only a pending one makes legal waits with it.
    """
    windows = tuple(dict.fromkeys(touched))
    everything = {day: outcome.after for day, outcome in changes.items()}
    judged = ((one, watch.judge(one, changes, everything)) for one in windows)
    found = tuple([(one, breach) for one, breach in judged if breach is not None])
    pending: Pending = {day: dict(outcome.pending) for day, outcome in changes.items()}
    if not any(pending.values()):
        return Weighed(found, pending, {})
    broken = {one for one, _ in found}
    while True:
        firm = {day: outcome.after.without(pending[day]) for day, outcome in changes.items()}
        failing = [(one, watch.judge(one, changes, firm)) for one in windows if one not in broken]
        stopped = tuple((one, breach) for one, breach in failing if breach is not None and breach.role in STOPS)
        waits = [_wait(watch, breach, changes, pending) for _, breach in stopped]
        if not any(waits):
            return Weighed((*found, *stopped), pending, _fallen(watch, changes, pending))


def _fallen(watch: Watch, changes: Mapping[date, Outcome], pending: Pending) -> dict[date, tuple[Broken, ...]]:
    """The rules of one date that firm slots break because others of it now wait for a window."""
    found: dict[date, tuple[Broken, ...]] = {}
    for day, outcome in changes.items():
        if len(pending[day]) > len(outcome.pending):
            kind = watch.desk.kind(day)
            before = kind.broken({one.slot: one.variant for one in watch.of(day)})
            told = {one.speaking.rule.code for one in (*before, *outcome.broken, *outcome.unsure)}
            after = {one.slot: one.variant for one in outcome.after}
            broken = settle(kind, after, outcome.added, pending[day], told | {*outcome.waived})
            found |= {day: tuple(broken)} if broken else {}
    return found


def _wait(watch: Watch, breach: Breach, changes: Mapping[date, Outcome], pending: Pending) -> bool:
    """Whether some added slots of a window now wait for a pending one of it."""
    child = watch.desk.child
    companion = next(
        ((day, slot) for who, day, slot in breach.missing if who == child and slot in pending.get(day, {})), None
    )
    if companion is None:
        return False
    mine = [(day, slot) for who, day, slot in breach.present if who == child and day in changes]
    waits = [(day, slot) for day, slot in mine if slot in changes[day].added and slot not in pending[day]]
    for day, slot in waits:
        pending[day][slot] = f"avec {companion[1]} le {companion[0]:%d/%m/%Y}"
        outcome = changes[day]
        after = {one.slot: one.variant for one in outcome.after}
        settle(watch.desk.kind(day), after, outcome.added, pending[day], outcome.waived)
    return bool(waits)


class _Weighing:
    """One demande, while its windows are being judged."""

    def __init__(self, watch: Watch, days: Sequence[DayVerdict], barred: Collection[date]) -> None:
        self.watch = watch
        self.outcomes = {one.day: one.outcome for one in days if one.known}
        found = {day: watch.touched(day, outcome.after) for day, outcome in self.outcomes.items()}
        #: Windows of which an agent took the date out.
        self.lifted = {day: watch.lifted(day, outcome.after) for day, outcome in self.outcomes.items()}
        self.touched = {day: windows for day, windows in found.items() if windows or self.lifted[day]}
        self.barred = frozenset(barred)
        #: The changes that the windows of another date meet: those asked, or those granted.
        self.held: dict[date, None] = {}
        self.breaches: defaultdict[date, list[Breach]] = defaultdict(list)
        self.fallen: dict[date, tuple[Broken, ...]] = {}
        self.pending: Pending = {}
        self.aside: defaultdict[date, set[str]] = defaultdict(set)

    def whole(self) -> None:
        """Judge all dates together."""
        self._take(self.touched, self._weighed(self.touched, {}))

    def by_blocks(self) -> None:
        """Grant blocks in the order of their first dates."""
        for cluster in self._tied(self.touched, limits=True):
            blocks = self._tied(cluster, limits=False)
            whole = [block for block in blocks if self._can_be_granted(block)]
            together = [day for block in whole for day in block]
            if not any(self.outcomes[day].removed for day in together):
                found = self._weighed(together, {})
                if not found.stops:  # what only adds and breaks nothing in the end breaks nothing on the way
                    self._take(together, found)
                    continue
            granted: dict[date, Outcome] = {}
            for block in whole:
                found = self._weighed(block, granted)
                if found.stops:
                    self._refuse(block, found)
                else:
                    self._take(block, found, granted)
                    granted |= {day: self.outcomes[day] for day in block}

    def _weighed(self, block: Iterable[date], granted: Mapping[date, Outcome]) -> Weighed:
        days = tuple(block)
        touched = (window for day in days for window in self.touched[day])
        return weigh(self.watch, touched, {**granted, **{day: self.outcomes[day] for day in days}})

    def _take(self, block: Iterable[date], found: Weighed, granted: Mapping[date, Outcome] | None = None) -> None:
        """Let a block stand beside what was granted, with what it leaves broken and what then waits."""
        days = tuple(block)
        self._attach(days, found.breaches, found.fallen)
        self.pending |= {day: found.pending[day] for day in days}
        self.held |= dict.fromkeys(days)
        after: dict[date, Selection] = {day: self.outcomes[day].after for day in (*(granted or {}), *days)}
        for day in days:
            aside = (one for one in (*self.touched[day], *self.lifted[day]) if one.whole is not None)
            self.aside[day] |= {one.span.rule.code for one in aside if self.watch.set_aside(one, after)}

    def _attach(
        self,
        days: Iterable[date],
        found: Iterable[tuple[Watched, Breach]],
        fallen: Mapping[date, tuple[Broken, ...]],
    ) -> None:
        for day in days:
            self.breaches[day] += [breach for window, breach in found if window in self.touched[day]]
            self.fallen[day] = fallen.get(day, ())

    def _refuse(self, block: Sequence[date], found: Weighed) -> None:
        stops = [(window, breach) for window, breach in found.breaches if breach.role in STOPS]
        self._attach(block, stops, found.fallen)
        guilty = tuple(day for day in block if self.breaches[day] or self.fallen[day])
        refused = bool(found.fallen) or any(breach.role is Role.BLOCKS for _, breach in stops)
        self._drag(block, guilty, Role.TOGETHER if refused else Role.TOGETHER_UNSURE)

    def _can_be_granted(self, block: Sequence[date]) -> bool:
        """Whether every date of a block is allowed alone; where one is not, the others fall with it."""
        refused = [one for one in block if self.outcomes[one].status is Status.REFUSED or one in self.barred]
        guilty = refused or [one for one in block if self.outcomes[one].status is Status.UNDECIDED]
        self._drag(block, tuple(guilty), Role.TOGETHER if refused else Role.TOGETHER_UNSURE)
        return not guilty

    def _drag(self, block: Sequence[date], guilty: tuple[date, ...], role: Role) -> None:
        """Let the dates of a block fall with the guilty ones."""
        for day in block if guilty else ():
            if day not in guilty and self.outcomes[day].status is Status.ALLOWED:
                shared = set(self.touched[day]) & {window for one in guilty for window in self.touched[one]}
                window = next((one for one in self.touched[day] if one in shared), self.touched[day][0])
                self.breaches[day].append(Breach(role, window.span.rule, window.span.stretch, with_days=guilty))

    def _tied(self, days: Iterable[date], *, limits: bool) -> list[tuple[date, ...]]:
        """The dates in parts that no window ties together; windows of mere limits tie where *limits*."""
        parts: dict[date, list[date]] = {}
        first: dict[date, date] = {}
        meeting: dict[Watched, date] = {}
        for day in sorted(days):
            parts[day], first[day] = [day], day
            for window in self.touched[day]:
                if limits or not window.span.rule.limits:
                    other, mine = first[meeting.setdefault(window, day)], first[day]
                    if other != mine:  # the part of the later date joins that of the earlier one
                        parts[other] += parts.pop(mine)
                        first.update(dict.fromkeys(parts[other], other))
        return sorted(tuple(sorted(part)) for part in parts.values())

    def outcome(self, day: date) -> Outcome:
        """The outcome of a date with what its windows add."""
        asked = self.outcomes[day]
        if self.aside[day]:
            asked = replace(asked, waived=tuple(sorted({*asked.waived, *self.aside[day]})))
        return _with(asked, self.breaches[day], self.pending.get(day), self.fallen.get(day, ()))


def _with(
    outcome: Outcome, breaches: Sequence[Breach], pending: Mapping[str, str] | None, fallen: tuple[Broken, ...]
) -> Outcome:
    if not (breaches or fallen) and (pending is None or dict(outcome.pending) == pending):
        return outcome  # dates alike share their outcome
    roles, status = {one.role for one in breaches}, outcome.status
    if fallen or roles & _REFUSES:
        status = Status.REFUSED
    elif roles & _LEAVES_OPEN and status is Status.ALLOWED:
        status = Status.UNDECIDED
    waits = outcome.pending if pending is None else tuple(pending.items())
    broken = (*outcome.broken, *fallen)
    return replace(outcome, status=status, broken=broken, over=tuple(breaches), pending=waits)
