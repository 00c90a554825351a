"""What is known of a child and a household: dated facts, never computed by a town's code (S5.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from .bounds import Bound, Interval
from .days import clipped
from .described import Faults, Plain, Shape, is_day, quoted
from .errors import Fault, Path, meant, raise_all
from .shapes import exact, folded, plain_number

#: A fact's value: a word of its list, yes or no, or an exact number.
Value = str | bool | Fraction


class FactKind(Enum):
    """What values a fact takes."""

    CHOICE = "choix"
    FLAG = "oui ou non"
    NUMBER = "nombre"
    AGE = "ans"
    #: What the planning gives, a whole number: never declared in [faits] (S10.3).
    COUNT = "compte"


class AgeOn(Enum):
    """The day on which an age is taken (S5.5)."""

    DATE = "au jour de la date"
    MONTH_START = "au 1er du mois"
    MONTH_END = "au dernier jour du mois"
    YEAR_END = "au 31 décembre"
    PERIODE_START = "au premier jour de la période"


LEAP_MARCH = ", né le 29 février : le 1er mars"


@dataclass(frozen=True, slots=True)
class FactKindRead:
    """How one fact is declared: its kind, its words in order, or the day on which an age is taken."""

    kind: FactKind
    words: tuple[str, ...] = ()
    age_on: AgeOn = AgeOn.DATE
    leap_march: bool = False

    def age(self, born: date, day: date, periode_start: date | None) -> Fraction | None:
        """Completed years of someone born on *born*; None where the période that it needs is not known."""
        on: date | None = day
        if self.age_on is AgeOn.MONTH_START:
            on = day.replace(day=1)
        elif self.age_on is AgeOn.MONTH_END:
            on = clipped(day.year, day.month, 31)
        elif self.age_on is AgeOn.YEAR_END:
            on = date(day.year, 12, 31)
        elif self.age_on is AgeOn.PERIODE_START:
            on = periode_start
        if on is None or on < born:
            return None
        birthday = clipped(on.year, born.month, born.day)
        if self.leap_march and (born.month, born.day) == (2, 29) and birthday.day == 28:
            birthday = date(on.year, 3, 1)
        return Fraction(on.year - born.year - (on < birthday))

    def accepts(self, bound: Bound) -> str:
        """Why a bound cannot be compared with this fact, in French; empty where it can."""
        if self.kind is FactKind.CHOICE:
            if isinstance(bound, Interval) or not all(isinstance(one, str) for one in bound):
                return f"ce fait prend un mot : {', '.join(self.words)}"
            unknown = sorted(str(one) for one in bound if one not in self.words)
            return f"« {unknown[0]} » ; {meant(unknown[0], self.words)[0]}" if unknown else ""
        if self.kind is FactKind.FLAG:
            ok = not isinstance(bound, Interval) and all(isinstance(one, bool) for one in bound)
            return "" if ok else "ce fait est vrai ou faux : écrivez true ou false"
        return "" if isinstance(bound, Interval) else "ce fait est un nombre : écrivez une borne, « à partir de 3 »"


@dataclass(frozen=True, slots=True)
class FactShape(Shape):
    """How a fact is declared: ["maternelle", "cp"], "oui ou non", "nombre", "ans, au jour de la date"."""

    def expects(self) -> tuple[str, str]:
        ages = ", ".join(f"« ans, {one.value} »" for one in AgeOn)
        return (
            f"une liste de mots, « oui ou non », « nombre », {ages}",
            f"a list of words, « oui ou non », « nombre », {ages}",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if isinstance(raw, list) and all(
            isinstance(one, str) and one.isprintable() and 1 <= len(one) <= 60 for one in raw
        ):
            if 1 <= len(set(raw)) == len(raw) <= 100:
                return FactKindRead(FactKind.CHOICE, tuple(raw))
            return self.refuse(raw, path, faults)
        if isinstance(raw, str):
            said = folded(raw)
            march = said.endswith(folded(LEAP_MARCH))
            said = said.removesuffix(folded(LEAP_MARCH))
            known = {folded(f"ans, {one.value}"): FactKindRead(FactKind.AGE, (), one, march) for one in AgeOn}
            if not march:
                known |= {one.value: FactKindRead(one) for one in (FactKind.FLAG, FactKind.NUMBER)}
            if said in known:
                return known[said]
        return self.refuse(raw, path, faults)

    def write(self, value: Any) -> Plain:
        if value.kind is FactKind.CHOICE:
            return list(value.words)
        if value.kind is FactKind.AGE:
            return f"ans, {value.age_on.value}{LEAP_MARCH if value.leap_march else ''}"
        return value.kind.value

    def schema(self) -> dict[str, Plain]:
        words = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        fixed = [FactKind.FLAG.value, FactKind.NUMBER.value, *(f"ans, {one.value}" for one in AgeOn)]
        return {"anyOf": [words, {"enum": [*fixed, *(f"{one}{LEAP_MARCH}" for one in fixed[2:])]}]}


@dataclass(frozen=True, slots=True)
class Dated:
    """
    A value from *first_day* to *last_day*, both included; None is unbounded.

    Args:
        every_weeks: In force one week of seven days in so many, counted from *first_day*, right across the years: the
            weeks of an alternate custody. 1 is every day.
        missing: What would give it another value, by name: the pieces that a dossier lacks. A gate tells them (S6.4).
        by: Code of the abonnement that gives it: it is then in force on the dates of service that it covers, whatever
            else is known of them, and whatever day their prices are read (S9.4, S10.7).

    Raises:
        InvalidValueError: If weeks are counted from no day.

    >>> mine = Dated(True, date(2026, 9, 4), every_weeks=2)   # from Friday to Thursday, one week in two
    >>> [day in mine for day in (date(2026, 9, 10), date(2026, 9, 11), date(2026, 9, 18))]
    [True, False, True]
    """

    value: Value | date
    first_day: date | None = None
    last_day: date | None = None
    every_weeks: int = 1
    missing: tuple[str, ...] = ()
    by: str = ""

    def __post_init__(self) -> None:
        if self.every_weeks != 1 and (self.first_day is None or not 2 <= self.every_weeks <= 52):
            fr = f"une semaine sur {self.every_weeks} : comptée depuis quand ? donnez « du », et de 2 à 52 semaines"
            raise_all([Fault(("every_weeks",), fr, "one week in how many, since when? give « du », and 2 to 52")])

    @property
    def begins(self) -> date:
        """The day it begins, for an order; the first of all days where it is unbounded."""
        return self.first_day or date.min

    def __contains__(self, day: date) -> bool:
        after = self.first_day is None or self.first_day <= day
        inside = after and (self.last_day is None or day <= self.last_day)
        if inside and self.every_weeks > 1 and self.first_day is not None:
            return (day - self.first_day).days // 7 % self.every_weeks == 0
        return inside


@dataclass(frozen=True, slots=True)
class Facts:
    """
    Dated facts of one child and his household, by fact code; for an age, the value is the birth date.

    >>> Facts.of(quotient=650, pai=False).at("quotient", date(2026, 9, 7))
    Fraction(650, 1)
    """

    values: tuple[tuple[str, tuple[Dated, ...]], ...] = ()

    @classmethod
    def of(cls, **given: Value | int | date | Iterable[Dated]) -> Facts:
        """Facts by code; underscores stand for the hyphens of a code. A list gives dated values."""
        return cls.from_mapping({code.replace("_", "-"): one for code, one in given.items()})

    @classmethod
    def from_mapping(cls, given: Mapping[str, Value | int | date | Iterable[Dated]]) -> Facts:
        """
        The same, from a mapping of codes.

        Raises:
            TypeError: If a value is a float, which is never exact, or of another unknown type.
        """
        return cls(tuple((code, tuple(_history(code, one))) for code, one in sorted(given.items())))

    def history(self, code: str) -> tuple[Dated, ...]:
        """Every dated value of a fact, in the order given; empty where nothing is known."""
        return next((values for name, values in self.values if name == code), ())

    def speaking(self, code: str, served: date) -> tuple[Dated, ...]:
        """The values that may speak of a date of service: what abonnements give that day, else what none gives."""
        history = self.history(code)
        given = tuple(Dated(one.value) for one in history if one.by and served in one)
        return given or tuple(one for one in history if not one.by)

    def at(self, code: str, day: date, served: date | None = None) -> Value | date | None:
        """
        The value in force on *day*: what an abonnement gives, else, of those that cover it, the last to begin.

        None where unknown, and where values that begin on the same day contradict one another (S1.5).

        Args:
            code: The fact.
            day: The day on which it is read.
            served: The date of service for which it is read, where that is another day (S10.7).
        """
        values = [one.value for one in self._in_force(code, day, served or day)]
        return values[0] if values and all(one == values[0] for one in values) else None

    def missing(self, code: str, day: date) -> tuple[str, ...]:
        """What the value in force on *day* says is missing, by name; empty where it says nothing (S6.4)."""
        return tuple(dict.fromkeys(name for one in self._in_force(code, day, day) for name in one.missing))

    def _in_force(self, code: str, day: date, served: date) -> list[Dated]:
        covering = [one for one in self.speaking(code, served) if day in one]
        begun = max((one.begins for one in covering), default=date.min)
        return [one for one in covering if one.begins == begun]

    def merged(self, other: Facts) -> Facts:
        """These facts with those of *other*, which win where both speak."""
        return Facts(tuple(sorted({**dict(self.values), **dict(other.values)}.items())))


def _history(code: str, given: object) -> Iterator[Dated]:
    if isinstance(given, Iterable) and not isinstance(given, str):
        for one in given:
            yield replace(one, value=_exact(code, one.value))
    else:
        yield Dated(_exact(code, given))


def _exact(code: str, value: object) -> Value | date:
    if isinstance(value, bool | str | Fraction) or is_day(value):
        return value
    if isinstance(value, int):
        return Fraction(value)
    raise TypeError(
        f"{code}: got {value!r}; expected a word, True or False, an int, a Fraction, a date or dated values"
    )


#: The value of a fact on the day being judged, by fact code; None where it is not known.
Profile = Callable[[str], "Value | None"]


def profile_at(
    declared: Mapping[str, FactKindRead], facts: Facts, day: date, periode_start: date | None,
    served: date | None = None,
) -> Profile:  # fmt: skip
    """The facts of *day* as the règlement declares them: ages computed, the rest as given, for a date of service."""

    def at(code: str) -> Value | None:
        value = facts.at(code, day, served)
        if declared[code].kind is FactKind.AGE:
            return declared[code].age(value, day, periode_start) if is_day(value) else None
        return None if isinstance(value, date) else value

    return at


def compare(bound: Bound, value: Value | None) -> bool | None:
    """Whether *value* is within *bound*; None where the value is not known."""
    return None if value is None else value in bound


def misgiven(declared: Mapping[str, FactKindRead], facts: Facts) -> list[Fault]:
    """What is wrong with facts against their declarations: unknown codes, wrong kinds, unlisted words."""
    found = []
    for code, values in facts.values:
        if code not in declared:
            fr, en = meant(code, declared)
            found.append(Fault((code,), f"fait inconnu ; {fr}", f"unknown fact; {en}"))
            continue
        kind = declared[code]
        found += _contradictions(code, values)
        for one in values:
            if one.every_weeks > 1 and kind.kind not in (FactKind.CHOICE, FactKind.FLAG):
                fr = "« une_sur » est pour un fait qui alterne, oui ou non ou un mot ; donnez « du » et « au »"
                found.append(Fault((code,), fr, "« une_sur » is for yes or no, or a word; give « du » and « au »"))
            if isinstance(one.value, Fraction) and one.value < 0 and kind.kind is FactKind.NUMBER:
                shown = quoted(plain_number(one.value))
                found.append(
                    Fault((code,), f"lu {shown} ; il faut un nombre, 0 ou plus", f"got {shown}; expected 0 or more")
                )
            if not _fits(kind, one.value):
                shown = quoted(plain_number(one.value) if isinstance(one.value, Fraction) else one.value)
                words = ", ".join(kind.words)
                fr, en = {
                    FactKind.CHOICE: (f"un mot parmi : {words}", f"one of: {words}"),
                    FactKind.FLAG: ("true ou false", "true or false"),
                    FactKind.NUMBER: ("un nombre", "a number"),
                    FactKind.AGE: ("la date de naissance : 2015-03-21", "the date of birth: 2015-03-21"),
                    FactKind.COUNT: ("rien : le planning le donne", "nothing: the planning gives it"),
                }[kind.kind]
                found.append(Fault((code,), f"lu {shown} ; il faut {fr}", f"got {shown}; expected {en}"))
    return found


def _contradictions(code: str, values: tuple[Dated, ...]) -> Iterator[Fault]:
    """Values that differ from the same day on, of which nobody can say which is in force (S1.5)."""
    first: dict[date, Dated] = {}
    for one in (one for one in values if not one.by):
        if first.setdefault(one.begins, one).value != one.value:
            since = "sans « du »" if one.first_day is None else f"depuis le {one.first_day}"
            fr = f"deux valeurs qui se contredisent {since} ; gardez-en une, ou donnez à chacune son « du »"
            yield Fault((code,), fr, "two values that contradict each other from the same day; keep one, or date them")


def _fits(kind: FactKindRead, value: Value | date) -> bool:
    if kind.kind is FactKind.CHOICE:
        return isinstance(value, str) and value in kind.words
    if kind.kind is FactKind.FLAG:
        return isinstance(value, bool)
    if kind.kind is FactKind.NUMBER:
        return isinstance(value, Fraction)
    return is_day(value)


def read_number(raw: object) -> Fraction | None:
    """An exact number from plain data; see `shapes.exact`."""
    return exact(raw)
