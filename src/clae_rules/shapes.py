"""The small shapes that every section of a file is made of: text, numbers, amounts, days, hours, choices."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Final

from .described import REFUSED, Faults, Plain, Shape, is_day, quoted
from .errors import Fault, InvalidValueError, Path, meant

#: The years of an instant: in others no offset could be told, and a slip of the keyboard is meant.
YEARS: Final = range(1900, 2201)

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,12}|/(?!0+$)\d{1,15})?")


class Unpublished(Enum):
    """An amount that was announced but not published: never read as zero (S4.6)."""

    UNPUBLISHED = "non publié"


UNPUBLISHED: Final = Unpublished.UNPUBLISHED


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """One line of text of 1 to *most* characters, without control characters."""

    most: int = 400

    def expects(self) -> tuple[str, str]:
        return (
            f"un texte de 1 à {self.most} caractères, sur une ligne",
            f"one line of 1 to {self.most} characters",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, str) or not 1 <= len(raw.strip()) <= len(raw) <= self.most or not raw.isprintable():
            return self.refuse(raw, path, faults)
        return raw

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Slug(Shape):
    """A code: a to z, 0 to 9 and hyphens, beginning with a letter or a digit, 1 to 60 characters."""

    def expects(self) -> tuple[str, str]:
        return (
            "un code en minuscules sans accent : lettres, chiffres, tirets",
            "a code in lower case without accents: letters, digits, hyphens",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        ok = isinstance(raw, str) and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", raw)
        return raw if ok else self.refuse(raw, path, faults)

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,59}$"}


@dataclass(frozen=True, slots=True)
class Label(Shape):
    """A code of the town's choice that may keep its capitals: a bracket « QF0 », « T1 »."""

    def expects(self) -> tuple[str, str]:
        return "un code sans espace ni accent", "a code without space or accent"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        ok = isinstance(raw, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", raw)
        return raw if ok else self.refuse(raw, path, faults)

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"}


@dataclass(frozen=True, slots=True)
class Ref(Shape):
    """The code of something defined elsewhere in the same file, in one of the sections *to*, or one of some *words*."""

    to: tuple[str, ...]
    words: tuple[str, ...] = ()

    def expects(self) -> tuple[str, str]:
        words = "".join(f"{word}, " for word in self.words)
        return (
            f"{words and f'{words}ou '}un code de {' ou '.join(self.to)}",
            f"{words and f'{words}or '}a code of {' or '.join(self.to)}",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, str) or not 1 <= len(raw) <= 60:
            return self.refuse(raw, path, faults)
        return next((word for word in self.words if folded(word) == folded(raw)), raw)

    def schema(self) -> dict[str, Plain]:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """Yes or no: `true` or `false`."""

    def expects(self) -> tuple[str, str]:
        return "true ou false", "true or false"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        return raw if isinstance(raw, bool) else self.refuse(raw, path, faults)

    def schema(self) -> dict[str, Plain]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole(Shape):
    """A whole number from *least* to *most*, both included."""

    least: int
    most: int

    def expects(self) -> tuple[str, str]:
        return (
            f"un nombre entier de {self.least} à {self.most}",
            f"a whole number from {self.least} to {self.most}",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        ok = isinstance(raw, int) and not isinstance(raw, bool) and self.least <= raw <= self.most
        return raw if ok else self.refuse(raw, path, faults)

    def schema(self) -> dict[str, Plain]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """An exact number, read as a fraction: 12, 0.5, or a text such as "0.00360" where JSON would round."""

    least: int | None = 0

    def expects(self) -> tuple[str, str]:
        more = "" if self.least is None else f" d'au moins {self.least}"
        return (
            f"un nombre{more}, avec un point : 0.25",
            f"a number{more and f' of at least {self.least}'}, such as 0.25",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        value = exact(raw)
        if value is None or (self.least is not None and value < self.least):
            return self.refuse(raw, path, faults)
        return value

    def write(self, value: Any) -> Plain:
        return plain_number(value)

    def schema(self) -> dict[str, Plain]:
        bound = {} if self.least is None else {"minimum": self.least}
        return {"anyOf": [{"type": "number", **bound}, {"type": "string", "pattern": r"^-?\d+(\.\d+|/\d+)?$"}]}


@dataclass(frozen=True, slots=True)
class Amount(Shape):
    """Euros, read as an exact fraction of cents, or « non publié » where *announced* allows it."""

    announced: bool = True

    def expects(self) -> tuple[str, str]:
        fr, en = ("un montant en euros avec un point : 0.25", "an amount in euros with a point: 0.25")
        return (f"{fr}, ou « non publié »", f"{en}, or « non publié »") if self.announced else (fr, en)

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if self.announced and raw == UNPUBLISHED.value:
            return UNPUBLISHED
        value = exact(raw)
        if value is not None and value < 0:
            return self.refuse(raw, path, faults, ("un montant de 0 ou plus", "an amount of 0 or more"))
        return self.refuse(raw, path, faults) if value is None else value * 100

    def write(self, value: Any) -> Plain:
        return value.value if value is UNPUBLISHED else plain_number(value / 100)

    def schema(self) -> dict[str, Plain]:
        forms: list[Plain] = [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": r"^\d+(\.\d+|/\d+)?$"},
        ]
        return {"anyOf": [*forms, {"const": UNPUBLISHED.value}] if self.announced else forms}


@dataclass(frozen=True, slots=True)
class Day(Shape):
    """A civil day: 2021-09-06."""

    def expects(self) -> tuple[str, str]:
        return "une date qui existe : 2021-09-06", "a date that exists: 2021-09-06"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if is_day(raw):
            return raw
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                pass
        return self.refuse(raw, path, faults)

    def write(self, value: Any) -> Plain:
        return value.isoformat()

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Instant(Shape):
    """A date and time with its offset, in `YEARS`: 2021-09-01T09:00:00+02:00."""

    def expects(self) -> tuple[str, str]:
        return (
            f"un instant avec son décalage, de {YEARS[0]} à {YEARS[-1]} : 2021-09-01T09:00:00+02:00",
            f"an instant with its offset, from {YEARS[0]} to {YEARS[-1]}: 2021-09-01T09:00:00+02:00",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        value = raw
        if isinstance(raw, str) and len(raw) <= 40:
            try:
                value = datetime.fromisoformat(raw)
            except ValueError:
                return self.refuse(raw, path, faults)
        ok = isinstance(value, datetime) and value.tzinfo is not None and value.year in YEARS
        return value if ok else self.refuse(raw, path, faults)

    def write(self, value: Any) -> Plain:
        return value.isoformat()

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    """One of a closed list of words; accents and capitals do not matter when reading."""

    words: tuple[tuple[str, Any], ...]

    def expects(self) -> tuple[str, str]:
        words = ", ".join(word for word, _ in self.words)
        return f"un mot parmi : {words}", f"one of: {words}"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, str):
            return self.refuse(raw, path, faults)
        known = {folded(word): value for word, value in self.words}
        if folded(raw) in known:
            return known[folded(raw)]
        fr, en = meant(folded(raw), known)
        faults.append(Fault(path, f"lu {quoted(raw)} ; {fr}", f"got {quoted(raw)}; {en}"))
        return REFUSED

    def write(self, value: Any) -> Plain:
        return next(word for word, one in self.words if one == value)

    def schema(self) -> dict[str, Plain]:
        return {"enum": list(dict.fromkeys(form for word, _ in self.words for form in (word, folded(word))))}


@dataclass(frozen=True, slots=True)
class Either(Shape):
    """One of several shapes, told apart by the type of what is written."""

    text: Shape | None = None
    table: Shape | None = None
    rows: Shape | None = None
    number: Shape | None = None
    flag: Shape | None = None

    def _shapes(self) -> list[Shape]:
        found = (self.flag, self.number, self.text, self.rows, self.table)
        return list(dict.fromkeys(one for one in found if one is not None))

    def expects(self) -> tuple[str, str]:
        both = [one.expects() for one in self._shapes()]
        return ", ou ".join(fr for fr, _ in both), ", or ".join(en for _, en in both)

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if isinstance(raw, bool):
            shape = self.flag
        elif isinstance(raw, int | Decimal):
            shape = self.number
        elif isinstance(raw, str):
            shape = self.text
        else:
            shape = self.table if isinstance(raw, dict) else self.rows if isinstance(raw, list) else None
        return self.refuse(raw, path, faults) if shape is None else shape.read(raw, path, faults)

    def write(self, value: Any) -> Plain:
        return written(value, self._shapes())

    def schema(self) -> dict[str, Plain]:
        return {"anyOf": [one.schema() for one in self._shapes()]}

    def chosen(self, value: Any) -> Shape:
        many = self.rows if isinstance(value, tuple) else self.table if is_dataclass(value) else None
        return many or self


def written(value: Any, shapes: list[Shape]) -> Plain:
    """The plain form of *value* by the first of *shapes* that reads it back as the same value."""
    for shape in shapes:
        try:
            plain, faults = shape.write(value), []  # type: tuple[Plain, Faults]
        except (AttributeError, TypeError, StopIteration, ValueError):
            continue
        if shape.read(plain, (), faults) == value and not faults:
            return plain
    raise TypeError(f"{value!r} has no plain form")


def folded(word: str) -> str:
    """A word without accents, in lower case, its spaces single: how words of the format are compared."""
    plain = unicodedata.normalize("NFKD", word.lower().replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


def exact(raw: Plain) -> Fraction | None:
    """The exact number that a file's value stands for; None when it is none, or has more than 15 digits."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, Decimal):
        raw = str(raw) if raw.is_finite() and -12 <= raw.adjusted() <= 15 else ""
        raw = f"{Decimal(raw):f}" if raw else ""
    if isinstance(raw, int):
        return Fraction(raw) if abs(raw) < 10**15 else None
    if isinstance(raw, str) and _NUMBER.fullmatch(raw):
        return Fraction(raw)
    return None


def plain_number(value: Fraction) -> int | str:
    """
    The plain form of an exact number: an integer, a decimal text, or a fraction where no decimal is exact.

    >>> plain_number(Fraction(12)), plain_number(Fraction(1, 4)), plain_number(Fraction(1, 3))
    (12, '0.25', '1/3')
    """
    if value.denominator == 1:
        return value.numerator
    digits, scaled = 0, value
    while scaled.denominator != 1 and digits < 12:
        digits, scaled = digits + 1, scaled * 10
    if scaled.denominator != 1:
        return str(value)
    text = str(abs(scaled.numerator)).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def phrase_error(raw: str, fr: str, en: str) -> InvalidValueError:
    """The one error of a phrase parser: what was read, and the way out."""
    return InvalidValueError([Fault((), f"lu {quoted(raw)} ; {fr}", f"got {quoted(raw)}; {en}")])
