"""
How a portal's record is made: a frozen value whose faults are all told at once, and nothing private is ever shown.

A record is an attrs class on `Record`, each field made by `field(reader)`. A reader takes what was given and returns it
as it is kept (a phone number without its spaces), or raises `RefusedValueError` with what is expected instead; the
record then says where and what, for all its fields together. A private field is in no repr, and no message repeats what
was given for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as plain_field
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any, ClassVar, Final, Self, TypeVar, cast, dataclass_transform
from unicodedata import category, normalize

from ..described import Plain, is_day, quoted
from ..errors import Fault, InvalidValueError, raise_all
from ._missing import MissingLibraryError

try:
    import attrs
except ImportError as missing:
    raise MissingLibraryError("les fiches du portail demandent une bibliothèque", "records") from missing

Reader = Callable[[Any], Any]
Migration = Callable[[dict[str, Plain]], dict[str, Plain]]
#: What a field tells of itself, in its metadata.
READER: Final = "reader"
PRIVATE: Final = "private"
KEY: Final = "key"
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_R = TypeVar("_R")
_E = TypeVar("_E", bound=Enum)


class RefusedValueError(ValueError):
    """
    A value that a field may not have; the record tells where.

    Args:
        fr: What is expected, as it stands after « il faut ».
        en: The same in English, after "expected".
    """

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr, self.en = fr, en


class RefusedItemsError(InvalidValueError):
    """Items of a list, by their index, each with what is expected instead and nothing of what was given."""


@dataclass(frozen=True, slots=True)
class Form:
    """
    How a kind of record is called in its JSON form, and in which version it is written.

    Args:
        name: The French name of the kind, « compte ».
        version: The version written; 1 is the first.
        migrations: For each older version, what makes a new table, that of the next version, of its own; it leaves alone
            what it is given, and may meet what no version ever wrote.

    Raises:
        ValueError: If an older version could not be read.
    """

    name: str
    version: int = 1
    migrations: Mapping[int, Migration] = plain_field(default_factory=dict)

    def __post_init__(self) -> None:
        if sorted(self.migrations) != list(range(1, self.version)):
            raise ValueError(f"{self.name}: version {self.version} needs a migration of each older one")


def field(reader: Reader, *, default: Any = attrs.NOTHING, private: bool = False, key: str = "") -> Any:
    """
    A field of a record.

    Args:
        reader: What it is read by; what it gives, it reads as the same.
        default: Its value when left out; required without one. It is read like a given one.
        private: Whether it must appear in no repr, log or message.
        key: Its French key in the JSON form; its own name where left out.
    """
    return attrs.field(default=default, repr=not private, metadata={READER: reader, PRIVATE: private, KEY: key})


class Record:
    """The root of the portal's records: every field read when it is built, every fault told at once."""

    __slots__ = ()
    FORM: ClassVar[Form]

    def __attrs_post_init__(self) -> None:
        raise_all(self._read() or self.faults())

    def _read(self) -> list[Fault]:
        """Every field as its reader keeps it; what was given to those that refuse stays in this frame."""
        faults: list[Fault] = []
        for one in attrs.fields(cast("type[attrs.AttrsInstance]", type(self))):
            kept, wrong = taken(one, getattr(self, one.name))
            if wrong:
                faults += wrong
            else:
                object.__setattr__(self, one.name, kept)
        return faults

    def faults(self) -> Iterator[Fault]:
        """What is wrong between fields that are each right by themselves."""
        yield from ()

    def changed(self, **changes: Any) -> Self:
        """The same record with other values for some fields, read anew."""
        found: Self = attrs.evolve(cast("Any", self), **changes)
        return found


def taken(one: attrs.Attribute[Any], given: Any, *, private: bool = False) -> tuple[Any, list[Fault]]:
    """What a field keeps of what was given for it, and why it cannot; *private* where its record is within one."""
    private = private or one.metadata[PRIVATE]
    try:
        return one.metadata[READER](given), []
    except RefusedValueError as why:
        return None, [told(one.name, given, why, private=private)]
    except InvalidValueError as inner:
        return None, [*_seen_from(one.name, inner, private=private)]


def told(name: str, given: Any, why: RefusedValueError, *, private: bool) -> Fault:
    """Where, what and the way out; of something private, not what was given."""
    if private:
        return Fault((name,), f"valeur non répétée ici ; il faut {why.fr}", f"value not repeated; expected {why.en}")
    return Fault((name,), f"lu {shown(given)} ; il faut {why.fr}", f"got {shown(given)}; expected {why.en}")


def shown(given: Any) -> str:
    """What was given as a message repeats it, short; Python refuses to write a number of thousands of digits."""
    endless = isinstance(given, int) and given.bit_length() > 256
    return "« un nombre sans fin »" if endless else quoted(given)


def _seen_from(name: str, inner: InvalidValueError, *, private: bool) -> Iterator[Fault]:
    """The faults of a value that is itself made of others; of something private, neither what nor where in it."""
    if private and not isinstance(inner, RefusedItemsError):
        yield Fault((name,), "valeur refusée, non répétée ici", "value refused, not repeated here")
    else:
        yield from (fault.under(name) for fault in inner.faults)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[_R]) -> type[_R]:
    """A record: frozen, compared by value, every field given by its name."""
    return attrs.frozen(cls, kw_only=True)


