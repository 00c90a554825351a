"""Where, when and what: établissement ▸ mode d'accueil ▸ période ▸ slots (S2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from .days import HOURS, PRINTED_HOURS, WEEKDAY, Span, clock
from .described import Key, ListOf, Record
from .errors import Fault, raise_all
from .selectors import WHO, When, Who
from .shapes import Day, Instant, Ref, Slug, Text
from .variants import VARIANT, Variant

SOURCE: Final = Key("source", Text(), "Le document et l'article d'où cela vient.", '"reglement art. 3"')
HYPOTHESE: Final = Key("hypothese", Text(), "Ce qui n'est pas publié et que l'on suppose.", '"prix inventé"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    A bookable stretch of a civil day (S2.2).

    Args:
        code: Unique in the règlement.
        label: What parents read; may repeat.
        short_label: Unique in its mode; the label where left out.
        hours: Minutes since midnight, start included, end excluded, in local wall time; None without times.
        arrival: When families may bring the child, to print: minutes, both included; books nothing.
        departure: When they may fetch him, the same.

    Raises:
        InvalidValueError: If the end is not after the start, or a time is outside 0 to 1440.

    >>> Slot(code="matin-1", label="Périscolaire matin", hours=(390, 450)).times
    '06:30-07:30'
    """

    code: Annotated[str, Key("code", Slug(), "Le code du créneau, unique dans le fichier.", '"repas"')]
    label: Annotated[
        str, Key("nom", Text(80), "Le nom que lisent les familles ; il peut se répéter.", '"Repas enfant"')
    ]
    short_label: Annotated[str, Key("court", Text(80), "Un nom court, unique dans le mode d'accueil.")] = ""
    hours: Annotated[
        tuple[int, int] | None,
        Key("horaire", HOURS, "Début et fin, heure locale ; fin non comprise.", '"06:30-07:30"'),
    ] = None
    arrival: Annotated[
        tuple[int, int] | None,
        Key("arrivee", PRINTED_HOURS, "Quand on peut déposer l'enfant ; imprimé, ne change rien.", '"07:30-09:00"'),
    ] = None
    departure: Annotated[
        tuple[int, int] | None,
        Key("depart", PRINTED_HOURS, "Quand on peut le reprendre ; imprimé, ne change rien.", '"17:00-18:30"'),
    ] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        if not self.short_label:
            object.__setattr__(self, "short_label", self.label)
        if self.hours is not None and not 0 <= self.hours[0] < self.hours[1] <= 1440:
            start, end = self.hours
            raise_all(
                [
                    Fault(
                        ("hours",),
                        f"un créneau doit finir après avoir commencé, entre 0 et 1440 minutes ; lu {start} à {end}",
                        f"a slot must end after it starts, between 0 and 1440 minutes; got {start} to {end}",
                    )
                ]
            )

    @property
    def times(self) -> str:
        """« 06:30-07:30 », or nothing for a slot without times."""
        return "" if self.hours is None else f"{clock(self.hours[0])}-{clock(self.hours[1])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Etablissement:
    """
    A place that takes children in.

    Args:
        school_weekdays: Weekdays on which it teaches (0 Monday to 6 Sunday): the calendar « école » (S2.1).
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(120), "Le nom de l'établissement.", '"CLAE MESSY"')]
    school_weekdays: Annotated[
        tuple[int, ...],
        Key("jours_ecole", ListOf(WEEKDAY), "Les jours de semaine où l'école a lieu.", '["lundi", "mardi"]'),
    ] = ()
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeAccueil:
    """A kind of care offered at one établissement, with its slots in display order (S2.1, S2.2)."""

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(120), "Le nom du mode d'accueil.", '"PERISCOLAIRE / RESTAURATION"')]
    etablissement: Annotated[str, Key("etablissement", Ref(("etablissement",)), "Le code de l'établissement.")]
    slots: Annotated[
        tuple[Slot, ...],
        Key("offre", ListOf(Record(Slot), most=64), "Les créneaux, dans l'ordre d'affichage."),
    ]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        seen: dict[str, str] = {}
        for i, slot in enumerate(self.slots):
            if slot.short_label in seen:
                other = seen[slot.short_label]
                yield Fault(
                    ("slots", i),
                    f"« {slot.short_label} » sert déjà à « {other} » ; donnez à chacun un nom « court » qui lui est propre",
                    f"« {slot.short_label} » already names {other!r}; give each its own short label",
                )
            seen[slot.short_label] = slot.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Periode:
    """
    A stretch of days in which one mode may be booked (S2.1).

    Args:
        mode: Code of the mode d'accueil whose slots it opens.
        first_day: Included.
        last_day: Included.
        when: The dates among them on which it opens.
        unless: Dates that stay closed.
        who: For whom it is offered; everybody where left out.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(120), "Le nom de la période.", '"Périscolaire 2021 - 2022"')]
    mode: Annotated[str, Key("mode", Ref(("mode",)), "Le code du mode d'accueil que cette période ouvre.")]
    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2021-09-02")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2022-07-07")]
    when: Annotated[When, Key("quand", Record(When), "Les jours d'ouverture.")] = When()
    unless: Annotated[When, Key("sauf", Record(When), "Les jours où la période reste fermée.")] = When()
    who: Annotated[Who, Key("qui", WHO, "À qui cette période est proposée.")] = ()
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        Span(self.first_day, self.last_day)

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Held:
    """
    One slot held on one date, in the variant in which it was booked.

    Args:
        booked: When it was booked, aware; only prices that are read at the booking need it (S10.7).
        holder: Code of the household that booked it, pays for it and alone may give it back (S6.8); empty where the
            child has one household.
        pay_before: The instant at which it is lost unless paid; None where it is paid, or need not be.
    """

    slot: Annotated[str, Key("creneau", Ref(("créneau",)), "Le code du créneau.", '"repas"')]
    variant: Annotated[Variant, Key("variante", VARIANT, "normal ou hors-delai.", '"hors-delai"')] = Variant.NORMAL
    booked: Annotated[
        datetime | None, Key("reserve_le", Instant(), "L'instant de la réservation, si le prix en dépend.")
    ] = None
    holder: Annotated[
        str,
        Key("foyer", Slug(), "Le foyer qui l'a réservé, en garde alternée ; celui de la demande si absent.", '"pere"'),
    ] = ""
    pay_before: Annotated[
        datetime | None,
        Key("paye_avant", Instant(), "Réservé et pas encore payé : perdu à cet instant.", "2026-09-01T10:00:00+02:00"),
    ] = None

    def is_lost(self, now: datetime) -> bool:
        """Whether it was not paid in time: too late iff now ≥ limit."""
        return self.pay_before is not None and self.pay_before <= now

    def __lt__(self, other: Held) -> bool:
        return (self.slot, self.variant.value, self.holder) < (other.slot, other.variant.value, other.holder)


