"""Which périodes are offered to a child at an instant, and why the others are not (S2.1, S6.4)."""

from __future__ import annotations

from collections.abc import Iterator
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
        closed: The gates that keep all of it from being booked, shown or not: « Vous devez compléter le dossier… ».
    """

    periode: Periode
    status: Status
    over: bool
    reasons: tuple[Violation, ...] = ()
    closed: tuple[Violation, ...] = ()

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
    on = max(periode.first_day, min(today, periode.last_day))
    asked = (Gate(code=periode.code, requires=periode.who, source=periode.source),) if periode.who else ()
    hidden = [
        *_standing(desk, periode, on, asked, asks=True),
        *_standing(desk, periode, on, _gates(desk, periode, Act.SEE)),
    ]
    answer = both(None if one.code == "fait-manquant" else False for one in hidden)
    status = Status.ALLOWED if answer else Status.UNDECIDED if answer is None else Status.REFUSED
    closed = tuple(_standing(desk, periode, on, _gates(desk, periode, Act.BOOK)))
    return Offer(periode, status, today > periode.last_day, tuple(hidden), closed)


def _gates(desk: Desk, periode: Periode, act: Act) -> tuple[Gate, ...]:
    """The gates that close an act to the whole of a période."""
    modes = desk.engine.reglement.modes
    slots = next(frozenset(slot.code for slot in one.slots) for one in modes if one.code == periode.mode)
    return tuple(one for one in desk.engine.reglement.gates if act in one.closes and _all_of(desk, one, slots))


def _standing(
    desk: Desk, periode: Periode, on: date, gates: tuple[Gate, ...], *, asks: bool = False
) -> Iterator[Violation]:
    """Of some gates those that are closed, or that a missing fact leaves open."""
    engine, profile = desk.engine, desk.profile(on, periode.first_day)
    for gate in gates:
        applies = True if asks else fits(gate.who, profile)
        met = fits(gate.requires, profile)
        if applies is False or met is True:
            continue
        sure = applies is True and met is False
        lacking = gate.failing(profile, desk.facts, on)
        code, source = "acces-ferme" if sure else "fait-manquant", engine.reglement.source_of(gate)
        yield Violation(code=code, rule=gate.code, source=source, params=lacking, speaker=gate, labels=engine.labels)


def _all_of(desk: Desk, gate: Gate, slots: frozenset[str]) -> bool:
    """Whether a gate concerns the whole mode on every date: only then does it hide the période."""
    whole = not gate.slots or slots <= desk.engine.places.expand(gate.slots)
    return whole and gate.when == ALWAYS and not gate.unless
