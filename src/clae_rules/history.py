"""The history of a household: events that are only ever added to, and the planning that is their fold (S12.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Final

from .desk import aware
from .errors import Fault, InvalidValueError, raise_all
from .events import GIVING_BACK, WITH, DayChange, Nature, PlanningEvent, Wait
from .holdings import Planning
from .slots import NOTHING, Held, Selection

#: One slot of one child on one date.
Place = tuple[str, date, str]
#: The one sign of what is firm: « la coche indique qu'une réservation est validée ».
CHECK: Final = "✓"
#: What a slot of a draft waits for: its confirmation. No event holds it.
DRAFT: Final = "brouillon"


class BookedState(Enum):
    """Where a held slot stands."""

    VALIDATED = "validée"
    APPROVAL = "en attente d'accord"
    WAITING = "sur liste d'attente"
    UNPAID = "à payer"
    TOGETHER = "en attente d'une autre"
    GIVING_BACK = "annulation demandée"
    DRAFT = "à confirmer"

    @property
    def sign(self) -> str:
        """The check of what is validated; nothing of the rest, which is told in words."""
        return CHECK if self is BookedState.VALIDATED else ""


def state_of(held: Held, waits: Iterable[str] = ()) -> BookedState:
    """Where a held slot stands, from what it waits for."""
    words = tuple(waits)
    if DRAFT in words:
        return BookedState.DRAFT
    if GIVING_BACK in words:
        return BookedState.GIVING_BACK
    if any(one.startswith("accord") for one in words):
        return BookedState.APPROVAL
    if "liste-d-attente" in words:
        return BookedState.WAITING
    if any(one.startswith(WITH) for one in words):
        return BookedState.TOGETHER
    return BookedState.UNPAID if "paiement" in words or held.pay_before is not None else BookedState.VALIDATED


@dataclass(frozen=True, slots=True)
class Booked:
    """
    One slot that is held: whose, when, where it stands, and the dossier that booked it.

    Args:
        child: His code.
        day: The date.
        held: The slot, in its variant, with its holder.
        state: Where it stands.
        number: The dossier that booked it; empty where it was held before the history begins.
        waits: What it waits for, in the words of a verdict's `pending`.
    """

    child: str
    day: date
    held: Held
    state: BookedState = BookedState.VALIDATED
    number: str = ""
    waits: tuple[str, ...] = ()


def booked_in(
    planning: Planning, waits: Mapping[Place, Sequence[str]] = MappingProxyType({})
) -> tuple[Booked, ...]:  # fmt: skip
    """
    What a planning holds, by date then child, where no history tells more of it: a draft, or what a file says.

    Args:
        planning: What is held.
        waits: What some slots wait for, by child, date and slot: `DRAFT`, or the words of a verdict's `pending`.
    """
    found = []
    for child, day, held in planning.days:
        for one in held:
            words = tuple(waits.get((child, day, one.slot), ()))
            found.append(Booked(child, day, one, state_of(one, words), "", words))
    return tuple(sorted(found, key=lambda one: (one.day, one.child, one.held)))


def followed(held: Selection, waits: Iterable[Wait]) -> tuple[Selection, tuple[Wait, ...]]:
    """A date once what waits with another slot has followed it: firm with it, or gone with it (S5.6)."""
    left = {one for one in waits if one.slot in held}
    while True:
        others = {one: one.what.removeprefix(WITH) for one in left if one.what.startswith(WITH)}
        gone = [one.slot for one, other in others.items() if other not in held]
        firm = {one for one, other in others.items() if other in held and not any(x.slot == other for x in left)}
        if not (gone or firm):
            return held, tuple(sorted(left))
        held = held.without(gone)
        left = {one for one in left - firm if one.slot in held}


#: How a booking ended: by the nature of an event, or not paid in time where None.
Ended = tuple[Nature | None, str]


class _Fold:
    """A planning while events are applied to it, one after another."""

    def __init__(self, start: Planning) -> None:
        self.held = {(child, day): held for child, day, held in start.days}
        self.waits: dict[tuple[str, date], tuple[Wait, ...]] = {}
        self.given_back = list(start.given_back)
        self.booker: dict[Place, str] = {}
        self.ended: dict[tuple[str, Place], Ended] = {}
        self.asker: dict[Place, str] = {}
        self.asked: dict[tuple[str, Place], Nature | None] = {}
        self.unpaid = {key for key, held in self.held.items() if _to_pay(held)}

    def copy(self) -> _Fold:
        """The same, to be changed apart."""
        other = _Fold(Planning())
        other.held, other.waits, other.booker = dict(self.held), dict(self.waits), dict(self.booker)
        other.given_back, other.ended = list(self.given_back), dict(self.ended)
        other.asker, other.asked, other.unpaid = dict(self.asker), dict(self.asked), set(self.unpaid)
        return other

    def lapse(self, now: datetime) -> None:
        """Lose what was not paid by then, and what waited with it."""
        for child, day in tuple(self.unpaid):
            held, waits = self.held[child, day], self.waits.get((child, day), ())
            left = held.at(now)
            if left != held:
                left, self.waits[child, day] = followed(left, waits)
                for place in ((child, day, one.slot) for one in held if one.slot not in left):
                    self._end(place, (None, ""))
                    if place in self.asker:  # gone, as it was asked
                        self.asked[self.asker.pop(place), place] = Nature.CANCELLATION
                self._put((child, day), left)

    def faults(self, event: PlanningEvent) -> Iterator[Fault]:
        """The dates of which an event tells something else than what was held then."""
        for one in event.changes:
            found = self.held.get((one.child, one.day), NOTHING)
            if found != one.before:
                said, held = _told(one.before), _told(found)
                fr = f"dit que « {one.child} » tenait {said} le {one.day:%d/%m/%Y} ; il tenait {held}, remettez les événements en ordre"
                yield Fault((), fr, f"says « {one.child} » held {said} on {one.day}; held {held}, mend their order")

    def apply(self, event: PlanningEvent) -> None:
        """What the event makes of it."""
        for one in event.changes:
            key = (one.child, one.day)
            idle = {wait.slot for wait in self.waits.get(key, ()) if wait.what != GIVING_BACK}
            gone = (held for held in one.before if held.slot not in one.after)
            back = [held for held in gone if held.slot not in idle and held.pay_before is None]
            if back:  # what never was firm was never due
                self.given_back.append((one.child, one.day, Selection(tuple(back))))
            for slot in one.removed:
                self._end((*key, slot), (event.nature, event.number))
            for slot in one.added:
                self.booker[*key, slot] = event.number
            self._ask(event, one)
            self.waits[key] = one.waits
            self._put(key, one.after)

    def _ask(self, event: PlanningEvent, change: DayChange) -> None:
        """Which slots are asked to be given back from then on, and which no longer."""
        key = (change.child, change.day)
        before = {wait.slot for wait in self.waits.get(key, ()) if wait.what == GIVING_BACK}
        for slot in before - set(change.asked_back):
            place = (*key, slot)
            self.asked[self.asker.pop(place), place] = event.nature
        for slot in set(change.asked_back) - before:
            place = (*key, slot)
            self.asker[place] = event.number
            self.asked[event.number, place] = None

    def _put(self, key: tuple[str, date], held: Selection) -> None:
        self.held[key] = held
        (self.unpaid.add if _to_pay(held) else self.unpaid.discard)(key)

    def _end(self, place: Place, how: Ended) -> None:
        self.ended[self.booker.pop(place, ""), place] = how

    def booked(self) -> Iterator[Booked]:
        """Every slot that is held."""
        for (child, day), held in self.held.items():
            waits = self.waits.get((child, day), ())
            for one in held:
                words = tuple(wait.what for wait in waits if wait.slot == one.slot)
                yield Booked(child, day, one, state_of(one, words), self.booker.get((child, day, one.slot), ""), words)


@dataclass(frozen=True, slots=True)
class History:
    """
    The events of one household, oldest first; a value: recording gives another history, and nothing is taken away.

    Each event is checked against those before it, on its own dates alone: that none is missing is what a ledger proves.

    Args:
        events: What happened.
        start: What was held before the first of them, with the overrides and modes of the planning.
        household: Code of the household, where a child has two (S6.8); what the other holds is not in it.

    Raises:
        InvalidValueError: Naming every repeated number, instant that goes back, event of another household, and date of
            which an event tells something else than what was held then.

    >>> History().planning().days
    ()
    """

    events: tuple[PlanningEvent, ...] = ()
    start: Planning = Planning()
    household: str = ""
    _fold: _Fold = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        fold = _Fold(self.start.held_by(self.household))
        object.__setattr__(self, "_fold", fold)
        seen: set[str] = set()
        last: datetime | None = None
        faults: list[Fault] = []
        for i, one in enumerate(self.events):
            found = [*self._misfits(one, seen, last)]
            if not found:
                fold.lapse(one.instant)
                found = [*fold.faults(one)]
                fold.apply(one)
            faults += (fault.under("events", i) for fault in found)
            seen.add(one.number)
            last = one.instant if last is None else max(last, one.instant)
        raise_all(faults)

    def _misfits(self, one: PlanningEvent, seen: set[str], last: datetime | None) -> Iterator[Fault]:
        if one.number in seen:
            fr = f"le dossier « {one.number} » existe déjà ; donnez un numéro nouveau"
            yield Fault(("number",), fr, f"dossier « {one.number} » exists already; give a new number")
        if last is not None and one.instant < last:
            fr = f"lu {one.instant.isoformat()}, avant le dernier événement ({last.isoformat()}) ; l'horloge a reculé"
            en = f"got {one.instant.isoformat()}, before the last event ({last.isoformat()}); the clock went back"
            yield Fault(("instant",), f"{fr}, vérifiez-la", en)
        if one.household != self.household:
            fr = f"est du foyer « {one.household} », l'historique de « {self.household} » ; à chacun le sien"
            yield Fault(("household",), fr, f"is of household « {one.household} », not of « {self.household} »")

    def recorded(self, event: PlanningEvent) -> History:
        """
        The history with one event more.

        Raises:
            InvalidValueError: If its number was used, its clock goes back, or it tells of another planning.
        """
        return replace(self, events=(*self.events, event))

    def planning(self, now: datetime | None = None) -> Planning:
        """
        What is held after the last event, and what was given back: what a demande is judged on, at its own instant.

        Args:
            now: Where given, without what was not paid by then, and what waited with it.

        Raises:
            NaiveInstantError: If *now* has no time zone.
        """
        fold = self._at(now)
        days = tuple((child, day, held) for (child, day), held in fold.held.items())
        return replace(self.start, days=days, given_back=tuple(dict.fromkeys(fold.given_back)))

    def _at(self, now: datetime | None) -> _Fold:
        """The fold once what was not paid by an instant is lost."""
        if now is None:
            return self._fold
        fold, instant = self._fold, aware(now)
        if fold.unpaid:
            fold = fold.copy()
            fold.lapse(instant)
        return fold

    def waits(self, child: str, day: date) -> tuple[Wait, ...]:
        """What is held on a date and not firm, with what it waits for."""
        return self._fold.waits.get((child, day), ())

    def booked(self, now: datetime | None = None) -> tuple[Booked, ...]:
        """
        Every slot that is held, by date then child, with where it stands.

        Args:
            now: Where given, without what was not paid by then.
        """
        return tuple(sorted(self._at(now).booked(), key=lambda one: (one.day, one.child, one.held)))

    def event(self, number: str) -> PlanningEvent:
        """
        The event of a number.

        Raises:
            InvalidValueError: If there is none.
        """
        for one in self.events:
            if one.number == number:
                return one
        fr = f"aucun dossier « {number} » ; le dernier est {self.events[-1].number if self.events else 'à venir'}"
        raise InvalidValueError([Fault(("number",), fr, f"no dossier « {number} »")])

    def before(self, number: str) -> History:
        """
        The history as it was before an event.

        Raises:
            InvalidValueError: If there is none of that number.
        """
        return replace(self, events=self.events[: self.events.index(self.event(number))])

    def ends(self) -> Mapping[tuple[str, Place], Ended]:
        """How each booking that is held no more ended, by the dossier that made it, child, date and slot."""
        return dict(self._fold.ended)

    def asks(self) -> Mapping[tuple[str, Place], Nature | None]:
        """What became of each slot that a dossier asked to give back, by its number and place; None while it waits."""
        return dict(self._fold.asked)


def changes_between(
    before: Planning, after: Planning, waits: Mapping[tuple[str, date], tuple[Wait, ...]], known: History
) -> tuple[DayChange, ...]:
    """
    What makes one planning of another, by date then child: the one way to an event, whatever changed it.

    Args:
        before: What is held before.
        after: What is held after.
        waits: What then waits, of the dates of which something new is known; other dates wait as they did.
        known: The history before, of whose household the changes are.
    """
    mine = {(child, day): held for child, day, held in before.held_by(known.household).days}
    then = {(child, day): held for child, day, held in after.held_by(known.household).days}
    found = []
    for child, day in sorted({*mine, *then, *waits}):
        held, left = mine.get((child, day), NOTHING), then.get((child, day), NOTHING)
        old = tuple(wait for wait in known.waits(child, day) if wait.slot in held)
        new = tuple(sorted(wait for wait in waits.get((child, day), old) if wait.slot in left))
        if held != left or new != old:
            found.append(DayChange(child=child, day=day, before=held, after=left, waits=new))
    return tuple(found)


def _to_pay(held: Selection) -> bool:
    return any(one.pay_before is not None for one in held)


def _told(held: Selection) -> str:
    return ", ".join(f"« {one.slot} »" for one in held) or "rien"
