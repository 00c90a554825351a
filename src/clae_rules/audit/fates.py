"""What becomes of one booking under two règlements: rows that nothing tells apart are judged and priced once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final, NamedTuple

from ..booking import check_day
from ..bounds import Bound
from ..described import is_day, leaves
from ..desk import ORIGIN, Desk
from ..engine import Engine
from ..epochs import Epoch, Status
from ..errors import OutOfCalendarError, meant
from ..facts import AgeOn, Dated, FactKind, Facts, Value, misgiven
from ..grids import Grid
from ..references import references
from ..repairs import repairs
from ..selectors import WHO
from ..verdicts import DayVerdict
from .bookings import Booking
from .costs import spanning

#: Kinds of family whose dates are remembered; past that all are forgotten.
MOST_KINDS: Final = 128
#: Kinds of row, and facts as given, that are remembered.
MOST_FATES: Final = 65_536
#: How many repairs are looked at for one that is allowed, those that keep most first.
MOST_REPAIRS: Final = 64


class Why(NamedTuple):
    """A reason for a refusal: its kind, the rule, deadline or gate that says so, and where that is published."""

    code: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Fate:
    """
    What becomes of a kind of row.

    Args:
        before: The answer of the first règlement.
        after: The answer of the second one.
        why: Why the second one refuses it.
        repairable: Whether, at the instant of the booking, another selection that keeps a slot of it was allowed.
        old_cents: Its price under the first one; None where it is not allowed, or has no price by itself.
        new_cents: The same under the second one.
    """

    before: Status
    after: Status
    why: tuple[Why, ...] = ()
    repairable: bool = False
    old_cents: int | None = None
    new_cents: int | None = None

    @property
    def is_left_out(self) -> bool:
        """Whether an answer is undecided, or a price not known: nothing is then summed up."""
        prices = ((self.before, self.old_cents), (self.after, self.new_cents))
        return any(one is Status.UNDECIDED or (one is Status.ALLOWED and price is None) for one, price in prices)

    @property
    def is_newly_refused(self) -> bool:
        """Whether the second one refuses what the first one allows, or leaves undecided."""
        return self.after is Status.REFUSED and self.before is not Status.REFUSED


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """
    Families that neither règlement tells apart.

    Args:
        facts: What each of the two reads of such a family.
    """

    facts: tuple[Facts, Facts]


#: Why a row is broken: a code of `BROKEN`, and what its sentence names.
Broken = tuple[str, tuple[str, ...]]


class Judge:
    """
    Judges bookings under two règlements; each is told once of what is alike.

    Args:
        old: The règlement under which they were made.
        new: The other one.
    """

    def __init__(self, old: Engine, new: Engine) -> None:
        self.engines = (old, new)
        self._known = (Known(old), Known(new))
        #: Places are set aside: nobody knows who else came.
        self._waived = tuple(frozenset(one.code for one in engine.reglement.pools) for engine in self.engines)
        self._given: dict[int, tuple[Facts, Kind | Broken]] = {}
        self._kinds: dict[tuple[Facts, Facts], Kind] = {}
        self._desks: dict[Kind, tuple[Desk, Desk]] = {}
        self._slots: dict[tuple[str, ...], Broken | None] = {}
        self._fates: dict[tuple[tuple[str, ...], Epoch, Epoch], Fate] = {}

    def kind(self, booking: Booking) -> Kind | Broken:
        """The kind of family of a row, or why the row is broken whatever its kind."""
        wrong = self._wrong(booking)
        return self._kind(booking.facts) if wrong is None else wrong

    def fates(self, kind: Kind, bookings: Iterable[Booking]) -> Iterator[Fate | Broken]:
        """What becomes of each row of a kind of family."""
        old, new = self._of(kind)
        for one in bookings:
            try:
                first, second = old.day(one.day), new.day(one.day)
            except OutOfCalendarError:
                yield "hors-calendrier", (one.day.isoformat(),)
                continue
            since = one.instant - ORIGIN
            key = (one.slots, first.at(since), second.at(since))
            found = self._fates.get(key)
            if found is None:
                if len(self._fates) >= MOST_FATES:
                    self._fates.clear()
                found = self._fates[key] = self._judged(one, old, new)
            yield found

    def _wrong(self, booking: Booking) -> Broken | None:
        day: object = booking.day
        instant: object = booking.instant
        slots: object = booking.slots
        if not is_day(day):
            return "date-illisible", (str(day)[:60],)
        if not isinstance(instant, datetime):
            return "instant-illisible", (str(instant)[:60],)
        if instant.utcoffset() is None:
            return "instant-sans-fuseau", (instant.isoformat(),)
        if isinstance(slots, str):
            return "creneaux-texte", (slots[:60],)
        if booking.slots not in self._slots:
            if len(self._slots) >= MOST_FATES:
                self._slots.clear()
            self._slots[booking.slots] = self._unknown(booking.slots)
        return self._slots[booking.slots]

    def _unknown(self, slots: tuple[str, ...]) -> Broken | None:
        known = self.engines[0].slots
        unknown = next((code for code in slots if code not in known), None)
        if unknown is not None:
            return "creneau-inconnu", (unknown, *meant(unknown, known))
        twice = next((code for code in slots if slots.count(code) > 1), None)
        if twice is not None:
            return "creneau-double", (twice,)
        return None if slots else ("sans-creneau", ())

    def _kind(self, facts: Facts) -> Kind | Broken:
        given = self._given.get(id(facts))
        if given is not None and given[0] is facts:
            return given[1]
        if len(self._given) >= MOST_FATES:
            self._given.clear()
            self._kinds.clear()
        found = self._told_apart(facts)
        self._given[id(facts)] = (facts, found)
        return found

    def _told_apart(self, facts: Facts) -> Kind | Broken:
        declared = {code for engine in self.engines for code in engine.facts}
        faults = [fault for engine in self.engines for fault in misgiven(engine.facts, _only(facts, engine.facts))]
        stray = [code for code, _ in facts.values if code not in declared]
        if stray:
            fr, en = meant(stray[0], declared)
            return "fait-faux", (f"fait inconnu « {stray[0]} » ; {fr}", f"unknown fact « {stray[0]} »; {en}")
        if faults:
            return "fait-faux", (faults[0].text("fr"), faults[0].text("en"))
        old, new = self._known
        both = (old.reduced(facts), new.reduced(facts))
        return self._kinds.setdefault(both, Kind(both))

    def _of(self, kind: Kind) -> tuple[Desk, Desk]:
        found = self._desks.get(kind)
        if found is None:
            if len(self._desks) >= MOST_KINDS:
                self._desks.clear()
                self._fates.clear()
            old, new = self.engines
            found = self._desks[kind] = (Desk(old, kind.facts[0]), Desk(new, kind.facts[1]))
        return found

    def _judged(self, booking: Booking, old: Desk, new: Desk) -> Fate:
        before = check_day(old, booking.day, booking.slots, now=booking.instant, waived=self._waived[0])
        kept = tuple(code for code in booking.slots if code in new.engine.slots)
        after = check_day(new, booking.day, kept, now=booking.instant, waived=self._waived[1])
        gone = [code for code in booking.slots if code not in kept]
        status = Status.REFUSED if gone else after.status
        if status is not Status.REFUSED:
            return Fate(before.status, status, (), False, cents(before), cents(after))
        why = [Why("creneau-retire", code, "") for code in gone]
        why += [Why(one.code, one.rule, one.source) for one in after.violations]
        return Fate(before.status, status, tuple(dict.fromkeys(why)), _repairable(after, kept), cents(before))

    def said(self, booking: Booking, kind: Kind) -> Iterator[tuple[Why, tuple[str, str]]]:
        """Why the second règlement refuses one row, in words, French then English: they name its own instants."""
        old, new = self._of(kind)
        for code in booking.slots:
            if code not in new.engine.slots:
                label = old.engine.labels[code]
                yield Why("creneau-retire", code, ""), (f"« {label} » n'existe plus", f"« {label} » is no more")
        kept = tuple(code for code in booking.slots if code in new.engine.slots)
        after = check_day(new, booking.day, kept, now=booking.instant, waived=self._waived[1])
        for one in after.violations:
            yield Why(one.code, one.rule, one.source), (one.sentence("fr"), one.sentence("en"))


def cents(verdict: DayVerdict) -> int | None:
    """
    What an allowed booking costs by itself; None where it is not allowed, or where prices span more than a date.

    The one place of a replay that asks for a price.
    """
    if not verdict.allowed or spanning(verdict.desk.engine):
        return None
    return verdict.price(verdict.outcome.after).total_cents


def _repairable(verdict: DayVerdict, asked: tuple[str, ...]) -> bool:
    """Whether some allowed selection keeps a slot of what was asked, at the same instant."""
    if verdict.allowed:
        return bool(asked)
    for one in repairs(verdict, first=MOST_REPAIRS).found:
        kept = set(asked) - set(one.remove)
        if kept and verdict.again(dict.fromkeys((*sorted(kept), *one.add))).status is Status.ALLOWED:
            return True
    return False


def _only(facts: Facts, declared: Iterable[str]) -> Facts:
    known = set(declared)
    return Facts(tuple((code, values) for code, values in facts.values if code in known))


class Known:
    """
    The facts of a family as far as a règlement can tell it from others.

    Numbers that every bound and grid of the règlement places alike are one, and so are birth dates of one year where
    the age is that of 31 December. What is dated, or read in another way, stays as it is.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._bounds: dict[str, dict[Bound, None]] = {}
        self._exact: set[str] = set()
        for path, key, value in leaves(engine.reglement):
            if key.shape == WHO:
                for fact, bound in value:
                    self._bounds.setdefault(fact, {})[bound] = None
            elif not (path[0] == "grille" and key.name == "mesure"):
                found = references(key.shape, value, path)
                self._exact.update(code for _, kinds, code in found if "faits" in kinds)
        self._grids: dict[str, list[Grid]] = {}
        for grid in engine.reglement.grids:
            self._grids.setdefault(grid.measure, []).append(grid)
        self._first: dict[tuple[str, object], Value | date] = {}

    def reduced(self, facts: Facts) -> Facts:
        """The facts that the règlement declares, each value the first one met of those that it does not tell apart."""
        return Facts(tuple(self._one(code, values) for code, values in facts.values if code in self.engine.facts))

    def _one(self, code: str, values: tuple[Dated, ...]) -> tuple[str, tuple[Dated, ...]]:
        if len(values) != 1 or values[0] != Dated(values[0].value):
            return code, values
        return code, (Dated(self._first.setdefault((code, self._sign(code, values[0].value)), values[0].value)),)

    def _sign(self, code: str, value: Value | date) -> object:
        """Equal for two values of a fact that nothing in the règlement tells apart."""
        kind = self.engine.facts[code]
        if kind.kind is FactKind.AGE and isinstance(value, date):
            return value.year if kind.age_on is AgeOn.YEAR_END else value
        if code in self._exact or not isinstance(value, Fraction):
            return value
        return tuple(self._answers(code, value))

    def _answers(self, code: str, value: Fraction) -> Iterator[object]:
        for bound in self._bounds.get(code, ()):
            yield value in bound
        for grid in self._grids.get(code, ()):
            placed = grid.place(value)
            yield placed.bracket, placed.lack, placed.refused
