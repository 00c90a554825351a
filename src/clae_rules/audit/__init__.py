"""
Ask a règlement anything: what it allows, what is wrong with it, what changes when an article changes.

Everything here is exact where rules tie 20 boxes or fewer together, and says so where they tie more.
"""

from .bookings import Booking, BrokenRow, bookings_from_csv
from .changes import Article, Relation
from .compare import Comparison, KindComparison, compare
from .costs import PriceChange
from .differences import Difference, Row
from .findings import KINDS, Finding, Severity
from .guards import assert_always, assert_never, assert_no_newly_refused
from .kinds import Days, KindOfDay
from .outcomes import Cause, Count, Example, Money, Replay
from .reform import reform
from .replay import replay
from .report import KindSummary, Report, Share, audit
from .spaces import BoxName, Space, Spaces, spaces
from .terms import DeadlineChange

__all__ = [
    "KINDS",
    "Article",
    "Booking",
    "BoxName",
    "BrokenRow",
    "Cause",
    "Comparison",
    "Count",
    "Days",
    "DeadlineChange",
    "Difference",
    "Example",
    "Finding",
    "KindComparison",
    "KindOfDay",
    "KindSummary",
    "Money",
    "PriceChange",
    "Relation",
    "Replay",
    "Report",
    "Row",
    "Severity",
    "Share",
    "Space",
    "Spaces",
    "assert_always",
    "assert_never",
    "assert_no_newly_refused",
    "audit",
    "bookings_from_csv",
    "compare",
    "reform",
    "replay",
    "spaces",
]
