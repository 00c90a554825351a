"""S6.9: what the service closes: the cancellations that it yields, and a date as it is then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from .s1_answers import Answer, Plain
from .s2_places import open_periodes, open_slots
from .s5_rules import Held
from .s5_who import Facts, reaches
from .s6_decision import Date, speaking


def closed(reglement: Plain, closure: Plain, day: date, facts: Facts) -> dict[str, Answer]:
    """S6.9: the open slots of a date that a closure covers, or may cover."""
    periodes, found = open_periodes(reglement, day), dict[str, Answer]()
    for slot, code in open_slots(reglement, day).items():
        first_day = date.fromisoformat(reglement["periode"][code]["du"])
        answer = reaches(reglement, closure, slot, day, periodes, facts, first_day)
        if answer is not False:
            found[slot] = answer
    return found


def cancelled(
    reglement: Plain, closure: Plain, facts: Facts, planning: Mapping[date, Held]
) -> tuple[dict[date, set[str]], dict[date, set[str]]]:
    """S6.9: of what a child holds, what the closure cancels on each date, and what a missing fact leaves open."""
    sure, unsure = dict[date, set[str]](), dict[date, set[str]]()
    for day, held in planning.items():
        for slot, answer in closed(reglement, closure, day, facts).items():
            if slot in held:
                (sure if answer else unsure).setdefault(day, set()).add(slot)
    return sure, unsure


def after_closing(at: Date, closure: Plain) -> Date:
    """S6.9, S5.6: the date with the boxes closed: what is closed is not open; what may be is not surely bookable."""
    shut = closed(at.reglement, closure, at.day, at.facts)
    slots = {slot: code for slot, code in at.slots.items() if not shut.get(slot)}
    doubt = ("fermeture", None)
    gates = {
        (slot, act): (*found, doubt) if act == "reserver" and slot in shut else found
        for (slot, act), found in at.gates.items()
    }
    rules = speaking(at.reglement, at.day, at.facts, slots)
    return replace(at, slots=slots, rules=rules, gates=gates, seen={})
