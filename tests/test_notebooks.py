"""The notebooks of the examples run as they stand, and hold the outputs that a reader sees without running them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from html import unescape
from typing import Any, Final

import pytest
from tests.notebooks import METADATA, NOTEBOOKS, ROOT, executed, read

from clae_rules import Engine, load_engine
from clae_rules.audit import CaseBook, Days, audit, compare, reform, replay
from clae_rules.money import euros

for _library in ("ipykernel", "matplotlib", "nbclient", "nbformat"):
    pytest.importorskip(_library)

NAMES: Final = ("auditer_un_reglement", "comparer_deux_reglements", "reforme_et_impact")


def engine(path: str) -> Engine:
    """One of the règlements of the examples."""
    return load_engine(ROOT / "examples" / path / "reglement.toml")


@cache
def stored(name: str) -> Any:
    """A notebook as it is kept."""
    return read(NOTEBOOKS / f"{name}.ipynb")


@cache
def fresh(name: str) -> Any:
    """The same, run."""
    return executed(NOTEBOOKS / f"{name}.ipynb")


def said(notebook: Any) -> list[list[str]]:
    """What each cell of code says, as text and as HTML; pictures are drawn by a library, and not compared."""
    return [
        [
            text
            for one in cell.outputs
            for text in (one.get("text"), *(one.get("data", {}).get(kind) for kind in ("text/plain", "text/html")))
            if text and "image/png" not in one.get("data", {})
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def rows(name: str, title: str) -> list[list[str]]:
    """The cells of the table under a title, in what a fresh run shows."""
    shown = [text for texts in said(fresh(name)) for text in texts if f"<h3>{title}</h3>" in unescape(text)]
    assert shown, title
    found = re.findall(r"<tr>(.*?)</tr>", shown[-1], re.DOTALL)
    cells = [[unescape(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in found]
    return [row for row in cells if row]


def pictures(notebook: Any) -> int:
    """How many plots it shows."""
    return sum("image/png" in one.get("data", {}) for cell in notebook.cells for one in cell.get("outputs", ()))


def test_every_notebook_is_tested() -> None:
    """The folder holds the notebooks named here and no other."""
    assert tuple(sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_the_outputs_of_a_fresh_run(name: str) -> None:
    """Run in a fresh kernel no cell fails, and what is kept is what it says; `python -m tests.notebooks` renews it."""
    assert said(stored(name)) == said(fresh(name))
    assert pictures(stored(name)) == pictures(fresh(name))
    assert [cell.source for cell in stored(name).cells] == [cell.source for cell in fresh(name).cells]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_nothing_of_the_machine_that_ran_it(name: str) -> None:
    """No version, time or warning is kept: only which language it is written in."""
    notebook = stored(name)

    assert notebook.metadata == METADATA
    assert [cell.metadata for cell in notebook.cells] == [{}] * len(notebook.cells)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    assert Counter(one.output_type for one in outputs)["error"] == 0
    assert not [one for one in outputs if one.get("name") == "stderr"]


def test_a_notebook_finds_its_files_from_the_project_too() -> None:
    """Opened from the root of the project it says the same as from its own folder."""
    name = NAMES[1]

    assert said(executed(NOTEBOOKS / f"{name}.ipynb", ROOT)) == said(stored(name))


def test_the_audit_says_what_the_library_counts() -> None:
    """Counts, shares, findings and cases are those of the audit of the guide's règlement."""
    guide = engine("cluses")
    report, book, name = audit(guide), CaseBook(guide), NAMES[0]

    assert [int(row[-1]) for row in rows(name, "Types de jour")] == [kind.count for kind in report.kinds] == [60, 28, 7]
    assert [row[1:] for row in rows(name, report.kinds[0].text())] == [
        [str(one.held), str(one.of)] for one in report.kinds[0].shares
    ]
    assert [row[0] for row in rows(name, "Une paire par règle")] == [one.rule for one in book.pairs()]
    allowed = sum(case.allowed for case in book.cases())
    assert rows(name, "Les cas d'essai") == [["permis", str(allowed)], ["refusé", str(len(book.cases()) - allowed)]]
    assert [row[1] for row in rows(name, "Constats")].count("regle-masquee") == 1


def test_the_comparison_says_what_the_library_counts() -> None:
    """The selections that change are counted, told and listed as `compare` has them."""
    found = compare(engine("reglements/clery-saint-andre"), engine("reglements/tain-l-hermitage"))
    wednesday, name = found.kinds[0], NAMES[1]

    assert [row[2:] for row in rows(name, "Types de jour")] == [
        [str(kind.old), str(kind.new), str(kind.lost), str(kind.gained)] for kind in found.kinds
    ]
    assert (wednesday.old, wednesday.new) == (3, 13)
    assert len(rows(name, wednesday.said[0])) == len([*wednesday.rows()]) == 10
    assert [row[1] for row in rows(name, "Différences")] == [
        one.text() for kind in found.kinds for one in kind.differences
    ]


def test_the_impact_says_what_a_replay_comes_to() -> None:
    """The balance, the two bounds and the brackets agree with a replay of the very bookings that the notebook makes."""
    name, space = NAMES[2], dict[str, Any]()
    sources = [cell.source for cell in stored(name).cells if cell.cell_type == "code"]
    for source in sources[:2]:
        exec(compile(source, name, "exec"), space)
    bookings, today = space["reservations"], engine("reglements/mametz")
    whole = replay(today, reform(today, space["TARIFS"] + space["DELAI"]), bookings)
    prices = replay(today, reform(today, space["TARIFS"]), bookings)

    made = dict(rows(name, "Réservations générées (hypothèse)"))
    assert made["réservations"] == str(len(bookings)) == str(whole.judged)
    assert made["jours de cantine"] == str(len(Days(today).kinds[0].days))
    balance = dict(rows(name, "Bilan"))
    assert balance["nouveaux refus"] == str(whole.refused.rows)
    assert balance["pour la ville"] == euros(whole.money.net)
    bounds = rows(name, "Ce que la cantine rapporte en un an (réservations générées)")
    assert [row[3] for row in bounds] == [f"+{euros(one.money.net)}" for one in (whole, prices)]
    brackets = rows(name, "Par tranche de quotient (réservations générées)")
    assert sum(int(row[5]) for row in brackets) == prices.money.pay_more
    assert sum(int(row[6]) for row in brackets) == prices.money.pay_less
    assert pictures(fresh(name)) == 3
