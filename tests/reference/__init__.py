"""
A deliberately slow and obvious model of the specification, to hold the engine against.

Written from the clauses alone: it imports nothing of clae_rules and reads a règlement in its normal JSON form. A file
for each section; its README tells which function says which clause, and which clauses it leaves to other tests.
"""

from .s3_deadlines import Spot, instant, resolve
from .s6_decision import Date, Verdict, judge, look, may_add
from .s8_repairs import repairs
from .s10_prices import Pricing

__all__ = ["Date", "Pricing", "Spot", "Verdict", "instant", "judge", "look", "may_add", "repairs", "resolve"]
