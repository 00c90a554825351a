"""« Demander l'annulation »: from bookings to the draft that gives them back, and what the service writes (S12.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Final

from .desk import Desk
from .errors import Fault, raise_all
from .events import DayChange, Nature, PlanningEvent
from .history import Booked, BookedState, state_of
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
        where = f"« {slot} » le {one.day}"
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
    event: PlanningEvent, *, names: Mapping[str, str], labels: Mapping[str, str], tz: tzinfo
) -> Notification:
    """
    The message that confirms an event: « l'annulation de réservation est toujours confirmée par un mail ».

    Args:
        event: A booking, a cancellation, asked or done, by the family or by the service, a payment, an answer.
        names: What the children are called, by code.
        labels: What the slots are called, by code: `engine.labels`.
        tz: The clock on which the instant is told: that of the règlement.

    Returns:
        Its subject and paragraphs: what is booked, given back or asked to be, what waits, what stays due.
    """
    told = _Telling(event, names, labels)
    when = f"{event.instant.astimezone(tz):%d/%m/%Y à %H:%M}"
    about = f", en réponse au dossier n° {event.about}" if event.about else ""
    where = f" : {' > '.join(event.place)}" if event.place else ""
    return Notification(
        told.subject(),
        (
            f"Dossier n° {event.number} du {when}{about}{where}.",
            *([f"Motif : {event.motive}."] if event.motive else []),
            _first(told.lines()),
            *_first(f"{one.designation} : {euros(one.amount_cents)}" for one in event.lines),
            *([] if event.total_cents is None else [f"Total : {euros(event.total_cents)}"]),
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
    """An event while it is put into words."""

    def __init__(self, event: PlanningEvent, names: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self.event, self.names, self.labels = event, names, labels

    def subject(self) -> str:
        """What the message is about; a cancellation that waits for an accord is asked, and not confirmed."""
        said = _SUBJECTS[self.event.nature]
        if self.event.nature is Nature.CANCELLATION and not any(one.removed for one in self.event.changes):
            said = "Votre demande d'annulation est enregistrée"
        return f"{said} (dossier n° {self.event.number})"

    def lines(self) -> Iterator[str]:
        """What is booked, given back, asked to be, and waits; the dates alone where nothing of these changes."""
        changes, by_service = self.event.changes, self.event.nature is Nature.CLOSURE
        found = [
            *self._listed("Réservé", ((one, slot) for one in changes for slot in one.added)),
            *self._listed(
                "Annulé par le service" if by_service else "Annulé",
                ((one, slot) for one in changes for slot in one.removed),
            ),
            *self._waiting(),
        ]
        yield from found or self._listed("Concerne", ((one, x.slot) for one in changes for x in one.after))

    def _waiting(self) -> Iterator[str]:
        states: dict[BookedState, list[tuple[DayChange, str]]] = {}
        for one in self.event.changes:
            for held in one.after:
                words = [wait.what for wait in one.waits if wait.slot == held.slot]
                state = state_of(held, words)
                if state is not BookedState.VALIDATED:
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


def _first(lines: Iterable[str]) -> tuple[str, ...]:
    """The first lines of many, and how many more there are: a mail is read, the dossier has them all."""
    every = tuple(lines)
    left = len(every) - _MOST_LINES
    return every if left <= 0 else (*every[:_MOST_LINES], f"et {left} autres lignes, dans le dossier")
