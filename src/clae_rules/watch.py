"""Everything a household holds, and the windows of rules that a change of one child's dates touches (S5.4, S6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .dayspans import Breach, Role, Span
from .daytype import DayType
from .desk import Desk
from .epochs import Outcome
from .holdings import Planning
from .slots import NOTHING, Selection


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """
    One window as a household comes to it.

    Args:
        span: The window, without what an agent set aside.
        whole: The same with it, where he set something aside.
        before: The state of its dates before the change.
        whole_before: The same of *whole*.
        untold: Open slots of which the planning says nothing.
    """

    span: Span
    whole: Span | None
    before: int
    whole_before: int
    untold: tuple[str, ...]


class Watch:
    """
    What a household holds by child and date, and its windows.

    Args:
        desk: The child whose dates change, before his règlement.
        planning: Everything the household holds, with the overrides that agents recorded.
        waived: Codes set aside besides, on one date.
        on: That date.
    """

    def __init__(
        self, desk: Desk, planning: Planning, waived: frozenset[str] = frozenset(), on: date | None = None
    ) -> None:
        self.desk, self._planning, self._waived, self._on = desk, planning, waived, on
        self.held: dict[str, dict[date, Selection]] = {}
        for child, day, selection in planning.days:
            self.held.setdefault(child, {})[day] = selection
        others = dict.fromkeys((*desk.siblings, *sorted(self.held)))
        self._children = (desk.child, *(one for one in others if one != desk.child))
        self._watched: dict[Span, Watched] = {}
        #: For a kind of day, what is held and what is then held: the rules that read the difference.
        self._changed: dict[tuple[DayType, Selection, Selection], frozenset[str]] = {}

    def touched(self, day: date, after: Selection) -> tuple[Watched, ...]:
        """
        The windows in which a date of the child changes what their rule reads, unless it is set aside on that date.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        return tuple(one for one in self._met(day, after) if not self._aside(one.span.rule.code, self.desk.child, day))

    def lifted(self, day: date, after: Selection) -> tuple[Watched, ...]:
        """
        The same windows, where their rule is set aside on that date, which is then none of theirs (S6.7).

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        return tuple(one for one in self._met(day, after) if self._aside(one.span.rule.code, self.desk.child, day))

    def _met(self, day: date, after: Selection) -> tuple[Watched, ...]:
        kind = self.desk.kind(day)
        if not kind.spans:
            return ()
        key = (kind, self.of(day), after)
        changed = self._changed.get(key)
        if changed is None:
            before, now = ({one.slot: one.variant for one in some} for some in key[1:])
            differs = kind.mask(before) ^ kind.mask(now)
            changed = self._changed[key] = frozenset(code for code, reads in kind.reads.items() if reads & differs)
        if not changed:
            return ()
        spans = self.desk.spans(day, self._children)
        return tuple([self._watch(one) for one in spans if one.rule.code in changed])

    def every(self, day: date) -> tuple[Watched, ...]:
        """
        All windows that hold a date of the child, touched or not.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        return tuple(map(self._watch, self.desk.spans(day, self._children)))

    def again(self, one: Watched) -> Watched:
        """The same window of the same rule, from another desk or planning, as this household comes to it."""
        rule, stretch = one.span.rule, one.span.stretch
        children = self._children if rule.window.household else (self.desk.child,)
        return self._watch(self.desk.span(rule, stretch, children))

    def of(self, day: date) -> Selection:
        """What the child holds on a date."""
        return self.held.get(self.desk.child, {}).get(day, NOTHING)

    def _watch(self, span: Span) -> Watched:
        found = self._watched.get(span)
        if found is None:
            kept = tuple(
                at for at, (child, day) in enumerate(span.dates) if not self._aside(span.rule.code, child, day)
            )
            left, whole = (span, None) if len(kept) == len(span.dates) else (self.desk.part(span, kept), span)
            found = self._watched[span] = Watched(
                left, whole, left.state(self.held), 0 if whole is None else whole.state(self.held), self._untold(left)
            )
        return found

    def _aside(self, rule: str, child: str, day: date) -> bool:
        mine = rule in self._waived and child == self.desk.child and day == self._on
        return mine or any(one.covers(rule, child, day) for one in self._planning.overrides)

    def _untold(self, span: Span) -> tuple[str, ...]:
        told, modes = self._planning.modes, self.desk.engine.modes
        if told is None:
            return ()
        read = {slot for kind in span.form.kinds for slot in kind.spans[span.rule.code].subject}
        return tuple(slot for slot in self.desk.engine.order if slot in read and modes[slot].code not in told)

    def judge(self, one: Watched, changes: Mapping[date, Outcome], after: Mapping[date, Selection]) -> Breach | None:
        """
        What a change of some dates does to a window: it may break it, leave it broken, or nobody can tell (S6.2).

        Args:
            changes: The outcome of each changed date.
            after: What is then held on each of them: all of it, or what is firm.
        """
        span, child = one.span, self.desk.child
        now = span.changed(one.before, child, after)
        if one.untold or not span.known:
            return Breach(Role.UNTOLD, span.rule, span.stretch, untold=one.untold)
        found = span.form.broken(now)
        if found is None:
            return None
        present = tuple((*span.dates[at], slot) for at, slot in found.present)
        missing = tuple((*span.dates[at], slot) for at, slot in found.missing)
        adds = any(who == child and day in changes and slot in changes[day].added for who, day, slot in present)
        before = span.form.broken(one.before)
        same = before is not None and all(was for was, told in zip(before.told, found.told, strict=True) if told)
        if same and not adds:
            role = Role.INHERITED
        elif span.form.silent:
            role = Role.SHORT
        else:
            role = Role.BLOCKS if found.sure else Role.UNSURE
        return Breach(role, span.rule, span.stretch, present, missing, found.count)

    def set_aside(self, one: Watched, after: Mapping[date, Selection]) -> bool:
        """Whether the window would be broken, had an agent set nothing aside (S6.7)."""
        whole = one.whole
        return (
            whole is not None and whole.form.broken(whole.changed(one.whole_before, self.desk.child, after)) is not None
        )