@dataclass(frozen=True, slots=True)
class Selection:
    """
    The slots held on one date, each in one variant (S2.3); equal whatever the order they were given in.

    Raises:
        InvalidValueError: If one slot is held in both variants, or by two households.

    >>> Selection.of("repas", "matin") == Selection.of("matin", "repas")
    True
    """

    held: tuple[Held, ...] = ()

    def __post_init__(self) -> None:
        unique = tuple(sorted(set(self.held)))
        codes = [one.slot for one in unique]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise_all(self._twice(code) for code in twice)
        object.__setattr__(self, "held", unique)

    def _twice(self, code: str) -> Fault:
        holders = sorted({one.holder for one in self.held if one.slot == code})
        if len(holders) > 1:
            said = " et ".join(f"« {one or 'sans nom'} »" for one in holders)
            fr = f"tenu par deux foyers, {said}, pour une seule place ; gardez l'un des deux"
            return Fault((code,), fr, f"held by two households, {said}, for one place; keep one of them")
        if len({one.variant for one in self.held if one.slot == code}) == 1:
            fr = "tenu à la fois payé et à payer ; gardez l'un des deux"
            return Fault((code,), fr, "held both paid and to be paid; keep one of them")
        fr = "tenu à la fois en normal et en hors délai ; gardez l'un des deux"
        return Fault((code,), fr, "held both in time and late; keep one of them")

    @classmethod
    def of(cls, *slots: str | Held) -> Selection:
        """
        A selection of slots, in the normal variant unless a `Held` says otherwise.

        Raises:
            InvalidValueError: If one of them is a list, or one slot is held in two ways.
        """
        return cls(tuple(Held(one) if isinstance(one, str) else one for one in slots_of(slots)))

    @property
    def slots(self) -> frozenset[str]:
        """The codes held."""
        return frozenset(one.slot for one in self.held)

    def variant(self, slot: str) -> Variant | None:
        """The variant in which *slot* is held, or None."""
        return next((one.variant for one in self.held if one.slot == slot), None)

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[Held]:
        return iter(self.held)

    def __contains__(self, slot: object) -> bool:
        return any(one.slot == slot for one in self.held)

    def without(self, slots: Iterable[str]) -> Selection:
        """The same without *slots*."""
        gone = set(slots)
        return Selection(tuple(one for one in self.held if one.slot not in gone))

    def at(self, now: datetime) -> Selection:
        """What is still held at an instant: what was not paid in time is lost."""
        return Selection(tuple(one for one in self.held if not one.is_lost(now)))

    def held_by(self, household: str) -> Selection:
        """What one household holds of it, and pays for (S6.8)."""
        if all(one.holder == household for one in self.held):
            return self
        return Selection(tuple(one for one in self.held if one.holder == household))

    def holder(self, slot: str) -> str | None:
        """The household that holds *slot*, or None where nobody does."""
        return next((one.holder for one in self.held if one.slot == slot), None)

    def union(self, other: Selection) -> Selection:
        """
        What two households hold together on one date.

        Raises:
            InvalidValueError: If both hold one slot.
        """
        return Selection((*self.held, *other.held))


