"""What a relevé tells of other months, though nothing of the month that it bills depends on it (S10.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .attendance import Episode, Event, Releve
from .books import Books, Place, reach
from .desk import Desk
from .selectors import Where
from .soundness_cases import span_in_words
from .statements import Remark
from .stretches import stretches
from .windows import Stretch, Window

#: How a remark names these dates.
CODE: Final = "hors-du-mois"


def unbilled(desk: Desk, releve: Releve) -> Iterator[Remark]:
    """
    The dates told outside the month of a relevé on which nothing of that month depends, a remark a child (S1.5).

    Dates of a week, a quarter or a year that the month shares, over which something is priced or counted, and those of
    an absence that runs into it, do bear on it.

    Args:
        desk: One of the children before the règlement, with his siblings.
        releve: What is known of the month; what another household of a child booked too.
    """
    idle = _outside(releve) - _bearing(desk, releve)
    for child in sorted({child for child, _ in idle}):
        days = sorted(day for who, day in idle if who == child)
        said = {"dates_fr": span_in_words(days, "fr"), "dates_en": span_in_words(days, "en")}
        params = (*said.items(), ("month", f"{releve.month:%Y-%m}"))
        yield Remark(CODE, child, days[0], params=tuple(sorted(params)), labels=desk.engine.labels)


def _told(releve: Releve) -> set[Place]:
    """The dates of each child that a relevé books, or notes somebody on."""
    return {(child, day) for child, day, _ in (*releve.booked.days, *releve.stays)}


def _outside(releve: Releve) -> set[Place]:
    """The dates told outside the month; an absence or an event wholly outside it is told by its first date."""
    found = _told(releve) | {(one.child, day) for one in releve.cancellations for day in one.days}
    found |= {(one.child, one.first_day) for one in releve.episodes if not _meets(releve, one)}
    events = (one for one in releve.events if not _meets(releve, one))
    found |= {(child, one.first_day) for one in events for child in one.children or releve.children}
    return {place for place in found if place[1] not in releve.billed}


def _meets(releve: Releve, span: Episode | Event | Stretch) -> bool:
    return span.first_day <= releve.billed.last_day and releve.billed.first_day <= span.last_day


def _bearing(desk: Desk, releve: Releve) -> set[Place]:
    """The dates that bear on the month: by a price, by what a constat counts, by an absence across its edge."""
    engine, prices, told = desk.engine, desk.engine.prices, _told(releve)
    windowed: list[tuple[Where, Window | None]] = [(one, one.per) for one in prices.counters]
    windowed += [(one, one.per) for one in prices.modifiers]
    windowed += [(one, one.window) for one in prices.tariffs]
    read = frozenset(slot for one, window in windowed if window is not None for slot in prices.covers(one))
    books = Books(desk, releve.booked, releve.instant)
    touched = reach((books,), (place for place in told if place[1] in releve.billed)).all
    found = {place for place in touched if books.selection(place).slots & read}
    for child, day in told:
        across = any(one.child == child and day in one and _meets(releve, one) for one in releve.episodes)
        counted = (
            stretch
            for one in engine.reglement.constats
            if one.per is not None
            for stretch in stretches(engine, one.per, engine.places.expand(one.slots) or engine.order, day)
        )
        if across or any(_meets(releve, stretch) for stretch in counted):
            found.add((child, day))
    return found
