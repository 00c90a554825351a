"""The answer to a demande, date by date (S1.4, S1.5, S6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .day_verdicts import DayVerdict, rooms
from .desk import Desk
from .engine import Applied
from .epochs import Status
from .errors import Lang
from .holdings import Demande, Grain, Planning
from .showing import Displayed, Section, said
from .slots import Periode
from .violations import Violation, told

__all__ = ["DayVerdict", "Verdict", "rooms"]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict(Displayed):
    """
    The answer to a demande: allowed, refused or undecided, with every reason and what is held afterwards.

    Args:
        desk: The child before his règlement.
        days: One verdict a touched date, ascending.
        grain: Whole, or date by date.
        planning: The planning before.
        demande: What was asked.
        now: The instant at which it was judged.
        applied: Code, version and digest of the règlement (S1.5).
        periode: The période of the demande.
        was: The child as he was known before, where the demande changes that too (an abonnement, S9.4).
        then: The child as he is known once it is granted, the same.
    """

    desk: Desk
    days: tuple[DayVerdict, ...]
    grain: Grain
    planning: Planning
    demande: Demande
    now: datetime
    applied: Applied
    periode: Periode
    was: Desk | None = None
    then: Desk | None = None

    @property
    def status(self) -> Status:
        """Refused wins over undecided; day by day, allowed where at least one date is granted."""
        found = [day.status for day in self.days]
        if self.grain is Grain.DAY_BY_DAY and Status.ALLOWED in found:
            return Status.ALLOWED
        for status in (Status.REFUSED, Status.UNDECIDED):
            if status in found:
                return status
        return Status.ALLOWED

    @property
    def allowed(self) -> bool:
        """Whether the demande is accepted, whole or in part according to its grain."""
        return self.status is Status.ALLOWED

    def __bool__(self) -> bool:
        raise TypeError("a verdict has no truth value; read .allowed")

    @property
    def granted(self) -> tuple[DayVerdict, ...]:
        """The dates that are accepted: all or none when judged whole (S6.6)."""
        if self.grain is Grain.WHOLE and not self.allowed:
            return ()
        return tuple(day for day in self.days if day.allowed)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation of every date, by date; that of a window is told once."""
        return tuple(dict.fromkeys(one for day in self.days for one in day.violations))

    @property
    def doubts(self) -> tuple[Violation, ...]:
        """Everything that leaves the answer undecided, by date; of a window once."""
        return tuple(dict.fromkeys(one for day in self.days for one in day.doubts))

    @property
    def pending(self) -> tuple[tuple[date, str, str], ...]:
        """(date, slot, what it waits for) of accepted slots that are not firm."""
        return tuple((day.day, slot, why) for day in self.granted for slot, why in day.outcome.pending)

    @property
    def after(self) -> Planning:
        """The planning once the granted dates are applied."""
        return self.planning.changed({(self.demande.child, one.day): one.held_after for one in self.granted})

    def explain(self, lang: Lang = "fr") -> str:
        """Every reason, one a line, in date order; empty where all is allowed."""
        return "\n".join(one.text(lang) for one in (*self.violations, *self.doubts))

    def heading(self, lang: Lang = "fr") -> str:
        """The période and the answer."""
        return f"{self.periode.label}{' : ' if lang == 'fr' else ': '}{said(self.status, lang)}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The answer to each date, then every reason."""
        columns, titles = (
            (("date", "réponse"), ("Dates", "Refus", "Indécis"))
            if lang == "fr"
            else (("date", "answer"), ("Dates", "Refused", "Undecided"))
        )
        rows = tuple((f"{one.day:%d/%m/%Y}", said(one.status, lang)) for one in self.days)
        reasons = (*told(titles[1], self.violations, lang), *told(titles[2], self.doubts, lang))
        return (Section(titles[0], columns, rows), *reasons)
