"""
Ask a règlement anything: what it allows, what is wrong with it, what changes when an article changes.

Everything here is exact where rules tie 20 boxes or fewer together, and says so where they tie more.
"""

from .bookings import Booking, BrokenRow, bookings_from_csv
from .cases import Absence, Case, CaseBook, NoPair, RulePair, to_csv
from .changes import Article, Relation
from .compare import Comparison, KindComparison, compare
from .costs import PriceChange
from .coverage import Coverage, RuleUse, coverage
from .differences import Difference, Row
from .explain import Explanation, SideBySide, explain, explain_verdict, side_by_side
from .findings import KINDS, Finding, Severity
from .guards import assert_always, assert_never, assert_no_newly_refused
from .kinds import Days, KindOfDay
from .outcomes import Cause, Count, Example, Money, Replay
from .pages import Section
from .reform import reform
from .replay import replay
from .report import KindSummary, Report, Share, audit
from .said import Voice, Word
from .schemas import schema
from .spaces import BoxName, Space, Spaces, spaces
from .terms import DeadlineChange

__all__ = [
    "KINDS",
    "Absence",
    "Article",
    "Booking",
    "BoxName",
    "BrokenRow",
    "Case",
    "CaseBook",
    "Cause",
    "Comparison",
    "Count",
    "Coverage",
    "Days",
    "DeadlineChange",
    "Difference",
    "Example",
    "Explanation",
    "Finding",
    "KindComparison",
    "KindOfDay",
    "KindSummary",
    "Money",
    "NoPair",
    "PriceChange",
    "Relation",
    "Replay",
    "Report",
    "Row",
    "RulePair",
    "RuleUse",
    "Section",
    "Severity",
    "Share",
    "SideBySide",
    "Space",
    "Spaces",
    "Voice",
    "Word",
    "assert_always",
    "assert_never",
    "assert_no_newly_refused",
    "audit",
    "bookings_from_csv",
    "compare",
    "coverage",
    "explain",
    "explain_verdict",
    "reform",
    "replay",
    "schema",
    "side_by_side",
    "spaces",
    "to_csv",
]
