"""
Ask a règlement anything: what it allows, what is wrong with it, what changes when an article changes.

Everything here is exact where rules tie 20 boxes or fewer together, and says so where they tie more.
"""

from .cases import Absence, Case, CaseBook, NoPair, RulePair, to_csv
from .coverage import Coverage, RuleUse, coverage
from .explain import Explanation, SideBySide, explain, explain_verdict, side_by_side
from .findings import KINDS, Finding, Severity
from .kinds import Days, KindOfDay
from .report import KindSummary, Report, Share, audit
from .said import Voice, Word
from .spaces import BoxName, Space, Spaces, spaces

__all__ = [
    "KINDS",
    "Absence",
    "BoxName",
    "Case",
    "CaseBook",
    "Coverage",
    "Days",
    "Explanation",
    "Finding",
    "KindOfDay",
    "KindSummary",
    "NoPair",
    "Report",
    "RulePair",
    "RuleUse",
    "Severity",
    "Share",
    "SideBySide",
    "Space",
    "Spaces",
    "Voice",
    "Word",
    "audit",
    "coverage",
    "explain",
    "explain_verdict",
    "side_by_side",
    "spaces",
    "to_csv",
]
