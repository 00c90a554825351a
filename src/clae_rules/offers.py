"""Which périodes are offered to a child at an instant, and why the others are not (S2.1, S6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .desk import Desk, aware
from .epochs import Status
from .errors import Lang
from .gates import Act, Gate
from .selectors import ALWAYS, both, fits
from .slots import Periode
from .violations import Violation


@dataclass(frozen=True, slots=True)
class Offer:
    """
    One période as the child's page shows it.

    Args:
        periode: The période.
        status: Allowed where it is offered, refused where it is not, undecided where a fact is missing.
        over: Whether its last day is past.
        reasons: The gates that hide it, or that a missing fact leaves open.
    """

    periode: Periode
    status: Status
    over: bool
    reasons: tuple[Violation, ...] = ()

    @property
    def offered(self) -> bool:
        """Whether the child may choose it now."""
        return self.status is Status.ALLOWED and not self.over

    def reason(self, lang: Lang = "fr") -> str:
        """Why it is not offered, in one line; empty where it is."""
        if self.over:
            return (
                f"terminée le {self.periode.last_day:%d/%m/%Y}"
                if lang == "fr"
                else f"over since {self.periode.last_day}"
            )
        return " ; ".join(one.sentence(lang) for one in self.reasons)


def offers(desk: Desk, *, now: datetime) -> tuple[Offer, ...]:
    """
    Every période of the règlement, in its order, with whether it is offered to the child and why not.

    Facts are read on the first day of the période, or today where it has begun.

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    today = aware(now).astimezone(desk.engine.tz).date()
    return tuple(_offer(desk, one, today) for one in desk.engine.reglement.periodes)


def _offer(desk: Desk, periode: Periode, today: date) -> Offer:
    engine = desk.engine
    on = max(periode.first_day, min(today, periode.last_day))
    profile = desk.profile(on, periode.first_day)
    slots = next(
        frozenset(slot.code for slot in one.slots) for one in engine.reglement.modes if one.code == periode.mode
    )
    asked = Gate(code=periode.code, requires=periode.who, source=periode.source) if periode.who else None
    gates = [one for one in engine.reglement.gates if Act.SEE in one.closes and _all_of(desk, one, slots)]
    reasons, answers = [], []
    for gate in (asked, *gates) if asked else gates:
        applies = True if gate is asked else fits(gate.who, profile)
        met = fits(gate.requires, profile)
        if applies is False or met is True:
            continue
        sure = applies is True and met is False
        answers.append(False if sure else None)
        lacking = gate.failing(profile, desk.facts, on)
        code, source = "acces-ferme" if sure else "fait-manquant", engine.reglement.source_of(gate)
        reasons.append(
            Violation(code=code, rule=gate.code, source=source, params=lacking, speaker=gate, labels=engine.labels)
        )
    answer = both(answers)
    status = Status.ALLOWED if answer else Status.UNDECIDED if answer is None else Status.REFUSED
    return Offer(periode, status, today > periode.last_day, tuple(reasons))


def _all_of(desk: Desk, gate: Gate, slots: frozenset[str]) -> bool:
    """Whether a gate concerns the whole mode on every date: only then does it hide the période."""
    whole = not gate.slots or slots <= desk.engine.places.expand(gate.slots)
    return whole and gate.when == ALWAYS and not gate.unless
