"""
What must be refused when a règlement is loaded and only its days can tell (S2.2, S3.5, S3.7, S4.1, S10.2).

Every open date, slot and child is looked at, those that nothing tells apart once: `cells` gives the children,
`soundness_cases` the dates. Nothing is passed over in silence: what is too large to be looked at is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from .days import days_between
from .engine import Engine, OpenDay
from .errors import Fault
from .reglement import Reglement
from .slots import Periode
from .soundness_cases import days_in_words
from .soundness_choices import Kinds, PriceCheck, RuleCheck
from .soundness_deadlines import DeadlineCheck
from .soundness_spans import WindowCheck
from .soundness_subscriptions import SubscriptionCheck
from .soundness_windows import window_faults

#: S13.1: more slots than this open on one date are refused.
MOST_SLOTS: Final = 64


def time_zone_fault(reglement: Reglement) -> Fault | None:
    """That the time zone of a règlement is unknown here, or None; without a zone no `Engine` can be built."""
    name = reglement.identity.time_zone
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        fr = f'fuseau inconnu : « {name} » ; par exemple "Europe/Paris"'
        fr = f"{fr}, ou installez les fuseaux : pip install 'clae-rules[tzdata]'"
        en = f'unknown time zone: « {name} »; for instance "Europe/Paris"'
        return Fault(("reglement", "fuseau"), fr, f"{en}, or pip install 'clae-rules[tzdata]'")
    return None


def faults(engine: Engine) -> tuple[Fault, ...]:
    """
    Everything that must be refused at load and needs the days of a règlement, all at once.

    Dates that the calendar does not reach are told, and otherwise left aside.

    Args:
        engine: The règlement made ready.

    Returns:
        Faults with paths as in the file; none for a sound règlement.
    """
    opened = open_days(engine)
    deadlines = deadline_check(engine, opened)
    kinds = Kinds(engine)
    rules, prices = RuleCheck(kinds, opened), PriceCheck(kinds, opened, deadlines.late)
    found = [
        *_outside(engine),
        *_together(opened),
        *_crowded(opened),
        *deadlines.faults(),
        *SubscriptionCheck(engine, opened).faults(),
        *kinds.many,
        *rules.faults(),
        *WindowCheck(engine, opened).faults(),
        *prices.faults(),
        *window_faults(engine, opened),
    ]
    return tuple(dict.fromkeys(found))


def deadline_check(engine: Engine, opened: Sequence[OpenDay]) -> DeadlineCheck:
    """The deadlines of a règlement against its open dates, those of périodes that the calendar covers resolved."""
    known = engine.reglement.days
    whole = [one.code for one in engine.periodes.values() if one.first_day in known and one.last_day in known]
    return DeadlineCheck(engine, opened, whole)


def open_days(engine: Engine) -> tuple[OpenDay, ...]:
    """Every date on which a slot is open and that the calendar reaches, ascending."""
    known = engine.reglement.days
    days: set[date] = set()
    for one in engine.periodes.values():
        days.update(days_between(max(one.first_day, known.first_day), min(one.last_day, known.last_day)))
    return tuple(opened for day in sorted(days) if (opened := engine.day(day)).slots)


def _outside(engine: Engine) -> Iterator[Fault]:
    known = engine.reglement.days
    for one in engine.periodes.values():
        if one.first_day not in known or one.last_day not in known:
            span, data = f"{one.first_day} – {one.last_day}", f"[jours] ({known.first_day} – {known.last_day})"
            fr = f"{span} sort de {data} ; élargissez [jours], fériés et vacances compris, ou du et au"
            en = f"{span} goes outside {data}; widen [jours], holidays included, or mend du and au"
            yield Fault(("periode", one.code), fr, en)


def _together(opened: Sequence[OpenDay]) -> Iterator[Fault]:
    days: dict[tuple[Periode, Periode], list[date]] = {}
    for one in opened:
        for two in combinations(one.periodes, 2):
            if two[0].mode == two[1].mode:
                days.setdefault(two, []).append(one.facts.day)
    for (first, second), shared in days.items():
        fr = f"ouvre « {second.mode} » en même temps que « {first.code} » ({days_in_words(shared, 'fr')})"
        en = f"opens « {second.mode} » together with « {first.code} » ({days_in_words(shared, 'en')})"
        fr = f"{fr} ; séparez-les par du, au, quand ou sauf"
        yield Fault(("periode", second.code), fr, f"{en}; keep them apart by du, au, quand or sauf")


def _crowded(opened: Sequence[OpenDay]) -> Iterator[Fault]:
    days = [one.facts.day for one in opened if len(one.slots) > MOST_SLOTS]
    if days:
        most = max(len(one.slots) for one in opened)
        fr = f"{most} créneaux ouverts le même jour, plus de {MOST_SLOTS} ({days_in_words(days, 'fr')})"
        en = f"{most} slots open on one date, over {MOST_SLOTS} ({days_in_words(days, 'en')})"
        fr = f"{fr} ; faites un règlement par établissement"
        yield Fault(("mode",), fr, f"{en}; make one règlement for each établissement")
