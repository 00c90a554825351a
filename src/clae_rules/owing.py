"""What is owed of a price: a part of it, another one, or more; and what some slots of a date cost (S4.2, S10.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .charges import Charge, DayPrice, Params, Step, Unpriced
from .constats import Constat
from .days import clock
from .desk import Desk
from .dues import Due, Refund
from .lapses import Noted
from .money import round_cents
from .pricing import price_day
from .shapes import UNPUBLISHED, Unpublished
from .slots import Selection
from .statements import Kind, Reason


@dataclass(frozen=True, slots=True)
class Owed:
    """
    What is owed of a price, and why.

    Args:
        kind: Why it is due, or is not.
        rule: The codes that say so.
        due: The part of the price that is due; all of it where None.
        setter: The constat whose own price stands in its place, or that gives *due*.
        adders: The constats that add to it.
        reasons: Why, with the source.
        refund: In what form the rest comes back.
    """

    kind: Kind
    rule: str
    due: Due | None = None
    setter: Constat | None = None
    adders: tuple[Constat, ...] = ()
    reasons: tuple[Reason, ...] = ()
    refund: Refund | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """
    What is due of one line, with the steps that lead to it.

    Args:
        cents: Euro cents; None where it is not known.
        steps: How a price of a constat's own came about.
        reasons: How the rest did.
        unpublished: Code of the rule whose amount is not published.
        unpriced: What has no known price.
    """

    cents: int | None
    steps: tuple[Step, ...] = ()
    reasons: tuple[Reason, ...] = ()
    unpublished: str = ""
    unpriced: tuple[Unpriced, ...] = ()


def own_price(desk: Desk, day: date, constat: Constat, slot: str) -> DayPrice:
    """What a constat that has a price of its own asks for a slot."""
    where, prices = desk.day(day), desk.engine.lapse_prices[constat.code]
    opened = where.opened
    return price_day(prices, opened.facts, opened.codes, desk.facts, where.profile, Selection.of(slot))


def owing(desk: Desk, day: date, owed: Owed, slots: tuple[str, ...], base: int) -> Amount:
    """
    What is due of a price.

    Args:
        desk: The child.
        day: The date.
        owed: What is owed of it.
        slots: The slots that it is the price of.
        base: The price, euro cents.
    """
    steps: tuple[Step, ...] = ()
    reasons, cents, source_of = list(owed.reasons), base, desk.engine.reglement.source_of
    if owed.due is not None:
        part = owed.due.of(base)
        if isinstance(part, Unpublished):
            return Amount(None, unpublished=owed.rule)
        cents = part
    elif owed.setter is not None and owed.setter.price is not None:
        own = [own_price(desk, day, owed.setter, slot) for slot in slots]
        unpriced = tuple(one for each in own for one in each.unpriced)
        if unpriced:
            return Amount(None, unpriced=unpriced)
        cents = sum(one.amount_cents for each in own for one in each.charges)
        steps = tuple(step for one in own[0].charges for step in one.derivation)
    for one in owed.adders:
        said: Params = (("by", one.code),)
        if one.times is not None:
            cents = round_cents(cents * one.times)
            said = (*said, ("value", one.times), ("amount_cents", Fraction(cents)))
            reasons.append(Reason("fois", said, source_of(one)))
        elif isinstance(one.plus, Fraction):
            added = round_cents(one.plus) * len(slots)
            cents += added
            reasons.append(Reason("plus", (*said, ("value_cents", Fraction(added))), source_of(one)))
        else:
            return Amount(None, unpublished=one.code)
    return Amount(cents, steps, tuple(reasons))


def picked_up_late(desk: Desk, noted: Noted, constat: Constat) -> tuple[int, Amount]:
    """How many times what a late pick-up costs, and what is due of it in all."""
    source = desk.engine.reglement.source_of(constat)
    minutes = constat.late_minutes(noted.departure, desk.engine.slots[noted.slot])
    quantity, tier = constat.late_price(minutes)
    reasons = [Reason("retard", (("minutes", minutes), ("departure", clock(noted.departure))), source)]
    if tier is UNPUBLISHED:
        return quantity, Amount(None, unpublished=constat.code)
    if isinstance(tier, Fraction):
        reasons.append(Reason("palier", (("by", constat.code), ("amount_cents", tier)), source))
        return quantity, Amount(round_cents(tier), (), tuple(reasons))
    own = own_price(desk, noted.day, constat, noted.slot)
    if own.unpriced:
        return quantity, Amount(None, unpriced=own.unpriced)
    if constat.slice_minutes:
        reasons.append(Reason("tranches", (("quantity", quantity), ("unit", constat.slice_minutes)), source))
    charge: Charge = own.charges[0]
    return quantity, Amount(charge.amount_cents * quantity, charge.derivation, tuple(reasons))
