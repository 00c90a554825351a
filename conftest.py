"""What pytest collects: without every extra, the tests and the core's doctests; with them, everything."""

from importlib.util import find_spec
from typing import Final

#: What the extras and the development tools bring, by the name under which it is imported.
EXTRAS: Final = (
    "attrs",
    "cattrs",
    "dateutil",
    "holidays",
    "hypothesis",
    "rich",
    "typer",
    "vacances_scolaires_france",
)
MISSING: Final = tuple(name for name in EXTRAS if find_spec(name) is None)
#: Where an example may use an extra; a test that needs one says so itself, with `pytest.importorskip`.
BEYOND_THE_CORE: Final = (
    "README.md",
    "docs",
    *(f"src/clae_rules/{p}" for p in ("adapters", "testing", "cli.py")),
)

collect_ignore = list(BEYOND_THE_CORE) if MISSING else []


def pytest_report_header() -> str:
    """Say at the head of a run whether the examples beyond the core are part of it."""
    return (
        f"extras: without {', '.join(MISSING)}: the core's examples only"
        if MISSING
        else "extras: all installed"
    )
