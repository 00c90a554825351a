"""Deadlines under two règlements: for each slot and action, which is open longer, and on what other terms (S3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

from ..deadlines import Deadline, Schedule, governing
from ..engine import Engine, OpenDay
from ..errors import Lang
from ..phases import Action, Phase
from ..soundness_cases import Values
from .changes import Relation, related
from .joint import Case, Joint, calendar

#: Before every deadline.
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
#: Slot, action, relation, whether terms differ, and what each says.
_Said = tuple[str, Action, Relation, bool, tuple[str, str, str], tuple[str, str, str]]
_ACTIONS: Final = {
    Action.BOOK: ("réserver", "booking"),
    Action.CHANGE: ("modifier", "changing"),
    Action.CANCEL: ("annuler", "cancelling"),
}


@dataclass(frozen=True, slots=True)
class DeadlineChange:
    """
    A deadline that is not the same on some dates.

    Args:
        slots: The slots, in display order.
        action: Booking, changing or cancelling.
        relation: Whether the action is open longer, less long, at other times, or as long on other terms.
        terms: Whether, while both are open, the variant, the approval, the payment or what stays due differ.
        old: Code and limits of the first one, French then English; empty where none governs.
        new: The same of the second one.
        days: The dates, ascending.
        ends: Until when the action is open on the first of them, under each; None where it never closes or never opens.
        values: A family concerned.
        labels: The slots' names.
    """

    slots: tuple[str, ...]
    action: Action
    relation: Relation
    terms: bool
    old: tuple[str, str, str]
    new: tuple[str, str, str]
    days: tuple[date, ...]
    ends: tuple[datetime | None, datetime | None]
    values: tuple[tuple[str, object], ...] = ()
    labels: tuple[str, ...] = field(default=(), compare=False)

    def text(self, lang: Lang = "fr") -> str:
        """The change in one sentence, with the instants of the first date."""
        english = lang == "en"
        action, count, first = _ACTIONS[self.action][english], len(self.days), self.days[0]
        none = ("aucun délai", "no deadline")[english]
        before, after = (f"{said[0]} ({said[1 + english]})" if said[0] else none for said in (self.old, self.new))
        what = ", ".join(f"« {label} »" for label in self.labels)
        until = [("—" if one is None else f"{one:%d/%m/%Y %H:%M}") for one in self.ends]
        terms = (", à d'autres conditions", ", on other terms")[english] if self.terms else ""
        if english:
            dates = f"{count} date{'s' if count > 1 else ''}; on {first:%d/%m/%Y}, until {until[0]}, then {until[1]}"
            return f"{action} {what} {self.relation.text(lang)}{terms}: {before} becomes {after} ({dates})"
        dates = f"{count} date{'s' if count > 1 else ''} ; le {first:%d/%m/%Y}, fin le {until[0]}, puis le {until[1]}"
        return f"{action} {what}, {self.relation.text(lang)}{terms} : {before} devient {after} ({dates})"


def deadline_changes(joint: Joint) -> tuple[DeadlineChange, ...]:
    """Every deadline that differs, for slots that both open: dates and families on which it does the same once."""
    old, new = joint.engines
    if _read(old) == _read(new):
        return ()
    wheres = (old.reglement.deadlines, new.reglement.deadlines)
    governed: dict[tuple[date, str, Action, str, str], tuple[Deadline | None, Deadline | None, Case]] = {}
    for dates in joint.dates(wheres):
        for values in joint.families(dates, wheres):
            case = joint.case(dates, values)
            for key, both in _governed(joint, case):
                for day in dates.days:
                    governed.setdefault((day, *key), (*both, case))
    found: defaultdict[_Said, list[DeadlineChange]] = defaultdict(list)
    for (day, slot, action, _, _), (mine, yours, case) in sorted(governed.items(), key=lambda one: one[0][0]):
        change = _change(joint, (day, slot, action), (mine, yours), case)
        if change is not None:
            found[slot, action, change.relation, change.terms, change.old, change.new].append(change)
    by_dates: defaultdict[object, list[DeadlineChange]] = defaultdict(list)
    for some in found.values():
        days = tuple(dict.fromkeys(one.days[0] for one in some))
        first = replace(some[0], days=days)
        by_dates[first.action, first.relation, first.terms, first.old, first.new, days].append(first)
    return tuple(_over(joint, some) for some in by_dates.values())


def _read(engine: Engine) -> object:
    """All that deadlines depend on: where two règlements give the same, none differs."""
    return engine.reglement.deadlines, engine.reglement.modes, engine.reglement.groups, calendar(engine)


def _governed(
    joint: Joint, case: Case
) -> Iterator[tuple[tuple[str, Action, str, str], tuple[Deadline | None, Deadline | None]]]:
    old, new = joint.engines
    for slot in case.old.slots:
        for action in Action if slot in case.new.bits else ():
            mine = _governing(old, case.dates.old, case.values, slot, action)
            yours = _governing(new, case.dates.new, case.values, slot, action)
            codes = ["" if one is None else one.code for one in (mine, yours)]
            yield (slot, action, codes[0], codes[1]), (mine, yours)


def _governing(engine: Engine, opened: OpenDay, values: Values, slot: str, action: Action) -> Deadline | None:
    return governing(
        engine.reglement.deadlines,
        action,
        lambda one: engine.places.applies(one, slot, None, opened.facts, opened.codes, values.get),
    ).found


def _change(
    joint: Joint, what: tuple[date, str, Action], both: tuple[Deadline | None, Deadline | None], case: Case
) -> DeadlineChange | None:
    day, slot, action = what
    schedules = [
        Schedule() if one is None else engine.schedule(one, action, day, slot)
        for engine, one in zip(joint.engines, both, strict=True)
    ]
    relation, terms = compared(*schedules)
    if action is Action.CHANGE and (both[0] is None) is not (both[1] is None):
        terms = True  # where nothing is said of changing, booking and cancelling say it
    unknown = schedules[0].unknown != schedules[1].unknown
    if relation is Relation.EQUIVALENT and not terms and not unknown:
        return None
    said = [_said(one, action) for one in both]
    ends = [one.windows[-1].end if one.windows else None for one in schedules]
    local = [
        None if end is None else end.astimezone(engine.tz) for end, engine in zip(ends, joint.engines, strict=True)
    ]
    values = tuple(case.values.items())
    return DeadlineChange((slot,), action, relation, terms, said[0], said[1], (day,), (local[0], local[1]), values)


def _said(deadline: Deadline | None, action: Action) -> tuple[str, str, str]:
    if deadline is None:
        return "", "", ""
    limits = [phase.limit for phase in deadline.phases(action) or ()]
    fr, en = ("; ".join(one.describe(lang) for one in limits) for lang in ("fr", "en"))
    return deadline.code, fr or "jamais", en or "never"


def compared(old: Schedule, new: Schedule) -> tuple[Relation, bool]:
    """How long an action is open under two schedules, and whether terms differ while it is open under both."""
    lost = gained = terms = False
    for now in (BEGINNING, *sorted({*old.cuts(), *new.cuts()})):
        mine, yours = old.at(now), new.at(now)
        lost |= mine is not None and yours is None
        gained |= mine is None and yours is not None
        terms |= mine is not None and yours is not None and _terms(mine) != _terms(yours)
    return related(lost=lost, gained=gained), terms


def _terms(phase: Phase) -> tuple[object, ...]:
    return (phase.variant, phase.approval, phase.prepaid, phase.due)


def _over(joint: Joint, some: list[DeadlineChange]) -> DeadlineChange:
    """One change over all the slots that it touches."""
    slots = tuple(code for code in joint.order if any(code in one.slots for one in some))
    return replace(some[0], slots=slots, labels=tuple(joint.labels[code] for code in slots))
