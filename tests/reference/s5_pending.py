"""S5.6: the firm slots alone must satisfy every rule; what only a pending companion makes legal waits with it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .s1_answers import Answer
from .s5_rules import Held

#: Every rule that a selection breaks, or may break.
Broken = Callable[[Held], dict[str, Answer]]
#: The slots held that make a rule broken.
Causes = Callable[[str, Held], set[str]]


def firm(after: Held, pending: Collection[str]) -> dict[str, str]:
    """S5.6: what is held without waiting for anything."""
    return {slot: variant for slot, variant in after.items() if slot not in pending}


def settle(broken: Broken, causes: Causes, after: Held, added: Collection[str], pending: set[str]) -> set[str]:
    """
    S5.6: an added slot that only a pending companion makes legal is pending with it; *pending* grows.

    Returns:
        The rules that the firm slots break and all together do not.
    """
    whole = broken(after)
    while True:
        alone = firm(after, pending)
        failing = set(broken(alone)) - set(whole)
        waiting = {slot for code in failing for slot in causes(code, alone) & set(added)}
        if not waiting:
            return failing
        pending |= waiting
