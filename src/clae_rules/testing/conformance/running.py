"""A portal held against a règlement: every case is put to it, and each disagreement made as small as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from time import monotonic
from typing import Final

from ...engine import Engine
from ...slots import Held
from .book import trials
from .portals import FunctionPortal, Portal, UnansweredError
from .report import Disagreement, Outcome, Report
from .trials import Dates, Oracle, Trial, Wanted

#: Cases left unanswered in a row before the portal is taken to be down.
MOST_SILENT: Final = 10
#: Smaller cases tried for one kind of disagreement.
MOST_SMALLER: Final = 400
#: Kinds of disagreement that are made smaller.
MOST_SHRUNK: Final = 60


def conformance(
    engine: Engine,
    portal: Portal | Callable[[dict[str, object]], object],
    *,
    seed: int = 0,
    cases: int = 500,
    seconds: float = 600,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """
    Put cases to a portal, and compare what it answers with what the règlement does.

    Args:
        engine: The règlement made ready.
        portal: What is asked: a function from a case to its answer, or a portal of `portals`.
        seed: The same seed always gives the same cases.
        cases: How many.
        seconds: After so long no further case is put; what was left is told.
        progress: Called after each case with how many were put.
    """
    asked = FunctionPortal(portal) if callable(portal) else portal
    run = _Run(Oracle(engine), asked, monotonic() + seconds)
    try:
        outcomes = tuple(run.outcomes(trials(engine, seed=seed, most=cases), progress))
        found = tuple(run.disagreements(outcomes))
    finally:
        asked.close()
    return Report(engine.applied, seed, outcomes, found, tuple(engine.labels.items()))


class _Run:
    """
    One run, while it goes on.

    Args:
        oracle: The answers expected.
        portal: What is asked.
        until: When no further case is put, on the monotonic clock.
    """

    def __init__(self, oracle: Oracle, portal: Portal, until: float) -> None:
        self._oracle, self._portal, self._until = oracle, portal, until
        self._rank = {slot: i for i, slot in enumerate(oracle.engine.order)}

    @property
    def _over(self) -> bool:
        return monotonic() >= self._until

    def outcomes(self, some: Iterable[Trial], progress: Callable[[int], None] | None) -> Iterator[Outcome]:
        """What becomes of each case; none is put once the portal is down, or the time is over."""
        silent = 0
        for number, trial in enumerate(some, 1):
            expected = self._oracle.answer(trial)
            if silent >= MOST_SILENT or self._over:
                yield Outcome(trial, expected)
                continue
            try:
                told = self._portal.ask(trial)
                yield Outcome(trial, expected, told)
                silent = 0
            except UnansweredError as error:
                yield Outcome(trial, expected, None, error.silence, error.detail)
                silent += 1
            if progress is not None:
                progress(number)

    def disagreements(self, outcomes: Iterable[Outcome]) -> Iterator[Disagreement]:
        """
        The disagreements, those of one cause together.

        Of the cases that differ in the same way for the same reasons, one is made as small as it can be; those that come
        down to the same reasons are of one cause.
        """
        alike: dict[object, list[Outcome]] = {}
        for one in outcomes:
            if one.differs:
                alike.setdefault(one.kind, []).append(one)
        causes: dict[object, list[tuple[Outcome, bool, list[Outcome]]]] = {}
        for rank, some in enumerate(alike.values()):
            first = min(some, key=lambda one: len(_boxes(one.trial)))
            smallest, whole = (first, False) if rank >= MOST_SHRUNK else self._smallest(first)
            causes.setdefault(smallest.kind, []).append((smallest, whole, some))
        for found in causes.values():
            smallest, whole, _ = min(found, key=lambda one: (not one[1], len(_boxes(one[0].trial))))
            yield Disagreement(tuple(one for _, _, some in found for one in some), smallest, whole)

    def _smallest(self, first: Outcome) -> tuple[Outcome, bool]:
        """
        The case with the fewest boxes, then the first in display order, that is still got wrong in the same way.

        Returns:
            The case, and whether every smaller one was tried.
        """
        boxes, silent = sorted(_boxes(first.trial), key=self._place), 0
        smaller = (some for size in range(len(boxes)) for some in combinations(boxes, size))
        for tried, some in enumerate(smaller):
            if tried >= MOST_SMALLER or silent >= MOST_SILENT or self._over:
                return first, False
            trial = _with(first.trial, some)
            try:
                found = Outcome(trial, self._oracle.answer(trial), self._portal.ask(trial))
            except UnansweredError:
                silent += 1
                continue
            if found.differs and found.way == first.way:
                return found, not silent
        return first, not silent

    def _place(self, box: _Box) -> tuple[bool, str, date, int]:
        """Where a box stands: those wanted first, then date by date, in display order."""
        where, day, one = box
        return where != "veut", where, day or date.min, self._rank[one.slot]


#: Where a box of a case stands: « deja », « veut », or a child's other date; and what it is.
_Box = tuple[str, date | None, Held | Wanted]


def _boxes(trial: Trial) -> tuple[_Box, ...]:
    """Every box of a case: those wanted, those held, those of other dates and of siblings."""
    mine: list[_Box] = [("veut", None, one) for one in trial.wanted]
    mine += [("deja", None, one) for one in trial.held]
    mine += [("", day, one) for day, held in trial.planning for one in held]
    return (
        *mine,
        *((child.code, day, one) for child in trial.siblings for day, held in child.planning for one in held),
    )


def _with(trial: Trial, boxes: Iterable[_Box]) -> Trial:
    """The case with some of its boxes alone."""
    kept = tuple(boxes)

    def dates(whose: str) -> Dates:
        found: dict[date, tuple[Held, ...]] = {}
        for where, day, one in kept:
            if where == whose and day is not None and isinstance(one, Held):
                found[day] = (*found.get(day, ()), one)
        return tuple(found.items())

    return replace(
        trial,
        wanted=tuple(one for where, _, one in kept if where == "veut" and isinstance(one, Wanted)),
        held=tuple(one for where, _, one in kept if where == "deja" and isinstance(one, Held)),
        planning=dates(""),
        siblings=tuple(replace(one, planning=dates(one.code)) for one in trial.siblings),
    )
