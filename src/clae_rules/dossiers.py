"""The page « Historique »: a numbered dossier a confirmed demande, newest first, with what became of it (S12.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import Enum
from types import MappingProxyType
from typing import Final

from .days import MONTHS
from .errors import Lang
from .events import Charged, Nature, PlanningEvent
from .history import CHECK, Booked, BookedState, History, Place
from .money import euros
from .showing import Displayed, Section, said

#: The events that the page lists; payments and answers show in the state of what they are about.
LISTED: Final = frozenset(
    {Nature.BOOKING, Nature.CANCELLATION, Nature.SUBSCRIPTION, Nature.RESIGNATION, Nature.CLOSURE}
)


class DossierState(Enum):
    """Where a dossier stands, by precedence: what still waits, then what is gone, then what is confirmed."""

    GIVING_BACK = "annulation demandée"
    UNPAID = "à payer"
    APPROVAL = "en attente d'accord"
    WAITING = "sur liste d'attente"
    PARTLY_CANCELLED = "annulé en partie"
    CANCELLED = "annulé"
    DECLINED = "refusé"
    LOST = "non payé à temps"
    CONFIRMED = "confirmé"

    def shown(self, lang: Lang = "fr") -> str:
        """The state in words, with the check of the guide where it is confirmed."""
        return f"{CHECK} {said(self, lang)}" if self is DossierState.CONFIRMED else said(self, lang)


_OF_STATE: Final[Mapping[BookedState, DossierState]] = MappingProxyType(
    {
        BookedState.VALIDATED: DossierState.CONFIRMED,
        BookedState.APPROVAL: DossierState.APPROVAL,
        BookedState.WAITING: DossierState.WAITING,
        BookedState.UNPAID: DossierState.UNPAID,
        BookedState.TOGETHER: DossierState.APPROVAL,
        BookedState.GIVING_BACK: DossierState.GIVING_BACK,
    }
)
_STANDING: Final = (DossierState.GIVING_BACK, DossierState.UNPAID, DossierState.APPROVAL, DossierState.WAITING)
_GONE: Final = frozenset({DossierState.CANCELLED, DossierState.DECLINED, DossierState.LOST})


@dataclass(frozen=True, slots=True)
class Detail:
    """
    One slot that a dossier booked, gave back or asked to give back, and what became of it.

    Args:
        child: His code.
        day: The date.
        slot: Its code.
        state: Where it stands.
        asked: Whether the dossier asked an agent's accord to give it back.
    """

    child: str
    day: date
    slot: str
    state: DossierState
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """
    One line of the page: what was confirmed, and where it stands.

    Args:
        number: Its number.
        instant: When it was confirmed, in UTC.
        referent: Code of who confirmed it.
        nature: What kind of event.
        children: Codes of the children.
        place: Labels of établissement, accueil and période.
        first_day: The first date that it changed.
        last_day: The last one.
        state: Where it stands.
        details: Each slot of it.
        lines: The récapitulatif that was shown: of a cancellation that waits, what it will be if it is agreed to; `told`
            says so.
        total_cents: Its total; None where it was not known, or nothing was priced.
        motive: Why the service closed.
    """

    number: str
    instant: datetime
    referent: str
    nature: Nature
    children: tuple[str, ...]
    place: tuple[str, ...]
    first_day: date
    last_day: date
    state: DossierState
    details: tuple[Detail, ...]
    lines: tuple[Charged, ...] = ()
    total_cents: int | None = None
    motive: str = ""

    @property
    def where(self) -> str:
        """« CLAE MESSY > PERISCOLAIRE / RESTAURATION > Périscolaire / Restauration 2021 - 2022 »."""
        return " > ".join(self.place)

    @property
    def dates(self) -> str:
        """« Du 7 septembre 2021 au 7 septembre 2021 »."""
        return f"Du {in_full(self.first_day)} au {in_full(self.last_day)}"

    @property
    def told(self) -> str:
        """What it comes to, in French: on a condition where an agent must agree; nothing given back where he did not."""
        asked = {one.state for one in self.details if one.asked}
        lines = " ; ".join(one.designation for one in self.lines) or self.nature.value
        said = lines if self.total_cents is None else f"{lines} ; total {euros(self.total_cents)}"
        if DossierState.GIVING_BACK in asked:
            waits = "annulation en attente de l'accord du service : d'ici là la réservation reste due"
            return f"{waits} ; si elle est acceptée : {said}"
        if asked == {DossierState.DECLINED}:
            kept = "".join(f" ; {one.designation}" for one in self.lines if one.kind == "reserve")
            return f"annulation refusée : la réservation reste due{kept}"
        if DossierState.DECLINED in asked:
            return f"annulation refusée en partie : ce qui l'est reste dû ; demandé en tout : {said}"
        return said

    def created(self, tz: tzinfo) -> str:
        """« 09/06/2021 à 11:20 », on the clock of a place."""
        return f"{self.instant.astimezone(tz):%d/%m/%Y à %H:%M}"


def dossiers(history: History, *, now: datetime | None = None) -> tuple[Dossier, ...]:
    """
    The dossiers of a household, the newest first.

    Args:
        history: Its history.
        now: Where given, what was not paid by then is lost.

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    held = {(one.child, one.day, one.held.slot): one for one in history.booked(now)}
    reading = _Reading(history, held)
    return tuple(reading.dossier(one) for one in reversed(history.events) if one.nature in LISTED)


