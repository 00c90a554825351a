"""Bounds as one says them: « de 600 à 999 », « à partir de 3 », a word, a list of words, yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from .described import REFUSED, Faults, Phrase, Plain, Shape
from .errors import InvalidValueError, Path
from .shapes import exact, folded, phrase_error, plain_number


@dataclass(frozen=True, slots=True)
class Interval:
    """
    Exact numbers from *low* to *high*; None is unbounded, and an open end is excluded.

    Raises:
        InvalidValueError: If no number lies between the bounds, or there is no bound at all.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise phrase_error("", "donnez au moins une borne", "give at least one bound")
        if self.low is not None and self.high is not None:
            closed = not (self.low_open or self.high_open)
            if not (self.low < self.high or (self.low == self.high and closed)):
                raise phrase_error(
                    format_interval(self),
                    "aucun nombre entre ces bornes ; échangez-les",
                    "no number between these bounds; swap them",
                )

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, Fraction | int) or isinstance(value, bool):
            return False
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or not (value > self.high or (self.high_open and value == self.high))


def _clause(said: str) -> Interval | None:
    number = r"(-?\d{1,15}(?:\.\d{1,12})?)"
    if found := re.fullmatch(rf"de {number} a {number}", said):
        return Interval(Fraction(found[1]), Fraction(found[2]))
    if found := re.fullmatch(rf"(a partir de|plus de) {number}", said):
        return Interval(low=Fraction(found[2]), low_open=found[1] == "plus de")
    if found := re.fullmatch(rf"(jusqu'a|moins de) {number}", said):
        return Interval(high=Fraction(found[2]), high_open=found[1] == "moins de")
    if found := re.fullmatch(number, said):
        return Interval(Fraction(found[1]), Fraction(found[1]))
    return None


def parse_interval(text: str) -> Interval:
    """
    Read a bound as one says it.

    « de … à … », « à partir de … » and « jusqu'à … » include their numbers; « moins de … » and « plus de … »
    exclude them; two of these may be joined by « et ». A comma stands for the decimal point.

    Raises:
        InvalidValueError: If it is none of these, or no number lies between the bounds.

    >>> 999 in parse_interval("de 600 à 999"), 436 in parse_interval("moins de 436")
    (True, False)
    >>> 651 in parse_interval("à partir de 600 et moins de 651")
    False
    """
    parts = [_clause(part.strip()) for part in folded(text).replace(",", ".").split(" et ")]
    found = [part for part in parts if part is not None]
    if len(parts) == len(found) == 1:
        return found[0]
    if len(parts) == len(found) == 2:
        low, high = found
        if low.high is None and high.low is None:
            return Interval(low.low, high.high, low.low_open, high.high_open)
    ways = "« de 600 à 999 », « à partir de 3 », « plus de 1001 », « moins de 436 », « jusqu'à 12 », « 2 »"
    raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")


def format_interval(bound: Interval) -> str:
    """The canonical phrase of a bound; `parse_interval` reads it back as the same interval."""
    low, high = (_said(end) for end in (bound.low, bound.high))
    if low and high and not (bound.low_open or bound.high_open):
        return low if low == high else f"de {low} à {high}"
    clauses = []
    if low:
        clauses.append(f"{'plus de' if bound.low_open else 'à partir de'} {low}")
    if high:
        upto = "moins de" if bound.high_open else "jusqu'à"
        clauses.append(f"{upto} {high}")
    return " et ".join(clauses)


def _said(end: Fraction | None) -> str:
    return "" if end is None else str(plain_number(end)).replace(".", ",")


#: What a fact is compared with: an interval of numbers, a set of words, or a set of yes and no.
Bound = Interval | frozenset[str] | frozenset[bool]

#: Shape of an interval.
INTERVAL = Phrase(
    ("une borne", "a bound"),
    parse_interval,
    format_interval,
    ("de 600 à 999", "à partir de 3", "moins de 436", "plus de 1001"),
)

#: A word that stands without brackets: no number, and none of the phrases of an interval.
_WORD: Final = re.compile(r"(?=.*[a-z])[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class BoundShape(Shape):
    """A bound on a fact: true, "commune", ["cp", "ce1"], 3, "à partir de 3"."""

    def expects(self) -> tuple[str, str]:
        return "true, un mot, une liste de mots ou une borne", "true, a word, a list of words or a bound"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if isinstance(raw, bool):
            return frozenset((raw,))
        if isinstance(raw, list) and raw and all(isinstance(one, str | bool) for one in raw):
            return frozenset(raw)
        if isinstance(raw, str) and _WORD.fullmatch(raw):
            return frozenset((raw,))
        if (number := exact(raw)) is not None:
            return Interval(number, number)
        if not isinstance(raw, str):
            return self.refuse(raw, path, faults)
        try:
            return parse_interval(raw)
        except InvalidValueError as error:
            faults += [fault.under(*path) for fault in error.faults]
            return REFUSED

    def write(self, value: Any) -> Plain:
        if isinstance(value, Interval):
            return format_interval(value)
        words = sorted(value)
        alone = len(words) == 1 and (isinstance(words[0], bool) or _WORD.fullmatch(words[0]))
        return words[0] if alone else words

    def schema(self) -> dict[str, Plain]:
        words = {"type": "array", "items": {"type": ["string", "boolean"]}, "minItems": 1}
        return {"anyOf": [{"type": ["boolean", "number", "string"]}, words]}
