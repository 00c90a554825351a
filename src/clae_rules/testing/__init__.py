"""
Test a portal with us: assertions, Hypothesis strategies of every value, a portal lived through, vector files.

The assertions need nothing but the core. All else is loaded when it is first asked for, and takes the extra `testing`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ..errors import ClaeRulesError
from .asserting import assert_allowed, assert_refused, assert_undecided

if TYPE_CHECKING:
    from .answers import answer
    from .choosing import selections
    from .families import Household, demandes, desks, households, plannings
    from .histories import History, Step, booking_histories
    from .machine import PortalMachine, portal_machine
    from .towns import engines, reglements
    from .values import closures, days, facts, instants, limits, occupancies, overrides, patterns, periodes, slots
    from .vectors import InvalidVectorsError, Question, Vector, read_vectors

__all__ = [
    "History",
    "Household",
    "InvalidVectorsError",
    "PortalMachine",
    "Question",
    "Step",
    "Vector",
    "answer",
    "assert_allowed",
    "assert_refused",
    "assert_undecided",
    "booking_histories",
    "closures",
    "days",
    "demandes",
    "desks",
    "engines",
    "facts",
    "households",
    "instants",
    "limits",
    "occupancies",
    "overrides",
    "patterns",
    "periodes",
    "plannings",
    "portal_machine",
    "read_vectors",
    "reglements",
    "selections",
    "slots",
]

#: The module of each name that is loaded when it is first asked for.
HOMES: Final = {
    name: module
    for module, names in {
        "answers": ("answer",),
        "histories": ("History", "Step", "booking_histories"),
        "families": ("Household", "demandes", "desks", "households", "plannings"),
        "machine": ("PortalMachine", "portal_machine"),
        "towns": ("engines", "reglements"),
        "choosing": ("selections",),
        "values": (
            "closures", "days", "facts", "instants", "limits", "occupancies", "overrides", "patterns", "periodes", "slots",
        ),
        "vectors": ("InvalidVectorsError", "Question", "Vector", "read_vectors"),
    }.items()
    for name in names
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """
    A name of this package that is loaded when it is first asked for.

    Raises:
        ClaeRulesError: If it takes Hypothesis, and that is not installed.
        AttributeError: If there is no such name.
    """
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.partition(".")[0] != "hypothesis":
            raise
        raise ClaeRulesError(f"{name} : il faut Hypothesis ; pip install 'clae-rules[testing]'") from error
