"""The acted guide: the walk prints what is kept of it, to the character, and its table in the docs is true."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from clae_rules import History, event_from

ROOT: Final = Path(__file__).parents[1]
WALK: Final = ROOT / "examples" / "guide"
PAGE: Final = (ROOT / "docs" / "guide.md").read_text("utf-8")
RENEW: Final = "PYTHONPATH=src PYTHONUTF8=1 python examples/guide/parcours.py > examples/guide/attendu.txt"
LIBRARIES: Final = ("attrs", "cattrs", "icalendar", "reportlab", "eopayment")


def need_the_extras() -> None:
    """Skip what needs the libraries of the walk where they are not installed."""
    for library in LIBRARIES:
        pytest.importorskip(library)


@cache
def walked(folder: Path) -> str:
    """What the walk prints, run as its reader runs it, its files in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", str(WALK / "parcours.py"), "--dossier", str(folder)]
    found = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=ROOT)
    assert found.returncode == 0, found.stderr.decode()
    return found.stdout.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a walk."""
    need_the_extras()
    folder = tmp_path_factory.mktemp("guide")
    walked(folder)
    return folder


def test_the_walk_prints_what_is_kept(pages: Path) -> None:
    """From the first mail to the paid invoice, each page is as it is kept, to the character."""
    kept = (WALK / "attendu.txt").read_text("utf-8")

    assert walked(pages) == kept, f"the walk says something else; read it, then run: {RENEW}"


def test_the_walk_gives_the_same_files_again(pages: Path, tmp_path: Path) -> None:
    """Mails, planning, history and invoice are the same bytes each time: no clock and no chance is in them."""
    walked(tmp_path)
    names = sorted(one.name for one in pages.iterdir())

    assert names == sorted(one.name for one in tmp_path.iterdir())
    assert [one for one in names if (pages / one).read_bytes() != (tmp_path / one).read_bytes()] == []


def test_the_files_are_what_a_family_downloads(pages: Path) -> None:
    """The invoice opens as a PDF with its total, the planning as a calendar; every mail has its text and its HTML."""
    import icalendar

    pypdf = pytest.importorskip("pypdf")
    said = "".join(one.extract_text() for one in pypdf.PdfReader(pages / "facture.pdf").pages)
    calendar = icalendar.Calendar.from_ical((pages / "planning.ics").read_bytes())
    mails = [message_from_bytes(one.read_bytes(), policy=default) for one in sorted(pages.glob("*.eml"))]

    assert "CLAE-2021-000001" in said
    assert "18,50" in said
    assert "Martin" in said
    assert len([*calendar.walk("VEVENT")]) == 15
    assert len(mails) == walked(pages).count("\nMail à ") > 5
    assert all(one.get_body(("plain",)) and one.get_body(("html",)) for one in mails)


def test_the_history_that_is_kept_names_nobody(pages: Path) -> None:
    """The events that the store keeps are read back, and no name of a person is in them."""
    kept = (pages / "historique.json").read_text("utf-8")

    assert len(History(tuple(map(event_from, json.loads(kept)))).booked()) == 6
    assert [name for name in ("favre", "gaëlle", "gaelle", "martin", "rita") if name in kept.lower()] == []


def test_the_recapitulatif_is_that_of_the_guide() -> None:
    """The récapitulatif of the walk has the cells of the guide's, to the letter, and the docs show it."""
    kept = (WALK / "attendu.txt").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    block = kept.split("\nRécapitulatif de votre demande\n")[1].split("\n\n")[0]

    assert [re.split(r"\s{2,}", line.strip()) for line in block.splitlines()] == [
        ["Désignation", "Quantité", "Tarif", "Montant"],
        ["- CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022"],
        ["Périscolaire midi 2 (06/09)", "1", "0,25 €", "0,25 €"],
        ["Total", "0,25 €"],
    ]
    assert f"```text\nRécapitulatif de votre demande\n{block}\n```" in PAGE


