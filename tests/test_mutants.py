"""What is said of the mutants that live is said of the code as it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
LIVES: Final[list[dict[str, Any]]] = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))["lives"]
MUTATED: Final[list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]["only_mutate"]


@pytest.mark.parametrize("one", LIVES, ids=lambda one: f"{one['module']}: {one['mutation']}")
def test_a_mutant_that_lives_is_of_the_code_and_has_a_reason(one: dict[str, Any]) -> None:
    """Each names a mutated module, a line that it still holds, and why: equivalent, or acceptable."""
    path = f"src/clae_rules/{one['module']}.py"
    assert path in MUTATED
    assert one["was"] in (ROOT / path).read_text("utf-8")
    assert one["why"].startswith(("Equivalent: ", "Acceptable: "))


def test_what_is_mutated_is_there() -> None:
    """The modules and the tests that the mutation names exist."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    assert all(
        (ROOT / one).exists() for one in (*MUTATED, *told["pytest_add_cli_args_test_selection"], *told["also_copy"])
    )
