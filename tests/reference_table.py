"""
Which function of the plain model says which clause, for its README; the tests hold the page to the sources.

`python -m tests.reference_table` renews the table after a clause or a function has changed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).parents[1]
MODEL: Final = ROOT / "tests" / "reference"
README: Final = MODEL / "README.md"
SPECIFICATION: Final = ROOT / "docs" / "specification.md"

#: Clauses that the model does not say, and why.
EXCUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "S1.1": "what the core may import and call, read in its sources by tests/test_house.py",
        "S1.2": "what is refused when it is built: tests/test_bad_input.py, test_misgiven.py and test_reglement.py",
        "S1.3": "a law between boxes and decision, in tests/laws/test_engine_laws.py and tests/test_boxes.py",
        "S1.4": "sentences and codes: tests/test_constraints.py, test_limits.py and test_refusals.py",
        "S1.8": "nothing is done: the model of S5 reads no times",
        "S2.4": "how the model is written: dates are civil, and instants in UTC",
        "S3.4": "what is refused at load: tests/test_limits.py",
        "S5.7": "how the engine is written: tests/test_formulas.py, tests/laws/test_formula_laws.py and tests/campaign",
        "S9.4": "abonnements: tests/test_subscriptions.py and tests/laws/test_people_laws.py",
        "S9.5": "a limit of the input: tests/test_patterns.py",
        "S12.1": "stages: tests/test_stages.py",
        "S12.2": "views: tests/test_planning.py",
        "S12.3": "dossiers and history: tests/test_history.py",
        "S12.4": "cancelling by stages: tests/test_cancelling.py",
        "S12.5": "the relevé of a history: tests/test_releve_of.py",
        "S12.6": "the ledger: tests/test_ledger.py",
        "S13.1": "limits of the input, and of what is counted: tests/test_bounds.py and tests/test_audit_large.py",
        "S13.3": "what a file leaves open: tests/test_oversights.py",
        "S13.4": "sentences: tests/test_rendering.py",
        "S13.5": "what is refused at load: tests/test_publications.py",
        "S13.6": "audits: tests/test_audit_compare.py and tests/test_audit_replay.py",
        "S13.7": "audits: tests/test_audit.py and tests/laws/test_price_anomaly_laws.py",
        "S13.8": "questions to another portal: tests/test_conformance.py and tests/test_conformance_portals.py",
    }
)


def order(clause: str) -> tuple[int, ...]:
    """Clauses in the order of the specification."""
    return tuple(int(one) for one in clause[1:].split("."))


def clauses(text: str) -> dict[str, bool]:
    """Each clause of the specification, and whether it is built; what lies out of it is no clause."""
    found: dict[str, bool] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        if named := re.match(r"S\d+", title):
            built = title.endswith("— built")
            marks = dict(re.findall(r"^(\d+)\. (.*)", body, flags=re.MULTILINE))
            said = {f"{named[0]}.{number}": one for number, one in marks.items() if not one.startswith("Out:")}
            found |= {clause: built or one.startswith("**Built.**") for clause, one in said.items()}
            if not marks:
                found[named[0]] = built or body.strip().startswith("**Built.**")
    return found


def cited(docstring: str | None) -> list[str]:
    """The clauses that a docstring opens with, « S6.1 to S6.3 » and « S3.1, S3.2 » alike."""
    head = re.match(r"\s*((?:S\d+(?:\.\d+)?(?:,| to|–)? ?)+)[:(]", docstring or "")
    if head is None:
        return []
    found = re.findall(r"S\d+(?:\.\d+)?", head[1])
    if " to " in head[1] and len(found) == 2:
        section, first, last = found[0].split(".")[0], *(int(one.split(".")[1]) for one in found)
        return [f"{section}.{n}" for n in range(first, last + 1)]
    return found


def functions() -> Iterator[tuple[str, str, str]]:
    """(clause, file, function) of every function of the model that says which clause it is of."""
    for path in sorted(MODEL.glob("s*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield from ((clause, path.name, node.name) for clause in cited(ast.get_docstring(node)))


def said() -> dict[str, list[tuple[str, str]]]:
    """Each clause that the model says, with its files and functions."""
    found: dict[str, list[tuple[str, str]]] = {}
    for clause, file, function in functions():
        found.setdefault(clause, []).append((file, function))
    return found


def table() -> str:
    """The clauses that are built or excused, in Markdown: where the model says them, or why it does not."""
    rows, known = ["| clause | where |", "|---|---|"], said()
    for clause, built in sorted(clauses(SPECIFICATION.read_text("utf-8")).items(), key=lambda one: order(one[0])):
        if built or clause in EXCUSED:
            files: dict[str, list[str]] = {}
            for file, function in known.get(clause, []):
                files.setdefault(file, []).append(f"`{function}`")
            where = "; ".join(f"{file}: {', '.join(dict.fromkeys(names))}" for file, names in files.items())
            excuse = f"not in the model: {EXCUSED.get(clause, 'nobody says why')}"
            rows.append(f"| {clause} | {where or excuse} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """A README with its table made anew."""
    head, _, _ = text.partition("| clause |")
    return f"{head}{table()}\n"


if __name__ == "__main__":
    README.write_text(page(README.read_text("utf-8")), "utf-8")
