"""Exact euros, rounded once, half away from zero unless written (S10.1, S11)."""

from fractions import Fraction

import pytest

from clae_rules.money import Rounding, euros, euros_exact, round_cents


@pytest.mark.parametrize(
    ("cents", "step", "mode", "rounded"),
    (
        (Fraction(305, 2), 1, Rounding.HALF_UP, 153),
        (Fraction(-305, 2), 1, Rounding.HALF_UP, -153),
        (Fraction(1524, 10), 1, Rounding.HALF_UP, 152),
        (Fraction(1521, 10), 5, Rounding.HALF_UP, 150),
        (Fraction(305, 2), 5, Rounding.HALF_UP, 155),
        (Fraction(1501, 10), 10, Rounding.UP, 160),
        (Fraction(-1501, 10), 10, Rounding.UP, -160),
        (150, 10, Rounding.UP, 150),
        (Fraction(1599, 10), 10, Rounding.DOWN, 150),
        (Fraction(-1599, 10), 10, Rounding.DOWN, -150),
        (7, 1, Rounding.DOWN, 7),
        (154, 10, Rounding.HALF_UP, 150),
        (151, 2, Rounding.UP, 152),
        (Fraction(0), 5, Rounding.UP, 0),
    ),
)
def test_rounding_follows_step_and_mode(cents: Fraction | int, step: int, mode: Rounding, rounded: int) -> None:
    """S10.1: 50 % of 3.05 is 1.53; a tie goes away from zero, unless step and mode are written."""
    assert round_cents(cents, step, mode) == rounded


@pytest.mark.parametrize(
    ("cents", "shown"),
    (
        (0, "0,00\u00a0€"),
        (25, "0,25\u00a0€"),
        (-5, "-0,05\u00a0€"),
        (100_000, "1\u202f000,00\u00a0€"),
        (123_456_789, "1\u202f234\u202f567,89\u00a0€"),
    ),
)
def test_amounts_are_written_as_the_french_do(cents: int, shown: str) -> None:
    """S11: a comma, thousands apart, no-break spaces."""
    assert euros(cents) == shown


@pytest.mark.parametrize(
    ("cents", "shown"),
    (
        (Fraction(300), "3,00\u00a0€"),
        (Fraction(305, 2), "1,525\u00a0€"),
        (Fraction(-1, 8), "-0,00125\u00a0€"),
        (Fraction(100, 3), "100/3\u00a0c"),
        (Fraction(1, 2), "0,005\u00a0€"),
        (Fraction(1, 10**10), "0,000000000001\u00a0€"),
        (Fraction(1, 10**11), "1/100000000000\u00a0c"),
    ),
)
def test_an_exact_amount_keeps_every_decimal(cents: Fraction, shown: str) -> None:
    """S10.8: a derivation prints what was rounded as it was before rounding."""
    assert euros_exact(cents) == shown
