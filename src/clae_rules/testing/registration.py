"""What Hypothesis finds without an import: `st.from_type(Demande)` draws a demande, and so for every public value."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from ..closures import Closure
from ..constraints import Rule
from ..desk import Desk
from ..engine import Engine
from ..facts import Dated, Facts
from ..holdings import Demande, Occupancy, Override, Planning
from ..patterns import Pattern
from ..recapitulatif import Recapitulatif
from ..recopie import Recopie
from ..reglement import Reglement
from ..slots import Etablissement, Held, ModeAccueil, Periode, Selection, Slot
from ..verdicts import DayVerdict, Verdict

__all__ = ["TYPES"]

#: For each type the function of `drawing` that gives its strategy; loaded when the first one is asked for.
TYPES: Final = MappingProxyType(
    {
        Closure: "a_closure",
        Dated: "a_dated_value",
        DayVerdict: "a_day_verdict",
        Demande: "a_demande",
        Desk: "a_desk",
        Engine: "an_engine",
        Etablissement: "an_etablissement",
        Facts: "some_facts",
        Held: "a_held_slot",
        ModeAccueil: "a_mode",
        Occupancy: "an_occupancy",
        Override: "an_override",
        Pattern: "a_pattern",
        Periode: "a_periode",
        Planning: "a_planning",
        Recapitulatif: "a_recapitulatif",
        Recopie: "a_recopie",
        Reglement: "a_reglement",
        Rule: "a_rule",
        Selection: "a_selection",
        Slot: "a_slot",
        Verdict: "a_verdict",
    }
)


def _hypothesis_setup_hook() -> None:
    """Called by Hypothesis once it is loaded, through the entry point of that group."""
    strategies = import_module("hypothesis.strategies")
    for type_, name in TYPES.items():
        strategies.register_type_strategy(type_, _lazily(name))


def _lazily(name: str) -> Callable[[type], Any]:
    """The strategy of a type, whose modules are loaded when it is drawn."""
    return lambda _: getattr(import_module("clae_rules.testing.drawing"), name)()