class _Reading:
    """What became of each slot of a history."""

    def __init__(self, history: History, held: Mapping[Place, Booked]) -> None:
        self.held, self.ends, self.asks = held, history.ends(), history.asks()

    def dossier(self, event: PlanningEvent) -> Dossier:
        """One event as its line."""
        details = tuple(self._details(event))
        days = event.days
        return Dossier(
            event.number, event.instant, event.referent, event.nature, event.children, event.place, days[0], days[-1],
            _standing(details), details, event.lines, event.total_cents, event.motive,
        )  # fmt: skip

    def _details(self, event: PlanningEvent) -> list[Detail]:
        found = []
        for one in event.changes:
            states = {slot: self._booking(event.number, (one.child, one.day, slot)) for slot in one.added}
            places = {slot: (event.number, (one.child, one.day, slot)) for slot in one.asked_back}
            asked = {slot: _answered(self.asks[place]) for slot, place in places.items() if place in self.asks}
            states |= asked
            if not states:
                states = dict.fromkeys(one.removed, DossierState.CONFIRMED)
            found += [Detail(one.child, one.day, slot, state, slot in asked) for slot, state in states.items()]
        return found

    def _booking(self, number: str, place: Place) -> DossierState:
        held = self.held.get(place)
        if held is not None and held.number == number:
            return _OF_STATE[held.state]
        nature, _ = self.ends.get((number, place), (None, ""))
        if nature is None:
            return DossierState.LOST
        return DossierState.DECLINED if nature is Nature.DECLINED else DossierState.CANCELLED


def _answered(nature: Nature | None) -> DossierState:
    """What became of what was asked to be given back: it waits, was declined, or is gone as it was asked."""
    if nature is None:
        return DossierState.GIVING_BACK
    return DossierState.DECLINED if nature is Nature.DECLINED else DossierState.CONFIRMED


def _standing(details: tuple[Detail, ...]) -> DossierState:
    states = {one.state for one in details}
    waits = next((one for one in _STANDING if one in states), None)
    gone = states & _GONE
    if waits is not None:
        return waits
    if not gone:
        return DossierState.CONFIRMED
    if gone != states:
        return DossierState.PARTLY_CANCELLED
    return gone.pop() if len(gone) == 1 else DossierState.CANCELLED


@dataclass(frozen=True, slots=True)
class HistoryPage(Displayed):
    """
    The page « Historique » of the guide.

    Args:
        dossiers: Its lines, the newest first.
        tz: The clock on which instants are told: that of the règlement.
        names: What children and adults are called, by code; a code without a name is shown as it is.
    """

    dossiers: tuple[Dossier, ...]
    tz: tzinfo
    names: Mapping[str, str] = field(repr=False)

    def heading(self, lang: Lang = "fr") -> str:
        """The title of the page."""
        return ("Historique des réservations", "History of bookings")[lang == "en"]

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The table of the guide."""
        fr = (
            "N° dossier",
            "Création",
            "Référent",
            "Etablissement > Accueil > Période",
            "Dates",
            "État",
            "Détails",
        )
        en = ("No", "Created", "By", "Place > Care > Period", "Dates", "State", "Details")
        rows = tuple(
            (
                one.number, one.created(self.tz), self._named(one.referent), one.where, one.dates,
                one.state.shown(lang), self._details(one),
            )
            for one in self.dossiers
        )  # fmt: skip
        note = "" if rows else ("aucun dossier", "no dossier")[lang == "en"]
        return (Section("", (fr, en)[lang == "en"], rows, note),)

    def _named(self, code: str) -> str:
        return self.names.get(code, code)

    def _details(self, one: Dossier) -> str:
        who = ", ".join(self._named(code) for code in one.children)
        why = f" ({one.motive})" if one.motive else ""
        return f"{who} : {one.told}{why}"


def in_full(day: date) -> str:
    """
    A date in full, « 1er septembre 2021 ».

    >>> in_full(date(2021, 9, 1)), in_full(date(2021, 9, 7))
    ('1er septembre 2021', '7 septembre 2021')
    """
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
