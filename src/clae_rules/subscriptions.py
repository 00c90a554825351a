"""Abonnement: regular days over a période, with a notice, an effect and a status of their own (S9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from itertools import combinations
from types import MappingProxyType
from typing import Annotated, Final

from .bounds import INTERVAL, Interval, format_interval
from .deadlines import Deadline
from .described import Key, TableOf
from .errors import Fault, InvalidValueError, Lang, raise_all
from .facts import Dated, Facts, Value
from .patterns import Pattern
from .phases import BOOKING, CANCELLING, CHANGING, Action, Phases
from .prices import FactValue
from .shapes import Choice, Ref, Text
from .variants import Variant
from .violations import Violation

#: How an abonnement calls the actions of a deadline.
_ACTIONS: Final = MappingProxyType({Action.BOOK.value: "souscrire", Action.CANCEL.value: "suspendre"})


class GivenFor(Enum):
    """For what an abonnement gives its status, from its effect to its end: the whole child, or its own dates alone."""

    CHILD = "l'enfant"
    DATES = "ses jours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Deadline):
    """Phases in the place of those of the deadlines, for some actions on some slots of some dates of one child."""

    def __post_init__(self) -> None:
        """Nothing to check: made from an abonnement that was."""


#: Shape of a number of weekdays: a week has 1 to 7.
_DAYS_A_WEEK: Final = replace(INTERVAL, examples=("de 1 à 7", "2", "à partir de 2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Deadline):
    """
    What a règlement says of an abonnement: a deadline of its own, for the days of a pattern (S9.4).

    A limit counts from each date, as everywhere: « 15 jours calendaires avant la date » is a notice of 15 days, and the
    abonnement takes effect on the first date that the request still reaches.

    Args:
        book: Phases of taking a date of the pattern, judged at the instant of the request.
        change: Phases of taking and leaving dates when the pattern changes or ends; else *book* and *cancel*.
        cancel: Phases of giving one day back, the abonnement going on.
        weekdays: How many weekdays the pattern may name; any number if None.
        facts: The status that it gives from its effect on, as facts that rules and prices compare.
        given_for: Whether the status is of the child, whatever he books meanwhile, or of the dates that it holds.

    Source: « 1 à 5 repas fixes par semaine à l'année, changement demandé 15 jours avant » (Niort).
    """

    label: Annotated[str, Key("nom", Text(80), "Le nom de l'abonnement.", '"Cantine à jours fixes"')] = ""
    book: Annotated[
        Phases | None,
        Key(
            "souscrire",
            BOOKING,
            "Prendre une date : une limite, ou des phases.",
            '"15 jours calendaires avant la date, avant 00:00"',
        ),
    ]
    change: Annotated[
        Phases | None,
        Key(
            "changer",
            CHANGING,
            "Changer de jours ou résilier : des phases ; sinon, souscrire et suspendre.",
            '"jamais"',
        ),
    ] = None
    cancel: Annotated[Phases | None, Key("suspendre", CANCELLING, "Annuler un jour seul : des phases.", '"jamais"')]
    weekdays: Annotated[
        Interval | None, Key("jours", _DAYS_A_WEEK, "Combien de jours de semaine différents.", '"de 1 à 5"')
    ] = None
    facts: Annotated[
        tuple[tuple[str, Value], ...],
        Key("fait", TableOf(Ref(("faits",)), FactValue()), "Le statut qu'il donne.", '{ statut = "regulier" }'),
    ] = ()
    given_for: Annotated[
        GivenFor,
        Key(
            "fait_pour",
            Choice(tuple((one.value, one) for one in GivenFor)),
            "Qui a ce statut : l'enfant tant que l'abonnement dure, ou seulement les jours que l'abonnement tient.",
            '"ses jours"',
        ),
    ] = GivenFor.CHILD

    def __post_init__(self) -> None:
        for name in ("book", "change"):  # an abonnement is taken in time: a phase need not say so
            object.__setattr__(self, name, _in_time(getattr(self, name)))
        try:
            Deadline.__post_init__(self)
        except InvalidValueError as bad:
            raise InvalidValueError([_renamed(one) for one in bad.faults]) from bad
        raise_all(self._faults_of_its_own())

    def _faults_of_its_own(self) -> Iterator[Fault]:
        if self.is_conditional or any(one.is_conditional for one in self.unless):
            fr = "« variante » et « formules » n'ont pas de sens ici ; dites les créneaux, les jours ou qui"
            yield Fault((), fr, "« variante » and « formules » mean nothing here; say slots, days or who")
        for key, phases in (("souscrire", self.book), ("changer", self.change)):
            for i, phase in enumerate(phases or ()):
                if phase.variant is Variant.HORS_DELAI:
                    fr = 'un abonnement se prend en normal ; écrivez variante = "normal"'
                    yield Fault((key, i, "variante"), fr, 'an abonnement is taken in time; write variante = "normal"')
        if self.weekdays is not None and not any(count in self.weekdays for count in range(1, 8)):
            fr = f"« {format_interval(self.weekdays)} » : une semaine a de 1 à 7 jours ; corrigez"
            yield Fault(("weekdays",), fr, "a week has 1 to 7 days; mend this")
        if self.given_for is GivenFor.DATES and not self.facts:
            fr = "aucun « fait » à donner ; ajoutez-le, ou retirez cette ligne"
            yield Fault(("given_for",), fr, "no « fait » to give; add it, or drop this line")

    def terms(self, *, changing: bool = False) -> Terms:
        """What governs the dates of its pattern: while it lasts, or where it changes."""
        book, cancel, code = self.book, self.cancel, f"abonnement.{self.code}"
        if changing and self.change is not None:
            book, cancel, code = self.change, self.change, f"{code}.changer"
        return Terms(
            code=code, slots=self.slots, when=self.when, who=self.who, unless=self.unless, book=book, cancel=cancel,
            table=self.table, closed_day=self.closed_day, source=self.source, hypothese=self.hypothese,
        )  # fmt: skip

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """Why a pattern as a whole is refused: too few days or too many, or no date that it reaches."""
        if violation.code == "abonnement-jours" and self.weekdays is not None:
            said, here = format_interval(self.weekdays), violation.param("days")
            return (
                f"nombre de jours par semaine : {said}, ici {here}"
                if lang == "fr"
                else f"days a week: {said}, here {here}"
            )
        if violation.code == "abonnement-autre":
            named = violation.named(violation.slots, lang)
            return f"{named} n'est pas de cet abonnement" if lang == "fr" else f"{named} is not of this abonnement"
        if violation.code == "abonnement-tenu":
            return self._held(lang)
        if violation.code == "resiliation-sans-effet":
            return "aucune date à rendre : il n'en tient plus" if lang == "fr" else "no date to give back: none is held"
        fr = "aucune date : demandé trop tard, l'abonnement prendrait effet après la fin"
        return fr if lang == "fr" else "no date: asked too late, it would take effect after the end"

    def _held(self, lang: Lang) -> str:
        """Why the one that is had may not be left for another."""
        fr = "l'abonnement qu'il a ne se quitte plus, et deux ne se tiennent pas ensemble"
        en = "the abonnement he has may no longer be left, and two are not held together"
        if self.change is None and not self.cancel:
            fr = f"{fr} ; suspendre est « jamais » et le règlement ne dit rien de changer : demandez à la commune"
            en = f"{en}; « suspendre » is never and the règlement says nothing of « changer »: ask the town hall"
        return fr if lang == "fr" else en


def _in_time(phases: Phases | None) -> Phases | None:
    if phases is None:
        return None
    return tuple(replace(one, variant=Variant.NORMAL) if one.variant is None else one for one in phases)


def _renamed(fault: Fault) -> Fault:
    head = _ACTIONS.get(str(fault.path[0]), fault.path[0]) if fault.path else ""
    path = (head, *fault.path[1:]) if fault.path else fault.path
    return Fault(path, fault.fr, fault.en, fault.line)


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """
    Where terms stand in for the deadlines.

    Args:
        terms: The phases.
        actions: The actions that they govern.
        slots: The slots of each date, by date.
        child: The child whose dates they are; the one that asks where empty.
    """

    terms: Terms
    actions: frozenset[Action]
    slots: Mapping[date, frozenset[str]]
    child: str = ""

    def govern(self, action: Action, day: date, slot: str) -> bool:
        """Whether they speak of an action on a slot of a date."""
        return action in self.actions and slot in self.slots.get(day, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Abonnement:
    """
    The regular days of one child: a pattern over a période, less the days that were suspended (S9.4).

    Args:
        code: Code of the `[abonnement.X]` of the règlement.
        periode: Code of the période.
        pattern: The slots of each weekday, from the day wanted to the last.
        suspended: Days given back singly.
        booked: When it was asked, aware; only prices that are read at the booking need it (S10.7).

    >>> week = Pattern.day(["repas"], "lundi", first_day=date(2026, 9, 7), last_day=date(2026, 9, 21))
    >>> regular = Abonnement(code="cantine", periode="annee", pattern=week).suspend(date(2026, 9, 14))
    >>> [f"{day:%d/%m}" for day in regular.dates()]
    ['07/09', '21/09']
    """

    code: str
    periode: str
    pattern: Pattern
    suspended: tuple[date, ...] = ()
    booked: datetime | None = None

    def dates(self) -> dict[date, frozenset[str]]:
        """The slots of each date of the pattern that is not suspended; open or not."""
        days = (day for day in self.pattern.dates() if day not in self.suspended)
        return {day: frozenset(slots) for day in days if (slots := self.pattern.slots_on(day))}

    def suspend(self, *days: date) -> Abonnement:
        """The same with some days given back."""
        return replace(self, suspended=tuple(sorted({*self.suspended, *days})))

    def since(self, day: date) -> Abonnement | None:
        """The same from a day on, its weeks counted as before; None where nothing is left of it."""
        one = self.pattern
        if day > one.last_day:
            return None
        first = max(day, one.first_day)
        return replace(self, pattern=replace(one, first_day=first, from_week=one.from_week or one.first_day))

    def until(self, day: date) -> Abonnement | None:
        """The same to a day, included; None where it begins later."""
        one = self.pattern
        if day < one.first_day:
            return None
        return replace(self, pattern=replace(one, last_day=min(day, one.last_day)))

    def facts(self, subscription: Subscription) -> Facts:
        """The status that it gives, from its first day to its last, or on the dates that it holds alone."""
        spans = [(self.pattern.first_day, self.pattern.last_day)]
        if subscription.given_for is GivenFor.DATES:
            spans = [(day, day) for day in self.dates()]
        if not spans:
            return Facts()
        return Facts.from_mapping(
            {code: [Dated(value, *span, by=self.code) for span in spans] for code, value in subscription.facts}
        )


def with_status(facts: Facts, status: Facts) -> Facts:
    """Facts with a status that holds for a time and wins over what else is known, which is kept."""
    later = {code: (*facts.history(code), *values) for code, values in status.values}
    return facts.merged(Facts(tuple(sorted(later.items()))))


def clashes(facts: Facts, since: date = date.min) -> Iterator[Fault]:
    """
    Abonnements that give different values of one fact on a date, of which nobody can say which is in force (S1.5).

    Args:
        facts: What is known of a child, his abonnements included.
        since: The first date that matters.
    """
    for fact, values in facts.values:
        given = [one for one in values if one.by and (one.last_day is None or one.last_day >= since)]
        told: set[tuple[str, str]] = set()
        for one, two in combinations(given, 2):
            first = max(since, one.begins, two.begins)
            last = min(one.last_day or date.max, two.last_day or date.max)
            if one.value != two.value and first <= last and (one.by, two.by) not in told:
                told.add((one.by, two.by))
                names, day = f"« {one.by} » et « {two.by} »", f"{first:%d/%m/%Y}"
                fr = f"les abonnements {names} donnent deux valeurs à ce fait le {day} ; finissez l'un avant que l'autre commence"
                en = f"the abonnements {names} give this fact two values on {day}; end one before the other begins"
                yield Fault(("abonnement", two.by, "fait", fact), fr, en)
