"""The plain model itself: it is apart from the library, in small files, and says every clause that is built."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reference_table import EXCUSED, MODEL, README, SPECIFICATION, cited, clauses, page, said

SOURCES = sorted(MODEL.glob("*.py"))


def imported(source: str) -> Iterator[str]:
    """What a source imports: the first name of each module, or its dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level or str(node.module).split(".")[0]
        elif isinstance(node, ast.Name) and node.id in {"__import__", "import_module", "exec", "eval"}:
            yield node.id


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_model_shares_nothing_with_the_library(path: Path) -> None:
    """Every file of the model imports the standard library and its own files, and nothing else."""
    assert set(imported(path.read_text("utf-8"))) <= {*sys.stdlib_module_names, "."}


def test_an_import_of_the_library_is_seen() -> None:
    """What reads the imports sees those that are not allowed, however they are written."""
    source = "import clae_rules.days\nfrom clae_rules import Desk\nfrom .. import small\n__import__('clae_rules')"

    assert list(imported(source)) == ["clae_rules", "clae_rules", "..", "__import__"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_file_of_the_model_is_small(path: Path) -> None:
    """A file of the model has at most 400 lines."""
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_every_clause_that_is_built_is_in_the_model_or_excused() -> None:
    """A built clause is said by a function of the model, or a reason is written why none does; never both."""
    known, built = said(), clauses(SPECIFICATION.read_text("utf-8"))

    assert {clause for clause, is_built in built.items() if is_built} <= known.keys() | EXCUSED.keys()
    assert EXCUSED.keys() <= built.keys()
    assert not EXCUSED.keys() & known.keys()


def test_what_an_excuse_names_is_there() -> None:
    """A test file named in an excuse exists."""
    names = {word.strip(",;") for one in EXCUSED.values() for word in one.split() if "test" in word and "_" in word}

    assert names
    for name in names:
        assert (MODEL.parents[1] / name).exists() or (MODEL.parent / name).exists(), name


def test_the_page_of_the_model_is_its_sources() -> None:
    """The table of the README is that of the sources; `python -m tests.reference_table` renews it."""
    text = README.read_text("utf-8")

    assert page(text) == text


def test_clauses_are_read_from_the_specification() -> None:
    """A section is built as a whole or clause by clause; what is out is no clause."""
    text = (
        "## S1 One — built\n\n1. A.\n2. B.\n\n## S4 Two\n\n1. **Built.** C.\n2. D.\n3. Out: E.\n\n"
        "## S7 Three — built\n\nF.\n\n## S8 Four\n\n**Built.** G.\n\n## S12 Five — not yet built\n\n1. H.\n\n## Decisions\n"
    )

    assert clauses(text) == {
        "S1.1": True,
        "S1.2": True,
        "S4.1": True,
        "S4.2": False,
        "S7": True,
        "S8": True,
        "S12.1": False,
    }


@pytest.mark.parametrize(
    ("docstring", "found"),
    (
        ("S3.2: back.", ["S3.2"]),
        ("S6.1 to S6.3: decide.", ["S6.1", "S6.2", "S6.3"]),
        ("S3.1, S4.5: both.", ["S3.1", "S4.5"]),
        ("S1 (selector): where.", ["S1"]),
        ("As S3.2 says: no.", []),
        (None, []),
    ),
)
def test_a_docstring_opens_with_its_clauses(docstring: str | None, found: list[str]) -> None:
    """The clauses that a function says are those that its docstring begins with."""
    assert cited(docstring) == found
