"""Exact euros: amounts are whole cents, what leads to them exact fractions, rounded once (S10.1)."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction


class Rounding(Enum):
    """How a priced item is rounded to its step, away from zero on a tie unless the name says otherwise."""

    HALF_UP = "au plus proche"
    UP = "au supérieur"
    DOWN = "à l'inférieur"


def round_cents(cents: Fraction | int, step_cents: int = 1, mode: Rounding = Rounding.HALF_UP) -> int:
    """
    Round an exact amount to whole cents, a tie going away from zero (S10.1).

    Args:
        cents: Euro cents, exact.
        step_cents: The result is a multiple of this many cents; at least 1.
        mode: Nearest (default), always away from zero, or always towards zero.

    >>> round_cents(Fraction(305, 2))   # 50 % of 3.05
    153
    >>> round_cents(Fraction(-305, 2))
    -153
    >>> round_cents(Fraction(1521, 10), 5)
    150
    """
    if type(cents) is int and step_cents == 1:
        return cents
    exact = abs(Fraction(cents)) / step_cents
    whole, rest = divmod(exact.numerator, exact.denominator)
    match mode:
        case Rounding.HALF_UP:
            whole += 2 * rest >= exact.denominator
        case Rounding.UP:
            whole += rest > 0
        case Rounding.DOWN:
            pass
    return whole * step_cents if cents >= 0 else -whole * step_cents


def euros(cents: int) -> str:
    r"""
    An amount as the French write it (S11): comma, thousands apart, no-break spaces, euro sign.

    >>> euros(25), euros(-123456)
    ('0,25\xa0€', '-1\u202f234,56\xa0€')
    """
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", "\u202f") + f",{rest:02d}\u00a0€"


def euros_exact(cents: Fraction) -> str:
    r"""
    An exact amount before rounding, as a derivation prints it: as many decimals as it needs, or a fraction.

    >>> euros_exact(Fraction(305, 2))
    '1,525\xa0€'
    >>> euros_exact(Fraction(100, 3))
    '100/3\xa0c'
    """
    if cents.denominator == 1:
        return euros(cents.numerator)
    scaled, digits = cents / 100, 0
    while scaled.denominator != 1 and digits < 12:
        scaled, digits = scaled * 10, digits + 1
    if scaled.denominator != 1:
        return f"{cents}\u00a0c"
    text = str(abs(scaled.numerator)).rjust(digits + 1, "0")
    return f"{'-' if cents < 0 else ''}{text[:-digits]},{text[-digits:]}\u00a0€"
