"""Breaches of windows put as violations: with their dates, and the window's name (S1.4, S5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Final

from .cells import conditions
from .dayspans import Breach, Role
from .desk import Desk
from .engine import Engine
from .refusals import TELLER
from .violations import Param, Violation

#: The stable code of each role that the rule itself does not put into words.
_CODES: Final = MappingProxyType(
    {
        Role.UNTOLD: "planning-partiel",
        Role.UNSURE: "regle-incertaine",
        Role.SHORT: "fenetre-trop-courte",
        Role.TOGETHER: "avec-les-autres",
        Role.TOGETHER_UNSURE: "avec-les-autres",
    }
)


def violation(desk: Desk, breach: Breach) -> Violation:
    """The violation that a breach of a window is."""
    engine, rule, window = desk.engine, breach.rule, breach.window
    code = _CODES.get(breach.role)
    if breach.role is Role.UNTOLD and not breach.untold:
        code = "calendrier-inconnu"
    slots = breach.untold or _slots(engine, (slot for _, _, slot in breach.present))
    label = rule.window.said(window, "fr")
    params: dict[str, Param] = {"compte": breach.count, "fenetre": label, "fenetre_en": rule.window.said(window, "en")}
    params["autres"] = ", ".join(f"{day:%d/%m/%Y}" for day in breach.with_days)
    params["autres_en"] = ", ".join(day.isoformat() for day in breach.with_days)
    params["facts"] = ", ".join(_lacking(desk, breach))
    children = dict.fromkeys(child for child, _, _ in breach.present)
    params["enfants"] = ", ".join(children) if rule.window.household else ""
    return Violation(
        code=code or rule.kind,
        rule=rule.code,
        source=engine.reglement.source_of(rule),
        day=window.first_day,
        slots=slots,
        missing=_slots(engine, (slot for _, _, slot in breach.missing)),
        dates=_days(day for _, day, _ in breach.present),
        missing_dates=_days(day for _, day, _ in breach.missing),
        window=label,
        params=tuple(sorted(params.items())),
        speaker=rule if code is None else TELLER,
        labels=engine.names,
    )


def _lacking(desk: Desk, breach: Breach) -> tuple[str, ...]:
    """The facts that the rule compares and that are not known of a child on a date of the window."""
    if breach.role is not Role.UNSURE:
        return ()
    compared = {fact for who in conditions(breach.rule) for fact, _ in who}
    met = {(child, day) for child, day, _ in (*breach.present, *breach.missing)}
    return tuple(
        sorted(fact for fact in compared if any(desk.anyone(who).profile(day, None)(fact) is None for who, day in met))
    )


def _slots(engine: Engine, slots: Iterable[str]) -> tuple[str, ...]:
    named = set(slots)
    return tuple(slot for slot in engine.order if slot in named)


def _days(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(set(days)))
