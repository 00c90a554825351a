"""
What a sound règlement still leaves open: said at its check, so that the town can answer (S4.6, S13.2).

Each notice is no fault: the file is valid, and whatever it does not say stays undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby
from typing import Any

from .days import MONTHS
from .described import leaves
from .dues import Due, DueKind
from .engine import Engine
from .errors import Lang, Path, path_text
from .grids import Grid
from .limits import NOT_PUBLISHED, TABLE
from .oversights import oversights
from .phases import UNSAID, Action
from .prices import OTHERS, Table
from .reglement import Reglement
from .shapes import UNPUBLISHED


class NoticeKind(Enum):
    """What is left open; the value is its code."""

    UNPUBLISHED = "non-publie"
    UNDECIDED = "indecis"
    HOLES = "trous"
    SUSPECT = "a-verifier"
    SUPPOSED = "hypothese"
    MENTIONED = "mention"

    def label(self, lang: Lang) -> str:
        """What stands before the place, on a line."""
        names = {
            NoticeKind.UNPUBLISHED: ("non publié", "not published"),
            NoticeKind.UNDECIDED: ("indécis", "undecided"),
            NoticeKind.HOLES: ("trous gardés", "holes kept"),
            NoticeKind.SUSPECT: ("à vérifier", "to check"),
            NoticeKind.SUPPOSED: ("hypothèse", "assumed"),
            NoticeKind.MENTIONED: ("publié, non décidé", "published, not decided"),
        }
        return names[self][lang == "en"]


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One thing that a règlement leaves open.

    Args:
        kind: What.
        path: Where it stands in the file.
        fr: What it is, or what follows from it; the file's own words where it has some.
        en: The same in English.
    """

    kind: NoticeKind
    path: Path
    fr: str
    en: str

    def text(self, lang: Lang = "fr") -> str:
        """The notice on one line: what, where, why."""
        colon = " : " if lang == "fr" else ": "
        return f"{self.kind.label(lang)}, {path_text(self.path)}{colon}{self.fr if lang == 'fr' else self.en}"


def notices(engine: Engine) -> tuple[Notice, ...]:
    """
    Everything that a règlement leaves open: unpublished amounts, undecided cases, holes, what looks like an oversight,
    assumptions, mentions.

    Args:
        engine: The règlement made ready, and sound.

    Returns:
        In the order of `NoticeKind`, each kind in the order of the règlement.
    """
    one = engine.reglement
    odd = (Notice(NoticeKind.SUSPECT, said.path, said.fr, said.en) for said in oversights(engine))
    found = [*_of_values(one), *_of_grids(one), *_of_tables(engine), *odd]
    order = list(NoticeKind)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def _of_values(reglement: Reglement) -> Iterator[Notice]:
    unsaid: list[Path] = []
    for path, key, value in leaves(reglement):
        if any(path[: len(one)] == one for one in unsaid):
            continue  # said of the whole action already
        if isinstance(value, tuple) and value in UNSAID.values():
            unsaid.append(path)
        if key.name == "hypothese" and value:
            yield Notice(NoticeKind.SUPPOSED, path[:-1], value, value)
        for where in _unpublished(value, path):
            fr, en = "la réponse est « indécis » dès qu'il compte", "the answer is undecided wherever it counts"
            yield Notice(NoticeKind.UNPUBLISHED, where, fr, en)
    for one in reglement.mentions:
        said = f"{one.says} ({one.why})" if one.why else one.says
        yield Notice(NoticeKind.MENTIONED, ("mention", one.code), said, said)


def _unpublished(value: Any, path: Path) -> Iterator[Path]:
    """Where an amount, a due, a row, a limit or the phases of an action are announced but not published."""
    if (
        value is UNPUBLISHED
        or (isinstance(value, Due) and value.kind is DueKind.UNPUBLISHED)
        or value == NOT_PUBLISHED
        or (isinstance(value, tuple) and value in UNSAID.values())
    ):
        yield path
    elif isinstance(value, Table):
        for code, row in value.rows:
            yield from _unpublished(row, (*path, code))
        if value.others:
            yield (*path, OTHERS)
    elif isinstance(value, tuple):
        yield from dict.fromkeys(where for one in value for where in _unpublished(one, path))


def _of_grids(reglement: Reglement) -> Iterator[Notice]:
    for grid in reglement.grids:
        path: Path = ("grille", grid.code)
        if grid.holes is not None:
            fr = f"une mesure qui tombe entre deux tranches reste indécise ({grid.measure})"
            yield Notice(NoticeKind.HOLES, path, fr, f"a measure between two brackets is undecided ({grid.measure})")
        if grid.missing is None and grid.measure in dict(reglement.facts):  # the planning gives counters
            yield _without_outcome(grid)


def _without_outcome(grid: Grid) -> Notice:
    fr = f"rien n'est dit de qui ne donne pas « {grid.measure} » : ni « refus », ni tranche (manquant)"
    en = f"nothing is said of who does not give « {grid.measure} »: neither « refus » nor a bracket (manquant)"
    return Notice(NoticeKind.UNDECIDED, ("grille", grid.code), fr, en)


def _of_tables(engine: Engine) -> Iterator[Notice]:
    """The open dates that no row of a table covers: nobody knows until when they may be booked."""
    for deadline in engine.reglement.deadlines:
        if not any(phase.limit == TABLE for action in Action for phase in deadline.phases(action) or ()):
            continue
        held = engine.places.expand(deadline.slots) if deadline.slots else frozenset(engine.slots)
        days = {day for one in engine.periodes.values() for day in engine.open_days(one)}
        left = [
            day
            for day in sorted(days)
            if held & engine.day(day).slots.keys()
            and engine.on(deadline.when, engine.day(day))
            and not any(engine.on(row.when, engine.day(day)) for row in deadline.table)
        ]
        if left:
            months = _months(left)
            fr = f"aucune ligne du tableau ne couvre {months}"
            yield Notice(NoticeKind.UNDECIDED, ("delai", deadline.code, "table"), fr, f"no row covers {months}")


def _months(days: Iterable[date]) -> str:
    """« septembre 2026 (19 jours), octobre 2026 (12 jours) »."""
    parts = []
    for (year, month), group in groupby(days, key=lambda day: (day.year, day.month)):
        count = len(list(group))
        parts.append(f"{MONTHS[month - 1]} {year} ({count} jour{'s' if count > 1 else ''})")
    return ", ".join(parts)
