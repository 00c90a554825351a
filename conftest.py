"""What pytest collects: the docstrings beyond the core only where every extra is installed."""

from importlib.util import find_spec
from typing import Final

#: What the extras bring, by the name under which it is imported.
EXTRAS: Final = (
    "attrs",
    "cattrs",
    "dateutil",
    "eopayment",
    "holidays",
    "hypothesis",
    "icalendar",
    "reportlab",
    "rich",
    "typer",
)
MISSING: Final = [name for name in EXTRAS if find_spec(name) is None]

#: Folders, and what tests share, that cannot be imported without the extras.
BEYOND_THE_CORE: Final = (
    *(f"src/clae_rules/{name}" for name in ("adapters", "testing", "cli")),
    *(f"tests/{name}.py" for name in ("invoicing", "papers", "recorded")),
)

# A test that needs an extra says so itself, with `pytest.importorskip`.
collect_ignore = [*BEYOND_THE_CORE] if MISSING else []


def pytest_report_header() -> str:
    """Say at the head of a run whether the docstrings beyond the core are part of it."""
    return f"extras: without {', '.join(MISSING)}, the core alone" if MISSING else "extras: all installed"
