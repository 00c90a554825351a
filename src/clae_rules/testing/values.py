"""Dates, instants, facts, and what else a portal hands to the engine, each drawn from one règlement."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache

from hypothesis import strategies as st

from ..bounds import Interval
from ..closures import Closure
from ..days import WEEKDAYS, days_between
from ..described import leaves
from ..desk import Desk
from ..engine import Engine
from ..facts import FactKind, FactKindRead, Facts, Value
from ..holdings import Occupancy, Override
from ..patterns import Pattern
from ..selectors import WHO, When
from ..slots import Periode, Slot

__all__ = [
    "closures",
    "days",
    "facts",
    "instants",
    "limits",
    "occupancies",
    "overrides",
    "patterns",
    "periodes",
    "slots",
]

#: Two instants that a limit tells apart: the limit itself is too late, what comes before is not.
AROUND = (timedelta(0), timedelta(seconds=-1), timedelta(minutes=1))
#: No instant further than this from the calendar of a règlement.
BEFORE = timedelta(days=60)


@lru_cache(maxsize=64)
def _opened(engine: Engine, code: str) -> tuple[date, ...]:
    return engine.open_days(engine.periodes[code])


def open_days(engine: Engine, periode: str | None = None) -> tuple[date, ...]:
    """The dates on which a période opens, ascending; of every période where left out."""
    codes = tuple(engine.periodes) if periode is None else (periode,)
    return tuple(sorted({day for code in codes for day in _opened(engine, code)}))


def periodes(engine: Engine) -> st.SearchStrategy[Periode]:
    """A période that opens some day; it shrinks to the first of the file."""
    return st.sampled_from([one for one in engine.periodes.values() if _opened(engine, one.code)])


def slots(engine: Engine) -> st.SearchStrategy[Slot]:
    """A slot; it shrinks to the first of the file."""
    return st.sampled_from(tuple(engine.slots.values()))


def days(engine: Engine, periode: str | None = None) -> st.SearchStrategy[date]:
    """
    A date on which a période opens; it shrinks to the first.

    Args:
        periode: The code of the période; any where left out.
    """
    return st.sampled_from(open_days(engine, periode))


def instants(where: Desk | Engine, day: date | None = None) -> st.SearchStrategy[datetime]:
    """
    An aware instant that matters: on a limit of some deadline, a second before or a minute after; or any at all.

    It shrinks to the first limit of the first open date, else to a minute of the first day.

    Args:
        where: The child before his règlement; an engine stands for a child of whom nothing is known.
        day: The date whose limits are meant; any open one where left out.
    """
    desk = where if isinstance(where, Desk) else Desk(where, Facts())
    chosen = days(desk.engine) if day is None else st.just(day)
    return st.one_of(chosen.flatmap(lambda one: limits(desk, one)), _any_instant(desk.engine))


def limits(desk: Desk, day: date) -> st.SearchStrategy[datetime]:
    """
    An aware instant on a limit of a date, a second before or a minute after; any at all where the date has none.

    It shrinks to the first limit.
    """
    plans = desk.day(day).plans.values()
    cuts = sorted({cut for plan in plans for one in plan.values() for cut in one.schedule.cuts()})
    if not cuts:
        return _any_instant(desk.engine)
    near = st.builds(datetime.__add__, st.sampled_from(cuts), st.sampled_from(AROUND))
    return near.map(lambda one: one.astimezone(desk.engine.tz))


def _any_instant(engine: Engine) -> st.SearchStrategy[datetime]:
    first = min(one.first_day for one in engine.periodes.values())
    last = max(one.last_day for one in engine.periodes.values())
    start = datetime.combine(first, time(), engine.tz) - BEFORE
    minutes = (datetime.combine(last, time(), engine.tz) + timedelta(days=2) - start) // timedelta(minutes=1)
    return st.integers(0, minutes).map(lambda n: start + timedelta(minutes=n))


def facts(engine: Engine, *, known: bool = False) -> st.SearchStrategy[Facts]:
    """
    What is known of a child and his household: each fact on a bound of the règlement, a step beside it, or anywhere.

    It shrinks to all facts given, each its first word, no, or the bound; a fact that is missing comes last.

    Args:
        known: Whether every fact is given; else each may be missing.
    """
    made = {code: _fact(engine, code, kind) for code, kind in engine.facts.items() if kind.kind is not FactKind.COUNT}
    if known:
        return st.fixed_dictionaries(made).map(Facts.from_mapping)
    either = {code: st.one_of(one, st.none()) for code, one in made.items()}
    return st.fixed_dictionaries(either).map(_given)


def _given(values: dict[str, Value | date | None]) -> Facts:
    return Facts.from_mapping({code: one for code, one in values.items() if one is not None})


def _fact(engine: Engine, code: str, kind: FactKindRead) -> st.SearchStrategy[Value | date]:
    if kind.kind is FactKind.CHOICE:
        return st.sampled_from(kind.words)
    if kind.kind is FactKind.FLAG:
        return st.booleans()
    edges = sorted({one + step for one in _bounds(engine, code) for step in (-1, 0, 1) if one + step >= 0})
    if kind.kind is FactKind.NUMBER:
        near = st.sampled_from(edges) if edges else st.nothing()
        return st.one_of(near, st.integers(0, 2000).map(Fraction))
    first = min(one.first_day for one in engine.periodes.values())
    ages = [int(one) for one in edges if 0 <= one <= 25] or [6]
    months = st.sampled_from(((1, 1), (12, 31), (2, 28), (first.month, first.day)))
    return st.builds(lambda age, born: date(first.year - age, *born), st.sampled_from(ages), months)


@lru_cache(maxsize=128)
def _bounds(engine: Engine, code: str) -> tuple[Fraction, ...]:
    """The numbers with which a règlement compares a fact: in a condition, or in a grid."""
    said = [
        bound for _, key, who in leaves(engine.reglement) if key.shape == WHO for fact, bound in who if fact == code
    ]
    said += [bound for one in engine.reglement.grids if one.measure == code for _, bound in one.brackets]
    intervals = [one for one in said if isinstance(one, Interval)]
    ends = {end for one in intervals for end in (one.low, one.high) if end is not None}
    return tuple(sorted(ends))


def occupancies(engine: Engine) -> st.SearchStrategy[Occupancy]:
    """Places taken: of every pool, on every date, none, all but one, all, or more. It shrinks to none."""
    pools = engine.reglement.pools
    most = {one.code: one.places if isinstance(one.places, int) else 1 for one in pools}
    each = {
        (code, None): st.sampled_from(sorted({0, max(places - 1, 0), places, places + 1}))
        for code, places in most.items()
    }
    return st.fixed_dictionaries(each).map(_taken)


def _taken(taken: dict[tuple[str, None], int]) -> Occupancy:
    return Occupancy(tuple((code, None, count) for (code, _), count in taken.items()))


def overrides(desk: Desk) -> st.SearchStrategy[Override]:
    """
    What an agent set aside for a child: one or two items of the règlement. It shrinks to the first, on every date.

    It is empty where the règlement has nothing to set aside.
    """
    codes = sorted(desk.engine.waivable)
    return st.builds(
        lambda rules, on, instant: Override(
            rules=tuple(rules), child=desk.child, agent="agent", reason="essai", instant=instant, days=tuple(on)
        ),
        st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True) if codes else st.nothing(),
        st.lists(days(desk.engine), max_size=2, unique=True),
        instants(desk),
    )  # fmt: skip


@st.composite
def closures(draw: st.DrawFn, engine: Engine) -> Closure:
    """
    What the service closes: some slots that open on one date. It shrinks to one slot of the first date.

    Args:
        engine: The règlement made ready.
    """
    day = draw(days(engine))
    shut = draw(st.lists(st.sampled_from(engine.slots_on(day)), min_size=1, max_size=3, unique=True))
    return Closure(code="fermeture", motive="grève", slots=tuple(shut), when=When(dates=(day,)))


@st.composite
def patterns(draw: st.DrawFn, engine: Engine, periode: str | None = None) -> Pattern:
    """
    What a recopie copies: slots of a période's mode, onto weekdays between two of its dates, every week or two.

    It shrinks to one slot onto Mondays of the first day alone. It reaches a hundred days at most.

    Args:
        engine: The règlement made ready.
        periode: The code of the période; any where left out.
    """
    into = draw(periodes(engine)) if periode is None else engine.periodes[periode]
    mine = [code for code, mode in engine.modes.items() if mode.code == into.mode]
    first = draw(st.sampled_from(tuple(days_between(into.first_day, into.last_day))[:60]))
    length = draw(st.integers(0, 100))
    return Pattern.day(
        draw(st.lists(st.sampled_from(mine), min_size=1, max_size=4, unique=True)),
        *draw(st.lists(st.sampled_from(WEEKDAYS[:5]), min_size=1, max_size=5, unique=True)),
        first_day=first,
        last_day=min(first + timedelta(days=length), into.last_day),
        every_weeks=draw(st.integers(1, 2)),
    )
