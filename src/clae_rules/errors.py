"""Misuse is an exception; a fault is one misuse, told as data (S1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Lang = Literal["fr", "en"]
Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """
    A path as one writes it in a message, in one line whatever its keys.

    >>> path_text(("mode", "clae", "offre", 3, "code"))
    'mode.clae.offre[3].code'
    """
    text = ""
    for part in path:
        said = f"[{part}]" if isinstance(part, int) else part if part.isprintable() else repr(part)[1:-1]
        text += f".{said}" if text and not isinstance(part, int) else said
    return text


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing wrong in what was given: where, what, and the way out, in both languages.

    Args:
        path: Keys and indices from the outermost table to the value at fault.
        fr: What was found, the user's own word quoted, then the way out. One line.
        en: The same in English.
        line: 1-based line of the file, where there is one.
    """

    path: Path
    fr: str
    en: str
    line: int | None = None

    def text(self, lang: Lang = "fr") -> str:
        """The whole message on one line: place, what, way out."""
        line = "" if self.line is None else (f"ligne {self.line} : " if lang == "fr" else f"line {self.line}: ")
        where = path_text(self.path)
        colon = " : " if lang == "fr" else ": "
        return f"{line}{where}{colon if where else ''}{self.fr if lang == 'fr' else self.en}"

    def under(self, *prefix: str | int) -> Fault:
        """The same fault seen from an outer table."""
        return Fault((*prefix, *self.path), self.fr, self.en, self.line)


class ClaeRulesError(ValueError):
    """Anything that this library refuses to build or to do."""


class InvalidValueError(ClaeRulesError):
    """
    A value that cannot exist; `faults` names every reason at once.

    >>> error = InvalidValueError([Fault(("horaire",), "durée nulle", "no length")])
    >>> str(error)
    'horaire : durée nulle'
    """

    def __init__(self, faults: Iterable[Fault], *, where: str = "") -> None:
        self.faults = tuple(faults)
        self.where = where
        super().__init__(self.text())

    def text(self, lang: Lang = "fr") -> str:
        """All faults, one a line, each beginning with the file's name where there is one."""
        head = f"{self.where}: " if self.where else ""
        return "\n".join(head + fault.text(lang) for fault in self.faults)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.faults, self.where)


def _rebuild(cls: type[InvalidValueError], faults: tuple[Fault, ...], where: str) -> InvalidValueError:
    return cls(faults, where=where)


class InvalidReglementError(InvalidValueError):
    """A règlement that cannot be applied."""


class InvalidDemandeError(InvalidValueError):
    """A demande that cannot be read against its règlement."""


class InvalidReleveError(InvalidValueError):
    """A relevé that cannot be read against its règlement."""


class OutOfCalendarError(ClaeRulesError):
    """
    A day about which the règlement's calendar says nothing (S3.7).

    Args:
        day: The ISO day that was asked for.
    """

    def __init__(self, day: str) -> None:
        self.day = day
        super().__init__(f"{day} : hors du calendrier du règlement ; complétez [jours]")


def raise_all(faults: Iterator[Fault] | Iterable[Fault]) -> None:
    """
    Raise every fault at once, or do nothing when there is none.

    Raises:
        InvalidValueError: If there is at least one fault.
    """
    found = tuple(faults)
    if found:
        raise InvalidValueError(found)


def not_a(value: object, cls: type, way: str, *path: str | int) -> list[Fault]:
    """
    That a value given in Python is of another type, with how to make one; nothing where it is of that type.

    >>> not_a({}, tuple, "tuple(…)", "days")[0].text()
    'days : lu un dict ; il faut un tuple : tuple(…)'
    """
    if isinstance(value, cls):
        return []
    read, needed = type(value).__name__, cls.__name__
    return [Fault(path, f"lu un {read} ; il faut un {needed} : {way}", f"got a {read}; expected a {needed}: {way}")]


def meant(word: str, known: Iterable[str], *, most: int = 12) -> tuple[str, str]:
    """
    The way out for an unknown word, French then English: the nearest known word, or the list.

    Args:
        word: What was written.
        known: What could have been.
        most: How many of these are listed.

    >>> meant("repsa", ["repas", "matin"])
    ('vouliez-vous dire « repas » ?', "did you mean 'repas'?")
    """
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1)
    if near:
        return f"vouliez-vous dire « {near[0]} » ?", f"did you mean {near[0]!r}?"
    if not words:
        return "il n'y en a aucun", "there is none"
    shown = ", ".join(words[:most]) + (", …" if len(words) > most else "")
    return f"connus : {shown}", f"known: {shown}"
