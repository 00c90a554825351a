"""What happened in a month, as the portal and the pointing tell it: booked, cancelled, there, absent, closed (S4.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import combinations
from typing import Annotated, Final

from .days import Span, clipped, clock, no_time, time_of_day
from .described import Key, ListOf, Phrase, is_day, unlisted
from .errors import Fault, Path
from .holdings import Planning
from .selectors import Places
from .shapes import Day, Flag, Instant, Ref, Slug, phrase_error
from .subscriptions import Abonnement


def parse_clock(text: str) -> int:
    """
    Minutes since midnight of « 18:10 ».

    Raises:
        InvalidValueError: If it is no time of a day.
    """
    minutes = time_of_day(text)
    if minutes is None:
        raise no_time(text, "il faut une heure : « 18:10 »", "expected a time: « 18:10 »")
    return minutes


#: Shape of a time of day.
CLOCK: Final = Phrase(("une heure", "a time"), parse_clock, clock, ("18:10",))


def parse_month(text: str) -> date:
    """
    The first day of « 2026-09 ».

    Raises:
        InvalidValueError: If there is no such month.
    """
    found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", text)
    if found is None:
        raise phrase_error(text, "il faut un mois : « 2026-09 »", "expected a month: « 2026-09 »")
    return date(int(found[1]), int(found[2]), 1)


#: Shape of a civil month; its value is its first day.
MONTH_OF: Final = Phrase(("un mois", "a month"), parse_month, lambda day: f"{day:%Y-%m}", ("2026-09",))
_SLOTS: Final = ListOf(Ref(("créneau", "groupe", "mode")), single=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A child there in one slot of a date; minutes since midnight where the hours are noted."""

    slot: Annotated[str, Key("creneau", Ref(("créneau",)), "Le code du créneau.", '"soir"')]
    arrival: Annotated[int | None, Key("arrivee", CLOCK, "L'heure d'arrivée.", '"16:30"')] = None
    departure: Annotated[int | None, Key("depart", CLOCK, "L'heure de départ.", '"18:10"')] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """
    What the household gave back, and when; all that was booked on these dates where no slot is named.

    Args:
        change: Whether something else of the date stayed or was taken at once, which the phases of a change then judge
            (S3.6); None reads it of all that was booked, what was booked afterwards included.
    """

    child: Annotated[str, Key("enfant", Slug(), "Le code de l'enfant.", '"lea"')]
    days: Annotated[tuple[date, ...], Key("dates", ListOf(Day(), single=True), "Les dates annulées.", "[2026-09-08]")]
    instant: Annotated[datetime, Key("instant", Instant(), "Quand.", "2026-09-07T08:59:00+02:00")]
    slots: Annotated[tuple[str, ...], Key("creneaux", _SLOTS, "Les créneaux annulés ; tous sans cette ligne.")] = ()
    change: Annotated[
        bool | None,
        Key("changement", Flag(), "Le reste de la date restait réservé ; lu de [reserve.X] sans cette ligne.", "false"),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """
    An absence of a child, from its first day to its last, both included (S4.4).

    Args:
        motive: A motive that the règlement knows; none where left out.
        reported: When the household told; None if it did not.
        proved: When it gave a proof; None if it did not.
        slots: What is missed; all slots where empty.
    """

    child: Annotated[str, Key("enfant", Slug(), "Le code de l'enfant.", '"lea"')]
    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2026-09-07")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2026-09-11")]
    motive: Annotated[str, Key("motif", Slug(), "Un motif du règlement ; aucun sans cette ligne.", '"maladie"')] = ""
    reported: Annotated[datetime | None, Key("signale", Instant(), "Quand la famille l'a signalée.")] = None
    proved: Annotated[datetime | None, Key("justifie", Instant(), "Quand elle a remis un justificatif.")] = None
    slots: Annotated[tuple[str, ...], Key("creneaux", _SLOTS, "Les créneaux manqués ; tous sans cette ligne.")] = ()

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A strike, a closure, an outing: what it covers is cancelled for all, or for the children that it names."""

    motive: Annotated[str, Key("motif", Slug(), "Un motif du règlement.", '"greve"')]
    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2026-09-07")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2026-09-07")]
    children: Annotated[
        tuple[str, ...], Key("enfants", ListOf(Slug(), single=True), "Les enfants concernés ; tous sans cette ligne.")
    ] = ()
    slots: Annotated[tuple[str, ...], Key("creneaux", _SLOTS, "Les créneaux annulés ; tous sans cette ligne.")] = ()

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def concerns(self, child: str) -> bool:
        """Whether it is about a child."""
        return not self.children or child in self.children


#: Who was there: (child, date, stays).
Stays = tuple[tuple[str, date, tuple[Stay, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Releve:
    """
    What is known, at one instant, of what a household booked and did in a month.

    Args:
        month: First day of the month that is billed.
        instant: When it was drawn up, aware: later dates have not happened yet.
        booked: Everything that was booked, what was cancelled since included; outside the month too, where told. What
            another household of a child holds is not billed: prices read it (S6.8).
        children: Codes of the children told of.
        abonnements: What some of them have, by the code of the child: its dates that are told are booked, and given
            back under its own phases (S9.4).
        stays: Who was there.
        pointed: Slots, groups and modes of which attendance is noted: who was not there then was absent.
        cancellations: What was given back.
        episodes: Absences told or known.
        events: What the service cancelled.
        past: Lapses of a constat before *first_day*, in its stretch then running: (child, constat, how many).
        first_day: From when bookings and attendance are told; the month's first day unless said.
        last_day: Until when; the month's last day unless said.
    """

    month: date
    instant: datetime
    booked: Planning
    children: tuple[str, ...]
    abonnements: tuple[tuple[str, Abonnement], ...] = ()
    stays: Stays = ()
    pointed: tuple[str, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    episodes: tuple[Episode, ...] = ()
    events: tuple[Event, ...] = ()
    past: tuple[tuple[str, str, int], ...] = ()
    first_day: date | None = None
    last_day: date | None = None

    @property
    def billed(self) -> Span:
        """The days of the month."""
        return Span(self.month, clipped(self.month.year, self.month.month, 31))

    @property
    def told(self) -> Span:
        """The days of which bookings and attendance are told."""
        month = self.billed
        return Span(self.first_day or month.first_day, self.last_day or month.last_day)

    def past_of(self, child: str, constat: str) -> int | None:
        """How many lapses came before what is told; None where nobody says."""
        return next((count for who, code, count in self.past if (who, code) == (child, constat)), None)

    def faults(self, places: Places, tz: tzinfo | None = None) -> Iterator[Fault]:
        """
        What cannot be, whatever the règlement's rules: dates swapped, things told twice or before they happen.

        Args:
            places: What the codes of slots, groups and modes stand for; unknown codes are told elsewhere.
            tz: The zone of the règlement, in which the instant has its date; that of its own offset without one.
        """
        unread = tuple(self._faults_of_lists())
        if unread:
            yield from unread
            return
        drawn_up = (self.instant if tz is None else self.instant.astimezone(tz)).date()
        yield from self._faults_of_dates()
        yield from self._faults_of_stays(_known(places, self.pointed), drawn_up)
        yield from self._faults_of_cancellations(places)
        yield from self._faults_of_abonnements(places)
        yield from self._faults_of_episodes(places)

    def faults_of_month(self) -> Iterator[Fault]:
        """A month of which nothing is told while other months are: a slip of « mois », or dates to leave out."""
        days = sorted({day for _, day, _ in (*self.booked.days, *self.stays)})
        if days and not any(day in self.billed for day in days):
            fr = f"rien n'est réservé ni pointé en {self.month:%Y-%m}, mais du {days[0]} au {days[-1]}"
            en = f"nothing is booked or noted in {self.month:%Y-%m}, but from {days[0]} to {days[-1]}"
            yield Fault(
                ("releve", "mois"),
                f"{fr} ; corrigez « mois », ou retirez ces dates",
                f"{en}; mend it, or drop these dates",
            )

    def _faults_of_lists(self) -> Iterator[Fault]:
        pointed: object = self.pointed
        if isinstance(pointed, str):
            fr = f"lu « {pointed} » ; il faut une liste, ({pointed!r},)"
            yield Fault(("releve", "pointes"), fr, f"got « {pointed} »; expected a list, ({pointed!r},)")
        for section, items in (("annule", self.cancellations), ("absence", self.episodes), ("evenement", self.events)):
            for i, one in enumerate(items):
                yield from unlisted(one, (section, i))

    def _faults_of_dates(self) -> Iterator[Fault]:
        month, first, last = self.billed, self.first_day, self.last_day
        if (first and first > month.first_day) or (last and last < month.last_day):
            fr = f"le relevé ne couvre pas tout le mois, du {month.first_day} au {month.last_day} ; élargissez-le"
            yield Fault(("releve", "du" if first and first > month.first_day else "au"), fr, "must cover the month")
        items: tuple[tuple[str, tuple[Episode | Event, ...]], ...] = (
            ("absence", self.episodes),
            ("evenement", self.events),
        )
        for section, spans in items:
            for i, one in enumerate(spans):
                if one.last_day < one.first_day:
                    fr = f"{one.last_day} est avant {one.first_day} ; inversez les deux dates"
                    yield Fault((section, i, "au"), fr, f"{one.last_day} is before {one.first_day}; swap them")
                elif (one.last_day - one.first_day).days > 400:
                    yield Fault((section, i, "au"), "plus de 400 jours ; vérifiez l'année", "over 400 days; check it")
        instants: list[tuple[Path, datetime | None]] = [
            (("annule", i, "instant"), one.instant) for i, one in enumerate(self.cancellations)
        ]
        for i, one in enumerate(self.episodes):
            instants += [(("absence", i, "signale"), one.reported), (("absence", i, "justifie"), one.proved)]
        for path, instant in instants:
            if instant is not None and instant > self.instant:
                fr = f"après l'instant du relevé, {self.instant.isoformat()} ; corrigez l'un des deux"
                yield Fault(path, fr, f"after the instant of the relevé, {self.instant.isoformat()}; mend one of them")

    def _faults_of_stays(self, pointed: frozenset[str], drawn_up: date) -> Iterator[Fault]:
        for child, day, stays in self.stays:
            path: Path = ("present", child, day.isoformat())
            codes = [one.slot for one in stays]
            for i, one in enumerate(stays):
                if one.slot in codes[:i]:
                    yield Fault((*path, i), f"« {one.slot} » y est deux fois ; une seule fois", "stands twice; once")
                if one.slot not in pointed:
                    fr = f"« {one.slot} » n'est pas pointé ; ajoutez-le à « pointes » dans [releve]"
                    yield Fault((*path, i), fr, f"« {one.slot} » is not pointed; add it to « pointes » in [releve]")
                if one.arrival is not None and one.departure is not None and one.departure < one.arrival:
                    fr = f"part à {clock(one.departure)}, avant d'arriver à {clock(one.arrival)} ; inversez les heures"
                    yield Fault((*path, i), fr, "leaves before arriving; swap the times")
            if day > drawn_up:
                yield Fault(
                    path, "après l'instant du relevé ; corrigez l'un des deux", "after the instant of the relevé"
                )

    def _faults_of_cancellations(self, places: Places) -> Iterator[Fault]:
        seen: set[tuple[str, date, str]] = set()
        for i, one in enumerate(self.cancellations):
            for j, day in enumerate(one.days):
                held = self.booked.held(one.child, day).slots
                given = held & _known(places, one.slots) if one.slots else held
                path: Path = ("annule", i, "dates", j) if len(one.days) > 1 else ("annule", i, "dates")
                if not given and day in self.told:
                    fr = f"{one.child} n'a rien réservé de cela le {day} ; ajoutez-le à [reserve.{one.child}]"
                    yield Fault(path, fr, f"{one.child} booked none of it on {day}; add it to [reserve.{one.child}]")
                if any((one.child, day, slot) in seen for slot in given):
                    fr = f"le {day} est déjà annulé plus haut ; gardez une seule fois"
                    yield Fault(path, fr, f"{day} is cancelled above already; keep it once")
                seen |= {(one.child, day, slot) for slot in given}

    def _faults_of_abonnements(self, places: Places) -> Iterator[Fault]:
        """A day given back of an abonnement stands once: cancelled here, or given back before and no longer held."""
        for i, one in enumerate(self.cancellations):
            named = _known(places, one.slots)
            for child, had in self.abonnements:
                for day in one.days if child == one.child else ():
                    slots = frozenset(had.pattern.slots_on(day))
                    if day in had.suspended and (slots & named or not named):
                        fr = f"le {day} est déjà dans « suspendus » de [abonne.{child}.{had.code}] ; retirez-l'en : [[annule]] dit quand"
                        en = f"{day} stands in « suspendus » of [abonne.{child}.{had.code}] already; drop it there: [[annule]] says when"
                        yield Fault(("annule", i, "dates"), fr, en)

    def _faults_of_episodes(self, places: Places) -> Iterator[Fault]:
        for (i, one), (j, two) in combinations(enumerate(self.episodes), 2):
            apart = one.last_day < two.first_day or two.last_day < one.first_day or one.child != two.child
            shared = not (one.slots and two.slots) or _known(places, one.slots) & _known(places, two.slots)
            if not apart and shared:
                day = max(one.first_day, two.first_day)
                fr = f"chevauche absence[{i}] le {day} ; séparez-les, ou n'en gardez qu'une"
                yield Fault(("absence", j), fr, f"overlaps absence[{i}] on {day}; keep them apart, or keep one")


def _known(places: Places, codes: Iterable[str]) -> frozenset[str]:
    """The slots that some codes stand for, those that nobody knows left out."""
    return places.expand(code for code in codes if code in places.slots)


def stays_of(given: Iterable[tuple[str, Iterable[tuple[date, Iterable[Stay | str]]]]]) -> Stays:
    """Stays by child and date; a plain code is a stay without hours."""
    return tuple(
        (child, day, tuple(Stay(slot=one) if isinstance(one, str) else one for one in stays))
        for child, days in given
        for day, stays in days
        if is_day(day)
    )
