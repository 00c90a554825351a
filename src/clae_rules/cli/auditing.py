"""The commands that ask a règlement: audit, diff, explain, replay, cases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich import progress
from rich.console import Console

from ..audit import CaseBook, Explanation, NoPair, Severity, bookings_from_csv, compare, explain, side_by_side
from ..audit import audit as audited
from ..audit import replay as replayed
from ..audit.cases import to_csv
from ..audit.pages import Section, table_csv
from ..errors import Lang
from ..files.operations import planning_of
from ..files.reading import load_engine
from ..shapes import Amount
from .frame import (
    EXITS,
    DayArg,
    DemandeArg,
    Format,
    FormatOption,
    LangOption,
    Language,
    NowOption,
    Printer,
    ReglementArg,
    command,
    day_of,
    instant_of,
    opened,
    read_as,
    without_subscription,
)


class Form(StrEnum):
    """How the answer of an audit is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"


class Level(StrEnum):
    """From which severity on the exit code tells that something was found."""

    NOTE = "note"
    WARNING = "avertissement"
    ERROR = "erreur"


OtherArg = Annotated[Path, typer.Argument(help="L'autre règlement, à comparer au premier.")]
FormOption = Annotated[Form, typer.Option("--format", help="text, json, html ou csv.")]
LevelOption = Annotated[
    Level, typer.Option("--severity", help="La gravité à partir de laquelle le code de sortie est 1.")
]


class Answer(Protocol):
    """The report of an audit, in every form."""

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found."""

    def text(self, lang: Lang = "fr") -> str:
        """As plain text."""

    def html(self, lang: Lang = "fr") -> str:
        """As one HTML document."""

    def plain(self) -> dict[str, Any]:
        """As JSON types."""


def _answered(found: Answer, form: Form, lang: Language, level: Level, table: Callable[[Lang], Section]) -> int:
    """Write an answer, its main table as CSV, and return 1 where it holds something at least as grave as asked."""
    out = Printer(Format.TEXT, lang)
    if form is Form.JSON:
        out.json(found.plain())
    elif form is Form.CSV:
        sys.stdout.write(table_csv(table(out.lang)))
    elif form is Form.HTML:
        sys.stdout.write(found.html(out.lang))
    else:
        sys.stdout.write(found.text(out.lang) + "\n")
    return int(found.worst is not None and found.worst >= Severity[level.name])


@command()
def audit(
    reglement: ReglementArg, form: FormOption = Form.TEXT, lang: LangOption = Language.FR,
    severity: LevelOption = Level.WARNING,
    step: Annotated[str, typer.Option(help="Signale un prix qui monte de plus que cela entre deux tranches : 1.50.")] = "",
) -> int:  # fmt: skip
    """Tout ce qu'un règlement permet, et ce qui y cloche ; en csv, les constats."""
    cents = int(read_as(Amount(announced=False), step, "--step")) if step else None
    found = audited(load_engine(reglement, sound=False), step_cents=cents)
    return _answered(found, form, lang, severity, lambda said: found.sections(said)[-1])


@command("diff")
def diff_(
    reglement: ReglementArg, autre: OtherArg, form: FormOption = Form.TEXT, lang: LangOption = Language.FR,
    severity: LevelOption = Level.ERROR,
) -> int:  # fmt: skip
    """Ce qui change d'un règlement à l'autre : sélections, délais, prix ; en csv, chaque sélection perdue ou gagnée."""
    found = compare(load_engine(reglement), load_engine(autre))
    return _answered(found, form, lang, severity, found.selections)


@command("explain")
def explain_(
    reglement: ReglementArg, demande: DemandeArg, day: DayArg, form: FormatOption = Format.TEXT,
    lang: LangOption = Language.FR, now: NowOption = "",
    avec: Annotated[Path | None, typer.Option(help="Un autre règlement, pour la même demande, côte à côte.")] = None,
) -> int:  # fmt: skip
    """Une décision en entier, pour une date d'une demande : qui a parlé, qui n'a rien dit, ce qui la ferait passer."""
    out = Printer(form, lang)
    found = _explained(reglement, demande, day, now)
    other = None if avec is None else _explained(avec, demande, day, now)
    if form is Format.JSON:
        out.json(found.plain(out.lang) if other is None else [found.plain(out.lang), other.plain(out.lang)])
    elif other is not None:
        out.line(side_by_side({str(reglement): found, str(avec): other}).text(out.lang))
    else:
        out.line(found.text(out.lang))
    return EXITS[found.status]


def _explained(reglement: Path, demande: Path, day: str, now: str) -> Explanation:
    _, read, desk = opened(reglement, demande)
    without_subscription(read)
    when, instant = day_of(day), instant_of(now, read.asked.instant)
    planning = planning_of(desk, read).at(instant)
    held = planning.held(desk.child, when)
    asked = dict(read.wanted).get(when)
    slots = tuple(held) if asked is None else asked
    return explain(desk, when, slots, now=instant, occupancy=read.occupancy(), planning=planning)


@command("replay")
def replay_(
    reglement: ReglementArg, autre: OtherArg,
    reservations: Annotated[Path, typer.Argument(help="Un CSV : foyer,enfant,date,creneaux,instant, puis les faits.")],
    form: FormOption = Form.TEXT, lang: LangOption = Language.FR, severity: LevelOption = Level.ERROR,
    strict: Annotated[bool, typer.Option(help="S'arrête à la première ligne qui ne se lit pas.")] = False,
) -> int:  # fmt: skip
    """Ce que deviennent de vraies réservations sous un autre règlement : refus, familles touchées, euros."""
    old, new = load_engine(reglement), load_engine(autre)
    with progress.open(
        reservations, "r", encoding="utf-8-sig", errors="replace", newline="", description=reservations.name,
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    ) as lines:  # fmt: skip
        found = replayed(old, new, bookings_from_csv(lines, old, new), strict=strict)
    return _answered(found, form, lang, severity, lambda said: found.sections(said)[0])


@command()
def cases(reglement: ReglementArg, lang: LangOption = Language.FR) -> int:
    """Des sélections à essayer sur un portail, avec la réponse attendue de chacune, en csv."""
    out = Printer(Format.TEXT, lang)
    engine = load_engine(reglement)
    book = CaseBook(engine)
    sys.stdout.write(to_csv(book.cases(), engine, out.lang))
    for one in book.pairs():
        if isinstance(one, NoPair):
            said = ("règle", "rule")[out.lang == "en"]
            sys.stderr.write(f"{said} « {one.rule} » : {one.sentence(out.lang)}\n")
    return 0
