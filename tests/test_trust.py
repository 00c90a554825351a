"""The page « why trust it » names tests, commands and files that are there, and lists every law of the decision."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "trust.md").read_text("utf-8")
LAWS: Final = {
    node.name: ast.get_docstring(node) or ""
    for path in sorted((ROOT / "tests" / "laws").glob("test_*.py"))
    for node in ast.parse(path.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
}
#: Law, clauses, test.
ROWS: Final = re.findall(r"^\| ([^|]+) \| (S[^|]+) \| `(test_\w+)` \|$", PAGE, flags=re.MULTILINE)


def clauses(text: str) -> set[str]:
    """The clauses named in a text."""
    return set(re.findall(r"S\d+(?:\.\d+)?(?!\d)", text))


@pytest.mark.parametrize(("law", "proved", "test"), ROWS)
def test_a_law_is_proved_by_its_test(law: str, proved: str, test: str) -> None:
    """Each law of the page has its test, whose docstring names the clauses that the page names."""
    assert law
    assert clauses(proved) <= clauses(LAWS[test])


def test_there_are_at_least_fifteen_laws() -> None:
    """The page lists at least fifteen laws, each once, and every law of the decision and of households."""
    listed = [test for _, _, test in ROWS]
    written = {
        node.name
        for name in ("test_engine_laws.py", "test_metamorphic_laws.py", "test_people_laws.py")
        for node in ast.parse((ROOT / "tests" / "laws" / name).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }

    assert len(listed) == len(set(listed)) >= 15
    assert written <= set(listed)


def test_what_the_page_names_is_there() -> None:
    """Test files and links of the page exist."""
    for name in {*re.findall(r"tests/[\w/]+\.py", PAGE), "tests/campaign/__main__.py"}:
        assert (ROOT / name).exists(), name
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
