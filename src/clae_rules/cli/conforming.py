"""The command that puts a règlement's cases to another portal: conformance."""

from __future__ import annotations

import shlex
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Annotated

import typer
from rich import progress
from rich.console import Console

from ..errors import ClaeRulesError
from ..files.reading import load_engine
from ..testing.conformance import AddressPortal, CommandPortal, Portal, conformance, python_portal
from .frame import Format, FormatOption, LangOption, Language, Printer, ReglementArg, command


@command("conformance")
def conformance_(
    reglement: ReglementArg,
    cmd: Annotated[
        str, typer.Option("--cmd", help="Un programme : un cas par ligne reçu, une réponse par ligne.")
    ] = "",
    url: Annotated[str, typer.Option("--url", help="Une adresse, à laquelle chaque cas est envoyé par POST.")] = "",
    python: Annotated[str, typer.Option("--python", help="Une fonction Python : module:fonction.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="La graine : la même donne les mêmes cas.")] = 0,
    cases: Annotated[int, typer.Option("--cases", min=1, max=100_000, help="Le nombre de cas.")] = 500,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, max=3600, help="Secondes laissées à un cas.")] = 5,
    budget: Annotated[float, typer.Option("--budget", min=1, max=86_400, help="Secondes laissées à tous.")] = 600,
    junit: Annotated[Path | None, typer.Option("--junit", help="Écrit aussi le résultat en JUnit XML.")] = None,
    form: FormatOption = Format.TEXT,
    lang: LangOption = Language.FR,
) -> int:
    """Pose des cas à un autre portail et compare ses réponses à celles du règlement."""
    out = Printer(form, lang)
    asked = _portal(cmd, url, python, timeout)
    engine = load_engine(reglement)
    with progress.Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as shown:  # fmt: skip
        task = shown.add_task(reglement.name, total=cases)
        found = conformance(
            engine, asked, seed=seed, cases=cases, seconds=budget,
            progress=lambda done: shown.update(task, completed=done),
        )  # fmt: skip
    if form is Format.JSON:
        out.json(found.plain())
    else:
        sys.stdout.write(found.text(out.lang) + "\n")
    if junit is not None:
        junit.write_text(found.junit(out.lang), "utf-8")
    return found.exit_code


def _portal(cmd: str, url: str, python: str, seconds: float) -> Portal:
    """What is asked, told in one way."""
    if bool(cmd) + bool(url) + bool(python) != 1:
        raise ClaeRulesError("dites quel portail éprouver, d'une seule façon : --cmd, --url ou --python")
    if url:
        return AddressPortal(url, seconds=seconds)
    if cmd:
        return CommandPortal(_words(cmd), seconds=seconds)
    module, _, name = python.partition(":")
    top = module.partition(".")[0]
    # as `python -m` does: the portal is most often in the folder one stands in
    if not (top and name.isidentifier() and PathFinder.find_spec(top, [str(Path.cwd()), *sys.path])):
        raise ClaeRulesError(f"--python : lu « {python} » ; il faut module:fonction, un module qui s'importe d'ici")
    return python_portal(python, seconds=seconds)


def _words(cmd: str) -> list[str]:
    """A command as its words."""
    try:
        words = shlex.split(cmd)
    except ValueError as bad:
        raise ClaeRulesError(f"--cmd : lu « {cmd} » ; fermez les guillemets ({bad})") from None
    if not words:
        raise ClaeRulesError(f"--cmd : lu « {cmd} » ; il faut un programme et ses arguments")
    return words
