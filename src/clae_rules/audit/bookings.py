"""Real bookings, one a row: read from CSV, each row that cannot be read told with its number and why (S13.1)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from ..engine import Engine
from ..errors import Fault, InvalidValueError, Lang, meant
from ..facts import FactKind, FactKindRead, Facts, Value, read_number

#: The columns of a CSV file, besides one for each fact.
COLUMNS: Final = ("foyer", "enfant", "date", "creneaux", "instant")
#: Rows of facts that are remembered once read.
MOST_READ: Final = 65_536
_FLAGS: Final = MappingProxyType({"oui": True, "true": True, "1": True, "non": False, "false": False, "0": False})

#: Why a row is broken, French then English, by code.
BROKEN: Final = MappingProxyType(
    {
        "colonnes": ("{0} colonnes au lieu de {1}", "{0} columns instead of {1}"),
        "guillemets": ("guillemets mal fermés", "quotes not closed"),
        "sans-foyer": ("ni foyer ni enfant", "no household, or no child"),
        "date-illisible": ("date « {0} » ; il faut 2025-09-01", "date « {0} »; expected 2025-09-01"),
        "instant-illisible": (
            "instant « {0} » ; il faut 2025-08-30T09:00:00+02:00",
            "instant « {0} »; expected 2025-08-30T09:00:00+02:00",
        ),
        "instant-sans-fuseau": (
            "instant « {0} » sans fuseau ; ajoutez +02:00",
            "instant « {0} » without time zone; add +02:00",
        ),
        "fait-illisible": ("{0} : « {1} » ; il faut {2}", "{0}: « {1} »; expected {3}"),
        "fait-faux": ("{0}", "{1}"),
        "creneaux-texte": (
            'créneaux « {0} » ; il faut une liste, ("{0}",)',
            'slots « {0} »; expected a list, ("{0}",)',
        ),
        "sans-creneau": ("aucun créneau", "no slot"),
        "creneau-inconnu": ("créneau inconnu « {0} » ; {1}", "unknown slot « {0} »; {2}"),
        "creneau-double": ("« {0} » deux fois", "« {0} » twice"),
        "hors-calendrier": ("{0} est hors du calendrier", "{0} is outside the calendar"),
        "en-double": ("{0} réserve deux fois le {1}", "{0} books {1} twice"),
    }
)


class Booking(NamedTuple):
    """
    What a child booked on one date, all modes together, and when.

    Args:
        household: The family's code: families are counted once.
        child: His code in the household.
        day: The date.
        slots: The slots booked; their variant is the one that was open then.
        instant: When it was booked, aware.
        facts: What was known of him then.
        row: Its number in the file; its position where 0.
    """

    household: str
    child: str
    day: date
    slots: tuple[str, ...]
    instant: datetime
    facts: Facts = Facts()
    row: int = 0


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """
    A row that cannot be read, or judged.

    Args:
        row: Its number.
        code: Why, a stable French slug of `BROKEN`.
        words: What the sentence names.
    """

    row: int
    code: str
    words: tuple[str, ...] = ()

    def text(self, lang: Lang = "fr") -> str:
        """The row and what is wrong with it, on one line."""
        said = BROKEN[self.code][lang == "en"].format(*self.words)
        return f"ligne {self.row} : {said}" if lang == "fr" else f"row {self.row}: {said}"


def bookings_from_csv(lines: Iterable[str], *engines: Engine) -> Iterator[Booking | BrokenRow]:
    """
    The rows of a CSV file, one at a time: `foyer,enfant,date,creneaux,instant`, then one column for each fact.

    Slots are separated by spaces or « + »; an empty cell is a fact that is not known; columns by commas or semicolons,
    as the first line does. A row is one line, whatever its quotes: a broken one hides no other.

    Args:
        lines: An open file, or lines; the first one names the columns.
        engines: The règlements that declare the facts.

    Raises:
        InvalidValueError: If a column is missing, unknown or named twice.
    """
    declared = {code: kind for engine in engines for code, kind in engine.facts.items()}
    rows = iter(lines)
    first = next(rows, "").removeprefix("\ufeff").rstrip("\r\n")
    delimiter = ";" if ";" in first else ","
    names = tuple(name.strip() for name in first.split(delimiter))
    _check(names, declared)
    return _read(rows, delimiter, names, declared)


def _check(names: tuple[str, ...], declared: Mapping[str, FactKindRead]) -> None:
    if not all(name.isprintable() for name in names):
        fr = (
            "ce n'est pas un CSV (un tableur ?) ; enregistrez-le en CSV, séparé par des virgules ou des points-virgules"
        )
        en = "this is no CSV (a spreadsheet?); save it as CSV, separated by commas or semicolons"
        raise InvalidValueError([Fault((), fr, en, 1)])
    faults = [
        Fault((name,), "il manque cette colonne ; ajoutez-la", "missing column; add it")
        for name in COLUMNS
        if name not in names
    ]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            faults.append(Fault((name,), "deux colonnes de ce nom ; gardez-en une", "two such columns; keep one"))
        elif name not in COLUMNS and name not in declared:
            fr, en = meant(name, [*COLUMNS, *declared])
            faults.append(Fault((name,), f"colonne inconnue ; {fr}", f"unknown column; {en}"))
    if faults:
        raise InvalidValueError(faults)


def _read(
    rows: Iterator[str], delimiter: str, names: tuple[str, ...], declared: Mapping[str, FactKindRead]
) -> Iterator[Booking | BrokenRow]:
    place = [names.index(name) for name in COLUMNS]
    known = [(i, name, declared[name]) for i, name in enumerate(names) if name not in COLUMNS]
    days: dict[str, date | None] = {}
    facts: dict[tuple[str, ...], Facts | tuple[str, ...]] = {}
    for number, line in enumerate(rows, 2):
        cells = _cells(line.rstrip("\r\n"), delimiter)
        if cells is None:
            yield BrokenRow(number, "guillemets")
            continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            yield BrokenRow(number, "colonnes", (str(len(cells)), str(len(names))))
            continue
        household, child, day, slots, instant = (cells[i].strip() for i in place)
        raw = tuple([cells[i] for i, _, _ in known])
        if raw not in facts:
            if len(facts) >= MOST_READ:
                facts.clear()
            facts[raw] = _facts(raw, known)
        told = facts[raw]
        if day not in days:
            days[day] = _day(day)
        yield _booking(number, (household, child, slots), (day, days[day]), instant, told)


def _cells(line: str, delimiter: str) -> list[str] | None:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _booking(
    number: int, who: tuple[str, str, str], day: tuple[str, date | None], instant: str,
    told: Facts | tuple[str, ...],
) -> Booking | BrokenRow:  # fmt: skip
    household, child, slots = who
    if not household or not child:
        return BrokenRow(number, "sans-foyer")
    if day[1] is None:
        return BrokenRow(number, "date-illisible", (day[0][:60],))
    try:
        when = datetime.fromisoformat(instant)
    except ValueError:
        return BrokenRow(number, "instant-illisible", (instant[:60],))
    if isinstance(told, tuple):
        return BrokenRow(number, "fait-illisible", told)
    return Booking(household, child, day[1], tuple(_SEPARATOR.split(slots)) if slots else (), when, told, number)


_SEPARATOR: Final = re.compile(r"\s*\+\s*|\s+")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _facts(raw: tuple[str, ...], known: list[tuple[int, str, FactKindRead]]) -> Facts | tuple[str, ...]:
    """The facts of a row, or what the sentence about the first unreadable one names."""
    found: dict[str, Value | date] = {}
    for text, (_, code, kind) in zip(raw, known, strict=True):
        said = text.strip()
        if said:
            value = _READERS[kind.kind](said)
            if value is None:
                return code, said[:60], *_EXPECTED[kind.kind]
            found[code] = value
    return Facts.from_mapping(found)


def _number(text: str) -> Value | None:
    return read_number(text.replace(",", "."))


_READERS: Final[Mapping[FactKind, Callable[[str], Value | date | None]]] = MappingProxyType(
    {
        FactKind.CHOICE: str,
        FactKind.FLAG: lambda text: _FLAGS.get(text.lower()),
        FactKind.NUMBER: _number,
        FactKind.AGE: _day,
    }
)
_EXPECTED: Final = MappingProxyType(
    {
        FactKind.CHOICE: ("un mot", "a word"),
        FactKind.FLAG: ("oui ou non", "oui or non"),
        FactKind.NUMBER: ("un nombre", "a number"),
        FactKind.AGE: ("une date de naissance", "a date of birth"),
    }
)
