"""A measure, and what it takes to trust it: an answer checked, and a clock read once warm."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: its value in its unit, how it compares, and the target where there is one."""

    what: str
    value: float
    unit: str
    beside: str = ""
    ratio: float | None = None
    target: str = ""


class AnswerError(Exception):
    """A row whose answer is wrong, which is not worth timing."""


def agree(what: str, found: object, expected: object) -> None:
    """Stop where an answer is not the expected one."""
    if found != expected:
        raise AnswerError(f"{what}: got {found!r}, expected {expected!r}")


def micros(run: Callable[[], object], loops: int = 1, rounds: int = 9) -> float:
    """Median µs of one call, over rounds of a few calls, once warm."""
    run()
    taken = []
    for _ in range(rounds):
        start = perf_counter_ns()
        for _ in range(loops):
            run()
        taken.append((perf_counter_ns() - start) / loops / 1000)
    return statistics.median(taken)
