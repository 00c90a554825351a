"""What every command shares: its options, its exit code, where its answer goes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.text import Text

from ..described import Shape
from ..desk import Desk
from ..engine import Engine
from ..epochs import Status
from ..errors import ClaeRulesError, Fault, InvalidValueError, Lang
from ..files.demandes import DemandeFile
from ..files.operations import desk_of
from ..files.reading import load_demande, load_engine
from ..shapes import Day, Instant

HELP = """
The command line: new, validate, render, schema; options, check, recopie, recap, planning, close, due; audit, diff,
explain, replay, cases, conformance.

Exit codes: 0 allowed, 1 refused, 2 bad input or usage, 3 undecided; audit, diff and replay: 1 where something was found
at or above --severity; conformance: 1 where the portal disagrees, 3 where it only failed to answer.
"""


class Format(StrEnum):
    """How answers are written."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """The language of sentences."""

    FR = "fr"
    EN = "en"


EXITS = {Status.ALLOWED: 0, Status.REFUSED: 1, Status.UNDECIDED: 3}
COLOURS = {Status.ALLOWED: "green", Status.REFUSED: "red", Status.UNDECIDED: "yellow"}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=HELP, pretty_exceptions_enable=False, rich_markup_mode=None
)
ReglementArg = Annotated[Path, typer.Argument(help="Le fichier du règlement (.toml, ou .json sous sa forme normale).")]
DemandeArg = Annotated[Path, typer.Argument(help="Le fichier de la demande (.toml ou .json).")]
DayArg = Annotated[str, typer.Argument(metavar="DATE", help="La date : 2021-09-06.")]
FormatOption = Annotated[Format, typer.Option("--format", help="text ou json.")]
LangOption = Annotated[Language, typer.Option("--lang", help="fr ou en.")]
NowOption = Annotated[
    str, typer.Option("--now", help="L'instant : 2021-09-01T09:00:00+02:00 ; sinon celui de la demande.")
]


def command(name: str | None = None) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """A command whose returned number is the exit code."""

    def made(function: Callable[..., int]) -> Callable[..., None]:
        @wraps(function)
        def exits(*args: Any, **options: Any) -> None:
            raise typer.Exit(function(*args, **options))

        return app.command(name)(exits)

    return made


class Printer:
    """Where answers go: colour in a terminal, none when piped."""

    def __init__(self, form: Format, lang: Language) -> None:
        self.form = form
        self.lang: Lang = "en" if lang is Language.EN else "fr"
        self.console = Console(file=sys.stdout, soft_wrap=True, highlight=False)

    def line(self, text: str, style: str = "") -> None:
        """One line."""
        self.console.print(Text(text, style=style))

    def json(self, plain: Any) -> None:
        """The whole answer as JSON."""
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def read_as(shape: Shape, text: str, name: str) -> Any:
    """A word of the command line, read as a file's would be."""
    faults: list[Fault] = []
    found = shape.read(text, (name,), faults)
    if faults:
        raise InvalidValueError(faults)
    return found


def day_of(text: str) -> date:
    """The date told on the command line."""
    return cast("date", read_as(Day(), text, "date"))


def instant_of(text: str, asked: datetime | None) -> datetime:
    """The instant told on the command line, else that of the demande."""
    if text:
        return cast("datetime", read_as(Instant(), text, "--now"))
    if asked is None:
        raise ClaeRulesError(
            "--now : à dire, la demande n'a pas d'instant ; par exemple --now 2021-09-01T09:00:00+02:00"
        )
    return asked


def without_subscription(read: DemandeFile) -> None:
    """Tell that an abonnement is another command's."""
    if read.subscription:
        sys.stderr.write("clae-rules : [abonnement] n'est pas jugé ici : clae-rules check\n")


def opened(reglement: Path, demande: Path) -> tuple[Engine, DemandeFile, Desk]:
    """A règlement, a demande read with it, and the child before it."""
    engine = load_engine(reglement)
    read = load_demande(demande, engine.reglement)
    return engine, read, desk_of(engine, read)
