"""Households with a history, for the tests of the planning, the history and cancellations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from tests.guide import at, martin

from clae_rules import Desk, Draft, History, PlanningEvent, confirm

#: Cancelling asks an agent's accord.
ON_REQUEST: Final = """
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "50 %", accord = true }]
"""
#: Booking asks an agent's accord.
ASKED: Final = """
[delai.general]
hypothese = "essai"
reserver = [{ limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal", accord = true }]
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
"""
#: What is booked is lost unless it is paid within the hour.
PAID: Final = ASKED.replace("accord = true", 'paye_sous = "1 heure"')
MONDAY: Final = date(2025, 9, 8)
TUESDAY: Final = date(2025, 9, 9)
NOW: Final = at("2025-09-01 09:00")

Days = Mapping[date, Iterable[str]]


def told(history: History, desk: Desk, days: Days, number: str, now: datetime = NOW, periode: str = "annee") -> History:
    """The history once some days are asked and granted."""
    draft = Draft(desk.child, periode)
    for day, slots in days.items():
        draft = draft.put(day, slots)
    found = confirm(history, desk, draft, number=number, now=now, referent="adulte-1")
    assert found.event is not None, found.verdict.explain()
    return found.history


def last(history: History) -> PlanningEvent:
    """The event recorded last."""
    return history.events[-1]


def guide_history() -> tuple[Desk, History]:
    """The four dossiers that the guide's page shows, from number 6 of 8 June 2021 to number 9 of the next day."""
    desk, history = martin(), History()
    monday, tuesday = date(2021, 9, 6), date(2021, 9, 7)
    asked = (
        ("6", "2021-06-08 12:47", {monday: ["matin-2"]}),
        ("7", "2021-06-08 17:29", {monday: ["matin-2", "soir-1"]}),
        ("8", "2021-06-09 09:51", {monday: ["matin-2", "midi-2", "soir-1"]}),
        ("9", "2021-06-09 11:20", {tuesday: ["midi-2"]}),
    )
    for number, when, days in asked:
        history = told(history, desk, days, number, at(when), "periscolaire-2021")
    return desk, history
