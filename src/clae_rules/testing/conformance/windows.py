"""Cases that bear on more than one date: rules over windows, prices of a month, brothers and sisters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from ...counts import Counting
from ...facts import Facts
from ...slots import Held
from .stage import Stage
from .trials import CHILD, Sibling, Trial

#: The sibling of a case.
SIBLING: Final = "ainee"
#: Dates of one window that are held at most.
MOST_HELD: Final = 31
#: Dates on which each rule is asked.
MOST_ASKED: Final = 6
#: Plannings that are drawn at most.
MOST_DRAWN: Final = 400

Mine = dict[date, tuple[Held, ...]]


def window_rules(stage: Stage) -> Iterator[Trial]:
    """For each rule over a window, as many dates held as make its answer change, and one less; booked and cancelled."""
    for rule in stage.engine.window_rules:
        days = [day for day in stage.open_days if rule.code in stage.desk(stage.known(day)).kind(day).spans]
        for day in stage.some(days, MOST_ASKED) if days else ():
            yield from _of_rule(stage, rule, day)


def _of_rule(stage: Stage, rule: Counting, day: date) -> Iterator[Trial]:
    facts = stage.known(day)
    desk = stage.desk(facts)
    spans = [one for one in desk.spans(day, (CHILD,)) if one.rule.code == rule.code]
    slots = desk.kind(day).spans[rule.code].subject
    for span in spans:
        others = [one for _, one in span.dates if one != day]
        stage.rng.shuffle(others)
        slot = stage.rng.choice(slots)
        now, wanted = stage.calm(facts, day), stage.least(facts, day, slot)
        held = stage.holds(wanted, now)
        for before, asked in (((), wanted), (held, ())):
            made = [
                _shared(stage, rule, facts, day, now, asked, before, _holding(stage, facts, others[:n], slots, now))
                for n in range(min(len(others), MOST_HELD) + 1)
            ]
            answers = [stage.oracle.verdict(one).status for one in made]
            ends = {0, len(made) - 1}
            turns = {at for at in range(1, len(made)) if answers[at] is not answers[at - 1]}
            yield from (made[at] for at in sorted({*ends, *turns, *(at - 1 for at in turns)}))


def _shared(
    stage: Stage, rule: Counting, facts: Facts, day: date, now: datetime, asked: tuple[str, ...],
    before: tuple[Held, ...], planning: Mine,
) -> Trial:  # fmt: skip
    """A case in which a sibling holds every other date, where the window is of the household."""
    if not rule.window.household:
        return stage.trial("fenetre", day, now, facts, asked, before, planning)
    theirs = tuple(sorted(planning.items()))[::2]
    mine = {one: held for one, held in planning.items() if one not in dict(theirs)}
    sibling = Sibling(code=SIBLING, facts=facts, planning=theirs)
    return stage.trial("fenetre", day, now, facts, asked, before, mine, (sibling,))


def _holding(stage: Stage, facts: Facts, days: Sequence[date], slots: Sequence[str], now: datetime) -> Mine:
    """On each of some dates, the least that holds the first of some slots that opens; nothing where none does."""
    found: Mine = {}
    for day in days:
        kind = stage.desk(facts).kind(day)
        opened = [slot for slot in slots if slot in kind.slots]
        if opened:
            found[day] = stage.holds(stage.least(facts, day, opened[0]), now)
    return found


def drawn_rules(stage: Stage) -> Iterator[Trial]:
    """Plannings drawn around a date of which some rule over a window speaks."""
    ruled = [day for day in stage.open_days if stage.desk(stage.known(day)).kind(day).spans]
    yield from _drawn(stage, "fenetre", ruled if stage.engine.window_rules else [])


def wide_prices(stage: Stage) -> Iterator[Trial]:
    """Plannings drawn around a date whose price depends on others: packages, caps, counters, brothers and sisters."""
    yield from _drawn(stage, "prix-etendu", stage.open_days if stage.engine.prices.windowed else [])


def _drawn(stage: Stage, shows: str, days: Sequence[date]) -> Iterator[Trial]:
    rng = stage.rng
    for _ in range(MOST_DRAWN if days else 0):
        day = rng.choice(days)
        values = stage.families.values
        facts = stage.known(day, {fact: rng.choice(values[fact]) for fact in values if rng.random() < 0.2})
        opened = stage.desk(facts).day(day).kind.slots
        if not opened:
            continue
        slots = rng.sample(opened, len(opened))
        span, share, now = rng.choice((4, 15, 40)), rng.choice((0.0, 0.1, 0.4, 1.0)), stage.calm(facts, day)
        near = [one for one in stage.open_days if one != day and abs((one - day).days) <= span]
        order = [slots[0], *rng.sample(stage.engine.order, len(stage.engine.order))]
        wanted = stage.least(facts, day, slots[0])
        mine = _holding(stage, facts, [one for one in near if rng.random() < share], order, now)
        sibling = rng.random() < 0.4
        theirs = [one for one in (*near, day) if one == day or rng.random() < share]
        others = tuple(sorted(_holding(stage, facts, theirs, order, now).items()))
        siblings = (Sibling(code=SIBLING, facts=facts, planning=others),) if sibling else ()
        held = stage.holds(wanted, now)
        if rng.random() < 0.25:
            yield stage.trial(shows, day, now, facts, (), held, mine, siblings)
        else:
            yield stage.trial(shows, day, now, facts, wanted, (), mine, siblings)
