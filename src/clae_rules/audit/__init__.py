"""
Ask a règlement anything: what it allows, what is wrong with it, what changes when an article changes.

Everything here is exact where rules tie 20 boxes or fewer together, and says so where they tie more.
"""

from .changes import Article, Relation
from .compare import Comparison, Difference, KindComparison, Row, compare
from .costs import PriceChange
from .findings import KINDS, Finding, Severity
from .kinds import Days, KindOfDay
from .reform import reform
from .report import KindSummary, Report, Share, audit
from .spaces import BoxName, Space, Spaces, spaces
from .terms import DeadlineChange

__all__ = [
    "KINDS",
    "Article",
    "BoxName",
    "Comparison",
    "Days",
    "DeadlineChange",
    "Difference",
    "Finding",
    "KindComparison",
    "KindOfDay",
    "KindSummary",
    "PriceChange",
    "Relation",
    "Report",
    "Row",
    "Severity",
    "Share",
    "Space",
    "Spaces",
    "audit",
    "compare",
    "reform",
    "spaces",
]