def listed(
    given: object, faults: list[Fault], *path: str | int, only: tuple[type, ...] = (str, Held)
) -> tuple[Any, ...]:
    """
    The slots of a list, each a code or a `Held`; one code in its place is a fault, never read letter by letter.

    Args:
        given: What was given.
        faults: Where what is wrong with it is added; then nothing of it is returned.
        path: Where it stands.
        only: What each may be.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        shown = given.slot if isinstance(given, Held) else given
        fr = f"lu « {shown} » ; il faut une liste de créneaux : [{given!r}]"
        faults.append(Fault(path, fr, f"got « {shown} »; expected a list of slots: [{given!r}]"))
        return ()
    found = tuple(given)
    wrong = [one for one in found if not isinstance(one, only)]
    for one in wrong:
        more, too = (", ou un Held", ", or a Held") if Held in only else ("", "")
        fr = f"lu {one!r} dans une liste de créneaux ; il faut le code de chacun{more}"
        faults.append(Fault(path, fr, f"got {one!r} in a list of slots; expected the code of each{too}"))
    return () if wrong else found


def slots_of(given: object, *path: str | int, only: tuple[type, ...] = (str, Held)) -> tuple[Any, ...]:
    """
    The slots of a list, as `listed` reads them.

    Raises:
        InvalidValueError: If it is none, such as one code alone.

    >>> slots_of("repas", "slots")
    Traceback (most recent call last):
        ...
    clae_rules.errors.InvalidValueError: slots : lu « repas » ; il faut une liste de créneaux : ['repas']
    """
    if isinstance(given, (list, tuple)):  # the usual case, at once
        for one in given:
            if not isinstance(one, only):
                break
        else:
            return tuple(given)
    faults: list[Fault] = []
    found = listed(given, faults, *path, only=only)
    raise_all(faults)
    return found


#: The empty selection.
NOTHING: Final = Selection()
