"""What cases are about on one date: rules, deadlines, changes, prices, facts, places, closed days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Final

from ...audit.cases import CaseBook, RulePair, pairwise
from ...audit.kinds import KindOfDay
from ...facts import Dated, Facts
from ...phases import Action
from ...prices import efforts
from ...variants import Variant
from .stage import SECOND, Stage
from .trials import Trial, Wanted

#: Selections drawn for each kind of day, whatever the rules say of them.
MOST_DRAWN: Final = 40
#: Changes, and families, that are drawn at most.
MOST_CHANGES: Final = 2000


def rules(stage: Stage) -> Iterator[Trial]:
    """For each rule the two selections one box apart that it alone tells apart, then selections drawn at random."""
    book = CaseBook(stage.engine)
    families = {kind.text(): kind.values for kind in book.days.kinds}
    for pair in (one for one in book.pairs() if isinstance(one, RulePair)):
        for case in (pair.allowed, pair.refused):
            facts = stage.known(case.day, families[case.kind])
            now = stage.calm(facts, case.day)
            yield stage.trial("regle", case.day, now, facts, [one.slot for one in case.held])
    for _, kind in product(range(MOST_DRAWN), stage.every_kind):
        day = stage.rng.choice(kind.days)
        facts = stage.known(day, kind.values)
        yield stage.trial("regle", day, stage.calm(facts, day), facts, _drawn(stage, kind))


def _drawn(stage: Stage, kind: KindOfDay) -> list[str]:
    share = stage.rng.choice((0.2, 0.4, 0.7))
    return [slot for slot in kind.type.slots if stage.rng.random() < share]


def deadlines(stage: Stage) -> Iterator[Trial]:
    """For each action on a slot, a second before each of its limits, at it and a second after."""
    met = [*stage.met(stage.engine.reglement.deadlines)]
    stage.rng.shuffle(met)
    seen: set[object] = set()
    for again in range(8):
        for one in met:
            days = one.situation.days
            day = days[0] if not again else stage.rng.choice(days)
            facts = stage.known(day, one.values)
            plans = stage.desk(facts).day(day).plans
            for slot, action in product(plans, Action):
                schedule = plans[slot][action].schedule
                key = (day, action, schedule.windows)
                if key not in seen:
                    seen.add(key)
                    yield from _around(stage, facts, day, slot, action)


def _around(stage: Stage, facts: Facts, day: date, slot: str, action: Action) -> Iterator[Trial]:
    schedule = stage.desk(facts).day(day).plans[slot][action].schedule
    least = stage.least(facts, day, slot)
    cuts = schedule.cuts() or (stage.calm(facts, day),)
    for cut, step in product(cuts, (-SECOND, 0 * SECOND, SECOND)):
        now = cut + step
        mine = stage.holds(least, now)
        if action is Action.BOOK:
            yield stage.trial("delai", day, now, facts, least)
        elif action is Action.CANCEL:
            yield stage.trial("annulation", day, now, facts, (), mine)
        else:
            others = [one for one in stage.desk(facts).day(day).kind.slots if one not in least]
            if others:
                wanted = stage.least(facts, day, stage.rng.choice(others))
                yield stage.trial("changement", day, now, facts, wanted, mine)


def changes(stage: Stage) -> Iterator[Trial]:
    """What is held becomes something else, at any instant."""
    kinds = [(kind, pairwise(kind)) for kind in stage.kinds]
    for _ in range(MOST_CHANGES if kinds else 0):
        kind, rows = stage.rng.choice(kinds)
        day = stage.rng.choice(kind.days)
        facts = stage.known(day, kind.values)
        now = _moment(stage, facts, day)
        kept, other = (stage.rng.choice(rows) for _ in range(2))
        mine = stage.holds([one.slot for one in kept], now, stage.rng.choice((*Variant, Variant.NORMAL)))
        wanted = [one.slot for one in other] if stage.rng.random() < 0.7 else _drawn(stage, kind)
        yield stage.trial("changement", day, now, facts, wanted, mine)


def _moment(stage: Stage, facts: Facts, day: date) -> datetime:
    cuts = stage.cuts(facts, day)
    if cuts and stage.rng.random() < 0.6:
        return stage.rng.choice(cuts) + stage.rng.choice((-SECOND, 0 * SECOND, SECOND))
    return stage.calm(facts, day)


def families(stage: Stage) -> Iterator[Trial]:
    """For each value of each fact a selection, of what is priced by it where something is."""
    values = stage.families.values
    turns = [(fact, value) for fact in values for value in values[fact]]
    stage.rng.shuffle(turns)
    for fact, value in turns:
        measured = stage.families.measured(fact)
        days = [day for day in stage.open_days if measured & stage.engine.day(day).slots.keys()]
        day = stage.rng.choice(days or stage.open_days)
        facts = stage.known(day, {fact: value})
        slots = stage.desk(facts).day(day).kind.slots
        if slots:
            slot = stage.rng.choice([one for one in slots if one in measured] or slots)
            yield stage.trial("fait", day, stage.calm(facts, day), facts, stage.least(facts, day, slot))


def prices(stage: Stage) -> Iterator[Trial]:
    """Some slots booked, changed or given back, in time or late, by a family drawn fact by fact."""
    days = {
        slot: [day for day in stage.open_days if slot in stage.engine.day(day).slots] for slot in stage.engine.order
    }
    sold, values = [slot for slot in days if days[slot]], stage.families.values
    for _ in range(MOST_CHANGES):
        slot = stage.rng.choice(sold)
        day = stage.rng.choice(days[slot])
        facts = stage.known(day, {fact: stage.rng.choice(values[fact]) for fact in values if stage.rng.random() < 0.7})
        slots = stage.desk(facts).day(day).kind.slots
        if slot in slots:
            some = [slot, *stage.rng.sample(slots, stage.rng.choice((0, 0, 1, 2)) % len(slots))]
            yield _sold(stage, facts, day, [one for each in some for one in stage.least(facts, day, each)])


def _sold(stage: Stage, facts: Facts, day: date, slots: list[str]) -> Trial:
    """Slots booked, given back, or held in part before."""
    variant, drawn = stage.rng.choice((*Variant,)), stage.rng.random()
    wanted = list(dict.fromkeys(slots))
    if drawn < 0.6:
        return stage.trial("prix", day, stage.calm(facts, day, variant), facts, wanted)
    now = stage.calm(facts, day)
    held = stage.holds(wanted, now, variant)
    return stage.trial("prix", day, now, facts, wanted[1:] if drawn < 0.7 else (), held)


def missing(stage: Stage) -> Iterator[Trial]:
    """A fact that is not known: what it decides is undecided."""
    facts = [*stage.families.values]
    for _, fact in product(range(MOST_DRAWN), facts):
        day = stage.rng.choice(stage.open_days)
        known = stage.known(day, {fact: None})
        slots = stage.desk(known).day(day).kind.slots
        if slots:
            wanted = stage.least(known, day, stage.rng.choice(slots))
            yield stage.trial("fait-manquant", day, stage.calm(known, day), known, wanted)


def dated(stage: Stage) -> Iterator[Trial]:
    """A number that has just changed, is about to, or whose last value is over, where the règlement says what then."""
    prices = stage.engine.prices
    grids = [one for one in prices.grids if one.effect or one.expired or one.not_yet]
    rated = [rate for tariff in prices.tariffs for rate in efforts(tariff.price) if rate.effect and rate.measure]
    measures = dict.fromkeys((*(one.measure for one in grids), *(one.measure for one in rated)))
    turns = [(fact, step) for fact in measures for step in (-40, -10, 0, 1, 10) if fact in stage.families.values]
    for _, (fact, step) in product(range(MOST_DRAWN), turns):
        day = stage.rng.choice(stage.open_days)
        change = day + timedelta(days=step)
        before, after = (stage.known(day, {fact: stage.rng.choice(stage.families.values[fact])}) for _ in range(2))
        was, then = before.history(fact)[0].value, after.history(fact)[0].value
        history = [Dated(was, None, change - timedelta(days=1)), Dated(then, change)]
        facts = before.merged(Facts(((fact, tuple(history[: stage.rng.choice((1, 2, 2))])),)))
        slots = stage.desk(facts).day(day).kind.slots
        if slots:
            wanted = stage.least(facts, day, stage.rng.choice(slots))
            yield stage.trial("fait-date", day, stage.calm(facts, day), facts, wanted)


def places(stage: Stage) -> Iterator[Trial]:
    """A pool with room for one more, then full, then over, then untold."""
    pools = stage.engine.reglement.pools
    for _, pool in product(range(MOST_DRAWN), pools):
        day = stage.rng.choice(stage.open_days)
        facts, opened = stage.known(day), stage.engine.day(day)
        desk, room = stage.desk(facts), pool.places if isinstance(pool.places, int) else 10
        mine = [slot for slot in desk.day(day).kind.slots if desk.applies(pool, slot, opened, opened.slots[slot])]
        for slot in mine[:2]:
            now, wanted = stage.calm(facts, day), stage.least(facts, day, slot)
            others = {one.code: 0 for one in pools}
            for count in (max(0, room - 1), room, room + 1):
                yield stage.trial("places", day, now, facts, wanted, taken={**others, pool.code: count})
            held = stage.holds(wanted, now)
            yield stage.trial("places", day, now, facts, (), held, taken={**others, pool.code: room})
            untold = {code: 0 for code in others if code != pool.code}
            yield stage.trial("places", day, now, facts, wanted, taken=untold)


def closed(stage: Stage) -> Iterator[Trial]:
    """Dates that do not open: the eve of a période and the day after it, fériés, holidays, the days beyond all that."""
    engine, day_of = stage.engine, timedelta(days=1)
    ends = [day for one in engine.reglement.periodes for day in (one.first_day - day_of, one.last_day + day_of)]
    inside = [one.first_day + timedelta(days=n) for one in engine.reglement.periodes for n in range(0, 60, 3)]
    shut = [day for day in dict.fromkeys((*ends, *inside)) if not engine.knows(day) or not engine.day(day).slots]
    for day in shut:
        slot = stage.rng.choice(engine.order)
        now = datetime.combine(day - timedelta(days=20), datetime.min.time(), engine.tz) + timedelta(hours=12)
        facts = stage.known(day)
        yield stage.trial("ferme", day, now, facts, [slot])
        yield stage.trial("ferme", day, now, facts, [], stage.holds([slot], now))


def other_modes(stage: Stage) -> Iterator[Trial]:
    """A slot that does not open on an open date."""
    for _ in range(MOST_DRAWN):
        day = stage.rng.choice(stage.open_days)
        facts = stage.known(day)
        mine = stage.desk(facts).day(day).kind.slots
        shut = [slot for slot in stage.engine.order if slot not in mine]
        if shut:
            slots = [stage.rng.choice(shut), *mine[: stage.rng.randint(0, 1)]]
            yield stage.trial("ferme", day, stage.calm(facts, day), facts, slots)


def variants(stage: Stage) -> Iterator[Trial]:
    """A slot asked for by its variant, around each limit: it must be the one that is open."""
    for _ in range(MOST_DRAWN):
        day = stage.rng.choice(stage.open_days)
        facts = stage.known(day)
        slots = stage.desk(facts).day(day).kind.slots
        for slot in stage.rng.sample(slots, min(1, len(slots))):
            least, cuts = stage.least(facts, day, slot), stage.cuts(facts, day, slot)
            for cut, step, variant in product(cuts, (-SECOND, 0 * SECOND), Variant):
                wanted = [Wanted(slot=one, variant=variant) for one in least]
                yield stage.trial("variante", day, cut + step, facts, wanted)
            for kept, asked in product(Variant, Variant):
                now = stage.calm(facts, day, kept)
                held = stage.holds(least, now, kept)
                wanted = [Wanted(slot=one, variant=asked) for one in least]
                yield stage.trial("variante", day, now, facts, wanted, held)


def elsewhere(stage: Stage) -> Iterator[Trial]:
    """The same instant told in another offset: it is no earlier and no later."""
    for one in deadlines(stage):
        yield replace(one, shows="decalage", now=one.now.astimezone(UTC))
