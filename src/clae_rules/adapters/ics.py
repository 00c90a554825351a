"""A planning as iCalendar (RFC 5545), for the calendar of a telephone; by the library icalendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from ..desk import aware
from ..errors import Fault, raise_all
from ..history import Booked, BookedState
from ..planning import PlanningLook
from ..shapes import YEARS
from ..slots import Slot
from ..variants import Variant
from ._missing import MissingLibraryError

if TYPE_CHECKING:
    import icalendar

#: What a UID ends with: a name of the portal's own.
_DOMAIN: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PRODUCT: Final = "-//clae_rules//planning//FR"


def planning_ics(booked: Iterable[Booked], look: PlanningLook, *, stamp: datetime, domain: str) -> bytes:
    """
    The bookings of a planning as one iCalendar file, the same bytes for the same arguments.

    Each keeps its UID for as long as it is held, so that a calendar that is read anew replaces it. What is not validated
    is tentative. A slot without times is an event of the whole day.

    Args:
        booked: What is held: `History.booked`, or `booked_in` of a planning.
        look: Names, and which child and mode are shown; its limit says nothing here.
        stamp: When the file is made, aware: the clock is the caller's.
        domain: A domain name of the portal, which ends each UID.

    Raises:
        MissingLibraryError: If `icalendar` is not installed.
        NaiveInstantError: If *stamp* has no time zone.
        InvalidValueError: If the domain is none, or a date is not from 1900 to 2200.
    """
    try:
        import icalendar
    except ImportError as missing:
        raise MissingLibraryError("un fichier iCalendar demande la bibliothèque icalendar", "ics") from missing
    made_at = aware(stamp).astimezone(UTC)
    shown = sorted((one for one in booked if look.shows(one)), key=lambda one: (one.day, one.child, one.held))
    raise_all(_faults(shown, domain))
    made = icalendar.Calendar()
    for name, value in (("prodid", _PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        made.add(name, value)
    if any(_slot(one, look) is not None for one in shown):
        years = [one.day.year for one in shown]
        made.add_component(_zone(look.engine.tz, min(years), max(years) + 1))
    for one in shown:
        made.add_component(_event(one, look, made_at, domain))
    return bytes(made.to_ical())


def _faults(shown: Iterable[Booked], domain: str) -> Iterator[Fault]:
    if not _DOMAIN.fullmatch(domain):
        fr = f"lu « {domain} » ; il faut un nom de domaine : portail.exemple.fr"
        yield Fault(("domain",), fr, f"got « {domain} »; expected a domain name: portail.exemple.fr")
    for one in shown:
        if one.day.year not in YEARS:
            fr = f"lu « {one.day} » ; il faut une année de {YEARS[0]} à {YEARS[-1]}"
            yield Fault(("booked",), fr, f"got « {one.day} »; expected a year from {YEARS[0]} to {YEARS[-1]}")


def _slot(one: Booked, look: PlanningLook) -> Slot | None:
    """The slot of a booking, where it has times."""
    slot = look.engine.slots.get(one.held.slot)
    return None if slot is None or slot.hours is None else slot


def _event(one: Booked, look: PlanningLook, stamp: datetime, domain: str) -> icalendar.Event:
    from icalendar import Event

    made, engine, timed = Event(), look.engine, _slot(one, look)
    code = one.held.slot
    late = " hors-délai" if one.held.variant is Variant.HORS_DELAI else ""
    waits = "" if one.state is BookedState.VALIDATED else f" ({one.state.value})"
    made.add("uid", f"{one.day.isoformat()}.{code}.{_line(one.child)}@{domain}")
    made.add("dtstamp", stamp)
    if timed is None or timed.hours is None:
        made.add("dtstart", one.day)
    else:
        midnight = datetime.combine(one.day, time(), engine.tz)
        for name, minutes in zip(("dtstart", "dtend"), timed.hours, strict=True):
            made.add(name, midnight + timedelta(minutes=minutes))  # on the wall clock, whatever the night did
    child = _line(look.names.get(one.child, "")) or _line(one.child)
    made.add("summary", f"{engine.labels.get(code, code)}{late} : {child}{waits}")
    made.add("description", f"Dossier n° {one.number}, {one.state.value}" if one.number else one.state.value)
    made.add("status", "CONFIRMED" if one.state is BookedState.VALIDATED else "TENTATIVE")
    if code in engine.modes:
        mode = engine.modes[code]
        made.add("categories", [mode.label])
        made.add("location", next(x.label for x in engine.reglement.etablissements if x.code == mode.etablissement))
    return made


def _line(text: str) -> str:
    """A text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _zone(tz: ZoneInfo, first: int, last: int) -> icalendar.Timezone:
    """
    The rules of a time zone from a year to another, both whole, as the system's data have them.

    Each begins at a local time of the offset before it, as the standard asks.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    made, start, end = Timezone(), datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    made.add("tzid", tz.key)
    for at in (start, *_turns(tz, start, end)):
        here = at.astimezone(tz)
        before = (at - timedelta(seconds=1)).astimezone(tz).utcoffset() or timedelta()
        rule = TimezoneDaylight() if here.dst() else TimezoneStandard()
        rule.add("dtstart", (at + before).replace(tzinfo=None))
        rule.add("tzoffsetfrom", before)
        rule.add("tzoffsetto", here.utcoffset() or timedelta())
        rule.add("tzname", here.tzname() or tz.key)
        made.add_component(rule)
    return made


def _turns(tz: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which the offset changes, in UTC."""

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(tz).utcoffset()

    day = start
    while day < end:
        low, high = day, day + timedelta(days=1)
        if offset(low) != offset(high):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high
        day += timedelta(days=1)
