"""
Ask a règlement anything: what it allows, what is wrong with it, what changes when an article changes.

Everything here is exact where rules tie 20 boxes or fewer together, and says so where they tie more.
"""

from .findings import KINDS, Finding, Severity
from .kinds import Days, KindOfDay
from .report import KindSummary, Report, Share, audit
from .spaces import BoxName, Space, Spaces, spaces

__all__ = [
    "KINDS",
    "BoxName",
    "Days",
    "Finding",
    "KindOfDay",
    "KindSummary",
    "Report",
    "Severity",
    "Share",
    "Space",
    "Spaces",
    "audit",
    "spaces",
]
