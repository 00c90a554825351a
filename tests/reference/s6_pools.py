"""S6.5: pools count the children of a date, a child once; the tightest decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .s1_answers import Answer, Plain, plain_words

FULL, UNKNOWN, WAITING = "complet", "inconnu", "attente"
#: The tightest first.
TIGHTEST: Final = (FULL, UNKNOWN, WAITING)
#: A pool of one date: the pool, and the open slots that it counts, or may count.
Counted = tuple[Plain, Mapping[str, Answer]]


def room(pool: Plain, taken: int | None) -> str:
    """S6.5: what a child who is not counted yet meets in a pool; nothing where there is room."""
    if taken is None or plain_words(str(pool["enfants"])).startswith("non publie"):
        return UNKNOWN
    if taken < int(pool["enfants"]):
        return ""
    return WAITING if pool.get("attente") else FULL


def rooms(
    pools: Mapping[str, Counted], taken: Mapping[str, int], held: Iterable[str], added: Iterable[str]
) -> dict[str, str]:
    """S6.5: for each added slot what stands against it; the child's own place is never asked twice."""
    mine, found = set(held), dict[str, str]()
    asked = list(added)
    for code, (pool, inside) in pools.items():
        met = room(pool, taken.get(code))
        if met and not mine & set(inside):
            for slot in asked:
                if slot in inside:
                    one = met if inside[slot] else UNKNOWN
                    found[slot] = min(one, found.get(slot, one), key=TIGHTEST.index)
    return found
