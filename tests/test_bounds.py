"""Bounds as one says them: read, compared, written back (S5.5)."""

from fractions import Fraction
from typing import Any

import pytest

from clae_rules.bounds import BoundShape, Interval, format_interval, parse_interval
from clae_rules.described import REFUSED, Faults
from clae_rules.errors import InvalidValueError

SHAPE = BoundShape()


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    (
        ("de 600 à 999", (600, 999), (599, 1000)),
        ("à partir de 3", (3, 10**9), (2,)),
        ("plus de 1001", (1002,), (1001,)),
        ("moins de 436", (435, -1), (436,)),
        ("jusqu'à 12", (12,), (13,)),
        ("jusqu’à 12", (12,), (13,)),
        ("2", (2,), (1, 3)),
        ("DE -2,5 À -1.5", (Fraction(-5, 2), -2), (-1, -3)),
        ("à partir de 600 et moins de 651", (600, 650), (599, 651)),
        ("plus de 0 et jusqu'à 1", (1, Fraction(1, 2)), (0,)),
    ),
)
def test_a_phrase_holds_its_numbers(
    text: str, inside: tuple[Fraction | int, ...], outside: tuple[Fraction | int, ...]
) -> None:
    """S5.5: « de … à », « à partir de », « jusqu'à » include their numbers, « moins de », « plus de » do not."""
    bound = parse_interval(text)
    assert all(one in bound for one in inside)
    assert not any(one in bound for one in outside)
    assert parse_interval(format_interval(bound)) == bound


@pytest.mark.parametrize("value", (True, "600", 600.0, None))
def test_only_exact_numbers_are_compared(value: object) -> None:
    """S10.1: a flag, a word or a binary float is in no interval."""
    assert value not in parse_interval("à partir de 0")


@pytest.mark.parametrize(
    "text",
    (
        "",
        "environ 3",
        "de 3",
        "moins de 5 et à partir de 3",
        "à partir de 3 et environ 9",
        "à partir de 1 et plus de 2",
        "1 et 2 et 3",
    ),
)
def test_what_is_no_bound_is_refused_with_the_ways_to_say_one(text: str) -> None:
    """S1.2: the message quotes what was read and lists the phrases."""
    with pytest.raises(InvalidValueError, match="écrivez"):
        parse_interval(text)


@pytest.mark.parametrize(
    "ends",
    (
        {},
        {"low": Fraction(3), "high": Fraction(2)},
        {"low": Fraction(3), "high": Fraction(3), "low_open": True},
        {"low": Fraction(3), "high": Fraction(3), "high_open": True},
    ),
)
def test_an_interval_without_number_cannot_exist(ends: dict[str, Any]) -> None:
    """S1.2: swapped or missing bounds raise where they are built."""
    with pytest.raises(InvalidValueError):
        Interval(**ends)


@pytest.mark.parametrize(
    ("raw", "value", "plain"),
    (
        (True, frozenset((True,)), True),
        ("commune", frozenset(("commune",)), "commune"),
        (["cp", "ce1"], frozenset(("cp", "ce1")), ["ce1", "cp"]),
        (["élémentaire"], frozenset(("élémentaire",)), ["élémentaire"]),
        (["650"], frozenset(("650",)), ["650"]),
        (650, parse_interval("650"), "650"),
        ("0.1234567", parse_interval("0,1234567"), "0,1234567"),
        ("1/3", Interval(Fraction(1, 3), Fraction(1, 3)), "1/3"),
        ("à partir de 3", parse_interval("à partir de 3"), "à partir de 3"),
    ),
)
def test_a_bound_of_a_file_is_read_and_written_back(raw: object, value: object, plain: object) -> None:
    """S1.2: the written form of a bound is read back as the same bound."""
    faults: Faults = []
    assert SHAPE.read(raw, (), faults) == value
    assert SHAPE.write(value) == plain
    assert SHAPE.read(plain, (), faults) == value
    assert faults == []


@pytest.mark.parametrize("raw", ([650], [], {}, None, "à peu près 3"))
def test_a_bound_that_cannot_be_compared_is_refused(raw: object) -> None:
    """S1.2: a list of numbers, an empty list, a table or an unknown phrase is a fault at its path."""
    faults: Faults = []
    assert SHAPE.read(raw, ("qui", "quotient"), faults) is REFUSED
    assert faults[0].path == ("qui", "quotient")
    assert "anyOf" in SHAPE.schema()
