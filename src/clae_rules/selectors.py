"""
The one way to say where something applies: `creneaux`, `variante`, `formules`, `quand`, `qui`, `sauf`.

Three answers are possible to « does it apply to this child »: yes, no, and unknown (None) where a fact is
missing (S1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from .bounds import Bound, BoundShape
from .days import DATED_CALENDARS, KIND, MONTH, WEEKDAY, DayFacts, DayKind
from .described import Key, ListOf, Record, TableOf
from .errors import Fault, raise_all
from .facts import Profile, compare
from .shapes import Day, Ref
from .variants import VARIANT, Variant

Answer = bool | None

#: Conditions on facts, all of which must hold.
Who = tuple[tuple[str, Bound], ...]
#: Shape of `qui`.
WHO: Final = TableOf(Ref(("faits",)), BoundShape())


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """
    Dates, by what they are; keys add up (and), a list is a choice (or), an absent key restricts nothing.

    Args:
        weekdays: 0 Monday to 6 Sunday.
        kinds: Kinds of day.
        months: 1 to 12.
        periodes: Codes of périodes of which the date is an opening day.
        holidays: Codes of school holidays.
        calendars: Codes of named calendars, and words of the format: « école », « ouvrés », « ouvrables ».
        dates: Single dates.
        first_day: No date before it; included.
        last_day: No date after it; included.
    """

    weekdays: Annotated[
        tuple[int, ...], Key("jour", ListOf(WEEKDAY, True), "Jours de semaine.", '["lundi", "mardi"]')
    ] = ()
    kinds: Annotated[tuple[DayKind, ...], Key("type", ListOf(KIND, True), "Types de jour.", '"ordinaire"')] = ()
    months: Annotated[tuple[int, ...], Key("mois", ListOf(MONTH, True), "Mois.", '"septembre"')] = ()
    periodes: Annotated[
        tuple[str, ...],
        Key("periode", ListOf(Ref(("periode",)), True), "Codes de périodes.", '"mercredi-2021"'),
    ] = ()
    holidays: Annotated[
        tuple[str, ...],
        Key("vacances", ListOf(Ref(("jours.vacances",)), True), "Codes de vacances.", '"toussaint"'),
    ] = ()
    calendars: Annotated[
        tuple[str, ...],
        Key("calendrier", ListOf(Ref(("calendrier",), DATED_CALENDARS), True), "Les jours d'un calendrier.", '"école"'),
    ] = ()
    dates: Annotated[tuple[date, ...], Key("dates", ListOf(Day(), True), "Des dates, une à une.", "[2021-11-12]")] = ()
    first_day: Annotated[date | None, Key("du", Day(), "Pas avant cette date, comprise.", "2024-09-02")] = None
    last_day: Annotated[date | None, Key("au", Day(), "Pas après cette date, comprise.", "2025-07-04")] = None

    def __post_init__(self) -> None:
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            fr = f"{self.last_day} est avant {self.first_day} ; inversez les deux dates"
            raise_all([Fault(("last_day",), fr, f"{self.last_day} is before {self.first_day}; swap them")])

    @property
    def is_dated(self) -> bool:
        """Whether it names dates: a dated exception wins over what names none (S3.5)."""
        return bool(self.dates) or self.first_day is not None or self.last_day is not None

    def matches(
        self, day: DayFacts, periodes: Collection[str], calendars: Mapping[str, Callable[[DayFacts], bool]]
    ) -> bool:
        """
        Whether a date is among these.

        Args:
            day: What the calendar says of the date.
            periodes: Codes of the périodes that open on the date.
            calendars: The calendars that a selector may name.
        """
        return (
            (not self.weekdays or day.weekday in self.weekdays)
            and (not self.kinds or day.kind in self.kinds)
            and (not self.months or day.day.month in self.months)
            and (not self.periodes or any(code in periodes for code in self.periodes))
            and (not self.holidays or day.holiday in self.holidays)
            and (not self.calendars or any(calendars[code](day) for code in self.calendars))
            and (not self.dates or day.day in self.dates)
            and (self.first_day is None or self.first_day <= day.day)
            and (self.last_day is None or day.day <= self.last_day)
        )


#: All dates.
ALWAYS: Final = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """
    Where something applies: slots, variants, dates and people, less exceptions.

    Args:
        slots: Codes of slots, groups or modes; all slots where empty.
        variants: Both where empty.
        formules: Codes of formules one of which must be held that day.
        when: Dates.
        who: Conditions on facts, all of which must hold.
        unless: Exceptions, each itself a selector; one that names only slots takes those away.
    """

    slots: Annotated[
        tuple[str, ...],
        Key(
            "creneaux",
            ListOf(Ref(("créneau", "groupe", "mode")), True),
            "Les créneaux concernés.",
            '["matin", "repas"]',
        ),
    ] = ()
    variants: Annotated[
        tuple[Variant, ...], Key("variante", ListOf(VARIANT, True), "Normal ou hors délai.", '"hors-delai"')
    ] = ()
    formules: Annotated[
        tuple[str, ...],
        Key("formules", ListOf(Ref(("formule",)), True), "Formules dont l'une est tenue ce jour-là."),
    ] = ()
    when: Annotated[When, Key("quand", Record(When), "Les dates concernées.")] = ALWAYS
    who: Annotated[Who, Key("qui", WHO, "Les familles ou enfants concernés.")] = ()
    unless: Annotated[tuple[Where, ...], Key("sauf", ListOf(Record(Where), True), "Les exceptions.")] = ()

    @property
    def is_conditional(self) -> bool:
        """Whether it depends on what is held that day: it names a variant or a formule."""
        return bool(self.variants or self.formules)

    @property
    def precedence(self) -> int:
        """2 for a dated exception, 1 for another selector that restricts something, else 0 (S3.5)."""
        if self.when.is_dated:
            return 2
        return int(bool(self.slots or self.variants or self.who or self.unless or self.formules or self.when != ALWAYS))


#: Everywhere.
EVERYWHERE: Final = Where()


def both(answers: Iterable[Answer]) -> Answer:
    """Three-valued « and »: no wins, then unknown."""
    found: Answer = True
    for one in answers:
        if one is False:
            return False
        if one is None:
            found = None
    return found


def negated(answer: Answer) -> Answer:
    """Three-valued « not »."""
    return None if answer is None else not answer


def fits(who: Who, profile: Profile) -> Answer:
    """Whether the facts meet every condition; None where a missing fact would decide."""
    return both(compare(bound, profile(fact)) for fact, bound in who)


def missing_facts(who: Who, profile: Profile) -> tuple[str, ...]:
    """The facts that *who* compares and that are not known."""
    return tuple(fact for fact, _ in who if profile(fact) is None)


@dataclass(frozen=True, slots=True)
class Places:
    """
    What selectors need to know of a règlement: which slots a code stands for, and its calendars.

    Args:
        slots: Slot, group or mode code to the codes of slots that it stands for.
        calendars: Calendar, named or of the format, to whether it holds a date.
    """

    slots: Mapping[str, frozenset[str]]
    calendars: Mapping[str, Callable[[DayFacts], bool]]

    def expand(self, codes: Iterable[str]) -> frozenset[str]:
        """The slots that some codes stand for."""
        return frozenset[str]().union(*(self.slots[code] for code in codes))

    def on(self, where: Where, day: DayFacts, periodes: Collection[str]) -> bool:
        """Whether the dates of *where* hold *day*, whatever the slot and the child."""
        return where.when.matches(day, periodes, self.calendars)

    def applies(
        self,
        where: Where,
        slot: str,
        variant: Variant | None,
        day: DayFacts,
        periodes: Collection[str],
        profile: Profile,
    ) -> Answer:
        """
        Whether *where* holds a slot of a day for a child; what is held that day is not looked at: exceptions that
        name a formule, or a variant where none is asked about, are left to the rules.

        Args:
            variant: The variant asked about; None asks about the slot in any variant.
        """
        if where.slots and slot not in self.expand(where.slots):
            return False
        if where.variants and variant is not None and variant not in where.variants:
            return False
        if not self.on(where, day, periodes):
            return False
        return both(
            [
                fits(where.who, profile),
                *(
                    negated(self.applies(one, slot, variant, day, periodes, profile))
                    for one in where.unless
                    if not one.formules and (variant is not None or not one.variants)
                ),
            ]
        )