def test_a_missing_library_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its libraries are not installed, the walk says which extras bring them, and does nothing."""
    for library in LIBRARIES:
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr(sys, "argv", ["parcours.py"])

    with pytest.raises(SystemExit, match=r"pip install 'clae-rules\[records,ics,pdf,payments\]'$"):
        runpy.run_path(str(WALK / "parcours.py"), run_name="__main__")


class Row(NamedTuple):
    """A row of the table: the page of the guide, the functions as « module: name », the section and its file."""

    page: str
    cell: str
    functions: tuple[tuple[str, str], ...]
    section: str
    path: str


def table() -> list[Row]:
    """The table of the docs."""
    rows = []
    for line in PAGE.splitlines():
        if re.match(r"\| (A|B)\b", line):
            page, _, cell, where = (one.strip() for one in line.strip("|").split("|"))
            found = re.findall(r"`([\w.]+)`(:?)", cell)
            functions, module = [], ""
            for name, colon in found:
                module = name if colon else module
                functions += [] if colon else [(module, name)]
            section = re.fullmatch(r"\[`(\w+)`\]\((.+)\)", where)
            rows.append(Row(page, cell, tuple(functions), section[1] if section else "", section[2] if section else ""))
    return rows


@cache
def functions_of(path: Path) -> dict[str, ast.AST]:
    """The functions and methods of a file of the walk, by name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


#: What the walk imports under another name.
ALIASES: Final = {
    one.asname: one.name
    for path in WALK.glob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.ImportFrom)
    for one in node.names
    if one.asname
}


def names_used(section: str) -> set[str]:
    """Every name that a section uses, those of the functions of the walk that it calls included."""
    known = {name: one for path in WALK.glob("*.py") for name, one in functions_of(path).items()}
    seen: set[str] = set()
    left, found = [section], set[str]()
    while left:
        name = left.pop()
        seen.add(name)
        used = {one.id for one in ast.walk(known[name]) if isinstance(one, ast.Name)}
        used |= {one.attr for one in ast.walk(known[name]) if isinstance(one, ast.Attribute)}
        found |= used | {ALIASES[one] for one in used & ALIASES.keys()}
        left += sorted((used & known.keys()) - seen)
    return found


def test_the_table_names_functions_that_exist() -> None:
    """Each function that the table names is one of the library."""
    need_the_extras()
    missing = []
    for module, name in dict.fromkeys(one for row in table() for one in row.functions):
        found: object = import_module("clae_rules" if module == "clae_rules" else f"clae_rules.{module}")
        for part in name.split("."):
            found = getattr(found, part, None) or getattr(found, "__dataclass_fields__", {}).get(part)
        missing += [] if found else [f"{module}.{name}"]

    assert len(table()) > 35
    assert missing == []


def test_the_table_names_sections_that_exist_and_use_their_functions() -> None:
    """Each section of the table is a function of its file, headed as its page, and uses what the row names."""
    wrong = []
    for row in table():
        if row.section:
            path = (ROOT / "docs" / row.path).resolve()
            section = functions_of(path).get(row.section)
            title = ast.get_docstring(section) if isinstance(section, ast.FunctionDef) else None
            wrong += (
                []
                if (title or "").startswith(f"{row.page}.")
                else [f"{row.section}: not in {row.path}, or not {row.page}"]
            )
            used = names_used(row.section) if title else set()
            wrong += [f"{row.section} does not use {one}" for _, one in row.functions if one.split(".")[-1] not in used]

    assert wrong == []


def test_the_table_tells_who_does_what_no_function_does() -> None:
    """A row without a function names the framework, and a row with one has its section."""
    assert [row.cell for row in table() if not row.functions and "the framework" not in row.cell] == []
    assert [row.cell for row in table() if bool(row.functions) != bool(row.section)] == []


def test_the_table_has_every_section_and_every_function_of_the_walk() -> None:
    """Every heading of the walk stands in the table in its order, and so does every function that its pages import."""
    walk = functions_of(WALK / "parcours.py")["walk"]
    order = [one.id for one in ast.walk(walk) if isinstance(one, ast.Name) and re.match(r"[ab]\d?\w?_", one.id)]
    named = {one.split(".")[0] for row in table() for _, one in row.functions}
    imported = {
        one.name
        for name in ("compte", "pieces", "planning", "factures")
        for node in ast.walk(ast.parse((WALK / f"{name}.py").read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("clae_rules")
        and node.module != "clae_rules.showing"
        for one in node.names
        if one.name.islower()
    }

    assert list(dict.fromkeys(row.section for row in table() if row.section)) == list(dict.fromkeys(order))
    assert len(order) == 10
    assert imported - named == set()
