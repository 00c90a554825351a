"""What would make a refused date allowed: every smallest set of edits, ordered, and what closed the way (S8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Final

from .epochs import Outcome, Status
from .errors import Lang
from .gates import Act
from .variants import Variant
from .verdicts import DayVerdict
from .violations import Violation

#: Edits judged one by one where a rule was broken before; past that the answer says that it was cut.
MOST_JUDGED: Final = 2048


class Policy(Enum):
    """Which repairs come first."""

    PREFER_ADDING = "ajouter d'abord"
    PREFER_REMOVING = "enlever d'abord"
    NO_SURCHARGE = "sans surcoût d'abord"


@dataclass(frozen=True, slots=True)
class Repair:
    """
    One smallest set of edits of what was asked.

    Args:
        add: Slots to tick, in display order.
        remove: Slots to untick, in display order.
        keep: Those of *add* that are held: asked to be given back, and they cannot be.
        late: Those of *add* that only the late variant is left for.
    """

    add: tuple[str, ...]
    remove: tuple[str, ...]
    late: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def sentence(self, labels: dict[str, str], lang: Lang = "fr") -> str:
        """« ajouter « A » ; enlever « B » »."""
        words = ("ajouter", "garder", "enlever") if lang == "fr" else ("add", "keep", "remove")
        added = tuple(slot for slot in self.add if slot not in self.keep)
        parts = [
            f"{word} {', '.join(f'« {labels[slot]} »' for slot in slots)}"
            for word, slots in zip(words, (added, self.keep, self.remove), strict=True)
            if slots
        ]
        return " ; ".join(parts)


@dataclass(frozen=True, slots=True)
class Repairs:
    """
    The first repairs in order of preference.

    Args:
        found: At most as many as were asked for.
        cut: Whether there are more, or the search stopped at its bound.
        closed_by: Where there is none: what closed the way, deadlines with their instants.
    """

    found: tuple[Repair, ...]
    cut: bool = False
    closed_by: tuple[Violation, ...] = ()


def repairs(verdict: DayVerdict, *, first: int = 5, policy: Policy = Policy.PREFER_ADDING) -> Repairs:
    """
    All inclusion-minimal sets of edits that make a refused date allowed, given what is locked (S8).

    A slot may be added if it can be booked now, removed if it can be cancelled now; what was asked and cannot be had is
    taken back, what was given back and cannot be is kept.

    Args:
        verdict: A refused date; an allowed or an undecided one has no repair.
        first: How many to give.
        policy: Which come first; then the smaller, then display order.
    """
    if verdict.status is not Status.REFUSED or not verdict.known:
        return Repairs(())
    search = _Search(verdict)
    sets, cut = search.run()
    made = sorted((search.repair(one) for one in sets if search.mends(one)), key=lambda one: search.rank(one, policy))
    closed = () if made else verdict.violations
    return Repairs(tuple(made[:first]), cut or len(made) > first, closed)


class _Search:
    """One search for repairs: what is asked, what is held, and what can still move."""

    def __init__(self, verdict: DayVerdict) -> None:
        self.verdict, self.epoch = verdict, verdict.epoch
        self.order = list(self.epoch.kind.slots)
        outcome, held = verdict.outcome, verdict.held
        self.held = {one.slot: one.variant for one in held}
        self.asked = {one.slot for one in outcome.after}
        changing = bool(self.held and self.asked)
        closed = {one.slot for one in outcome.refusals} | verdict.misplaced
        self.skip = verdict.waived | {one.speaking.rule.code for one in outcome.inherited}
        free: dict[str, Variant] = {}
        for slot in self.order:
            if slot in self.held:
                others = held.holder(slot) != self.epoch.household
                locked = slot in closed or others or not self._can(slot, Act.CANCEL, changing)
                variant = self.held[slot]
            else:
                locked = slot in closed or not self._can(slot, Act.BOOK, changing)
                variant = self.epoch.offered_variant(slot, changing=changing) or Variant.NORMAL
            if not locked:
                free[slot] = variant
        self.free = free
        fixed = [slot for slot in (*self.order, *sorted(self.asked - set(self.order))) if slot not in free]
        #: What was asked of boxes that cannot move goes back to what is held, in every repair.
        self.forced = frozenset(slot for slot in fixed if (slot in self.asked) != (slot in self.held))

    def _can(self, slot: str, act: Act, changing: bool) -> bool:
        standing = self.epoch.standing(slot, act, changing=changing)
        waived = self.verdict.waived
        shut = (gate.code not in waived for gate, _ in self.epoch.standings[slot].gates(act))
        return (standing.phase is not None or standing.deadline in waived) and not any(shut)

    def run(self) -> tuple[tuple[frozenset[str], ...], bool]:
        """The edits, and whether the search was cut."""
        if self.epoch.kind.broken(self.held) or (self.verdict.around is not None and self.epoch.kind.spans):
            return self._judged()
        wanted = (self.asked - self.forced) | {slot for slot in self.forced if slot in self.held}
        variants = {slot: self.held.get(slot, self.free.get(slot, Variant.NORMAL)) for slot in wanted}
        sets, cut = self.epoch.kind.repairs(variants, self.free, self.skip)
        found = tuple(one | self.forced for one in sets)
        return self._judged() if any(self._after(one).broken for one in found) else (found, cut)

    def _judged(self) -> tuple[tuple[frozenset[str], ...], bool]:
        """
        The same, edit by edit, where what is held in the end does not tell alone which rules are broken.

        A rule broken before, or over a window, forbids what depends on the edit (S6.2). The firm slots must keep the
        rules alone, without those that are pending (S5.6): what all together keep may need more.
        """
        found: list[frozenset[str]] = []
        left = MOST_JUDGED
        for size in range(len(self.free) + 1):
            for chosen in combinations(self.free, size):
                edits = self.forced | frozenset(chosen)
                if any(one <= edits for one in found):
                    continue
                if left == 0:
                    return tuple(found), True
                left -= 1
                found += [edits] if self.mends(edits) else []
        return tuple(found), False

    def mends(self, edits: frozenset[str]) -> bool:
        """Whether the date is no longer refused then: pools and prices have their say beside the rules."""
        return bool(edits) and self._after(edits).status is not Status.REFUSED

    def _after(self, edits: frozenset[str]) -> Outcome:
        """What the date comes to with some edits."""
        return self.verdict.again(dict.fromkeys(self.asked ^ edits)) if edits else self.verdict.outcome

    def repair(self, edits: frozenset[str]) -> Repair:
        """The edits as slots to tick and to untick."""
        everything = [*self.order, *sorted(edits - set(self.order))]
        chosen = [slot for slot in everything if slot in edits]
        add = tuple(slot for slot in chosen if slot not in self.asked)
        late = tuple(slot for slot in add if slot not in self.held and self.free.get(slot) is Variant.HORS_DELAI)
        keep = tuple(slot for slot in add if slot in self.held)
        return Repair(add, tuple(slot for slot in chosen if slot in self.asked), late, keep)

    def rank(self, one: Repair, policy: Policy) -> tuple[object, ...]:
        """The sort key of a repair."""
        first = {
            Policy.PREFER_ADDING: len(one.remove),
            Policy.PREFER_REMOVING: len(one.add),
            Policy.NO_SURCHARGE: len(one.late),
        }[policy]
        places = tuple(
            self.order.index(slot) if slot in self.order else len(self.order) for slot in (*one.add, *one.remove)
        )
        return (first, len(one.add) + len(one.remove), places)
