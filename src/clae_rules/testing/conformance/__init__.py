"""
A portal's own validator held against a règlement, case by case: `clae-rules conformance`.

>>> from clae_rules import load_engine
>>> from clae_rules.testing.conformance import conformance
>>> def portal(case):   # a portal that accepts whatever is posted to it
...     return {"cas": case["cas"], "statut": "accepté"}
>>> found = conformance(load_engine("examples/cluses/reglement.toml"), portal, cases=50)
>>> found.exit_code, found.disagreements[0].smallest.sentence()
(1, 'attendu refusé, obtenu accepté')
"""

from __future__ import annotations

from .book import trials
from .portals import AddressPortal, CommandPortal, FunctionPortal, Portal, Silence, UnansweredError, python_portal
from .report import Disagreement, Outcome, Report
from .running import conformance
from .trials import Answer, Trial, read_answer, read_trial

__all__ = [
    "AddressPortal",
    "Answer",
    "CommandPortal",
    "Disagreement",
    "FunctionPortal",
    "Outcome",
    "Portal",
    "Report",
    "Silence",
    "Trial",
    "UnansweredError",
    "conformance",
    "python_portal",
    "read_answer",
    "read_trial",
    "trials",
]
