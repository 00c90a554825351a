"""S8: the smallest edits that make a refused date allowed, by trying every set of edits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import combinations

from .s5_rules import Held
from .s6_decision import NOBODY, REFUSED, Date, judge, may_add, may_remove


def toggles(at: Date, now: datetime, held: Held, wishes: Mapping[str, str | None]) -> list[str]:
    """
    S8: the slots that may be toggled: not held and bookable now, or held and cancellable now.

    A slot wanted that cannot be booked may be un-ticked, and one to be given back that cannot may be kept.
    """
    found = []
    for slot in at.slots:
        if slot in held:
            free = may_remove(at, now, slot, changing=False) is True or slot not in wishes
        else:
            free = may_add(at, now, slot, None, changing=False)[0] is True or slot in wishes
        if free:
            found.append(slot)
    return found


def repairs(
    at: Date, now: datetime, held: Held, wishes: Mapping[str, str | None], taken: Mapping[str, int] = NOBODY
) -> set[frozenset[str]]:
    """S8: all inclusion-minimal sets of toggles after which nothing refuses the date; only a place or a price may."""
    found: set[frozenset[str]] = set()
    free = toggles(at, now, held, wishes)
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            edit = frozenset(chosen)
            if any(one <= edit for one in found):
                continue
            wanted = {slot: wish for slot, wish in wishes.items() if slot not in edit}
            wanted |= {slot: None for slot in edit if slot not in wishes}
            verdict = judge(at, now, held, wanted, taken)
            sure = not verdict.unsure and moves_surely(at, now, held, wanted)
            if verdict.status != REFUSED and sure:
                found.add(edit)
    return found


def moves_surely(at: Date, now: datetime, held: Held, wanted: Mapping[str, str | None]) -> bool:
    """S8: given what is locked: what nobody knows to be open or given back is not moved."""
    changing = bool(held) and bool(wanted) and set(held) != set(wanted)
    added = all(may_add(at, now, slot, wish, changing)[0] for slot, wish in wanted.items() if slot not in held)
    return added and all(may_remove(at, now, slot, changing) for slot in held if slot not in wanted)