def _plain(given: Any, most: int, also: str = "") -> str | None:
    """
    A text as it is kept, accents composed so that equal words are equal; None where it is too long or has a control.

    A no-break space is French typography and stays; what turns the text round, or is not seen, does not.
    """
    if not isinstance(given, str) or len(given) > 4 * most + 100:  # before any work on it
        return None
    said = normalize("NFC", given)
    if not all(c.isprintable() or category(c) == "Zs" or c in also for c in said):
        return None
    said = said.strip()
    return said if len(said) <= most else None


def text(most: int = 120) -> Reader:
    """One line of 1 to *most* characters, without control characters; spaces around it are dropped."""

    def read(given: Any) -> str:
        said = _plain(given, most)
        if not said:
            raise RefusedValueError(f"un texte de 1 à {most} caractères, sur une ligne", f"one line of 1 to {most}")
        return said

    return read


def note(most: int = 2000) -> Reader:
    """Text of at most *most* characters, on several lines or none; the ends of line of a browser become plain ones."""

    def read(given: Any) -> str:
        said = _plain(given.replace("\r\n", "\n") if isinstance(given, str) else given, most, "\n\t")
        if said is None:
            raise RefusedValueError(f"un texte de {most} caractères au plus", f"a text of at most {most} characters")
        return said

    return read


def a_code(given: Any) -> str:
    """What stands for something wherever it must not be named: 1 to 60 letters, digits, hyphens; it may be shown."""
    if not isinstance(given, str) or not _CODE.fullmatch(given):
        raise RefusedValueError(
            "un code : de 1 à 60 lettres sans accent, chiffres, tirets",
            "a code: 1 to 60 letters without accents, digits, hyphens",
        )
    return given


def whole(least: int, most: int) -> Reader:
    """A whole number between two bounds, both included."""

    def read(given: Any) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
            raise RefusedValueError(f"un nombre entier de {least} à {most}", f"a whole number from {least} to {most}")
        return given

    return read


def flag(given: Any) -> bool:
    """Yes or no."""
    if not isinstance(given, bool):
        raise RefusedValueError("oui ou non (True, False)", "True or False")
    return given


def civil_day(given: Any) -> date:
    """A civil date, without a time."""
    if not is_day(given):
        raise RefusedValueError("une date sans heure (datetime.date)", "a date without a time (datetime.date)")
    return given


def instant(given: Any) -> datetime:
    """
    An instant with its time zone, of which the offset is kept: the same after having been written and read.

    A zone would not do: at the end of summer time an instant of the hour that comes twice equals none of another zone.
    """
    offset = given.utcoffset() if isinstance(given, datetime) else None
    if offset is None:
        raise RefusedValueError("un instant avec son fuseau horaire", "an instant with its time zone")
    return cast("datetime", given).replace(tzinfo=timezone(offset), fold=0)


def one_of(kind: type[_E]) -> Reader:
    """A member of an enumeration, or its value."""

    def read(given: Any) -> _E:
        try:
            return kind(given)
        except ValueError:
            known = ", ".join(f"« {one.value} »" for one in kind)
            raise RefusedValueError(f"un de : {known}", f"one of: {known}") from None

    return read


def a(kind: type[_R]) -> Reader:
    """A value of one class."""

    def read(given: Any) -> _R:
        if not isinstance(given, kind):
            raise RefusedValueError(f"une valeur {kind.__name__}", f"a {kind.__name__}")
        return given

    return read


def optional(reader: Reader) -> Reader:
    """None, or what *reader* reads."""
    return lambda given: None if given is None else reader(given)


def several(reader: Reader, most: int = 1000) -> Reader:
    """A tuple of at most *most* values, each read by *reader*; a fault says which."""

    def read(given: Any) -> tuple[Any, ...]:
        if not isinstance(given, (tuple, list)) or len(given) > most:
            raise RefusedValueError(f"une liste d'au plus {most}", f"a list of at most {most}")
        found, faults, safe = [], [], True
        for i, one in enumerate(given):
            try:
                found.append(reader(one))
            except RefusedValueError as why:
                faults.append(Fault((i,), f"il faut {why.fr}", f"expected {why.en}"))
            except InvalidValueError as inner:
                safe = safe and isinstance(inner, RefusedItemsError)
                faults += [fault.under(i) for fault in inner.faults]
        if faults:
            raise (RefusedItemsError if safe else InvalidValueError)(faults)
        return tuple(found)

    return read


def fields_of(cls: type[Record]) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of a record, their annotations read."""
    resolved = attrs.resolve_types(cast("type[attrs.AttrsInstance]", cls))
    return tuple(attrs.fields(resolved))


def key_of(one: attrs.Attribute[Any]) -> str:
    """The key of a field in the JSON form: French where it is given, else its name."""
    return str(one.metadata[KEY]) or one.name
