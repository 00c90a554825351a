"""« Demander l'annulation »: from bookings to the draft that gives them back, and what the service writes (S12.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Final

from .desk import Desk
from .errors import Fault, raise_all
from .events import GIVING_BACK, DayChange, Nature, PlanningEvent, Wait
from .history import Booked, BookedState, History, state_of
from .holdings import Planning
from .money import euros
from .slots import Periode
from .stages import Draft


def cancellation(desk: Desk, planning: Planning, bookings: Iterable[Booked]) -> Draft:
    """
    The draft that asks to give some bookings back, and keeps the rest of their dates.

    Its verdict tells whether they may be given back, its récapitulatif what stays due (S4.2); `confirm` ends it.

    Args:
        desk: The child before his règlement.
        planning: What the household holds.
        bookings: The bookings to give back, of one child, in one période.

    Raises:
        InvalidValueError: Naming each that is another child's, not held, or of another période than the first.
    """
    wanted = tuple(bookings)
    faults = (
        [] if wanted else [Fault(("bookings",), "aucune réservation choisie ; cliquez sur l'une", "no booking chosen")]
    )
    gone: dict[date, set[str]] = {}
    found: list[Periode] = []
    for one in wanted:
        slot, periode = one.held.slot, periode_on(desk, one.day, one.held.slot)
        where = f"« {slot} » le {one.day:%d/%m/%Y}"
        if one.child != desk.child:
            fr = f"{where} est de « {one.child} », au guichet de « {desk.child} » ; un enfant à la fois"
            faults.append(Fault(("bookings",), fr, f"{slot} on {one.day} is of « {one.child} », not « {desk.child} »"))
        elif slot not in planning.held(one.child, one.day):
            fr = f"{where} n'est pas réservé ; relisez le planning"
            faults.append(Fault(("bookings",), fr, f"{slot} on {one.day} is not held; read the planning again"))
        elif periode is None:
            fr = f"{where} n'est d'aucune période du règlement ; demandez au service"
            faults.append(Fault(("bookings",), fr, f"{slot} on {one.day} is of no période"))
        elif found and periode != found[0]:
            fr = f"{where} est de « {periode.label} », les premières de « {found[0].label} » ; une période à la fois"
            faults.append(Fault(("bookings",), fr, f"{slot} on {one.day} is of another période; one at a time"))
        else:
            found.append(periode)
            gone.setdefault(one.day, set()).add(slot)
    raise_all(faults)
    mine = {slot.code for mode in desk.engine.reglement.modes if mode.code == found[0].mode for slot in mode.slots}
    days = {
        day: [x.slot for x in planning.held(desk.child, day) if x.slot in mine and x.slot not in slots]
        for day, slots in gone.items()
    }
    return Draft(desk.child, found[0].code, tuple((day, tuple(left)) for day, left in days.items()))


def periode_on(desk: Desk, day: date, slot: str) -> Periode | None:
    """The période of a slot on a date: the one that opens it, else the first of its mode that holds the date."""
    engine = desk.engine
    if slot not in engine.modes:
        return None
    opened = engine.day(day).slots.get(slot) if engine.knows(day) else None
    others = (one for one in engine.reglement.periodes if one.mode == engine.modes[slot].code and day in one)
    return opened or next(others, None)


@dataclass(frozen=True, slots=True)
class Notification:
    """
    What the portal writes to a family about an event: a subject and paragraphs, in French, to be sent as it likes.

    Args:
        subject: One line.
        paragraphs: Each one line; several lines that stand as a list are a tuple.
    """

    subject: str
    paragraphs: tuple[str | tuple[str, ...], ...] = field(repr=False)  # names stand in them

    def text(self) -> str:
        """The paragraphs as plain text, one line each."""
        each = ((one,) if isinstance(one, str) else tuple(f"- {line}" for line in one) for one in self.paragraphs)
        return "\n".join(line for lines in each for line in lines)


def confirmation(
    event: PlanningEvent, *, history: History, names: Mapping[str, str], labels: Mapping[str, str], tz: tzinfo
) -> Notification:
    """
    The message that confirms an event: « l'annulation de réservation est toujours confirmée par un mail ».

    Args:
        event: A booking, a cancellation, asked or done, by the family or by the service, a payment, an answer.
        history: The history that holds it, and the dossier that it answers.
        names: What the children are called, by code.
        labels: What the slots are called, by code: `engine.labels`.
        tz: The clock on which the instant is told: that of the règlement.

    Returns:
        Its subject and paragraphs: what is booked, given back or asked to be, what waits, what stays due.

    Raises:
        InvalidValueError: If the history has no event of its number, or of that of the dossier that it answers.
    """
    told = _Telling(event, history, names, labels)
    when = f"{event.instant.astimezone(tz):%d/%m/%Y à %H:%M}"
    about = f", en réponse au dossier n° {event.about}" if event.about else ""
    where = f" : {' > '.join(event.place)}" if event.place else ""
    return Notification(
        told.subject(),
        (
            f"Dossier n° {event.number} du {when}{about}{where}.",
            *([f"Motif : {event.motive}."] if event.motive else []),
            _first(told.lines()),
            *told.amounts(),
        ),
    )


#: Dates told one by one, and lines, in a message.
_MOST_DATES: Final = 12
_MOST_LINES: Final = 60
_SUBJECTS: Final[Mapping[Nature, str]] = MappingProxyType(
    {
        Nature.BOOKING: "Votre réservation est enregistrée",
        Nature.CANCELLATION: "Votre annulation est confirmée",
        Nature.SUBSCRIPTION: "Votre abonnement est enregistré",
        Nature.RESIGNATION: "Votre résiliation est enregistrée",
        Nature.CLOSURE: "Le service a annulé des réservations",
        Nature.PAYMENT: "Votre paiement est enregistré",
        Nature.AGREED: "Votre demande est acceptée",
        Nature.DECLINED: "Votre demande n'est pas acceptée",
    }
)


class _Telling:
    """An event while it is put into words, beside what waited before it."""

    def __init__(
        self, event: PlanningEvent, history: History, names: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        self.event, self.history, self.names, self.labels = event, history, names, labels
        self.before = history.before(event.number)
        #: What it asks to give back, and what it answers of what was asked: given back, or refused.
        self.asked: list[tuple[DayChange, str]] = []
        self.given_back: list[tuple[DayChange, str]] = []
        self.refused: list[tuple[DayChange, str]] = []
        for one in event.changes:
            waited = {wait.slot for wait in self._waited(one) if wait.what == GIVING_BACK}
            self.asked += ((one, slot) for slot in one.asked_back if slot not in waited)
            self.given_back += ((one, slot) for slot in one.removed if slot in waited)
            self.refused += ((one, x.slot) for x in one.after if x.slot in waited.difference(one.asked_back))

    def subject(self) -> str:
        """What the message is about; a cancellation that waits for an accord is asked, and not confirmed."""
        said, changes = _SUBJECTS[self.event.nature], self.event.changes
        removed = any(one.removed for one in changes)
        if self.event.nature is Nature.CANCELLATION and not removed:
            said = "Votre demande d'annulation est enregistrée"
        elif self.event.nature is Nature.DECLINED and self.refused and not removed:
            said = "Votre demande d'annulation est refusée"
        return f"{said} (dossier n° {self.event.number})"

    def lines(self) -> Iterator[str]:
        """What is booked, given back, refused, and waits; what else it is about where nothing of these changes."""
        changes, by_service = self.event.changes, self.event.nature is Nature.CLOSURE
        found = [
            *self._listed("Réservé", ((one, slot) for one in changes for slot in one.added)),
            *self._listed(
                "Annulé par le service" if by_service else "Annulé",
                ((one, slot) for one in changes for slot in one.removed),
            ),
            *self._listed("Annulation refusée", self.refused),
            *self._waiting(),
        ]
        yield from found or self._listed("Concerne", ((one, slot) for one in changes for slot in self._touched(one)))

    def amounts(self) -> Iterator[str | tuple[str, ...]]:
        """What it costs; only if an agent agrees, where it asks to give back; as it was asked, where he has."""
        if self.asked:
            yield "L'annulation est en attente de l'accord du service : d'ici là la réservation reste due."
            yield from _priced(self.event, "Si le service l'accepte :")
        elif self.given_back and self.event.nature is Nature.AGREED:
            about = self.history.event(self.event.about)
            every = {place for number, place in self.history.asks() if number == about.number}
            whole = every == {(one.child, one.day, slot) for one, slot in self.given_back}
            yield from _priced(
                about, f"Comme annoncé au dossier n° {about.number}{'' if whole else ', pour toutes ses dates'} :"
            )
        else:
            yield from _priced(self.event)
        if self.refused:
            yield "L'annulation est refusée : la réservation reste due."

    def _waited(self, one: DayChange) -> set[Wait]:
        """What waited on a date before the event."""
        return {wait for wait in self.before.waits(one.child, one.day) if wait.slot in one.before}

    def _touched(self, one: DayChange) -> list[str]:
        """The slots held of a date of which the event changes how they are held, or what they wait for."""
        other = {wait.slot for wait in self._waited(one).symmetric_difference(one.waits)}
        return [held.slot for held in one.after if held.slot in other or held not in tuple(one.before)]

    def _waiting(self) -> Iterator[str]:
        states: dict[BookedState, list[tuple[DayChange, str]]] = {}
        for one in self.event.changes:
            touched = self._touched(one)
            for held in one.after:
                words = [wait.what for wait in one.waits if wait.slot == held.slot]
                state = state_of(held, words)
                if held.slot in touched and state is not BookedState.VALIDATED:
                    states.setdefault(state, []).append((one, held.slot))
        for state, places in states.items():
            yield from self._listed(state.value.capitalize(), places)

    def _listed(self, what: str, places: Iterable[tuple[DayChange, str]]) -> Iterator[str]:
        """One line a child and slot, with its dates."""
        alike: dict[tuple[str, str], list[date]] = {}
        for one, slot in places:
            alike.setdefault((one.child, slot), []).append(one.day)
        for (child, slot), days in alike.items():
            dates = ", ".join(f"{day:%d/%m/%Y}" for day in days)
            if len(days) > _MOST_DATES:
                dates = f"{len(days)} dates, du {days[0]:%d/%m/%Y} au {days[-1]:%d/%m/%Y}"
            yield f"{what} : {self.names.get(child, child)}, {self.labels.get(slot, slot)} ({dates})"


def _priced(event: PlanningEvent, when: str = "") -> Iterator[str | tuple[str, ...]]:
    """The lines of an event and their total, one paragraph each; a list after the condition under which they are due."""
    lines = _first(f"{one.designation} : {euros(one.amount_cents)}" for one in event.lines)
    found = (*lines, *(() if event.total_cents is None else (f"Total : {euros(event.total_cents)}",)))
    if when and found:
        yield when
        yield found
    else:
        yield from found


def _first(lines: Iterable[str]) -> tuple[str, ...]:
    """The first lines of many, and how many more there are: a mail is read, the dossier has them all."""
    every = tuple(lines)
    left = len(every) - _MOST_LINES
    return every if left <= 0 else (*every[:_MOST_LINES], f"et {left} autres lignes, dans le dossier")
