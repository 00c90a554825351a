"""
A demande against the windows that it touches: judged whole, or block by block (S6.2, S6.6).

Day by day, dates that a window ties together are one block, accepted or refused whole; where only limits speak, dates
are granted in their order, as long as what was granted before leaves room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from .dayspans import Breach, Role
from .epochs import Outcome, Status, settle
from .holdings import Grain
from .ledger import Ledger, Watched
from .slots import Selection
from .verdicts import DayVerdict

#: Breaches that keep a date from being granted.
STOPS = frozenset({Role.BLOCKS, Role.UNSURE, Role.UNTOLD})
_REFUSES = frozenset({Role.BLOCKS, Role.TOGETHER})
_LEAVES_OPEN = frozenset({Role.UNSURE, Role.UNTOLD, Role.TOGETHER_UNSURE})

Pending = dict[date, dict[str, str]]


def over_windows(
    ledger: Ledger, days: Sequence[DayVerdict], grain: Grain, barred: Collection[date] = frozenset()
) -> tuple[DayVerdict, ...]:
    """
    The verdicts of some dates once the windows that they touch are judged too.

    Args:
        ledger: What the household holds.
        days: One verdict a date, each judged alone.
        grain: Whole, or date by date.
        barred: Dates that are refused for another reason than the verdict tells.
    """
    work = _Weighing(ledger, days, barred)
    if not work.touched:
        return tuple(days)
    if grain is Grain.WHOLE:
        work.whole()
    else:
        work.by_blocks()
    around = Around(ledger, {day: work.outcomes[day] for day in work.held})
    return tuple(
        one.over(work.outcome(one.day), around) if one.day in work.touched else one.over(one.outcome, around)
        for one in days
    )


class Around:
    """
    What a demande makes of the windows around one date: the terms on which other wishes for it are judged.

    Args:
        ledger: What the household holds.
        others: The outcomes of the dates that the demande changes, as they are granted or asked.
    """

    def __init__(self, ledger: Ledger, others: Mapping[date, Outcome]) -> None:
        self.ledger, self.others = ledger, others

    def judged(self, day: date, outcome: Outcome) -> Outcome:
        """The outcome of a date once its windows are judged too."""
        changes = {**self.others, day: outcome}
        touched = self.ledger.touched(day, outcome.after)
        found, pending = weigh(self.ledger, touched, changes)
        return _with(outcome, [breach for _, breach in found], pending.get(day))


def weigh(
    ledger: Ledger, touched: Iterable[Watched], changes: Mapping[date, Outcome]
) -> tuple[list[tuple[Watched, Breach]], Pending]:
    """
    What some changes do to some windows; and which added slots then wait (S5.6), those of the outcomes among them.

    Firm and pending slots together must satisfy every rule, and so must the firm ones alone: an added slot that only a
    pending one makes legal waits with it.
    """
    windows = tuple(dict.fromkeys(touched))
    everything = {day: outcome.after for day, outcome in changes.items()}
    judged = ((one, ledger.judge(one, changes, everything)) for one in windows)
    found = [(one, breach) for one, breach in judged if breach is not None]
    pending: Pending = {day: dict(outcome.pending) for day, outcome in changes.items()}
    if not any(pending.values()):
        return found, pending
    broken = {one for one, _ in found}
    while True:
        firm = {day: outcome.after.without(pending[day]) for day, outcome in changes.items()}
        failing = [(one, ledger.judge(one, changes, firm)) for one in windows if one not in broken]
        stopped = [(one, breach) for one, breach in failing if breach is not None and breach.role in STOPS]
        waits = [_wait(ledger, breach, changes, pending) for _, breach in stopped]
        if not any(waits):
            return [*found, *stopped], pending


def _wait(ledger: Ledger, breach: Breach, changes: Mapping[date, Outcome], pending: Pending) -> bool:
    """Whether some added slots of a window now wait for a pending one of it."""
    child = ledger.desk.child
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
        settle(ledger.desk.kind(day), after, outcome.added, pending[day], outcome.waived)
    return bool(waits)


class _Weighing:
    """One demande, while its windows are being judged."""

    def __init__(self, ledger: Ledger, days: Sequence[DayVerdict], barred: Collection[date]) -> None:
        self.ledger = ledger
        self.outcomes = {one.day: one.outcome for one in days if one.known}
        found = {day: ledger.touched(day, outcome.after) for day, outcome in self.outcomes.items()}
        self.touched = {day: windows for day, windows in found.items() if windows}
        self.barred = frozenset(barred)
        #: The changes that the windows of another date meet: those asked, or those granted.
        self.held: dict[date, None] = {}
        self.breaches: defaultdict[date, list[Breach]] = defaultdict(list)
        self.pending: Pending = {}
        self.aside: defaultdict[date, set[str]] = defaultdict(set)

    def whole(self) -> None:
        """Judge all dates together."""
        self._take(self.touched)

    def by_blocks(self) -> None:
        """Grant blocks in the order of their first dates."""
        for cluster in self._tied(self.touched, limits=True):
            blocks = self._tied(cluster, limits=False)
            whole = [block for block in blocks if self._can_be_granted(block)]
            together = [day for block in whole for day in block]
            if not any(breach.role in STOPS for _, breach in self._weighed(together, {})[0]):
                self._take(together)
                continue
            granted: dict[date, Outcome] = {}
            for block in whole:
                found, _ = self._weighed(block, granted)
                if any(breach.role in STOPS for _, breach in found):
                    self._refuse(block, found)
                else:
                    self._take(block, granted)
                    granted |= {day: self.outcomes[day] for day in block}

    def _weighed(
        self, block: Iterable[date], granted: Mapping[date, Outcome]
    ) -> tuple[list[tuple[Watched, Breach]], Pending]:
        days = tuple(block)
        touched = (window for day in days for window in self.touched[day])
        return weigh(self.ledger, touched, {**granted, **{day: self.outcomes[day] for day in days}})

    def _take(self, block: Iterable[date], granted: Mapping[date, Outcome] | None = None) -> None:
        """Let a block stand, with what it leaves broken and what then waits."""
        days = tuple(block)
        found, pending = self._weighed(days, granted or {})
        self._attach(days, found)
        self.pending |= {day: pending[day] for day in days}
        self.held |= dict.fromkeys(days)
        after: dict[date, Selection] = {day: self.outcomes[day].after for day in (*(granted or {}), *days)}
        for day in days:
            codes = {one.span.rule.code for one in self.touched[day] if self.ledger.set_aside(one, after)}
            self.aside[day] |= codes

    def _attach(self, days: Iterable[date], found: Iterable[tuple[Watched, Breach]]) -> None:
        for day in days:
            self.breaches[day] += [breach for window, breach in found if window in self.touched[day]]

    def _refuse(self, block: Sequence[date], found: list[tuple[Watched, Breach]]) -> None:
        stops = [(window, breach) for window, breach in found if breach.role in STOPS]
        self._attach(block, stops)
        guilty = tuple(day for day in block if self.breaches[day])
        refused = any(breach.role is Role.BLOCKS for _, breach in stops)
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
        parts: list[tuple[set[date], set[Watched]]] = []
        for day in sorted(days):
            windows = {one for one in self.touched[day] if limits or not one.span.rule.limits}
            meets = [part for part in parts if part[1] & windows]
            parts = [part for part in parts if part not in meets]
            parts.append((
                {day}.union(*(one for one, _ in meets)), windows.union(*(one for _, one in meets)),
            ))  # fmt: skip
        return sorted(tuple(sorted(part)) for part, _ in parts)

    def outcome(self, day: date) -> Outcome:
        """The outcome of a date with what its windows add."""
        asked = self.outcomes[day]
        if self.aside[day]:
            asked = replace(asked, waived=tuple(sorted({*asked.waived, *self.aside[day]})))
        return _with(asked, self.breaches[day], self.pending.get(day))


def _with(outcome: Outcome, breaches: Sequence[Breach], pending: Mapping[str, str] | None) -> Outcome:
    if not breaches and (pending is None or dict(outcome.pending) == pending):
        return outcome  # dates alike share their outcome
    roles, status = {one.role for one in breaches}, outcome.status
    if roles & _REFUSES:
        status = Status.REFUSED
    elif roles & _LEAVES_OPEN and status is Status.ALLOWED:
        status = Status.UNDECIDED
    waits = outcome.pending if pending is None else tuple(pending.items())
    return replace(outcome, status=status, over=tuple(breaches), pending=waits)
